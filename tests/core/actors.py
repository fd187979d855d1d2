"""A play for the core: a room, a clock of plain ints, a disk that can be full, and people with verbs."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from msgspec import UNSET, UnsetType

from chatapp.core.changes import Change, Decision, Durable, FileUploaded
from chatapp.core.room import Room
from chatapp.core.state import Delivery, HangUp, Rules, Telling
from chatapp.errors import Refused
from chatapp.protocol import Limits, Welcome
from tests.core.disk import Disk, DiskFull
from tests.core.people import Person, Tab

HOST_KEY = "key-of-the-host"
OPENED_AT = 1_700_000_000_000
GRACE = 60_000
OFFER_TTL = 3_600_000


class Tickets:
    """Paths that can be read: /downloads/OFFER.FILE.MEMBER/NAME."""

    def upload(self, offer: str, file: int, member: str) -> str:
        return f"/uploads/{offer}.{file}.{member}"

    def download(self, offer: str, file: int, member: str, name: str) -> str:
        return f"/downloads/{offer}.{file}.{member}/{name}"

    def zip(self, offer: str, member: str, name: str) -> str:
        return f"/downloads/{offer}.all.{member}/{name}"


class Play:
    """One room and all in it: decide, commit, apply, acknowledge, deliver, as the server's host does."""

    def __init__(
        self, *, grace: int = GRACE, offer_ttl: int = OFFER_TTL, limits: Limits | None = None, quota: int = 10**12
    ) -> None:
        self.now = OPENED_AT
        self.disk = Disk()
        self.rules = Rules(limits or Limits(), grace, offer_ttl, HOST_KEY, quota)
        self.tabs: dict[str, Tab] = {}
        """The sockets whose connection stands and that have joined."""
        self._outbox: list[Telling] = []
        self._spool: set[tuple[str, int]] = set()
        self._numbers = itertools.count(1)
        self.room = self._opened()

    def _opened(self) -> Room:
        room = Room(self.disk.snapshot(), self.rules, Tickets(), self.now)
        room.free_bytes = 10**12
        return room

    def fresh(self, what: str) -> str:
        """An id that nobody has yet."""
        return f"{what}-{next(self._numbers):05}"

    # -- people -----------------------------------------------------------------------------------

    def person(self, name: str) -> Person:
        """Somebody with a token of their own, who stands outside."""
        return Person(self, name, self.fresh("key"))

    def host(self, name: str = "선생님") -> Person:
        """Whoever has the host's token; stands outside."""
        return Person(self, name, HOST_KEY)

    def enters(self, name: str, *, pin: str | UnsetType = UNSET) -> Person:
        """Somebody new comes in."""
        person = self.person(name)
        person.joins(pin=pin)
        return person

    def opens(self, name: str = "선생님") -> Person:
        """The host comes in."""
        person = self.host(name)
        person.joins()
        return person

    # -- a turn -----------------------------------------------------------------------------------

    def change(self, changes: Iterable[Change]) -> None:
        """Commit, then apply; raises storage-full, and then nothing has changed."""
        changes = tuple(changes)
        durable = [change for change in changes if isinstance(change, Durable)]
        if durable:
            self.disk.commit(durable)
        for change in changes:
            self._outbox.extend(self.room.apply(change))
            if isinstance(change, FileUploaded):
                (self._spool.add if change.whole else self._spool.discard)((change.offer, change.file))

    def carry_out(self, decision: Decision) -> Any:
        """One turn: the acknowledgement is made before anything is delivered."""
        self.change(decision.changes)
        try:
            return decision.reply()
        finally:
            self.deliver()

    def deliver(self) -> None:
        """Tell what is to be told in its order, then hang up."""
        hung_up: list[str] = []
        for telling in self._outbox:
            if isinstance(telling, HangUp):
                hung_up.extend(telling.sockets)
            else:
                self._tell(telling)
        self._outbox.clear()
        for socket in hung_up:
            self.hang_up(socket)

    def tell(self, telling: Telling) -> None:
        """A turn in which nothing changes but something is told."""
        self._outbox.append(telling)
        self.deliver()

    def _tell(self, delivery: Delivery) -> None:
        for tab in self.tabs.values():
            if delivery.to in (None, tab.member) and tab.id not in delivery.but:
                tab.hear(delivery)

    def hang_up(self, socket: str) -> None:
        """The connection ends."""
        tab = self.tabs.pop(socket, None)
        if tab is not None:
            tab.person.tabs.remove(tab)

    def welcome(self, tab: Tab, changes: Iterable[Change], since: int | None) -> Welcome:
        """A turn that is a join: the socket hears everything from its acknowledgement on."""
        self.change(changes)
        member, outbox = self.room.speaker(tab.id)
        tab.member = member.id
        self.tabs[tab.id] = tab
        welcome = Welcome(
            you=self.room.members.seen(member),
            room=self.room.seen(),
            members=self.room.members_seen(),
            entries=self.disk.page(since, self.rules.limits.page_entries),
            offers=self.room.offers_seen(member.id),
            last_mid=self.room.log.outbox(member.id, outbox).last,
        )
        tab.take_over(welcome)
        self.deliver()
        return welcome

    # -- time, and the end of the process ---------------------------------------------------------

    def passes(self, milliseconds: int) -> None:
        """Time goes by: what runs out does so at its deadline; what cannot be written is tried again."""
        end = self.now + milliseconds
        while (deadline := self.room.next_deadline()) is not None and deadline <= end:
            self.now = max(self.now, deadline)
            changes = self.room.due(self.now, self.fresh("entry"))
            assert changes, "a deadline has come, and nothing is due: the clock would spin for ever"
            with suppress(DiskFull):
                self.change(changes)
            self.deliver()
        self.now = end

    def restarts(self) -> None:
        """The process dies and comes again: only what is on disk and in the spool is left."""
        for socket in list(self.tabs):
            self.hang_up(socket)
        self.room = self._opened()
        for offer, file in sorted(self._spool):
            self.change(self.room.uploaded(offer, file))
        self.deliver()


@contextmanager
def refused(code: str, **details: str | int) -> Iterator[None]:
    """What is done inside is refused with this code (and says at least these details)."""
    with pytest.raises(Refused) as caught:
        yield
    assert (caught.value.code, details) == (code, {name: caught.value.details.get(name) for name in details})
