"""Odd paths: whatever is written behind the two doors of the transfers, it leads to one's own file or nowhere."""

from __future__ import annotations

import itertools
import random
import socket
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tests.consent.people import Somebody, port_of, reset
from tests.consent.transfers import Gift
from tests.contract.wire import PATIENCE

TOKENS = (b"%", b"25", b"2e", b"2f", b"5c", b".", b"/", b"\\", b":", b"NUL", b"\0")
LONGEST = 5
AT_ONCE = 32
REST_SECONDS = 3.0
OWN = b"the very own file of one who said yes"
NOWHERE = (400, 404, 405)
REFUSALS = (b"", *(b'{"code":"%s"}' % code for code in (b"not-found", b"malformed", b"method-not-allowed")))


@dataclass(frozen=True)
class Door:
    """A request line without the odd end of its path; `own`: with what one's own file answers there, if it does."""

    name: str
    method: str
    path: str
    own: bytes | None = None


def strings(least: int, most: int) -> Iterator[bytes]:
    """Every string of so many tokens."""
    for length in range(least, most + 1):
        yield from map(b"".join, itertools.product(TOKENS, repeat=length))


def some(rng: random.Random, count: int) -> list[bytes]:
    """Some of the longer ones."""
    return [b"".join(rng.choices(TOKENS, k=rng.randint(3, LONGEST))) for _ in range(count)]


class Doors:
    """A room in which one file went from one to another, and the four ways in which its paths begin."""

    def __init__(self, url: str) -> None:
        self.port = port_of(url)
        self.people = [Somebody(url, "민지", tabs=1), Somebody(url, "준", tabs=1)]
        minji, jun = (person.tab for person in self.people)
        files = [{"name": "own.bin", "size": len(OWN), "type": ""}]
        offer = minji.does("offer", mid=minji.mid + 1, files=files)["offer"]["id"]
        ticket = jun.does("answer", offer=offer, accept=True)["offer"]["downloads"][0]["url"].rpartition("/")[0]
        minji.settles()
        gift = Gift(self.port, OWN)
        gift.ticket = minji.wanted[offer][0]
        gift.completes()
        self.all = (
            Door("download", "GET", "/downloads/"),
            Door("upload", "HEAD", "/uploads/"),
            Door("own download", "GET", ticket, b"\r\n\r\n" + OWN),
            Door("own upload", "HEAD", gift.ticket, f"\r\nUpload-Length: {len(OWN)}\r\n".encode()),
        )

    def try_all(self, ends: Iterable[bytes]) -> Counter[str]:
        """Ask for every path; how often each door was answered how. Raises AssertionError for anything else."""
        statuses, asked = Counter[str](), itertools.product(ends, self.all)
        rested_at = time.monotonic()
        while some := list(itertools.islice(asked, AT_ONCE)):
            if time.monotonic() - rested_at > REST_SECONDS:
                self._rest()
                rested_at = time.monotonic()
            sockets = [self._ask(door, end) for end, door in some]
            for (end, door), connection in zip(some, sockets, strict=True):
                statuses[f"{door.name} {judged(door, end, _all_of(connection))}"] += 1
        return statuses

    def _ask(self, door: Door, end: bytes) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self.port), PATIENCE)
        line = f"{door.method} {door.path}".encode() + end + b" HTTP/1.1\r\n"
        connection.sendall(line + f"Host: 127.0.0.1:{self.port}\r\nTus-Resumable: 1.0.0\r\n\r\n".encode())
        return connection

    def _rest(self) -> None:
        """Both read what was told, so that nobody seems to be dead."""
        for person in self.people:
            for tab in person.tabs:
                tab.settles()

    def all_go(self) -> None:
        """Both leave."""
        for person in self.people:
            person.leaves()


def judged(door: Door, end: bytes, answer: bytes) -> int:
    """The status of an answer; raises AssertionError unless it is one's own file or nothing."""
    head, _, body = answer.partition(b"\r\n\r\n")
    status = int(head[9:12])
    if status == 200 and door.own is not None:
        assert body == (OWN if door.method == "GET" else b""), f"{door.path}{end!r}: {answer!r}"
        assert door.own in answer, f"{door.path}{end!r}: {answer!r}"
        return status
    assert status in NOWHERE, f"{door.path}{end!r}: {answer!r}"
    assert body.strip().replace(b" ", b"") in REFUSALS, f"{door.path}{end!r}: {answer!r}"
    return status


def _all_of(connection: socket.socket) -> bytes:
    """What the server says until it ends it; then nothing is left of the connection, so that ports last."""
    answer = b""
    while data := connection.recv(65536):
        answer += data
    reset(connection)
    return answer
