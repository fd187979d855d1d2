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


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def test_firefox_talks_and_shows_pictures_through_a_crash_of_the_host(
    person: NewPerson, room: Room, picture_file: Path
) -> None:
    minji, sora = person("민지").joins(), person("Sora", language="en").joins()
    minji.says("안녕하세요!")
    sora.sees("안녕하세요!")
    sora.pastes_event(picture_file)
    sora.sends_what_waits()
    minji.sees_pictures(1)
    minji.drops(picture_file)
    minji.sends_what_waits()
    sora.sees_pictures(2)
    room.dies()
    sora.says("said while nobody listened")
    room.comes_back()
    minji.sees("said while nobody listened")
    assert minji.has_read(4) == sora.has_read(4)


def test_in_firefox_one_accepts_a_file_and_gets_it_and_another_declines_and_gets_nothing(
    person: NewPerson, big_file: Path
) -> None:
    minji, jun, sora = person("민지").joins(), person("준").joins(), person("Sora", language="en").joins()
    minji.offers(big_file)
    jun.declines(big_file)
    minji.sees_in_ledger(big_file, "준", "said no")
    assert not minji.has_uploaded(), "a byte moved before anybody accepted"
    assert digest(sora.accepts(big_file)) == digest(big_file)
    minji.sees_in_ledger(big_file, "Sora", "has it")
    assert minji.has_uploaded()
    assert not jun.was_given_downloads()
