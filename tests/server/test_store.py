"""The room's file: what was committed is there, in order, page by page."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from chatapp.core.changes import (
    EntryAdded,
    FileHashed,
    FileReceived,
    MemberSaved,
    MidTaken,
    OfferSaved,
    RecipientSaved,
    RoomRecord,
    RoomSaved,
)
from chatapp.errors import Refused
from chatapp.protocol import REMEMBERED_MIDS
from chatapp.server.store import Store
from tests.server import room_on_disk
from tests.server.room_on_disk import (
    ALL,
    JUN,
    MINJI,
    NEW_ROOM,
    OFFER,
    kept,
    live,
    offered,
    room_in,
    said,
    shown,
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with room_in(tmp_path) as opened:
        yield opened


def test_a_new_room_is_empty_and_has_an_id_an_epoch_and_a_secret_of_its_own(tmp_path: Path) -> None:
    with room_in(tmp_path / "first") as first, room_in(tmp_path / "second") as second:
        here, there = first.load(), second.load()

    assert (here.room, here.head, here.members, here.outboxes) == (NEW_ROOM, 0, (), {})
    assert len(here.secret) == 32
    assert len({here.id, here.epoch, there.id, there.epoch}) == 4
    assert here.secret != there.secret
    assert first.notices == ()


def test_everything_that_was_committed_is_there_after_a_restart(tmp_path: Path) -> None:
    with room_in(tmp_path) as store:
        before = live(store)

    with room_in(tmp_path) as store:
        assert kept(store) == before
        assert store.notices == ()


def test_the_snapshot_is_what_the_story_says(store: Store) -> None:
    snapshot = live(store).snapshot

    assert snapshot.head == 23
    assert snapshot.room == RoomRecord("우리 방", "270272", True)
    assert snapshot.members == (MINJI, JUN, room_on_disk.SORA)
    assert snapshot.offers == (OFFER,)
    assert set(snapshot.recipients) == {
        RecipientSaved("offer-1", "jun", "accepted"),
        RecipientSaved("offer-1", "sora", "declined"),
    }
    assert snapshot.outboxes == {
        ("minji", "main"): {1: 1, 2: "text-empty", 3: 2, **{seq: seq for seq in range(4, 24)}},
        ("minji", "second-tab"): {1: 3},
    }


def test_what_is_saved_again_takes_the_place_of_the_earlier_one(store: Store) -> None:
    live(store)

    renamed, closed = replace(MINJI, name="민지 2", seat="left"), replace(OFFER, state="withdrawn")
    store.commit((MemberSaved(renamed), OfferSaved(closed), RecipientSaved("offer-1", "jun", "received")))
    store.commit((RoomSaved(NEW_ROOM),))

    snapshot = store.load()
    assert snapshot.members == (renamed, JUN, room_on_disk.SORA)
    assert snapshot.offers == (closed,)
    assert RecipientSaved("offer-1", "jun", "received") in snapshot.recipients
    assert len(snapshot.recipients) == 2
    assert snapshot.room == NEW_ROOM


def test_an_outbox_remembers_its_newest_thousand_answers_and_no_other_outbox_pays_for_it(
    store: Store,
) -> None:
    last = REMEMBERED_MIDS + 5
    store.commit((MemberSaved(MINJI), MemberSaved(JUN), MidTaken("jun", "main", 1, "text-empty")))
    store.commit((MidTaken("minji", "second-tab", 1, "text-empty"),))

    store.commit([MidTaken("minji", "main", mid, "text-empty") for mid in range(1, last + 1)])

    outboxes = store.load().outboxes
    assert list(outboxes["minji", "main"]) == list(range(6, last + 1))
    assert outboxes["minji", "second-tab"] == outboxes["jun", "main"] == {1: "text-empty"}


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(said(4, "a hole"), id="a hole in the list"),
        pytest.param(EntryAdded(replace(said(3, "").entry, id="entry-1")), id="an id that another entry has"),
        pytest.param(said(1, "again"), id="a seq that another entry has"),
        pytest.param(MidTaken("nobody", "main", 1, 2), id="a member who is not there"),
        pytest.param(RecipientSaved("no-offer", "minji", "accepted"), id="an offer that is not there"),
        pytest.param(MemberSaved(replace(JUN, key=MINJI.key)), id="two members with one token"),
    ],
)
def test_a_commit_with_anything_wrong_in_it_leaves_nothing(
    store: Store, wrong: EntryAdded | MidTaken | RecipientSaved | MemberSaved
) -> None:
    store.commit((MemberSaved(MINJI), said(1, "안녕")))
    before = kept(store)

    with pytest.raises(sqlite3.IntegrityError):
        store.commit((MidTaken("minji", "main", 1, 2), said(2, "never there"), wrong))

    assert kept(store) == before
    store.commit((said(2, "and it goes on"),))


def test_a_text_that_is_no_text_leaves_nothing_and_the_store_goes_on(store: Store) -> None:
    store.commit((MemberSaved(MINJI),))

    with pytest.raises(UnicodeEncodeError):
        store.commit((said(1, "안녕"), said(2, "\ud800")))

    store.commit((said(1, "준, 안녕"),))
    assert store.newest(100, ALL) == (said(1, "준, 안녕").entry,)


@pytest.mark.parametrize("statement", ["UPDATE entries SET body = x'7b7d'", "DELETE FROM entries"])
def test_an_entry_never_changes_and_never_goes(store: Store, statement: str) -> None:
    live(store)

    with pytest.raises(sqlite3.IntegrityError, match="an entry never"):
        store._connection.execute(statement)


def test_an_offer_and_its_entry_come_in_one_commit_in_any_order(store: Store) -> None:
    store.commit((MemberSaved(MINJI), said(1, "1"), said(2, "2")))

    store.commit(tuple(reversed(offered(OFFER))))

    assert store.load().offers == (OFFER,)


def test_a_picture_is_found_by_its_entry(store: Store) -> None:
    store.commit((shown(1, "data:image/png;base64,AAAA"), shown(2, "data:image/gif;base64,BBBB")))

    assert store.picture("entry-2") == "data:image/gif;base64,BBBB"


@pytest.mark.parametrize("entry_id", ["entry-1", "entry-9", "", "' OR 1=1 --"])
def test_no_picture_no_answer(store: Store, entry_id: str) -> None:
    store.commit((said(1, "no picture"), shown(2)))

    with pytest.raises(Refused, match="unknown-entry"):
        store.picture(entry_id)


def test_whole_files_and_hashes_are_kept_until_they_are_no_longer_true(store: Store) -> None:
    live(store)
    received, hashed = FileReceived("offer-1", "jun", 0), FileHashed("offer-1", 0, "a" * 64)
    store.commit((RecipientSaved("offer-1", "jun", "receiving"), received, received, hashed))
    assert (store.load().received, store.load().hashes) == ((received,), (hashed,))

    store.commit((FileHashed("offer-1", 0, "b" * 64),))
    assert store.load().hashes == (FileHashed("offer-1", 0, "b" * 64),)

    store.commit((RecipientSaved("offer-1", "jun", "failed", "spool"), FileHashed("offer-1", 0, None)))
    assert (store.load().received, store.load().hashes) == ((), ())
    assert RecipientSaved("offer-1", "jun", "failed") in store.load().recipients
