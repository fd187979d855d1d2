"""Seats: who comes, stays away, comes back and goes, and what the others hear of it."""

from __future__ import annotations

import pytest

from chatapp.protocol import COLOURS, Entry, Join, Joined, Left, Renamed
from tests.core.actors import GRACE, Play, refused
from tests.core.people import Tab


def kinds(entries: list[Entry]) -> list[str]:
    return [type(entry).__name__ for entry in entries]


def test_who_comes_is_told_who_and_what_is_there() -> None:
    play = Play()
    minji = play.enters("민지")
    minji.says("안녕")

    welcome = play.person("준").joins()

    assert (welcome.you.name, welcome.you.online, welcome.you.host) == ("준", True, False)
    assert [member.name for member in welcome.members] == ["민지", "준"]
    assert kinds(list(welcome.entries)) == ["Joined", "Said", "Joined"]
    assert (welcome.room.head, welcome.last_mid) == (3, 0)


def test_everyone_hears_who_came_as_an_entry_and_as_a_member() -> None:
    play = Play()
    minji = play.enters("민지")

    joon = play.enters("준")

    entry, member = minji.heard("posted")[-1], minji.heard("member-changed")[-1]
    assert isinstance(entry, Joined)
    assert (entry.by, entry.name, entry.colour) == (joon.id, "준", member.colour)
    assert (member.id, member.online) == (joon.id, True)


def test_who_has_not_joined_may_do_nothing() -> None:
    play = Play()
    minji = play.enters("민지")
    offer = minji.offers(("과제.pdf", 1))
    minji.tabs.append(Tab(minji, "a socket that has not joined", "main"))
    stranger = minji.tabs[-1]

    for act in (
        lambda: minji.says("안녕", mid=1, tab=stranger),
        lambda: minji.answers(offer, True, stranger),
        lambda: minji.withdraws(offer, stranger),
        lambda: minji.renames("준", stranger),
        lambda: minji.leaves(stranger),
        lambda: minji.configures(stranger, locked=True),
        lambda: minji.removes(minji, stranger),
        lambda: play.room.typing(stranger.id),
    ):
        with refused("not-joined"):
            act()


def test_a_lost_connection_keeps_the_seat_and_the_others_see_it_offline() -> None:
    play = Play()
    minji, joon = play.enters("민지"), play.enters("준")

    joon.loses()
    play.passes(GRACE - 1)

    assert (minji.heard("member-changed")[-1].id, minji.heard("member-changed")[-1].online) == (joon.id, False)
    assert kinds(minji.shown) == ["Joined", "Joined"]
    with refused("name-taken"):
        play.enters("준")


def test_who_is_back_within_the_grace_causes_no_entry_and_misses_nothing() -> None:
    play = Play()
    minji, joon = play.enters("민지"), play.enters("준")
    before = joon.id
    joon.loses()
    minji.says("안녕")
    play.passes(GRACE - 1)

    joon.joins()
    play.passes(2 * GRACE)

    assert joon.id == before
    assert kinds(minji.shown) == ["Joined", "Joined", "Said"]
    assert joon.shown == minji.shown
    assert (minji.heard("member-changed")[-1].id, minji.heard("member-changed")[-1].online) == (joon.id, True)


def test_when_the_grace_ends_the_member_leaves_and_its_name_is_free() -> None:
    play = Play()
    minji, joon = play.enters("민지"), play.enters("준")
    joon.loses()

    play.passes(GRACE)

    left = minji.shown[-1]
    assert isinstance(left, Left)
    assert (left.by, left.name) == (joon.id, "준")
    assert play.enters("준").id != joon.id


def test_the_grace_of_a_member_begins_with_the_loss_of_its_last_socket() -> None:
    play = Play()
    minji, joon = play.enters("민지"), play.enters("준")
    second = joon.opens_a_tab()
    joon.loses()
    play.passes(GRACE - 1)
    joon.loses(second)

    play.passes(GRACE - 1)
    assert kinds(minji.shown) == ["Joined", "Joined"]

    play.passes(1)
    assert kinds(minji.shown) == ["Joined", "Joined", "Left"]


def test_two_whose_grace_has_ended_leave_in_the_order_of_their_loss() -> None:
    play = Play()
    minji, joon, sora = play.enters("민지"), play.enters("준"), play.enters("Sora")
    sora.loses()
    play.passes(1)
    joon.loses()

    play.passes(GRACE)

    assert [entry.name for entry in minji.shown[-2:]] == ["Sora", "준"]


def test_a_room_without_anything_to_run_out_has_no_deadline() -> None:
    play = Play()
    minji = play.enters("민지")
    assert play.room.next_deadline() is None
    assert play.room.due(play.now + 10 * GRACE, "entry") == []

    minji.loses()
    assert play.room.next_deadline() == play.now + GRACE


def test_who_left_and_comes_again_is_the_same_member_with_the_same_colour() -> None:
    play = Play()
    play.enters("민지")
    joon = play.enters("준")
    before = play.room.members.seen(play.room.members.seated(joon.id))
    joon.leaves()

    again = joon.joins("준2").you

    assert (again.id, again.colour, again.name) == (before.id, before.colour, "준2")
    assert kinds(joon.shown)[-2:] == ["Left", "Joined"]


def test_leave_takes_one_socket_and_the_member_with_the_last_one() -> None:
    play = Play()
    minji, joon = play.enters("민지"), play.enters("준")
    second = joon.opens_a_tab()
    heard = len(minji.tab.told)

    joon.leaves(joon.tab)
    assert len(minji.tab.told) == heard, "nobody needs to know of one tab of two"
    joon.says("아직 있어요", tab=second)

    joon.leaves(second)
    assert kinds(minji.shown)[-2:] == ["Said", "Left"]
    assert [member.name for member in play.room.members_seen()] == ["민지"]
    assert minji.heard("member-changed")[-1].id != joon.id or minji.heard("member-changed")[-1].online


def test_who_leaves_hears_its_own_left_and_not_that_it_went_offline() -> None:
    play = Play()
    minji, joon = play.enters("민지"), play.enters("준")
    tab = joon.tab
    offline = [member for member in minji.heard("member-changed") if not member.online]

    joon.leaves()

    assert isinstance(tab.entries[-1], Left)
    assert [member for member in minji.heard("member-changed") if not member.online] == offline == []


def test_the_loss_of_a_socket_that_never_joined_or_has_left_changes_nothing() -> None:
    play = Play()
    minji = play.enters("민지")
    tab = minji.tab
    minji.leaves()

    assert play.room.lost(tab.id, play.now) == []
    assert play.room.lost("never seen", play.now) == []


def test_a_second_join_with_the_same_token_is_a_resync() -> None:
    play = Play()
    minji, joon = play.enters("민지"), play.enters("준")
    told = len(minji.tab.told)

    welcome = joon.resyncs()

    assert (welcome.you.id, len(joon.tabs)) == (joon.id, 1)
    assert len(minji.tab.told) == told


@pytest.mark.parametrize("key", ["a key that nobody has", "that of 민지"])
def test_a_second_join_with_another_token_is_malformed(key: str) -> None:
    play = Play()
    minji, joon = play.enters("민지"), play.enters("준")
    other = minji.key if key == "that of 민지" else key

    with refused("malformed", at="$.token"):
        play.room.join(joon.tab.id, Join(token="t" * 22, name="준"), other, ("m", "e"), play.now)


def test_colours_come_from_the_palette_and_repeat_only_when_all_are_used() -> None:
    play = Play()

    colours = [play.enters(f"손님{n}").joins(outbox="second").you.colour for n in range(COLOURS)]

    assert sorted(colours) == list(range(COLOURS))


def test_a_new_name_is_an_entry_and_a_changed_member() -> None:
    play = Play()
    minji, joon = play.enters("민지"), play.enters("준")

    acked = joon.renames("준호")

    renamed = minji.shown[-1]
    assert acked.you.name == "준호"
    assert isinstance(renamed, Renamed)
    assert (renamed.by, renamed.old, renamed.name) == (joon.id, "준", "준호")
    assert minji.heard("member-changed")[-1].name == "준호"


def test_a_rename_to_the_own_name_is_no_entry() -> None:
    play = Play()
    joon = play.enters("준")

    assert joon.renames(" 준 ").you.name == "준"
    assert kinds(joon.shown) == ["Joined"]
