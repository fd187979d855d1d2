"""A server that is nothing but a transport, and clients that speak to it frame by frame."""

from __future__ import annotations

import json
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask

from chatapp.server.codec import Json
from chatapp.server.connections import Server
from chatapp.server.doors import Capacity, Doors
from chatapp.server.transport import Transport

PATIENCE = 20.0
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
MASK = b"\x37\xfa\x21\x3d"
PICTURE = Json(json.dumps({"image": "x" * 100_000}).encode())
HEAD = (
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


def until(true: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Wait for a condition."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.005)


class House:
    """A transport at work. `tell` is told to everyone, `whisper` to a group, `bye` hangs up; everything is acked.

    The acknowledgement of `picture` is PICTURE.
    """

    def __init__(self, frame_bytes: int) -> None:
        app = Flask(__name__)
        self.transport = Transport(app, frame_bytes)
        self.transport.listen(self._heard, self._lost)
        self.fanout = self.transport._fanout
        self.turn = threading.RLock()
        self.lost: list[str] = []
        self.heard: list[object] = []
        listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.port: int = listener.getsockname()[1]
        self._listener = listener
        self._server = Server(listener, app, Doors(Capacity.for_members(500)))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def seconds_until_heard(self, act: Callable[[], object], count: int) -> float:
        """How long after an act so many more events are heard."""
        before, began = len(self.heard), time.monotonic()
        act()
        until(lambda: len(self.heard) >= before + count)
        return time.monotonic() - began

    def _heard(self, who: str, event: object, arguments: list[Any], ack: int | None, size: int) -> None:
        assert size > 0
        with self.turn:
            self.heard.append(event)
            if event == "enter":
                self.transport.enter(who, arguments[0])
            self.transport.ack(who, ack, PICTURE if event == "picture" else {"heard": event})
            if event == "tell":
                self.transport.tell("told", arguments[0], None, ())
            elif event == "tell-others":
                self.transport.tell("told", arguments[0], None, (who,))
            elif event == "whisper":
                self.transport.tell("whispered", arguments[1], arguments[0], ())
            elif event == "bye":
                self.transport.hang_up(who, for_good=arguments[0])

    def _lost(self, who: str) -> None:
        self.lost.append(who)  # and waits for nobody: a hang-up comes here from within a turn

    def tells(self, what: object) -> None:
        """Something for everyone."""
        with self.turn:
            self.transport.tell("told", what, None, ())

    def closes(self) -> None:
        """No thread and no descriptor is left of it."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._listener.close()
        self.transport.stop()


@contextmanager
def opened(frame_bytes: int = 4096) -> Iterator[House]:
    """A house, and its end."""
    house = House(frame_bytes)
    try:
        yield house
    finally:
        house.closes()


def frame(opcode: int, payload: bytes = b"", *, fin: bool = True, masked: bool = True, first: int = 0) -> bytes:
    """One frame of a client (RFC 6455, 5.2); `first` sets reserved bits."""
    head = bytes([(0x80 if fin else 0) | first | opcode])
    mask = 0x80 if masked else 0
    length = len(payload)
    if length < 126:
        head += bytes([mask | length])
    elif length < 65536:
        head += struct.pack("!BH", mask | 126, length)
    else:
        head += struct.pack("!BQ", mask | 127, length)
    if not masked:
        return head + payload
    key = int.from_bytes((MASK * (length // 4 + 1))[:length], "big")
    return head + MASK + (int.from_bytes(payload, "big") ^ key).to_bytes(length, "big")


def event(name: str, *arguments: object, ack: int | None = None) -> bytes:
    """An event as the payload of a message."""
    return f"42{'' if ack is None else ack}{json.dumps([name, *arguments])}".encode()


class Client:
    """One socket, by hand; `speaks` frames, `hears` messages, answers pings while it hears."""

    def __init__(self, port: int, *, receives: int | None = None, enters: str | None = "all") -> None:
        self.socket = socket.socket()
        if receives:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receives)
        self.socket.settimeout(PATIENCE)
        self.socket.connect(("127.0.0.1", port))
        self._buffer = b""
        self.socket.sendall(HEAD.encode())
        self.head = self._until(b"\r\n\r\n")
        self.frames: list[int] = []
        if enters is not None:
            self.speaks(b"40")
            assert self.hears().startswith("0{")
            assert self.hears().startswith("40{")
            self.speaks(event("enter", enters, ack=0))
            assert self.hears() == '430[{"heard":"enter"}]'

    def _until(self, end: bytes) -> bytes:
        while end not in self._buffer:
            self._buffer += self._received()
        head, self._buffer = self._buffer.split(end, 1)
        return head

    def _received(self) -> bytes:
        data = self.socket.recv(65536)
        if not data:
            raise EOFError
        return data

    def _bytes(self, count: int) -> bytes:
        while len(self._buffer) < count:
            self._buffer += self._received()
        data, self._buffer = self._buffer[:count], self._buffer[count:]
        return data

    def sends(self, *raw: bytes) -> None:
        """Bytes as they are."""
        self.socket.sendall(b"".join(raw))

    def speaks(self, payload: bytes) -> None:
        """One text message."""
        self.sends(frame(TEXT, payload))

    def next_frame(self) -> tuple[int, bytes]:
        """The opcode and payload of the server's next frame; EOFError at the end."""
        first, length = self._bytes(2)
        assert first & 0x70 == 0
        assert length < 128, "a server does not mask"
        if length == 126:
            (length,) = struct.unpack("!H", self._bytes(2))
        elif length == 127:
            (length,) = struct.unpack("!Q", self._bytes(8))
        return first & 0x0F, self._bytes(length)

    def hears(self) -> str:
        """The next message that is no ping."""
        while True:
            opcode, payload = self.next_frame()
            if opcode == CLOSE:
                raise EOFError(payload)
            assert opcode == TEXT, (opcode, payload)
            if payload != b"2":
                return payload.decode()
            self.speaks(b"3")

    def hears_told(self, count: int) -> list[Any]:
        """What the next events told."""
        return [json.loads(self.hears().removeprefix("42"))[1] for _ in range(count)]

    def is_closed(self) -> int | None:
        """The code of the server's closing; None when there is none. Whatever comes before is skipped."""
        try:
            while True:
                opcode, payload = self.next_frame()
                if opcode == CLOSE:
                    return int.from_bytes(payload[:2], "big")
        except (EOFError, ConnectionError):
            return None

    def is_over(self) -> bool:
        """Whether the connection itself ends, after what may come before."""
        try:
            while self._received():
                pass
        except (EOFError, ConnectionError):
            return True
        return False

    def closes(self, *, abruptly: bool = False) -> None:
        """Let go: in order, or by a reset."""
        if abruptly:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


def descriptors() -> int:
    """How many files this process has open; 0 where the system does not tell."""
    own = Path("/proc/self/fd")
    return len([*own.iterdir()]) if own.exists() else 0


WINDOWS_TOO = ["as this system can"] if sys.platform == "win32" else ["as this system can", "as Windows can"]
"""Both ways of sending without waiting (see nonblocking.py)."""
