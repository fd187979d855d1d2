"""A room's folder: made where there is none, closed to others, and for one program at a time."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from chatapp.core.changes import FileHashed
from chatapp.server import schema
from chatapp.server.roomfile import LOCK_FILE, ROOM_FILE, beside
from chatapp.server.store import Unusable
from tests.server.room_on_disk import ALL, NEW_ROOM, closed_room, kept, live, room_in, said


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


def test_a_room_of_the_first_version_is_gone_on_with(tmp_path: Path) -> None:
    before = closed_room(tmp_path)
    with closing(sqlite3.connect(tmp_path / ROOM_FILE)) as earlier:
        earlier.executescript("DROP TABLE received; DROP TABLE hashes")

    with room_in(tmp_path) as store:
        assert (kept(store), store.notices) == (before, ())
        store.commit((FileHashed("offer-1", 0, "a" * 64),))
        assert store.load().hashes == (FileHashed("offer-1", 0, "a" * 64),)
