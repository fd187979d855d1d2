"""Answers: who is asked, who may answer what, and who is told."""

from __future__ import annotations

from chatapp.protocol import FileUrl, OfferAnswered
from tests.core.actors import Play, refused
from tests.core.people import Person


def test_everyone_but_the_sender_is_asked_who_comes_later_too(
    play: Play, minji: Person, joon: Person, offer: str
) -> None:
    later = play.enters("Олег")

    assert (joon.sees(offer).mine, later.sees(offer).mine, minji.sees(offer).mine) == ("pending", "pending", None)
    assert minji.ledger(offer) == dict.fromkeys(("준", "Sora", "Олег"), ("pending", 0))
    with refused("not-yours"):
        minji.accepts(offer)


def test_who_accepts_gets_its_downloads_at_once(joon: Person, offer: str) -> None:
    seen = joon.accepts(offer)

    url = f"/downloads/{offer}.0.{joon.id}/과제.pdf"
    assert (seen.mine, seen.downloads) == ("accepted", (FileUrl(0, url),))


def test_who_declines_gets_nothing(play: Play, joon: Person, offer: str) -> None:
    seen = joon.declines(offer)

    assert (seen.mine, seen.downloads) == ("declined", ())
    with refused("offer-closed"):
        joon.starts(offer)


def test_who_has_not_answered_gets_nothing(joon: Person, offer: str) -> None:
    with refused("not-found"):
        joon.starts(offer)


def test_a_second_thought_counts_in_both_directions(joon: Person, offer: str) -> None:
    joon.declines(offer)
    assert joon.accepts(offer).mine == "accepted"
    assert joon.declines(offer).mine == "declined"
    assert joon.accepts(offer).downloads


def test_the_same_answer_again_is_ok_and_not_told(minji: Person, joon: Person, offer: str) -> None:
    joon.accepts(offer)
    told = len(minji.tab.told)

    assert joon.accepts(offer).mine == "accepted"
    assert len(minji.tab.told) == told


def test_an_answer_is_told_to_the_sender_and_to_all_sockets_of_that_member_alone(
    minji: Person, joon: Person, sora: Person, offer: str
) -> None:
    second = joon.opens_a_tab()

    joon.accepts(offer)

    told = [OfferAnswered(offer, joon.id, "accepted", 0)]
    assert minji.heard("offer-answered") == joon.heard("offer-answered") == second.heard("offer-answered") == told
    assert sora.heard("offer-answered") == []


def test_an_unknown_offer_has_its_code(minji: Person) -> None:
    for act in (minji.accepts, minji.withdraws, minji.starts, minji.uploads, minji.loses_upload):
        with refused("unknown-offer"):
            act("no such offer")
