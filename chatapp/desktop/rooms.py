"""The folders of the rooms that are hosted from the window: one each, erased when the room has ended in order.

What a killed program left behind can be gone on with; nobody else ever sees the words of an earlier class.
"""

from __future__ import annotations

import secrets
import shutil
import time
from pathlib import Path

KEPT_SECONDS = 7 * 24 * 3600.0
ROOM_FILE = "room.sqlite3"


class Rooms:
    """The rooms in one folder."""

    def __init__(self, folder: Path, now: float | None = None) -> None:
        self._folder = folder
        oldest = (time.time() if now is None else now) - KEPT_SECONDS
        for room in self._left_behind():
            if room.stat().st_mtime < oldest:
                self.erase(room)

    def fresh(self) -> Path:
        """The folder of a new room."""
        return self._folder / secrets.token_hex(8)

    def newest(self) -> Path | None:
        """The room that a program which did not end in order left behind last."""
        return max(self._left_behind(), key=lambda room: (room / ROOM_FILE).stat().st_mtime, default=None)

    def erase(self, room: Path) -> None:
        """Forget a room for good."""
        shutil.rmtree(room, ignore_errors=True)

    def _left_behind(self) -> list[Path]:
        return [path.parent for path in self._folder.glob(f"*/{ROOM_FILE}")]
