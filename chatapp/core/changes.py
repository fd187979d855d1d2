"""What a decision changes: the room decides changes, the store commits the durable ones, the room applies them.

Nothing is applied before it is on disk, so memory and log are equal whatever fails.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from chatapp.protocol import Entry, FailedWhy, OfferFile, OfferState, RecipientState

SeatState = Literal["held", "left", "removed"]
MidAnswer = int | str
"""The first answer to a mid: the entry's seq, or the code of its refusal."""


class MemberRecord(Struct, frozen=True):
    """A member as the log keeps it; `key` is a digest of its token, never the token itself."""

    id: str
    key: str
    name: str
    colour: int
    host: bool
    seat: SeatState


class OfferRecord(Struct, frozen=True):
    """An offer as the log keeps it; `seq` is that of its entry."""

    id: str
    seq: int
    by: str
    files: tuple[OfferFile, ...]
    at: int
    expires_at: int
    state: OfferState


class RoomRecord(Struct, frozen=True):
    """What the host can configure."""

    title: str
    pin: str | None
    locked: bool


class EntryAdded(Struct, frozen=True):
    """The list grew; `image` is the whole picture (a data URL) of a shown entry."""

    entry: Entry
    image: str | None = None


class MemberSaved(Struct, frozen=True):
    """A member is new, has another name, or another seat."""

    member: MemberRecord


class MidTaken(Struct, frozen=True):
    """A mid of an outbox has its answer."""

    member: str
    outbox: str
    mid: int
    answer: MidAnswer


class OfferSaved(Struct, frozen=True):
    """An offer is new, or its own state is another."""

    offer: OfferRecord


class RecipientSaved(Struct, frozen=True):
    """One recipient's state is another; `why` it failed is not kept beyond the process."""

    offer: str
    member: str
    state: RecipientState
    why: FailedWhy | None = None


class FileReceived(Struct, frozen=True):
    """One file of several has come to a recipient as a whole."""

    offer: str
    member: str
    file: int


class FileHashed(Struct, frozen=True):
    """The SHA-256 of a whole file in the spool is known (64 hexadecimal digits), or no longer true (None)."""

    offer: str
    file: int
    sha256: str | None


class RoomSaved(Struct, frozen=True):
    """Title, PIN or lock are others."""

    room: RoomRecord


class SocketJoined(Struct, frozen=True):
    """A socket speaks for a member now, with this outbox."""

    socket: str
    member: str
    outbox: str


class SocketGone(Struct, frozen=True):
    """A socket speaks for nobody any more."""

    socket: str
    at: int


class BytesDelivered(Struct, frozen=True):
    """Bytes start..stop of one file were written to a member."""

    offer: str
    file: int
    member: str
    start: int
    stop: int


class FileUploaded(Struct, frozen=True):
    """Whether the whole of one file is in the spool."""

    offer: str
    file: int
    whole: bool


Durable = EntryAdded | MemberSaved | MidTaken | OfferSaved | RecipientSaved | FileReceived | FileHashed | RoomSaved
"""What the store commits."""
Passing = SocketJoined | SocketGone | BytesDelivered | FileUploaded
"""What ends with the process."""
Change = Durable | Passing


class Decision(Struct, frozen=True):
    """What is to change, and the acknowledgement, which is made after the change (and may be a Refused)."""

    changes: tuple[Change, ...]
    reply: Callable[[], object]


class Snapshot(Struct, frozen=True, kw_only=True):
    """A room as it stands on disk: what a Room begins with.

    outboxes: (member id, outbox) -> {mid: answer} with the newest REMEMBERED_MIDS of them, ascending.
    """

    id: str
    epoch: str
    secret: bytes
    head: int
    room: RoomRecord
    members: tuple[MemberRecord, ...] = ()
    outboxes: dict[tuple[str, str], dict[int, MidAnswer]] = {}
    offers: tuple[OfferRecord, ...] = ()
    recipients: tuple[RecipientSaved, ...] = ()
    received: tuple[FileReceived, ...] = ()
    hashes: tuple[FileHashed, ...] = ()
