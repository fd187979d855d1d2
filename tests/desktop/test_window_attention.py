"""A message that comes while the window is not in front: the desktop shows it, and the window asks for attention."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from Xlib.display import Display
from Xlib.X import CopyFromParent, CurrentTime, RevertToParent
from Xlib.Xutil import UrgencyHint

from tests.contract.people import Person
from tests.desktop.session_bus import Desktop, session_bus
from tests.desktop.test_window_story import ENGLISH, KOREAN, Words, minji_hosts
from tests.desktop.windows import PATIENCE, Window, screen


class Screen:
    """Where the keyboard is, and what the windows ask of whoever manages them."""

    def __init__(self, name: str) -> None:
        self._display = Display(name)
        root = self._display.screen().root
        self._other = root.create_window(0, 0, 10, 10, 0, CopyFromParent)
        self._other.map()
        self._display.sync()

    def looks_elsewhere(self) -> None:
        """The keyboard goes to another program's window."""
        self._focus(self._other)

    def looks_at(self, title: str) -> None:
        """The keyboard goes to the window of this title."""
        self._focus(self._window(title))

    def waits_for_urgency(self, title: str, *, urgent: bool) -> None:
        """Wait until the window of this title asks for attention, or asks no more (ICCCM, 4.1.2.4)."""
        deadline = time.monotonic() + PATIENCE
        while bool(self._window(title).get_wm_hints().flags & UrgencyHint) != urgent:
            assert time.monotonic() < deadline, f"never urgent={urgent}"

    def close(self) -> None:
        self._display.close()

    def _focus(self, window: Any) -> None:
        window.set_input_focus(RevertToParent, CurrentTime)
        self._display.sync()

    def _window(self, title: str) -> Any:
        shown = self._display.screen().root.query_tree().children
        return next(one for one in shown if title in (one.get_wm_name() or "") and one.get_wm_hints())


class Desk(NamedTuple):
    minji: Window
    screen: Screen
    desktop: Desktop
    words: Words


@pytest.fixture
def desk(tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    words: Words = request.param
    with ExitStack() as ending:
        address = ending.enter_context(session_bus(tmp_path / "bus"))
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        desktop = Desktop(address)
        ending.callback(desktop.close)
        display = ending.enter_context(screen())
        (tmp_path / "민지").mkdir()
        minji = ending.enter_context(Window(display, tmp_path / "민지", "민지", words.language, words.kind))
        yield Desk(minji, ending.enter_context(closing(Screen(display))), desktop, words)


@pytest.mark.parametrize("desk", [KOREAN, ENGLISH], indirect=True, ids=["Korean, pywebview", "English, system"])
def test_a_message_asks_for_attention_until_the_person_looks(desk: Desk) -> None:
    minji, screen, desktop, words = desk
    minji.sees(f"document.activeElement?.textContent?.trim() === {json.dumps(words.start)}")
    jun = Person(f"http://{minji_hosts(minji, words)}")
    jun.joins("준")
    jun.says("while she looks")
    minji.reads("while she looks")

    screen.looks_elsewhere()
    minji.sees("!document.hasFocus()")
    jun.says("<i>점심</i> 먹자")
    shown = desktop.sees()
    assert (shown.title, shown.text) == ("준", "&lt;i&gt;점심&lt;/i&gt; 먹자")
    screen.waits_for_urgency("ChatApp", urgent=True)

    screen.looks_at("ChatApp")
    minji.sees("document.hasFocus()")
    screen.waits_for_urgency("ChatApp", urgent=False)
    assert desktop.shown.empty()
    jun.closes()
