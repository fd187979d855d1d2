"""Names in the room: nobody has that of another, under any spelling."""

from __future__ import annotations

from unicodedata import normalize

import pytest

from chatapp.protocol import Limits
from tests.core.actors import GRACE, Play, refused

SAME = [
    ("민지", normalize("NFD", "민지")),
    ("Kim", "kim"),
    ("Kim", "\uff4b\uff49\uff4d"),  # full width
    ("Sora", " Sora  "),
    ("сора", "copa"),  # Cyrillic and Latin letters of one shape
]


@pytest.mark.parametrize(("held", "asked"), SAME)
def test_a_name_that_is_held_cannot_be_taken_in_another_spelling(held: str, asked: str) -> None:
    play = Play()
    play.enters(held)

    with refused("name-taken"):
        play.enters(asked)


@pytest.mark.parametrize(("held", "asked"), SAME)
def test_nobody_can_rename_to_a_name_that_is_held(held: str, asked: str) -> None:
    play = Play()
    play.enters(held)
    joon = play.enters("준")

    with refused("name-taken"):
        joon.renames(asked)
    assert play.room.members.seated(joon.id).name == "준"


def test_a_name_is_free_after_leaving_renaming_and_removal() -> None:
    play = Play()
    host = play.opens()
    leaver, renamer, removed = (play.enters(name) for name in ("민지", "준", "Sora"))

    leaver.leaves()
    renamer.renames("준호")
    host.removes(removed)

    assert [play.enters(name).joins(outbox="second").you.name for name in ("민지", "준", "Sora")] == [
        "민지",
        "준",
        "Sora",
    ]


def test_while_the_seat_is_held_the_name_given_is_ignored() -> None:
    play = Play()
    play.enters("준")
    minji = play.enters("민지")
    minji.loses()

    assert minji.joins("준").you.name == "민지"
    assert minji.joins("Sora\u202e", outbox="second").you.name == "민지"


def test_who_left_needs_a_name_that_is_free_now() -> None:
    play = Play()
    joon = play.enters("준")
    joon.loses()
    play.passes(GRACE)
    play.enters("준")

    with refused("name-taken"):
        joon.joins()
    assert joon.joins("준호").you.name == "준호"


def test_a_rename_in_the_case_of_the_own_name_is_allowed() -> None:
    play = Play()
    kim = play.enters("Kim")

    assert kim.renames("KIM").you.name == "KIM"
    with refused("name-taken"):
        play.enters("kim")


@pytest.mark.parametrize(
    ("name", "code"),
    [("", "name-invalid"), ("   ", "name-invalid"), ("a" * 25, "name-invalid"), ("방장", "name-reserved")],
)
def test_a_refused_name_takes_no_seat(name: str, code: str) -> None:
    play = Play()

    with refused(code):
        play.person("준").joins(name or "\u200b")
    assert play.room.members_seen() == ()
    assert play.disk.entries == []


def test_the_limits_of_the_room_are_those_of_its_names() -> None:
    play = Play(limits=Limits(name_chars=3))

    with refused("name-invalid"):
        play.enters("Sora")
    assert play.enters("준").joins(outbox="second").you.name == "준"
