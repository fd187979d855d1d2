"""Socket.IO between Flask-SocketIO and the fan-out: WebSocket only, text only, one thread a client.

It knows sockets and groups of them, and nothing of members or the room.

    a client's thread      receive -> frames -> one Socket.IO packet -> `heard`
    whoever has news       ack, tell -> encoded once, framed once -> an outbox, or the stream of all
    the fan-out's thread   outboxes and stream -> joined -> sent without waiting; pings; cuts
"""

from __future__ import annotations

import logging
import socket as sockets
import threading
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask
from flask_socketio import SocketIO
from socketio import packet

from chatapp.errors import Refused
from chatapp.server import frames, nonblocking
from chatapp.server.allowance import Allowance, Large
from chatapp.server.codec import Json, StrictJson, to_json
from chatapp.server.fanout import Fanout
from chatapp.server.outbox import Outbox
from chatapp.server.packets import ACK, CLOSE, MESSAGE, PING, PONG, usual_event
from chatapp.server.plugs import EVERYONE, Groups, SessionQueue

log = logging.getLogger(__name__)
PING_SECONDS = 5
"""A dead peer is noticed after 5 to 10 seconds instead of the library's 59."""
READ_BYTES = 64 * 1024
FEW_BYTES = 448
"""How much a waiting thread asks for: recv() holds that memory while it waits, and this much Python has in store."""

Listener = Callable[[str, object, list[Any], int | None, int], None]
"""Called with socket id, event name (None: unreadable), arguments, id of the acknowledgement asked for, and size."""


class Transport:
    """The sockets of one server."""

    def __init__(self, app: Flask, frame_bytes: int) -> None:
        self._frame_bytes, self._large = frame_bytes, Large()
        self._fanout = Fanout(frames.text(PING.encode()), PING_SECONDS)
        self.io = SocketIO(
            app,
            async_mode="threading",
            async_handlers=False,  # sender order breaks otherwise: 200 clients saw 8 different orders
            client_manager=Groups(self._fanout, self._outbox),
            monitor_clients=False,  # the fan-out looks for dead peers
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
        driver = {"websocket": self._websocket, "queue": lambda: SessionQueue(self._fanout)}
        self._engine._async = {**self._engine._async, **driver}  # noqa: SLF001  # what a driver is
        self._connect = self._engine.handlers["connect"]
        self._engine.on("connect", self._on_connect)
        self._server.on("disconnect", self._on_disconnect)
        self._library = threading.RLock()
        """Held around what changes python-socketio's own lists of who is connected: they are made for one thread."""
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
        outbox = self._outbox(socket)
        if ack is not None and outbox is not None:
            body = answer if isinstance(answer, Json) else to_json(answer)
            self._fanout.push([outbox], *frames.text_in_parts(b"%b%d[" % (ACK, ack), body, b"]"))

    def enter(self, socket: str, group: str) -> None:
        """From now on the socket gets what is for everyone and for this group."""
        self._server.enter_room(socket, EVERYONE)
        self._server.enter_room(socket, group)

    def tell(self, event: str, payload: object, group: str | None, but: Iterable[str]) -> None:
        """Send an event to a group, or to everyone who has entered."""
        self._server.emit(event, payload, to=group or EVERYONE, skip_sid=list(but))

    def hang_up(self, socket: str, *, for_good: bool) -> None:
        """Close a socket after what was sent before; a client does not come back by itself when it is for good."""
        with self._library:
            session = self._session(socket)
            if session is None:
                return
            if for_good:
                self._server.disconnect(socket)
            session.close(wait=False)

    @property
    def sessions(self) -> int:
        """How many clients are connected."""
        return len(self._engine.sockets)

    def is_idle(self) -> bool:
        """Whether all that was sent is on its way."""
        return self._fanout.is_idle()

    def stop(self) -> None:
        """Send nothing any more."""
        self._fanout.stop()

    # -- in ---------------------------------------------------------------------------------------

    def _websocket(self, handler: Any, _server: Any) -> Callable[..., Iterable[bytes]]:
        """The driver's `websocket`: a WSGI app for one connection, whose thread serves it to the end."""
        session = handler.__self__

        def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
            try:
                answer = frames.accept(environ)
            except Refused as refused:
                self._end(session)
                start_response("400 Bad Request", [("Content-Type", "application/json")])
                return [to_json({"code": refused.code})]
            # No byte is read through it any more, and its buffer is as big as all else of a session.
            environ["wsgi.input"].close()
            self._serve(session, environ["werkzeug.socket"], answer)
            raise ConnectionError("the WebSocket is over, and with it the connection")

        return serve

    def _serve(self, session: Any, connection: sockets.socket, answer: bytes) -> None:
        """One connection from its first frame until no byte comes any more."""
        outbox = session.queue.outbox
        try:
            connection.sendall(answer)
            nonblocking.prepare(connection)
            session.connected = session.upgraded = True
            self._fanout.attach(outbox, connection)
            self._converse(session, connection)
            self._end(session)
            # Closing while something is unread would be a reset, which may take our last frames from the peer.
            while nonblocking.receive(connection, FEW_BYTES):
                pass
        except OSError as error:
            log.debug("connection %s broke: %s", session.sid, error)
        finally:
            self._end(session)
            self._fanout.let_go(outbox)

    def _converse(self, session: Any, connection: sockets.socket) -> None:
        """Take messages until either side ends it; raises OSError."""
        outbox, most, has_opened = session.queue.outbox, FEW_BYTES, False
        allowance = Allowance(connection, outbox, self._large)
        reader = frames.Frames(self._frame_bytes, allowance.take_frame)
        try:
            while not outbox.closing and (data := nonblocking.receive(connection, most)):
                outbox.heard = True
                most = READ_BYTES if len(data) == most else FEW_BYTES
                self._take_all(session, reader.read(data), allowance)
                allowance.have_begun(reader.unfinished)
                has_opened = has_opened or self._server.manager.sid_from_eio_sid(session.sid, "/") is not None
                if not has_opened:
                    allowance.check_opening()
        except frames.Farewell as farewell:
            if farewell.is_fault:
                log.info("socket %s closed: WebSocket code %s", session.sid, farewell)
            self._fanout.push([outbox], farewell.frame, last=True)
        finally:
            allowance.end()

    def _take_all(self, session: Any, messages: Iterable[str | bytes], allowance: Allowance) -> None:
        outbox = session.queue.outbox
        for message in messages:
            if isinstance(message, bytes):
                self._fanout.push([outbox], message)
            elif not outbox.closing:
                with allowance.turn_for(message):
                    self._take(session, message)

    def _end(self, session: Any) -> None:
        """The session is over, whoever ended it; what is told by `gone` is told once."""
        with self._library:
            session.close(wait=False, abort=True, reason=self._server.reason.TRANSPORT_CLOSE)
        self._engine.sockets.pop(session.sid, None)

    def _take(self, session: Any, message: str) -> None:
        """Take one Engine.IO packet; what is none closes the session (an empty one would leave a ghost in engineio)."""
        kind = message[:1]
        if kind == PONG:
            return
        if kind == CLOSE:
            self._end(session)
        elif kind != MESSAGE or not self._is_taken(session.sid, message[1:]):
            log.info("socket %s closed: malformed packet", session.sid)
            with self._library:
                session.close(wait=False)

    def _is_taken(self, engine_id: str, data: str) -> bool:
        """Take one Socket.IO packet; False when it is none of the protocol, or none that is due."""
        try:
            parsed = usual_event(data) or self._server.packet_class(encoded_packet=data)
        except ValueError:
            return False
        socket = self._server.manager.sid_from_eio_sid(engine_id, "/")
        joining = parsed.packet_type == packet.CONNECT and socket is None
        if joining or parsed.packet_type == packet.DISCONNECT:
            with self._library:
                self._server._handle_eio_message(engine_id, data)  # noqa: SLF001  # its own handler, behind this one
            return True
        if socket is None or (parsed.namespace or "/") != "/":
            return False
        if parsed.packet_type == packet.EVENT:
            name, *arguments = parsed.data if isinstance(parsed.data, list) and parsed.data else [None]
        elif parsed.packet_type == packet.BINARY_EVENT:
            name, arguments = None, []  # no command has attachments: they are never awaited
        else:
            return False
        self._heard(socket, name, arguments, parsed.id, len(data))
        return True

    def _on_connect(self, engine_id: str, environ: dict[str, Any]) -> object:
        # Else each session would have a thread of its own for its pings.
        self._engine.sockets[engine_id].last_ping = None
        return self._connect(engine_id, {"REMOTE_ADDR": environ.get("REMOTE_ADDR", "")})

    def _on_disconnect(self, socket: str, _reason: str) -> None:
        self._gone(socket)

    def _session(self, socket: str) -> Any:
        return self._engine.sockets.get(self._server.manager.eio_sid_from_sid(socket, "/"))

    def _outbox(self, socket: str) -> Outbox | None:
        session = self._session(socket)
        return None if session is None else session.queue.outbox


def _deaf(socket: str, event: object, arguments: list[Any], ack: int | None, size: int) -> None:
    """Nobody listens yet."""
