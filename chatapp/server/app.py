"""The table of contents: what a room on the network is made of."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from chatapp.core.changes import RoomRecord, RoomSaved
from chatapp.core.room import clean_title
from chatapp.core.state import Rules
from chatapp.errors import Refused
from chatapp.lan.addresses import bound_addresses, own_addresses
from chatapp.server import apps, pages, transfers
from chatapp.server.commands import Commands
from chatapp.server.desk import Desk
from chatapp.server.guard import Guard
from chatapp.server.host import Host, digest, fresh_id
from chatapp.server.sockets import Listening
from chatapp.server.spool import Spool
from chatapp.server.store import Store
from chatapp.server.transport import Transport
from chatapp.settings import Settings

log = logging.getLogger(__name__)
DEFAULT_TITLE = "ChatApp"


@dataclass(frozen=True)
class RoomApp:
    """One room, ready to be served."""

    flask: Flask
    host: Host
    store: Store
    spool: Spool
    listening: Listening


def create_app(settings: Settings, folder: Path, host_token: str, port: int) -> RoomApp:
    """The room of `folder`, served on `port`; raises store.Unusable when the folder cannot keep one."""
    app = Flask(__name__, static_folder=None)
    limits = settings.limits
    store = Store.open(folder, ids=fresh_id, defaults=RoomRecord(DEFAULT_TITLE, None, False))
    rules = Rules(
        limits, int(settings.grace * 1000), int(settings.offer_ttl * 1000), digest(host_token), settings.quota
    )
    transport = Transport(app, limits.frame_bytes)
    host = Host(store, rules, transport)
    spool = Spool(folder / "spool", host.tickets.spool_name, settings.reserve)
    _configure(host, settings)

    def addresses() -> tuple[str, ...]:
        return tuple(f"http://{address}:{port}/" for address in bound_addresses(settings.bind))

    commands = Commands(host, free_bytes=spool.free_bytes, addresses=addresses)
    listening = Listening(transport, host, commands)
    app.register_blueprint(transfers.blueprint(Desk(host, spool), host.tickets, spool))
    app.register_blueprint(pages.blueprint(settings.page, host.room.seen))
    app.register_blueprint(apps.blueprint(apps.Shelf(settings.shelves)))
    app.after_request(pages.harden)
    _answer_errors(app)
    app.wsgi_app = Guard(app.wsgi_app, own_addresses)  # type: ignore[method-assign]  # Flask's documented way
    return RoomApp(app, host, store, spool, listening)


def _configure(host: Host, settings: Settings) -> None:
    """What the command line says of the room, over what its data say."""
    record = host.room.record
    title = clean_title(settings.title) if isinstance(settings.title, str) else record.title
    pin = settings.pin if isinstance(settings.pin, str) else record.pin
    wanted = RoomRecord(title, pin, record.locked)
    if wanted != record:
        with host.turn():
            host.change([RoomSaved(wanted)])


def _answer_errors(app: Flask) -> None:
    """Every error is JSON with a code, and no traceback reaches a client."""

    @app.errorhandler(Refused)
    def refused(error: Refused) -> tuple[Response, int]:
        # Never the path: a ticket in it is a right.
        log.info("%s %s refused: %s", request.method, request.endpoint, error.code)
        return jsonify(code=error.code), error.status

    @app.errorhandler(HTTPException)
    def failed(error: HTTPException) -> tuple[Response, int]:
        codes = {404: "not-found", 405: "method-not-allowed", 413: "too-large", 416: "range-invalid"}
        status = error.code or 500
        code = codes.get(status, "internal" if status >= 500 else "malformed")
        log.info("%s refused: %s", request.method, code)
        answer = jsonify(code=code)
        answer.headers.extend({name: value for name, value in error.get_headers() if name == "Allow"})
        return answer, status

    @app.errorhandler(Exception)
    def broke(error: Exception) -> tuple[Response, int]:
        log.error("a request failed", exc_info=error)
        return jsonify(code="internal"), 500
