"""The wire by hand: frames that no Socket.IO library sends, and plain HTTP."""

from __future__ import annotations

import http.client
import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import websocket

PATIENCE = 10.0
SOCKET_PATH = "/socket.io/?EIO=4&transport=websocket"


class RawSocket:
    """A WebSocket that has (unless told otherwise) opened Socket.IO's namespace."""

    def __init__(self, url: str, *, opens: bool = True, **options: Any) -> None:
        address = url.replace("http://", "ws://") + SOCKET_PATH
        self.socket = websocket.create_connection(address, timeout=PATIENCE, **options)
        if opens:
            try:
                self._open()
            except BaseException:
                self.socket.close()
                raise

    def _open(self) -> None:
        assert self.receives().startswith("0")
        self.sends("40")
        assert self.receives().startswith("40")

    def sends(self, frame: str) -> None:
        """One text frame."""
        self.socket.send(frame)

    def receives(self) -> str:
        """The next text frame that is no ping; raises ConnectionError with the close code."""
        while True:
            opcode, data = self.socket.recv_data()
            if opcode == websocket.ABNF.OPCODE_CLOSE:
                raise ClosedError(struct.unpack("!H", data[:2])[0] if len(data) >= 2 else None)
            if data != b"2":
                return bytes(data).decode()
            self.sends("3")

    def asks(self, command: str, payload: str, ack: int = 1) -> dict[str, Any]:
        """The acknowledgement of a command whose payload is this JSON text."""
        return self.asks_with(f"42{ack}[{json.dumps(command)},{payload}]", ack)

    def asks_with(self, frame: str, ack: int = 1) -> dict[str, Any]:
        """The acknowledgement that a frame gets."""
        self.sends(frame)
        start = f"43{ack}"
        while not (text := self.receives()).startswith(start):
            pass
        answer: dict[str, Any] = json.loads(text[len(start) :])[0]
        return answer

    def is_closed(self) -> int | None:
        """The code with which the server closes, once it does; None for a cut without one."""
        try:
            while True:
                self.receives()
        except ClosedError as closed:
            return closed.code
        except (ConnectionError, websocket.WebSocketConnectionClosedException):
            return None

    def closes(self) -> None:
        """Let go."""
        self.socket.close()
        # By itself it keeps the connection when the other side has ended it.
        self.socket.shutdown()  # type: ignore[no-untyped-call]


class ClosedError(ConnectionError):
    """The server closed, with this code."""

    def __init__(self, code: int | None) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Answer:
    """An answer of HTTP."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """What its body says."""
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The code of an error."""
        assert self.headers["content-type"].startswith("application/json"), self.headers
        said = self.json()
        assert list(said) == ["code"], said
        return str(said["code"])


def request(
    url: str, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
) -> Answer:
    """One request on a connection of its own."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE)
    try:
        connection.putrequest(method, path, skip_host="Host" in (headers or {}))
        if body is not None and "Content-Length" not in (headers or {}):
            connection.putheader("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            connection.putheader(name, value)
        connection.endheaders(body)
        return read(connection.getresponse())
    finally:
        connection.close()


def read(response: http.client.HTTPResponse) -> Answer:
    """All of an answer; header names in lower case."""
    headers = {name.lower(): value for name, value in response.getheaders()}
    return Answer(response.status, headers, response.read())


TUS = {"Tus-Resumable": "1.0.0"}


def patch(url: str, path: str, offset: int, body: bytes, **headers: str) -> Answer:
    """Upload some bytes at an offset."""
    own = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
    return request(url, "PATCH", path, {**TUS, **own, **headers}, body)


def upload_offset(url: str, path: str) -> int:
    """How many bytes the server has."""
    answer = request(url, "HEAD", path, TUS)
    assert answer.status == 200, answer
    return int(answer.headers["upload-offset"])
