"""A server whose answers are a script: one connection after the other, down to the byte at which each is cut."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import count
from typing import Self

Answer = Callable[[str], Iterable[bytes]]
"""What follows a request's head until the connection is closed."""
ETAG = '"a"'


class Scripted:
    """Listens on loopback; `heads` are the requests that came. When the script is over, the last answer goes on."""

    def __init__(self, *script: Answer) -> None:
        self._script = script
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.heads: list[str] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):  # macOS has nothing to shut down
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(10)

    def _serve(self) -> None:
        with suppress(OSError):
            for turn in count():
                connection = self._listener.accept()[0]
                answer = self._script[min(turn, len(self._script) - 1)]
                threading.Thread(target=self._answer, args=(connection, answer), daemon=True).start()

    def _answer(self, connection: socket.socket, answer: Answer) -> None:
        with connection, suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head:
                piece = connection.recv(65536)
                if not piece:
                    return
                head += piece
            self.heads.append(head.decode("latin-1"))
            for part in answer(self.heads[-1]):
                connection.sendall(part)


def head(status: str, **headers: object) -> bytes:
    """The head of an answer; `content_length=5` is `content-length: 5`."""
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items() if value is not None]
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode("latin-1")


def whole(data: bytes, sent: int | None = None, etag: str | None = ETAG) -> Answer:
    """The file from its beginning, of which only `sent` bytes arrive."""
    return lambda _: [head("200 OK", content_length=len(data), etag=etag) + data[:sent]]


def part(data: bytes, told: str, etag: str | None = ETAG) -> Answer:
    """Some bytes that are said to be those of a Content-Range."""
    return lambda _: [head("206 Partial Content", content_length=len(data), content_range=told, etag=etag) + data]


def plain(status: str, body: bytes = b"{}") -> Answer:
    """Any other answer."""
    return lambda _: [head(status, content_length=len(body)) + body]


def hangs_up(_: str) -> Iterable[bytes]:
    """No answer at all."""
    return []


def cuts_every(size: int, data: bytes) -> Answer:
    """A real file server, except that no connection brings more than so many bytes."""

    def answer(asked: str) -> Iterable[bytes]:
        wanted = re.search(r"^Range: bytes=(\d+)-\r$", asked, re.MULTILINE)
        if wanted is None or f"If-Range: {ETAG}\r\n" not in asked:
            return whole(data, size)(asked)
        start = int(wanted[1])
        told = f"bytes {start}-{len(data) - 1}/{len(data)}"
        rest = head("206 Partial Content", content_length=len(data) - start, content_range=told, etag=ETAG)
        return [rest + data[start : start + size]]

    return answer
