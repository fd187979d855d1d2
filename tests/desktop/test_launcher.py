"""What the launcher's page is told by the program, over the program's own server; the window is left out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from chatapp.desktop.actions import Actions
from chatapp.desktop.native import KEY_HEADER, NativeServer
from chatapp.desktop.program import Program
from chatapp.desktop.shells import BrowserTab
from chatapp.settings import Settings
from tests.conftest import OpenRoom
from tests.contract.people import Person
from tests.server_process import ServerProcess

Ask = Callable[..., Any]
LOCAL = ("--bind", "127.0.0.1")


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(Settings(bind="127.0.0.1", port=0, announce=False, page=tmp_path), tmp_path / "준")


@pytest.fixture
def ask(program: Program) -> Iterator[Ask]:
    """Asks the program as 준's page does: `ask("join", address=...)`."""
    actions = Actions(program, BrowserTab("no-display"))
    server = NativeServer(program, actions)
    server.start()
    origin = f"http://127.0.0.1:{server.port}/native"
    key = _post(f"{origin}/enter", server.keys.code.encode(), {})["key"]
    yield lambda action, **fields: _post(f"{origin}/{action}", json.dumps(fields).encode(), {KEY_HEADER: key})
    actions.close()
    server.stop()


def _post(url: str, body: bytes, headers: dict[str, str]) -> Any:
    with urlopen(Request(url, body, headers), timeout=10) as answer:
        return json.load(answer)


def host_of(room: ServerProcess) -> Person:
    host = Person(room.url, room.host_token)
    host.joins("민지")
    return host


def test_a_room_with_a_pin_asks_for_it_before_the_launcher_is_left(open_room: OpenRoom, ask: Ask) -> None:
    room = open_room(*LOCAL, "--pin", "4821")

    assert ask("join", address=room.url, name="준") == {"ok": False, "reason": "pin-required"}
    state = ask("state")
    assert (state["target"], state["recent"]) == (None, [])

    assert ask("join", address=room.url, name="준", pin="4821") == {"ok": True}
    assert ask("state")["target"] == {"address": room.url, "name": "준", "host": None, "pin": "4821", "joins": True}


def test_the_pin_of_a_link_is_as_good_as_one_that_was_typed_which_counts_more(open_room: OpenRoom, ask: Ask) -> None:
    room = open_room(*LOCAL, "--pin", "4821")

    assert ask("join", address=f"{room.url}/#pin=4821", name="준")["ok"]
    assert ask("state")["target"]["pin"] == "4821"

    assert ask("join", address=f"{room.url}/#pin=1111", name="준", pin="4821")["ok"]
    assert ask("state")["target"]["pin"] == "4821"


def test_a_locked_room_says_so_and_asks_for_no_pin(open_room: OpenRoom, ask: Ask) -> None:
    room = open_room(*LOCAL, "--pin", "4821")
    minji = host_of(room)
    minji.does("configure", locked=True)

    assert ask("join", address=room.url, name="준", pin="4821") == {"ok": False, "reason": "room-locked"}
    minji.closes()


def test_who_has_a_token_is_let_to_the_door_for_the_room_knows_who_has_been_in(
    open_room: OpenRoom, ask: Ask, program: Program
) -> None:
    room = open_room(*LOCAL, "--pin", "4821")
    minji = host_of(room)
    minji.does("configure", locked=True)
    ask("keep", key=f"chatapp:token:{minji.welcome['room']['id']}", value="a-token")

    assert ask("join", address=room.url, name="준") == {"ok": True}
    assert program.target is not None
    minji.closes()


def test_the_command_line_shows_the_rooms_own_door(open_room: OpenRoom, program: Program) -> None:
    room = open_room(*LOCAL, "--pin", "4821")

    assert not program.join(room.url, None).joins


def test_a_refused_join_comes_back_to_the_launcher_once(open_room: OpenRoom, ask: Ask) -> None:
    room = open_room(*LOCAL, "--pin", "4821")
    ask("join", address=room.url, name="준", pin="4821")

    ask("turned-away", name="준", pin="4821", code="name-taken")

    state = ask("state")
    assert state["target"] is None
    assert state["turnedAway"] == {"address": room.url, "name": "준", "pin": "4821", "code": "name-taken"}
    assert ask("state")["turnedAway"] is None


def test_who_is_at_no_door_is_turned_away_from_none(ask: Ask) -> None:
    ask("turned-away", name="준", code="name-taken")

    assert ask("state")["turnedAway"] is None
