"""One download's hold on a spooled file: what may be read, and the gate through which every byte goes."""

from __future__ import annotations

import socket
import threading
import time
from io import FileIO
from pathlib import Path
from typing import Protocol

CHUNK_BYTES = 256 * 1024
"""The most that one send hands to the system."""
BLOCKED_SECONDS = 10.0
"""Who has taken no byte for so long gives way to a newer connection of the same member."""


class Over(Exception):
    """No byte goes to this reader any more."""


class Lost(Exception):
    """The spool has not got the bytes that it should have."""


class Growing(Protocol):
    """What a reader knows of its file: where it lies, how far it may be read; `moved` tells of changes."""

    path: Path
    visible: int
    moved: threading.Condition

    def left(self, reader: Reader) -> None:
        """A reader has gone."""


class Reader:
    """One connection that follows a spooled file; `over` ends it, and `sending` is held during each send."""

    def __init__(self, file: Growing, member: str) -> None:
        self.member = member
        self.over = False
        self.sending = threading.Lock()
        self.blocked_since: float | None = None
        self._file = file
        self._source: FileIO | None = None
        self._buffer = memoryview(bytearray())
        self._held = self._buffer

    def wait_beyond(self, position: int, seconds: float) -> int:
        """How far the file can be read, once that is beyond `position` or the time is up; raises Over."""
        with self._file.moved:
            self._file.moved.wait_for(lambda: self.over or self._file.visible > position, seconds)
            if self.over:
                raise Over
            return self._file.visible

    def send(self, connection: socket.socket, position: int, stop: int) -> int:
        """Hand bytes from `position` on to the system without waiting, return how many; raises Over.

        Positions rise. Who has set `over` and then held `sending` knows that nothing follows. Raises Lost.
        """
        self._fill(position, stop)
        with self.sending:
            if self.over:
                raise Over
            try:
                count = connection.send(self._held)
            except BlockingIOError:
                count = 0
        self._held = self._held[count:]
        self.blocked_since = None if count else self.blocked_since or time.monotonic()
        return count

    def give_way(self) -> bool:
        """End, if this connection's peer has long ceased to take what is there."""
        blocked = self.blocked_since is not None and time.monotonic() - self.blocked_since > BLOCKED_SECONDS
        self.over = self.over or blocked
        return blocked

    def close(self) -> None:
        """Let go of the file."""
        self._file.left(self)
        if self._source is not None:
            self._source.close()

    def _fill(self, position: int, stop: int) -> None:
        """Have bytes at hand, from `position` on."""
        if self._held:
            return
        try:
            count = self._opened(position).readinto(self._buffer[: min(CHUNK_BYTES, stop - position)])
        except OSError as error:
            # At the end of an offer its file is erased, and that may be before this reader has looked.
            raise (Over if self.over else Lost)(str(error)) from error
        if not count:
            raise Lost(f"{self._file.path} ends at {position}")
        self._held = self._buffer[:count]

    def _opened(self, position: int) -> FileIO:
        if self._source is None:
            self._source = FileIO(self._file.path)
            self._source.seek(position)
            self._buffer = memoryview(bytearray(CHUNK_BYTES))
        return self._source
