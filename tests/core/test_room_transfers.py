"""Bytes: when they are wanted, to whom they may go, and what the sender sees of it."""

from __future__ import annotations

from msgspec import UNSET

from chatapp.protocol import FileStored, FileUrl, OfferAnswered, UploadWanted
from tests.core.actors import Play, refused
from tests.core.people import Person


def test_the_sender_alone_is_asked_for_bytes_and_only_with_the_first_acceptance(
    play: Play, minji: Person, joon: Person, sora: Person, offer: str
) -> None:
    assert minji.sees(offer).uploads == ()
    with refused("not-wanted"):
        play.room.upload_target(offer)

    joon.accepts(offer)
    sora.accepts(offer)

    url = FileUrl(0, f"/uploads/{offer}.0.{minji.id}")
    assert minji.heard("upload-wanted") == [UploadWanted(offer, (url,))]
    assert minji.sees(offer).uploads == (url,)
    assert joon.heard("upload-wanted") == sora.heard("upload-wanted") == []
    assert joon.sees(offer).uploads == ()


def test_bytes_are_wanted_again_when_somebody_wants_them_again(minji: Person, joon: Person, offer: str) -> None:
    joon.accepts(offer)
    joon.declines(offer)
    assert minji.sees(offer).uploads == ()

    joon.accepts(offer)

    assert len(minji.heard("upload-wanted")) == 2


def test_a_whole_upload_is_not_wanted_again(minji: Person, joon: Person, sora: Person, offer: str) -> None:
    joon.accepts(offer)
    minji.uploads(offer)

    sora.accepts(offer)

    assert len(minji.heard("upload-wanted")) == 1
    assert minji.sees(offer).uploads == ()


def test_nothing_is_asked_for_when_the_whole_is_there_whoever_comes_to_want_it(
    minji: Person, joon: Person, sora: Person, offer: str
) -> None:
    joon.accepts(offer)
    minji.uploads(offer)
    joon.declines(offer)

    sora.accepts(offer)

    assert len(minji.heard("upload-wanted")) == 1


def test_a_download_is_receiving_then_received_and_the_ledger_moves(minji: Person, joon: Person, offer: str) -> None:
    joon.accepts(offer)
    joon.starts(offer)
    assert minji.ledger(offer)["준"] == ("receiving", 0)

    joon.gets(offer, 0, 6)
    assert minji.ledger(offer)["준"] == ("receiving", 6)

    joon.gets(offer, 4, 10)
    assert minji.ledger(offer)["준"] == ("received", 10)
    states = [(told.state, told.bytes) for told in minji.heard("offer-answered")]
    assert states == [("accepted", 0), ("receiving", 0), ("receiving", 6), ("receiving", 10), ("received", 10)]


def test_a_cut_download_goes_on_where_it_was(minji: Person, joon: Person, offer: str) -> None:
    joon.accepts(offer)
    joon.starts(offer)
    joon.gets(offer, 0, 6)

    joon.starts(offer)
    joon.gets(offer, 6, 10)

    assert minji.ledger(offer)["준"] == ("received", 10)


def test_who_has_received_may_fetch_again_and_stays_received(minji: Person, joon: Person, offer: str) -> None:
    joon.accepts(offer)
    joon.starts(offer)
    joon.gets(offer, 0, 10)

    joon.starts(offer)
    joon.gets(offer, 0, 3)
    assert joon.declines(offer).mine == "received"

    assert joon.sees(offer).downloads
    assert minji.ledger(offer)["준"] == ("received", 10)


def test_a_cancelled_transfer_counts_from_nothing_when_it_is_accepted_again(
    minji: Person, joon: Person, offer: str
) -> None:
    joon.accepts(offer)
    joon.starts(offer)
    joon.gets(offer, 0, 6)

    joon.declines(offer)
    assert minji.ledger(offer)["준"] == ("declined", 0)

    joon.accepts(offer)
    joon.starts(offer)
    joon.gets(offer, 6, 10)
    assert minji.ledger(offer)["준"] == ("receiving", 4)


def test_bytes_that_are_reported_after_the_end_are_not_counted(
    play: Play, minji: Person, joon: Person, sora: Person, offer: str
) -> None:
    for person in (joon, sora):
        person.accepts(offer)
        person.starts(offer)
    joon.declines(offer)
    joon.gets(offer, 0, 10)
    assert minji.ledger(offer)["준"] == ("declined", 0)

    minji.withdraws(offer)
    sora.gets(offer, 0, 10)

    assert minji.ledger(offer)["Sora"] == ("receiving", 0)


def test_a_lost_upload_fails_for_all_who_wait_and_can_be_accepted_again(
    minji: Person, joon: Person, sora: Person, offer: str
) -> None:
    joon.accepts(offer)
    sora.accepts(offer)
    sora.starts(offer)
    sora.gets(offer, 0, 6)

    minji.loses_upload(offer)

    assert minji.ledger(offer) == {"준": ("failed", 0), "Sora": ("failed", 0)}
    assert sora.heard("offer-answered")[-1] == OfferAnswered(offer, sora.id, "failed", 0, "spool")
    with refused("offer-closed"):
        sora.starts(offer)
    assert joon.accepts(offer).downloads
    assert len(minji.heard("upload-wanted")) == 2


def test_a_lost_upload_spares_who_has_received_declined_or_not_answered(
    play: Play, minji: Person, joon: Person, sora: Person, offer: str
) -> None:
    joon.accepts(offer)
    joon.starts(offer)
    joon.gets(offer, 0, 10)
    sora.declines(offer)
    play.enters("Олег")

    minji.loses_upload(offer)

    assert [state for state, _ in minji.ledger(offer).values()] == ["received", "declined", "pending"]


def test_the_sender_is_not_asked_for_what_nobody_waits_for_when_a_whole_upload_is_lost(
    minji: Person, joon: Person, offer: str
) -> None:
    joon.accepts(offer)
    minji.uploads(offer)

    minji.loses_upload(offer)

    assert len(minji.heard("upload-wanted")) == 1


def test_a_lost_upload_of_an_offer_that_is_over_is_told_to_nobody(minji: Person, joon: Person, offer: str) -> None:
    joon.accepts(offer)
    minji.withdraws(offer)
    told = len(joon.tab.told)

    minji.loses_upload(offer)

    assert (joon.sees(offer).mine, len(joon.tab.told)) == ("accepted", told)


def test_the_hash_of_a_whole_file_is_told_to_its_sender_and_to_those_who_accepted(
    minji: Person, joon: Person, sora: Person, offer: str
) -> None:
    joon.accepts(offer)
    minji.uploads(offer)
    minji.hashes(offer, sha256="a" * 64)

    told = [FileStored(offer, 0, "a" * 64)]
    assert (minji.heard("file-stored"), joon.heard("file-stored"), sora.heard("file-stored")) == (told, told, [])
    assert [who.sees(offer).hashes for who in (minji, joon, sora)] == [("a" * 64,), ("a" * 64,), (None,)]
    sora.accepts(offer)
    assert sora.sees(offer).hashes == ("a" * 64,)


def test_the_same_hash_is_told_once(minji: Person, joon: Person, offer: str) -> None:
    joon.accepts(offer)
    minji.uploads(offer)
    minji.hashes(offer)
    minji.hashes(offer)

    assert len(minji.heard("file-stored")) == 1


def test_the_hash_of_a_lost_file_is_not_known_any_more(minji: Person, joon: Person, offer: str) -> None:
    joon.accepts(offer)
    minji.uploads(offer)
    minji.hashes(offer)
    minji.loses_upload(offer)

    assert minji.sees(offer).hashes == (None,)
    minji.hashes(offer)
    assert minji.sees(offer).hashes == (None,), "it is not whole"


def test_the_sender_and_who_waits_hear_why_it_failed_until_it_is_tried_again(
    minji: Person, joon: Person, offer: str
) -> None:
    joon.accepts(offer)
    minji.loses_upload(offer, why="changed")

    for who in (minji, joon):
        assert who.heard("offer-answered")[-1] == OfferAnswered(offer, joon.id, "failed", 0, "changed")
    assert (minji.sees(offer).ledger or {})[joon.id].why == "changed"
    joon.accepts(offer)
    assert (minji.sees(offer).ledger or {})[joon.id].why is UNSET


def test_several_files_can_be_had_as_one_zip_by_who_accepted(minji: Person, joon: Person, offer: str) -> None:
    several = minji.offers(("과제.pdf", 10), ("그림.png", 3))
    joon.accepts(offer)
    assert joon.sees(offer).zip is None, "one file is no zip"
    assert joon.sees(several).zip is None
    joon.accepts(several)

    assert joon.sees(several).zip == f"/downloads/{several}.all.{joon.id}/과제 +1.zip"
    assert minji.sees(several).zip is None
    joon.declines(several)
    assert joon.sees(several).zip is None
