"""Sockets of which one thread reads while another sends without ever waiting, on each system.

Linux and macOS: the socket blocks, so its reader sleeps in recv(), and MSG_DONTWAIT makes a send that does not wait.
Windows has no such flag: the socket does not block, and its reader sleeps in select() on it alone.
"""

from __future__ import annotations

import selectors
import socket
import sys
from contextlib import suppress
from select import select
from typing import Any

if sys.platform == "linux":
    from select import POLLRDHUP, poll

DONT_WAIT: int = getattr(socket, "MSG_DONTWAIT", 0)
"""0 is the way of Windows, which works everywhere."""
UNSENT_BYTES = 256 * 1024
"""How much the system holds that is not on its way yet: what is slow should be seen here, where it is bounded."""
SELECT_HOLDS = 500
"""select(), all that Windows has, holds 512 sockets at most; the others are tried now and then."""
NOW_AND_THEN = 0.05


def prepare(connection: socket.socket) -> None:
    """Make a socket fit for `send` and `receive`."""
    # With a time-out Python's socket would not block, and a send might stop in the middle of a frame.
    connection.settimeout(None if DONT_WAIT else 0.0)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if hasattr(socket, "TCP_NOTSENT_LOWAT"):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)


def send(connection: socket.socket, data: bytes | memoryview) -> int:
    """How many bytes the system took, without waiting; raises OSError when the connection is over."""
    try:
        return connection.send(data, DONT_WAIT)
    except BlockingIOError:
        return 0


def receive(connection: socket.socket, most: int) -> bytes:
    """Wait for bytes; none when they end. Raises OSError when the connection breaks."""
    while True:
        if not DONT_WAIT:
            select([connection], [], [])
        with suppress(BlockingIOError):
            return connection.recv(most)


def has_left(connection: socket.socket) -> bool:
    """Whether the peer has ended it although there is still something to read; Linux alone can tell."""
    if sys.platform != "linux":
        return False
    look = poll()
    look.register(connection, POLLRDHUP)
    return bool(look.poll(0))


class Readiness:
    """Which of some sockets take bytes again; one thread waits, any other may wake it."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector() if DONT_WAIT else selectors.SelectSelector()
        self._unwatched: dict[socket.socket, Any] = {}
        self._bell, self._ringer = socket.socketpair()
        self._bell.setblocking(False)
        self._ringer.setblocking(False)
        self._selector.register(self._bell, selectors.EVENT_READ, None)

    def wake(self) -> None:
        """End the wait that is going on, or else the next one."""
        with suppress(OSError):  # so many rings wait already, or it is over
            self._ringer.send(b"!")

    def watch(self, connection: socket.socket, what: Any) -> None:
        """Return `what` when this socket takes bytes."""
        if not DONT_WAIT and len(self._selector.get_map()) >= SELECT_HOLDS:
            self._unwatched[connection] = what
        else:
            self._selector.register(connection, selectors.EVENT_WRITE, what)

    def unwatch(self, connection: socket.socket) -> None:
        """Care no more for this socket."""
        if self._unwatched.pop(connection, None) is None:
            with suppress(KeyError, ValueError):
                self._selector.unregister(connection)

    def wait(self, seconds: float | None) -> list[Any]:
        """What was given with each socket that may take bytes now, after at most some seconds."""
        if self._unwatched:
            seconds = NOW_AND_THEN if seconds is None else min(seconds, NOW_AND_THEN)
        try:
            found = self._selector.select(seconds)
        except OSError:  # one that was watched is closed: select() says so, and by now it is not watched any more
            found = []
        ready = [key.data for key, _ in found if key.data is not None]
        if len(ready) < len(found):
            with suppress(OSError):
                self._bell.recv(4096)
        return [*ready, *self._unwatched.values()]

    def close(self) -> None:
        """Give back what the system gave."""
        self._selector.close()
        self._bell.close()
        self._ringer.close()
