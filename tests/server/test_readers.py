"""Readers of the spool: they follow what grows, and can be stopped between two bytes."""

import errno
import mmap
import os
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import pytest

from chatapp.errors import Refused
from chatapp.server import sources
from chatapp.server.readers import Lost, Over, Reader
from chatapp.server.sources import STEP_BYTES
from chatapp.server.spool import TRANSFERS, Spool
from chatapp.server.tickets import Tickets
from tests.server.relay_clients import until

TICKETS = Tickets(bytes(range(32)))
pytestmark = pytest.mark.usefixtures("taken")


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    spool = Spool(tmp_path, TICKETS.spool_name)
    yield spool
    spool.shutdown()


def write(spool: Spool, data: bytes, size: int, offset: int = 0) -> None:
    with spool.writer("offer", 0, size, offset, len(data), "minji") as writer:
        writer.write(memoryview(data))


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        theirs.settimeout(20)
        yield ours, theirs


Connect = Callable[..., Reader]


@pytest.fixture
def connect(spool: Spool) -> Iterator[Connect]:
    """Another connection of somebody to a file of the offer, closed at the end."""
    with ExitStack() as stack:

        def connected(who: str, size: int, offer: str = "offer", file: int = 0) -> Reader:
            return stack.enter_context(closing(spool.reader(offer, file, size, who)))

        yield connected


def test_a_reader_gets_what_is_there_and_then_what_comes(
    spool: Spool, connect: Connect, pair: tuple[socket.socket, socket.socket]
) -> None:
    write(spool, b"hello, ", 12)
    reader = connect("jun", 12)
    assert reader.wait_beyond(0, 20) == 7
    assert reader.send(pair[0], 0, 7) == 7
    assert reader.wait_beyond(7, 0) == 7
    write(spool, b"world", 12, offset=7)
    assert reader.wait_beyond(7, 20) == 12
    assert reader.send(pair[0], 7, 12) == 5
    assert pair[1].recv(100) == b"hello, world"


def test_a_reader_is_woken_by_a_byte_that_nothing_follows(spool: Spool, connect: Connect) -> None:
    reader = connect("jun", 9)
    with spool.writer("offer", 0, 9, 0, 9, "minji") as writer:
        writer.write(memoryview(b"a"))
        assert reader.wait_beyond(0, 20) == 1
        writer.write(memoryview(b"b"))
        writer.rest()
        assert reader.wait_beyond(1, 20) == 2


@pytest.mark.parametrize("end", ["close_offer", "stop_member", "discard", "shutdown"])
def test_a_waiting_reader_is_told_at_once_that_it_is_over(spool: Spool, connect: Connect, end: str) -> None:
    write(spool, b"abc", 9)
    reader = connect("jun", 9)
    ends = {
        "close_offer": lambda: spool.close_offer("offer"),
        "stop_member": lambda: spool.stop_member("offer", "jun"),
        "discard": lambda: spool.discard("offer", 0),
        "shutdown": spool.shutdown,
    }
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(reader.wait_beyond, 3, 60)
        ends[end]()
        with pytest.raises(Over):
            waiting.result(timeout=20)


def test_what_is_over_for_one_goes_on_for_another(
    spool: Spool, connect: Connect, pair: tuple[socket.socket, socket.socket]
) -> None:
    write(spool, b"abc", 3)
    jun, sora = connect("jun", 3), connect("sora", 3)
    spool.stop_member("offer", "jun")
    with pytest.raises(Over):
        jun.send(pair[0], 0, 3)
    assert sora.send(pair[0], 0, 3) == 3
    assert connect("jun", 3).wait_beyond(0, 20) == 3, "who accepts again gets it again"


@pytest.mark.parametrize("end", ["close_offer", "stop_member"])
def test_no_byte_leaves_once_the_end_has_returned(
    spool: Spool, pair: tuple[socket.socket, socket.socket], taken: list[int], end: str
) -> None:
    """Many times: a reader sends as fast as it can, and the end comes in the middle of that."""
    size, offers = 8 * 2**20, [f"offer-{number}" for number in range(150)]
    for offer in offers:
        _make_sparse(spool._folder / f"{TICKETS.spool_name(offer, 0)}.part", size)
    spool.sweep({(offer, 0): size for offer in offers})
    in_the_middle = 0
    with ThreadPoolExecutor(2) as pool:
        taking = pool.submit(_take_all, pair[1])
        for offer in offers:
            with closing(spool.reader(offer, 0, size, "jun")) as reader:
                begun = threading.Event()
                sending = pool.submit(_send_all, reader, pair[0], size, begun)
                assert begun.wait(20)
                spool.close_offer(offer) if end == "close_offer" else spool.stop_member(offer, "jun")
                at_the_end = sum(taken)
                in_the_middle += sending.result(timeout=20) < size
                assert sum(taken) == at_the_end
        pair[0].close()
        taking.result(timeout=20)
    assert in_the_middle > 10


def _make_sparse(path: Path, size: int) -> None:
    path.touch()
    os.truncate(path, size)


def _send_all(reader: Reader, connection: socket.socket, size: int, begun: threading.Event) -> int:
    position = 0
    with suppress(Over):
        while position < size:
            position += reader.send(connection, position, size)
            if position:
                begun.set()
    return position


def _send_from(reader: Reader, connection: socket.socket, position: int, stop: int) -> None:
    while position < stop:
        position += reader.send(connection, position, stop)


def _take_all(connection: socket.socket) -> None:
    while connection.recv(1 << 20):
        pass


def test_the_fifth_connection_of_one_member_to_one_file_is_too_many(connect: Connect) -> None:
    connections = [connect("jun", 9) for _ in range(4)]
    with pytest.raises(Refused, match="slow-down"):
        connect("jun", 9)
    connect("sora", 9)
    connect("jun", 9, file=1)
    connections[0].close()
    connect("jun", 9)


def test_the_ninth_file_that_one_member_fetches_at_once_has_to_wait(connect: Connect) -> None:
    connections = [connect("jun", 9, file=file) for file in range(TRANSFERS)]
    with pytest.raises(Refused, match="slow-down"):
        connect("jun", 9, file=TRANSFERS)
    connect("jun", 9, file=0)
    connect("sora", 9, file=TRANSFERS)
    connections[1].close()
    connect("jun", 9, file=TRANSFERS)


def test_a_connection_that_has_long_taken_nothing_gives_way_to_a_newer_one(connect: Connect) -> None:
    connections = [connect("jun", 9) for _ in range(4)]
    connections[2].blocked_since = -1000.0
    connect("jun", 9)
    assert [reader.over for reader in connections] == [False, False, True, False]


def test_a_file_that_was_erased_at_the_end_of_its_offer_is_not_called_lost(
    spool: Spool, tmp_path: Path, connect: Connect, pair: tuple[socket.socket, socket.socket]
) -> None:
    write(spool, b"abc", 3)
    reader = connect("jun", 3)
    spool.close_offer("offer")
    until(lambda: not any(tmp_path.iterdir()))
    with pytest.raises(Over):
        reader.send(pair[0], 0, 3)


def test_a_spool_that_lost_its_bytes_says_so(
    spool: Spool, tmp_path: Path, connect: Connect, pair: tuple[socket.socket, socket.socket]
) -> None:
    write(spool, b"abc", 3)
    next(tmp_path.iterdir()).unlink()
    with pytest.raises(Lost):
        connect("jun", 3).send(pair[0], 0, 3)


def test_a_file_of_several_steps_arrives_as_it_is_also_while_it_grows(
    spool: Spool, connect: Connect, pair: tuple[socket.socket, socket.socket]
) -> None:
    data = os.urandom(2 * STEP_BYTES + 100_000)
    reader, position = connect("jun", len(data)), 0
    with ThreadPoolExecutor(1) as pool:
        came = pool.submit(_taken, pair[1], len(data))
        # What is there ends in the middle of a page, before a step's end and behind it.
        for stop in (STEP_BYTES - 1001, STEP_BYTES + 5, len(data)):
            write(spool, data[position:stop], len(data), position)
            _send_from(reader, pair[0], position, reader.wait_beyond(position, 20))
            position = stop
        assert came.result(timeout=20) == data


def _taken(connection: socket.socket, size: int) -> bytes:
    got = bytearray()
    while len(got) < size:
        got += connection.recv(1 << 20)
    return bytes(got)


def test_a_file_that_is_cut_while_it_is_sent_is_lost_and_nothing_worse(
    spool: Spool, tmp_path: Path, connect: Connect, pair: tuple[socket.socket, socket.socket]
) -> None:
    size = 3 * 2**20
    write(spool, bytes(size), size)
    reader = connect("jun", size)
    position = reader.send(pair[0], 0, size)
    assert 0 < position < size
    os.truncate(next(tmp_path.iterdir()), 0)
    with ThreadPoolExecutor(1) as pool:
        taking = pool.submit(_take_all, pair[1])
        with pytest.raises(Lost):
            _send_from(reader, pair[0], position, size)
        pair[0].close()
        taking.result(timeout=20)


@pytest.mark.parametrize(
    ("source", "refusal"),
    [(sources.SentBySystem, (os, "sendfile", errno.EINVAL)), (sources.SentFromMap, (mmap, "mmap", errno.ENODEV))],
    ids=["sendfile", "mmap"],
)
def test_where_the_disk_knows_no_other_way_bytes_are_copied(
    spool: Spool,
    connect: Connect,
    pair: tuple[socket.socket, socket.socket],
    monkeypatch: pytest.MonkeyPatch,
    source: object,
    refusal: tuple[object, str, int],
) -> None:
    module, call, code = refusal

    def refused(*_: object, **__: object) -> int:
        raise OSError(code, "no such thing here")

    monkeypatch.setattr(sources, "open_source", source)
    monkeypatch.setattr(module, call, refused)
    write(spool, b"abc", 3)
    _send_from(connect("jun", 3), pair[0], 0, 3)
    assert pair[1].recv(9) == b"abc"
