"""Who is here: records by id and by token key, names that are taken, and the sockets that speak for each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from chatapp.core.changes import MemberRecord
from chatapp.core.names import name_key
from chatapp.errors import Refused
from chatapp.protocol import COLOURS, Member

COLOUR_STEP = 7
"""Coprime to COLOURS: people who come one after the other get colours that lie far apart."""


class Speaker(NamedTuple):
    """A socket that has joined: for whom it speaks, and which outbox it sends."""

    member: MemberRecord
    outbox: str


class Members:
    """Everybody whom the room knows; a seat is held from the join until the member left or was removed."""

    def __init__(self, records: Iterable[MemberRecord], now: int) -> None:
        self._by_id: dict[str, MemberRecord] = {}
        self._by_key: dict[str, str] = {}
        self._seated: dict[str, str] = {}
        self._sockets: dict[str, tuple[str, str]] = {}
        self._of_member: dict[str, set[str]] = {}
        self._away_since: dict[str, int] = {}
        for record in records:
            self.save(record)
            if record.seat == "held":
                self._away_since[record.id] = now

    def save(self, record: MemberRecord) -> None:
        """Take over a new or changed record."""
        before = self._by_id.get(record.id)
        if before is not None and before.seat == "held":
            self._seated.pop(name_key(before.name), None)
        self._by_id[record.id] = record
        self._by_key[record.key] = record.id
        if record.seat == "held":
            self._seated[name_key(record.name)] = record.id
        else:
            self._away_since.pop(record.id, None)

    def known(self, key: str) -> MemberRecord | None:
        """The member whose token has this key."""
        found = self._by_key.get(key)
        return self._by_id[found] if found is not None else None

    def seated(self, member: str) -> MemberRecord:
        """The member who holds a seat; raises unknown-member."""
        if not self.is_seated(member):
            raise Refused("unknown-member")
        return self._by_id[member]

    def is_seated(self, member: str) -> bool:
        """Whether the member holds a seat."""
        record = self._by_id.get(member)
        return record is not None and record.seat == "held"

    def held(self) -> Iterator[MemberRecord]:
        """Everybody who holds a seat, in the order of their first coming."""
        return (record for record in self._by_id.values() if record.seat == "held")

    @property
    def count(self) -> int:
        """How many seats are held."""
        return len(self._seated)

    def check_free(self, name: str, but: str | None = None) -> None:
        """Raise name-taken when somebody else who holds a seat has the same name."""
        holder = self._seated.get(name_key(name))
        if holder is not None and holder != but:
            raise Refused("name-taken")

    def next_colour(self) -> int:
        """The colour that the fewest of those here have, far from the last one's."""
        used = Counter(record.colour for record in self.held())
        start = len(self._by_id) * COLOUR_STEP
        return min((n % COLOURS for n in range(start, start + COLOURS)), key=lambda colour: used[colour])

    # -- sockets ----------------------------------------------------------------------------------

    def speaker(self, socket: str) -> Speaker:
        """For whom a socket speaks; raises not-joined."""
        if socket not in self._sockets:
            raise Refused("not-joined")
        member, outbox = self._sockets[socket]
        return Speaker(self._by_id[member], outbox)

    def joined(self, socket: str) -> bool:
        """Whether a socket speaks for somebody."""
        return socket in self._sockets

    def sockets(self, member: str) -> frozenset[str]:
        """All sockets that speak for a member."""
        return frozenset(self._of_member.get(member, ()))

    def all_sockets(self) -> frozenset[str]:
        """All sockets that have joined."""
        return frozenset(self._sockets)

    def attach(self, socket: str, member: str, outbox: str) -> bool:
        """Let a socket speak for a member; True when the member was away before."""
        self._sockets[socket] = (member, outbox)
        sockets = self._of_member.setdefault(member, set())
        was_away = not sockets
        sockets.add(socket)
        self._away_since.pop(member, None)
        return was_away

    def detach(self, socket: str, at: int) -> MemberRecord | None:
        """Take a socket's voice; the member when it was its last one, else None."""
        member, _ = self._sockets.pop(socket, (None, ""))
        if member is None:
            return None
        sockets = self._of_member[member]
        sockets.discard(socket)
        if sockets:
            return None
        del self._of_member[member]
        record = self._by_id[member]
        if record.seat == "held":
            self._away_since[member] = at
        return record

    def away_since(self) -> dict[str, int]:
        """Everybody who holds a seat without a socket, and since when."""
        return dict(self._away_since)

    def seen(self, record: MemberRecord) -> Member:
        """The member as everybody sees it."""
        return Member(record.id, record.name, record.colour, record.id in self._of_member, record.host)
