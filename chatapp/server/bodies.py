"""The body of a download: the bytes of one file, or of several as a zip, for one member."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple, Protocol

from chatapp.core.changes import OfferRecord
from chatapp.server.readers import Lost, Reader
from chatapp.server.relay import Relay
from chatapp.server.spool import Spool
from chatapp.server.tickets import Ticket
from chatapp.server.wire import Backlog, await_bytes, send_body, send_data
from chatapp.server.zipped import Layout, Out

log = logging.getLogger(__name__)
REPORT_SECONDS = 0.25
"""The room is told of progress at most once in this time."""


class Outgoing(NamedTuple):
    """What every body needs; `patience`: seconds to wait for the sender's next byte."""

    relay: Relay
    spool: Spool
    member: str
    patience: float

    @contextmanager
    def losing(self, offer: str, file: int) -> Iterator[None]:
        """Give up what was sent of a file, should the spool not have it."""
        try:
            yield
        except Lost:
            log.exception("the spool failed: file %s of offer %s is lost", file, offer)
            self.spool.discard(offer, file)
            self.relay.upload_lost(offer, file, "spool")


class Body(Protocol):
    """What goes out after the head of an answer."""

    def send(self, connection: socket.socket) -> None:
        """Write all of it as it arrives; raises Refused, Over and OSError, and then it ends early."""

    def close(self) -> None:
        """Let go of what it is made of; a second time does nothing."""


class Progress:
    """Tells the room which bytes of a file have gone to a member, now and then and at the end."""

    def __init__(self, relay: Relay, held: Ticket, start: int) -> None:
        self._relay, self._held = relay, held
        self._told = self.reached = start
        self._told_at = time.monotonic()

    def moved(self, position: int) -> None:
        """All before this byte has gone."""
        self.reached = position
        if time.monotonic() - self._told_at >= REPORT_SECONDS:
            self.tell()

    def tell(self, *, empty: bool = False) -> None:
        """Say what has not been said yet; `empty`: that nothing has gone is to be said as well."""
        if self._told != self.reached or empty:
            self._relay.delivered(*self._held, self._told, self.reached)
            self._told, self._told_at = self.reached, time.monotonic()


class FileBody:
    """Some bytes of one file."""

    def __init__(self, outgoing: Outgoing, held: Ticket, reader: Reader, span: range) -> None:
        self._out, self._held, self._reader, self._span = outgoing, held, reader, span
        self.close = reader.close

    def send(self, connection: socket.socket) -> None:
        """Write all of it as it arrives; raises Refused, Over, OSError."""
        with self._out.losing(self._held.offer, self._held.file):
            try:
                self._send(connection)
            except Lost:
                # It is waited for when the file is given up.
                self.close()
                raise

    def _send(self, connection: socket.socket) -> None:
        if self._span:
            await_bytes(connection, self._reader, self._span.start, self._out.patience)
        self._out.relay.download_started(*self._held, self._span.start)
        progress = Progress(self._out.relay, self._held, self._span.start)

        @contextmanager
        def ending() -> Iterator[None]:
            # Whoever has the last byte, and asks, is told that it was received.
            with self._out.relay.turn():
                yield
                if progress.reached == self._span.stop:
                    progress.tell()

        try:
            send_body(connection, self._reader, self._span, self._out.patience, progress.moved, ending)
        finally:
            progress.tell(empty=not self._span)


class _Enough(Exception):
    """What was asked for has gone, and the rest of the zip need not be made."""


class ZipBody:
    """Some bytes of the zip of an offer; what is before them is made again, and not sent."""

    def __init__(self, outgoing: Outgoing, record: OfferRecord, layout: Layout, span: range) -> None:
        self._out, self._record, self._layout, self._span = outgoing, record, layout, span
        self._at = 0
        self._reader = self._opened(0)

    def send(self, connection: socket.socket) -> None:
        """Write all of it as it arrives; raises Refused, Over, OSError."""
        backlog = Backlog(connection)
        self._out.relay.download_started(self._record.id, 0, self._out.member, self._skipped(0))
        with suppress(_Enough):
            self._layout.write(
                lambda data: self._pass_on(connection, backlog, data),
                lambda file, give: self._feed(connection, file, give),
            )

    def close(self) -> None:
        """Let go of the file that it is at."""
        self._reader.close()

    def _opened(self, file: int) -> Reader:
        return self._out.spool.reader(self._record.id, file, self._record.files[file].size, self._out.member)

    def _skipped(self, file: int) -> int:
        """How many of a file's bytes are before what is asked for."""
        return self._within(file, self._span.start)

    def _sent(self, file: int) -> int:
        """How many of a file's bytes are before what comes next: skipped, or sent."""
        return max(self._skipped(file), self._within(file, min(self._at, self._span.stop)))

    def _within(self, file: int, place: int) -> int:
        part = self._layout.parts[file]
        return min(max(0, place - part.starts), part.size)

    def _pass_on(self, connection: socket.socket, backlog: Backlog, data: memoryview) -> None:
        """Send what is asked for of the zip's next bytes."""
        start = max(0, self._span.start - self._at)
        stop = max(0, self._span.stop - self._at)
        send_data(connection, self._reader, data[start:stop])
        self._at += len(data)
        backlog.fit(self._at)
        if self._at >= self._span.stop < self._layout.length:
            raise _Enough

    def _feed(self, connection: socket.socket, file: int, give: Out) -> None:
        with self._out.losing(self._record.id, file):
            if file:
                self._go_on_to(file)
            try:
                self._give(connection, file, give)
            except Lost:
                self.close()
                raise

    def _go_on_to(self, file: int) -> None:
        self._reader.close()
        self._reader = self._opened(file)
        # Asked again, now that the room can end this reader: it may have changed its mind in between.
        self._out.relay.download_started(self._record.id, file, self._out.member, self._skipped(file))

    def _give(self, connection: socket.socket, file: int, give: Out) -> None:
        size, position, known = self._record.files[file].size, 0, 0
        progress = Progress(self._out.relay, Ticket(self._record.id, file, self._out.member), self._skipped(file))
        try:
            while position < size:
                if known <= position:
                    known = await_bytes(connection, self._reader, position, self._out.patience)
                piece = self._reader.read(position, known)
                give(piece)
                position += len(piece)
                progress.moved(self._sent(file))
        finally:
            progress.moved(self._sent(file))
            progress.tell(empty=not size)
