"""Frames in, events out: Flask-SocketIO in threading mode, WebSocket only, text only.

It knows sockets and Socket.IO rooms, and nothing of members or the room. A faster fan-out can take its place.
"""

from __future__ import annotations

import logging
import socket as sockets
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import simple_websocket
from engineio.async_drivers._websocket_wsgi import SimpleWebSocketWSGI
from flask import Flask
from flask_socketio import SocketIO
from socketio import packet

from chatapp.server.codec import StrictJson

log = logging.getLogger(__name__)
EVERYONE = "everyone"
PING_SECONDS = 5
"""A dead peer is noticed after 5 to 10 seconds instead of the library's 59."""
PONG, MESSAGE, CLOSE = "3", "4", "1"

Listener = Callable[[str, object, list[Any], int | None], None]
"""Called with socket id, event name (None: unreadable), arguments, and the id of the acknowledgement asked for."""


class Transport:
    """The sockets of one server."""

    def __init__(self, app: Flask, frame_bytes: int) -> None:
        self.io = SocketIO(
            app,
            async_mode="threading",
            async_handlers=False,  # sender order breaks otherwise: 200 clients saw 8 different orders
            transports=["websocket"],
            cors_allowed_origins="*",  # the guard decides before; an empty list would mean everybody as well
            ping_interval=PING_SECONDS,
            ping_timeout=PING_SECONDS,
            max_http_buffer_size=frame_bytes,
            json=StrictJson,
            manage_session=False,
        )
        self._server = self.io.server
        self._engine = self._server.eio
        self._engine._async = {**self._engine._async, "websocket": _driver(frame_bytes)}  # noqa: SLF001  # what a driver is
        self._engine.on("message", self._on_message)
        self._server.on("disconnect", self._on_disconnect)
        self._heard: Listener = _deaf
        self._gone: Callable[[str], None] = log.debug

    def listen(self, heard: Listener, gone: Callable[[str], None]) -> None:
        """Call `heard` for each event of a socket, `gone` once when it is lost."""
        self._heard, self._gone = heard, gone

    def address(self, socket: str) -> str:
        """The network address of a socket's other end."""
        environ = self._server.get_environ(socket) or {}
        return str(environ.get("REMOTE_ADDR", ""))

    # -- out --------------------------------------------------------------------------------------

    def ack(self, socket: str, ack: int | None, answer: object) -> None:
        """Answer one event, if its sender asked for an answer."""
        engine_id = self._engine_id(socket)
        if ack is not None and engine_id is not None:
            self._engine.send(engine_id, f"{packet.ACK}{ack}{StrictJson.dumps([answer])}")

    def enter(self, socket: str, group: str) -> None:
        """From now on the socket gets what is for everyone and for this group."""
        self._server.enter_room(socket, EVERYONE)
        self._server.enter_room(socket, group)

    def tell(self, event: str, payload: object, group: str | None, but: Iterable[str]) -> None:
        """Send an event to a group, or to everyone who has entered."""
        self._server.emit(event, payload, to=group or EVERYONE, skip_sid=list(but))

    def hang_up(self, socket: str, *, for_good: bool) -> None:
        """Close a socket after what was sent before; a client does not come back by itself when it is for good."""
        engine_id = self._engine_id(socket)
        if engine_id is None:
            return
        if for_good:
            self._server.disconnect(socket)
        session = self._engine.sockets.get(engine_id)
        if session is not None:
            session.close(wait=False)  # waiting for its queue would stall everybody behind a slow reader

    def idle(self) -> bool:
        """Whether no socket is open."""
        return not any(not session.closed or session.queue.qsize() for session in [*self._engine.sockets.values()])

    # -- in ---------------------------------------------------------------------------------------

    def _on_message(self, engine_id: str, data: object) -> None:
        """Take one Socket.IO packet; what is no packet of the protocol closes its socket."""
        try:
            parsed = self._server.packet_class(encoded_packet=data if isinstance(data, str) else "")
            known = self._take(engine_id, parsed, data)
        except ValueError:
            known = False
        if not known:
            log.info("socket %s closed: malformed packet", engine_id)
            session = self._engine.sockets.get(engine_id)
            if session is not None:
                session.close(wait=False)

    def _take(self, engine_id: str, parsed: Any, data: object) -> bool:
        socket = self._server.manager.sid_from_eio_sid(engine_id, "/")
        joining = parsed.packet_type == packet.CONNECT and socket is None
        if joining or parsed.packet_type == packet.DISCONNECT:
            self._server._handle_eio_message(engine_id, data)  # noqa: SLF001  # its own handler, which this one stands before
            return True
        if socket is None or (parsed.namespace or "/") != "/":
            return False
        if parsed.packet_type == packet.EVENT:
            name, *arguments = parsed.data if isinstance(parsed.data, list) and parsed.data else [None]
        elif parsed.packet_type == packet.BINARY_EVENT:
            name, arguments = None, []  # no command has attachments: they are never awaited
        else:
            return False
        self._heard(socket, name, arguments, parsed.id)
        return True

    def _on_disconnect(self, socket: str, _reason: str) -> None:
        self._gone(socket)

    def _engine_id(self, socket: str) -> str | None:
        found = self._server.manager.eio_sid_from_sid(socket, "/")
        return None if found is None else str(found)


def _deaf(socket: str, event: object, arguments: list[Any], ack: int | None) -> None:
    """Nobody listens yet."""


def _driver(frame_bytes: int) -> Callable[..., SimpleWebSocketWSGI]:
    """The `websocket` of engineio's threading driver, with bounds."""

    class BoundedWebSocket(SimpleWebSocketWSGI):
        """Text frames of known kinds up to a size; anything else ends the connection (RFC 6455, 1009 when too big)."""

        def __init__(self, handler: Any, server: Any) -> None:
            super().__init__(handler, server, max_message_size=frame_bytes, receive_bytes=65536)

        def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
            connection = environ["werkzeug.socket"]
            connection.settimeout(None)  # with a time-out, send() may write half a frame and nobody would know
            connection.setsockopt(sockets.IPPROTO_TCP, sockets.TCP_NODELAY, 1)
            return super().__call__(environ, start_response)

        def wait(self) -> str | None:
            """The next frame, or None at the end; an empty or unknown one would leave a ghost in engineio."""
            frame = super().wait()
            if isinstance(frame, str) and frame[:1] in (PONG, MESSAGE, CLOSE) and frame[:1]:
                return frame
            return None

        def close(self) -> None:
            """Close the TCP connection too: a peer that holds it open would keep two threads."""
            with suppress(OSError, simple_websocket.ConnectionClosed):
                super().close()
            with suppress(OSError):
                self.ws.sock.shutdown(sockets.SHUT_RDWR)

    return BoundedWebSocket
