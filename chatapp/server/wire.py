"""The bytes of a body, straight from and to the connection's socket.

WSGI gives neither a read that can be given up nor a write that does not wait, and both are needed: a transfer
ends the moment that the room says so.
"""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from io import BufferedReader
from typing import Any

from chatapp.server.readers import Reader

BUFFER_BYTES = 1536 * 1024
"""How much of an upload is taken at once; 1 and 3 MiB cost a tenth and a half more CPU (Linux 6.18, ext4)."""
TURN_SECONDS = 0.25
"""How often who waits looks whether its peer is still there."""
STALLED_SECONDS = 300.0
"""How long a peer may take no byte at all: a browser that pauses a download does that."""
UNSENT_SECONDS = 0.01
"""For how long the system may hold what is not on its way yet: a closed offer cannot call it back,"""
LEAST_UNSENT, MOST_UNSENT = 256 * 1024, 1024 * 1024
"""and how many bytes that are at least, so that no thread is woken for crumbs, and at most."""
PACE_SECONDS = 0.05
"""How often it is looked how fast a connection is."""
LAST_BYTES = 4096
"""How few bytes are kept for the end of a body."""
PARTING_SECONDS = 1.0
"""How long who is refused may go on sending before the connection is cut."""

# Poll takes any socket and needs no descriptor of its own, but Windows has none; there select does for one.
_Selector: type[selectors.BaseSelector] = getattr(selectors, "PollSelector", selectors.SelectSelector)


class PeerLeftError(ConnectionError):
    """The other side is gone, or has not moved for too long."""


def connection_of(environ: dict[str, Any]) -> socket.socket:
    """The socket of a request."""
    connection: socket.socket = environ["werkzeug.socket"]
    return connection


# -- receiving ------------------------------------------------------------------------------------


def pieces(environ: dict[str, Any], length: int, patience: float) -> Iterator[memoryview]:
    """The body of a request, `length` bytes, as they come; an empty piece for each turn without any.

    Raises PeerLeftError when nothing will come any more, or has not for `patience` seconds.
    """
    early = _early(environ, length)
    if early:
        yield memoryview(early)
    connection, missing, came_at = connection_of(environ), length - len(early), time.monotonic()
    buffer = memoryview(bytearray(min(BUFFER_BYTES, missing)))
    with _patience(connection, TURN_SECONDS):
        while missing:
            count = _received(connection, buffer[:missing])
            if count:
                missing, came_at = missing - count, time.monotonic()
            elif time.monotonic() - came_at > patience:
                raise PeerLeftError("the body does not go on")
            yield buffer[:count]


def _early(environ: dict[str, Any], length: int) -> bytes:
    """What was read together with the request's head; waits for nothing."""
    source: BufferedReader = environ["wsgi.input"]
    try:
        with _patience(connection_of(environ), 0):
            return source.read(min(len(source.peek()), length))
    except OSError as error:
        raise PeerLeftError("the connection broke") from error


def _received(connection: socket.socket, buffer: memoryview) -> int:
    """How many bytes came, 0 when none did in a turn; raises PeerLeftError."""
    try:
        count = connection.recv_into(buffer)
    except TimeoutError:
        return 0
    except OSError as error:
        raise PeerLeftError("the connection broke") from error
    if count == 0:
        raise PeerLeftError("the body was cut")
    return count


def part(connection: socket.socket) -> None:
    """Let a peer that still sends see the answer: end our side, take what comes for a moment, then no more.

    Closed at once, the connection would be reset, and the answer lost (RFC 9112 section 9.6).
    """
    try:
        connection.shutdown(socket.SHUT_WR)
        _take_for_a_moment(connection)
        connection.shutdown(socket.SHUT_RD)
    except OSError:
        return


def _take_for_a_moment(connection: socket.socket) -> None:
    deadline = time.monotonic() + PARTING_SECONDS
    with _patience(connection, TURN_SECONDS):
        while time.monotonic() < deadline:
            try:
                if not connection.recv(64 * 1024):
                    return
            except TimeoutError:
                continue


# -- sending --------------------------------------------------------------------------------------


def await_bytes(
    connection: socket.socket,
    reader: Reader,
    position: int,
    patience: float,
    waited: Callable[[int], None] = lambda _position: None,
) -> int:
    """How far the file can be read, once that is beyond `position`; `waited` is called after each turn in vain.

    Raises Over, PeerLeftError.
    """
    deadline = time.monotonic() + patience
    while True:
        visible = reader.wait_beyond(position, TURN_SECONDS)
        if visible > position:
            return visible
        if _has_left(connection):
            raise PeerLeftError("the receiver left")
        waited(position)
        if time.monotonic() >= deadline:
            raise PeerLeftError("nothing more came from the sender")


def send_body(
    connection: socket.socket,
    reader: Reader,
    span: range,
    patience: float,
    moved: Callable[[int], None],
    ending: Callable[[], AbstractContextManager[None]],
) -> None:
    """Write the bytes of a span as they arrive, and call `moved` with each position, again while it stays.

    The last few go inside of `ending`, each time that they are tried. Raises Over, PeerLeftError and other OSErrors
    of the connection, Lost.
    """
    backlog = Backlog(connection)
    position, known = span.start, 0
    with _patience(connection, 0):
        while position < span.stop:
            if known <= position:
                known = await_bytes(connection, reader, position, patience, moved)
            last = max(span.start, span.stop - LAST_BYTES)
            with ending() if position >= last else nullcontext():
                stop = span.stop if position >= last else last
                count = reader.send(connection, position, min(known, stop))
                position += count
                moved(position)
            if not count:
                _await_room(connection, reader)
                backlog.fit(position - span.start)
                moved(position)


def send_data(connection: socket.socket, reader: Reader, data: memoryview) -> None:
    """Write what was made of a reader's file, all of it; raises Over, PeerLeftError and other OSErrors."""
    with _patience(connection, 0):
        while data:
            count = reader.pass_on(connection, data)
            data = data[count:]
            if not count:
                _await_room(connection, reader)


def _await_room(connection: socket.socket, reader: Reader) -> None:
    """Wait a turn until the peer takes bytes; raises PeerLeftError when it has not for too long."""
    with _Selector() as selector:
        selector.register(connection, selectors.EVENT_WRITE)
        selector.select(TURN_SECONDS)
    since = reader.blocked_since
    if since is not None and time.monotonic() - since > STALLED_SECONDS:
        raise PeerLeftError("the receiver takes nothing")


def _has_left(connection: socket.socket) -> bool:
    with _patience(connection, 0):
        try:
            return not connection.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except ConnectionError:
            return True


class Backlog:
    """Bounds what the system holds of a connection that is not on its way yet, by how fast it is."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._gone, self._looked_at = 0, time.monotonic()
        self._bytes = 0
        self._hold(LEAST_UNSENT)

    def fit(self, gone: int) -> None:
        """So many bytes have been handed over since the beginning."""
        seconds = time.monotonic() - self._looked_at
        if seconds >= PACE_SECONDS:
            self._hold(int((gone - self._gone) / seconds * UNSENT_SECONDS))
            self._gone, self._looked_at = gone, self._looked_at + seconds

    def _hold(self, count: int) -> None:
        # In steps of two times: so little changes that the system is hardly ever told.
        fitting = 1 << (min(max(count, LEAST_UNSENT), MOST_UNSENT) - 1).bit_length()
        option = getattr(socket, "TCP_NOTSENT_LOWAT", None)
        if option is not None and fitting != self._bytes:
            self._connection.setsockopt(socket.IPPROTO_TCP, option, fitting)
        self._bytes = fitting


@contextmanager
def _patience(connection: socket.socket, seconds: float) -> Iterator[None]:
    """How long the socket waits, for a while; 0: not at all."""
    before = connection.gettimeout()
    connection.settimeout(seconds)
    try:
        yield
    finally:
        connection.settimeout(before)
