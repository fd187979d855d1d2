"""A room on a port: the socket that listens, the threads that answer, and an orderly end."""

from __future__ import annotations

import errno
import logging
import secrets
import shutil
import socket
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from chatapp.protocol import RoomClosed
from chatapp.server.app import RoomApp, create_app
from chatapp.server.connections import Server
from chatapp.server.doors import Capacity, Doors
from chatapp.server.memory import give_back
from chatapp.settings import ANYWHERE, DEFAULT_PORT, LOOPBACK, Settings

if TYPE_CHECKING:
    from chatapp.lan.discovery import Announcement

log = logging.getLogger(__name__)
PORTS_TRIED = 50
FLUSH_SECONDS = 1.5
"""How long an end waits until everybody has been told."""


class PortTaken(Exception):  # it is said to the person, not caught as an error of ours
    """Another program listens there."""


class Serving:
    """A room that listens; `stop` ends it within 3 s."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._announcement: Announcement | None = None
        self._listeners = _listen_for_all(settings.bind, settings.port)
        self.port: int = self._listeners[0].getsockname()[1]
        self._temporary = None if settings.data else tempfile.mkdtemp(prefix="chatapp-")
        folder = settings.data or Path(str(self._temporary))
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.host_token = _host_token(folder)
            self.room: RoomApp = create_app(settings, folder, self.host_token, self.port)
        except BaseException:
            self._erase()
            self._close_listeners()
            raise
        doors = Doors(Capacity.for_members(settings.members))
        self._servers = [Server(listener, self.room.flask, doors) for listener in self._listeners]

    def start(self) -> None:
        """Answer from now on."""
        give_back()
        self.room.host.keep_time()
        for server in self._servers:
            threading.Thread(target=server.serve_forever, name="http", daemon=True).start()
        if self._settings.announce:
            from chatapp.server.announced import announce  # noqa: PLC0415  # late: zeroconf is not needed to begin

            self._announcement = announce(self.room.host, self._settings.bind, self.port)

    def stop(self, reason: RoomClosed) -> None:
        """Tell everybody, flush, close the room's file, free the port."""
        if self._announcement:
            self._announcement.take_back()
        self.room.host.end(reason)
        self.room.spool.shutdown()
        deadline = time.monotonic() + FLUSH_SECONDS
        while not self.room.host.transport.is_idle() and time.monotonic() < deadline:
            time.sleep(0.01)
        for server in self._servers:
            server.shutdown()
            server.server_close()
        self._close_listeners()
        self.room.listening.stop()
        self.room.host.transport.stop()
        with self.room.host.turn():
            self.room.store.close()
        self._erase()
        if self._announcement:
            self._announcement.close()

    def _close_listeners(self) -> None:
        for listener in self._listeners:
            listener.close()

    def _erase(self) -> None:
        if self._temporary:
            shutil.rmtree(self._temporary, ignore_errors=True)


def _listen_for_all(address: str, port: int | None) -> list[socket.socket]:
    """Listen on an address, and on loopback, where the host's own page is; raises PortTaken, OSError."""
    first = _listen(address, port)
    if address in ANYWHERE or first.getsockname()[0] == LOOPBACK:
        return [first]
    try:
        return [first, _listen(LOOPBACK, first.getsockname()[1])]
    except BaseException:
        first.close()
        raise


def _listen(address: str, port: int | None) -> socket.socket:
    """A listening socket; None: the default port or the next free one. Raises PortTaken, OSError."""
    wanted = [port] if port is not None else [*range(DEFAULT_PORT, DEFAULT_PORT + PORTS_TRIED), 0]
    for candidate in wanted:
        listener = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
        _claim(listener)
        try:
            listener.bind((address, candidate))
            listener.listen(Server.request_queue_size)
        except OSError as error:
            listener.close()
            if not _is_taken(error):
                raise
        else:
            return listener
    raise PortTaken(str(port))


def _claim(listener: socket.socket) -> None:
    """On Windows SO_REUSEADDR would let a second program take the port; elsewhere it only skips TIME_WAIT."""
    if sys.platform == "win32":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
    else:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)


def _is_taken(error: OSError) -> bool:
    return error.errno in (errno.EADDRINUSE, errno.EACCES) or getattr(error, "winerror", None) in (
        10048,
        10013,
    )


def _host_token(folder: Path) -> str:
    """The token of the room's host: the folder's, or a fresh one that is kept there (mode 0600)."""
    path = folder / "host-token"
    if path.is_file() and (token := path.read_text("ascii").strip()):
        return token
    token = secrets.token_urlsafe(32)
    path.touch(mode=0o600)
    path.write_text(token, "ascii")
    return token
