"""What stands in the place of parts of the libraries: engineio's queue of a session, Socket.IO's client manager."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import socketio

from chatapp.server import frames
from chatapp.server.codec import to_json
from chatapp.server.fanout import Fanout
from chatapp.server.outbox import Outbox
from chatapp.server.packets import EVENT

EVERYONE = "everyone"
NORMAL = 1000


class SessionQueue:
    """The driver's `queue`: where engineio puts the packets of one session, and None when it is over."""

    def __init__(self, fanout: Fanout) -> None:
        self._fanout = fanout
        self.outbox = Outbox()

    def put(self, item: Any) -> None:
        """Send a packet of the session, or end it."""
        if item is None:
            self._fanout.push([self.outbox], frames.close(NORMAL), last=True)
        else:
            self._fanout.push([self.outbox], frames.text(item.encode().encode()))

    def join(self) -> None:
        """Wait for nobody: who does not read would stall everybody behind it."""


class Groups(socketio.Manager):
    """The client manager: an event is encoded and framed once, whoever hears it."""

    def __init__(self, fanout: Fanout, outbox_of: Callable[[str], Outbox | None]) -> None:
        super().__init__()
        self._fanout, self._outbox_of = fanout, outbox_of

    def enter_room(self, sid: str, namespace: str, room: str, eio_sid: str | None = None) -> None:  # noqa: ARG002  # theirs
        """Into a group; who enters EVERYONE follows the stream. Nothing when it is gone already."""
        outbox = self._outbox_of(sid)
        if outbox is None:
            return
        if room == EVERYONE:
            self._fanout.follow(outbox)
        else:
            self._fanout.enter(outbox, room)

    def emit(self, event: str, data: object, namespace: str, room: str, skip_sid: list[str], **_: object) -> None:  # noqa: ARG002
        """One event for all in a group; the library's own would go through each session's queue."""
        frame = frames.text(EVENT + to_json([event, data]))
        if room == EVERYONE and not skip_sid:
            self._fanout.broadcast(frame)
            return
        skipped = {self._outbox_of(sid) for sid in skip_sid}
        heard = self._fanout.members(None if room == EVERYONE else room)
        self._fanout.push([outbox for outbox in heard if outbox not in skipped], frame)
