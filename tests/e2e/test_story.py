"""Three people spend an afternoon in a room."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.e2e.conftest import NewPerson
from tests.e2e.person import Person

pytestmark = pytest.mark.browser

Three = tuple[Person, Person, Person]


@pytest.fixture
def three(person: NewPerson) -> Three:
    return person("민지").joins(), person("준").joins(), person("Sora", language="en").joins()


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def test_three_people_come_talk_and_go_and_all_see_the_same(three: Three) -> None:
    minji, jun, sora = three
    minji.sees_notice("Sora 님이 들어왔습니다")
    jun.sees_notice("어서 오세요, 준 님")
    sora.sees_notice("Welcome, Sora")
    minji.says("안녕하세요!")
    sora.sees("안녕하세요!")
    sora.says("Hello <b>everyone</b> & 반가워요")
    jun.sees("Hello <b>everyone</b> & 반가워요")
    jun.says("👋")
    logs = [one.has_read(3) for one in three]
    assert [text for _, text in logs[0]] == ["안녕하세요!", "Hello <b>everyone</b> & 반가워요", "👋"]
    assert logs[0] == logs[1] == logs[2]
    minji.leaves()
    sora.sees_notice("민지 left")


def test_a_pasted_and_a_dropped_picture_are_drawn_at_everyones_place(
    three: Three, picture: bytes, picture_file: Path
) -> None:
    minji, jun, sora = three
    minji.pastes_picture(picture)
    minji.sends_what_waits()
    jun.drops(picture_file)
    jun.sends_what_waits()
    for one in three:
        one.sees_pictures(2)
    sora.looks_at_picture(0)
    sora.closes_dialog()


def test_who_accepts_gets_every_byte_and_who_declines_gets_not_even_an_address(three: Three, big_file: Path) -> None:
    minji, jun, sora = three
    minji.offers(big_file)
    sora.declines(big_file)
    minji.sees_in_ledger(big_file, "Sora", "said no")
    assert not minji.has_uploaded(), "a byte moved before anybody accepted"
    got = jun.accepts(big_file)
    assert digest(got) == digest(big_file)
    minji.sees_in_ledger(big_file, "준", "has it")
    minji.sees_in_ledger(big_file, "Sora", "said no")
    assert minji.has_uploaded()
    assert jun.was_given_downloads()
    assert not sora.was_given_downloads()


def test_a_withdrawn_file_can_no_longer_be_taken(three: Three, small_file: Path) -> None:
    minji, jun, sora = three
    minji.offers(small_file)
    assert digest(jun.accepts(small_file)) == digest(small_file)
    sora.is_asked(small_file)
    minji.withdraws(small_file)
    sora.is_no_longer_asked(small_file)
