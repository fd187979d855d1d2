"""Bytes on their way: a sender that uploads what is wanted, a recipient that takes it."""

from __future__ import annotations

import http.client
import socket
import struct
from urllib.parse import urlsplit

from tests.contract.people import Json, Person
from tests.contract.wire import PATIENCE, patch, request, upload_offset


def give(sender: Person, offer: Json, *files: bytes) -> None:
    """Upload the files of an offer that somebody has accepted, each with one PATCH."""
    uploads = sender.sees(offer)["uploads"]
    assert [each["file"] for each in uploads] == list(range(len(files)))
    for each, body in zip(uploads, files, strict=True):
        assert upload_offset(sender.url, each["url"]) == 0
        answer = patch(sender.url, each["url"], 0, body)
        assert (answer.status, answer.headers["upload-offset"]) == (204, str(len(body)))


def take(recipient: Person, offer: Json, file: int = 0) -> bytes:
    """Download one file of an accepted offer."""
    answer = request(recipient.url, "GET", ticket_of(recipient, offer, file))
    assert answer.status == 200, answer
    return answer.body


def ticket_of(recipient: Person, offer: Json, file: int = 0) -> str:
    """Where a recipient finds one file of an offer."""
    downloads = recipient.sees(offer)["downloads"]
    return str(next(each["url"] for each in downloads if each["file"] == file))


class Download:
    """A download that is still running."""

    def __init__(self, url: str, path: str, **headers: str) -> None:
        self.connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE)
        self.connection.connect()
        self.socket = self.connection.sock
        self.connection.request("GET", path, headers=headers)
        self.response = self.connection.getresponse()
        self.status = self.response.status

    def reads(self, count: int) -> bytes:
        """The next bytes; fewer when it ends."""
        return self.response.read(count)

    def cuts(self) -> None:
        """Cut it at once: what the server sends from now on has nowhere to go."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.closes()

    def closes(self) -> None:
        """Let go of it."""
        self.response.close()
        self.connection.close()


class Upload:
    """A PATCH whose body goes out piece by piece."""

    def __init__(self, url: str, path: str, offset: int, length: int) -> None:
        self.connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE)
        self.connection.putrequest("PATCH", path)
        for name, value in {
            "Tus-Resumable": "1.0.0",
            "Content-Type": "application/offset+octet-stream",
            "Upload-Offset": str(offset),
            "Content-Length": str(length),
        }.items():
            self.connection.putheader(name, value)
        self.connection.endheaders()

    def sends(self, piece: bytes) -> None:
        """Some bytes of the body."""
        self.connection.send(piece)

    def is_over(self) -> int | None:
        """The status of its answer; None when the server has cut it without one."""
        try:
            return self.connection.getresponse().status
        except (ConnectionError, http.client.HTTPException):
            return None

    def closes(self) -> None:
        """Cut it, or let go of it."""
        self.connection.close()
