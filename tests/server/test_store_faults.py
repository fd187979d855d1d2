"""A disk that says no: one line at the start, storage-full later, and what was acknowledged stays."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing, suppress
from pathlib import Path

import pytest

from chatapp.errors import Refused
from chatapp.server.roomfile import ROOM_FILE, beside
from chatapp.server.store import Store, Unusable
from tests.server.hard_disks import not_tested, read_only, small_disk
from tests.server.room_on_disk import (
    ALL,
    PICTURE,
    Kept,
    closed_room,
    is_all_there,
    kept,
    parts,
    put,
    room_in,
    said,
    shown,
)

PAGE = 4096


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Kept]:
    """The folder of a room that ended in order, and all that is in it."""
    folder = tmp_path_factory.mktemp("closed") / "data"
    return folder, closed_room(folder)


# -- nothing can be written -----------------------------------------------------------------------


@pytest.mark.parametrize("inner", ["", "data", "data/deeper"])
def test_a_path_that_leads_through_a_file_is_refused_in_one_line(tmp_path: Path, inner: str) -> None:
    (tmp_path / "file").write_text("no folder")
    folder = tmp_path / "file" / inner

    with pytest.raises(Unusable) as refused, room_in(folder):
        pass  # never reached

    assert str(refused.value).startswith(f"{folder} cannot keep a room: ")
    assert "\n" not in str(refused.value)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no read-only folders")
@pytest.mark.parametrize("with_a_room", [True, False])
def test_a_read_only_folder_is_refused_in_one_line_and_nothing_is_touched(
    closed: tuple[Path, Kept], data: Path, with_a_room: bool
) -> None:
    if with_a_room:
        put(closed[0], data)
    else:
        data.mkdir()
    before = parts(data / ROOM_FILE)

    with read_only(data), pytest.raises(Unusable) as refused, room_in(data):
        pass  # never reached

    assert str(refused.value).startswith(f"{data} cannot keep a room: ")
    assert parts(data / ROOM_FILE) == before


def test_a_read_only_file_is_refused_in_one_line_and_nothing_is_touched(closed: tuple[Path, Kept], data: Path) -> None:
    source, everything = closed
    path = put(source, data)

    with read_only(path), pytest.raises(Unusable) as refused, room_in(data):
        pass  # never reached

    assert str(refused.value).startswith(f"{path} cannot be used: ")
    assert is_all_there(data, everything)


@pytest.mark.parametrize("part", ["-wal", "-shm"])
def test_a_folder_where_sqlite_needs_a_file_is_refused_in_one_line_and_no_damage(
    closed: tuple[Path, Kept], data: Path, part: str
) -> None:
    source, everything = closed
    path = put(source, data)
    beside(path, part).mkdir()

    with pytest.raises(Unusable) as refused, room_in(data):
        pass  # never reached

    assert str(refused.value).startswith(f"{path} cannot be used: ")
    beside(path, part).rmdir()
    assert is_all_there(data, everything)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows lets few people make links")
def test_a_wal_that_cannot_be_made_is_refused_in_one_line_and_no_damage(closed: tuple[Path, Kept], data: Path) -> None:
    source, everything = closed
    path = put(source, data)
    beside(path, "-wal").symlink_to(data / "nowhere" / "at all")

    with pytest.raises(Unusable) as refused, room_in(data):
        pass  # never reached

    assert str(refused.value).startswith(f"{path} cannot be used: ")
    beside(path, "-wal").unlink()
    assert is_all_there(data, everything)


def test_an_sqlite_that_is_too_old_is_named(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 34, 1))

    with pytest.raises(Unusable, match=r"needs SQLite 3\.37 or newer"), room_in(data):
        pass  # never reached

    assert not data.exists()


# -- the disk says no in mid-conversation ---------------------------------------------------------


def fill(store: Store) -> int:
    """Show pictures until one is refused; how many were taken."""
    for seq in range(1, 200):
        if not is_taken(store, 2 * seq - 1):
            return seq - 1
    pytest.fail("200 pictures, and the disk was not full")


def is_taken(store: Store, seq: int) -> bool:
    """Whether a text and a picture are taken in one commit."""
    try:
        store.commit((said(seq, "and a picture"), shown(seq + 1)))
    except Refused as refused:
        if refused.code != "storage-full":
            raise
        return False
    return True


def fill_up(folder: Path) -> Path:
    """A file that takes all that is left of a disk."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(PAGE)):
            pass
    return ballast


def test_on_a_full_disk_nothing_of_a_refused_commit_is_there_and_with_room_again_it_goes_on(
    data: Path,
) -> None:
    with small_disk(data, 12_000_000):
        (data / "ballast").write_bytes(bytes(8_000_000))
        with room_in(data) as store:
            taken = fill(store)
            assert taken >= 2
            assert [entry.seq for entry in store.newest(100, ALL)] == list(range(1, 2 * taken + 1))

            (data / "ballast").unlink()
            assert is_taken(store, 2 * taken + 1)

            before = kept(store)
        assert before.snapshot.head == 2 * taken + 2
        assert is_all_there(data, before)


def test_a_room_begun_on_a_full_disk_is_refused_in_one_line_and_begins_when_there_is_room(
    data: Path,
) -> None:
    with small_disk(data, 200_000):
        ballast = fill_up(data)
        with pytest.raises(Unusable) as refused, room_in(data):
            pass  # never reached
        assert str(refused.value).startswith(f"{data / ROOM_FILE} cannot be used: ")

        ballast.unlink()
        with room_in(data) as store:
            assert store.notices == ()


def test_a_room_on_a_disk_that_is_full_at_its_start_is_refused_and_stays_whole(
    closed: tuple[Path, Kept], tmp_path: Path
) -> None:
    source, everything = closed
    with small_disk(tmp_path / "disk", 700_000):
        data = tmp_path / "disk" / "data"
        path = put(source, data)
        ballast = fill_up(tmp_path / "disk")
        before = parts(path)

        with pytest.raises(Unusable), room_in(data):
            pass  # never reached

        assert parts(path)[""] == before[""]
        ballast.unlink()
        assert is_all_there(data, everything)


def test_when_the_file_may_not_grow_a_commit_is_refused_and_the_list_stays(data: Path) -> None:
    with room_in(data) as store:
        (pages,) = store._connection.execute("PRAGMA page_count").fetchone()
        store._connection.execute(f"PRAGMA max_page_count = {pages + 300}")

        taken = fill(store)

        before = kept(store)
        assert before.snapshot.head == 2 * taken
        assert before.pictures == (PICTURE,) * taken
    assert is_all_there(data, before)


def test_an_error_of_the_disk_refuses_the_commit_and_the_next_one_goes_through(data: Path) -> None:
    if sys.platform == "win32":
        not_tested("Windows has no limit for the size of a file")
    import resource

    with room_in(data) as store:
        store.commit((said(1, "안녕"),))
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, limits[1]))
        try:
            with pytest.raises(Refused, match="storage-full"):
                store.commit((said(2, "and a picture"), shown(3)))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)

        assert store.newest(100, ALL) == (said(1, "안녕").entry,)
        store.commit((said(2, "and a picture"), shown(3)))
        before = kept(store)
    assert is_all_there(data, before)


def test_while_another_program_writes_the_file_a_commit_is_refused(data: Path) -> None:
    with room_in(data) as store, closing(sqlite3.connect(data / ROOM_FILE, isolation_level=None)) as other:
        store._connection.execute("PRAGMA busy_timeout = 20")
        other.execute("BEGIN IMMEDIATE")

        with pytest.raises(Refused, match="storage-full"):
            store.commit((said(1, "안녕"),))

        other.execute("ROLLBACK")
        store.commit((said(1, "안녕"),))
        assert len(store.newest(100, ALL)) == 1


def test_when_the_file_cannot_be_written_any_more_a_commit_is_refused(data: Path) -> None:
    with room_in(data) as store:
        store._connection.execute("PRAGMA query_only = ON")

        with pytest.raises(Refused, match="storage-full"):
            store.commit((said(1, "안녕"),))

        assert store.newest(100, ALL) == ()
