"""One thread sends to all sockets: what is for everyone is kept once, and each socket knows how far it has come.

    broadcast(frame) ---> stream  f1 f2 f3 f4 f5       one list for all
                                        ^     ^
    A has been sent up to here ---------'     |        who stand at one place get the same joined bytes, in one send
    B has been sent up to here ---------------'
    push(B, frame) -----> B's own (after f5: ack)      for B alone, at its place in the stream

A broadcast is one append, whoever listens; what gathers meanwhile leaves in one send; a thousand sockets that do not
read hold the same bytes, once. Who is more than MOST_BEHIND behind is cut: its client comes back and asks for the rest.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from socket import SHUT_RDWR, SHUT_WR, socket

from chatapp.server.nonblocking import Readiness, send
from chatapp.server.outbox import CHUNK_BYTES, Outbox, Stream
from chatapp.server.pace import Pace

log = logging.getLogger(__name__)
MOST_BEHIND = 8 * 2**20
"""How many bytes a socket may be owed."""
BULKY_BYTES = 64 * 1024
"""Who is owed more for itself alone, as a picture, lets the others go first."""
PINGED_TOGETHER = 0.25
"""How far apart pings may be due that go out together."""
STALLED_SECONDS = 20.0
"""How long a socket may take no byte: who answers pings but never reads would stay for ever."""


class Fanout:
    """All outboxes, and the thread that empties them."""

    def __init__(self, ping: bytes, ping_seconds: float) -> None:
        self._ping, self._ping_seconds = ping, ping_seconds
        self._lock = threading.Lock()
        """Held by whoever adds, so that there is one order for all; never while anything is sent."""
        self._sending = threading.Lock()
        """Held by the writer while it may touch a socket."""
        self._stream = Stream()
        self._told = 0
        self._sockets: dict[Outbox, socket] = {}
        self._followers: dict[Outbox, None] = {}
        self._groups: dict[str, dict[Outbox, None]] = {}
        self._dirty: dict[Outbox, None] = {}
        self._slow: dict[Outbox, None] = {}
        self._pings: deque[tuple[float, Outbox]] = deque()
        self._readiness = Readiness()
        self._asleep = self._stopped = False
        self._pace = Pace()
        self._thread = threading.Thread(target=self._run, name="fan-out", daemon=True)
        self._thread.start()

    # -- any thread -------------------------------------------------------------------------------

    def attach(self, outbox: Outbox, connection: socket) -> None:
        """Send what this outbox is owed to this socket, until `let_go`."""
        with self._lock:
            self._sockets[outbox] = connection
            self._dirty[outbox] = None
            self._pings.append((time.monotonic() + self._ping_seconds, outbox))
        self._wake()

    def let_go(self, outbox: Outbox) -> None:
        """The socket is its owner's alone from now on; waits while something is being sent."""
        with self._sending, self._lock:
            self._forget(outbox)

    def follow(self, outbox: Outbox) -> None:
        """Owe it what is broadcast from now on."""
        with self._lock:
            if not outbox.closing:
                outbox.follow(self._stream)
                self._followers[outbox] = None

    def enter(self, outbox: Outbox, group: str) -> None:
        """Owe it what is for this group from now on."""
        with self._lock:
            if not outbox.closing and group not in outbox.groups:
                outbox.groups += (group,)
                self._groups.setdefault(group, {})[outbox] = None

    def members(self, group: str | None = None) -> list[Outbox]:
        """Who is in a group, or follows."""
        with self._lock:
            return [*(self._followers if group is None else self._groups.get(group, ()))]

    def broadcast(self, frame: bytes) -> None:
        """Owe a frame to all followers."""
        with self._lock:
            self._stream.add(frame)
        self._wake()

    def push(self, outboxes: Iterable[Outbox], *frame: bytes, last: bool = False) -> None:
        """Owe a frame, or its parts, to some; the last one ends the conversation once all is sent."""
        with self._lock:
            for outbox in outboxes:
                if outbox.closing:
                    continue
                for part in frame:
                    outbox.add(part, self._stream)
                if last:
                    outbox.closing = True
                    self._followers.pop(outbox, None)
                self._dirty[outbox] = None
        self._wake()

    def is_idle(self) -> bool:
        """Whether nothing is on its way."""
        with self._lock:
            return all(outbox.is_empty(self._stream.end) for outbox in self._sockets)

    def stop(self) -> None:
        """End the thread; what was not sent by now is not sent."""
        self._stopped = True
        self._readiness.wake()
        self._thread.join()
        self._readiness.close()

    def _wake(self) -> None:
        if self._asleep:
            self._asleep = False
            self._readiness.wake()

    def _forget(self, outbox: Outbox) -> None:
        connection = self._sockets.pop(outbox, None)
        if outbox.slow and connection is not None:
            self._readiness.unwatch(connection)
        self._slow.pop(outbox, None)
        self._followers.pop(outbox, None)
        self._dirty.pop(outbox, None)
        for group in outbox.groups:
            self._groups[group].pop(outbox, None)
            if not self._groups[group]:
                del self._groups[group]
        outbox.drop()

    # -- the writer's thread ----------------------------------------------------------------------

    def _run(self) -> None:
        while not self._stopped:
            ready = self._readiness.wait(self._pause())
            self._asleep = False
            try:
                with self._sending:
                    self._finish(ready)
                    self._ping_who_is_due()
                    self._send_what_gathered()
            except Exception:
                log.exception("sending failed")

    def _pause(self) -> float | None:
        """How long nothing is to be done: until something gathers, a ping is due, or sending may go on."""
        if self._has_gathered():
            return self._pace.pause
        self._asleep = True
        if self._has_gathered():  # in between, by somebody who did not see that the writer sleeps
            return 0.0
        return max(0.0, self._pings[0][0] - time.monotonic()) if self._pings else None

    def _has_gathered(self) -> bool:
        return bool(self._dirty) or (self._told < self._stream.end and bool(self._followers))

    def _is_due(self) -> bool:
        return self._has_gathered() and not self._pace.pause

    def _send_what_gathered(self) -> None:
        """One round, if it is time: to each that is owed something, in one send what it is owed."""
        if not self._is_due():
            return
        with self._pace.round():
            with self._lock:
                end, outboxes = self._stream.end, self._dirty
                self._dirty = {}
                if self._told < end:
                    outboxes = {**self._followers, **outboxes}
                    self._told = end
            joined: dict[int, tuple[bytes, int]] = {}
            bulky = [outbox for outbox in outboxes if outbox.own_size > BULKY_BYTES]
            for outbox in outboxes.keys() - bulky if bulky else outboxes:
                if not outbox.slow:
                    self._empty(outbox, end, joined)
            self._look_after_the_slow(end, self._send_bulky(bulky, end, joined))

    def _send_bulky(self, bulky: list[Outbox], end: int, joined: dict[int, tuple[bytes, int]]) -> list[Outbox]:
        """To one at least; what gathers meanwhile comes first, and returned is who waits for that."""
        for number, outbox in enumerate(bulky):
            if number and self._has_gathered():
                with self._lock:
                    later = [other for other in bulky[number:] if other in self._sockets]
                    self._dirty.update(dict.fromkeys(later))
                return later
            if not outbox.slow:
                self._empty(outbox, end, joined)
        return []

    def _empty(self, outbox: Outbox, end: int, joined: dict[int, tuple[bytes, int]]) -> None:
        """Send until nothing is left, or the socket takes no more."""
        connection = self._sockets.get(outbox)
        if connection is None:
            return
        try:
            while data := outbox.rest or self._next(outbox, end, joined):
                sent = send(connection, data)
                outbox.rest = memoryview(data)[sent:] if sent < len(data) else None
                if outbox.rest:
                    self._is_slow(outbox, connection, sent)
                    return
        except OSError:
            self._cut(outbox, "the connection broke")
            return
        self._is_through(outbox, connection)

    def _next(self, outbox: Outbox, end: int, joined: dict[int, tuple[bytes, int]]) -> bytes:
        """What is next for one; who stand at the same place of the stream share the joined bytes."""
        place = outbox.place
        if outbox.has_own or outbox.closing or place is None:
            with self._lock:
                return outbox.take(self._stream, end)
        if place >= end:
            return b""
        if place not in joined:
            chunk, _ = self._stream.chunk(place, end, CHUNK_BYTES)
            joined[place] = b"".join(chunk), len(chunk)
        data, frames = joined[place]
        outbox.advance(frames, len(data))
        return data

    def _is_slow(self, outbox: Outbox, connection: socket, sent: int) -> None:
        if sent or not outbox.slow:
            outbox.moved_at = time.monotonic()
        if not outbox.slow:
            outbox.slow = True
            self._slow[outbox] = None
            self._readiness.watch(connection, outbox)

    def _is_through(self, outbox: Outbox, connection: socket) -> None:
        if outbox.slow:
            outbox.slow = False
            del self._slow[outbox]
            self._readiness.unwatch(connection)
        # While it is owed its last frame, that stands at a place which this round does not reach.
        if outbox.closing and not outbox.has_own:
            # The peer reads to the end, and then ends its side; closing both would take from it what is on its way.
            with suppress(OSError):
                connection.shutdown(SHUT_WR)

    def _finish(self, ready: Iterable[Outbox]) -> None:
        """Go on with those who take bytes again, of whom one at least; the others are ready the next time as well."""
        for number, outbox in enumerate(ready):
            if number and self._is_due():
                return
            if outbox.slow:
                self._empty(outbox, self._told, {})

    def _look_after_the_slow(self, end: int, later: list[Outbox]) -> None:
        """Cut who is too far behind, and forget of the stream what neither they need nor who comes later."""
        for outbox in [*self._slow]:
            if outbox.behind(self._stream) > MOST_BEHIND:
                self._cut(outbox, "it is too far behind")
        places = (outbox.place for outbox in (*self._slow, *later) if outbox.place is not None)
        self._stream.forget(min(places, default=end))

    def _ping_who_is_due(self) -> None:
        """Ping everybody once in `ping_seconds`, and cut who gave no sign of life since the last time."""
        now = time.monotonic()
        if not self._pings or self._pings[0][0] > now:
            return
        pinged = []
        while self._pings and self._pings[0][0] <= now + PINGED_TOGETHER:
            _, outbox = self._pings.popleft()
            if outbox in self._sockets and not self._is_dead(outbox, now):
                outbox.heard = False
                pinged.append(outbox)
                self._pings.append((now + self._ping_seconds, outbox))
        self.push(pinged, self._ping)

    def _is_dead(self, outbox: Outbox, now: float) -> bool:
        """Whether it is silent, or takes nothing; then it is cut."""
        silent, stuck = not outbox.heard, outbox.slow and now - outbox.moved_at > STALLED_SECONDS
        if silent or stuck:
            self._cut(outbox, "it is silent" if silent else "it takes nothing")
        return silent or stuck

    def _cut(self, outbox: Outbox, why: str) -> None:
        """End a connection at once; its reader wakes up, and lets go."""
        log.info("a socket is cut: %s", why)
        connection = self._sockets.get(outbox)
        if connection is not None:
            with suppress(OSError):
                connection.shutdown(SHUT_RDWR)
        with self._lock:
            self._forget(outbox)
