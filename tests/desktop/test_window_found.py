"""Joining a room that was found on the network, in the real window: so few presses, on a network of the test's own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.desktop.windows import Window, screen
from tests.lan.network import HERE, Network

CLASS = "네트워크 실습실"
PLACE = f"[...document.querySelectorAll('li button')].some((one) => one.innerText.includes('{HERE}:27272'))"
IN_THE_ROOM = "document.activeElement?.tagName === 'TEXTAREA'"
Desk = Callable[..., Window]


@pytest.fixture
def jun(tmp_path: Path) -> Iterator[Desk]:
    """준's window, on the one computer; 민지's room, with the options given, is on the other."""
    folder = tmp_path / "준"
    folder.mkdir()
    with ExitStack() as ending:
        network = ending.enter_context(Network())

        def sits_down(*options: str) -> Window:
            network.start(0, "chatapp", "host", "--no-window", "--announce", "--title", CLASS, *options)
            display = ending.enter_context(screen())
            return ending.enter_context(Window(display, folder, "준", "ko", network=network.on(1)))

        yield sits_down


def test_a_room_that_was_found_is_joined_by_one_click_and_no_key(jun: Desk) -> None:
    window = jun()
    window.sees(PLACE)
    window.clicks_on("[aria-label='들어갈 수 있는 방'] button")
    window.sees(IN_THE_ROOM)
    window.reads(CLASS)

    # The first click of the two was the one that started the program.
    assert (window.clicks, window.keys) == (1, 0)

    # And the first message takes none at all.
    window.types("hello")
    window.presses("Return")
    window.sees("document.querySelector('[role=log]').innerText.includes('hello')")
    assert (window.clicks, window.keys) == (1, len("hello") + 1)


def test_one_with_a_pin_takes_the_pin_and_enter_besides(jun: Desk) -> None:
    window = jun("--pin", "4821")
    window.sees(PLACE)
    window.reads("PIN이 필요함")
    window.clicks_on("[aria-label='들어갈 수 있는 방'] button")
    window.sees("document.activeElement?.matches('input[inputmode=numeric]')")
    window.types("4821")
    window.presses("Return")
    window.sees(IN_THE_ROOM)

    assert (window.clicks, window.keys) == (1, len("4821") + 1)


def test_without_a_mouse_it_is_tab_by_tab_and_enter(jun: Desk) -> None:
    window = jun()
    window.sees(PLACE)
    # From the button that has the focus: address, join, the room.
    window.presses("Tab", "Tab", "Tab")
    window.sees(f"document.activeElement?.innerText?.includes({json.dumps(CLASS)})")
    window.presses("Return")
    window.sees(IN_THE_ROOM)

    assert (window.clicks, window.keys) == (0, 4)
