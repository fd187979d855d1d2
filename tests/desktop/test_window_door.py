"""What stands before a room, told in the launcher of the real window: joins that go wrong, and how they are mended."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.conftest import OpenRoom
from tests.contract.people import Person
from tests.desktop.windows import Window, screen

LOCAL = ("--bind", "127.0.0.1")
PATIENCE_SECONDS = 3.0
IN_THE_ROOM = "document.activeElement?.tagName === 'TEXTAREA'"
AT_THE_LAUNCHER = "!!document.querySelector('[placeholder]')"
PIN_HAS_FOCUS = "document.activeElement?.matches('input[inputmode=numeric]')"


@pytest.fixture
def sora(tmp_path: Path) -> Iterator[Window]:
    """Sora's window, which speaks English."""
    folder = tmp_path / "Sora"
    folder.mkdir()
    with ExitStack() as ending:
        yield ending.enter_context(Window(ending.enter_context(screen()), folder, "Sora", "en"))


def tries(sora: Window, address: str) -> None:
    sora.clicks_on("[placeholder]")
    sora.presses("ctrl+a")
    sora.types(address.removeprefix("http://"))
    sora.presses("Return")


def reads_soon(sora: Window, words: str) -> None:
    asked_at = time.monotonic()
    sora.reads(words)
    assert time.monotonic() - asked_at < PATIENCE_SECONDS


def test_a_wrong_address_gets_its_reason_within_three_seconds(sora: Window, open_room: OpenRoom) -> None:
    room = open_room(*LOCAL, "--pin", "4821")
    host = Person(room.url, room.host_token)
    host.joins("민지")
    host.does("configure", locked=True)
    with socket.create_server(("127.0.0.1", 0)) as gone:
        closed = f"127.0.0.1:{gone.getsockname()[1]}"

    tries(sora, "no such place")
    reads_soon(sora, "That is no address")
    tries(sora, closed)
    reads_soon(sora, "No room is open on that computer")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        tries(sora, f"127.0.0.1:{silent.getsockname()[1]}")
        reads_soon(sora, "Nothing answers")
    tries(sora, room.url)
    reads_soon(sora, "The room is locked. Ask the host to unlock it.")

    host.does("configure", locked=False)
    sora.presses("Return")
    sora.reads("This room needs a PIN")
    host.closes()


def test_a_pin_is_asked_for_in_the_launcher_and_joins_in_one_step(sora: Window, open_room: OpenRoom) -> None:
    room = open_room(*LOCAL, "--pin", "4821")

    tries(sora, room.url)
    reads_soon(sora, "This room needs a PIN")
    sora.sees(PIN_HAS_FOCUS)
    sora.types("1111")
    sora.presses("Return")

    # Only the room knows whether it is the right one.
    reads_soon(sora, "The PIN is wrong.")
    assert sora.sees(AT_THE_LAUNCHER)
    sora.sees(PIN_HAS_FOCUS)
    sora.types("4821")
    sora.presses("Return")

    sora.sees(IN_THE_ROOM)
    assert sora.clicks == 1


def test_a_taken_name_comes_back_to_the_launcher_to_be_mended(sora: Window, open_room: OpenRoom) -> None:
    room = open_room(*LOCAL, "--pin", "4821")
    other = Person(room.url)
    other.joins("Sora", pin="4821")

    tries(sora, f"{room.url}/#pin=4821")
    reads_soon(sora, "Somebody here has this name")
    assert sora.sees(AT_THE_LAUNCHER)
    sora.sees("document.activeElement?.name === 'nickname' && document.activeElement.value === 'Sora'")
    sora.types("Sora B")
    sora.presses("Return")

    sora.sees(IN_THE_ROOM)
    assert other.hears("posted", lambda entry: entry["name"] == "Sora B")
    assert sora.clicks == 1
    other.closes()


def test_who_has_been_in_needs_no_pin_and_passes_the_lock(sora: Window, open_room: OpenRoom) -> None:
    room = open_room(*LOCAL)
    tries(sora, room.url)
    sora.sees(IN_THE_ROOM)
    host = Person(room.url, room.host_token)
    host.joins("민지")
    host.does("configure", pin="4821", locked=True)

    sora.clicks_on("[aria-label=Leave]")
    sora.clicks_on("[open] .button:not(.plain)")
    sora.sees(AT_THE_LAUNCHER)
    tries(sora, room.url)

    sora.sees(IN_THE_ROOM)
    host.closes()
