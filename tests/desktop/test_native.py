"""The window's own server: who may ask the program, and who may not."""

import http.client
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chatapp.desktop.actions import Actions
from chatapp.desktop.native import BODY_BYTES, KEY_HEADER, NativeServer
from chatapp.desktop.program import Program, Target
from chatapp.settings import Settings

ROOM = "192.168.0.7:27272"
Headers = dict[str, Any]
"""A name with None is not sent."""


class Still:
    """A window that shows nothing; `ends` when it was told to."""

    why: str | None = "no-display"
    saves = True

    def __init__(self) -> None:
        self.ends = self.stays = 0

    def ask_where(self, name: str) -> Path | None:  # noqa: ARG002  # nobody is there to be asked
        return None

    def attract(self) -> None:
        """Nothing: there is no taskbar."""

    def call(self) -> None:
        """Nothing: there is no front."""

    def end(self) -> None:
        self.ends += 1

    def stay(self) -> None:
        self.stays += 1


class Door:
    """The server as a browser or another program sees it."""

    def __init__(self, server: NativeServer, program: Program, shell: Still) -> None:
        self.server, self.program, self.shell = server, program, shell
        self.here = f"127.0.0.1:{server.port}"
        self.code = server.keys.code

    def ask(self, path: str, body: bytes | None = b"{}", method: str = "POST", **headers: Any) -> tuple[int, str]:
        """Status and body; `Host=None` sends no such header."""
        status, text, _ = self.answer(path, body, method, {"Host": self.here} | headers)
        return status, text

    def answer(
        self, path: str, body: bytes | None, method: str, headers: Headers
    ) -> tuple[int, str, http.client.HTTPMessage]:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=10)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in headers.items():
                if value is not None:
                    connection.putheader(name, value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            reply = connection.getresponse()
            return reply.status, reply.read().decode(), reply.headers
        finally:
            connection.close()

    def enter(self) -> Headers:
        """The header with the key."""
        status, text = self.ask("/native/enter", self.code.encode())
        assert status == 200
        return {KEY_HEADER: json.loads(text)["key"]}


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    page = tmp_path / "page"
    page.mkdir()
    (page / "index.html").write_text("<title>ChatApp</title>")
    program, shell = Program(Settings(page=page), tmp_path / "민지"), Still()
    actions = Actions(program, shell)
    server = NativeServer(program, actions)
    server.start()
    yield Door(server, program, shell)
    actions.close()
    server.stop()


# -- the key --------------------------------------------------------------------------------------


def test_the_page_in_the_window_gets_the_key_for_its_code_and_may_ask(door: Door) -> None:
    assert door.server.url == f"http://{door.here}/#native={door.code}"
    key = door.enter()

    status, text = door.ask("/native/state", **key)
    assert status == 200
    assert json.loads(text)["why"] == "no-display"


def test_a_code_is_good_once_and_then_out_of_the_address(door: Door) -> None:
    door.enter()

    assert door.ask("/native/enter", door.code.encode()) == (404, '{"code":"not-found"}\n')
    assert door.ask("/native/enter", b"")[0] == 404
    assert door.server.url.endswith("#native=")


@pytest.mark.parametrize("code", ["", "guessed", "한글", "\0"])
def test_a_wrong_code_is_refused_and_the_right_one_stays_good(door: Door, code: str) -> None:
    assert door.ask("/native/enter", code.encode())[0] == 404
    assert door.ask("/native/enter", b"\xff\xfe")[0] == 404
    assert door.enter()


@pytest.mark.parametrize("key", [None, "", "guessed", "\xed\xff", "code"])
def test_without_the_key_nothing_can_be_asked_not_even_what_there_is(door: Door, key: str | None) -> None:
    door.enter()
    headers: Headers = {KEY_HEADER: door.code if key == "code" else key}

    for path in ("/native/quit", "/native/state", "/native/nothing", "/native/", "/native%2Fquit", "/native/./quit"):
        assert door.ask(path, **headers)[0] == 404, path
    assert door.ask("/native/quit", None, "GET", **headers)[0] == 404
    assert door.ask("//native/quit", **headers)[0] in (308, 404)
    assert door.shell.ends == 0


def test_each_program_has_another_key(door: Door, tmp_path: Path) -> None:
    other = NativeServer(Program(Settings(page=tmp_path), tmp_path / "준"), Actions(door.program, Still()))
    other.start()

    assert other.keys.code != door.code
    assert other.keys.enter(other.keys.code) != door.enter()[KEY_HEADER]
    other.stop()


# -- where it comes from --------------------------------------------------------------------------


def test_a_page_from_elsewhere_is_refused_even_with_the_key(door: Door) -> None:
    key, port = door.enter(), door.server.port
    near = f"http://localhost:{port}", f"https://{door.here}", f"http://{door.here}.evil.example", "http://127.0.0.1"

    for origin in ("http://evil.example", f"http://{ROOM}", "null", "", *near):
        assert door.ask("/native/quit", Origin=origin, **key) == (403, '{"code":"bad-origin"}\n'), origin
        assert door.ask("/", None, "GET", Origin=origin)[0] == 403, origin
    assert door.shell.ends == 0


def test_a_page_from_elsewhere_does_not_use_the_code_up(door: Door) -> None:
    assert door.ask("/native/enter", door.code.encode(), Origin="http://evil.example")[0] == 403
    assert door.enter()


def test_a_name_that_leads_here_is_refused_even_with_the_key(door: Door) -> None:
    """DNS rebinding: the name of somebody's site, made to lead to this computer."""
    key, port = door.enter(), door.server.port

    for host in (f"evil.example:{port}", f"localhost:{port}", "127.0.0.1", "127.0.0.1:1", f"[::1]:{port}", None):
        assert door.ask("/native/quit", Host=host, **key)[0] in (400, 403), host
        assert door.ask("/", None, "GET", Host=host)[0] in (400, 403), host
    assert door.shell.ends == 0


def test_our_own_page_may_say_where_it_is_from(door: Door) -> None:
    assert door.ask("/native/quit", Origin=f"http://{door.here}", **door.enter())[0] == 200
    assert door.shell.ends == 1


def test_no_other_site_may_read_an_answer_or_frame_the_page(door: Door) -> None:
    headers: Headers = {"Host": door.here}
    _, _, page = door.answer("/", None, "GET", headers)
    _, _, state = door.answer("/native/state", b"{}", "POST", headers | door.enter())

    assert state["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert page["Access-Control-Allow-Origin"] is None
    assert state["Access-Control-Allow-Origin"] is None


def test_the_page_may_speak_to_its_own_server_and_the_room_it_shows_alone(door: Door) -> None:
    def connects() -> str:
        policy = door.answer("/", None, "GET", {"Host": door.here})[2]["Content-Security-Policy"]
        return next(part for part in policy.split("; ") if part.startswith("connect-src"))

    assert ROOM not in connects()
    door.program.target = Target(f"http://{ROOM}")
    assert ROOM in connects()


# -- what is asked --------------------------------------------------------------------------------


def test_an_action_is_posted(door: Door) -> None:
    assert door.ask("/native/state", None, "GET", **door.enter())[0] == 405


def test_an_action_that_nobody_knows_is_not_found(door: Door) -> None:
    assert door.ask("/native/format", **door.enter()) == (404, '{"code":"not-found"}\n')


def test_what_makes_no_sense_is_malformed(door: Door) -> None:
    key = door.enter()

    for body in (b"", b"{", b"[]", b"{}", b'{"key":1}', b'{"key":"\\ud800"}', b"\xff", b"[" * 100_000):
        assert door.ask("/native/keep", body, **key) == (400, '{"code":"malformed"}\n'), body


def test_more_than_an_outbox_is_refused(door: Door) -> None:
    key = door.enter()
    value = json.dumps({"key": "k", "value": "x" * (BODY_BYTES - 1000)}).encode()

    assert door.ask("/native/keep", value, **key)[0] == 200
    assert door.ask("/native/keep", value + b" " * 2000, **key)[0] == 413


def test_nobody_is_answered_once_it_has_stopped(tmp_path: Path) -> None:
    program = Program(Settings(page=tmp_path), tmp_path / "준")
    server = NativeServer(program, Actions(program, Still()))
    server.start()
    server.stop()

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port), timeout=5)
