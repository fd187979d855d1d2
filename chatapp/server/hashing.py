"""SHA-256 of what is in the spool: while it comes, and of what an earlier process got, once it is whole."""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from chatapp.errors import Refused

log = logging.getLogger(__name__)
PIECE_BYTES = 1024 * 1024


class RunningHash:
    """The SHA-256 of a file that grows in order."""

    def __init__(self, path: Path, size: int) -> None:
        self._path, self._size = path, size
        self._hash, self._hashed = hashlib.sha256(), 0
        self._lock = threading.Lock()

    @property
    def is_complete(self) -> bool:
        """Whether every byte has passed by."""
        return self._hashed == self._size

    def add(self, data: memoryview, start: int) -> None:
        """Bytes that were written at `start`; what was written before this process is left for the end."""
        if start == self._hashed:
            self._hash.update(data)
            self._hashed += len(data)

    def finish(self, is_over: Callable[[], bool]) -> str | None:
        """64 hexadecimal digits, after reading what did not pass by; None when it is over before. Raises OSError."""
        with self._lock:
            if not self.is_complete:
                self._read_rest(is_over)
            return self._hash.hexdigest() if self.is_complete else None

    def _read_rest(self, is_over: Callable[[], bool]) -> None:
        piece = memoryview(bytearray(PIECE_BYTES))
        with self._path.open("rb", buffering=0) as file:
            file.seek(self._hashed)
            while not is_over() and (count := file.readinto(piece)):
                self._hash.update(piece[:count])
                self._hashed += count


class Hashed(Protocol):
    """What is asked of the spool."""

    def is_hashed(self, offer: str, file: int) -> bool:
        """Whether the hash is there without reading the file."""

    def sha256(self, offer: str, file: int) -> str | None:
        """The hash of a whole file, None when the file is over. Raises OSError."""


class Room(Protocol):
    """What is asked of the room."""

    def hashed(self, offer: str, file: int, sha256: str) -> None:
        """The SHA-256 of a file that is whole in the spool; said again, it changes nothing."""


class Hashing:
    """Tells the room the hash of each file that is whole: at once, or when it has been read."""

    def __init__(self, room: Room, spool: Hashed) -> None:
        self._room, self._spool = room, spool
        self._lock = threading.Lock()
        self._running: set[tuple[str, int]] = set()

    def start(self, *key: *tuple[str, int]) -> None:
        """A file is whole; waits for nothing."""
        if self._spool.is_hashed(*key):
            self._tell(*key)
            return
        with self._lock:
            if key in self._running:
                return
            self._running.add(key)
        threading.Thread(target=self._read, args=key, name="hash", daemon=True).start()

    def _read(self, *key: *tuple[str, int]) -> None:
        try:
            self._tell(*key)
        except Exception:
            log.exception("file %s of offer %s could not be hashed", key[1], key[0])
        finally:
            with self._lock:
                self._running.discard(key)

    def _tell(self, offer: str, file: int) -> None:
        sha256 = self._spool.sha256(offer, file)
        if sha256 is not None:
            # A full disk, or the offer has just ended: the next who asks for the file's state brings it about again.
            with suppress(Refused):
                self._room.hashed(offer, file, sha256)
