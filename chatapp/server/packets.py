"""Packets of Engine.IO 4 and Socket.IO 5, as far as they are read and written here."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from socketio import packet

from chatapp.server.codec import StrictJson

CLOSE, PING, PONG, MESSAGE = "1", "2", "3", "4"
EVENT, ACK = f"{MESSAGE}{packet.EVENT}".encode(), f"{MESSAGE}{packet.ACK}".encode()
_HEAD = re.compile(rf"{packet.EVENT}([0-9]{{0,15}})(?=\[)")


class UsualEvent(NamedTuple):
    """The usual packet, read at a third of the library's cost; its fields are those of the library's Packet."""

    data: Any
    id: int | None
    packet_type: int = packet.EVENT
    namespace: None = None


def usual_event(text: str) -> UsualEvent | None:
    """The event that a packet is, if of the default namespace and in the usual form; else the library reads it."""
    head = _HEAD.match(text)
    if head is None:
        return None
    ack = head[1]
    return UsualEvent(StrictJson.loads(text[head.end() :]), int(ack) if ack else None)
