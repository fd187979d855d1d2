"""The rooms that were joined lately, newest first."""

from __future__ import annotations

import threading
from contextlib import suppress

import msgspec
from msgspec import Struct

from chatapp.desktop.kept import Kept

KEY = "native:recent"
MOST = 5


class RecentRoom(Struct, frozen=True):
    """A room that was joined: `http://HOST:PORT`, and what it was called."""

    address: str
    title: str


class Recent:
    """A short list that outlives the program."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept
        self._lock = threading.Lock()

    def rooms(self) -> list[RecentRoom]:
        """Newest first; what was spoiled on the disk counts as nothing."""
        try:
            return msgspec.json.decode(self._kept.everything().get(KEY, "[]"), type=list[RecentRoom])
        except msgspec.MsgspecError:
            return []

    def add(self, address: str, title: str) -> None:
        """A room was joined just now; a disk that is full forgets it."""
        with self._lock, suppress(OSError):
            others = [room for room in self.rooms() if room.address != address]
            rooms = [RecentRoom(address, title), *others][:MOST]
            self._kept.set(KEY, msgspec.json.encode(rooms).decode())
