"""What reads bytes from outside, under Atheris (Linux, macOS): frames, packets, JSON, commands.

    .venv/bin/pip install --require-hashes -r requirements-fuzz.txt
    .venv/bin/python -m scripts.fuzz.parsing -max_total_time=60

Whatever comes in, only the refusals come out that each part promises; anything else is shown with its input. What has a
short way besides the library's (short texts, usual events) must be read as the library alone reads it.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import Any

import atheris

with atheris.instrument_imports(include=["chatapp", "socketio", "wsproto"]):
    from socketio import packet
    from wsproto import ConnectionType
    from wsproto.connection import Connection
    from wsproto.frame_protocol import CloseReason

    from chatapp.errors import Refused
    from chatapp.protocol import COMMANDS, Limits
    from chatapp.server import frames
    from chatapp.server.codec import MALFORMED, StrictJson, decode
    from chatapp.server.packets import usual_event

MOST = Limits().frame_bytes


class DifferenceError(Exception):
    """The short way and the library's do not read the same."""


class Packet(packet.Packet):  # type: ignore[misc]  # the library has no types
    """As the server has it."""

    json = StrictJson


def one_input(data: bytes) -> None:
    """All that can be done with some bytes."""
    for wire in (data, masked(data), masked(data[: len(data) // 2]) + masked(data[len(data) // 2 :]) + data):
        read_frames(wire)
    text = data.decode("utf-8", "ignore")
    for packet_text in (text, "2" + text, "21[" + text, '2["say",' + text + "]"):
        read_packet(packet_text)
    value = StrictJson.loads(text)
    if value is MALFORMED:
        return
    StrictJson.dumps(value)
    for kind in COMMANDS.values():
        with suppress(Refused):
            StrictJson.dumps(decode(value, kind))


def masked(payload: bytes) -> bytes:
    """A short text of a client, whose key is what it begins with."""
    key = (payload + bytes(4))[:4]
    bare = bytes(letter ^ key[at % 4] for at, letter in enumerate(payload[:125]))
    return bytes((0x81, 0x80 | len(bare))) + key + bare


def read_frames(data: bytes) -> None:
    """In two pieces, as TCP may bring them: the same with the short way as by wsproto alone."""
    short, long = frames.Frames(MOST, lambda: None), frames.Frames(MOST, lambda: None)
    long._wire = Connection(ConnectionType.SERVER)  # noqa: SLF001  # from its first frame on
    half = len(data) // 2
    for piece in (data[:half], data[half:]):
        one, other = messages_of(short, piece), messages_of(long, piece)
        is_early = other[-1:] == [CloseReason.INVALID_FRAME_PAYLOAD_DATA] and one == other[:-1] and short.unfinished
        if one != other and not is_early:  # wsproto sees in the middle of a text already that it is none
            raise DifferenceError(one, other)
        if other and isinstance(other[-1], int):
            break


def messages_of(reader: frames.Frames, piece: bytes) -> list[object]:
    """What is read, and the code of the end if it ends."""
    read: list[object] = []
    try:
        read.extend(reader.read(piece))
    except frames.Farewell as farewell:
        read.append(farewell.args[0])
    return read


def read_packet(text: str) -> None:
    """A usual event is the library's packet."""
    found = usual_event(text)
    library = None
    with suppress(ValueError):
        library = Packet(encoded_packet=text)
    if found is not None and (library is None or told_by(found) != told_by(library)):
        raise DifferenceError(text, found, library)


def told_by(read: Any) -> tuple[object, ...]:
    """What is used of a packet; NaN is not equal to itself, but its letters are."""
    return read.packet_type, read.namespace or "/", read.id, repr(read.data)


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
