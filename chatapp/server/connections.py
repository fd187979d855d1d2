"""HTTP on one connection: one request, whose head has a time and a size, and an end that lets the answer arrive."""

from __future__ import annotations

import errno
import io
import json
import logging
import socket
import sys
import time
from http import HTTPStatus
from typing import Any

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from chatapp.errors import Refused
from chatapp.server.doors import Doors
from chatapp.server.wire import part

log = logging.getLogger(__name__)
HEAD_SECONDS = 15.0
"""From the connection to the last byte of the head: who sends one byte now and then gains nothing."""
HEAD_BYTES = 32 * 1024
"""Cookies of everything that runs on this computer may be in a head to 127.0.0.1."""
BODY_SECONDS = 15.0
"""How long a peer may neither send nor take a byte, unless a transfer says otherwise."""
OUT_OF_DESCRIPTORS = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
BREATH_SECONDS = 0.05
_NOT_IN_A_VALUE = frozenset("\0\r\n")
"""RFC 9110 section 5.5; a line that goes on in the next one is refused as well."""
_CODES = {HTTPStatus.TOO_MANY_REQUESTS: "slow-down", HTTPStatus.NOT_IMPLEMENTED: "method-not-allowed"}


class HeadRefused(Exception):
    """The head took too long, is too big, or was cut."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status)
        self.status = status


class Incoming(io.RawIOBase):
    """The bytes of a connection: those of the head in time and in bounds, then as the connection says."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._until: float | None = time.monotonic() + HEAD_SECONDS
        self._size = 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """What has come, as every raw stream does; raises HeadRefused."""
        if self._until is None:
            return self._received(buffer)
        left = self._until - time.monotonic()
        if left <= 0:
            raise HeadRefused(HTTPStatus.REQUEST_TIMEOUT)
        if self._size >= HEAD_BYTES:
            raise HeadRefused(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        self._connection.settimeout(left)
        try:
            count = self._received(buffer) or 0
        except TimeoutError:
            raise HeadRefused(HTTPStatus.REQUEST_TIMEOUT) from None
        if not count:
            raise HeadRefused(HTTPStatus.BAD_REQUEST)  # a head that is cut would be read as a whole one
        self._size += count
        return count

    def _received(self, buffer: Any) -> int | None:
        try:
            return self._connection.recv_into(buffer)
        except BlockingIOError:
            return None

    def end_of_head(self) -> None:
        """What comes now is a body."""
        self._until = None


class Handler(WSGIRequestHandler):
    """One connection with one request; every answer says `Connection: close`, as Werkzeug's do."""

    protocol_version = "HTTP/1.1"
    server: Server
    default_request_version = "HTTP/1.1"  # 0.9 has no headers, so an answer to it could not say what it is
    # What an answer needs when the request is not known.
    requestline, command, request_version = "", "", default_request_version

    def setup(self) -> None:
        """Read through `Incoming`."""
        super().setup()
        self.rfile.close()
        self._incoming = Incoming(self.connection)
        self.rfile = io.BufferedReader(self._incoming)

    def handle(self) -> None:
        """Answer the request, or say why not."""
        try:
            self.handle_one_request()
        except HeadRefused as refused:
            self._refuse_head(refused.status)
        finally:
            part(self.connection)

    def _refuse_head(self, status: HTTPStatus) -> None:
        if not self.server.doors.waits(self.connection):
            status = HTTPStatus.TOO_MANY_REQUESTS
        self.connection.settimeout(BODY_SECONDS)
        self.send_error(status)

    def parse_request(self) -> bool:
        """Read the head; whether it is one that everybody reads alike."""
        if not super().parse_request():
            return False
        # After a line that is no header, Python takes all others for the body: what they say would not be seen.
        whole = not self.headers.defects and not self.headers.get_payload()
        once = all(len(self.headers.get_all(name, [])) <= 1 for name in ("Host", "Content-Length"))
        plain = not any(_NOT_IN_A_VALUE & set(value) for value in self.headers.values())
        if not (whole and once and plain):
            self.send_error(HTTPStatus.BAD_REQUEST)
        return whole and once and plain

    def run_wsgi(self) -> None:
        """Let the request in, if there is room for it."""
        try:
            self.server.doors.admit(self.connection, self.client_address[0])
        except Refused as refused:
            self.connection.settimeout(BODY_SECONDS)
            return self.send_error(refused.status)
        self._incoming.end_of_head()
        self.connection.settimeout(BODY_SECONDS)
        return super().run_wsgi()

    def make_environ(self) -> dict[str, Any]:
        """WSGI's; the body is the app's alone: Werkzeug would drain up to 10 GB of it, 10 MB at a time."""
        environ: dict[str, Any] = super().make_environ()
        self.rfile = io.BytesIO()
        return environ

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002  # http.server's names
        """An error as JSON, like every other of ours."""
        body = json.dumps({"code": _CODES.get(HTTPStatus(code), "malformed")}).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def version_string(self) -> str:
        """No versions: what is not told cannot be looked up."""
        return "chatapp"

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002, ARG002  # Werkzeug's names
        """One line of the log, at most."""
        log.debug(message, *args)

    def log_request(self, *_: Any) -> None:
        """Nothing: the room's own log says what was refused."""


class Server(ThreadedWSGIServer):
    """Werkzeug's threads, a door before them, and a place in the queue for a class that comes at once."""

    request_queue_size = 1024
    daemon_threads = True
    block_on_close = False

    def __init__(self, listener: socket.socket, app: Any, doors: Doors, handler: type[Handler] = Handler) -> None:
        host, port = listener.getsockname()[:2]
        super().__init__(host, port, app, handler=handler, fd=listener.fileno())
        self.doors = doors

    def get_request(self) -> tuple[socket.socket, Any]:
        """The next connection; without descriptors for it somebody has to go, and nothing spins meanwhile."""
        try:
            return super().get_request()
        except OSError as error:
            if error.errno in OUT_OF_DESCRIPTORS:
                self.doors.make_room()
                time.sleep(BREATH_SECONDS)
            raise

    def verify_request(self, request: Any, client_address: Any) -> bool:  # noqa: ARG002  # socketserver's names
        """Let it wait for its turn; what it wants is not known yet."""
        self.doors.enter(request)
        return True

    def shutdown_request(self, request: Any) -> None:
        """End a connection."""
        self.doors.leave(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002  # socketserver's names
        """A connection that broke is nobody's error."""
        log.debug("connection of %s ended: %r", client_address, sys.exc_info()[1])
