"""The packed program's window on Linux, on a screen of the test's own, with keys pressed as a person presses them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from tests.build.test_frozen import answers, wait_for
from tests.contract.people import Person
from tests.desktop.focus import Screen
from tests.desktop.session_bus import Desktop, session_bus
from tests.tools import need

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere pywebview shows the window")
WITHOUT_TOOLKIT = (
    "unshare", "--mount", *(() if os.geteuid() == 0 else ("--map-root-user",)), "sh", "-c",
    'mount --bind /bin/false "$(readlink -f /usr/bin/python3)" && exec "$0" "$@"',
)  # fmt: skip
"""In a mount namespace of its own, where the system's Python does nothing."""
Start = Callable[..., AbstractContextManager["Window"]]


@pytest.fixture(scope="module")
def screen() -> Iterator[str]:
    """A screen that nobody sees; its DISPLAY."""
    reader, writer = os.pipe()
    command = [
        str(need("Xvfb")),
        "-displayfd",
        str(writer),
        "-screen",
        "0",
        "1280x900x24",
        "-nolisten",
        "tcp",
        "-noreset",
    ]
    with subprocess.Popen(command, pass_fds=[writer], stderr=subprocess.DEVNULL) as xvfb:
        os.close(writer)
        with os.fdopen(reader) as said:
            yield f":{said.readline().strip()}"
        xvfb.terminate()


class Window:
    """A running program with a window, and the port of its room."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, screen: str) -> None:
        self.process, self.port, self.screen = process, port, screen

    def presses(self, *words: str) -> str:
        """Do something at the screen's keyboard; raises CalledProcessError."""
        command = [str(need("xdotool")), *words]
        variables = {**os.environ, "DISPLAY": self.screen}
        return subprocess.run(command, env=variables, check=True, capture_output=True, text=True, timeout=20).stdout

    def is_there(self) -> bool:
        """Whether a window with the program's name is on the screen."""
        try:
            return bool(self.presses("search", "--onlyvisible", "--name", "ChatApp").strip())
        except subprocess.CalledProcessError:
            return False

    def ends(self) -> None:
        """Ask it to end, and see that it leaves no process and no port behind within 3 s."""
        begin = time.monotonic()
        self.process.terminate()
        assert self.process.wait(10) == 0
        assert time.monotonic() - begin < 3
        assert not answers(self.port)
        assert not self.is_there()


@pytest.fixture
def start(program: Path, screen: str) -> Iterator[Start]:
    with tempfile.TemporaryDirectory() as home:

        @contextmanager
        def started(*started_by: str, **variables: str) -> Iterator[Window]:
            with socket.create_server(("127.0.0.1", 0)) as probe:
                port = probe.getsockname()[1]
            command = [
                *started_by,
                str(program),
                "host",
                "--name",
                "민지",
                "--port",
                str(port),
                "--data",
                f"{home}/room",
            ]
            own = {"HOME": home, "XDG_DATA_HOME": home, "DISPLAY": screen, "LANG": "C.UTF-8", **variables}
            with subprocess.Popen(command, env={**os.environ, **own}, stdin=subprocess.DEVNULL) as process:
                try:
                    wait_for(lambda: answers(port))
                    yield Window(process, port, screen)
                finally:
                    process.kill()

        yield started


def comes_in_and_talks(window: Window) -> None:
    """민지 comes in by Enter and writes in the window; 준 hears it by a client of another make."""
    jun = Person(f"http://127.0.0.1:{window.port}")
    jun.joins("준")
    wait_for(window.is_there)
    deadline = time.monotonic() + 40
    while not any(entry["kind"] == "joined" and entry["name"] == "민지" for entry in jun.heard("posted")):
        assert time.monotonic() < deadline, "the page in the window did not come in"
        window.presses("key", "Return")
        time.sleep(0.5)
    window.presses("type", "--delay", "30", "hello from the window")
    window.presses("key", "Return")
    said = jun.hears("posted", lambda entry: entry["kind"] == "said")
    assert (said["name"], said["text"]) == ("민지", "hello from the window")
    jun.goes()


def test_the_systems_toolkit_shows_it(start: Start) -> None:
    with start() as window:
        comes_in_and_talks(window)
        window.ends()


def test_what_comes_while_the_person_looks_elsewhere_is_notified(start: Start, screen: str, tmp_path: Path) -> None:
    with ExitStack() as ending:
        bus = ending.enter_context(session_bus(tmp_path / "bus"))
        desktop = ending.enter_context(closing(Desktop(bus)))
        window = ending.enter_context(start(DBUS_SESSION_BUS_ADDRESS=bus))
        eyes = ending.enter_context(closing(Screen(screen)))
        comes_in_and_talks(window)
        jun = Person(f"http://127.0.0.1:{window.port}")
        jun.joins("준")
        eyes.looks_elsewhere()
        deadline = time.monotonic() + 30
        # The page learns where the keyboard is when the system likes, so the first word may not be news yet.
        while desktop.shown.empty():
            assert time.monotonic() < deadline, "nothing was shown"
            jun.says("안녕")
            time.sleep(0.5)
        assert desktop.sees()[:4] == ("ChatApp", "chatapp", "준", "안녕")
        eyes.waits_for_urgency("ChatApp", urgent=True)
        jun.goes()
        window.ends()


def test_without_the_toolkit_a_chromium_shows_it(start: Start) -> None:
    need("chromium")
    with start(*WITHOUT_TOOLKIT) as window:
        comes_in_and_talks(window)
        window.ends()


def test_without_both_the_browser_is_opened(start: Start, tmp_path: Path) -> None:
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/opened\n', "utf-8")
    browser.chmod(0o755)
    hidden = ("/usr/bin/env", "PATH=/nowhere", f"BROWSER={browser} %s")

    with start(*WITHOUT_TOOLKIT, *hidden) as window:
        wait_for((tmp_path / "opened").exists)
        assert (tmp_path / "opened").read_text("utf-8").startswith("http://127.0.0.1:")
        window.ends()
