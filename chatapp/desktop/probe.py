"""What is at an address: a room, or why not, within three seconds."""

from __future__ import annotations

import errno
import http.client
import queue
import re
import socket
import threading
from typing import Literal
from urllib.parse import parse_qs, urlsplit

import msgspec
from msgspec import Struct

from chatapp.protocol import PROTOCOL
from chatapp.settings import DEFAULT_PORT

Reason = Literal[
    "address", "unknown-name", "silent", "refused", "not-a-room", "other-version", "room-locked", "pin-required"
]
PATIENCE_SECONDS = 2.5
SIGN_BYTES = 64 * 1024
_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]+\]")
_REFUSED = frozenset({errno.ECONNREFUSED, errno.ECONNRESET, 10061, 10054})


class NotThere(Exception):
    """No room that this program can join; `reason` for the page, which has the words."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


class Place(Struct, frozen=True):
    """Where a room is said to be: `http://HOST:PORT`, and the PIN that the link brought."""

    address: str
    pin: str | None = None


class ProgramSign(Struct, frozen=True):
    """What /healthz says in every version."""

    app: str
    protocol: int


class RoomSign(Struct, frozen=True):
    """The room of /healthz."""

    id: str
    title: str
    pin: bool
    locked: bool


class DoorSign(Struct, frozen=True):
    """The whole of /healthz."""

    app: str
    version: str
    protocol: int
    room: RoomSign


def place_of(text: str) -> Place:
    """The place that somebody typed: HOST, HOST:PORT or a whole link; raises NotThere("address")."""
    text = text.strip()
    try:
        parts = urlsplit(text if "//" in text else f"//{text}", scheme="http")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise NotThere("address") from None
    shown = f"[{host}]" if ":" in host else host
    if parts.scheme != "http" or parts.username or not _HOST.fullmatch(shown) or port == 0:
        raise NotThere("address")
    pin = parse_qs(parts.fragment).get("pin", [None])[0]
    return Place(f"http://{shown}:{port or DEFAULT_PORT}", pin)


def look(place: Place) -> DoorSign:
    """The sign of the room there; raises NotThere."""
    answers: queue.SimpleQueue[DoorSign | NotThere] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(_ask(place))
        except NotThere as why:
            answers.put(why)

    # In a thread, because looking a name up cannot be told how long it may take.
    threading.Thread(target=ask, name="probe", daemon=True).start()
    try:
        answer = answers.get(timeout=PATIENCE_SECONDS + 0.3)
    except queue.Empty:
        raise NotThere("silent") from None
    if isinstance(answer, NotThere):
        raise answer
    return answer


def check_door(room: RoomSign, pin: str | None) -> None:
    """Raise NotThere where the room, by its sign, will not let a newcomer in; in the order of its own refusals."""
    if room.locked:
        raise NotThere("room-locked")
    if room.pin and not pin:
        raise NotThere("pin-required")


def _ask(place: Place) -> DoorSign:
    parts = urlsplit(place.address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        body = answer.read(SIGN_BYTES)
    except (socket.gaierror, UnicodeError):  # the latter for a name with an empty or endless part
        raise NotThere("unknown-name") from None
    except http.client.HTTPException:
        raise NotThere("not-a-room") from None
    except OSError as error:
        raise NotThere("refused" if error.errno in _REFUSED else "silent") from None
    finally:
        connection.close()
    return _sign_of(answer.status, body)


def _sign_of(status: int, body: bytes) -> DoorSign:
    try:
        program = msgspec.json.decode(body, type=ProgramSign)
        if status != http.client.OK or program.app != "chatapp":
            raise NotThere("not-a-room")
        if program.protocol != PROTOCOL:
            raise NotThere("other-version")
        return msgspec.json.decode(body, type=DoorSign)
    except msgspec.MsgspecError:
        raise NotThere("not-a-room") from None
