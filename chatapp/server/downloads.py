"""Files on their way out: each download follows the spool, and ends short rather than wrong."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Callable, Iterator
from http import HTTPStatus

from flask import Response, after_this_request, request

from chatapp.errors import Refused
from chatapp.protocol import OfferFile
from chatapp.server.ranges_http import download_headers, strong_etag, wanted
from chatapp.server.readers import Lost, Over, Reader
from chatapp.server.relay import Relay
from chatapp.server.spool import Spool
from chatapp.server.tickets import Ticket, Tickets
from chatapp.server.wire import await_bytes, connection_of, send_body

log = logging.getLogger(__name__)
REPORT_SECONDS = 0.25
"""The room is told of progress at most once in this time."""


class Downloads:
    """The answers to /downloads/<ticket>/<name>; `patience`: seconds to wait for the sender's next byte."""

    def __init__(self, relay: Relay, tickets: Tickets, spool: Spool, patience: float) -> None:
        self._relay, self._tickets, self._spool, self._patience = relay, tickets, spool, patience

    def answer(self, ticket: str, name: str) -> Response:  # noqa: ARG002  # any name will do
        """Send what the request asks for; raises its refusal."""
        held = self._tickets.read_download(ticket)
        offered = self._relay.download_target(*held)
        etag = strong_etag(held.offer, held.file, offered.size)
        response = Response(headers=download_headers(offered, etag))
        response.content_length = offered.size
        # Range has no meaning for a HEAD (RFC 9110 section 14.2).
        return response if request.method == "HEAD" else self._get(held, offered, etag, response)

    def _get(self, held: Ticket, offered: OfferFile, etag: str, response: Response) -> Response:
        span = _span(etag, offered.size)
        if span is not None:
            response.status_code = HTTPStatus.PARTIAL_CONTENT
            response.headers["Content-Range"] = f"bytes {span.start}-{span.stop - 1}/{offered.size}"
            response.content_length = len(span)
        reader = self._spool.reader(held.offer, held.file, offered.size, held.member)
        response.call_on_close(reader.close)
        download = Download(self._relay, held, range(offered.size) if span is None else span, self._patience)
        response.response = download.body(connection_of(request.environ), reader, lambda: self._lose(held))
        return response

    def _lose(self, held: Ticket) -> None:
        self._spool.discard(held.offer, held.file)
        self._relay.upload_lost(held.offer, held.file)


class Download:
    """One body on its way to one member."""

    def __init__(self, relay: Relay, held: Ticket, span: range, patience: float) -> None:
        self._relay, self._held, self._span, self._patience = relay, held, span, patience
        self._reported = self._reached = span.start
        self._reported_at = time.monotonic()

    def body(self, connection: socket.socket, reader: Reader, lose: Callable[[], None]) -> Iterator[bytes]:
        """Send the head of the answer through WSGI, the body past it; `lose` when the spool has not got it.

        Whatever is wrong, the body only ends early: an error text in it would be a part of somebody's file.
        """
        try:
            yield b""
            self._send(connection, reader)
        except (Refused, Over, OSError):
            return
        except Lost:
            log.exception("the spool failed: file %s of offer %s is lost", self._held.file, self._held.offer)
            reader.close()
            lose()
        finally:
            # Not left to the answer's own end alone: the server never comes to that when the peer has reset.
            reader.close()

    def _send(self, connection: socket.socket, reader: Reader) -> None:
        if self._span:
            await_bytes(connection, reader, self._span.start, self._patience)
        self._relay.download_started(*self._held)
        try:
            send_body(connection, reader, self._span, self._patience, self._moved)
        finally:
            self._report()

    def _moved(self, position: int) -> None:
        self._reached = position
        if time.monotonic() - self._reported_at >= REPORT_SECONDS:
            self._report()

    def _report(self) -> None:
        if self._reported == self._reached and self._span:
            return
        self._relay.delivered(*self._held, self._reported, self._reached)
        self._reported, self._reported_at = self._reached, time.monotonic()


def _span(etag: str, size: int) -> range | None:
    try:
        return wanted(request.headers.get("Range"), request.headers.get("If-Range"), etag, size)
    except Refused:

        @after_this_request
        def say_how_long(response: Response) -> Response:
            response.headers["Content-Range"] = f"bytes */{size}"
            return response

        raise
