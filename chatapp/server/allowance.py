"""What one client may send: so many frames a second, each message in time, and large ones with few others.

Who sends too much is read more slowly, so that TCP makes it wait, and its acknowledgements still come; who goes on all
the same is closed. A client that keeps to the room's limits never comes near any of this.
"""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, nullcontext
from socket import socket
from threading import BoundedSemaphore, Lock

from wsproto.frame_protocol import CloseReason

from chatapp.server.frames import Farewell, close
from chatapp.server.nonblocking import has_left
from chatapp.server.outbox import Outbox

FRAMES_A_SECOND = 200
FRAMES_AT_ONCE = 400
READ_A_SECOND = 400
READ_AT_ONCE = 8
"""However many it may send, beyond a few they are read one by one: what the others say comes in between."""
OVERDRAWN_SECONDS = 10.0
"""How long somebody may go on sending more than that."""
OPENING_SECONDS = 15.0
"""From the WebSocket to Socket.IO's namespace, which a library opens at once."""
MESSAGE_SECONDS = 20.0
"""From a message's first byte to its last: a picture of 2 MiB at 1.1 Mbit/s, the usual one of 300 KB at 0.16."""
LARGE_BYTES = 16 * 1024
LARGE_AT_ONCE = 4
"""How many unfinished messages may be longer than that; each may take `frame_bytes`."""
HURRY_SECONDS = 5.0
"""How long a large message may take while others wait for its place."""
ALONE_BYTES = 256 * 1024
"""A message of so much is read by itself: that takes some copies of it for a moment."""
OWED_BYTES = 256 * 1024
"""Who is owed so much of answers gets no more until it has read of them."""
SLOW_SECONDS = 5.0
"""Who takes no byte of them for so long is as good as silent."""
TURN_SECONDS = 0.02


class Large:
    """What large messages need, and all clients of one server share."""

    def __init__(self) -> None:
        self.places = BoundedSemaphore(LARGE_AT_ONCE)
        self.alone = Lock()
        self.wanted_at = 0.0
        """When somebody last waited for a place."""


class Allowance:
    """That of one client. Each method may wait; raises Farewell with 1008 (it went too far), or that it left."""

    __slots__ = (
        "_at",
        "_begun_at",
        "_came_at",
        "_connection",
        "_is_large",
        "_kept_at",
        "_large",
        "_level",
        "_outbox",
        "_ready",
    )

    def __init__(self, connection: socket, outbox: Outbox, large: Large) -> None:
        self._connection, self._outbox, self._large = connection, outbox, large
        self._is_large = False
        self._level, self._ready = float(FRAMES_AT_ONCE), float(READ_AT_ONCE)
        self._at = time.monotonic()
        self._came_at = self._kept_at = self._at
        self._begun_at: float | None = None

    def take_frame(self) -> None:
        """One more frame of any kind; waits when many came, or when too much is unread."""
        now = time.monotonic()
        passed, self._at = now - self._at, now
        self._level = min(FRAMES_AT_ONCE, self._level + passed * FRAMES_A_SECOND) - 1
        self._ready = min(READ_AT_ONCE, self._ready + passed * READ_A_SECOND) - 1
        if self._level > FRAMES_AT_ONCE / 4:
            self._kept_at = now
        elif now - self._kept_at > OVERDRAWN_SECONDS:
            raise _too_far()
        seconds = max(-self._level / FRAMES_A_SECOND, -self._ready / READ_A_SECOND)
        if seconds > 0:
            self._outbox.heard = True  # it is the server that does not listen
            self._wait(seconds)
        while self._outbox.own_size > OWED_BYTES and not self._outbox.closing:
            self._outbox.heard = time.monotonic() - self._outbox.moved_at < SLOW_SECONDS
            self._wait(TURN_SECONDS)

    def have_begun(self, size: int) -> None:
        """So many bytes of a message are there that is not finished; waits while too many others are large."""
        if not size:
            self.end()
            return
        if self._begun_at is None:
            self._begun_at = time.monotonic()
        if size > LARGE_BYTES and not self._is_large:
            self._await_place()
        is_in_a_hurry = self._is_large and time.monotonic() - self._large.wanted_at < 10 * TURN_SECONDS
        self._check_time(HURRY_SECONDS if is_in_a_hurry else MESSAGE_SECONDS)

    def _await_place(self) -> None:
        while not self._outbox.closing:
            if self._large.places.acquire(blocking=False):
                self._is_large, self._begun_at = True, time.monotonic()
                return
            self._large.wanted_at = time.monotonic()
            self._check_time(MESSAGE_SECONDS)
            self._wait(TURN_SECONDS)

    def check_opening(self) -> None:
        """It has not opened its namespace yet."""
        if time.monotonic() - self._came_at > OPENING_SECONDS:
            raise _too_far()

    def turn_for(self, message: str) -> AbstractContextManager[object]:
        """Hold this while a message is read."""
        return self._large.alone if len(message) > ALONE_BYTES else nullcontext()

    def end(self) -> None:
        """No message is unfinished."""
        self._begun_at = None
        if self._is_large:
            self._is_large = False
            self._large.places.release()

    def _check_time(self, seconds: float) -> None:
        self._outbox.heard = True
        if self._begun_at is not None and time.monotonic() - self._begun_at > seconds:
            raise _too_far()

    def _wait(self, seconds: float) -> None:
        if has_left(self._connection):
            raise ConnectionError("it left, and much of it is unread")
        time.sleep(seconds)


def _too_far() -> Farewell:
    return Farewell(CloseReason.POLICY_VIOLATION, close(CloseReason.POLICY_VIOLATION))
