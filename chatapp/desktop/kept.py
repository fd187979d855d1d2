"""What the page keeps: the window's address is another at each start, so its localStorage would be empty every time."""

from __future__ import annotations

import hashlib
import logging
import os
import secrets
import threading
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct

log = logging.getLogger(__name__)


class Item(Struct, frozen=True):
    """One thing that is kept."""

    key: str
    value: str


class Kept:
    """Keys and values, each in a file of its own; one that was set is on disk when `set` returns."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def everything(self) -> dict[str, str]:
        """All that is kept; a file that is no whole item counts as nothing."""
        found: dict[str, str] = {}
        for path in sorted(self._folder.glob("*.json")):
            with suppress(OSError, msgspec.MsgspecError):
                item = msgspec.json.decode(path.read_bytes(), type=Item)
                found[item.key] = item.value
        return found

    def set(self, key: str, value: str) -> None:
        """Keep a value; raises OSError, and then the one before is still there."""
        path = self._path(key)
        # A name of its own: another window of this person may be at the same key.
        part = path.with_suffix(f".{secrets.token_hex(4)}.part")
        try:
            with self._lock:
                with part.open("xb") as out:
                    out.write(msgspec.json.encode(Item(key, value)))
                    out.flush()
                    os.fsync(out.fileno())
                part.replace(path)
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)

    def remove(self, key: str) -> None:
        """Forget a value."""
        with self._lock:
            self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self._folder / f"{hashlib.sha256(key.encode(errors='replace')).hexdigest()[:32]}.json"
