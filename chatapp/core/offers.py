"""One offer to many: a table of what each recipient may do next, and whose bytes may flow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Literal, Protocol

from msgspec import UNSET
from msgspec.structs import replace

from chatapp.core.changes import BytesDelivered, FileHashed, FileReceived, OfferRecord, RecipientSaved
from chatapp.core.ranges import Ranges
from chatapp.core.zips import SEVERAL, zip_name
from chatapp.errors import Refused
from chatapp.protocol import FailedWhy, FileUrl, LedgerState, Offer, OfferState, RecipientState

Act = Literal["accept", "decline", "start", "finish", "lose", "go", "come"]
Ending = Literal["withdraw", "expire", "forsake"]

TRANSITIONS: dict[tuple[RecipientState, Act], RecipientState] = {
    ("pending", "accept"): "accepted",
    ("declined", "accept"): "accepted",
    ("failed", "accept"): "accepted",
    ("pending", "decline"): "declined",
    ("accepted", "decline"): "declined",
    ("receiving", "decline"): "declined",
    ("accepted", "start"): "receiving",
    ("receiving", "finish"): "received",
    ("accepted", "lose"): "failed",
    ("receiving", "lose"): "failed",
    ("pending", "go"): "gone",
    ("accepted", "go"): "gone",
    ("declined", "go"): "gone",
    ("receiving", "go"): "gone",
    ("failed", "go"): "gone",
    ("gone", "come"): "pending",
}
"""What a recipient's act makes of its state; an act that is not here changes nothing."""

ENDINGS: dict[tuple[OfferState, Ending], OfferState] = {
    ("open", "withdraw"): "withdrawn",
    ("open", "expire"): "expired",
    ("open", "forsake"): "sender-left",
    ("expired", "withdraw"): "withdrawn",
}
"""How an offer closes; after its expiry only while somebody is still receiving."""

WANTING: frozenset[RecipientState] = frozenset({"accepted", "receiving"})
"""The states that wait for bytes."""
CONSENTED: frozenset[RecipientState] = WANTING | {"received"}
"""The states to which bytes may go while the offer is open."""


class Tickets(Protocol):
    """Makes the absolute paths under which one member sends or fetches one file of one offer."""

    def upload(self, offer: str, file: int, member: str) -> str:
        """The path to send to."""

    def download(self, offer: str, file: int, member: str, name: str) -> str:
        """The path to fetch from."""

    def zip(self, offer: str, member: str, name: str) -> str:
        """The path to fetch all files from."""


class LiveOffer:
    """An offer with the state of each recipient and the bytes that have moved."""

    def __init__(self, record: OfferRecord) -> None:
        self.record = record
        self.states: dict[str, RecipientState] = {}
        self.whole: set[int] = set()
        self.hashes: dict[int, str] = {}
        self.going_on: set[str] = set()
        """Who was receiving when the program ended: what came to them last, only they know."""
        self._why: dict[str, FailedWhy] = {}
        self._delivered: dict[tuple[str, int], Ranges] = defaultdict(Ranges)

    def state_of(self, member: str) -> RecipientState:
        """The recipient's state; pending for somebody who has not answered."""
        return self.states.get(member, "pending")

    def act(self, member: str, act: Act, why: FailedWhy | None = None) -> tuple[RecipientSaved, ...]:
        """The change that an act of a recipient makes, none when the table has no such move."""
        state = TRANSITIONS.get((self.state_of(member), act))
        return () if state is None else (RecipientSaved(self.record.id, member, state, why),)

    def recall(self, saved: RecipientSaved) -> None:
        """A state that an earlier process left."""
        self.states[saved.member] = saved.state
        if saved.state == "receiving":
            self.going_on.add(saved.member)

    def save(self, saved: RecipientSaved) -> None:
        """One recipient's state is another now."""
        self.states[saved.member] = saved.state
        self._why.pop(saved.member, None)
        if saved.why is not None:
            self._why[saved.member] = saved.why
        # A cancelled or lost transfer begins again at nothing.
        if saved.state in ("declined", "failed", "gone"):
            self._forget_delivered(saved.member)

    def end(self, ending: Ending) -> OfferRecord:
        """The record of the closed offer; raises offer-closed when it is closed already."""
        state = ENDINGS.get((self.record.state, ending))
        if state is None or not self.moves_bytes:
            raise Refused("offer-closed")
        return replace(self.record, state=state)

    @property
    def size(self) -> int:
        """How many bytes all its files have."""
        return sum(file.size for file in self.record.files)

    def consenting(self) -> list[str]:
        """To whom bytes may go while it is open."""
        return [member for member, state in self.states.items() if state in CONSENTED]

    @property
    def is_open(self) -> bool:
        """Whether it can still be answered."""
        return self.record.state == "open"

    @property
    def moves_bytes(self) -> bool:
        """Whether bytes may move: while it is open, and after its expiry for those who are receiving."""
        return self.is_open or (self.record.state == "expired" and "receiving" in self.states.values())

    @property
    def wants_bytes(self) -> bool:
        """Whether somebody waits for bytes that the sender has not sent."""
        waiting = any(state in WANTING for state in self.states.values())
        return self.moves_bytes and waiting and len(self.whole) < len(self.record.files)

    def delivered(self, change: BytesDelivered) -> None:
        """Remember which bytes reached a member."""
        self._delivered[change.member, change.file].add(change.start, change.stop)

    def received(self, change: FileReceived) -> None:
        """Remember that a whole file reached a member."""
        self._delivered[change.member, change.file].add(0, self.record.files[change.file].size)

    def hashed(self, change: FileHashed) -> None:
        """Remember the hash of a whole file, or that it is no longer true."""
        self.hashes.pop(change.file, None)
        if change.sha256 is not None:
            self.hashes[change.file] = change.sha256

    def _forget_delivered(self, member: str) -> None:
        self.going_on.discard(member)
        for file in range(len(self.record.files)):
            self._delivered.pop((member, file), None)

    def bytes_to(self, member: str) -> int:
        """How many different bytes of it reached this member; who has received it has them all."""
        if self.state_of(member) == "received":
            return self.size
        files = range(len(self.record.files))
        return sum(self._delivered[member, file].total for file in files if (member, file) in self._delivered)

    def completed(self, change: BytesDelivered) -> tuple[FileReceived | RecipientSaved, ...]:
        """What is whole for a member by these bytes: a file, or the offer; nothing when none was, or it was before."""
        size = self.record.files[change.file].size
        before = self._delivered.get((change.member, change.file), Ranges())
        if before.covers(size) or not before.plus(change.start, change.stop).covers(size):
            return ()
        others = (file for file in range(len(self.record.files)) if file != change.file)
        if all(self._has(change.member, file) for file in others):
            return self.act(change.member, "finish")
        return (FileReceived(change.offer, change.member, change.file),)

    def _has(self, member: str, file: int) -> bool:
        ranges = self._delivered.get((member, file))
        return ranges is not None and ranges.covers(self.record.files[file].size)

    def check_download(self, member: str) -> None:
        """Raise offer-closed unless bytes may go to this member now, not-found when it was never given a ticket."""
        state = self.state_of(member)
        if state == "pending" or member == self.record.by:
            raise Refused("not-found")
        if state not in CONSENTED or not (self.is_open or self._goes_on_for(member)):
            raise Refused("offer-closed")

    def check_answer(self, member: str, *, accept: bool) -> None:
        """Raise offer-closed when it is over; after its expiry, who is receiving may still cancel."""
        if not self.is_open and (accept or not self._goes_on_for(member)):
            raise Refused("offer-closed")

    def _goes_on_for(self, member: str) -> bool:
        """Whether this member was receiving when it expired, and still is."""
        return self.moves_bytes and self.state_of(member) == "receiving"

    def check_upload(self) -> None:
        """Raise offer-closed when it is over, not-wanted when nobody who accepted waits for bytes."""
        if not self.moves_bytes:
            raise Refused("offer-closed")
        if not any(state in CONSENTED for state in self.states.values()):
            raise Refused("not-wanted")

    def uploads(self, tickets: Tickets) -> tuple[FileUrl, ...]:
        """Where the sender's missing files go, while they are wanted."""
        if not self.wants_bytes:
            return ()
        files = (file for file in range(len(self.record.files)) if file not in self.whole)
        return tuple(FileUrl(file, tickets.upload(self.record.id, file, self.record.by)) for file in files)

    def downloads(self, member: str, tickets: Tickets) -> tuple[FileUrl, ...]:
        """Where a recipient who accepted gets the files."""
        if not self.is_open or self.state_of(member) not in CONSENTED:
            return ()
        return tuple(
            FileUrl(file, tickets.download(self.record.id, file, member, offered.name))
            for file, offered in enumerate(self.record.files)
        )

    def zip(self, member: str, tickets: Tickets) -> str | None:
        """Where a recipient who accepted gets several files as one."""
        if len(self.record.files) < SEVERAL or not self.downloads(member, tickets):
            return None
        return tickets.zip(self.record.id, member, zip_name(self.record.files))

    def hashes_for(self, viewer: str) -> tuple[str | None, ...]:
        """What is known of each file's SHA-256: for the sender, and for those who accepted."""
        may_know = viewer == self.record.by or self.state_of(viewer) in CONSENTED
        return tuple(self.hashes.get(file) if may_know else None for file in range(len(self.record.files)))

    def standing(self, member: str) -> LedgerState:
        """How far one recipient is."""
        return LedgerState(self.state_of(member), self.bytes_to(member), self._why.get(member, UNSET))

    def ledger(self, present: Iterable[str]) -> dict[str, LedgerState]:
        """How far each recipient is: those who are here, and those who left after it was offered."""
        members = dict.fromkeys([*present, *self.states])
        members.pop(self.record.by, None)
        return {member: self.standing(member) for member in members}

    def seen_by(self, viewer: str, present: Iterable[str], tickets: Tickets) -> Offer:
        """The offer as one member sees it."""
        own = viewer == self.record.by
        return Offer(
            id=self.record.id,
            by=self.record.by,
            files=self.record.files,
            at=self.record.at,
            expires_at=self.record.expires_at,
            state=self.record.state,
            mine=None if own else self.state_of(viewer),
            downloads=() if own else self.downloads(viewer, tickets),
            uploads=self.uploads(tickets) if own else (),
            ledger=self.ledger(present) if own else None,
            zip=None if own else self.zip(viewer, tickets),
            hashes=self.hashes_for(viewer),
        )
