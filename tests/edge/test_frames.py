"""Frames and packets that no honest client sends."""

from __future__ import annotations

import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from chatapp.protocol import Limits
from tests.edge.hostile import BINARY, CLOSE, PING, Intruder, Line, frame, upgrade
from tests.edge.siege import Siege

FRAME_BYTES = Limits().frame_bytes
CONTINUATION = 0
TOO_BIG, PROTOCOL_ERROR, NOT_TEXT, NOT_UTF_8 = 1009, 1002, 1003, 1007


def answered_with(siege: Siege, data: bytes) -> int | None:
    """The code with which the server closes on somebody who has joined and sends this; None without a code."""
    with Intruder(siege.port, "준") as jun:
        jun.tries(data)
        return jun.close_code()


# -- size -----------------------------------------------------------------------------------------


def test_a_giant_frame_closes_the_socket(siege: Siege) -> None:
    with siege.holds(), Intruder(siege.port, "준") as jun:
        jun.sends(frame("", says=300 * 2**20))
        sent = 0
        while sent < 300 * 2**20 and jun.tries(b"x" * 2**20):
            sent += 2**20
        assert jun.close_code() in {TOO_BIG, None}  # None: it was sent too much to see the answer


def test_a_giant_message_in_small_frames_closes_the_socket(siege: Siege) -> None:
    with siege.holds():
        many = frame("x" * 65_535, CONTINUATION, fin=False) * (FRAME_BYTES // 65_535 + 1)
        assert answered_with(siege, frame("42", fin=False) + many) == TOO_BIG


@pytest.mark.parametrize("length", [2**63 - 1, 2**64 - 1, FRAME_BYTES + 1])
def test_the_length_that_a_frame_claims_takes_no_memory(siege: Siege, length: int) -> None:
    with siege.holds(), Intruder(siege.port, "준") as jun:
        jun.sends(frame("42", says=length))


def test_empty_frames_without_end_take_no_memory(siege: Siege) -> None:
    with siege.holds(growth=16 * 2**20), Intruder(siege.port, "준") as jun:
        jun.sends(frame("42", fin=False))
        for _ in range(20):
            jun.tries(frame("", CONTINUATION, fin=False) * 20_000)


def test_unfinished_messages_of_many_sockets_take_little_memory(siege: Siege) -> None:
    almost = frame("x" * (FRAME_BYTES - 100), fin=False)

    with siege.holds(), ExitStack() as stack:
        for _ in range(40):
            intruder = stack.enter_context(Intruder(siege.port))
            intruder.socket.settimeout(0.1)
            intruder.tries(almost)


def test_letters_of_four_bytes_do_not_multiply_the_memory(siege: Siege) -> None:
    wide = '421["say",{"mid":1,"text":"' + "x" * (FRAME_BYTES - 200) + '😀"}]'

    with siege.holds():
        assert answered_with(siege, frame(wide)) == TOO_BIG


def test_many_large_messages_at_once_take_little_memory(siege: Siege) -> None:
    large = '421["say",{"mid":1,"text":"' + "x" * (FRAME_BYTES - 200) + '"}]'

    def says(jun: Intruder) -> str:
        return str(jun.asks_with(large, 1)["code"])

    with siege.holds(), ExitStack() as stack, ThreadPoolExecutor(20) as threads:
        many = [stack.enter_context(Intruder(siege.port, "준")) for _ in range(20)]
        assert set(threads.map(says, many)) == {"text-too-long"}


# -- compression ----------------------------------------------------------------------------------


def test_a_deflate_bomb_is_never_unpacked(siege: Siege) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = packer.compress(b"x" * 300_000_000) + packer.flush(zlib.Z_SYNC_FLUSH)

    with siege.holds():
        deflate = "permessage-deflate; client_max_window_bits"
        with Intruder(siege.port, "준", sec_websocket_extensions=deflate) as jun:
            assert b"permessage-deflate" not in jun.answer.data.lower()
            jun.sends(frame(bomb, rsv=4))
            assert jun.close_code() == PROTOCOL_ERROR


# -- what RFC 6455 forbids ------------------------------------------------------------------------

FORBIDDEN = {
    "a binary frame": (frame(b"\x04", BINARY), NOT_TEXT),
    "an unmasked frame": (b"\x81\x02" + b"3x", PROTOCOL_ERROR),
    "a reserved bit": (frame("3", rsv=1), PROTOCOL_ERROR),
    "an unknown kind": (frame("3", 3), PROTOCOL_ERROR),
    "an unknown control frame": (frame("", 11), PROTOCOL_ERROR),
    "a long ping": (frame("x" * 126, PING), PROTOCOL_ERROR),
    "a ping in pieces": (frame("x", PING, fin=False), PROTOCOL_ERROR),
    "a continuation of nothing": (frame("x", CONTINUATION), PROTOCOL_ERROR),
    "a message within another": (frame("42", fin=False) + frame("42"), PROTOCOL_ERROR),
    "half a letter": (frame(b"42\xed\x95"), NOT_UTF_8),
    "a surrogate in UTF-8": (frame(b"42\xed\xa0\x80"), NOT_UTF_8),
    "a length of 5 in 8 bytes": (b"\x81\xff" + struct.pack("!Q", 5) + bytes(4) + b"42[1]", PROTOCOL_ERROR),
}


@pytest.mark.parametrize(("data", "code"), FORBIDDEN.values(), ids=FORBIDDEN)
def test_what_is_no_websocket_ends_with_its_code(siege: Siege, data: bytes, code: int) -> None:
    with siege.holds():
        assert answered_with(siege, data) == code


@pytest.mark.parametrize("payload", [b"", b"\x03", struct.pack("!H", 999), struct.pack("!H", 1005), b"\x03\xe8\xff"])
def test_a_close_with_any_reason_is_the_end(siege: Siege, payload: bytes) -> None:
    with siege.holds():
        answered_with(siege, frame(payload, CLOSE))


# -- what Engine.IO and Socket.IO would stumble over ----------------------------------------------

MALFORMED = {
    "nothing": "",
    "a letter": "x",
    "an unknown packet": "7",
    "an opening": '0{"sid":"x"}',
    "a ping of the client": "2probe",
    "an upgrade": "5",
    "no packet": "4",
    "an unknown Socket.IO packet": "49",
    "an acknowledgement": '43999[{"ok":true}]',
    "an error": '44{"message":"x"}',
    "binary attachments": '451-1["say",{"mid":1,"text":{"_placeholder":true,"num":0}}]',
    "very many attachments": '4599999999999-["say"]',
    "a binary acknowledgement": "461-1[]",
    "digits without end": "42" + "9" * 100_000,
    "another namespace": '42/admin,["say"]',
    "an array of arrays without end": "42" + "[" * 100_000,
    "an object of objects without end": "42" + '{"a":' * 100_000,
}


@pytest.mark.parametrize("packet", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_packet_leaves_no_ghost(siege: Siege, packet: str) -> None:
    with siege.holds(), Intruder(siege.port, "준") as jun, Line(siege.port) as early:
        early.sends(upgrade(siege.port))
        early.hears_until(b'0{"sid":')
        early.sends(frame(packet))
        jun.sends(frame(packet) * 3)


def test_binary_attachments_are_never_awaited(siege: Siege) -> None:
    with siege.holds(growth=16 * 2**20), Intruder(siege.port, "준") as jun:
        jun.sends(frame('45100000-1["say",{"mid":1}]'))
        for _ in range(30):
            if not jun.tries(frame(b"\0" * 2**20, BINARY)):
                break
        assert jun.close_code() in {NOT_TEXT, None}


@pytest.mark.parametrize(
    "name", ["connect", "disconnect", "connect_error", "error", "message", "*", "__disconnect_final"]
)
def test_a_reserved_name_calls_nothing(siege: Siege, name: str) -> None:
    with siege.holds(), Intruder(siege.port, "준") as jun:
        assert jun.asks_with(f'421["{name}",{{"REMOTE_ADDR":"10.0.0.1"}}]', 1)["code"] == "unknown-command"
        assert jun.name in siege.names()


NOT_JSON = [
    "NaN",
    "-Infinity",
    "1e999",
    r'"\ud800"',
    r'"\udc00x"',
    "[" * 90 + "]" * 90,
    "[" + "{}," * 5_000 + "{}]",
    "01",
    "'x'",
]


@pytest.mark.parametrize("value", NOT_JSON, ids=[value[:12] for value in NOT_JSON])
def test_what_is_no_strict_json_reaches_nobody(siege: Siege, value: str) -> None:
    with siege.holds(), Intruder(siege.port, "준") as jun:
        for payload in (f'{{"mid":1,"text":{value}}}', f'{{"mid":1,"text":"x","more":{value}}}', value):
            assert jun.asks_with(f'421["say",{payload}]', 1)["code"] == "malformed"
        assert jun.asks("say", {"mid": 1, "text": "나는 아직 있다"}, 2)["ok"]


def test_a_placeholder_is_a_plain_object(siege: Siege) -> None:
    many = ",".join(['{"_placeholder":true,"num":0}'] * 2_000)

    with siege.holds(), Intruder(siege.port, "준") as jun:
        assert jun.asks_with(f'421["say",{{"mid":1,"text":"x","more":[{many}]}}]', 1)["code"] == "malformed"
