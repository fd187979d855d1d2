"""A message that comes while the window is not in front: the desktop shows it, and the window asks for attention."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import NamedTuple

import pytest

from chatapp.desktop.kept import Kept
from tests.contract.people import Person
from tests.desktop.focus import Screen
from tests.desktop.session_bus import Desktop, session_bus
from tests.desktop.test_window_story import ENGLISH, KOREAN, Words, minji_hosts
from tests.desktop.windows import Window, screen

NOTIFICATIONS = "[role=switch]:is(dialog .switch + .switch *)"


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


@pytest.mark.parametrize("desk", [ENGLISH], indirect=True, ids=["English, system"])
def test_nobody_is_told_of_own_words_nor_of_anything_once_that_is_switched_off(desk: Desk) -> None:
    minji, screen, desktop, words = desk
    minji.sees(f"document.activeElement?.textContent?.trim() === {json.dumps(words.start)}")
    address = f"http://{minji_hosts(minji, words)}"
    kept = Kept(minji.folder / "kept").everything()
    (token,) = (value for key, value in kept.items() if key.startswith("chatapp:token:"))
    phone, jun = Person(address, token), Person(address)
    phone.joins("민지")
    jun.joins("준")
    screen.looks_elsewhere()
    minji.sees("!document.hasFocus()")

    phone.says("her own, from her phone")
    minji.reads("her own, from her phone")
    _switches(minji, "false")
    jun.says("while it is off")
    minji.reads("while it is off")
    _switches(minji, "true")
    jun.says("now it is on")

    # The first that ever came.
    assert desktop.sees().text == "now it is on"
    for person in (phone, jun):
        person.closes()


def _switches(minji: Window, checked: str) -> None:
    """Notifications on or off, in the dialog of settings."""
    minji.clicks_on("Settings")
    minji.clicks_on(NOTIFICATIONS)
    minji.sees(f"document.querySelector('{NOTIFICATIONS}').checked === {checked}")
    minji.clicks_on("Close")
    minji.sees("!document.querySelector('dialog')")
