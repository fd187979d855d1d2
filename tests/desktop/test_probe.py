"""What is at an address that somebody typed: a room, or the reason why not."""

import json
import socket
import time
from collections.abc import Iterable
from threading import Event
from typing import NoReturn

import pytest

from chatapp.desktop import probe
from chatapp.desktop.probe import NotThere, Place, look, place_of
from chatapp.protocol import PROTOCOL
from tests.desktop.scripted import Answer, Scripted, hangs_up, head, plain
from tests.server_process import ServerProcess

SIGN = {
    "app": "chatapp",
    "version": "0.9.0",
    "protocol": PROTOCOL,
    "room": {"id": "r", "title": "3학년 2반", "pin": False, "locked": False},
}


def sign(**changes: object) -> Answer:
    return plain("200 OK", json.dumps(SIGN | changes).encode())


def why(address: str) -> str:
    with pytest.raises(NotThere) as error:
        look(Place(address))
    return error.value.reason


def why_of(answer: Answer) -> str:
    with Scripted(answer) as server:
        return why(server.url)


# -- what was typed -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("192.168.0.7", "http://192.168.0.7:27272"),
        ("  192.168.0.7:8080\n", "http://192.168.0.7:8080"),
        ("http://192.168.0.7:8080", "http://192.168.0.7:8080"),
        ("HTTP://Minji.local/", "http://minji.local:27272"),
        ("minji-laptop:80", "http://minji-laptop:80"),
        ("[fe80::1]:8080", "http://[fe80::1]:8080"),
        ("http://192.168.0.7:8080/#who=준", "http://192.168.0.7:8080"),
    ],
)
def test_an_address_may_be_typed_in_any_usual_form(typed: str, address: str) -> None:
    assert place_of(typed) == Place(address)


@pytest.mark.parametrize("typed", ["http://192.168.0.7:27272/#pin=0429", "192.168.0.7/#pin=0429&pin=1"])
def test_the_pin_of_a_link_comes_along(typed: str) -> None:
    assert place_of(typed) == Place("http://192.168.0.7:27272", "0429")


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "  ",
        "민지네 방",
        "two words",
        "host:port",
        "host:0",
        "host:65536",
        "host:-1",
        "ftp://192.168.0.7",
        "https://192.168.0.7",
        "file:///etc/passwd",
        "http://",
        "http://[::1",
        "http://minji@192.168.0.7",
        "http://[fe80::1%eth0]",
        "x" * 254,
    ],
)
def test_what_is_no_address_is_said_to_be_none(typed: str) -> None:
    with pytest.raises(NotThere) as error:
        place_of(typed)
    assert error.value.reason == "address"


# -- what is there --------------------------------------------------------------------------------


def test_a_room_is_found_with_its_title(server: ServerProcess) -> None:
    found = look(place_of(server.url))

    assert (found.app, found.protocol) == ("chatapp", PROTOCOL)
    assert found.room.title


def test_nobody_who_listens_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert why(f"http://127.0.0.1:{port}") == "refused"


@pytest.mark.parametrize("name", ["a..b", "...", ".local", "x" * 70])
def test_a_name_that_nobody_can_have_is_unknown(name: str) -> None:
    assert why(f"http://{name}:27272") == "unknown-name"


def test_a_name_that_nobody_has_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer of a resolver, none of which is on loopback."""

    def knows_nobody(*_: object) -> NoReturn:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", knows_nobody)
    assert why("http://sora.local:27272") == "unknown-name"


def test_a_name_that_is_looked_up_for_ever_is_silent_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    left = Event()

    def thinks(*_: object) -> NoReturn:
        left.wait(10)
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", thinks)
    monkeypatch.setattr(probe, "PATIENCE_SECONDS", 0.2)
    assert why("http://sora.local:27272") == "silent"
    left.set()


def test_who_takes_the_call_and_says_nothing_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "PATIENCE_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        assert why(f"http://127.0.0.1:{mute.getsockname()[1]}") == "silent"


def test_who_speaks_one_byte_now_and_then_is_silent_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each byte is in time for the socket; the whole is not."""
    monkeypatch.setattr(probe, "PATIENCE_SECONDS", 0.3)
    left = Event()

    def dribbles(_: str) -> Iterable[bytes]:
        yield head("200 OK", content_length=1000)
        while not left.wait(0.1):
            yield b" "

    begun = time.monotonic()
    assert why_of(dribbles) == "silent"
    left.set()
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    "answer",
    [
        plain("200 OK", b"<!doctype html><title>Printer</title>"),
        plain("200 OK", b'{"status":"ok"}'),
        plain("200 OK", b"[]"),
        plain("200 OK", b"\xff\xfe"),
        plain("404 Not Found"),
        plain("503 Service Unavailable", json.dumps(SIGN).encode()),
        plain("302 Found", b""),
        sign(app="another"),
        sign(room=None),
        sign(protocol="1"),
        hangs_up,
        lambda _: [b"220 ftp.example ready\r\n"],
        lambda _: [head("200 OK", content_length=2**40), b"{" * 2**17],
    ],
    ids=["page", "status", "list", "bytes", "404", "503", "302", "another", "bare", "word", "mute", "ftp", "endless"],
)
def test_what_is_no_room_is_said_to_be_none(answer: Answer) -> None:
    assert why_of(answer) == "not-a-room"


@pytest.mark.parametrize(
    "changes", [{}, {"room": {"name": "another shape"}}, {"room": None}], ids=["", "shape", "none"]
)
def test_a_room_of_another_protocol_is_another_version_whatever_its_sign_looks_like(changes: dict[str, object]) -> None:
    assert why_of(sign(protocol=PROTOCOL + 1, version="9.0.0", **changes)) == "other-version"


def test_a_newer_program_of_the_same_protocol_may_say_more() -> None:
    with Scripted(sign(version="0.99.0", more=True)) as server:
        assert look(Place(server.url)).version == "0.99.0"
