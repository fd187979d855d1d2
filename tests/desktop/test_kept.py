"""What outlives the program: settings of the page, the rooms that were joined, the rooms that were left behind."""

import os
import sys
import unicodedata
from pathlib import Path
from queue import SimpleQueue
from threading import Thread

import pytest

from chatapp.desktop.folders import PORTABLE, user_folder
from chatapp.desktop.kept import Kept
from chatapp.desktop.recent import KEY, MOST, Recent, RecentRoom
from chatapp.desktop.rooms import KEPT_SECONDS, ROOM_FILE, Rooms
from tests.server.hard_disks import small_disk

# -- values ---------------------------------------------------------------------------------------


def test_what_is_kept_is_there_at_the_next_start(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "민지" / "kept")
    name = unicodedata.normalize("NFC", "민지")
    kept.set("chatapp:name", "minji")
    kept.set("chatapp:name", name)
    kept.set("../../한글 key\n", "\0")
    kept.set("gone", "soon")
    kept.remove("gone")
    kept.remove("never")

    assert Kept(tmp_path / "민지" / "kept").everything() == {"chatapp:name": name, "../../한글 key\n": "\0"}
    assert {path.parent.name for path in tmp_path.rglob("*.*")} == {"kept"}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes; the folder is the person's own")
def test_only_this_person_may_read_it(tmp_path: Path) -> None:
    Kept(tmp_path / "kept")
    assert (tmp_path / "kept").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("spoiled", [b"", b"{", b"\xff", b'{"key":"a"}', b'{"key":1,"value":2}'])
def test_a_value_that_was_spoiled_counts_as_nothing_and_can_be_set_again(tmp_path: Path, spoiled: bytes) -> None:
    kept = Kept(tmp_path)
    kept.set("a", "1")
    kept.set("b", "2")
    kept._path("a").write_bytes(spoiled)

    assert kept.everything() == {"b": "2"}
    kept.set("a", "3")
    assert kept.everything() == {"a": "3", "b": "2"}


def test_a_disk_that_is_full_keeps_the_value_before(tmp_path: Path) -> None:
    with small_disk(tmp_path / "stick", 4 * 4096):
        kept = Kept(tmp_path / "stick")
        kept.set("draft", "안녕")
        with pytest.raises(OSError, match="No space"):
            kept.set("draft", "x" * 2**17)
        assert kept.everything() == {"draft": "안녕"}
        kept.set("draft", "short again")
        assert kept.everything() == {"draft": "short again"}


def test_two_programs_of_one_person_may_keep_the_same_at_the_same_time(tmp_path: Path) -> None:
    """Whoever names a room has a window beside the others."""
    failures: SimpleQueue[OSError] = SimpleQueue()

    def keep(kept: Kept, value: str) -> None:
        try:
            for _ in range(50):
                kept.set("draft", value)
        except OSError as error:
            failures.put(error)

    threads = [Thread(target=keep, args=(Kept(tmp_path), letter * 100_000)) for letter in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures.empty()
    assert Kept(tmp_path).everything()["draft"] in ("a" * 100_000, "b" * 100_000)
    assert len(list(tmp_path.iterdir())) == 1


# -- rooms that were joined -----------------------------------------------------------------------


def test_the_room_that_was_joined_last_comes_first_and_once_with_its_newest_title(tmp_path: Path) -> None:
    recent = Recent(Kept(tmp_path))
    recent.add("http://10.0.0.1:27272", "1반")
    recent.add("http://10.0.0.2:27272", "2반")
    recent.add("http://10.0.0.1:27272", "1반, 오후")

    assert Recent(Kept(tmp_path)).rooms() == [
        RecentRoom("http://10.0.0.1:27272", "1반, 오후"),
        RecentRoom("http://10.0.0.2:27272", "2반"),
    ]


def test_the_list_of_rooms_stays_short(tmp_path: Path) -> None:
    recent = Recent(Kept(tmp_path))
    for number in range(MOST + 3):
        recent.add(f"http://10.0.0.{number}:27272", str(number))

    assert [room.title for room in recent.rooms()] == ["7", "6", "5", "4", "3"]


@pytest.mark.parametrize("spoiled", ["", "{", "{}", '[{"address":1}]', "null"])
def test_a_list_that_was_spoiled_is_begun_anew(tmp_path: Path, spoiled: str) -> None:
    kept = Kept(tmp_path)
    kept.set(KEY, spoiled)

    assert Recent(kept).rooms() == []
    Recent(kept).add("http://10.0.0.1:27272", "1반")
    assert len(Recent(kept).rooms()) == 1


def test_a_room_can_be_joined_although_it_cannot_be_noted(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "kept")
    (tmp_path / "kept").rmdir()

    Recent(kept).add("http://10.0.0.1:27272", "1반")
    assert Recent(kept).rooms() == []


# -- rooms that were left behind ------------------------------------------------------------------


def left_behind(room: Path, at: float) -> Path:
    room.mkdir(parents=True)
    (room / ROOM_FILE).write_bytes(b"room")
    for path in (room / ROOM_FILE, room):
        os.utime(path, (at, at))
    return room


def test_each_new_room_has_a_folder_of_its_own(tmp_path: Path) -> None:
    rooms = Rooms(tmp_path)

    assert rooms.fresh() != rooms.fresh()
    assert rooms.fresh().parent == tmp_path
    assert rooms.newest() is None


def test_the_room_that_was_left_behind_last_can_be_gone_on_with(tmp_path: Path) -> None:
    rooms = Rooms(tmp_path)
    left_behind(tmp_path / "a", 1000)
    newest = left_behind(tmp_path / "b", 3000)
    left_behind(tmp_path / "c", 2000)
    (tmp_path / "d").mkdir()

    assert rooms.newest() == newest
    rooms.erase(newest)
    assert rooms.newest() == tmp_path / "c"


def test_a_room_is_erased_after_a_week_and_nothing_else_is(tmp_path: Path) -> None:
    now = 10 * KEPT_SECONDS
    old = left_behind(tmp_path / "old", now - KEPT_SECONDS - 1)
    young = left_behind(tmp_path / "young", now - KEPT_SECONDS + 1)
    (tmp_path / "사진").mkdir()
    os.utime(tmp_path / "사진", (0, 0))

    assert Rooms(tmp_path, now).newest() == young
    assert not old.exists()
    assert (tmp_path / "사진").exists()


def test_a_room_that_is_erased_already_is_no_error(tmp_path: Path) -> None:
    Rooms(tmp_path / "no rooms yet").erase(tmp_path / "gone")


# -- where all that lies --------------------------------------------------------------------------


def test_a_program_on_a_stick_keeps_everything_beside_it(tmp_path: Path) -> None:
    (tmp_path / PORTABLE).touch()
    assert user_folder(tmp_path) == tmp_path / "ChatApp data"


@pytest.mark.parametrize("beside", [True, False])
def test_else_it_is_in_the_persons_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, beside: bool) -> None:
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    (tmp_path / f"not-{PORTABLE}").touch()
    (tmp_path / PORTABLE).mkdir()

    folder = user_folder(tmp_path if beside else None)
    assert folder.name == "ChatApp"
    assert folder.is_relative_to(Path.home())
