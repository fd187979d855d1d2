"""What a store does, in memory: it reduces the durable changes to the Snapshot with which a room begins."""

from __future__ import annotations

from collections.abc import Sequence

from chatapp.core.changes import (
    Durable,
    EntryAdded,
    FileHashed,
    FileReceived,
    MemberRecord,
    MemberSaved,
    MidAnswer,
    MidTaken,
    OfferRecord,
    OfferSaved,
    RecipientSaved,
    RoomRecord,
    RoomSaved,
    Snapshot,
)
from chatapp.errors import Refused
from chatapp.protocol import REMEMBERED_MIDS, Entry


class DiskFull(Refused):
    """The refusal of a commit, and of nothing else."""

    def __init__(self) -> None:
        super().__init__("storage-full")


class Disk:
    """Keeps every commit, or refuses the next one (`fails`) and keeps nothing of it."""

    def __init__(self) -> None:
        self.fails = False
        self.entries: list[Entry] = []
        self.pictures: dict[str, str | None] = {}
        self._room = RoomRecord("수학 모임", None, False)
        self._members: dict[str, MemberRecord] = {}
        self._outboxes: dict[tuple[str, str], dict[int, MidAnswer]] = {}
        self._offers: dict[str, OfferRecord] = {}
        self._recipients: dict[tuple[str, str], RecipientSaved] = {}
        self._received: set[FileReceived] = set()
        self._hashes: dict[tuple[str, int], FileHashed] = {}

    def commit(self, changes: Sequence[Durable]) -> None:
        """Keep all of it; raises storage-full, and then nothing of it is there."""
        if self.fails:
            self.fails = False
            raise DiskFull
        for change in changes:
            self._keep(change)

    def _keep(self, change: Durable) -> None:
        match change:
            case EntryAdded():
                self.entries.append(change.entry)
                self.pictures[change.entry.id] = change.image
            case MemberSaved():
                self._members[change.member.id] = change.member
            case MidTaken():
                self._take_mid(change)
            case OfferSaved():
                self._offers[change.offer.id] = change.offer
            case RoomSaved():
                self._room = change.room
            case _:
                self._keep_of_an_offer(change)

    def _keep_of_an_offer(self, change: RecipientSaved | FileReceived | FileHashed) -> None:
        match change:
            case RecipientSaved(offer=offer, member=member, state=state):
                self._recipients[offer, member] = RecipientSaved(offer, member, state)
                if state != "receiving":
                    self._received = {each for each in self._received if (each.offer, each.member) != (offer, member)}
            case FileReceived():
                self._received.add(change)
            case FileHashed(offer=offer, file=file, sha256=None):
                self._hashes.pop((offer, file), None)
            case FileHashed(offer=offer, file=file):
                self._hashes[offer, file] = change

    def _take_mid(self, change: MidTaken) -> None:
        answers = self._outboxes.setdefault((change.member, change.outbox), {})
        answers[change.mid] = change.answer
        answers.pop(change.mid - REMEMBERED_MIDS, None)

    def page(self, since: int | None, limit: int) -> tuple[Entry, ...]:
        """The oldest entries after `since`; without it the newest page."""
        return tuple(self.entries[-limit:] if since is None else self.entries[since : since + limit])

    def snapshot(self) -> Snapshot:
        """The room as it stands on disk."""
        return Snapshot(
            id="room",
            epoch="epoch",
            secret=b"",
            head=len(self.entries),
            room=self._room,
            members=tuple(self._members.values()),
            outboxes={key: dict(answers) for key, answers in self._outboxes.items()},
            offers=tuple(self._offers.values()),
            recipients=tuple(self._recipients.values()),
            received=tuple(self._received),
            hashes=tuple(self._hashes.values()),
        )
