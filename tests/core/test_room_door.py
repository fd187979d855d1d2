"""The door: PIN, lock, a full room, the host's token, and being removed."""

from __future__ import annotations

import pytest

from chatapp.core.changes import RoomRecord, RoomSaved
from chatapp.protocol import TITLE_CHARS, Limits, Removed, WasRemoved
from tests.core.actors import GRACE, Play, refused


def test_a_stranger_needs_the_pin() -> None:
    play = Play()
    host = play.opens()
    host.configures(pin="2580")

    with refused("pin-required"):
        play.enters("준")
    for wrong in ("0000", "", "25800"):
        with refused("pin-wrong"):
            play.enters("준", pin=wrong)
    assert play.enters("준", pin="2580").tabs


def test_a_locked_room_takes_no_stranger() -> None:
    play = Play()
    host = play.opens()
    host.configures(locked=True)

    with refused("room-locked"):
        play.enters("준")

    host.configures(locked=False)
    assert play.enters("준").tabs


def test_a_full_room_takes_no_stranger() -> None:
    play = Play(limits=Limits(members=2))
    minji = play.enters("민지")
    play.enters("준")

    with refused("room-full"):
        play.enters("Sora")

    minji.leaves()
    assert play.enters("Sora").tabs


def test_a_known_token_passes_pin_lock_and_a_full_room() -> None:
    play = Play(limits=Limits(members=3))
    host = play.opens()
    offline, left = play.enters("민지"), play.enters("준")
    offline.loses()
    left.leaves()
    play.enters("Sora")
    host.configures(pin="2580", locked=True)

    assert offline.joins().you.name == "민지"
    assert left.joins().you.name == "준"


def test_the_hosts_token_passes_pin_lock_and_a_full_room() -> None:
    play = Play(limits=Limits(members=1))
    play.enters("준")
    play.change((RoomSaved(RoomRecord("수학 모임", "2580", True)),))

    assert play.opens().joins(outbox="second").you.host


def test_only_the_hosts_token_makes_a_host() -> None:
    play = Play()

    assert play.person("준").joins().you.host is False
    assert play.host().joins().you.host is True


def test_the_hosts_powers_are_the_hosts_alone() -> None:
    play = Play()
    play.opens()
    minji, joon = play.enters("민지"), play.enters("준")

    with refused("not-host"):
        joon.removes(minji)
    with refused("not-host"):
        joon.configures(locked=True)


def test_everyone_hears_how_the_room_is_configured() -> None:
    play = Play()
    host, joon = play.opens(), play.enters("준")

    room = host.configures(title="  독서\t모임 ", pin="2580", locked=True)

    assert (room.title, room.pin, room.locked) == ("독서 모임", True, True)
    assert joon.heard("room-changed") == [room]


def test_what_is_not_named_stays_and_what_is_as_before_is_not_told() -> None:
    play = Play()
    host, joon = play.opens(), play.enters("준")
    host.configures(title="독서 모임", pin="2580")

    host.configures(locked=True)
    room = host.configures(pin="2580")

    assert (room.title, room.pin, room.locked) == ("독서 모임", True, True)
    assert len(joon.heard("room-changed")) == 2
    assert host.configures(pin=None).pin is False


@pytest.mark.parametrize("title", ["", " \t ", "가" * (TITLE_CHARS + 1), "a\x07b"])
def test_a_title_that_is_none_is_malformed(title: str) -> None:
    play = Play()
    host = play.opens()

    host.configures(title="수" * TITLE_CHARS)
    with refused("malformed", at="$.title"):
        host.configures(title=title)
    assert play.room.seen().title == "수" * TITLE_CHARS


def test_who_is_removed_is_told_first_and_then_every_socket_is_closed() -> None:
    play = Play()
    host, joon = play.opens(), play.enters("준")
    joon.opens_a_tab()
    tabs = list(joon.tabs)

    host.removes(joon)

    assert joon.tabs == []
    assert [tab.heard("removed") for tab in tabs] == [[WasRemoved()], [WasRemoved()]]
    assert isinstance(host.shown[-1], Removed)
    assert (host.shown[-1].by, host.shown[-1].name) == (joon.id, "준")
    assert host.heard("removed") == []


def test_a_removed_token_cannot_come_back_and_its_sockets_say_nothing_more() -> None:
    play = Play()
    host, joon = play.opens(), play.enters("준")
    tab = joon.tab
    host.removes(joon)

    with refused("was-removed"):
        joon.joins()
    with refused("not-joined"):
        joon.says("안녕", mid=1, tab=tab)
    play.restarts()
    with refused("was-removed"):
        joon.joins("다른 이름")


def test_an_offline_member_can_be_removed() -> None:
    play = Play()
    host, joon = play.opens(), play.enters("준")
    joon.loses()

    host.removes(joon)
    play.passes(2 * GRACE)

    assert [type(entry).__name__ for entry in host.shown] == ["Joined", "Joined", "Removed"]
    with refused("was-removed"):
        joon.joins()


def test_only_who_holds_a_seat_can_be_removed_and_never_a_host() -> None:
    play = Play()
    host, joon = play.opens(), play.enters("준")
    joon.leaves()

    with refused("unknown-member"):
        host.removes(joon)
    with refused("unknown-member"):
        host.removes(play.person("민지"))
    with refused("not-yours"):
        host.removes(host)
