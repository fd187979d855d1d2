"""The rooms that were found on the network, for the launcher."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from chatapp.lan.discovery import Finder


class FoundRooms:
    """Looks from the first time that somebody asks; not at all where it is not `on`."""

    def __init__(self, *, on: bool) -> None:
        self._on = on
        self._lock = threading.Lock()
        self._finder: Finder | None = None

    def rooms(self) -> list[Any]:
        """What is known by now, as plain values."""
        with self._lock:
            if not self._on:
                return []
            if self._finder is None:
                from chatapp.lan.discovery import Finder  # noqa: PLC0415  # late: the window opens faster without it

                self._finder = Finder()
            found: list[Any] = msgspec.to_builtins(self._finder.rooms())
            return found

    def close(self) -> None:
        """Stop looking."""
        with self._lock:
            self._on = False
            if self._finder is not None:
                self._finder.close()
                self._finder = None
