"""The room as it stands: changes go in, and what is to be told comes out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import UNSET, Struct
from msgspec.structs import replace

from chatapp.core.changes import (
    BytesDelivered,
    Change,
    EntryAdded,
    FileHashed,
    FileReceived,
    FileUploaded,
    MemberRecord,
    MemberSaved,
    MidTaken,
    OfferSaved,
    RecipientSaved,
    RoomSaved,
    Snapshot,
    SocketGone,
    SocketJoined,
)
from chatapp.core.log import Log
from chatapp.core.members import Members, Speaker
from chatapp.core.offers import LiveOffer, Tickets
from chatapp.errors import Refused
from chatapp.protocol import (
    FileStored,
    Limits,
    Member,
    Offer,
    OfferAnswered,
    OfferChanged,
    Posted,
    Room,
    UploadWanted,
    WasRemoved,
)

CLOSED_OFFERS_SHOWN = 50
"""How many of the newest closed offers a join tells of; older ones are known by their entry alone."""


class Rules(Struct, frozen=True):
    """What a room is run by; times in milliseconds, `host_key` the digest of the host's token.

    quota: how many bytes one member may have on offer at once.
    """

    limits: Limits
    grace_ms: int
    offer_ttl_ms: int
    host_key: str
    quota: int


class Delivery(Struct, frozen=True):
    """One event for everyone (`to` is None) or for all sockets of one member, but not for the sockets in `but`."""

    event: str
    payload: object
    to: str | None = None
    but: frozenset[str] = frozenset()


class HangUp(Struct, frozen=True):
    """These sockets are to be closed once they have what was told before; clients come back unless `for_good`."""

    sockets: frozenset[str]
    for_good: bool = True


Telling = Delivery | HangUp


class RoomState:
    """Members, list and offers of one room; only `apply` changes them."""

    def __init__(self, snapshot: Snapshot, rules: Rules, tickets: Tickets, now: int) -> None:
        self.id, self.epoch, self.rules, self.tickets = snapshot.id, snapshot.epoch, rules, tickets
        self.record = snapshot.room
        self.log = Log(snapshot.head, snapshot.outboxes)
        self.members = Members(snapshot.members, now)
        self.offers = {record.id: LiveOffer(record) for record in snapshot.offers}
        for recipient in snapshot.recipients:
            self.offers[recipient.offer].recall(recipient)
        for received in snapshot.received:
            self.offers[received.offer].received(received)
        for hashed in snapshot.hashes:
            self.offers[hashed.offer].hashed(hashed)
        self.free_bytes = 0
        self._appliers: dict[type, Callable[[Any], list[Telling]]] = {
            EntryAdded: self._entry_added,
            MemberSaved: self._member_saved,
            MidTaken: self._mid_taken,
            OfferSaved: self._offer_saved,
            RecipientSaved: self._recipient_saved,
            FileReceived: self._file_received,
            FileHashed: self._file_hashed,
            RoomSaved: self._room_saved,
            SocketJoined: self._socket_joined,
            SocketGone: self._socket_gone,
            BytesDelivered: self._bytes_delivered,
            FileUploaded: self._file_uploaded,
        }

    def apply(self, change: Change) -> list[Telling]:
        """Make a change true, and say who is to be told what."""
        return self._appliers[type(change)](change)

    # -- questions --------------------------------------------------------------------------------

    def speaker(self, socket: str) -> Speaker:
        """For whom a socket speaks; raises not-joined."""
        return self.members.speaker(socket)

    def admits(self, key: str) -> bool:
        """Whether this token passes PIN, lock and a full room: it is known, or the host's."""
        return key == self.rules.host_key or self.members.known(key) is not None

    def offer(self, offer: str) -> LiveOffer:
        """An offer by its id; raises unknown-offer."""
        if offer not in self.offers:
            raise Refused("unknown-offer")
        return self.offers[offer]

    def check_host(self, socket: str) -> MemberRecord:
        """The host whose socket this is; raises not-joined, not-host."""
        member = self.speaker(socket).member
        if not member.host:
            raise Refused("not-host")
        return member

    def bytes_on_offer(self, member: str) -> int:
        """How much a member's offers, as far as they are not over, may bring into the spool."""
        own = (offer for offer in self.offers.values() if offer.record.by == member and offer.moves_bytes)
        return sum(offer.size for offer in own)

    # -- views ------------------------------------------------------------------------------------

    def seen(self) -> Room:
        """The room as everybody in it sees it."""
        limits = replace(self.rules.limits, free_bytes=self.free_bytes)
        pin = self.record.pin is not None
        return Room(self.id, self.record.title, self.epoch, self.log.head, pin, self.record.locked, limits)

    def members_seen(self) -> tuple[Member, ...]:
        """Everybody who holds a seat."""
        return tuple(self.members.seen(record) for record in self.members.held())

    def offer_seen(self, offer: str, viewer: str) -> Offer:
        """One offer as one member sees it."""
        present = [record.id for record in self.members.held()]
        return self.offers[offer].seen_by(viewer, present, self.tickets)

    def offers_seen(self, viewer: str) -> tuple[Offer, ...]:
        """All open offers and the newest closed ones, as one member sees them."""
        closed = [offer.record.id for offer in self.offers.values() if not offer.moves_bytes]
        forgotten = set(closed[:-CLOSED_OFFERS_SHOWN])
        return tuple(self.offer_seen(offer, viewer) for offer in self.offers if offer not in forgotten)

    def posted(self, seq: int, viewer: str) -> Posted:
        """The acknowledgement of an entry."""
        offer = next((offer.record.id for offer in self.offers.values() if offer.record.seq == seq), None)
        return Posted(seq=seq, offer=UNSET if offer is None else self.offer_seen(offer, viewer))

    # -- what each change makes true, and tells ---------------------------------------------------

    def _entry_added(self, change: EntryAdded) -> list[Telling]:
        self.log.head = change.entry.seq
        return [Delivery("posted", change.entry)]

    def _member_saved(self, change: MemberSaved) -> list[Telling]:
        before = self.members.known(change.member.key)
        self.members.save(change.member)
        if change.member.seat == "removed":
            hang_up = HangUp(self.members.sockets(change.member.id))
            return [Delivery("removed", WasRemoved(), to=change.member.id), hang_up]
        if before is not None and before.seat == change.member.seat == "held":
            return [Delivery("member-changed", self.members.seen(change.member))]
        return []

    def _mid_taken(self, change: MidTaken) -> list[Telling]:
        self.log.take(change.member, change.outbox, change.mid, change.answer)
        return []

    def _offer_saved(self, change: OfferSaved) -> list[Telling]:
        offer = self.offers.get(change.offer.id)
        if offer is None:
            self.offers[change.offer.id] = LiveOffer(change.offer)
            return []
        offer.record = change.offer
        return [Delivery("offer-changed", OfferChanged(change.offer.id, change.offer.state))]

    def _recipient_saved(self, change: RecipientSaved) -> list[Telling]:
        offer = self.offers[change.offer]
        wanted = offer.wants_bytes
        offer.save(change)
        return [*self._answered(offer, change.member), *self._wanted(offer, wanted)]

    def _file_received(self, change: FileReceived) -> list[Telling]:
        self.offers[change.offer].received(change)
        return []

    def _file_hashed(self, change: FileHashed) -> list[Telling]:
        offer = self.offers[change.offer]
        offer.hashed(change)
        if change.sha256 is None:
            return []
        told = FileStored(change.offer, change.file, change.sha256)
        return [Delivery("file-stored", told, to=to) for to in (offer.record.by, *offer.consenting())]

    def _room_saved(self, change: RoomSaved) -> list[Telling]:
        self.record = change.room
        return [Delivery("room-changed", self.seen())]

    def _socket_joined(self, change: SocketJoined) -> list[Telling]:
        if not self.members.attach(change.socket, change.member, change.outbox):
            return []
        return [Delivery("member-changed", self.members.seen(self.members.seated(change.member)))]

    def _socket_gone(self, change: SocketGone) -> list[Telling]:
        member = self.members.detach(change.socket, change.at)
        if member is None or member.seat != "held":
            return []
        return [Delivery("member-changed", self.members.seen(member))]

    def _bytes_delivered(self, change: BytesDelivered) -> list[Telling]:
        offer = self.offers[change.offer]
        offer.delivered(change)
        return self._answered(offer, change.member)

    def _file_uploaded(self, change: FileUploaded) -> list[Telling]:
        offer = self.offers[change.offer]
        wanted = offer.wants_bytes
        (offer.whole.add if change.whole else offer.whole.discard)(change.file)
        return self._wanted(offer, wanted)

    def _answered(self, offer: LiveOffer, member: str) -> list[Telling]:
        row = offer.standing(member)
        told = OfferAnswered(offer.record.id, member, row.state, row.bytes, row.why)
        return [Delivery("offer-answered", told, to=to) for to in (offer.record.by, member)]

    def _wanted(self, offer: LiveOffer, before: bool) -> list[Telling]:
        """Ask the sender for bytes once, when they come to be wanted."""
        if before or not offer.wants_bytes:
            return []
        wanted = UploadWanted(offer.record.id, offer.uploads(self.tickets))
        return [Delivery("upload-wanted", wanted, to=offer.record.by)]
