"""What reads bytes from outside, under Atheris (Linux, macOS): frames, packets, JSON, commands.

    .venv/bin/pip install --require-hashes -r requirements-fuzz.txt
    .venv/bin/python -m scripts.fuzz.parsing -max_total_time=60

Whatever comes in, only the refusals come out that each part promises; anything else is shown with its input.
"""

from __future__ import annotations

import sys
from contextlib import suppress

import atheris

with atheris.instrument_imports(include=["chatapp", "socketio", "wsproto"]):
    from socketio import packet

    from chatapp.errors import Refused
    from chatapp.protocol import COMMANDS, Limits
    from chatapp.server.codec import MALFORMED, StrictJson, decode
    from chatapp.server.frames import Farewell, Frames


class Packet(packet.Packet):  # type: ignore[misc]  # the library has no types
    """As the server has it."""

    json = StrictJson


def one_input(data: bytes) -> None:
    """All that can be done with some bytes."""
    read_frames(data)
    text = data.decode("utf-8", "ignore")
    with suppress(ValueError):
        Packet(encoded_packet=text)
    value = StrictJson.loads(text)
    if value is MALFORMED:
        return
    StrictJson.dumps(value)
    for kind in COMMANDS.values():
        with suppress(Refused):
            StrictJson.dumps(decode(value, kind))


def read_frames(data: bytes) -> None:
    """In two pieces, as TCP may bring them."""
    frames = Frames(Limits().frame_bytes, lambda: None)
    with suppress(Farewell):
        for piece in (data[: len(data) // 2], data[len(data) // 2 :]):
            list(frames.read(piece))


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
