"""The wire contract, version 1, as types: what may be asked, what is told, and within which limits.

docs/PROTOCOL.md and the page's TypeScript are generated from this module (scripts/contract.py).
Additions are welcome as long as an older client keeps working; a change of meaning is another PROTOCOL.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

PROTOCOL = 1
MAX_INT = 2**53 - 1
"""The largest integer that every client (JavaScript included) holds exactly."""
COLOURS = 18
"""How many name colours the page's palette has."""
OUTBOX_WINDOW = 64
"""How many commands of one outbox may be unacknowledged."""
REMEMBERED_MIDS = 1000
"""For how many of an outbox's newest mids the first answer is remembered."""
TITLE_CHARS = 60
"""How long a room's title may be, in code points."""

Id = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,64}\Z")]
Token = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{22,128}={0,2}\Z")]
"""At least 128 random bits in base64url, made by the client."""
OutboxName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,32}\Z")]
Count = Annotated[int, Meta(ge=0, le=MAX_INT)]
Mid = Annotated[int, Meta(ge=1, le=MAX_INT)]
Pin = Annotated[str, Meta(pattern=r"^[0-9]{4,12}\Z")]
Text = Annotated[str, Meta(pattern=r"^[^\x00-\x08\x0b-\x1f\x7f-\x9f]*\Z")]
"""Control characters but tab and line feed are malformed."""
Line = Annotated[str, Meta(pattern=r"^[^\x00-\x1f\x7f-\x9f]*\Z", max_length=255)]
"""A short text on one line."""

OfferState = Literal["open", "withdrawn", "expired", "sender-left"]
RecipientState = Literal["pending", "accepted", "declined", "receiving", "received", "failed", "gone"]
FailedWhy = Literal["cancelled", "changed", "unreadable", "spool"]
"""The sender gave up; its file is another one by now; it cannot be read; the host's disk failed."""


class Limits(Struct, frozen=True, kw_only=True):
    """How much of everything one may send; `free_bytes` is what there is room for now."""

    name_chars: int = 24
    name_bytes: int = 96
    text_chars: int = 4000
    frame_bytes: int = 4 * 2**20
    inline_bytes: int = 64 * 2**10
    image_bytes: int = 2 * 2**20
    image_pixels: int = 40_000_000
    page_entries: int = 100
    page_bytes: int = 2 * 2**20
    offer_files: int = 100
    members: int = 500
    rate: int = 20
    burst: int = 40
    free_bytes: int = 0


class Member(Struct, frozen=True):
    """One person as everybody sees it; `colour` is an index into the page's palette, `online` any joined socket."""

    id: str
    name: str
    colour: int
    online: bool
    host: bool


class Room(Struct, frozen=True):
    """The room as everybody in it sees it; another `epoch` is another history."""

    id: str
    title: str
    epoch: str
    head: int
    pin: bool
    locked: bool
    limits: Limits


class OfferFile(Struct, frozen=True):
    """One file of an offer: its cleaned name, its size in bytes, its media type as the sender says it.

    `path`: where it was inside what was dropped, its name included, parts apart by /; a plain file has none.
    """

    name: str
    size: int
    type: str
    path: str | UnsetType = UNSET


class FileUrl(Struct, frozen=True):
    """Where one file of an offer goes to or comes from; `file` is an index into the offer's files."""

    file: int
    url: str


class LedgerState(Struct, frozen=True):
    """How far one recipient is; `why` where it is known of one that failed."""

    state: RecipientState
    bytes: int
    why: FailedWhy | UnsetType = UNSET


class Offer(Struct, frozen=True):
    """An offer as one member sees it: `mine` is null for the sender, `ledger` is null for all others.

    `zip`: all files as one download, where there are several. `hashes`: the SHA-256 of each, as far as they are known.
    """

    id: str
    by: str
    files: tuple[OfferFile, ...]
    at: int
    expires_at: int
    state: OfferState
    mine: RecipientState | None
    downloads: tuple[FileUrl, ...]
    uploads: tuple[FileUrl, ...]
    ledger: dict[str, LedgerState] | None
    zip: str | None
    hashes: tuple[str | None, ...]


class OfferHead(Struct, frozen=True):
    """What of an offer stands in the log: only what never changes."""

    id: str
    files: tuple[OfferFile, ...]
    expires_at: int


class _Entry(Struct, frozen=True, tag_field="kind"):
    """What every entry has; `by`, `name` and `colour` are those of the member whom it is about, at that moment."""

    seq: int
    id: str
    at: int
    by: str
    name: str
    colour: int


class Said(_Entry, frozen=True, tag="said"):
    """Somebody said a text."""

    text: str


class Shown(_Entry, frozen=True, tag="shown"):
    """Somebody showed a picture; `image` is null when it is longer than limits.inline_bytes."""

    image: str | None
    width: int
    height: int
    bytes: int


class Offered(_Entry, frozen=True, tag="offered"):
    """Somebody offered files."""

    offer: OfferHead


class Joined(_Entry, frozen=True, tag="joined"):
    """Somebody came."""


class Left(_Entry, frozen=True, tag="left"):
    """Somebody went, or stayed away longer than the grace period."""


class Removed(_Entry, frozen=True, tag="removed"):
    """Somebody was removed by the host."""


class Renamed(_Entry, frozen=True, tag="renamed"):
    """Somebody has another name; `name` is the new one."""

    old: str


Entry = Said | Shown | Offered | Joined | Left | Removed | Renamed


class Command(Struct, frozen=True, kw_only=True):
    """What a client asks for: one event with one object, answered by an acknowledgement."""


class Posting(Command, frozen=True, kw_only=True):
    """A command that adds an entry: `mid` is 1, 2, 3, ... for each (token, outbox)."""

    mid: Mid


class Join(Command, frozen=True, kw_only=True):
    """Take a seat, or come back to it; on a socket that has joined, ask for what was missed."""

    token: Token
    name: str
    outbox: OutboxName = "main"
    since: Count | UnsetType = UNSET
    epoch: str | UnsetType = UNSET
    pin: str | UnsetType = UNSET


class Say(Posting, frozen=True, kw_only=True):
    """Say a text to everyone."""

    text: Text


class Show(Posting, frozen=True, kw_only=True):
    """Show a picture to everyone: a base64 data URL of PNG, JPEG, GIF or WebP."""

    image: str


class FileToOffer(Struct, frozen=True):
    """One file as the sender names it, with its path where it was part of a folder."""

    name: str
    size: Count
    type: Line
    path: str | UnsetType = UNSET


class OfferFiles(Posting, frozen=True, kw_only=True):
    """Offer files to everyone, with one consent for all of them."""

    files: Annotated[tuple[FileToOffer, ...], Meta(min_length=1)]


class Answer(Command, frozen=True, kw_only=True):
    """Accept or decline somebody's offer; declining what was accepted cancels it."""

    offer: Id
    accept: bool


class Withdraw(Command, frozen=True, kw_only=True):
    """Take back an own offer; no byte leaves after the acknowledgement."""

    offer: Id


class Rename(Command, frozen=True, kw_only=True):
    """Take another name."""

    name: str


class History(Command, frozen=True, kw_only=True):
    """Ask for a page of entries: the newest before a seq, the oldest after one, or the newest of all."""

    before: Count | UnsetType = UNSET
    after: Count | UnsetType = UNSET
    limit: Annotated[int, Meta(ge=1, le=100)] = 100


class PictureOf(Command, frozen=True, kw_only=True):
    """Ask for the picture of a shown entry."""

    id: Id


class Typing(Command, frozen=True, kw_only=True):
    """Tell the others that one is typing."""


class Leave(Command, frozen=True, kw_only=True):
    """Go: this socket at once, and the member with its last one."""


class Remove(Command, frozen=True, kw_only=True):
    """Remove a member for good; the host's alone."""

    member: Id


class Configure(Command, frozen=True, kw_only=True):
    """Change the room's title, PIN (null: none) or lock; the host's alone."""

    title: str | UnsetType = UNSET
    pin: Pin | UnsetType | None = UNSET
    locked: bool | UnsetType = UNSET


class Close(Command, frozen=True, kw_only=True):
    """Close the room; the host's alone."""


COMMANDS: dict[str, type[Command]] = {
    "join": Join,
    "say": Say,
    "show": Show,
    "offer": OfferFiles,
    "answer": Answer,
    "withdraw": Withdraw,
    "rename": Rename,
    "history": History,
    "picture": PictureOf,
    "typing": Typing,
    "leave": Leave,
    "remove": Remove,
    "configure": Configure,
    "close": Close,
}
"""Each command by its word on the wire."""


class Event(Struct, frozen=True):
    """The payload of an event that is not itself an Entry, a Member or a Room."""


class OfferChanged(Event, frozen=True):
    """An offer's own state is another."""

    offer: str
    state: OfferState


class OfferAnswered(Event, frozen=True):
    """How far one recipient of an offer is: told to the sender and to that member."""

    offer: str
    member: str
    state: RecipientState
    bytes: int
    why: FailedWhy | UnsetType = UNSET


class FileStored(Event, frozen=True):
    """The whole of one file is with the host: told to the sender and to those who accepted; `sha256`: 64 digits."""

    offer: str
    file: int
    sha256: str


class UploadWanted(Event, frozen=True):
    """Somebody accepted: the sender may send the bytes."""

    offer: str
    uploads: tuple[FileUrl, ...]


class WasTyping(Event, frozen=True):
    """Somebody is typing."""

    member: str


class WasRemoved(Event, frozen=True):
    """The host removed this member; told just before its sockets close."""

    reason: Literal["host"] = "host"


class RoomClosed(Event, frozen=True):
    """The room ends: "closed" for good, "stopping" until its program starts again."""

    reason: Literal["closed", "stopping"]


EVENTS: dict[str, object] = {
    "posted": Entry,
    "member-changed": Member,
    "offer-changed": OfferChanged,
    "offer-answered": OfferAnswered,
    "file-stored": FileStored,
    "upload-wanted": UploadWanted,
    "was-typing": WasTyping,
    "room-changed": Room,
    "removed": WasRemoved,
    "room-closed": RoomClosed,
}
"""Each event by its word on the wire, with the type of its payload."""


class Ack(Struct, frozen=True, kw_only=True):
    """A command was done."""

    ok: Literal[True] = True


class Welcome(Ack, frozen=True, kw_only=True):
    """The answer to join: who one is, who is here, and the first page of what was missed.

    `addresses` is for the host alone (links to share, best first), an addition to the contract; others get none.
    """

    you: Member
    room: Room
    members: tuple[Member, ...]
    entries: tuple[Entry, ...]
    offers: tuple[Offer, ...]
    last_mid: int
    addresses: tuple[str, ...] | UnsetType = UNSET


class Posted(Ack, frozen=True, kw_only=True):
    """The answer to say, show and offer: the entry's seq (and the offer, where it is one)."""

    seq: int
    offer: Offer | UnsetType = UNSET


class Answered(Ack, frozen=True, kw_only=True):
    """The answer to answer and withdraw: the offer as one sees it now."""

    offer: Offer


class You(Ack, frozen=True, kw_only=True):
    """The answer to rename: oneself."""

    you: Member


class Page(Ack, frozen=True, kw_only=True):
    """The answer to history: ascending entries, and the newest seq of all."""

    entries: tuple[Entry, ...]
    head: int


class PictureData(Ack, frozen=True, kw_only=True):
    """The answer to picture: the data URL."""

    image: str


class Configured(Ack, frozen=True, kw_only=True):
    """The answer to configure: the room as it is now."""

    room: Room


ACKS: dict[str, type[Ack]] = {
    "join": Welcome,
    "say": Posted,
    "show": Posted,
    "offer": Posted,
    "answer": Answered,
    "withdraw": Answered,
    "rename": You,
    "history": Page,
    "picture": PictureData,
    "typing": Ack,
    "leave": Ack,
    "remove": Ack,
    "configure": Configured,
    "close": Ack,
}
"""What each command's acknowledgement carries when it is ok."""
