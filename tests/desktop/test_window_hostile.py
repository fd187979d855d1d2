"""A hostile host, seen from a member's window: nothing of it runs, and nothing native answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.contract.people import Person
from tests.desktop.hostile_host import EVIL, MARKUP, HostileHost
from tests.desktop.windows import Window, screen
from tests.server_process import ServerProcess

ADDED = """new Promise((resolve) => {
  const one = Object.assign(document.createElement("script"), {src: %s});
  one.onload = () => resolve("ran");
  one.onerror = () => resolve("refused");
  document.head.append(one);
})"""
FRAMED = """new Promise((resolve) => {
  const one = Object.assign(document.createElement("iframe"), {src: %s});
  document.addEventListener("securitypolicyviolation", () => resolve("refused"), {once: true});
  document.body.append(one);
})"""


@pytest.fixture
def harm(tmp_path: Path) -> Iterator[tuple[Window, HostileHost, Person]]:
    with ExitStack() as ending:
        server = ServerProcess("--bind", "127.0.0.1", "--title", MARKUP[:60])
        ending.callback(server.stop)
        host = ending.enter_context(HostileHost(server.url))
        mallory = Person(server.url)
        ending.callback(mallory.closes)
        mallory.joins("<b>Mallory</b>")
        mallory.says(MARKUP)
        mallory.says(f"http://{host.address}/ javascript:{EVIL} file:///etc/passwd")
        mallory.offers(('"><img src=x onerror=alert(1)>.html', 10))
        folder = tmp_path / "Sora"
        folder.mkdir()
        yield ending.enter_context(Window(ending.enter_context(screen()), folder, "Sora", "en")), host, mallory


def test_a_hostile_host_runs_no_script_and_reaches_nothing_native(harm: tuple[Window, HostileHost, Person]) -> None:
    sora, host, _ = harm
    sora.clicks_on("[placeholder]")
    sora.types(host.address)
    sora.presses("Return")
    # What was said stands there as text.
    sora.reads(MARKUP)
    sora.reads("<b>Mallory</b>")

    # The page is the program's own; even a script that got into it could bring none from the host.
    assert sora.sees("location.hostname") == "127.0.0.1"
    assert sora.sees(f"location.host !== {json.dumps(host.address)}")
    assert sora.sees(ADDED % json.dumps(f"http://{host.address}/evil.js")) == "refused"
    assert sora.sees(FRAMED % json.dumps(f"http://{host.address}/")) == "refused"
    assert sora.sees("[window.pwned ?? 0, document.documentElement.dataset.pwned ?? 0]") == [0, 0]
    assert sora.sees("[...document.links].map((one) => new URL(one.href).protocol)") == ["http:"]

    # The host was asked for its sign, its programs and its socket, and the key was not shown to it.
    key = sora.sees("sessionStorage.getItem('chatapp:native')")
    paths = {head.split()[1].split("?")[0] for head in host.heads}
    assert paths <= {"/healthz", "/apps", "/socket.io/"}
    assert not any(key in head or "X-ChatApp-Key" in head for head in host.heads)


def test_what_answers_with_a_page_of_its_own_is_no_room(tmp_path: Path) -> None:
    folder = tmp_path / "Sora"
    folder.mkdir()
    with screen() as display, Window(display, folder, "Sora", "ko") as sora, HostileHost("http://127.0.0.1:9") as host:
        sora.clicks_on("[placeholder]")
        sora.types(host.address)
        sora.presses("Return")

        sora.reads("ChatApp 방이 아닙니다")
        assert sora.sees("[window.pwned ?? 0]") == [0]
