"""A room of ours as a process of its own, and its people: who offers, and those who accept."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from scripts.bench.programs import BUILD
from scripts.bench.relay.load import TUS_PATCH, Push
from tests.contract.people import Json, Person
from tests.contract.transfers import ticket_of
from tests.server_process import FROM_SOURCE, ServerProcess

PORTABLE = (sys.executable, "-m", "scripts.bench.relay.portable")


class Room:
    """One server and those who are in it."""

    def __init__(self, server: ServerProcess, data: Path) -> None:
        self.url, self.pid, self._data = server.url, server.process.pid, data
        self.people: list[Person] = []

    def enters(self, name: str) -> Person:
        """Somebody who is in the room from now on."""
        person = Person(self.url)
        self.people.append(person)
        person.joins(name)
        return person

    def spooled(self) -> Path:
        """The one file that the room holds for its receivers."""
        (found,) = (self._data / "spool").iterdir()
        return found

    def close(self) -> None:
        """Everybody lets go, whether or not the other side hears it."""
        for person in self.people:
            with suppress(Exception):
                person.closes()


class Share:
    """A file that somebody offers in a room, and so many who have accepted it; no byte of it is there."""

    def __init__(self, room: Room, size: int, receivers: int) -> None:
        self.room, self.size = room, size
        self.sender = room.enters("Sender")
        self.receivers = [room.enters(f"Receiver {number}") for number in range(receivers)]
        self.offer: Json = self.sender.offers(("payload.bin", size))
        for person in self.receivers:
            person.accepts(self.offer)
        self.upload: str = self.sender.sees(self.offer)["uploads"][0]["url"]

    def paths(self) -> list[str]:
        """Where each receiver finds it."""
        return [ticket_of(person, self.offer) for person in self.receivers]

    def is_hashed(self) -> bool:
        """Whether the room tells the file's SHA-256."""
        return bool(self.sender.sees(self.offer)["hashes"][0])

    def push(self, rate: float = 0) -> Push:
        """Its upload, which begins now."""
        return Push(self.room.url, "PATCH", self.upload, self.size, *TUS_PATCH, rate=rate)


@contextmanager
def room(program: Sequence[str] = FROM_SOURCE, bind: str = "127.0.0.1", prefix: Sequence[str] = ()) -> Iterator[Room]:
    """The product as it is, with its data on the same disk as what runs beside it."""
    with tempfile.TemporaryDirectory(dir=BUILD) as data:
        server = ServerProcess("--bind", bind, data=Path(data), program=[*prefix, *program])
        if bind != "127.0.0.1":
            server.url = f"http://{bind}:{server.port}"
        made = Room(server, Path(data))
        try:
            yield made
        finally:
            made.close()
            server.stop()
