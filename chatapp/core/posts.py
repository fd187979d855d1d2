"""What is posted: a text, a picture, an offer; each under a mid that is taken once."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from chatapp.core.changes import Change, Decision, EntryAdded, MidTaken, OfferRecord, OfferSaved
from chatapp.core.filepaths import offered_files
from chatapp.core.names import is_blank
from chatapp.core.pictures import picture_url, read_picture
from chatapp.core.state import RoomState
from chatapp.errors import CONTENT_CODES, Refused
from chatapp.protocol import (
    Offered,
    OfferFiles,
    OfferHead,
    Posting,
    Said,
    Say,
    Show,
    Shown,
)


class Head(Struct, frozen=True):
    """What every entry begins with, in the order of its fields."""

    seq: int
    id: str
    at: int
    by: str
    name: str
    colour: int


Maker = Callable[[Head], list[Change]]
"""Makes the changes of one posting, or raises a Refused for its content."""


def post(room: RoomState, socket: str, asked: Posting, maker: Maker, entry_id: str, at: int) -> Decision:
    """Take a mid once: its entry, or the refusal of its content; a taken mid answers as it did the first time.

    Raises not-joined, gap.
    """
    member, outbox = room.speaker(socket)
    answer = room.log.outbox(member.id, outbox).earlier(asked.mid)
    changes: list[Change] = []
    if answer is None:
        head = Head(room.log.next_seq, entry_id, at, member.id, member.name, member.colour)
        try:
            changes, answer = maker(head), head.seq
        except Refused as refused:
            if refused.code not in CONTENT_CODES:
                raise
            answer = refused.code
        changes = [*changes, MidTaken(member.id, outbox, asked.mid, answer)]
    first = answer
    return Decision(tuple(changes), lambda: _answer(room, first, member.id))


def _answer(room: RoomState, answer: int | str, member: str) -> object:
    if isinstance(answer, str):
        raise Refused(answer)
    return room.posted(answer, member)


def saying(room: RoomState, asked: Say) -> Maker:
    """How a text becomes an entry; raises text-empty, text-too-long."""

    def make(head: Head) -> list[Change]:
        if is_blank(asked.text):
            raise Refused("text-empty")
        if len(asked.text) > room.rules.limits.text_chars:
            raise Refused("text-too-long")
        return [EntryAdded(Said(*_fields(head), text=asked.text))]

    return make


def showing(room: RoomState, asked: Show) -> Maker:
    """How a picture becomes an entry; raises image-type, image-too-large."""

    def make(head: Head) -> list[Change]:
        limits = room.rules.limits
        picture = read_picture(asked.image, max_bytes=limits.image_bytes, max_pixels=limits.image_pixels)
        url = picture_url(picture)
        inline = url if len(url) <= limits.inline_bytes else None
        shown = Shown(*_fields(head), image=inline, width=picture.width, height=picture.height, bytes=picture.size)
        return [EntryAdded(shown, image=url)]

    return make


def offering(room: RoomState, asked: OfferFiles, offer_id: str) -> Maker:
    """How files become an offer; raises too-many-files, file-name, file-size."""

    def make(head: Head) -> list[Change]:
        if len(asked.files) > room.rules.limits.offer_files:
            raise Refused("too-many-files")
        files = offered_files(asked.files)
        size = sum(file.size for file in files)
        if size > room.free_bytes or size + room.bytes_on_offer(head.by) > room.rules.quota:
            raise Refused("file-size")
        expires_at = head.at + room.rules.offer_ttl_ms
        record = OfferRecord(offer_id, head.seq, head.by, files, head.at, expires_at, "open")
        entry = Offered(*_fields(head), offer=OfferHead(offer_id, files, expires_at))
        return [EntryAdded(entry), OfferSaved(record)]

    return make


def _fields(head: Head) -> tuple[int, str, int, str, str, int]:
    return head.seq, head.id, head.at, head.by, head.name, head.colour
