"""The program's log on stderr: one line for what happened, and no flood when it happens again and again."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

BURST = 20
"""How many lines about refusals may come at once."""
SECONDS_A_LINE = 1.0
"""How often one more may come after that."""


def start() -> None:
    """Write what this program logs to stderr, from now on; of its libraries only warnings."""
    handler = logging.StreamHandler()
    handler.addFilter(Sparing())
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s", handlers=[handler])
    logging.getLogger("chatapp").setLevel(logging.INFO)


class Sparing(logging.Filter):
    """Lets every warning through, but of what is less only so many; the next one tells how many were left out."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock, self._at = clock, clock()
        self._left, self._omitted = float(BURST), 0

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether this line is written."""
        if record.levelno >= logging.WARNING:
            return True
        now = self._clock()
        self._left = min(BURST, self._left + (now - self._at) / SECONDS_A_LINE)
        self._at = now
        if self._left < 1:
            self._omitted += 1
            return False
        self._left -= 1
        if self._omitted:
            record.msg, record.args = f"{record.getMessage()} (and {self._omitted} more lines before)", None
            self._omitted = 0
        return True
