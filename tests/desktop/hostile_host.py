"""A host that means harm: a real room behind a door that answers everything else with a script of its own."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import suppress
from typing import Self
from urllib.request import urlopen

EVIL = "window.pwned = 1; document.documentElement.dataset.pwned = 1;"
MARKUP = f'<img src=x onerror="{EVIL}"><script>{EVIL}</script>'


class HostileHost:
    """Listens on loopback; `heads` are the heads of all requests that came."""

    def __init__(self, room: str) -> None:
        self._room = room
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self.heads: list[str] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection = self._listener.accept()[0]
                threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head:
                head += connection.recv(65536)
            self.heads.append(head.decode("latin-1"))
            path = head.split()[1].decode()
            if path.startswith("/socket.io/"):
                self._tunnel(connection, head)
            else:
                connection.sendall(self._evil(path))

    def _evil(self, path: str) -> bytes:
        kind, body = "text/html", f"<!doctype html><script>{EVIL}</script>"
        if path == "/healthz":
            kind, body = "application/json", json.dumps(self._sign())
        elif path.endswith(".js"):
            kind, body = "text/javascript", EVIL
        elif path == "/redirect":
            return b"HTTP/1.1 302 Found\r\nLocation: javascript:alert(1)\r\nContent-Length: 0\r\n\r\n"
        data = body.encode()
        head = (
            f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nAccess-Control-Allow-Origin: *\r\nContent-Length: {len(data)}"
        )
        return f"{head}\r\nConnection: close\r\n\r\n".encode() + data

    def _sign(self) -> object:
        with urlopen(f"{self._room}/healthz", timeout=10) as answer:
            sign = json.load(answer)
        sign["room"]["title"] = MARKUP
        return sign

    def _tunnel(self, connection: socket.socket, head: bytes) -> None:
        """Let the room behind speak, whose people are hostile too."""
        host, port = self._room.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as room:
            room.sendall(head)
            back = threading.Thread(target=pump, args=(room, connection), daemon=True)
            back.start()
            pump(connection, room)
            back.join()


def pump(source: socket.socket, target: socket.socket) -> None:
    """Pass on what comes until the end."""
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
