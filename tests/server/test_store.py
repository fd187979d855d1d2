"""The room's file: what was committed is there, in order, page by page."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chatapp.core.changes import (
    EntryAdded,
    MemberSaved,
    MidTaken,
    OfferSaved,
    RecipientSaved,
    RoomRecord,
    RoomSaved,
)
from chatapp.errors import Refused
from chatapp.protocol import MAX_INT, REMEMBERED_MIDS, Entry
from chatapp.server import schema
from chatapp.server.roomfile import LOCK_FILE, ROOM_FILE, beside
from chatapp.server.store import AFTER, BEFORE, PICTURE, Store, Unusable
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


# -- pages ----------------------------------------------------------------------------------------

TEXTS = ["", "가" * 300, "👋" * 40, '"\\\n', "x" * 2000, *(f"{number}" for number in range(25))]
LIST: tuple[Entry, ...] = tuple(said(seq, text).entry for seq, text in enumerate(TEXTS, start=1))
SEQS = st.one_of(st.integers(0, len(LIST) + 2), st.sampled_from([MAX_INT, 2**31, 2**32]))
LIMITS = st.integers(1, len(LIST) + 2)
CHARS = st.one_of(st.integers(0, 700), st.integers(2000, 8000))


@pytest.fixture(scope="module")
def paged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with room_in(tmp_path_factory.mktemp("paged")) as opened:
        opened.commit([EntryAdded(entry) for entry in LIST])
        yield opened


def fitting(entries: list[Entry], limit: int, max_chars: int) -> list[Entry]:
    """As many from the front as the limits allow, but one if there is any."""
    fits = [n for n in range(min(limit, len(entries)) + 1) if chars(entries[:n]) <= max_chars]
    return entries[: max(fits[-1] if fits else 0, min(1, len(entries)))]


def chars(page: list[Entry]) -> int:
    return len(msgspec.json.encode(page).decode())


@given(seq=SEQS, limit=LIMITS, max_chars=CHARS)
def test_after_is_the_oldest_page_behind_a_seq(paged: Store, seq: int, limit: int, max_chars: int) -> None:
    behind = [entry for entry in LIST if entry.seq > seq]

    assert list(paged.after(seq, limit, max_chars)) == fitting(behind, limit, max_chars)


@given(seq=SEQS, limit=LIMITS, max_chars=CHARS)
def test_before_is_the_newest_page_in_front_of_a_seq(paged: Store, seq: int, limit: int, max_chars: int) -> None:
    downwards = [entry for entry in reversed(LIST) if entry.seq < seq]

    page = list(paged.before(seq, limit, max_chars))

    assert page[::-1] == fitting(downwards, limit, max_chars)


@given(limit=LIMITS, max_chars=CHARS)
def test_the_newest_page_is_the_one_in_front_of_the_end(paged: Store, limit: int, max_chars: int) -> None:
    assert paged.newest(limit, max_chars) == paged.before(len(LIST) + 1, limit, max_chars)
    assert paged.newest(limit, max_chars)[-1] == LIST[-1]


def test_an_empty_room_has_empty_pages(store: Store) -> None:
    assert store.newest(100, ALL) == store.before(1, 100, ALL) == store.after(0, 100, ALL) == ()


@pytest.mark.parametrize("query", [BEFORE, AFTER, PICTURE])
def test_no_page_and_no_picture_is_found_by_reading_the_whole_table(store: Store, query: str) -> None:
    values = (1, 100) if query.count("?") == 2 else ("entry-1",)

    plan = [row[-1] for row in store._connection.execute(f"EXPLAIN QUERY PLAN {query}", values)]

    assert plan
    assert all(step.startswith("SEARCH") for step in plan), plan


# -- the folder -----------------------------------------------------------------------------------


def test_a_folder_that_is_not_there_is_made(tmp_path: Path) -> None:
    folder = tmp_path / "우리 방 #1 100%" / ("data" if sys.platform == "win32" else "data?")

    with room_in(folder) as store:
        store.commit((said(1, "안녕"),))

    with room_in(folder) as store:
        assert store.newest(100, ALL) == (said(1, "안녕").entry,)
    assert [path.name for path in tmp_path.iterdir()] == ["우리 방 #1 100%"]


def test_a_new_file_writes_ahead_before_it_has_its_name(tmp_path: Path) -> None:
    schema.create(tmp_path / ROOM_FILE, lambda: "id", NEW_ROOM)

    assert (tmp_path / ROOM_FILE).read_bytes()[18:20] == b"\2\2"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no file modes")
def test_nobody_else_can_read_what_holds_the_room(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with room_in(tmp_path / "data") as store:
            live(store)
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "data").iterdir()}
    finally:
        os.umask(before)

    names = {ROOM_FILE, f"{ROOM_FILE}-wal", f"{ROOM_FILE}-shm", LOCK_FILE}
    assert modes == dict.fromkeys(names, 0o600)
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


def test_closing_leaves_one_whole_file_and_closing_twice_does_no_harm(tmp_path: Path) -> None:
    with room_in(tmp_path) as store:
        live(store)
        assert beside(tmp_path / ROOM_FILE, "-wal").stat().st_size

        store.close()
        store.close()

    assert {path.name for path in tmp_path.iterdir()} == {ROOM_FILE, LOCK_FILE}


def test_a_second_room_in_the_same_folder_is_refused_in_one_line(tmp_path: Path) -> None:
    with room_in(tmp_path) as store, pytest.raises(Unusable) as refused, room_in(tmp_path):
        pass  # never reached

    assert str(refused.value) == f"{tmp_path} is in use by another room"
    with room_in(tmp_path) as again:
        assert again.notices == store.notices == ()


def test_a_second_program_in_the_same_folder_is_refused_in_one_line(tmp_path: Path) -> None:
    holder = [sys.executable, "-m", "tests.server.saying_program", str(tmp_path)]
    with subprocess.Popen(holder, stdout=subprocess.PIPE, text=True) as program:
        try:
            assert program.stdout is not None
            assert program.stdout.readline() == "1\n"

            with pytest.raises(Unusable, match="is in use by another room"), room_in(tmp_path):
                pass  # never reached
        finally:
            program.kill()
            program.communicate()
