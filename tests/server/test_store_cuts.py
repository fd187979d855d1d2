"""A room's file that is cut short, or was left in the middle of things: all of it, or set aside as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from chatapp.protocol import Entry
from chatapp.server.roomfile import ROOM_FILE, beside
from tests.server.room_on_disk import Kept, closed_room, is_all_there, kept, killed_room, put, room_in

PAGE = 4096


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Kept]:
    """The folder of a room that ended in order, and all that is in it."""
    folder = tmp_path_factory.mktemp("closed") / "data"
    return folder, closed_room(folder)


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Kept]:
    """The folder of a room that was killed with its newest entries in the -wal alone, and all that is in it."""
    folder = tmp_path_factory.mktemp("killed") / "data"
    return folder, killed_room(folder)


def cuts(size: int) -> list[int]:
    """Lengths at every edge of the header, of the first pages and the last, and some in between."""
    lengths = {0, 1, 15, 16, 17, 99, 100, 101, size - 1}
    for page in [*range(1, 6), *range(6, size // PAGE, 40), size // PAGE - 1]:
        lengths |= {page * PAGE + by for by in (-1, 0, 1, PAGE // 2)}
    return sorted(length for length in lengths if length < size)


def test_a_file_cut_at_any_length_is_set_aside_as_it_is(closed: tuple[Path, Kept], data: Path) -> None:
    source, everything = closed
    for length in cuts((source / ROOM_FILE).stat().st_size):
        path = put(source, data)
        with path.open("r+b") as file:
            file.truncate(length)

        assert not is_all_there(data, everything), f"{length} bytes were taken for the whole room"


def test_a_file_cut_beside_its_wal_is_whole_or_set_aside_with_it(killed: tuple[Path, Kept], data: Path) -> None:
    source, everything = killed
    outcomes = set()
    for length in cuts((source / ROOM_FILE).stat().st_size):
        path = put(source, data)
        with path.open("r+b") as file:
            file.truncate(length)

        outcomes.add(is_all_there(data, everything))

    assert False in outcomes


def test_a_cut_wal_costs_the_newest_commits_and_nothing_else(killed: tuple[Path, Kept], data: Path) -> None:
    source, everything = killed
    seen: list[tuple[Entry, ...]] = []
    size = beside(source / ROOM_FILE, "-wal").stat().st_size
    for length in [0, 1, 31, 32, 33, 56, *range(100, 180_000, 8000), size]:
        path = put(source, data)
        with beside(path, "-wal").open("r+b") as file:
            file.truncate(length)

        with room_in(data) as store:
            assert store.notices == ()
            seen.append(kept(store).entries)

    assert seen[0] == everything.entries[:23]
    assert seen[-1] == everything.entries
    assert len(set(map(len, seen))) == 17
    assert all(entries == everything.entries[: len(entries)] for entries in seen)


def test_the_file_of_a_killed_program_is_recovered_and_no_damage(killed: tuple[Path, Kept], data: Path) -> None:
    source, everything = killed
    put(source, data)

    assert is_all_there(data, everything)


def test_a_kill_while_the_wal_is_brought_into_the_file_is_no_damage(killed: tuple[Path, Kept], data: Path) -> None:
    source, everything = killed
    path = put(source, data)
    before = path.stat().st_size
    with room_in(data):
        pass  # the end brings all of the -wal into the file
    after = path.read_bytes()
    assert len(after) > before + 2 * PAGE

    # Pages are moved in their order: the first one says already how many there are to be.
    for length in (before, before + PAGE, before + PAGE // 2):
        put(source, data).write_bytes(after[:length])

        assert is_all_there(data, everything)
