"""Files on their way out: each download follows the spool, and ends short rather than wrong."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import NamedTuple

from flask import Response, after_this_request, request

from chatapp.core.zips import zip_name
from chatapp.errors import Refused
from chatapp.server.bodies import Body, FileBody, Outgoing, ZipBody
from chatapp.server.ranges_http import download_headers, strong_etag, wanted
from chatapp.server.readers import Over
from chatapp.server.relay import Relay
from chatapp.server.spool import Spool
from chatapp.server.tickets import Ticket, Tickets, ZipTicket
from chatapp.server.wire import connection_of
from chatapp.server.zipped import Layout


class Downloads:
    """The answers to /downloads/<ticket>/<name>; `patience`: seconds to wait for the sender's next byte."""

    def __init__(self, relay: Relay, tickets: Tickets, spool: Spool, patience: float) -> None:
        self._relay, self._tickets, self._spool, self._patience = relay, tickets, spool, patience

    def answer(self, ticket: str, name: str) -> Response:  # noqa: ARG002  # any name will do
        """Send what the request asks for; raises its refusal."""
        held = self._tickets.read_download(ticket)
        made = self._zip(held) if isinstance(held, ZipTicket) else self._file(held)
        response = Response(headers=download_headers(made.name, made.etag))
        response.content_length = made.size
        # Range has no meaning for a HEAD (RFC 9110 section 14.2).
        return response if request.method == "HEAD" else _get(made, response)

    def _file(self, held: Ticket) -> Made:
        offered = self._relay.download_target(*held)

        def begin(span: range) -> Body:
            reader = self._spool.reader(held.offer, held.file, offered.size, held.member)
            try:
                # Asked again, now that the room can end this reader: it may have changed its mind in between.
                self._relay.download_target(*held)
            except Refused:
                reader.close()
                raise
            return FileBody(Outgoing(self._relay, self._spool, held.member, self._patience), held, reader, span)

        return Made(offered.name, offered.size, strong_etag(held.offer, held.file, offered.size), begin)

    def _zip(self, held: ZipTicket) -> Made:
        record = self._relay.zip_target(*held)
        layout = Layout(record)

        def begin(span: range) -> Body:
            return ZipBody(Outgoing(self._relay, self._spool, held.member, self._patience), record, layout, span)

        return Made(zip_name(record.files), layout.length, strong_etag(held.offer, "all", layout.length), begin)


class Made(NamedTuple):
    """What is to be had: a file or a zip; `begin` makes its body, for some of its bytes."""

    name: str
    size: int
    etag: str
    begin: Callable[[range], Body]


def _get(made: Made, response: Response) -> Response:
    span = _span(made.etag, made.size)
    if span is not None:
        response.status_code = HTTPStatus.PARTIAL_CONTENT
        response.headers["Content-Range"] = f"bytes {span.start}-{span.stop - 1}/{made.size}"
        response.content_length = len(span)
    body = made.begin(range(made.size) if span is None else span)
    response.call_on_close(body.close)
    response.response = _sent(body, connection_of(request.environ))
    return response


def _sent(body: Body, connection: socket.socket) -> Iterator[bytes]:
    """Send the head of the answer through WSGI, the body past it.

    Whatever is wrong, the body only ends early: an error text in it would be a part of somebody's file.
    """
    try:
        yield b""
        body.send(connection)
    except (Refused, Over, OSError):
        return
    finally:
        # Not left to the answer's own end alone: the server never comes to that when the peer has reset.
        body.close()


def _span(etag: str, size: int) -> range | None:
    try:
        return wanted(request.headers.get("Range"), request.headers.get("If-Range"), etag, size)
    except Refused:

        @after_this_request
        def say_how_long(response: Response) -> Response:
            response.headers["Content-Range"] = f"bytes */{size}"
            return response

        raise
