"""What no honest library sends: bytes on a TCP connection, WebSocket frames by hand (RFC 6455), and what comes back."""

from __future__ import annotations

import itertools
import json
import re
import socket
import struct
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from tests.contract.people import fresh_token

PATIENCE = 20.0
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
SOCKET_PATH = "/socket.io/?EIO=4&transport=websocket"
_NUMBERS = itertools.count()
_ANSWER = re.compile(rb"HTTP/1\.1 (\d{3}) .*?\r\n\r\n(.*)", re.DOTALL)


@dataclass(frozen=True)
class Said:
    """All that a server said on a connection until it ended it."""

    data: bytes

    @property
    def status(self) -> int | None:
        """The status of the first answer."""
        found = _ANSWER.match(self.data)
        return int(found[1]) if found else None

    @property
    def code(self) -> str:
        """The code of a refusal in JSON, which is the whole answer."""
        found = _ANSWER.match(self.data)
        assert found, self.data
        return str(json.loads(found[2])["code"])


class Line:
    """A TCP connection to the server, from any address of this computer."""

    def __init__(self, port: int, source: str = "127.0.0.1") -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE, (source, 0))
        self._received = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.socket.close()

    def sends(self, data: bytes) -> None:
        """Bytes, as they are."""
        self.socket.sendall(data)

    def tries(self, data: bytes) -> bool:
        """Send, unless the other side has had enough; whether it took it."""
        try:
            self.socket.sendall(data)
        except OSError:
            return False
        return True

    def hears_all(self) -> Said:
        """Everything until the server ends the connection, which it has to do in time."""
        try:
            while piece := self.socket.recv(65536):
                self._received += piece
        except ConnectionError:
            pass
        return Said(self._received)

    def is_ended(self) -> bool:
        """Whether the server has ended it by now; waits for nothing."""
        self.socket.setblocking(False)
        try:
            while piece := self.socket.recv(65536):
                self._received += piece
        except BlockingIOError:
            return False
        except ConnectionError:
            return True
        finally:
            self.socket.settimeout(PATIENCE)
        return True

    def hears_until(self, end: bytes) -> bytes:
        """What comes up to some bytes."""
        while end not in self._received:
            piece = self.socket.recv(65536)
            assert piece, f"the server ended it: {self._received[-200:]!r}"
            self._received += piece
        said, _, self._received = self._received.partition(end)
        return said + end

    def close_code(self) -> int | None:
        """With what the server closes, once it does; None for an end without a word."""
        said = self.hears_all().data
        ends = (at for at in range(len(said) - 127, len(said) - 3) if at >= 0)
        starts = [at for at in ends if said[at] == 0x80 | CLOSE and at + 2 + said[at + 1] == len(said)]
        return struct.unpack("!H", said[starts[0] + 2 : starts[0] + 4])[0] if starts else None


def head(port: int, request: str = f"GET {SOCKET_PATH}", **headers: str) -> bytes:
    """A request's head; `x_forwarded_host` is X-Forwarded-Host, and an empty value leaves a header out."""
    named = {name.replace("_", "-").title(): value for name, value in headers.items()}
    lines = {"Host": f"127.0.0.1:{port}", **named}
    return (
        f"{request} HTTP/1.1\r\n".encode()
        + b"".join(f"{name}: {value}\r\n".encode("latin-1") for name, value in lines.items() if value)
        + b"\r\n"
    )


def upgrade(port: int, path: str = SOCKET_PATH, **headers: str) -> bytes:
    """A WebSocket's opening handshake."""
    wanted = {
        "connection": "Upgrade",
        "upgrade": "websocket",
        "sec_websocket_version": "13",
        "sec_websocket_key": "MDEyMzQ1Njc4OWFiY2RlZg==",
    }
    return head(port, f"GET {path}", **{**wanted, **headers})


def frame(
    payload: bytes | str, opcode: int = TEXT, *, fin: bool = True, rsv: int = 0, says: int | None = None
) -> bytes:
    """A frame of a client; its mask is zero. `says`: the length that it claims to have."""
    data = payload.encode() if isinstance(payload, str) else payload
    length = len(data) if says is None else says
    first = (0x80 if fin else 0) | rsv << 4 | opcode
    if length < 126:
        start = struct.pack("!BB", first, 0x80 | length)
    elif length < 2**16:
        start = struct.pack("!BBH", first, 0x80 | 126, length)
    else:
        start = struct.pack("!BBQ", first, 0x80 | 127, length)
    return start + bytes(4) + data


class Intruder(Line):
    """A WebSocket by hand with Socket.IO's namespace open; with a name, to which a number is added, in the room."""

    def __init__(self, port: int, name: str | None = None, *, source: str = "127.0.0.1", **headers: str) -> None:
        super().__init__(port, source)
        try:
            self.answer = self._opens(port, headers)
            if name is not None:
                self.name = f"{name} {next(_NUMBERS)}"
                self.asks("join", {"token": fresh_token(), "name": self.name})
        except BaseException:
            self.socket.close()
            raise

    def _opens(self, port: int, headers: dict[str, str]) -> Said:
        self.sends(upgrade(port, **headers))
        answer = Said(self.hears_until(b"\r\n\r\n"))
        assert answer.status == 101, answer
        self.sends(frame("40"))
        self.hears_until(b'40{"sid":')
        return answer

    def asks(self, command: str, payload: object, ack: int = 0) -> dict[str, Any]:
        """The acknowledgement of a command that has to be done."""
        answer = self.asks_with(f"42{ack}" + json.dumps([command, payload]), ack)
        assert answer["ok"], answer
        return answer

    def asks_with(self, text: str, ack: int = 0) -> dict[str, Any]:
        """The acknowledgement of a text frame."""
        self.sends(frame(text))
        self.hears_until(f"43{ack}[".encode())
        answer = ""
        while True:
            answer += self.hears_until(b"}]").decode("utf-8", "replace")
            try:
                found: dict[str, Any] = json.loads(answer[:-1])
            except ValueError:
                continue
            return found
