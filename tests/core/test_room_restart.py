"""A restart: the room goes on from what is on disk, and nobody who is back in time is missed."""

from __future__ import annotations

from msgspec.structs import replace

from tests.core.actors import GRACE, OFFER_TTL, Play, refused


def test_after_a_restart_the_room_is_the_same_and_everybody_is_offline() -> None:
    play = Play()
    host, joon = play.opens(), play.enters("준")
    host.configures(title="독서 모임", pin="2580", locked=True)
    room, members = play.room.seen(), play.room.members_seen()

    play.restarts()

    assert play.room.seen() == room
    assert play.room.members_seen() == tuple(replace(member, online=False) for member in members)
    assert [joon.joins().you.name, host.joins().you.host] == ["준", True]


def test_the_grace_of_everybody_begins_with_the_restart() -> None:
    play = Play()
    minji, joon = play.enters("민지"), play.enters("준")
    joon.loses()
    play.passes(GRACE - 1)

    play.restarts()
    play.passes(GRACE - 1)
    minji.joins()
    play.passes(1)

    assert [type(entry).__name__ for entry in minji.shown] == ["Joined", "Joined", "Left"]
    assert minji.shown[-1].name == "준"


def test_who_is_back_in_time_goes_on_as_if_nothing_had_been() -> None:
    play = Play()
    minji, joon = play.enters("민지"), play.enters("준")
    minji.says("하나", mid=1)

    play.restarts()
    minji.joins()
    joon.joins()
    play.passes(2 * GRACE)

    assert minji.says("하나", mid=1).seq == 3
    assert minji.says("둘", mid=2).seq == 4
    assert [type(entry).__name__ for entry in joon.shown] == ["Joined", "Joined", "Said", "Said"]


def test_answers_and_endings_outlive_a_restart() -> None:
    play = Play()
    minji, joon, sora = play.enters("민지"), play.enters("준"), play.enters("Sora")
    given, withdrawn = minji.offers(("과제.pdf", 10)), minji.offers(("그림.png", 3))
    joon.accepts(given)
    sora.declines(given)
    minji.withdraws(withdrawn)

    play.restarts()
    for person in (minji, joon, sora):
        person.joins()

    assert joon.sees(given).downloads
    assert (sora.sees(given).mine, joon.sees(withdrawn).state) == ("declined", "withdrawn")
    with refused("offer-closed"):
        sora.starts(given)
    with refused("offer-closed"):
        joon.accepts(withdrawn)


def test_the_counted_bytes_end_with_the_process_but_received_does_not() -> None:
    play = Play()
    minji, joon, sora = play.enters("민지"), play.enters("준"), play.enters("Sora")
    offer = minji.offers(("과제.pdf", 10))
    for person, stop in ((joon, 6), (sora, 10)):
        person.accepts(offer)
        person.starts(offer)
        person.gets(offer, 0, stop)

    play.restarts()
    minji.joins()

    rows = minji.sees(offer).ledger or {}
    assert (rows[joon.id].state, rows[joon.id].bytes) == ("receiving", 0)
    assert (rows[sora.id].state, rows[sora.id].bytes) == ("received", 10)


def test_an_offer_that_ran_out_while_the_room_was_closed_expires_at_once() -> None:
    play = Play(grace=10 * OFFER_TTL)
    minji = play.enters("민지")
    offer = minji.offers(("과제.pdf", 10))
    play.now += 2 * OFFER_TTL

    play.restarts()
    play.passes(0)
    minji.joins()

    assert minji.sees(offer).state == "expired"


def test_a_commit_that_fails_while_a_seat_runs_out_is_tried_again() -> None:
    play = Play()
    minji, joon = play.enters("민지"), play.enters("준")
    joon.loses()
    play.disk.fails = True

    play.passes(GRACE)

    assert minji.shown[-1].name == "준"
    assert minji.shown == play.disk.entries


def test_who_goes_on_after_a_restart_has_received_what_it_does_not_ask_for_again() -> None:
    play = Play()
    minji, joon = play.enters("민지"), play.enters("준")
    offer = minji.offers(("과제.pdf", 10), ("그림.png", 4))
    joon.accepts(offer)
    joon.starts(offer)
    joon.gets(offer, 0, 4, file=1)
    joon.gets(offer, 0, 6)

    play.restarts()
    minji.joins()
    joon.joins()
    assert minji.ledger(offer)["준"] == ("receiving", 4), "the whole files are known"

    joon.starts(offer, 0, start=8)
    assert minji.ledger(offer)["준"] == ("receiving", 12)
    joon.gets(offer, 8, 10)
    assert minji.ledger(offer)["준"] == ("received", 14)


def test_without_a_restart_nobody_has_received_what_never_went_to_it() -> None:
    play = Play()
    minji, joon = play.enters("민지"), play.enters("준")
    offer = minji.offers(("과제.pdf", 10))
    joon.accepts(offer)

    joon.starts(offer, 0, start=8)
    joon.gets(offer, 8, 10)

    assert minji.ledger(offer)["준"] == ("receiving", 2)


def test_who_cancelled_after_a_restart_begins_at_nothing() -> None:
    play = Play()
    minji, joon = play.enters("민지"), play.enters("준")
    offer = minji.offers(("과제.pdf", 10))
    joon.accepts(offer)
    joon.starts(offer)
    play.restarts()
    minji.joins()
    joon.joins()
    joon.declines(offer)
    joon.accepts(offer)

    joon.starts(offer, 0, start=8)
    joon.gets(offer, 8, 10)

    assert minji.ledger(offer)["준"] == ("receiving", 2)


def test_hashes_outlive_a_restart() -> None:
    play = Play()
    minji, joon = play.enters("민지"), play.enters("준")
    offer = minji.offers(("과제.pdf", 10))
    joon.accepts(offer)
    minji.uploads(offer)
    minji.hashes(offer, sha256="b" * 64)

    play.restarts()
    minji.joins()

    assert minji.sees(offer).hashes == ("b" * 64,)
