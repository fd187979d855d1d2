"""A file that is no room, or none any more: set aside as it was, and reported; never emptied."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from chatapp.server.roomfile import FORMAT, LOCK_FILE, MAGIC, PARTS, ROOM_FILE, beside
from tests.server.room_on_disk import (
    ALL,
    Kept,
    closed_room,
    is_all_there,
    killed_room,
    parts,
    put,
    room_in,
    said,
    set_aside_by,
)

PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452") + bytes(5000)
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

    assert not is_all_there(data, everything)
    assert list(data.glob(f"{ROOM_FILE}.damaged-*"))


@pytest.mark.parametrize("rubbish", [bytes(PAGE), b"\xff" * PAGE])
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

        noticed += not is_all_there(data, everything)

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

    assert not is_all_there(data, everything)


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
