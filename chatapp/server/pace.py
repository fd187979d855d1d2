"""A thread's pace under load: it works in one part of the time, so that more gathers for each round of its work."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

SHARE = 6
"""Under load, the work takes one part in so many of the time."""
CREDIT_SECONDS = 0.05
"""How much may come at once before it is spread."""
MOST_PAUSE = 0.05
"""How long a pause is at most."""


class Pace:
    """When the next round may begin; a round counts by the processor's time that its thread took."""

    def __init__(self) -> None:
        self._not_before = 0.0

    @property
    def pause(self) -> float:
        """In how many seconds the next round may begin."""
        return max(0.0, self._not_before - time.monotonic())

    @contextmanager
    def round(self) -> Iterator[None]:
        """Measure one round."""
        began = time.thread_time()
        yield
        pause, now = (time.thread_time() - began) * SHARE, time.monotonic()
        self._not_before = min(max(self._not_before, now - CREDIT_SECONDS) + pause, now + MOST_PAUSE)
