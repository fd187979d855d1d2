"""One file on its way: written in order by one, read by many while it grows.

Two numbers: `written` is the offset that is acknowledged, `visible` is how far readers may read; it moves in
larger steps, for each step wakes every reader. Locks, in this order: writing, moved, a reader's sending.
"""

from __future__ import annotations

import errno
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import Self

from chatapp.errors import Refused
from chatapp.server.hashing import RunningHash
from chatapp.server.readers import Reader
from chatapp.server.reserving import is_reserved, reserve

STEP_BYTES = 512 * 1024
"""How many bytes make readers wake up,"""
STEP_SECONDS = 0.05
"""and how long fewer of them may stay unseen while more arrive."""
CONNECTIONS = 4
"""How many connections one member may have to one file."""
_CANNOT = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP}
_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}


class SpooledFile:
    """The bytes of one offered file that have arrived; `over` is the code of its end, once it has one."""

    def __init__(self, path: Path, size: int, written: int, has_space: Callable[[], bool]) -> None:
        self.path, self.size, self.has_space = path, size, has_space
        self.written = self.visible = written
        self.over: str | None = None
        self.promised = written > 0
        self.reserved = written > 0 and is_reserved(path, size)
        self.hash = RunningHash(path, size)
        self.writing = threading.Lock()
        self.moved = threading.Condition()
        self._writer: Writer | None = None
        self._readers: set[Reader] = set()

    # -- writing ----------------------------------------------------------------------------------

    def offset(self) -> int:
        """The next byte's place; a writer at work ends, so that this stays true. Raises the file's end."""
        with self.writing:
            self._check()
            self.end_writer("wrong-offset")
            return self.written

    def writer(self, offset: int, length: int, member: str) -> Writer:
        """The one writer from now on; raises wrong-offset, too-large (and then the old one goes on)."""
        with self.writing:
            self._check()
            # Before the place is taken: a client that is out of date must not stop a good one.
            if offset != self.written:
                raise Refused("wrong-offset")
            if offset + length > self.size:
                raise Refused("too-large")
            writer = Writer(self, member)
            self.end_writer("wrong-offset")
            self._writer = writer
            return writer

    def is_written_by(self, member: str) -> bool:
        """Whether this member's writer is at work."""
        writer = self._writer
        return writer is not None and writer.member == member and writer.over is None

    def left_by(self, writer: Writer) -> None:
        """A writer has gone."""
        if self._writer is writer:
            self._writer = None

    def end_writer(self, code: str) -> None:
        """Let the writer write no more; it ends with this refusal."""
        if self._writer is not None:
            self._writer.over = self._writer.over or code

    def publish(self) -> None:
        """Show readers all that is written."""
        with self.moved:
            self.visible = self.written
            self.moved.notify_all()

    def _check(self) -> None:
        if self.over is not None:
            raise Refused(self.over)

    # -- reading ----------------------------------------------------------------------------------

    def reader(self, member: str) -> Reader:
        """One more connection of a member; raises slow-down when it has enough of them."""
        with self.moved:
            self._check()
            own = [reader for reader in self._readers if reader.member == member and not reader.over]
            if len(own) >= CONNECTIONS and not any(reader.give_way() for reader in own):
                raise Refused("slow-down")
            reader = Reader(self, member)
            self._readers.add(reader)
            return reader

    def left(self, reader: Reader) -> None:
        """A reader has gone."""
        with self.moved:
            self._readers.discard(reader)

    def is_read_by(self, member: str) -> bool:
        """Whether this member has a connection to it."""
        with self.moved:
            return any(reader.member == member and not reader.over for reader in self._readers)

    @property
    def missing(self) -> int:
        """How many bytes are still to come."""
        return self.size - self.written

    @property
    def unreserved(self) -> int:
        """How many of these the disk has not set aside."""
        return 0 if self.reserved else self.missing

    # -- ending -----------------------------------------------------------------------------------

    def end(self, code: str) -> None:
        """It is over for everybody: from the return on no byte goes to a reader."""
        with self.moved:
            self.over = self.over or code
            self.end_writer(code)
            readers = list(self._readers)
            self._stop(readers)
        _wait_for_sends(readers)

    def stop_member(self, member: str) -> None:
        """It is over for one reader: from the return on no byte goes to it."""
        with self.moved:
            readers = [reader for reader in self._readers if reader.member == member]
            self._stop(readers)
        _wait_for_sends(readers)

    def _stop(self, readers: list[Reader]) -> None:
        for reader in readers:
            reader.over = True
        self.moved.notify_all()


def _wait_for_sends(readers: list[Reader]) -> None:
    """Wait for the sends that have begun; none waits for its peer, so this takes as long as a copy."""
    for reader in readers:
        with reader.sending:
            pass


class Writer:
    """The one who adds to a spooled file; when its `with` ends, all that it wrote is on disk."""

    def __init__(self, file: SpooledFile, member: str) -> None:
        self._file, self.member = file, member
        self.over: str | None = None
        self._shown_at = 0.0
        self._out = _opened(file.path, file.written)
        self._reserve()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._file.publish()
            if self._file.over is None:
                _sync(self._out.fileno())
        finally:
            self._out.close()
            self._file.left_by(self)

    def check(self) -> None:
        """Raise the refusal by which this writer, or the file, is over."""
        code = self.over or self._file.over
        if code is not None:
            raise Refused(code)

    def write(self, data: memoryview) -> None:
        """Add bytes; raises storage-full (what is written stays), wrong-offset and others when it is over."""
        with self._file.writing:
            while data:
                self.check()
                count = self._write(data)
                self._file.hash.add(data[:count], self._file.written)
                self._file.written += count
                data = data[count:]
        self._show()

    def rest(self) -> None:
        """Show readers what there is, for nothing comes at the moment."""
        if self._file.visible != self._file.written:
            self._publish()

    def _reserve(self) -> None:
        """Have the disk keep space for all of it, so that nobody else fills it meanwhile; raises storage-full."""
        try:
            with _full_disk_is_refused():
                self._file.reserved = self._file.reserved or reserve(self._out.fileno(), self._file.size)
        except BaseException:
            self._out.close()
            raise

    def _write(self, data: memoryview) -> int:
        with _full_disk_is_refused():
            return self._out.write(data)

    def _show(self) -> None:
        unseen = self._file.written - self._file.visible
        if unseen >= STEP_BYTES or time.monotonic() - self._shown_at >= STEP_SECONDS:
            self._publish()

    def _publish(self) -> None:
        self._shown_at = time.monotonic()
        self._file.publish()
        if not self._file.has_space():
            raise Refused("storage-full")


def _opened(path: Path, offset: int) -> FileIO:
    """The file, ready for the byte at `offset`; made when it is not there, for no other user of the computer."""
    with _full_disk_is_refused():
        out = FileIO(os.open(path, os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600), "wb")
    try:
        # Something can be behind the offset only where Windows kept a file that was to go.
        if os.fstat(out.fileno()).st_size != offset:
            out.truncate(offset)
        out.seek(offset)
    except OSError:
        out.close()
        raise
    return out


@contextmanager
def _full_disk_is_refused() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise Refused("storage-full") from error
        raise


def _sync(descriptor: int) -> None:
    """Have it on disk; the length is part of that, the times are not."""
    try:
        getattr(os, "fdatasync", os.fsync)(descriptor)
    except OSError as error:
        # Some network and user-space file systems have no such thing.
        if error.errno not in _CANNOT:
            raise
