"""The ways from a file to a connection: the system sends it, or its pages in memory are sent, or a copy of them."""

from __future__ import annotations

import errno
import mmap
import os
import socket
from collections.abc import Callable
from io import FileIO
from pathlib import Path
from typing import Protocol

STEP_BYTES = 4 * 1024 * 1024
"""The most that one sendfile hands to the system, or that is mapped at once,"""
CHUNK_BYTES = 256 * 1024
"""and one send of what was read into memory first."""
_CANNOT = {errno.EINVAL, errno.ENODEV, errno.ENOMEM, errno.ENOSYS, errno.ENOTSUP}
"""How some network and user-space file systems refuse sendfile, and mmap."""
_UNREADABLE = {errno.EFAULT, errno.EIO}


class UnableError(Exception):
    """A file cannot be sent in this way where it lies."""


class Source(Protocol):
    """One way from the file to a connection."""

    def fetch(self, position: int, stop: int) -> None:
        """Have bytes from `position` on at hand; raises EOFError when there are none, UnableError, OSError."""

    def hand_on(self, connection: socket.socket, position: int, stop: int) -> int:
        """Give bytes from `position` on to the system, return how many.

        Raises EOFError when the file has not got them, UnableError, BlockingIOError and other OSErrors of the
        connection.
        """

    def close(self) -> None:
        """Let go of the file."""


class SentBySystem:
    """The system itself moves the bytes (sendfile(2)): no copy is made of them."""

    def __init__(self, path: Path) -> None:
        self._file = FileIO(path)

    def fetch(self, position: int, stop: int) -> None:
        """Nothing: they stay where they are."""

    def hand_on(self, connection: socket.socket, position: int, stop: int) -> int:
        """Give bytes from `position` on to the system, return how many."""
        try:
            count = os.sendfile(connection.fileno(), self._file.fileno(), position, min(STEP_BYTES, stop - position))
        except OSError as error:
            if error.errno in _CANNOT:
                raise UnableError(str(error)) from error
            if error.errno in _UNREADABLE:
                raise EOFError(str(error)) from error
            raise
        if not count:
            raise EOFError(f"{self._file.name!s} ends at {position}")
        return count

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


class SentFromMap:
    """Bytes are sent from the very pages in which the system keeps the file: one copy instead of two.

    Only the system looks into those pages, so what cannot be read there is an error of the send, and not the
    end of the process (SIGBUS).
    """

    def __init__(self, path: Path) -> None:
        self._file = FileIO(path)
        self._start, self._pages = 0, memoryview(b"")

    def fetch(self, position: int, stop: int) -> None:
        """Have bytes from `position` on at hand; raises EOFError when there are none, UnableError, OSError."""
        if self._start <= position < self._start + len(self._pages):
            return
        # Unmapped with it, for nothing else knows the map.
        self._pages.release()
        self._start = position - position % mmap.ALLOCATIONGRANULARITY
        length = min(STEP_BYTES, stop - self._start)
        self._pages = memoryview(self._mapped(length))

    def _mapped(self, length: int) -> mmap.mmap:
        try:
            return mmap.mmap(self._file.fileno(), length, access=mmap.ACCESS_READ, offset=self._start)
        except ValueError as error:
            raise EOFError(f"{self._file.name!s} ends before {self._start + length}") from error
        except OSError as error:
            if error.errno in _CANNOT:
                raise UnableError(str(error)) from error
            raise

    def hand_on(self, connection: socket.socket, position: int, stop: int) -> int:
        """Give bytes from `position` on to the system, return how many."""
        with self._pages[position - self._start : stop - self._start] as data:
            try:
                return connection.send(data)
            except OSError as error:
                if error.errno in _UNREADABLE:
                    raise EOFError(f"{self._file.name!s} cannot be read at {position}") from error
                raise

    def close(self) -> None:
        """Let go of the file."""
        self._pages.release()
        self._file.close()


class SentByCopy:
    """Bytes are read into memory and sent from there, as every system can; positions rise without a gap."""

    def __init__(self, path: Path) -> None:
        self._file = FileIO(path)
        self._buffer = memoryview(bytearray(CHUNK_BYTES))
        self._held = self._buffer[:0]

    def fetch(self, position: int, stop: int) -> None:
        """Have bytes from `position` on at hand; raises EOFError when there are none, OSError."""
        if self._held:
            return
        self._file.seek(position)
        count = self._file.readinto(self._buffer[: min(CHUNK_BYTES, stop - position)])
        if not count:
            raise EOFError(f"{self._file.name!s} ends at {position}")
        self._held = self._buffer[:count]

    def take(self) -> memoryview:
        """The bytes at hand, valid until the next fetch."""
        taken, self._held = self._held, self._buffer[:0]
        return taken

    def hand_on(self, connection: socket.socket, position: int, stop: int) -> int:  # noqa: ARG002
        """Give the bytes at hand to the system, return how many."""
        count = connection.send(self._held)
        self._held = self._held[count:]
        return count

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


# Windows has TransmitFile, but no thread can take it back from a socket that does not wait.
open_source: Callable[[Path], Source] = SentBySystem if hasattr(os, "sendfile") else SentFromMap
