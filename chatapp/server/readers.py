"""One download's hold on a spooled file: what may be read, and the gate through which every byte goes."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from chatapp.server import sources
from chatapp.server.sources import SentByCopy, Source, UnableError

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
        self._source: Source | None = None
        self._copied: SentByCopy | None = None

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
        source = self._fetched(position, stop)
        return self._through(lambda: self._handed_on(source, connection, position, stop))

    def read(self, position: int, stop: int) -> memoryview:
        """Bytes from `position` on, valid until the next call, to be sent as a part of something else; raises Lost."""
        if self._copied is None:
            with self._reading():
                self._copied = SentByCopy(self._file.path)
        with self._reading():
            self._copied.fetch(position, stop)
        return self._copied.take()

    def pass_on(self, connection: socket.socket, data: memoryview) -> int:
        """Hand what was made of this file on to the system without waiting, return how many; raises Over."""
        return self._through(lambda: connection.send(data))

    def _through(self, give: Callable[[], int]) -> int:
        with self.sending:
            if self.over:
                raise Over
            try:
                count = give()
            except BlockingIOError:
                count = 0
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
        for source in (self._source, self._copied):
            if source is not None:
                source.close()

    def _fetched(self, position: int, stop: int) -> Source:
        """The file, with bytes from `position` on at hand."""
        with self._reading():
            if self._source is None:
                self._source = sources.open_source(self._file.path)
            try:
                self._source.fetch(position, stop)
            except UnableError:
                self._copy_instead(self._source).fetch(position, stop)
            return self._source

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except (EOFError, OSError) as error:
            # At the end of an offer its file is erased, and that may be before this reader has looked.
            raise (Over if self.over else Lost)(str(error)) from error

    def _handed_on(self, source: Source, connection: socket.socket, position: int, stop: int) -> int:
        try:
            return source.hand_on(connection, position, stop)
        except EOFError as error:
            raise Lost(str(error)) from error
        except UnableError:
            self._copy_instead(source)
            return 0

    def _copy_instead(self, source: Source) -> Source:
        source.close()
        self._source = SentByCopy(self._file.path)
        return self._source
