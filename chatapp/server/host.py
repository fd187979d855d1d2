"""The host: a lock, a clock, fresh ids and an outbox around one Room; the only owner of it.

A command: decide (core) -> commit (store) -> apply (core) -> acknowledge -> deliver, all in one turn of the lock, so
that everybody sees one order (delivered outside, members saw different orders in 3 of 3 runs).
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Protocol

from chatapp.core.changes import Change, Decision, Durable
from chatapp.core.room import Room
from chatapp.core.state import Delivery, HangUp, Rules, Telling
from chatapp.errors import Refused
from chatapp.protocol import RoomClosed
from chatapp.server.progress import Progress
from chatapp.server.store import Store
from chatapp.server.tickets import Tickets

log = logging.getLogger(__name__)
TICK_SECONDS = 0.2
"""How late a seat or an offer may run out, and a transfer's progress be told."""
AT_ONE_TICK = 8
"""How many seats and offers may run out in one turn, each with its commit: a whole school that goes stops nobody."""
BREATH_SECONDS = 0.01
"""How long the others then have the room."""


def digest(token: str) -> str:
    """The key of a token: what the log keeps in its place."""
    return hashlib.sha256(token.encode()).hexdigest()


def fresh_id() -> str:
    """An id that nobody can guess."""
    return secrets.token_urlsafe(12)


def milliseconds() -> int:
    """The server's clock: milliseconds since the Unix epoch."""
    return time.time_ns() // 1_000_000


class Wires(Protocol):
    """What the host needs of a transport; it sends without waiting, so it may be called in a turn."""

    def address(self, socket: str) -> str:
        """The network address of a socket's other end."""

    def enter(self, socket: str, group: str) -> None:
        """From now on the socket gets what is for everyone and for this group."""

    def tell(self, event: str, payload: object, group: str | None, but: Iterable[str]) -> None:
        """Send an event to a group, or to everyone who has entered."""

    def hang_up(self, socket: str, *, for_good: bool) -> None:
        """Close a socket after what was sent before; a client does not come back by itself when it is for good."""

    def is_idle(self) -> bool:
        """Whether all that was sent is on its way."""

    def stop(self) -> None:
        """Send nothing any more."""


class Host:
    """One room at work: decisions become true, durable and known in one order."""

    def __init__(self, store: Store, rules: Rules, transport: Wires) -> None:
        snapshot = store.load()
        self.store, self.transport = store, transport
        self.tickets = Tickets(snapshot.secret)
        self.room = Room(snapshot, rules, self.tickets, milliseconds())
        self.closed = threading.Event()
        """Set when the host member has closed the room for good."""
        self._watchers: list[Callable[[Change], None]] = []
        self._lock = threading.RLock()
        self._depth = 0
        self._outbox: deque[Telling] = deque()
        self._progress = Progress()
        self._stopped = threading.Event()

    def watch(self, watcher: Callable[[Change], None]) -> None:
        """Call `watcher` with every change, right after it was applied, in its turn."""
        self._watchers.append(watcher)

    # -- turns ------------------------------------------------------------------------------------

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold the room; the outermost turn delivers at its end what was to be told.

        Re-entrant: a delivery may find a dead socket, whose disconnect handler comes back on this very thread.
        """
        with self._lock:
            self._depth += 1
            try:
                yield
                if self._depth == 1:
                    self._deliver()
            finally:
                self._depth -= 1

    def carry_out(self, decision: Decision) -> object:
        """Commit and apply a decision, then acknowledge it; raises storage-full, and then nothing has changed."""
        self.change(decision.changes)
        return decision.reply()

    def change(self, changes: Iterable[Change]) -> None:
        """Commit changes, apply them, and note what is to be told; raises storage-full."""
        changes = tuple(changes)
        durable = [change for change in changes if isinstance(change, Durable)]
        if durable:
            self.store.commit(durable)
        for change in changes:
            tellings = self.room.apply(change)
            self._outbox.extend(self._progress.now(change, tellings, milliseconds()))
            for watcher in self._watchers:
                watcher(change)

    def _deliver(self) -> None:
        hang_ups: list[HangUp] = []
        while self._outbox:
            telling = self._outbox.popleft()
            if isinstance(telling, HangUp):
                hang_ups.append(telling)
            else:
                self.transport.tell(telling.event, telling.payload, telling.to, telling.but)
        for hang_up in hang_ups:
            for socket in hang_up.sockets:
                self.transport.hang_up(socket, for_good=hang_up.for_good)

    def tell(self, telling: Telling) -> None:
        """Note what is to be told at the end of this turn."""
        self._outbox.append(telling)

    # -- connections and time ---------------------------------------------------------------------

    def lost(self, socket: str) -> None:
        """A socket is gone."""
        with self.turn():
            self.change(self.room.lost(socket, milliseconds()))

    def keep_time(self) -> None:
        """Let seats and offers run out, in a thread of its own, until the host stops."""
        threading.Thread(target=self._tick, name="clock", daemon=True).start()

    def _tick(self) -> None:
        pause = TICK_SECONDS
        while not self._stopped.wait(pause):
            pause = TICK_SECONDS
            try:
                with self.turn():
                    self._outbox.extend(self._progress.due(milliseconds()))
                    self._let_run_out(milliseconds())
                    pause = BREATH_SECONDS if self._is_due(milliseconds()) else TICK_SECONDS
            except Refused as refused:
                log.warning("what ran out could not be noted: %s", refused.code)
            except Exception:
                log.exception("the clock failed")

    def _let_run_out(self, now: int) -> None:
        for _ in range(AT_ONE_TICK):
            if not self._is_due(now):
                return
            self.change(self.room.due(now, fresh_id()))

    def _is_due(self, now: int) -> bool:
        deadline = self.room.next_deadline()
        return deadline is not None and deadline <= now

    # -- the end ----------------------------------------------------------------------------------

    def end(self, reason: RoomClosed) -> None:
        """Tell everybody that the room ends, and close every socket; "closed" is for good, "stopping" is not."""
        if self._stopped.is_set():
            return
        self._stopped.set()
        with self.turn():
            self.tell(Delivery("room-closed", reason))
            sockets = self.room.members.all_sockets()
            self.tell(HangUp(sockets, for_good=reason.reason == "closed"))
        if reason.reason == "closed":
            self.closed.set()
