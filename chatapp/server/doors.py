"""How many may come in: in all, from one address, and without having said what they want.

    accepted --enter--> waiting --admit--> inside --leave--> gone
                           |       |
        too many wait:     |       `-- too many inside: slow-down, and it goes
        the oldest goes ---'

Who fills the house with silence never keeps a newcomer out: a request's head takes milliseconds, and who has waited
longest makes room. It knows connections and addresses, and nothing of what is said on them.
"""

from __future__ import annotations

import logging
import socket
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass

from chatapp.errors import Refused

if sys.platform != "win32":
    import resource

log = logging.getLogger(__name__)
MOST_WAITING = 256
"""Each costs a thread that waits for a head. More of them, ending all at once, would hold up everybody for seconds."""
LEAST_WAIT_SECONDS = 0.1
"""How long each may wait, however many come: who has something to say is through by then. Others queue meanwhile."""
CONNECTIONS_OF_A_MEMBER = 4
"""A browser of one member: its socket, two downloads, an upload."""
SPARE = 256
"""Connections beyond the members': pages that are being loaded, tabs that have not joined."""
SPARE_OF_ADDRESS = 128
FILES_SHARE = 3
"""One descriptor in so many is kept for files: the log, and what is being relayed."""


@dataclass(frozen=True)
class Capacity:
    """How many connections there may be."""

    waiting: int
    inside: int
    of_address: int

    @classmethod
    def for_members(cls, members: int) -> Capacity:
        """Enough for all members, and for all of them behind one address: a school's NAT is one.

        Never more than the system has descriptors for, so that it does not come to a refusal by the system itself.
        """
        inside = CONNECTIONS_OF_A_MEMBER * members + SPARE
        most = _descriptors(MOST_WAITING + inside)
        waiting = min(MOST_WAITING, most // 3)
        return cls(waiting, min(inside, most - waiting), members + SPARE_OF_ADDRESS)


def _descriptors(wanted: int) -> int:
    """How many descriptors connections may take; asks the system for so many as are wanted."""
    if sys.platform == "win32":  # it knows no such limit
        return wanted
    needed = wanted * FILES_SHARE // (FILES_SHARE - 1)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return wanted
    if soft < needed:
        most = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        with suppress(OSError, ValueError):  # macOS may not give what it calls unlimited
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
            soft = most
    return min(wanted, soft * (FILES_SHARE - 1) // FILES_SHARE)


class Doors:
    """All connections of one server, and who of them may stay."""

    def __init__(self, capacity: Capacity) -> None:
        self._capacity = capacity
        self._lock = threading.Lock()
        self._waiting: dict[socket.socket, float] = {}
        self._inside: dict[socket.socket, str] = {}
        self._of_address: Counter[str] = Counter()

    def enter(self, connection: socket.socket) -> None:
        """A connection was accepted; when too many wait, the one that has waited longest goes."""
        time.sleep(self._pause())
        with self._lock:
            self._waiting[connection] = time.monotonic()
            if len(self._waiting) > self._capacity.waiting:
                self._send_away_oldest()

    def _pause(self) -> float:
        """How long the one that would have to go may still wait."""
        with self._lock:
            if len(self._waiting) < self._capacity.waiting:
                return 0.0
            came_at = next(iter(self._waiting.values()))
        return max(0.0, came_at + LEAST_WAIT_SECONDS - time.monotonic())

    def make_room(self) -> None:
        """Send away who has waited longest, if anybody waits."""
        with self._lock:
            if self._waiting:
                self._send_away_oldest()

    def admit(self, connection: socket.socket, address: str) -> None:
        """The head of its request is here; raises slow-down when there are too many, in all or of this address."""
        with self._lock:
            inside, of_address = len(self._inside), self._of_address[address]
            if inside >= self._capacity.inside or of_address >= self._capacity.of_address:
                log.info("too many connections: %d in all, %d of %s", inside, of_address, address)
                raise Refused("slow-down")
            self._waiting.pop(connection, None)
            self._inside[connection] = address
            self._of_address[address] += 1

    def leave(self, connection: socket.socket) -> None:
        """It ends."""
        with self._lock:
            self._waiting.pop(connection, None)
            address = self._inside.pop(connection, None)
            if address is not None:
                self._of_address[address] -= 1
                if not self._of_address[address]:
                    del self._of_address[address]

    def waits(self, connection: socket.socket) -> bool:
        """Whether it may go on waiting, or has been sent away."""
        with self._lock:
            return connection in self._waiting

    def _send_away_oldest(self) -> None:
        connection = next(iter(self._waiting))
        del self._waiting[connection]
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RD)  # its own thread finds the end, and says why
