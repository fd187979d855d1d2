"""The spool: bytes in order, one writer, readers that can be stopped, and nothing left behind."""

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from chatapp.errors import Refused
from chatapp.server.reserving import reserve
from chatapp.server.spool import TRANSFERS, Spool
from chatapp.server.tickets import Tickets
from tests.server.hard_disks import small_disk
from tests.server.relay_clients import until

TICKETS = Tickets(bytes(range(32)))


def opened(folder: Path) -> Spool:
    return Spool(folder, TICKETS.spool_name)


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    spool = opened(tmp_path)
    yield spool
    spool.shutdown()


def write(spool: Spool, data: bytes, size: int, offset: int = 0, offer: str = "offer") -> None:
    with spool.writer(offer, 0, size, offset, len(data), "minji") as writer:
        writer.write(memoryview(data))


def on_disk(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in folder.iterdir()]


# -- writing --------------------------------------------------------------------------------------


def test_what_is_written_in_two_parts_is_one_file(spool: Spool, tmp_path: Path) -> None:
    write(spool, b"hello, ", 12)
    write(spool, b"world", 12, offset=7)
    assert on_disk(tmp_path) == [b"hello, world"]
    assert spool.offset("offer", 0, 12) == 12


def test_a_wrong_offset_changes_nothing_and_stops_nobody(spool: Spool) -> None:
    with spool.writer("offer", 0, 10, 0, 10, "minji") as writer:
        writer.write(memoryview(b"abc"))
        for offset in (0, 2, 4, 10):
            with pytest.raises(Refused, match="wrong-offset"):
                spool.writer("offer", 0, 10, offset, 0, "minji")
        writer.write(memoryview(b"def"))
    assert spool.offset("offer", 0, 10) == 6


def test_more_than_was_declared_is_refused_and_stops_nobody(spool: Spool) -> None:
    with spool.writer("offer", 0, 4, 0, 4, "minji") as writer:
        with pytest.raises(Refused, match="too-large"):
            spool.writer("offer", 0, 4, 0, 5, "minji")
        writer.write(memoryview(b"four"))
    assert spool.offset("offer", 0, 4) == 4


def test_late_bytes_of_an_old_writer_never_get_in(spool: Spool, tmp_path: Path) -> None:
    with spool.writer("offer", 0, 9, 0, 9, "minji") as old:
        old.write(memoryview(b"abc"))
        write(spool, b"def", 9, offset=3)
        with pytest.raises(Refused, match="wrong-offset"):
            old.write(memoryview(b"LATE"))
    assert on_disk(tmp_path) == [b"abcdef"]


def test_who_is_told_the_offset_can_rely_on_it(spool: Spool, tmp_path: Path) -> None:
    with spool.writer("offer", 0, 9, 0, 9, "minji") as old:
        old.write(memoryview(b"abc"))
        assert spool.offset("offer", 0, 9) == 3
        with pytest.raises(Refused, match="wrong-offset"):
            old.write(memoryview(b"LATE"))
    assert on_disk(tmp_path) == [b"abc"]


def test_bytes_that_nobody_wants_are_not_taken(spool: Spool) -> None:
    with spool.writer("offer", 0, 9, 0, 9, "minji") as writer:
        spool.unwanted("offer")
        with pytest.raises(Refused, match="not-wanted"):
            writer.write(memoryview(b"abc"))
    write(spool, b"abc", 9)


def test_on_disk_a_file_is_for_nobody_else(spool: Spool, tmp_path: Path) -> None:
    write(spool, b"x", 1)
    if os.name == "posix":
        assert [path.stat().st_mode & 0o077 for path in tmp_path.iterdir()] == [0]


# -- space ----------------------------------------------------------------------------------------


def test_a_full_disk_is_said_before_the_first_byte(spool: Spool, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="storage-full"):
        spool.writer("offer", 0, 2**60, 0, 1, "minji")
    assert on_disk(tmp_path) == []


def test_space_that_is_promised_to_one_upload_is_not_promised_to_another(spool: Spool) -> None:
    half = spool.free_bytes() // 2
    write(spool, b"x", half, offer="first")
    with pytest.raises(Refused, match="storage-full"):
        write(spool, b"x", half + 2**30, offer="second")
    spool.close_offer("first")
    until(lambda: spool.free_bytes() > half + 2**28)
    write(spool, b"x", half + 2**28, offer="second")


def test_the_reserve_is_kept_in_the_middle_of_an_upload_too_and_nothing_is_lost(spool: Spool) -> None:
    with spool.writer("offer", 0, 8, 0, 8, "minji") as writer:
        spool.reserve = 2**60
        with pytest.raises(Refused, match="storage-full"):
            writer.write(memoryview(b"four"))
    offset = spool.offset("offer", 0, 8)
    spool.reserve = 0
    write(spool, b"fourmore"[offset:], 8, offset=offset)
    assert spool.offset("offer", 0, 8) == 8


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="NOT TESTED: this system has no /dev/full")
def test_a_disk_that_is_full_after_all_is_said_and_the_offset_stays_true(spool: Spool, tmp_path: Path) -> None:
    (tmp_path / f"{TICKETS.spool_name('offer', 0)}.part").symlink_to("/dev/full")
    with pytest.raises(Refused, match="storage-full"):
        write(spool, b"four", 8)
    assert spool.offset("offer", 0, 8) == 0


def test_an_upload_that_has_begun_ends_although_another_program_fills_the_disk(tmp_path: Path) -> None:
    folder, size = tmp_path / "disk", 2**20
    with small_disk(folder, 2 * size):
        spool = opened(folder / "spool")
        write(spool, b"begun", size)
        fill(folder / "somebody else's")
        write(spool, bytes(size // 2 - 5), size, offset=5)
        spool.shutdown()
        again = opened(folder / "spool")
        again.sweep({("offer", 0): size})
        write(again, bytes(size // 2), size, offset=size // 2)
        assert again.offset("offer", 0, size) == size
        again.shutdown()


def fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(4096)):
            pass


def test_a_disk_that_has_not_got_the_space_keeps_what_it_has(tmp_path: Path) -> None:
    folder = tmp_path / "disk"
    with small_disk(folder, 2**20), (folder / "file").open("wb") as file:
        free = shutil.disk_usage(folder).free
        with pytest.raises(OSError, match="No space left"):
            reserve(file.fileno(), 2**21)
        assert shutil.disk_usage(folder).free == free


# -- at the start ---------------------------------------------------------------------------------


def test_a_part_that_arrived_before_the_restart_is_kept(spool: Spool, tmp_path: Path) -> None:
    write(spool, b"hello, ", 12, offer="half")
    write(spool, b"all", 3, offer="whole")
    again = opened(tmp_path)
    assert again.sweep({("half", 0): 12, ("whole", 0): 3, ("never begun", 0): 5}) == {("whole", 0)}
    assert again.offset("half", 0, 12) == 7
    write(again, b"world", 12, offset=7, offer="half")
    assert sorted(on_disk(tmp_path)) == [b"all", b"hello, world"]


def test_what_no_offer_knows_goes_at_the_start_and_what_is_not_ours_stays(spool: Spool, tmp_path: Path) -> None:
    write(spool, b"orphan", 6, offer="closed while nobody ran")
    write(spool, b"longer than it may be", 100, offer="changed")
    (tmp_path / "notes.txt").write_bytes(b"somebody's")
    assert opened(tmp_path).sweep({("changed", 0): 5}) == set()
    assert on_disk(tmp_path) == [b"somebody's"]


# -- the end --------------------------------------------------------------------------------------


def test_a_closed_offer_leaves_nothing_on_disk_and_cannot_begin_again(spool: Spool, tmp_path: Path) -> None:
    with spool.writer("offer", 0, 9, 0, 9, "minji") as writer:
        writer.write(memoryview(b"abc"))
        spool.close_offer("offer")
        with pytest.raises(Refused, match="offer-closed"):
            writer.write(memoryview(b"def"))
    for late in (lambda: write(spool, b"x", 9), lambda: spool.reader("offer", 0, 9, "jun")):
        with pytest.raises(Refused, match="offer-closed"):
            late()
    until(lambda: not any(tmp_path.iterdir()))


def test_a_writer_that_comes_while_the_offer_closes_leaves_no_file(spool: Spool, tmp_path: Path) -> None:
    for number in range(200):
        offer = f"offer-{number}"
        spool.offset(offer, 0, 1)
        late = threading.Thread(target=_write_if_one_may, args=(spool, offer))
        late.start()
        spool.close_offer(offer)
        late.join()
    until(lambda: not any(tmp_path.iterdir()))


def _write_if_one_may(spool: Spool, offer: str) -> None:
    with suppress(Refused):
        write(spool, b"x", 1, offer=offer)


def test_what_was_discarded_begins_again_at_nothing(spool: Spool, tmp_path: Path) -> None:
    with spool.writer("offer", 0, 9, 0, 9, "minji") as old:
        old.write(memoryview(b"abc"))
        spool.discard("offer", 0)
        with pytest.raises(Refused, match="wrong-offset"):
            old.write(memoryview(b"LATE"))
        write(spool, b"new", 9)
    assert on_disk(tmp_path) == [b"new"]


def test_after_a_shutdown_nothing_goes_on_and_what_arrived_stays(spool: Spool, tmp_path: Path) -> None:
    with spool.writer("offer", 0, 9, 0, 9, "minji") as writer:
        writer.write(memoryview(b"abc"))
        spool.shutdown()
        with pytest.raises(Refused, match="wrong-offset"):
            writer.write(memoryview(b"def"))
    with pytest.raises(Refused, match="slow-down"):
        spool.offset("offer", 0, 9)
    assert on_disk(tmp_path) == [b"abc"]


def test_the_ninth_file_that_one_member_sends_at_once_has_to_wait(spool: Spool) -> None:
    with ExitStack() as sending:
        writers = [sending.enter_context(spool.writer("offer", file, 9, 0, 9, "minji")) for file in range(TRANSFERS)]
        with pytest.raises(Refused, match="slow-down"):
            spool.writer("offer", TRANSFERS, 9, 0, 9, "minji")
        with spool.writer("other", 0, 9, 0, 9, "jun"):
            pass
        with spool.writer("offer", 0, 9, 0, 9, "minji"):
            assert writers[0].over == "wrong-offset", "the same file again is no other one"
    with spool.writer("offer", TRANSFERS, 9, 0, 9, "minji"):
        pass
