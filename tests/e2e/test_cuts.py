"""No cut, crash or reload loses a word, doubles one, or changes the order."""

from __future__ import annotations

import pytest

from tests.e2e.cable import Cable
from tests.e2e.conftest import NewPerson
from tests.e2e.person import Person
from tests.e2e.room import Room

pytestmark = pytest.mark.browser


def all_agree(people: list[Person], said: dict[str, list[str]]) -> None:
    """Everybody reads the same list, and in it each one's words once and in the order in which they were said."""
    expected = sum(map(len, said.values()))
    logs = [one.has_read(expected) for one in people]
    seqs = [seq for seq, _ in logs[0]]
    assert seqs == sorted(set(seqs))
    assert all(log == logs[0] for log in logs)
    for name, texts in said.items():
        assert [text for _, text in logs[0] if text.startswith(f"{name}:")] == texts


def words(name: str, *numbers: int) -> list[str]:
    return [f"{name}: {number}" for number in numbers]


def test_who_loads_the_page_again_is_back_in_the_same_seat_with_the_whole_conversation(person: NewPerson) -> None:
    minji, jun = person("민지").joins(), person("준").joins()
    said = {"민지": words("민지", *range(5)), "준": words("준", *range(5))}
    minji.says(*said["민지"][:3])
    jun.says(*said["준"])
    minji.reloads()
    minji.is_inside()
    minji.says(*said["민지"][3:])
    all_agree([minji, jun], said)
    jun.sees_no_notice("나갔습니다")


def test_a_cut_socket_loses_and_doubles_nothing(person: NewPerson) -> None:
    minji, jun = person("민지"), person("준").joins()
    cable = Cable(minji.context)
    minji.joins()
    said = {"민지": words("민지", *range(9)), "준": words("준", *range(9))}
    for part in range(3):
        mine, theirs = said["민지"][3 * part :], said["준"][3 * part :]
        minji.says(mine[0])
        cable.cut()
        minji.says(mine[1], mine[2])
        jun.says(*theirs[:3])
        cable.mend()
        minji.is_inside()
    assert cable.cuts >= 3
    all_agree([minji, jun], said)
    jun.sees_no_notice("나갔습니다")


def test_a_killed_and_restarted_host_loses_and_doubles_nothing(person: NewPerson, room: Room) -> None:
    people = [person("민지").joins(), person("준").joins(), person("Sora", language="en").joins()]
    said = {one.name: words(one.name, *range(6)) for one in people}
    for one in people:
        one.says(*said[one.name][:3])
    room.dies()
    for one in people:
        one.says(*said[one.name][3:5])
    room.comes_back()
    for one in people:
        one.is_inside()
        one.says(said[one.name][5])
    all_agree(people, said)
    people[0].sees_no_notice("나갔습니다")


def test_words_of_a_cut_time_outlive_a_reload_and_are_sent_once(person: NewPerson) -> None:
    minji, jun = person("민지"), person("준").joins()
    cable = Cable(minji.context)
    minji.joins()
    cable.cut()
    minji.says(*words("민지", 0, 1))
    minji.sees_waiting(2)
    minji.reloads()
    cable.mend()
    minji.is_inside()
    minji.says(*words("민지", 2))
    all_agree([minji, jun], {"민지": words("민지", 0, 1, 2)})


def test_a_new_tab_sends_what_a_dead_tab_left_behind(person: NewPerson, room: Room) -> None:
    minji, jun = person("민지").joins(), person("준").joins()
    room.dies()
    minji.says(*words("민지", 0, 1))
    minji.sees_waiting(2)
    minji.loses_the_tab()
    room.comes_back()
    jun.is_inside()
    minji.takes_a_new_tab()
    minji.is_inside()
    minji.says(*words("민지", 2))
    all_agree([minji, jun], {"민지": words("민지", 0, 1, 2)})
