"""No screen of the page has a finding of axe: on a phone and on a desk, in both themes, by system or by choice."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.e2e.conftest import NewPerson
from tests.e2e.person import Person
from tests.e2e.room import Room

pytestmark = pytest.mark.browser

SIZES = {"phone": {"width": 360, "height": 740}, "desk": {"width": 1280, "height": 800}}
THEMES = ("light", "dark")


def is_flawless(who: Person, screen: str) -> None:
    """Axe finds nothing, and nothing sticks out at the side, at both sizes and in both themes of the system."""
    for size in SIZES.values():
        who.page.set_viewport_size(size)  # type: ignore[arg-type]  # a TypedDict that Playwright keeps private
        for theme in THEMES:
            who.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]  # a Literal that a loop cannot keep
            found = Axe().run(who.page)
            assert found.violations_count == 0, f"{screen}, {size['width']} px, {theme}: {found.generate_report()}"
            assert who.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{screen}, {size}"


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_door_has_no_finding(person: NewPerson, language: str) -> None:
    sora = person("Sora", language=language)
    sora.opens()
    is_flawless(sora, "the door")
    sora.page.get_by_label(sora.words["name"]).fill("host")
    sora.page.get_by_role("button", name=sora.words["join"], exact=True).click()
    sora.page.get_by_role("alert").wait_for()
    is_flawless(sora, "the door with a refusal")


def test_a_full_room_has_no_finding_at_sender_and_receiver(
    person: NewPerson, room: Room, picture_file: Path, small_file: Path, big_file: Path
) -> None:
    host = person("민지").joins_as_host(room.host_token)
    sora = person("Sora", language="en").joins()
    host.says("안녕하세요", "👋", "https://example.org/ 보세요")
    host.drops(picture_file)
    host.sends_what_waits()
    host.offers(small_file)
    host.offers(big_file)
    sora.sees_pictures(1)
    sora.declines(small_file)
    sora.is_asked(big_file)
    sora.drops(picture_file)
    for one in (host, sora):
        is_flawless(one, f"the room of {one.name}")


def test_dialogs_have_no_finding(person: NewPerson, room: Room, picture_file: Path) -> None:
    host = person("민지").joins_as_host(room.host_token)
    sora = person("Sora", language="en").joins()
    sora.drops(picture_file)
    sora.sends_what_waits()
    sora.opens_settings()
    is_flawless(sora, "settings")
    sora.closes_dialog()
    sora.looks_at_picture(0)
    is_flawless(sora, "a large picture")
    host.wants_to_close()
    is_flawless(host, "closing the room")


def test_the_chosen_theme_wins_over_the_systems_and_has_no_finding(person: NewPerson) -> None:
    minji = person("민지").joins()
    seen = {}
    for theme in THEMES:
        minji.changes_settings(minji.words[theme])
        minji.page.emulate_media(color_scheme="light" if theme == "dark" else "dark")
        seen[theme] = minji.page.evaluate("getComputedStyle(document.body).backgroundColor")
        found = Axe().run(minji.page)
        assert found.violations_count == 0, found.generate_report()
    assert seen["light"] != seen["dark"]


def test_the_ends_have_no_finding(person: NewPerson, room: Room) -> None:
    host = person("민지").joins_as_host(room.host_token)
    jun, sora = person("준").joins(), person("Sora", language="en").joins()
    jun.leaves()
    is_flawless(jun, "after leaving")
    host.removes("Sora")
    sora.is_at("was removed")
    is_flawless(sora, "after being removed")
    room.dies()
    host.sees_that_it_is_cut()
    is_flawless(host, "a cut room")
    room.comes_back()
