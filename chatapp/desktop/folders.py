"""Where this person's settings, rooms and logs live."""

from __future__ import annotations

import sys
from pathlib import Path

import platformdirs

PORTABLE = "portable.txt"
"""Beside the executable it means: keep everything here, on the stick."""


def program_folder() -> Path | None:
    """The folder of the executable; None when it runs from source."""
    return Path(sys.executable).resolve().parent if getattr(sys, "frozen", False) else None


def user_folder(beside: Path | None) -> Path:
    """The folder for this person's data; `beside`: where the executable lies."""
    if beside is not None and (beside / PORTABLE).is_file():
        return beside / "ChatApp data"
    return platformdirs.user_data_path("ChatApp", appauthor=False)
