"""Files on their way in: tus 1.0.0, core and termination (https://tus.io/protocols/resumable-upload)."""

from __future__ import annotations

import logging
import re
from http import HTTPStatus

from flask import Response, after_this_request, request

from chatapp.errors import Refused
from chatapp.protocol import FailedWhy, OfferFile
from chatapp.server.hashing import Hashing
from chatapp.server.relay import Relay
from chatapp.server.spool import Spool
from chatapp.server.spooled import Writer
from chatapp.server.tickets import Ticket, Tickets
from chatapp.server.wire import PeerLeftError, pieces

log = logging.getLogger(__name__)
TUS = "1.0.0"
METHODS = ("HEAD", "PATCH", "DELETE", "OPTIONS")
CONTENT_TYPE = "application/offset+octet-stream"
_WHYS: dict[str, FailedWhy] = {"changed": "changed", "unreadable": "unreadable"}
"""What a sender may say of its DELETE in ?why=."""
_NUMBER = re.compile(r"[0-9]{1,16}\Z")


class TusRefused(Refused):
    """A request that is malformed in a way for which tus has a status of its own."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__("malformed")
        self._status = status

    @property
    def status(self) -> int:
        """The status that tus prescribes."""
        return self._status


class Uploads:
    """The answers to /uploads/<ticket>; `patience`: seconds that a body may bring nothing."""

    def __init__(self, relay: Relay, tickets: Tickets, spool: Spool, patience: float) -> None:
        self._relay, self._tickets, self._spool, self._patience = relay, tickets, spool, patience
        self._hashing = Hashing(relay, spool)

    def answer(self, ticket: str) -> Response:
        """Do what the request asks for; raises its refusal."""
        held = self._tickets.read_upload(ticket)
        # tus: who cannot send a PATCH or a DELETE says it in a header, and that counts alone.
        method = request.headers.get("X-HTTP-Method-Override", request.method)
        if method not in METHODS:
            raise Refused("method-not-allowed")
        if method == "OPTIONS":
            return _empty(HTTPStatus.NO_CONTENT, {"Tus-Version": TUS, "Tus-Extension": "termination"})
        _check_version()
        offered = self._relay.upload_target(held.offer, held.file)
        if method == "HEAD":
            return self._head(held, offered)
        return self._patch(held, offered) if method == "PATCH" else self._delete(held)

    def _head(self, held: Ticket, offered: OfferFile) -> Response:
        offset = self._spool.offset(held.offer, held.file, offered.size)
        self._tell_when_whole(held, offered, offset)
        headers = {
            "Upload-Offset": str(offset),
            "Upload-Length": str(offered.size),
            "Cache-Control": "no-store",
        }
        return _empty(HTTPStatus.OK, headers)

    def _delete(self, held: Ticket) -> Response:
        why = request.args.get("why", "")
        self._lose(held, _WHYS.get(why, "cancelled"))
        return _empty(HTTPStatus.NO_CONTENT, {})

    def _patch(self, held: Ticket, offered: OfferFile) -> Response:
        offset, length = _offset_and_length()
        try:
            with self._spool.writer(held.offer, held.file, offered.size, offset, length, held.member) as writer:
                # Asked again, now that the room can end this writer: it may have changed its mind in between.
                self._relay.upload_target(held.offer, held.file)
                self._fill(writer, length)
        except PeerLeftError as error:
            # Whoever still hears it asks where to go on.
            raise Refused("wrong-offset") from error
        except OSError as error:
            log.exception("the spool failed: file %s of offer %s is lost", held.file, held.offer)
            self._lose(held, "spool")
            raise Refused("internal") from error
        self._tell_when_whole(held, offered, offset + length)
        return _empty(HTTPStatus.NO_CONTENT, {"Upload-Offset": str(offset + length)})

    def _fill(self, writer: Writer, length: int) -> None:
        """Write a body as it comes, keep what came before a cut; raises the writer's end, PeerLeftError."""
        for piece in pieces(request.environ, length, self._patience):
            if piece:
                writer.write(piece)
            else:
                writer.rest()
            writer.check()

    def _tell_when_whole(self, held: Ticket, offered: OfferFile, offset: int) -> None:
        if offset == offered.size:
            self._relay.uploaded(held.offer, held.file)
            self._hashing.start(held.offer, held.file)

    def _lose(self, held: Ticket, why: FailedWhy) -> None:
        self._spool.discard(held.offer, held.file)
        self._relay.upload_lost(held.offer, held.file, why)


def finish(response: Response) -> Response:
    """What every answer to an upload carries."""
    response.headers["Tus-Resumable"] = TUS
    if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        response.headers["Allow"] = ", ".join(METHODS)
    return response


def _empty(status: HTTPStatus, headers: dict[str, str]) -> Response:
    response = Response(status=status, headers=headers)
    del response.headers["Content-Type"]
    return response


def _check_version() -> None:
    if request.headers.get("Tus-Resumable") == TUS:
        return

    @after_this_request
    def say_which(response: Response) -> Response:
        response.headers["Tus-Version"] = TUS
        return response

    raise TusRefused(HTTPStatus.PRECONDITION_FAILED)


def _offset_and_length() -> tuple[int, int]:
    """Where the body of a PATCH goes and how long it is; raises malformed."""
    if request.mimetype != CONTENT_TYPE:
        raise TusRefused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    offset = request.headers.get("Upload-Offset", "")
    length = request.headers.get("Content-Length", "")
    # A chunked body has no length to be held against the file's.
    if not _NUMBER.match(offset) or not _NUMBER.match(length) or "Transfer-Encoding" in request.headers:
        raise Refused("malformed")
    return int(offset), int(length)
