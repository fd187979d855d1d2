"""A real room, a real spool and a real server on loopback, with as little as possible around them."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Self

from flask import Flask, Response, jsonify
from werkzeug.serving import WSGIRequestHandler, make_server

from chatapp.core.changes import BytesDelivered, Change, OfferSaved, RecipientSaved, RoomRecord, Snapshot
from chatapp.core.offers import CONSENTED
from chatapp.core.room import Room
from chatapp.core.state import Rules
from chatapp.errors import Refused
from chatapp.protocol import Answer, FileToOffer, Join, Limits, OfferFile, OfferFiles, RecipientState
from chatapp.server.spool import Spool
from chatapp.server.tickets import Tickets
from chatapp.server.transfers import blueprint
from tests.server.relay_clients import PATIENCE, TUS, Answered, Wire, patch_headers, until

SECRET = bytes(range(32))


class RoomRelay:
    """The room as the transfers see it: one lock, the core's decisions, and word to the spool of each."""

    def __init__(self, room: Room, spool: Spool) -> None:
        self.room, self.spool = room, spool
        self.lock = threading.RLock()
        self.deliveries: list[tuple[str, int, int]] = []

    def upload_target(self, offer: str, file: int) -> OfferFile:
        with self.lock:
            return self._file(offer, file, lambda: self.room.upload_target(offer))

    def download_target(self, offer: str, file: int, member: str) -> OfferFile:
        with self.lock:
            return self._file(offer, file, lambda: self.room.download_target(offer, member))

    def download_started(self, offer: str, file: int, member: str) -> None:
        with self.lock:
            self._file(offer, file, lambda: self.change(self.room.download_started(offer, member)))

    def delivered(self, offer: str, file: int, member: str, start: int, stop: int) -> None:
        with self.lock:
            self.deliveries.append((member, start, stop))
            self.change(self.room.delivered(BytesDelivered(offer, file, member, start, stop)))

    def uploaded(self, offer: str, file: int) -> None:
        with self.lock:
            self.change(self.room.uploaded(offer, file))

    def upload_lost(self, offer: str, file: int) -> None:
        with self.lock:
            self.change(self.room.upload_lost(offer, file))

    def change(self, changes: Iterable[Change]) -> None:
        for change in changes:
            self.room.apply(change)
            if isinstance(change, OfferSaved) and not self.room.offer(change.offer.id).moves_bytes:
                self.spool.close_offer(change.offer.id)
            if isinstance(change, RecipientSaved) and change.state not in CONSENTED:
                self._out(change.offer, change.member)

    def _out(self, offer: str, member: str) -> None:
        self.spool.stop_member(offer, member)
        if not CONSENTED & set(self.room.offer(offer).states.values()):
            self.spool.unwanted(offer)

    def _file(self, offer: str, file: int, allowed: Callable[[], object]) -> OfferFile:
        try:
            allowed()
            return self.room.offer(offer).record.files[file]
        except Refused as refused:
            raise Refused("not-found" if refused.code == "unknown-offer" else refused.code) from refused


class House:
    """A room that people come to, offer in, answer in; `patience`: how long transfers wait for the next byte."""

    def __init__(self, folder: Path, patience: float = 3 * PATIENCE, snapshot: Snapshot | None = None) -> None:
        tickets = Tickets(SECRET)
        record = RoomRecord("방", None, False)
        start = snapshot or Snapshot(id="room", epoch="e", secret=SECRET, head=0, room=record)
        self.folder = folder
        self.spool = Spool(folder, tickets.spool_name)
        self.room = Room(start, Rules(Limits(), 60_000, 3_600_000, ""), tickets, 0)
        self.room.free_bytes = 2**62
        self.relay = RoomRelay(self.room, self.spool)
        self.tickets = tickets
        self.errors: list[str] = []
        app = Flask(__name__)
        app.config["PROPAGATE_EXCEPTIONS"] = True
        app.register_error_handler(Refused, _as_json)
        app.register_blueprint(blueprint(self.relay, tickets, self.spool, patience))
        self._server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_handler(self.errors))
        self.port = self._server.port
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.spool.shutdown()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        until(self.at_rest)
        assert not self.errors

    # -- what people do ---------------------------------------------------------------------------

    def join(self, name: str) -> str:
        """A member, whose socket is called like it."""
        with self.relay.lock:
            joined = self.room.join(
                name, Join(token="t" * 22, name=name), name, (f"m-{len(name)}{hash(name)}", name), 0
            )
            self.relay.change(joined)
            return self.room.speaker(name).member.id

    def offer(self, by: str, *sizes: int, name: str = "과제.pdf") -> str:
        """An open offer of files with these sizes."""
        files = tuple(FileToOffer(name, size, "application/pdf") for size in sizes)
        with self.relay.lock:
            mid = len(self.room.offers) + 1
            asked = OfferFiles(mid=mid, files=files)
            self.relay.change(self.room.offer_files(by, asked, (f"offer-{mid}", f"entry-{mid}"), 0).changes)
            return f"offer-{mid}"

    def answer(self, who: str, offer: str, accept: bool) -> None:
        with self.relay.lock:
            self.relay.change(self.room.answer(who, Answer(offer=offer, accept=accept)).changes)

    def withdraw(self, who: str, offer: str) -> None:
        with self.relay.lock:
            self.relay.change(self.room.withdraw(who, offer).changes)

    def state(self, who: str, offer: str) -> RecipientState:
        with self.relay.lock:
            return self.room.offer(offer).state_of(self.room.speaker(who).member.id)

    def upload_url(self, offer: str, file: int = 0) -> str:
        return self.tickets.upload(offer, file, self.room.offer(offer).record.by)

    def download_url(self, who: str, offer: str, file: int = 0) -> str:
        name = self.room.offer(offer).record.files[file].name
        return self.tickets.download(offer, file, self.room.speaker(who).member.id, name)

    def wanted_offer(self, *sizes: int) -> str:
        """What 민지 offers, and 준 has accepted."""
        self.join("민지"), self.join("준")
        offer = self.offer("민지", *sizes)
        self.answer("준", offer, True)
        return offer

    def await_state(self, who: str, offer: str, state: RecipientState) -> None:
        """Wait until somebody's state is this one."""
        until(lambda: self.state(who, offer) == state)

    def at_rest(self) -> bool:
        """Whether no request is being answered any more."""
        return not any("process_request" in thread.name for thread in threading.enumerate())

    # -- what their programs do -------------------------------------------------------------------

    def ask(self, method: str, url: str, body: bytes | None = None, /, **headers: str) -> Answered:
        """One request with its whole answer; a header's name is written with _ for -."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, url, body, {key.replace("_", "-"): value for key, value in headers.items()})
            return Answered(connection.getresponse())
        finally:
            connection.close()

    def head(self, offer: str, file: int = 0) -> Answered:
        return self.ask("HEAD", self.upload_url(offer, file), **TUS)

    def patch(self, offer: str, offset: int, data: bytes, file: int = 0) -> Answered:
        return self.ask("PATCH", self.upload_url(offer, file), data, **patch_headers(offset))

    def begin(self, method: str, url: str, *headers: str) -> Wire:
        """A request whose body, or whose answer, goes in steps."""
        return Wire(self.port, f"{method} {url} HTTP/1.1", "Host: 127.0.0.1", *headers)

    def begin_patch(self, offer: str, offset: int, length: int, file: int = 0) -> Wire:
        headers = (f"{key}: {value}" for key, value in patch_headers(offset).items())
        return self.begin("PATCH", self.upload_url(offer, file), *headers, f"Content-Length: {length}")

    def begin_get(self, who: str, offer: str, *headers: str) -> Wire:
        return self.begin("GET", self.download_url(who, offer), *headers)


def _handler(errors: list[str]) -> type[WSGIRequestHandler]:
    class Handler(WSGIRequestHandler):
        protocol_version = "HTTP/1.1"

        def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002  # its name in the base class
            if type == "error":
                errors.append(message % args)

    return Handler


def _as_json(refused: Refused) -> tuple[Response, int]:
    return jsonify(code=refused.code), refused.status
