"""How large the window was last time."""

from __future__ import annotations

from contextlib import suppress

import msgspec

from chatapp.desktop.kept import Kept

FIRST = (1100, 760)
SMALLEST = (380, 520)
LARGEST = (7680, 4320)
KEY = "native:size"


def size_in(kept: Kept) -> tuple[int, int]:
    """The size of last time, within reason; what was spoiled on the disk counts as nothing."""
    try:
        width, height = msgspec.json.decode(kept.everything().get(KEY, "null"), type=tuple[int, int])
    except msgspec.MsgspecError:
        return FIRST
    return max(SMALLEST[0], min(width, LARGEST[0])), max(SMALLEST[1], min(height, LARGEST[1]))


def keep_size(kept: Kept, size: tuple[int, int]) -> None:
    """For next time; a disk that is full forgets it."""
    with suppress(OSError):
        kept.set(KEY, msgspec.json.encode(size).decode())
