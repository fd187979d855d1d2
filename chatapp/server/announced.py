"""The room's sign on the network, kept true while the room is open."""

from __future__ import annotations

import ipaddress

from chatapp.core.changes import Change, RoomSaved
from chatapp.core.room import Room
from chatapp.lan.addresses import bound_addresses
from chatapp.lan.discovery import Announcement, Sign
from chatapp.server.host import Host


def announce(host: Host, bind: str, port: int) -> Announcement | None:
    """Let others find the room that listens on `bind`; None when it listens on loopback alone."""
    addresses = [address for address in bound_addresses(bind) if _reaches_others(address)]
    if not addresses:
        return None
    announcement = Announcement(_sign(host.room), addresses, port)

    def keep_true(change: Change) -> None:
        if isinstance(change, RoomSaved):
            announcement.change(_sign(host.room))

    host.watch(keep_true)
    return announcement


def _sign(room: Room) -> Sign:
    return Sign(room.id, room.record.title, room.record.pin is not None, room.record.locked)


def _reaches_others(address: str) -> bool:
    """Whether it is an IPv4 address of a network: what is announced is looked up as such."""
    try:
        return not ipaddress.IPv4Address(address).is_loopback
    except ValueError:
        return False
