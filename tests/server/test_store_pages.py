"""The list comes in pages: ascending, no longer than asked for, and never by reading everything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatapp.core.changes import EntryAdded
from chatapp.protocol import MAX_INT, Entry
from chatapp.server.store import AFTER, BEFORE, PICTURE, Store
from tests.server.room_on_disk import ALL, room_in, said

TEXTS = ["", "가" * 300, "👋" * 40, '"\\\n', "x" * 2000, *(f"{number}" for number in range(25))]
LIST: tuple[Entry, ...] = tuple(said(seq, text).entry for seq, text in enumerate(TEXTS, start=1))
SEQS = st.one_of(st.integers(0, len(LIST) + 2), st.sampled_from([MAX_INT, 2**31, 2**32]))
LIMITS = st.integers(1, len(LIST) + 2)
PATIENT = settings(deadline=None)
"""How busy the computer is, is no property of a page."""
CHARS = st.one_of(st.integers(0, 700), st.integers(2000, 8000))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with room_in(tmp_path) as opened:
        yield opened


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


@PATIENT
@given(seq=SEQS, limit=LIMITS, max_chars=CHARS)
def test_after_is_the_oldest_page_behind_a_seq(paged: Store, seq: int, limit: int, max_chars: int) -> None:
    behind = [entry for entry in LIST if entry.seq > seq]

    assert list(paged.after(seq, limit, max_chars)) == fitting(behind, limit, max_chars)


@PATIENT
@given(seq=SEQS, limit=LIMITS, max_chars=CHARS)
def test_before_is_the_newest_page_in_front_of_a_seq(paged: Store, seq: int, limit: int, max_chars: int) -> None:
    downwards = [entry for entry in reversed(LIST) if entry.seq < seq]

    page = list(paged.before(seq, limit, max_chars))

    assert page[::-1] == fitting(downwards, limit, max_chars)


@PATIENT
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
