"""The room: each command decided, without doing it. The state (state.py) changes only when a change is applied."""

from __future__ import annotations

import unicodedata

from msgspec import UNSET
from msgspec.structs import replace

from chatapp.core import posts, seats
from chatapp.core.changes import (
    BytesDelivered,
    Change,
    Decision,
    FileHashed,
    FileUploaded,
    OfferSaved,
    RoomSaved,
)
from chatapp.core.offers import LiveOffer
from chatapp.core.state import Delivery, RoomState
from chatapp.errors import Refused
from chatapp.protocol import (
    TITLE_CHARS,
    Ack,
    Answer,
    Answered,
    Configure,
    Configured,
    FailedWhy,
    Join,
    OfferFiles,
    Rename,
    Say,
    Show,
    WasTyping,
    You,
)

TYPING_MS = 2000
"""At most one typing notice of a member is passed on in this time."""


class Room(RoomState):
    """One room; every decision is a list of changes, and raises a Refused when the answer is no."""

    # -- coming and going -------------------------------------------------------------------------

    def join(self, socket: str, asked: Join, key: str, ids: tuple[str, str], at: int) -> list[Change]:
        """A seat for a token, or the way back to it (see seats.join)."""
        return seats.join(self, socket, asked, key, ids, at)

    def lost(self, socket: str, at: int) -> list[Change]:
        """A connection is gone; its seat is kept for the grace period."""
        return seats.lost(self, socket, at)

    def leave(self, socket: str, entry_id: str, at: int) -> Decision:
        """This socket goes, and the member with its last one."""
        return Decision(tuple(seats.leave(self, socket, entry_id, at)), Ack)

    def remove(self, socket: str, member: str, entry_id: str, at: int) -> Decision:
        """The host removes a member for good."""
        self.check_host(socket)
        return Decision(tuple(seats.remove(self, member, entry_id, at)), Ack)

    def rename(self, socket: str, asked: Rename, entry_id: str, at: int) -> Decision:
        """Another name for oneself."""
        member = self.speaker(socket).member.id
        changes = seats.rename(self, socket, asked.name, entry_id, at)
        return Decision(tuple(changes), lambda: You(you=self.members.seen(self.members.seated(member))))

    # -- posting ----------------------------------------------------------------------------------

    def say(self, socket: str, asked: Say, entry_id: str, at: int) -> Decision:
        """A text for everyone."""
        return posts.post(self, socket, asked, posts.saying(self, asked), entry_id, at)

    def show(self, socket: str, asked: Show, entry_id: str, at: int) -> Decision:
        """A picture for everyone."""
        return posts.post(self, socket, asked, posts.showing(self, asked), entry_id, at)

    def offer_files(self, socket: str, asked: OfferFiles, ids: tuple[str, str], at: int) -> Decision:
        """Files for everyone who accepts them; `ids`: fresh ones for the offer and its entry."""
        return posts.post(self, socket, asked, posts.offering(self, asked, ids[0]), ids[1], at)

    # -- offers -----------------------------------------------------------------------------------

    def answer(self, socket: str, asked: Answer) -> Decision:
        """One recipient accepts or declines; raises unknown-offer, not-yours (the sender), offer-closed."""
        member = self.speaker(socket).member.id
        offer = self.offer(asked.offer)
        if offer.record.by == member:
            raise Refused("not-yours")
        offer.check_answer(member, accept=asked.accept)
        changes = offer.act(member, "accept" if asked.accept else "decline")
        return Decision(changes, lambda: Answered(offer=self.offer_seen(asked.offer, member)))

    def withdraw(self, socket: str, offer_id: str) -> Decision:
        """The sender takes an offer back; raises unknown-offer, not-yours, offer-closed."""
        member = self.speaker(socket).member.id
        offer = self.offer(offer_id)
        if offer.record.by != member:
            raise Refused("not-yours")
        closed = OfferSaved(offer.end("withdraw"))
        return Decision((closed,), lambda: Answered(offer=self.offer_seen(offer_id, member)))

    def download_started(self, offer_id: str, file: int, member: str, start: int = 0) -> tuple[Change, ...]:
        """Bytes go to a recipient now, from `start` on; raises unknown-offer, not-found, offer-closed.

        Who was receiving when the program ended has what it does not ask for again.
        """
        offer = self.download_target(offer_id, member)
        goes_on = start > 0 and member in offer.going_on
        earlier = self.delivered(BytesDelivered(offer_id, file, member, 0, start)) if goes_on else ()
        return (*offer.act(member, "start"), *earlier)

    def delivered(self, change: BytesDelivered) -> tuple[Change, ...]:
        """Bytes were written to a recipient, perhaps the last ones; nothing when it is over for it."""
        offer = self.offer(change.offer)
        if not offer.moves_bytes or offer.state_of(change.member) != "receiving":
            return ()
        return (change, *offer.completed(change))

    def uploaded(self, offer_id: str, file: int) -> tuple[FileUploaded, ...]:
        """The whole of a file is in the spool."""
        return (FileUploaded(self.offer(offer_id).record.id, file, True),)

    def hashed(self, offer_id: str, file: int, sha256: str) -> tuple[FileHashed, ...]:
        """The hash of a whole file is known; nothing when it is over, or the file was lost since."""
        offer = self.offer(offer_id)
        known = not offer.moves_bytes or file not in offer.whole or offer.hashes.get(file) == sha256
        return () if known else (FileHashed(offer_id, file, sha256),)

    def upload_lost(self, offer_id: str, file: int, why: FailedWhy) -> tuple[Change, ...]:
        """What was sent of a file is lost: failed for all who wait for it."""
        offer = self.offer(offer_id)
        waiting = sorted(offer.states) if offer.moves_bytes else ()
        failed = [change for member in waiting for change in offer.act(member, "lose", why)]
        untrue = (FileHashed(offer_id, file, None),) if file in offer.hashes else ()
        # Last: nobody waits any more, so the sender is not asked for bytes that nobody wants.
        return (*failed, *untrue, FileUploaded(offer_id, file, False))

    def download_target(self, offer_id: str, member: str) -> LiveOffer:
        """The offer, if bytes may go from it to this member; raises unknown-offer, not-found, offer-closed."""
        offer = self.offer(offer_id)
        offer.check_download(member)
        if not self.members.is_seated(member):
            raise Refused("offer-closed")
        return offer

    def upload_target(self, offer_id: str) -> LiveOffer:
        """The offer, if bytes are wanted for it; raises unknown-offer, offer-closed, not-wanted."""
        offer = self.offer(offer_id)
        offer.check_upload()
        return offer

    # -- the host ---------------------------------------------------------------------------------

    def configure(self, socket: str, asked: Configure) -> Decision:
        """The host changes title, PIN or lock; raises not-host, malformed (a title that is none)."""
        title = self.record.title if asked.title is UNSET else clean_title(asked.title)
        self.check_host(socket)
        record = replace(self.record, title=title)
        if asked.pin is not UNSET:
            record = replace(record, pin=asked.pin)
        if asked.locked is not UNSET:
            record = replace(record, locked=asked.locked)
        changes = () if record == self.record else (RoomSaved(record),)
        return Decision(changes, lambda: Configured(room=self.seen()))

    # -- small talk -------------------------------------------------------------------------------

    def typing(self, socket: str) -> Delivery:
        """Tell the others that a member is typing."""
        member = self.speaker(socket).member.id
        return Delivery("was-typing", WasTyping(member), but=self.members.sockets(member))

    # -- time -------------------------------------------------------------------------------------

    def due(self, now: int, entry_id: str) -> list[Change]:
        """What has run out by now: one seat or one offer at a time, nothing when all is in time."""
        member = seats.overdue(self, now)
        if member is not None:
            return seats.depart(self, member, entry_id, now)
        for offer in self.offers.values():
            if offer.is_open and offer.record.expires_at <= now:
                return [OfferSaved(offer.end("expire"))]
        return []

    def next_deadline(self) -> int | None:
        """When something runs out next, in milliseconds since the Unix epoch; None when nothing does."""
        return seats.next_deadline(self)


def clean_title(title: str) -> str:
    """A room's title in NFC, on one line, without outer white space; raises malformed when it is none."""
    cleaned = " ".join(unicodedata.normalize("NFC", title).split())
    hidden = any(unicodedata.category(char) in ("Cc", "Cs", "Co", "Cn") for char in cleaned)
    if not cleaned or len(cleaned) > TITLE_CHARS or hidden:
        raise Refused("malformed", at="$.title")
    return cleaned
