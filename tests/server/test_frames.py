"""The short way of reading frames gives what wsproto gives, whatever comes and however it is cut."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from wsproto import ConnectionType
from wsproto.connection import Connection

from chatapp.server import frames
from chatapp.server.frames import Farewell, Frames
from tests.server.transport_house import BINARY, CLOSE, PING, PONG, TEXT, frame

MOST = 300
texts = st.text(max_size=110).map(str.encode)
wholes = st.one_of(
    texts.map(lambda payload: frame(TEXT, payload)),
    texts.map(lambda payload: frame(TEXT, payload * 4)),
    st.sampled_from([frame(TEXT, b""), frame(TEXT, b"3"), frame(TEXT, b"x" * 125), frame(TEXT, b"x" * 126)]),
)
others = st.one_of(
    st.sampled_from(
        [frame(PING, b"p"), frame(PONG), frame(CLOSE, b"\x03\xe8"), frame(BINARY, b"b"), frame(TEXT, b"\xff")]
    ),
    texts.map(lambda payload: frame(TEXT, payload, fin=False) + frame(PING) + frame(0, b"!")),
    texts.map(lambda payload: frame(TEXT, payload, masked=False)),
    st.sampled_from([b"\x81\xfe\x00\x05\0\0\0\0hello", frame(TEXT, b"x" * (MOST + 1))]),
    st.binary(max_size=12),
)
streams = st.lists(st.one_of(wholes, wholes, wholes, others), max_size=12).map(b"".join)
reached = Counter[str]()


def uncounted() -> None:
    """Nobody counts the frames."""


def all_of(reader: Frames, pieces: list[bytes]) -> list[str | bytes]:
    """What a reader gives, and with what it ends."""
    got: list[str | bytes] = []
    try:
        for piece in pieces:
            got += reader.read(piece)
            reached["still short" if reader._wire is None else "wsproto"] += 1
    except Farewell as farewell:
        got.append(farewell.frame)
        reached[f"end {int.from_bytes(farewell.frame[2:4], 'big')}"] += 1
    reached["messages"] += sum(isinstance(one, str) for one in got)
    return got


def by_wsproto() -> Frames:
    reader = Frames(MOST, uncounted)
    reader._wire = Connection(ConnectionType.SERVER)
    return reader


@given(streams, st.lists(st.integers(1, 40), min_size=1, max_size=20))
@example(frame(TEXT, b"\xff\xfe"), [1])
@example(b"\x81\x83\x81\x807\xfa!=", [1])
@settings(max_examples=600, deadline=None)
def test_both_ways_give_the_same(stream: bytes, sizes: list[int]) -> None:
    pieces, start = list[bytes](), 0
    while start < len(stream):
        size = sizes[len(pieces) % len(sizes)]
        pieces.append(stream[start : start + size])
        start += size

    # Whatever was begun comes to its end: wsproto looks at letters before that, and we when all of them are there.
    pieces.append(bytes(2 * MOST))
    assert all_of(Frames(MOST, uncounted), pieces) == all_of(by_wsproto(), pieces)


def test_all_that_is_interesting_came_about() -> None:
    assert {"still short", "wsproto", "end 1000", "end 1002", "end 1003", "end 1007", "end 1009"} <= set(reached)
    assert reached["messages"] > 1000


def test_what_nearly_all_clients_send_needs_no_wsproto(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "Connection", None)
    reader = Frames(2**20, uncounted)

    sent = [b"3", b"42[]", "안녕".encode() * 100, b"x" * 125, b"x" * 126, b"x" * 65535]
    stream = b"".join(frame(TEXT, payload) for payload in sent)

    assert all_of(reader, [stream[:7], stream[7:200], stream[200:]]) == [payload.decode() for payload in sent]


@pytest.mark.parametrize("length", [0, 125, 126, 65535, 65536])
def test_a_frame_of_ours_is_what_the_protocol_says(length: int) -> None:
    client = Connection(ConnectionType.CLIENT)
    client.receive_data(frames.text(b"x" * length) + frames.close(1000))

    events: list[Any] = [*client.events()]

    assert "".join(event.data for event in events[:-1]) == "x" * length
    assert events[-1].code == 1000
