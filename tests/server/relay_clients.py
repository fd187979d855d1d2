"""What people's programs do with the relay, whole requests and single bytes."""

from __future__ import annotations

import http.client
import re
import socket
import struct
import sys
import time
from collections.abc import Callable
from typing import Self
from urllib.parse import unquote

TUS = {"Tus-Resumable": "1.0.0"}
_LINGER = "hh" if sys.platform == "win32" else "ii"
PATIENCE = 20.0
"""How long a test waits for what must happen."""


def until(true: Callable[[], object]) -> None:
    """Wait until something is true; fail when that takes too long."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.005)


class Answered:
    """An answer that has come completely."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status, self.headers, self.body = response.status, response.headers, response.read()

    @property
    def offset(self) -> int:
        return int(self.headers["Upload-Offset"])


class Wire:
    """One connection, byte by byte."""

    def __init__(self, port: int, *lines: str) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode("latin-1"))
        self._came = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def cut(self) -> None:
        """Break the connection the hard way."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack(_LINGER, 1, 0))
        self.socket.close()

    def head(self) -> tuple[int, dict[str, str]]:
        """The status and the headers of the answer."""
        while b"\r\n\r\n" not in self._came:
            self._came += self._received(1 << 16)
        text, _, self._came = self._came.partition(b"\r\n\r\n")
        first, *lines = text.decode().split("\r\n")
        return int(first.split()[1]), {key.lower(): value for key, value in (line.split(": ", 1) for line in lines)}

    def read(self, count: int) -> bytes:
        """Exactly so many bytes."""
        parts, missing = [self._came[:count]], count - len(self._came)
        self._came = self._came[count:]
        while missing > 0:
            parts.append(self._received(min(missing, 1 << 20)))
            missing -= len(parts[-1])
        return b"".join(parts)

    def rest(self) -> bytes:
        """All that comes until the other side ends; fails on a reset."""
        parts = [self._came]
        while data := self.socket.recv(1 << 20):
            parts.append(data)
        self._came = b""
        return b"".join(parts)

    def _received(self, most: int) -> bytes:
        data = self.socket.recv(most)
        assert data, "the connection ended early"
        return data


def patch_headers(offset: int) -> dict[str, str]:
    return TUS | {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}


def saved_name(disposition: str) -> tuple[str, str]:
    """The plain name and the full one that a Content-Disposition gives."""
    match = re.fullmatch(r'attachment; filename="([ -~]*)"; filename\*=UTF-8\'\'([!-~]*)', disposition)
    assert match, disposition
    return match[1], unquote(match[2], errors="strict")
