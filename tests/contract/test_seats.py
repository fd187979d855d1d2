"""Seats: who is cut keeps its seat for the grace period, who leaves gives it back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.people import Company, Person, fresh_token
from tests.server_process import ServerProcess


@pytest.fixture(scope="module")
def short_grace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    server = ServerProcess("--grace", "1", data=tmp_path_factory.mktemp("grace"))
    yield server
    server.stop()


@pytest.fixture
def quick(short_grace: ServerProcess) -> Iterator[Company]:
    """People in a room whose grace period is a second."""
    company = Company(short_grace)
    yield company
    company.all_go()


def notices_of(watcher: Person, person: Person) -> list[str]:
    return [entry["kind"] for entry in watcher.heard("posted") if entry["by"] == person.id]


def test_a_lost_connection_keeps_its_seat_offline(room: Company) -> None:
    jun, minji = room.enters("준"), room.enters("민지")

    minji.cuts()

    told = jun.hears("member-changed", lambda member: member["id"] == minji.id and not member["online"])
    assert told == {**minji.welcome["you"], "online": False}
    stranger = room.arrives()
    assert stranger.code_of("join", token=stranger.token, name="민지") == "name-taken"
    assert notices_of(jun, minji) == ["joined"]
    room.enters("민지", minji.token)


def test_who_is_back_within_the_grace_period_causes_no_notice(room: Company) -> None:
    jun, minji = room.enters("준"), room.enters("민지")
    minji.cuts()
    jun.hears("member-changed", lambda member: member["id"] == minji.id and not member["online"])

    back = room.enters("아무 이름", minji.token)

    assert back.welcome["you"] == minji.welcome["you"]
    jun.hears("member-changed", lambda member: member == back.welcome["you"])
    jun.settles()
    assert notices_of(jun, minji) == ["joined"]


def test_after_the_grace_period_the_member_leaves_and_its_name_is_free(quick: Company) -> None:
    jun, minji = quick.enters("준"), quick.enters("민지")

    minji.cuts()

    left = jun.hears("posted", lambda entry: entry["kind"] == "left" and entry["by"] == minji.id)
    assert left["name"] == "민지"
    assert quick.enters("민지").id != minji.id
    assert minji.id not in {member["id"] for member in quick.enters("Sora").welcome["members"]}


def test_who_comes_back_after_it_has_left_is_the_same_member_with_a_joined_notice(quick: Company) -> None:
    jun, minji = quick.enters("준"), quick.enters("민지")
    minji.cuts()
    jun.hears("posted", lambda entry: entry["kind"] == "left" and entry["by"] == minji.id)

    back = quick.enters("민지", minji.token)

    assert (back.id, back.welcome["you"]["colour"]) == (minji.id, minji.welcome["you"]["colour"])
    jun.settles()
    assert notices_of(jun, minji) == ["joined", "left", "joined"]


def test_with_one_of_two_sockets_cut_the_member_stays_online(room: Company) -> None:
    jun, laptop = room.enters("준"), room.enters("민지")
    phone = room.enters("민지", laptop.token)
    jun.forgets()

    phone.cuts()
    laptop.says("나는 아직 있다")
    jun.hears("posted", lambda entry: entry["by"] == laptop.id)

    assert jun.heard("member-changed") == []


def test_a_socket_leaves_at_once_and_the_member_with_its_last_one(room: Company) -> None:
    jun, laptop = room.enters("준"), room.enters("민지")
    phone = room.enters("민지", laptop.token)

    phone.does("leave")
    laptop.says("나는 아직 있다")
    jun.settles()
    assert notices_of(jun, laptop) == ["joined", "said"]

    laptop.does("leave")
    jun.hears("posted", lambda entry: entry["kind"] == "left" and entry["by"] == laptop.id)
    assert room.enters("민지", fresh_token()).id != laptop.id


def test_who_has_left_is_told_nothing_more(room: Company) -> None:
    jun, minji = room.enters("준"), room.enters("민지")
    minji.does("leave")

    jun.says("민지는 이것을 못 듣는다")
    still_open = minji.client.connected and minji.code_of("history") == "not-joined"

    assert still_open or not minji.client.connected
    assert "민지는 이것을 못 듣는다" not in [entry.get("text") for entry in minji.heard("posted")]


def test_who_comes_back_has_the_name_and_colour_of_its_seat(room: Company) -> None:
    minji = room.enters("민지")
    minji.does("rename", name="새 이름")
    minji.cuts()

    back = room.enters("민지", minji.token)

    assert back.welcome["you"]["name"] == "새 이름"
    assert back.welcome["you"]["colour"] == minji.welcome["you"]["colour"]
