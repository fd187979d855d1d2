"""What the program's own log says of bad input: one line each, and no word of a ticket."""

from __future__ import annotations

import socket

import pytest
import websocket

from tests.conftest import OpenRoom
from tests.contract.people import Company
from tests.contract.wire import RawSocket, request
from tests.server_process import ServerProcess

HANDSHAKE = "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"


def test_each_refusal_is_one_line_of_the_log(open_room: OpenRoom) -> None:
    server = open_room()
    room = Company(server)
    minji = room.enters("민지")

    assert minji.code_of("say", mid=1, text=" ") == "text-empty"
    assert minji.code_of("say", mid=9, text="안녕") == "gap"
    assert minji.code_of("shout\nloud") == "unknown-command"
    assert request(server.url, "GET", "/", {"Host": "evil.example"}).code == "bad-host"
    assert request(server.url, "HEAD", "/uploads/a-secret", {"Tus-Resumable": "1.0.0"}).status == 404
    assert request(server.url, "DELETE", "/").code == "method-not-allowed"

    said = server.errors().splitlines()
    ends = [
        "'say' refused: text-empty",
        "'say' refused: gap expected=2",
        r"'shout\nloud' refused: unknown-command",
        "127.0.0.1 refused: bad-host",
        "refused: not-found",
        "DELETE refused: method-not-allowed",
    ]
    assert len(said) == len(ends), said
    assert all(line.endswith(end) for line, end in zip(said, ends, strict=True)), said
    assert "a-secret" not in server.errors()
    room.all_go()


@pytest.mark.parametrize(
    "rest",
    [
        "",
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n",
        "Connection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n",
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n",
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n",
    ],
)
def test_a_websocket_cut_while_it_opened_leaves_no_trace(server: ServerProcess, rest: str) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as cut:
        cut.sendall((HANDSHAKE + rest).encode())
        cut.shutdown(socket.SHUT_WR)
        answer = cut.makefile("rb").read()

    assert answer.startswith(b"HTTP/1.1 400")
    assert answer.endswith(b'{"code": "malformed"}')
    assert "Traceback" not in server.errors()


@pytest.mark.parametrize(
    ("frame", "opcode", "why"),
    [
        (b"\x00\x01", websocket.ABNF.OPCODE_BINARY, "WebSocket code 1003"),
        (b'42["say",{"mid":1,"text":"\xed\xa0\x80"}]', websocket.ABNF.OPCODE_TEXT, "WebSocket code 1007"),
        (b"x" * (4 * 2**20 + 1), websocket.ABNF.OPCODE_TEXT, "WebSocket code 1009"),
        (b"x", websocket.ABNF.OPCODE_TEXT, "malformed packet"),
    ],
)
def test_a_socket_that_is_closed_for_its_frame_is_one_line(
    open_room: OpenRoom, frame: bytes, opcode: int, why: str
) -> None:
    server = open_room()
    in_order, wrong = RawSocket(server.url), RawSocket(server.url)
    in_order.closes()

    wrong.socket.send(frame, opcode)
    wrong.is_closed()

    said = server.errors().splitlines()
    assert len(said) == 1, said
    assert said[0].endswith(f"closed: {why}")
    wrong.closes()
