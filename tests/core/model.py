"""What the room should be, kept in the simplest way and without the room's code; people go by their key."""

from __future__ import annotations

from dataclasses import dataclass, field

from msgspec import UNSET

from chatapp.core.offers import Act
from chatapp.protocol import FailedWhy, LedgerState, OfferState, RecipientState
from tests.core.diagram import DIAGRAM

WAITING = ("accepted", "receiving")
CONSENTED = ("accepted", "receiving", "received")
FORGETTING = ("declined", "failed", "gone")


@dataclass
class Given:
    """An offer: who said what to it, and every single byte that each person got."""

    by: str
    sizes: tuple[int, ...]
    expires_at: int
    state: OfferState = "open"
    states: dict[str, RecipientState] = field(default_factory=dict)
    got: dict[str, set[tuple[int, int]]] = field(default_factory=dict)
    whole: set[int] = field(default_factory=set)
    why: dict[str, FailedWhy] = field(default_factory=dict)

    def of(self, person: str) -> RecipientState:
        return self.states.get(person, "pending")

    def act(self, person: str, act: Act, why: FailedWhy | None = None) -> bool:
        """Move along the diagram; False when it has no such way."""
        state = DIAGRAM[self.of(person)].get(act)
        if state is None:
            return False
        self.states[person] = state
        self.why.pop(person, None)
        if why is not None:
            self.why[person] = why
        if state in FORGETTING:
            self.got.pop(person, None)
        return True

    @property
    def moves(self) -> bool:
        """Bytes may move: while it is open, and when it is expired for those who are receiving."""
        return self.state == "open" or (self.state == "expired" and "receiving" in self.states.values())

    def goes_on_for(self, person: str) -> bool:
        """This person was receiving when it expired, and still is."""
        return self.state == "expired" and self.of(person) == "receiving"

    @property
    def wanted(self) -> bool:
        """Somebody waits for bytes that are not all here."""
        waits = any(state in WAITING for state in self.states.values())
        return self.moves and waits and len(self.whole) < len(self.sizes)

    def get(self, person: str, file: int, start: int, stop: int) -> None:
        """Bytes reach somebody who is receiving; the last one makes it received."""
        # -1 stands for having been asked for at all: what an empty file is received by.
        got = self.got.setdefault(person, set())
        got |= {(file, byte) for byte in (-1, *range(start, stop))}
        if all(self._all_of(number) <= got for number in range(len(self.sizes))):
            self.act(person, "finish")

    def _all_of(self, file: int) -> set[tuple[int, int]]:
        return {(file, byte) for byte in (-1, *range(self.sizes[file]))}

    def restarts(self) -> None:
        """Files that are whole for somebody are remembered, parts of one are not."""
        whole = [self._all_of(file) for file in range(len(self.sizes))]
        self.got = {
            person: set().union(*(file for file in whole if file <= got))
            for person, got in self.got.items()
            if self.of(person) == "receiving"
        }
        self.why.clear()

    def count(self, person: str) -> int:
        """How many bytes of it the ledger should show."""
        if self.of(person) == "received":
            return sum(self.sizes)
        return sum(byte >= 0 for _, byte in self.got.get(person, ()))


@dataclass
class Model:
    """Seats, names, notices and offers as they should be."""

    grace: int
    held: dict[str, str] = field(default_factory=dict)
    away: dict[str, int] = field(default_factory=dict)
    known: list[str] = field(default_factory=list)
    """Everybody who was ever in, in the order of their first coming."""
    removed: set[str] = field(default_factory=set)
    locked: bool = False
    offers: dict[str, Given] = field(default_factory=dict)
    log: list[tuple[str, str]] = field(default_factory=list)
    """(kind, person) of each entry."""
    answers: dict[tuple[str, str], list[int | str]] = field(default_factory=dict)
    """(person, outbox) -> what mid 1, 2, 3, ... was answered."""

    def sits_down(self, person: str, name: str) -> list[Given]:
        """A seat is taken (again); the offers that are pending again for who had gone."""
        self.held[person] = name
        if person not in self.known:
            self.known.append(person)
        self.log.append(("joined", person))
        return [offer for offer in self.offers.values() if offer.state == "open" and offer.act(person, "come")]

    def vacates(self, person: str, kind: str) -> None:
        """A seat is free: own offers close, and all consent of this person ends."""
        del self.held[person]
        self.away.pop(person, None)
        self.log.append((kind, person))
        for offer in self.offers.values():
            if offer.by == person and offer.state == "open":
                offer.state = "sender-left"
            elif offer.by == person and offer.moves:
                for receiver in list(offer.states):
                    offer.act(receiver, "lose")
            elif offer.moves:
                offer.act(person, "go")

    def passes(self, now: int, until: int) -> None:
        """Seats and offers run out, each at its time."""
        while (moment := min(self._deadlines(), default=until + 1)) <= until:
            now = max(now, moment)
            for person, since in sorted(self.away.items(), key=self._order):
                if since + self.grace <= now:
                    self.vacates(person, "left")
            for offer in self.offers.values():
                if offer.state == "open" and offer.expires_at <= now:
                    offer.state = "expired"

    def _order(self, away: tuple[str, int]) -> tuple[int, int]:
        person, since = away
        return since, self.known.index(person)

    def _deadlines(self) -> list[int]:
        seats = [since + self.grace for since in self.away.values()]
        return seats + [offer.expires_at for offer in self.offers.values() if offer.state == "open"]

    def restarts(self, now: int) -> None:
        """All seats are offline from now on, and what was only in memory is forgotten."""
        self.away = dict.fromkeys(self.held, now)
        for offer in self.offers.values():
            offer.restarts()

    def may_receive(self, offer: str, person: str) -> bool:
        """Consent: a yes that was not taken back, from somebody who is here, to an offer that stands."""
        given = self.offers[offer]
        if person not in self.held or person == given.by:
            return False
        state = given.of(person)
        return state in CONSENTED if given.state == "open" else given.moves and state == "receiving"

    def ledger(self, offer: str) -> dict[str, LedgerState]:
        """What the sender should read: everybody who is here, and who was when it was offered."""
        given = self.offers[offer]
        people = ({*self.held} | {*given.states}) - {given.by}
        return {
            person: LedgerState(given.of(person), given.count(person), given.why.get(person, UNSET))
            for person in people
        }
