"""The main story in Firefox."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright

from tests.e2e.conftest import NewPerson
from tests.e2e.room import Room
from tests.tools import need

pytestmark = pytest.mark.browser

HAS_A_MOUSE: dict[str, str | float | bool] = {"ui.primaryPointerCapabilities": 6, "ui.allPointerCapabilities": 6}
"""Fine and able to hover: without a screen Firefox takes itself for a phone."""


@pytest.fixture(scope="module")
def firefox(playwright: Playwright) -> Iterator[Browser]:
    program = need("firefox")
    browser = playwright.firefox.launch(channel="moz-firefox", executable_path=program, firefox_user_prefs=HAS_A_MOUSE)
    yield browser
    browser.close()


@pytest.fixture
def browser(firefox: Browser) -> Browser:
    return firefox


def test_two_people_in_firefox_talk_show_a_picture_and_hand_over_a_file_through_a_crash_of_the_host(
    person: NewPerson, room: Room, picture_file: Path, small_file: Path
) -> None:
    minji, sora = person("민지").joins(), person("Sora", language="en").joins()
    minji.says("안녕하세요!")
    sora.sees("안녕하세요!")
    sora.pastes_event(picture_file)
    sora.sends_what_waits()
    minji.sees_pictures(1)
    room.dies()
    sora.says("said while nobody listened")
    room.comes_back()
    minji.sees("said while nobody listened")
    minji.offers(small_file)
    got = sora.accepts(small_file)
    assert hashlib.sha256(got.read_bytes()).digest() == hashlib.sha256(small_file.read_bytes()).digest()
    minji.sees_in_ledger(small_file, "Sora", "has it")
    assert minji.has_read(4) == sora.has_read(4)
