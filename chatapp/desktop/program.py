"""What the window is at: the launcher, a room of its own, or somebody else's."""

from __future__ import annotations

import getpass
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from chatapp.core.names import clean_name
from chatapp.desktop import probe
from chatapp.desktop.kept import Kept
from chatapp.desktop.recent import Recent
from chatapp.desktop.rooms import Rooms
from chatapp.errors import Refused
from chatapp.protocol import RoomClosed
from chatapp.server.serving import Serving
from chatapp.settings import LOOPBACK, Settings

log = logging.getLogger(__name__)
SEEN = "chatapp:token:{}"
"""Under which key the page keeps its token for a room, by the room's id (web/src/engine/identity.ts)."""


class Target(Struct, frozen=True):
    """The room that the window shows: `http://HOST:PORT`, and what its page joins with.

    host: the token of the host, when the room is this program's own. joins: without asking for the name again.
    """

    address: str
    name: str | None = None
    host: str | None = None
    pin: str | None = None
    joins: bool = True


class TurnedAway(Struct, frozen=True):
    """A join that the room refused: where, as whom and with which PIN, and the room's code for why."""

    address: str
    name: str
    pin: str | None
    code: str


class Program:
    """One run of the program with a window; any thread may call."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.settings, self.folder = settings, folder
        self.kept = Kept(folder / "kept")
        self.recent = Recent(self.kept)
        self._rooms = Rooms(folder / "rooms")
        self._lock = threading.RLock()
        self._serving: Serving | None = None
        self._erases: Path | None = None
        self.target: Target | None = None
        self._turned_away: TurnedAway | None = None
        self.quits: Callable[[], None] = _nothing
        """Ends the window; set by whoever shows it."""

    @property
    def system_name(self) -> str | None:
        """The name of the system's user, when a room would take it."""
        with suppress(Refused, OSError, KeyError, ImportError):
            limits = self.settings.limits
            return clean_name(getpass.getuser(), max_chars=limits.name_chars, max_bytes=limits.name_bytes)
        return None

    def can_go_on(self) -> bool:
        """Whether a room was left behind by a program that did not end in order."""
        return self._rooms.newest() is not None

    def host(self, name: str | None, title: str | None, *, go_on: bool = False) -> Target:
        """Start a room in this process, and show it; its page asks for a name where none is given.

        Raises PortTaken, Unusable, OSError.
        """
        with self._lock:
            self.back()
            settings = self._room_settings(title, go_on=go_on)
            self._serving = serving = Serving(settings)
            serving.start()
            self._erases = settings.data if settings.data != self.settings.data else None
            address = f"http://{LOOPBACK}:{serving.port}"
            self.target = Target(address, name, serving.host_token, joins=name is not None)
            return self.target

    def _room_settings(self, title: str | None, *, go_on: bool) -> Settings:
        left = self._rooms.newest() if go_on else None
        settings = replace(self.settings, data=self.settings.data or left or self._rooms.fresh())
        return settings if title is None or left else replace(settings, title=title)

    def join(self, text: str, name: str | None, pin: str | None = None, *, knocks: bool = False) -> Target:
        """Show somebody else's room; raises NotThere, with `knocks` for a door shut to newcomers too."""
        place = probe.place_of(text)
        room, pin = probe.look(place).room, pin or place.pin
        # Who has a token may have been in: such a one needs no PIN, and the lock does not count. The room knows.
        if knocks and SEEN.format(room.id) not in self.kept.everything():
            probe.check_door(room, pin)
        with self._lock:
            self.back()
            self.recent.add(place.address, room.title)
            self.target = Target(place.address, name, pin=pin, joins=name is not None)
            return self.target

    def turn_away(self, name: str, pin: str | None, code: str) -> None:
        """The room at the target refused the join: back to the launcher, which is told."""
        with self._lock:
            target = self.target
            self.back()
            self._turned_away = TurnedAway(target.address, name, pin, code) if target else None

    def take_turned_away(self) -> TurnedAway | None:
        """The join that was refused just now; told once."""
        with self._lock:
            told, self._turned_away = self._turned_away, None
            return told

    def back(self) -> None:
        """Leave the room for the launcher; one's own is closed, and everybody in it is told."""
        with self._lock:
            self.target, serving, self._serving = None, self._serving, None
            if serving is None:
                return
            serving.stop(RoomClosed("closed"))
            if self._erases is not None:
                self._rooms.erase(self._erases)
                self._erases = None


def _nothing() -> None:
    """There is no window yet."""
