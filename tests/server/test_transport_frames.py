"""Frames as RFC 6455 has them: what a client may do, and how one ends who does what it may not."""

from __future__ import annotations

import pytest

from tests.server.conftest import Arrives
from tests.server.transport_house import (
    BINARY,
    CLOSE,
    HEAD,
    PING,
    PONG,
    TEXT,
    Client,
    House,
    event,
    frame,
    until,
)

CONTINUATION = 0
HELLO = event("hello", ack=1)
HEARD = '431[{"heard":"hello"}]'


@pytest.fixture
def minji(arrives: Arrives) -> Client:
    return arrives()


def test_a_message_may_come_in_fragments_with_control_frames_between_them(minji: Client) -> None:
    minji.sends(
        frame(TEXT, HELLO[:5], fin=False),
        frame(PING, b"are you there"),
        frame(CONTINUATION, b"", fin=False),
        frame(PONG, b"unasked"),
        frame(CONTINUATION, HELLO[5:]),
    )

    assert minji.next_frame() == (PONG, b"are you there")
    assert minji.hears() == HEARD


def test_a_character_may_be_cut_in_two_by_a_fragment(minji: Client, house: House) -> None:
    message = '42["안녕"]'.encode()
    middle = message.index("안".encode()) + 1
    minji.sends(frame(TEXT, message[:middle], fin=False), frame(CONTINUATION, message[middle:]))

    until(lambda: "안녕" in house.heard)


def test_a_frame_may_come_byte_by_byte_and_many_in_one_segment(minji: Client) -> None:
    for byte in frame(TEXT, HELLO):
        minji.sends(bytes([byte]))
    assert minji.hears() == HEARD

    minji.sends(frame(TEXT, HELLO) * 20)
    assert [minji.hears() for _ in range(20)] == [HEARD] * 20


@pytest.mark.parametrize("length", [0, 1, 125])
def test_a_ping_is_answered_with_its_payload(minji: Client, length: int) -> None:
    minji.sends(frame(PING, b"p" * length))

    assert minji.next_frame() == (PONG, b"p" * length)


@pytest.mark.parametrize("length", [125, 126, 127, 4096])
def test_a_message_of_each_form_of_length_is_read(minji: Client, length: int) -> None:
    empty = len(event("x", "", ack=1))
    minji.speaks(event("x", "a" * (length - empty), ack=1))

    assert minji.hears() == '431[{"heard":"x"}]'


WRONG = {
    "not masked": frame(TEXT, HELLO, masked=False),
    "a reserved bit": frame(TEXT, HELLO, first=0x40),
    "the bit of deflate": frame(TEXT, HELLO, first=0x20),
    "a reserved opcode": frame(3, HELLO),
    "a reserved control opcode": frame(11, b""),
    "a control frame in fragments": frame(PING, b"p", fin=False),
    "a long control frame": frame(PING, b"p" * 126),
    "a continuation of nothing": frame(CONTINUATION, HELLO),
    "a message within another": frame(TEXT, b"42", fin=False) + frame(TEXT, HELLO),
    "a length written too long": b"\x81\xfe\x00\x05" + b"\0\0\0\0" + b"42[1]",
    "a length beyond 63 bits": b"\x81\xff\xff" + b"\xff" * 7 + b"\0\0\0\0",
    "a close frame of one byte": frame(CLOSE, b"\x03"),
    "a close code that nobody may send": frame(CLOSE, b"\x03\xee"),
    "a close code that is none": frame(CLOSE, b"\x00\x00"),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
def test_what_breaks_the_protocol_ends_with_1002(minji: Client, house: House, wrong: bytes) -> None:
    minji.sends(wrong)

    assert minji.is_closed() == 1002
    until(lambda: len(house.lost) == 1)
    assert house.heard == ["enter"]


@pytest.mark.parametrize("bad", [b"42[\xff]", b"42[\xed\xa0\x80]", b"42[\xc3", b"\xf8\x88\x80\x80\x80"])
def test_what_is_not_utf_8_ends_with_1007(minji: Client, bad: bytes) -> None:
    minji.speaks(bad)

    assert minji.is_closed() == 1007


def test_a_binary_message_ends_with_1003(minji: Client) -> None:
    minji.sends(frame(BINARY, b"binary"))

    assert minji.is_closed() == 1003


def test_a_message_that_is_too_long_ends_with_1009_before_it_has_all_come(minji: Client) -> None:
    minji.sends(frame(TEXT, b"4" * 100_000)[:5000])

    assert minji.is_closed() == 1009


def test_fragments_that_become_too_long_end_with_1009(minji: Client) -> None:
    minji.sends(frame(TEXT, b"4" * 3000, fin=False), frame(CONTINUATION, "가".encode() * 366, fin=False))

    assert minji.is_closed() == 1009


@pytest.mark.parametrize("reason", [b"", b"\x03\xe8", b"\x03\xe9going", b"\x0f\xa0"])
def test_a_close_is_answered_with_its_code_and_nothing_after_it_is_heard(
    minji: Client, house: House, reason: bytes
) -> None:
    minji.sends(frame(CLOSE, reason), frame(TEXT, HELLO))

    opcode, payload = minji.next_frame()
    assert (opcode, payload[:2]) == (CLOSE, reason[:2])
    assert minji.is_over()
    until(lambda: len(house.lost) == 1)
    assert house.heard == ["enter"]


def test_who_is_told_of_a_fault_may_go_on_sending_and_still_hears_it(minji: Client, house: House) -> None:
    """Closing while something comes would be a reset, which takes the last frames from its peer."""
    minji.sends(frame(BINARY, b"x"))
    until(lambda: len(house.lost) == 1 and house.transport.is_idle())
    for _ in range(50):
        minji.sends(frame(TEXT, HELLO))

    assert minji.is_closed() == 1003
    assert house.heard == ["enter"]


HEADS = {
    "another version": HEAD.replace("Version: 13", "Version: 8"),
    "no version": HEAD.replace("Sec-WebSocket-Version: 13\r\n", ""),
    "no key": HEAD.replace("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", ""),
}


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS.keys())
def test_a_wrong_handshake_is_refused_and_leaves_no_session(
    house: House, head: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.server.transport_house.HEAD", head)
    client = Client(house.port, enters=None)

    assert client.head.startswith(b"HTTP/1.1 400 ")
    assert client.is_over()
    until(lambda: not house.transport.sessions)
    client.closes()


def test_the_handshake_is_answered_as_in_the_example_of_the_rfc(arrives: Arrives) -> None:
    head = arrives(enters=None).head.lower()

    assert head.startswith(b"http/1.1 101 ")
    assert b"sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=" in head
    assert b"extensions" not in head
