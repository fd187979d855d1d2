"""One program with a window at a time: a second start brings the first one's window to the front, and ends."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from msgspec import MsgspecError, Struct
from msgspec.json import decode, encode

from chatapp.settings import LOOPBACK

log = logging.getLogger(__name__)
FILE = "running.json"
ANSWER_SECONDS = 2.0
LONGEST = 256
_YES = b"here\n"


class Running(Struct, frozen=True):
    """How to reach the first one: its port on loopback, and the word that this person's programs know."""

    port: int
    word: str


class Only:
    """This program as the first one, until it is closed; others call by way of a file that this person alone reads."""

    def __init__(self, folder: Path, called: Callable[[], None]) -> None:
        self._path, self._called = folder / FILE, called
        self._word = secrets.token_urlsafe(24)
        self._listener = socket.create_server((LOOPBACK, 0))
        self._tell()
        threading.Thread(target=self._listen, name="only", daemon=True).start()

    def close(self) -> None:
        """Another one may be the first now."""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _tell(self) -> None:
        part = self._path.with_suffix(".part")
        try:
            part.unlink(missing_ok=True)
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                out.write(encode(Running(self._listener.getsockname()[1], self._word)))
            part.replace(self._path)
        except OSError as error:
            log.warning("a second start will not find this one: %s", error)

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                connection = self._listener.accept()[0]
                with connection, suppress(OSError):
                    connection.settimeout(ANSWER_SECONDS)
                    if secrets.compare_digest(connection.recv(LONGEST), self._word.encode()):
                        self._called()
                        connection.sendall(_YES)


def hands_over(folder: Path) -> bool:
    """Whether a first one is there and shows its window now; a file that one left behind which was killed is nobody."""
    try:
        running = decode((folder / FILE).read_bytes(), type=Running)
        with socket.create_connection((LOOPBACK, running.port), ANSWER_SECONDS) as first:
            first.sendall(running.word.encode())
            return first.recv(LONGEST) == _YES
    except (OSError, MsgspecError):
        return False
