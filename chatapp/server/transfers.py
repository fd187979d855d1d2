"""The routes of the relay: files in by tus, files out by ticket."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator
from http import HTTPStatus

from flask import Blueprint, Response, request

from chatapp.server import uploads
from chatapp.server.downloads import Downloads
from chatapp.server.relay import Relay
from chatapp.server.spool import Spool
from chatapp.server.tickets import Tickets
from chatapp.server.wire import connection_of, part

PATIENCE_SECONDS = 60.0
"""How long a transfer waits for the next byte."""
RETRY_SECONDS = 1


def blueprint(relay: Relay, tickets: Tickets, spool: Spool) -> Blueprint:
    """The two routes; who registers it makes JSON of each Refused."""
    made = Blueprint("transfers", __name__)
    incoming = uploads.Uploads(relay, tickets, spool, PATIENCE_SECONDS)
    outgoing = Downloads(relay, tickets, spool, PATIENCE_SECONDS)
    made.add_url_rule(
        "/uploads/<ticket>",
        "upload",
        incoming.answer,
        methods=[*uploads.METHODS, "POST"],
        merge_slashes=False,
    )
    made.add_url_rule("/downloads/<ticket>/<path:name>", "download", outgoing.answer, merge_slashes=False)
    made.after_request(_finish)
    return made


def _finish(response: Response) -> Response:
    if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    if request.endpoint == "transfers.upload":
        uploads.finish(response)
        if response.status_code >= HTTPStatus.BAD_REQUEST and request.method in ("PATCH", "POST"):
            response.response = _then_part(response.response, connection_of(request.environ))
    return response


def _then_part(body: Iterable[bytes] | Iterable[str], connection: socket.socket) -> Iterator[bytes]:
    """An answer to somebody who may still be sending."""
    for data in body:
        yield data.encode() if isinstance(data, str) else data
    part(connection)
