"""The page speaks Korean and English, and changes at a click, wherever one is."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import NewPerson
from tests.e2e.words import ENGLISH, KOREAN

pytestmark = pytest.mark.browser


def test_the_page_greets_in_the_browsers_language_and_changes_live_at_the_door(person: NewPerson) -> None:
    minji = person("민지")
    minji.opens()
    expect(minji.page.locator("html")).to_have_attribute("lang", "ko")
    minji.page.get_by_label(KOREAN["name"]).fill("민지")
    minji.chooses("English")
    expect(minji.page.locator("html")).to_have_attribute("lang", "en")
    expect(minji.page.get_by_label(ENGLISH["name"])).to_have_value("민지")
    expect(minji.page.get_by_role("button", name=ENGLISH["join"], exact=True)).to_be_visible()


def test_the_room_changes_language_without_losing_what_is_written_and_keeps_it_over_a_reload(person: NewPerson) -> None:
    minji = person("민지").joins()
    minji.says("안녕")
    minji.composer.fill("아직 쓰는 중")
    minji.changes_settings("English")
    minji.words = ENGLISH
    minji.sees_notice("Welcome, 민지")
    minji.sees("안녕")
    expect(minji.composer).to_have_value("아직 쓰는 중")
    minji.reloads()
    minji.is_inside()
    expect(minji.page.get_by_role("button", name=ENGLISH["leave"], exact=True)).to_be_visible()
    minji.changes_settings("한국어")
    minji.words = KOREAN
    minji.sees_notice("어서 오세요, 민지 님")


def test_a_friendly_name_in_ones_own_language_is_filled_in(person: NewPerson) -> None:
    for language, letters in (("ko", r"^[가-힣]+ [가-힣]+$"), ("en", r"^[A-Z][a-z]+ [A-Z][a-z]+$")):
        someone = person("아무나", language=language)
        someone.opens()
        value = someone.page.get_by_label(someone.words["name"]).input_value()
        assert re.match(letters, value), value
