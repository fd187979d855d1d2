"""WebSocket frames (RFC 6455): what goes out is framed once for all, what comes in is read by wsproto."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from typing import Any

from wsproto import ConnectionType, WSConnection
from wsproto.connection import Connection
from wsproto.events import AcceptConnection, CloseConnection, Ping, Pong, Request, TextMessage
from wsproto.frame_protocol import CloseReason, Opcode
from wsproto.utilities import RemoteProtocolError

from chatapp.errors import Refused

FIN = MASKED = 0x80
SHORT = SHARED_BYTES = 2**16
WHOLE_TEXT = bytes((FIN | Opcode.TEXT,))
GOODBYES = (CloseReason.NORMAL_CLOSURE, CloseReason.GOING_AWAY, CloseReason.NO_STATUS_RCVD)
_HANDSHAKE = ("HTTP_HOST", "HTTP_UPGRADE", "HTTP_CONNECTION", "HTTP_SEC_WEBSOCKET_KEY", "HTTP_SEC_WEBSOCKET_VERSION")


class Farewell(Exception):
    """The conversation is over, by their wish or for their fault; `frame` is the last one to send."""

    def __init__(self, code: int, frame: bytes) -> None:
        super().__init__(code)
        self.frame = frame
        self.is_fault = code not in GOODBYES


def text(payload: bytes) -> bytes:
    """A whole text message of a server: one frame, not masked."""
    return _frame(Opcode.TEXT, payload)


def text_in_parts(*payload: bytes) -> list[bytes]:
    """The same of a payload in parts, of which a big one stays as it is: all to whom it goes share it."""
    size = sum(map(len, payload))
    if size < SHARED_BYTES:
        return [text(b"".join(payload))]
    return [_head(Opcode.TEXT, size), *payload]


def close(code: int) -> bytes:
    """The last frame of a conversation."""
    return _frame(Opcode.CLOSE, struct.pack("!H", code))


def _frame(opcode: int, payload: bytes) -> bytes:
    return _head(opcode, len(payload)) + payload


def _head(opcode: int, length: int) -> bytes:
    if length < 126:
        return bytes((FIN | opcode, length))
    if length < 2**16:
        return struct.pack("!BBH", FIN | opcode, 126, length)
    return struct.pack("!BBQ", FIN | opcode, 127, length)


def accept(environ: dict[str, Any]) -> bytes:
    """The answer that opens a WebSocket, without extensions; raises malformed."""
    head = "".join(f"{_header(name)}: {environ[name]}\r\n" for name in _HANDSHAKE if name in environ)
    wire = WSConnection(ConnectionType.SERVER)
    try:
        wire.receive_data(f"GET / HTTP/1.1\r\n{head}\r\n".encode("latin-1"))
        if isinstance(next(wire.events(), None), Request):
            return wire.send(AcceptConnection())
    except (RemoteProtocolError, UnicodeError):
        pass
    raise Refused("malformed")


def _header(name: str) -> str:
    return name.removeprefix("HTTP_").replace("_", "-")


class Frames:
    """The frames of one client, as whole text messages of at most `most` bytes; `count` is called for each frame.

    What nearly all clients send nearly always, a short text in one frame, is read here, ten times as fast. wsproto
    reads on from the first frame that is anything else, and for as long as the client stays.
    """

    def __init__(self, most: int, count: Callable[[], None]) -> None:
        self._most, self._count = most, count
        self._begun = b""
        """A short text that has not come to its end."""
        self._wire: Connection | None = None
        self._begin()

    def _begin(self) -> None:
        self._parts: list[str] = []
        self._size = self._letters = 0
        self._is_wide = False

    @property
    def unfinished(self) -> int:
        """The bytes of the message that is not whole yet."""
        return len(self._begun) + self._size

    def read(self, data: bytes) -> Iterator[str | bytes]:
        """Each message that is whole now, and as bytes each frame that is owed in return.

        Raises Farewell: they close; or 1002, 1003 (not text), 1007 (not UTF-8), 1009 (too long).
        """
        if self._wire is None:
            data, start = self._begun + data, 0
            while message := _short_text(data, start, self._most):
                text, start = message
                self._count()
                yield text
            data = data[start:]
            if _may_become_one(data, self._most):
                self._begun = data
                return
            self._wire, self._begun = Connection(ConnectionType.SERVER), b""
        yield from self._read_any(self._wire, data)

    def _read_any(self, wire: Connection, data: bytes) -> Iterator[str | bytes]:
        wire.receive_data(data)
        for event in wire.events():
            if getattr(event, "frame_finished", True):
                self._count()
            if isinstance(event, TextMessage):
                self._add(event.data)
                if event.message_finished:
                    yield self._whole()
            elif isinstance(event, Ping):
                yield wire.send(event.response())
            elif isinstance(event, CloseConnection):
                raise Farewell(event.code, wire.send(event.response()))
            elif not isinstance(event, Pong):
                self._refuse(CloseReason.UNSUPPORTED_DATA)

    def _add(self, part: str) -> None:
        self._size += len(part) if part.isascii() else len(part.encode())
        self._letters += len(part)
        # One letter beyond U+FFFF, and Python keeps every letter in 4 bytes: 4 MB would take 17, and each copy too.
        self._is_wide = self._is_wide or (not part.isascii() and len(part.encode("utf-16-le")) > 2 * len(part))
        is_heavy = self._is_wide and self._size > SHORT and 2 * self._letters > self._most
        if self._size > self._most or is_heavy:
            self._refuse(CloseReason.MESSAGE_TOO_BIG)
        if part:  # empty ones without end would be a list without end
            self._parts.append(part)

    def _whole(self) -> str:
        message = self._parts[0] if len(self._parts) == 1 else "".join(self._parts)
        self._begin()
        return message

    def _refuse(self, code: CloseReason) -> None:
        raise Farewell(code, close(code))


def _short_text(data: bytes, start: int, most: int) -> tuple[str, int] | None:
    """The message of the short text that is at `start`, whole, and where it ends; None when there is none."""
    mask, end = _extent(data, start, most)
    if not start < end <= len(data):
        return None
    payload = data[mask + 4 : end]
    key = (data[mask : mask + 4] * (len(payload) // 4 + 1))[: len(payload)]
    bare = int.from_bytes(payload, "little") ^ int.from_bytes(key, "little")
    try:
        return bare.to_bytes(len(payload), "little").decode(), end
    except UnicodeDecodeError:
        return None


def _may_become_one(data: bytes, most: int) -> bool:
    """Whether a short text begins here, and does not end yet."""
    return not data or _extent(data, 0, most)[1] > len(data)


def _extent(data: bytes, start: int, most: int) -> tuple[int, int]:
    """Where a short text's mask lies, and its end, as far as that is known by now; the end is 0 when there is none.

    Short: in one frame, with its length in one or two bytes. What breaks the protocol is none, whatever it is.
    """
    if data[start : start + 1] != WHOLE_TEXT:
        return 0, 0
    head = start + 2
    length = data[start + 1] - MASKED if len(data) >= head else 0
    if length == 126:
        head += 2
        length = int.from_bytes(data[head - 2 : head], "big") if len(data) >= head else 126
        if length < 126:
            return 0, 0
    elif length > 126:
        return 0, 0
    return (head, head + 4 + length) if 0 <= length <= most else (0, 0)
