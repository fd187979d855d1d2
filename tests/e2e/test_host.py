"""The host keeps order in the room, and closes it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import NewPerson
from tests.e2e.person import Person
from tests.e2e.room import Room

pytestmark = pytest.mark.browser


@pytest.fixture
def host(person: NewPerson, room: Room) -> Person:
    return person("민지").joins_as_host(room.host_token)


def test_the_hosts_secret_leaves_the_address_bar(host: Person, room: Room) -> None:
    assert room.host_token not in host.page.url


def test_nobody_else_finds_the_hosts_powers(host: Person, person: NewPerson) -> None:
    jun = person("준").joins()
    for power in ("lock", "close the room"):
        expect(host.page.get_by_text(host.words[power], exact=True)).to_be_visible()
        expect(jun.page.get_by_text(jun.words[power], exact=True)).to_have_count(0)


def test_a_locked_room_lets_nobody_new_in(host: Person, person: NewPerson) -> None:
    jun = person("준").joins()
    host.locks()
    sora = person("Sora", language="en")
    sora.knocks()
    sora.is_told("The room is locked. Ask the host to unlock it.")
    jun.reloads()
    jun.is_inside()


def test_who_is_removed_is_gone_and_cannot_come_back(host: Person, person: NewPerson) -> None:
    jun, sora = person("준").joins(), person("Sora", language="en").joins()
    sora.says("hello")
    host.sees("hello")
    host.removes("준")
    jun.is_at("was removed")
    sora.sees_notice("The host removed 준")
    sora.says("still here")
    host.sees("still here")
    jun.reloads()
    jun.knocks()
    jun.is_at("was removed")


def test_closing_names_how_many_are_cut_off_and_then_ends_the_room(host: Person, person: NewPerson, room: Room) -> None:
    jun, sora = person("준").joins(), person("Sora", language="en").joins()
    host.wants_to_close()
    host.is_asked_in_dialog("다른 2명의 연결이 바로 끊기고")
    host.answers_dialog("cancel")
    jun.says("아직 있어요")
    sora.sees("아직 있어요")
    host.wants_to_close()
    host.answers_dialog("close the room")
    for one in (host, jun, sora):
        one.is_at("closed")
    assert room.server.wait() == 0
