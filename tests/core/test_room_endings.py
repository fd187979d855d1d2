"""How an offer ends, for everyone or for one who goes."""

from __future__ import annotations

import pytest

from chatapp.protocol import Offer, OfferAnswered, OfferChanged
from tests.core.actors import GRACE, OFFER_TTL, Play, refused
from tests.core.people import Person


def ended(seen: Offer, state: str) -> bool:
    return seen.state == state and seen.downloads == seen.uploads == ()


def test_a_withdrawn_offer_is_over_for_everyone_at_once(
    play: Play, minji: Person, joon: Person, sora: Person, offer: str
) -> None:
    joon.accepts(offer)
    joon.starts(offer)

    acked = minji.withdraws(offer)

    assert ended(acked.offer, "withdrawn")
    assert ended(joon.sees(offer), "withdrawn")
    for person in (minji, joon, sora):
        assert person.heard("offer-changed") == [OfferChanged(offer, "withdrawn")]
    for act in (lambda: joon.starts(offer), lambda: play.room.upload_target(offer), lambda: sora.accepts(offer)):
        with refused("offer-closed"):
            act()


def test_only_the_sender_withdraws_and_only_once(minji: Person, joon: Person, offer: str) -> None:
    with refused("not-yours"):
        joon.withdraws(offer)

    minji.withdraws(offer)

    with refused("offer-closed"):
        minji.withdraws(offer)


def test_expiry_ends_new_answers_and_what_is_being_received_goes_on(
    play: Play, minji: Person, joon: Person, sora: Person, offer: str
) -> None:
    joon.accepts(offer)
    joon.starts(offer)
    sora.accepts(offer)

    play.passes(OFFER_TTL)

    assert sora.heard("offer-changed") == [OfferChanged(offer, "expired")]
    for act in (joon.accepts, sora.declines, sora.accepts, sora.starts):
        with refused("offer-closed"):
            act(offer)
    assert play.room.upload_target(offer).is_open is False
    joon.gets(offer, 0, 10)
    assert minji.ledger(offer)["준"] == ("received", 10)
    with refused("offer-closed"):
        play.room.upload_target(offer)


def test_who_is_still_receiving_after_the_expiry_can_cancel(
    play: Play, minji: Person, joon: Person, sora: Person, offer: str
) -> None:
    for person in (joon, sora):
        person.accepts(offer)
        person.starts(offer)
    play.passes(OFFER_TTL)

    assert joon.declines(offer).mine == "declined"

    with refused("offer-closed"):
        joon.starts(offer)
    sora.gets(offer, 0, 10)
    assert {name: row[0] for name, row in minji.ledger(offer).items()} == {"준": "declined", "Sora": "received"}


def test_the_sender_can_withdraw_what_is_still_received_after_the_expiry(
    play: Play, minji: Person, joon: Person, offer: str
) -> None:
    joon.accepts(offer)
    joon.starts(offer)
    play.passes(OFFER_TTL)

    assert ended(minji.withdraws(offer).offer, "withdrawn")

    assert joon.heard("offer-changed")[-1] == OfferChanged(offer, "withdrawn")
    for act in (lambda: joon.starts(offer), lambda: play.room.upload_target(offer), lambda: minji.withdraws(offer)):
        with refused("offer-closed"):
            act()


def test_an_offer_is_open_until_the_moment_of_its_expiry(play: Play, joon: Person, offer: str) -> None:
    play.passes(OFFER_TTL - 1)

    assert joon.accepts(offer).state == "open"


@pytest.mark.parametrize("way", ["leaves", "is removed", "stays away"])
def test_an_offer_ends_with_its_senders_seat(play: Play, minji: Person, joon: Person, offer: str, way: str) -> None:
    joon.accepts(offer)
    joon.starts(offer)

    if way == "leaves":
        minji.leaves()
    elif way == "is removed":
        play.opens().removes(minji)
    else:
        minji.loses()
        play.passes(GRACE)

    assert ended(joon.sees(offer), "sender-left")
    assert joon.heard("offer-changed") == [OfferChanged(offer, "sender-left")]
    with refused("offer-closed"):
        joon.starts(offer)
    with refused("offer-closed"):
        joon.accepts(offer)


def test_what_an_expired_offer_still_gives_ends_with_its_senders_seat(
    play: Play, minji: Person, joon: Person, offer: str
) -> None:
    joon.accepts(offer)
    joon.starts(offer)
    play.passes(OFFER_TTL)

    play.opens().removes(minji)

    assert joon.sees(offer).mine == "failed"
    for act in (lambda: joon.starts(offer), lambda: play.room.upload_target(offer)):
        with refused("offer-closed"):
            act()


def test_the_offer_of_a_sender_who_is_offline_is_still_open(
    play: Play, minji: Person, joon: Person, offer: str
) -> None:
    minji.loses()
    play.passes(GRACE - 1)

    assert joon.accepts(offer).downloads
    welcome = minji.joins()
    assert [len(seen.uploads) for seen in welcome.offers] == [1]


def test_an_offer_stays_closed_when_its_sender_comes_again(play: Play, minji: Person, joon: Person, offer: str) -> None:
    minji.leaves()

    minji.joins()

    assert ended(minji.sees(offer), "sender-left")
    with refused("offer-closed"):
        joon.accepts(offer)


def test_who_goes_after_the_end_of_an_offer_changes_nothing_in_it(minji: Person, joon: Person, offer: str) -> None:
    joon.accepts(offer)
    minji.withdraws(offer)

    joon.leaves()

    assert minji.ledger(offer)["준"] == ("accepted", 0)


def test_each_offer_expires_at_its_own_time(play: Play, minji: Person, joon: Person, offer: str) -> None:
    play.passes(1)
    younger = minji.offers(("그림.png", 3))

    play.passes(OFFER_TTL - 1)

    assert (joon.sees(offer).state, joon.sees(younger).state) == ("expired", "open")


@pytest.mark.parametrize("way", ["leaves", "is removed", "stays away"])
def test_who_goes_is_gone_from_the_offers_of_others(
    play: Play, minji: Person, joon: Person, sora: Person, offer: str, way: str
) -> None:
    joon.accepts(offer)
    joon.starts(offer)
    joon.gets(offer, 0, 6)

    if way == "leaves":
        joon.leaves()
    elif way == "is removed":
        play.opens().removes(joon)
    else:
        joon.loses()
        play.passes(GRACE)

    assert minji.ledger(offer)["준"] == ("gone", 0)
    assert minji.heard("offer-answered")[-1] == OfferAnswered(offer, joon.id, "gone", 0)
    with refused("offer-closed"):
        joon.starts(offer)


def test_who_comes_again_is_asked_again_and_has_not_consented(joon: Person, minji: Person, offer: str) -> None:
    joon.accepts(offer)
    joon.leaves()

    joon.joins()

    assert (joon.sees(offer).mine, joon.sees(offer).downloads) == ("pending", ())
    assert minji.ledger(offer)["준"] == ("pending", 0)
    with refused("not-found"):
        joon.starts(offer)


def test_who_has_received_and_goes_stays_received_but_gets_no_more_bytes(
    play: Play, minji: Person, joon: Person, offer: str
) -> None:
    joon.accepts(offer)
    joon.starts(offer)
    joon.gets(offer, 0, 10)

    play.opens().removes(joon)

    assert minji.ledger(offer)["준"] == ("received", 10)
    with refused("offer-closed"):
        joon.starts(offer)


def test_a_join_tells_of_all_open_offers_and_of_the_50_newest_closed_ones(play: Play, minji: Person) -> None:
    first = minji.offers(("열린 것", 1))
    closed = [minji.offers((f"파일{n}", 1)) for n in range(51)]
    for offer in closed:
        minji.withdraws(offer)

    told = [seen.id for seen in play.person("준").joins().offers]

    assert told == [first, *closed[1:]]
