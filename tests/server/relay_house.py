"""A whole room on loopback, without the sockets of the chat: people are joined to it directly."""

from __future__ import annotations

import http.client
import logging
import socket
import threading
from pathlib import Path
from typing import Any, Self
from unittest.mock import patch

from chatapp.core.changes import Change, Decision
from chatapp.protocol import Answer, FileToOffer, Join, OfferFiles, RecipientState
from chatapp.server import transfers
from chatapp.server.app import create_app
from chatapp.server.connections import Handler, Server
from chatapp.server.doors import Capacity, Doors
from chatapp.server.host import milliseconds
from chatapp.settings import Settings
from tests.server.relay_clients import PATIENCE, TUS, Answered, Wire, patch_headers, until


class House:
    """A room that people come to, offer in, answer in; `patience`: how long transfers wait for the next byte."""

    def __init__(self, folder: Path, patience: float = 3 * PATIENCE) -> None:
        with patch.object(transfers, "PATIENCE_SECONDS", patience):
            app = create_app(Settings(data=folder, reserve=0, quota=2**62), folder, "t" * 43, 0)
        self.host, self.room, self.spool, self._store = app.host, app.host.room, app.spool, app.store
        self.room.free_bytes = 2**62
        self.folder = folder / "spool"
        self.errors = Errors()
        self.told: list[Change] = []
        self.host.watch(self.told.append)
        self._listener = socket.create_server(("127.0.0.1", 0))
        doors = Doors(Capacity.for_members(500))
        self._server = Server(self._listener, app.flask, doors, _handler(self.errors))
        self.port = self._server.port
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> Self:
        logging.getLogger("chatapp").addHandler(self.errors)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.spool.shutdown()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._listener.close()
        until(self.at_rest)
        self._store.close()
        logging.getLogger("chatapp").removeHandler(self.errors)
        assert not self.errors.said

    # -- what people do ---------------------------------------------------------------------------

    def join(self, *names: str) -> None:
        """Members come, whose sockets are called like them."""
        for name in names:
            with self.host.turn():
                ids = (f"member-{len(self.room.members_seen())}", f"joined-{self.room.log.head}")
                asked = Join(token="t" * 22, name=name)
                self.host.change(self.room.join(name, asked, name, ids, milliseconds()))

    def offer(self, by: str, *sizes: int, name: str = "과제.pdf") -> str:
        """An open offer of files with these sizes."""
        files = tuple(FileToOffer(name, size, "application/pdf") for size in sizes)
        number = len(self.room.offers) + 1
        ids = (f"offer-{number}", f"offered-{number}")
        with self.host.turn():
            self._do(self.room.offer_files(by, OfferFiles(mid=number, files=files), ids, milliseconds()))
        return ids[0]

    def answer(self, who: str, offer: str, accept: bool) -> None:
        with self.host.turn():
            self._do(self.room.answer(who, Answer(offer=offer, accept=accept)))

    def withdraw(self, who: str, offer: str) -> None:
        with self.host.turn():
            self._do(self.room.withdraw(who, offer))

    def _do(self, decision: Decision) -> None:
        self.host.carry_out(decision)

    def state(self, who: str, offer: str) -> RecipientState:
        with self.host.turn():
            return self.room.offer(offer).state_of(self.room.speaker(who).member.id)

    def upload_url(self, offer: str, file: int = 0) -> str:
        return self.host.tickets.upload(offer, file, self.room.offer(offer).record.by)

    def download_url(self, who: str, offer: str, file: int = 0) -> str:
        name = self.room.offer(offer).record.files[file].name
        return self.host.tickets.download(offer, file, self.room.speaker(who).member.id, name)

    def wanted_offer(self, *sizes: int) -> str:
        """What 민지 offers, and 준 has accepted."""
        self.join("민지", "준")
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


class Errors(logging.Handler):
    """What the server said of itself that a server should not have to say."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(self.format(record))


def _handler(errors: Errors) -> type[Handler]:
    class Watched(Handler):
        def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002  # its name in the base class
            if type == "error":
                errors.said.append(message % args)

    return Watched
