"""Coming and going: what a join, a lost connection, a leaving or a removal changes."""

from __future__ import annotations

from msgspec import UNSET
from msgspec.structs import replace

from chatapp.core.changes import (
    Change,
    EntryAdded,
    MemberRecord,
    MemberSaved,
    OfferSaved,
    RecipientSaved,
    SeatState,
    SocketGone,
    SocketJoined,
)
from chatapp.core.names import clean_name
from chatapp.core.state import RoomState
from chatapp.errors import Refused
from chatapp.protocol import Join, Joined, Left, Removed, Renamed


def join(room: RoomState, socket: str, asked: Join, key: str, ids: tuple[str, str], at: int) -> list[Change]:
    """What a join changes; `key` is the digest of its token, `ids` fresh ones for a member and an entry.

    Raises malformed (a joined socket with another token), was-removed, room-locked, pin-required, pin-wrong,
    room-full, name-invalid, name-reserved, name-taken.
    """
    known = room.members.known(key)
    if room.members.joined(socket) and (known is None or room.speaker(socket).member.id != known.id):
        raise Refused("malformed", at="$.token")
    if known is not None and known.seat == "held":
        return [SocketJoined(socket, known.id, asked.outbox)]
    _check_admitted(room, known, asked, key)
    name = free_name(room, asked.name, but=None)
    seated = _seated(room, known, key, ids[0], name)
    entry = Joined(room.log.next_seq, ids[1], at, seated.id, seated.name, seated.colour)
    return [
        MemberSaved(seated),
        *_come_back(room, seated.id),
        EntryAdded(entry),
        SocketJoined(socket, seated.id, asked.outbox),
    ]


def _check_admitted(room: RoomState, known: MemberRecord | None, asked: Join, key: str) -> None:
    """Raise what keeps this token out; who is known, or the host, passes PIN, lock and a full room."""
    if known is not None and known.seat == "removed":
        raise Refused("was-removed")
    if room.admits(key):
        return
    if room.record.locked:
        raise Refused("room-locked")
    if room.record.pin is not None and asked.pin is UNSET:
        raise Refused("pin-required")
    if room.record.pin is not None and asked.pin != room.record.pin:
        raise Refused("pin-wrong")
    if room.members.count >= room.rules.limits.members:
        raise Refused("room-full")


def free_name(room: RoomState, name: str, but: str | None) -> str:
    """The cleaned name, if nobody but `but` has it; raises name-invalid, name-reserved, name-taken."""
    limits = room.rules.limits
    cleaned = clean_name(name, max_chars=limits.name_chars, max_bytes=limits.name_bytes)
    room.members.check_free(cleaned, but)
    return cleaned


def _seated(room: RoomState, known: MemberRecord | None, key: str, fresh: str, name: str) -> MemberRecord:
    if known is not None:
        return replace(known, name=name, seat="held")
    is_host = key == room.rules.host_key
    return MemberRecord(fresh, key, name, room.members.next_colour(), is_host, "held")


def _come_back(room: RoomState, member: str) -> list[RecipientSaved]:
    """Who comes again may answer the offers that are still open."""
    return [change for offer in room.offers.values() if offer.is_open for change in offer.act(member, "come")]


def lost(room: RoomState, socket: str, at: int) -> list[Change]:
    """What the loss of a connection changes: the seat is kept."""
    return [SocketGone(socket, at)] if room.members.joined(socket) else []


def leave(room: RoomState, socket: str, entry_id: str, at: int) -> list[Change]:
    """What a leave changes: the socket goes, and the member with its last one."""
    member = room.speaker(socket).member
    gone = SocketGone(socket, at)
    if room.members.sockets(member.id) != {socket}:
        return [gone]
    return [*_vacate(room, member, "left", entry_id, at), gone]


def remove(room: RoomState, member: str, entry_id: str, at: int) -> list[Change]:
    """What a removal changes: seat, offers and all sockets of the member; raises unknown-member, not-yours (a host)."""
    record = room.members.seated(member)
    if record.host:
        raise Refused("not-yours")
    sockets = sorted(room.members.sockets(member))
    return [*_vacate(room, record, "removed", entry_id, at), *(SocketGone(socket, at) for socket in sockets)]


def _vacate(room: RoomState, member: MemberRecord, seat: SeatState, entry_id: str, at: int) -> list[Change]:
    """Free a seat: the notice, the member's own offers closed, and itself gone from those of others."""
    notice = (Left if seat == "left" else Removed)(
        room.log.next_seq, entry_id, at, member.id, member.name, member.colour
    )
    changes: list[Change] = [EntryAdded(notice)]
    for offer in room.offers.values():
        if offer.record.by == member.id and offer.is_open:
            changes.append(OfferSaved(offer.end("forsake")))
        elif offer.record.by == member.id and offer.moves_bytes:
            # It has expired already, but without its sender nothing of it goes to anybody any more.
            changes.extend(change for receiver in sorted(offer.states) for change in offer.act(receiver, "lose"))
        elif offer.moves_bytes:
            changes.extend(offer.act(member.id, "go"))
    return [*changes, MemberSaved(replace(member, seat=seat))]


def rename(room: RoomState, socket: str, name: str, entry_id: str, at: int) -> list[Change]:
    """What a rename changes, nothing when it is the own name; raises name-invalid, name-reserved, name-taken."""
    member = room.speaker(socket).member
    cleaned = free_name(room, name, but=member.id)
    if cleaned == member.name:
        return []
    entry = Renamed(room.log.next_seq, entry_id, at, member.id, cleaned, member.colour, member.name)
    return [MemberSaved(replace(member, name=cleaned)), EntryAdded(entry)]


def overdue(room: RoomState, now: int) -> str | None:
    """The member whose grace has ended, the earliest first."""
    due = [(since, member) for member, since in room.members.away_since().items()]
    since, member = min(due, default=(now, None))
    return member if since + room.rules.grace_ms <= now else None


def depart(room: RoomState, member: str, entry_id: str, at: int) -> list[Change]:
    """What the end of a member's grace changes."""
    return _vacate(room, room.members.seated(member), "left", entry_id, at)


def next_deadline(room: RoomState) -> int | None:
    """When the next seat or offer runs out; None when nothing does."""
    seats = [since + room.rules.grace_ms for since in room.members.away_since().values()]
    offers = [offer.record.expires_at for offer in room.offers.values() if offer.is_open]
    return min([*seats, *offers], default=None)
