"""The room's file when something went wrong: kept, refused in one line, or set aside as it was; never emptied."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path

import pytest

from chatapp.errors import Refused
from chatapp.protocol import Entry
from chatapp.server.roomfile import FORMAT, LOCK_FILE, MAGIC, PARTS, ROOM_FILE, beside
from chatapp.server.store import Store, Unusable
from tests.server.hard_disks import not_tested, read_only, small_disk
from tests.server.room_on_disk import ALL, PICTURE, Kept, copy_as_if_killed, kept, live, room_in, said, shown

PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452") + bytes(5000)
PAGE = 4096
KILLS = 20


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Kept]:
    """The folder of a room that ended in order, and all that is in it."""
    folder = tmp_path_factory.mktemp("closed") / "data"
    with room_in(folder) as store:
        return folder, live(store)


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Kept]:
    """The folder of a room that was killed with its newest entries in the -wal alone, and all that is in it."""
    folder = tmp_path_factory.mktemp("killed")
    with room_in(folder / "live") as store:
        live(store)
        # The -wal begins again at its front; behind the new pages lie the old ones, which count no more.
        store._connection.execute("PRAGMA wal_checkpoint(RESTART)")
        for seq in range(24, 40):
            store.commit((said(seq, "늦은 말 " * 90),))
        return copy_as_if_killed(folder / "live", folder / "data"), kept(store)


def put(source: Path, data: Path) -> Path:
    """A fresh copy of a folder, and its room file."""
    shutil.rmtree(data, ignore_errors=True)
    shutil.copytree(source, data)
    return data / ROOM_FILE


def parts(path: Path) -> dict[str, bytes]:
    """What a room's file and its -wal hold (the -shm is SQLite's scratch paper)."""
    there = {part: beside(path, part) for part in PARTS if part != "-shm"}
    return {part: file.read_bytes() for part, file in there.items() if file.is_file() and file.stat().st_size}


def set_aside_by(store: Store, reason: str = "") -> Path:
    """The file that an opened store has set aside, as its one notice says; what it began is a new history."""
    (notice,) = store.notices
    assert notice.startswith(f"{ROOM_FILE} ")
    assert "\n" not in notice
    name = notice.split("set aside as ")[1].split(",")[0]
    assert name.startswith(f"{ROOM_FILE}.{reason}")
    assert (store.load().head, store.newest(100, ALL)) == (0, ())
    return Path(name)


def assert_all_or_aside(data: Path, everything: Kept) -> bool:
    """Whether the folder's room is all there; if not, it has been set aside byte by byte, and was reported."""
    found = parts(data / ROOM_FILE)
    with room_in(data) as store:
        if not store.notices:
            assert kept(store) == everything
            return True
        aside = data / set_aside_by(store)
        assert parts(aside) == found
        assert store.load().epoch != everything.snapshot.epoch
    with room_in(data) as again:
        assert again.notices == ()
    return False


# -- cut short ------------------------------------------------------------------------------------


def cuts(size: int) -> list[int]:
    """Lengths at every edge of the header, of the first pages and the last, and some in between."""
    lengths = {0, 1, 15, 16, 17, 99, 100, 101, size - 1}
    for page in [*range(1, 12), *range(12, size // PAGE, 17), size // PAGE - 1]:
        lengths |= {page * PAGE + by for by in (-1, 0, 1, PAGE // 2)}
    return sorted(length for length in lengths if length < size)


def test_a_file_cut_at_any_length_is_set_aside_as_it_is(closed: tuple[Path, Kept], data: Path) -> None:
    source, everything = closed
    for length in cuts((source / ROOM_FILE).stat().st_size):
        path = put(source, data)
        with path.open("r+b") as file:
            file.truncate(length)

        assert not assert_all_or_aside(data, everything), f"{length} bytes were taken for the whole room"


def test_a_file_cut_beside_its_wal_is_whole_or_set_aside_with_it(killed: tuple[Path, Kept], data: Path) -> None:
    source, everything = killed
    outcomes = set()
    for length in cuts((source / ROOM_FILE).stat().st_size):
        path = put(source, data)
        with path.open("r+b") as file:
            file.truncate(length)

        outcomes.add(assert_all_or_aside(data, everything))

    assert False in outcomes


def test_a_cut_wal_costs_the_newest_commits_and_nothing_else(killed: tuple[Path, Kept], data: Path) -> None:
    source, everything = killed
    seen: list[tuple[Entry, ...]] = []
    size = beside(source / ROOM_FILE, "-wal").stat().st_size
    for length in [0, 1, 31, 32, 33, 56, *range(100, size, 2900), size]:
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

    assert assert_all_or_aside(data, everything)


# -- not ours, or not sound -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(PNG, "foreign", id="a picture"),
        pytest.param("회의록\n".encode() * 400, "foreign", id="a text"),
        pytest.param(b"hi", "foreign", id="two letters"),
        pytest.param(bytes(8192), "foreign", id="zeros, as a file system leaves them after a power cut"),
        pytest.param(MAGIC + bytes(84), "foreign", id="a header that says nothing"),
        pytest.param(MAGIC, "truncated", id="no more than a beginning"),
        pytest.param(b"", "empty", id="nothing"),
    ],
)
def test_a_file_that_is_no_room_is_set_aside_and_a_room_begins(data: Path, content: bytes, reason: str) -> None:
    data.mkdir()
    (data / ROOM_FILE).write_bytes(content)

    with room_in(data) as store:
        aside = data / set_aside_by(store, reason)
        store.commit((said(1, "안녕"),))

    assert aside.read_bytes() == content
    with room_in(data) as again:
        assert again.notices == ()
        assert again.newest(100, ALL) == (said(1, "안녕").entry,)


def test_a_folder_in_the_files_place_is_set_aside_with_all_that_is_in_it(data: Path) -> None:
    (data / ROOM_FILE / "pictures").mkdir(parents=True)

    with room_in(data) as store:
        assert (data / set_aside_by(store, "foreign") / "pictures").is_dir()


def test_another_programs_database_is_set_aside(data: Path) -> None:
    data.mkdir()
    with closing(sqlite3.connect(data / ROOM_FILE)) as other, other:
        other.execute("CREATE TABLE bookmarks (url)")
    before = (data / ROOM_FILE).read_bytes()

    with room_in(data) as store:
        assert (data / set_aside_by(store, "foreign")).read_bytes() == before


@pytest.mark.parametrize(
    ("change", "maker"),
    [
        ("UPDATE meta SET program = '9.9'", "ChatApp 9.9"),
        ("DROP TABLE meta", "a newer ChatApp"),
        ("UPDATE meta SET program = 'a' || char(10) || 'b'", "a newer ChatApp"),
    ],
)
def test_the_file_of_a_newer_program_is_set_aside_and_its_maker_named(
    closed: tuple[Path, Kept], data: Path, change: str, maker: str
) -> None:
    path = put(closed[0], data)
    with closing(sqlite3.connect(path)) as newer:
        newer.execute(change)
        newer.execute(f"PRAGMA user_version = {FORMAT + 6}")
        newer.commit()
    before = path.read_bytes()

    with room_in(data) as store:
        aside = data / set_aside_by(store, "newer")
        assert f"was made by {maker} (format 7, known here: 1)" in store.notices[0]

    assert parts(aside) == {"": before}


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param("UPDATE entries SET body = x'7b' WHERE seq = 7", id="a body that is no JSON"),
        pytest.param("UPDATE entries SET body = x'7b7d' WHERE seq = 7", id="a body that is no entry"),
        pytest.param("UPDATE entries SET body = x'ff' WHERE seq = 7", id="a body that is no text"),
        pytest.param(
            "UPDATE entries SET body = (SELECT body FROM entries WHERE seq = 8) WHERE seq = 7", id="a wrong body"
        ),
        pytest.param("DELETE FROM entries WHERE seq = 7", id="a hole in the list"),
        pytest.param("DELETE FROM entries WHERE seq = 3", id="an offer without its entry"),
        pytest.param("UPDATE offers SET body = x'7b7d'", id="an offer that is none"),
        pytest.param("DELETE FROM offers", id="recipients without their offer"),
        pytest.param("DELETE FROM meta", id="a room without a name"),
        pytest.param("DROP TABLE recipients", id="a table that is not there"),
        pytest.param("UPDATE members SET name = CAST(x'ff' AS TEXT)", id="a name that is no text"),
        pytest.param("PRAGMA ignore_check_constraints = 1; UPDATE members SET seat = 'x'", id="a wrong seat"),
    ],
)
def test_a_file_whose_content_makes_no_room_is_set_aside(closed: tuple[Path, Kept], data: Path, damage: str) -> None:
    source, everything = closed
    path = put(source, data)
    with closing(sqlite3.connect(path)) as tool:
        tool.executescript("DROP TRIGGER an_entry_never_changes; DROP TRIGGER an_entry_never_goes;" + damage)

    assert not assert_all_or_aside(data, everything)
    assert list(data.glob(f"{ROOM_FILE}.damaged-*"))


@pytest.mark.parametrize("rubbish", [bytes(PAGE), b"\xff" * PAGE, b"rubbish " * (PAGE // 8)])
@pytest.mark.parametrize("ended", ["closed", "killed"])
def test_a_lost_page_anywhere_in_the_list_is_noticed_or_was_not_needed(
    request: pytest.FixtureRequest, data: Path, rubbish: bytes, ended: str
) -> None:
    source, everything = request.getfixturevalue(ended)
    whole = (source / ROOM_FILE).read_bytes()
    noticed = 0
    for place in range(0, len(whole), PAGE):
        if b"A" * 2000 in whole[place : place + PAGE]:
            continue  # a picture: that it is another picture now, nothing would tell
        path = put(source, data)
        path.write_bytes(whole[:place] + rubbish + whole[place + PAGE :])

        noticed += not assert_all_or_aside(data, everything)

    assert noticed > 10


def test_what_was_set_aside_earlier_is_never_overwritten(data: Path) -> None:
    data.mkdir()
    contents = [b"first", b"second", b"third"]
    asides = []
    for content in contents:
        (data / ROOM_FILE).unlink(missing_ok=True)
        (data / ROOM_FILE).write_bytes(content)
        with room_in(data) as store:
            asides.append(data / set_aside_by(store, "foreign"))

    assert [aside.read_bytes() for aside in asides] == contents


@pytest.mark.parametrize("emptied", [True, False])
def test_a_wal_that_lost_its_file_is_not_thrown_away(killed: tuple[Path, Kept], data: Path, emptied: bool) -> None:
    source, everything = killed
    path = put(source, data)
    path.unlink()
    if emptied:
        path.touch()

    assert not assert_all_or_aside(data, everything)


def test_what_an_interrupted_start_left_is_in_nobodys_way(data: Path) -> None:
    data.mkdir()
    for part in PARTS:
        beside(data / f"{ROOM_FILE}.new", part).write_bytes(PNG)

    with room_in(data) as store:
        assert store.notices == ()

    assert {path.name for path in data.iterdir()} == {ROOM_FILE, LOCK_FILE}


def test_damage_that_is_found_later_is_raised_and_the_live_file_stays_where_it_is(
    closed: tuple[Path, Kept], data: Path
) -> None:
    path = put(closed[0], data)
    with room_in(data) as store:
        size = path.stat().st_size
        with path.open("r+b") as file:
            file.seek(PAGE)
            file.write(b"\xff" * (size - PAGE))

        with pytest.raises(sqlite3.DatabaseError):
            store.newest(100, ALL)
        with pytest.raises(sqlite3.DatabaseError):
            store.commit((said(24, "안녕"),))

        assert path.stat().st_size == size
        assert not list(data.glob(f"{ROOM_FILE}.*"))


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
    assert assert_all_or_aside(data, everything)


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
    assert assert_all_or_aside(data, everything)


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
        assert assert_all_or_aside(data, before)


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
        assert assert_all_or_aside(data, everything)


def test_when_the_file_may_not_grow_a_commit_is_refused_and_the_list_stays(data: Path) -> None:
    with room_in(data) as store:
        (pages,) = store._connection.execute("PRAGMA page_count").fetchone()
        store._connection.execute(f"PRAGMA max_page_count = {pages + 300}")

        taken = fill(store)

        before = kept(store)
        assert before.snapshot.head == 2 * taken
        assert before.pictures == (PICTURE,) * taken
    assert assert_all_or_aside(data, before)


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
    assert assert_all_or_aside(data, before)


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


# -- kill -9 --------------------------------------------------------------------------------------


def acknowledged_until_killed(data: Path, after: int) -> list[int]:
    """Let a program talk in the folder's room and kill it after some entries; every seq that it printed."""
    command = [sys.executable, "-m", "tests.server.saying_program", str(data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="ascii") as program:
        assert program.stdout is not None
        printed = [program.stdout.readline() for _ in range(after)]
        program.kill()
        printed += program.stdout.readlines()
    return [int(line) for line in printed if line.endswith("\n")]


def test_a_program_killed_in_the_middle_of_its_commits_has_lost_nothing_that_it_acknowledged(
    data: Path,
) -> None:
    head, epochs = 0, set()
    for kill in range(KILLS):
        acknowledged = acknowledged_until_killed(data, after=1 + 7 * kill % 23)

        assert acknowledged[0] == head + 1
        with room_in(data) as store:
            assert store.notices == ()
            entries = kept(store).entries
            epochs.add(store.load().epoch)
        assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
        # The one more is a commit that was on disk, but not yet printed.
        assert len(entries) - acknowledged[-1] in (0, 1)
        head = len(entries)

    assert len(epochs) == 1
