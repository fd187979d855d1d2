"""Good clients in a process of their own: they talk in turn, and it prints how long each acknowledgement took.

`python -m tests.edge.witness PORT` prints one line with the milliseconds for each thing that they say; it ends with its
standard input. That the attacker's own process is busy does not count against the room. There are some, because one
may not say so much that a percentile of a second is more than its slowest acknowledgement.
"""

from __future__ import annotations

import itertools
import sys
import threading
import time

from tests.contract.people import fresh_token
from tests.edge.hostile import Intruder

NAMES = tuple(f"Sora {number}" for number in range(1, 6))
PAUSE_SECONDS = 0.015


class Sora:
    """One of them: she looks for her acknowledgement alone, so that the time is the room's and not hers."""

    def __init__(self, port: int, name: str) -> None:
        self._line = Intruder(port)
        self._mid: int = self._line.asks("join", {"token": fresh_token(), "name": name})["last_mid"]

    def says(self) -> float:
        """Say one thing; the milliseconds until it is acknowledged."""
        self._mid += 1
        began = time.monotonic()
        self._line.asks("say", {"mid": self._mid, "text": f"{self._mid}"}, self._mid)
        return (time.monotonic() - began) * 1000


def main() -> None:
    """Talk until the standard input ends."""
    stopped = threading.Event()

    def wait() -> None:
        sys.stdin.read()
        stopped.set()

    threading.Thread(target=wait, daemon=True).start()
    for sora in itertools.cycle([Sora(int(sys.argv[1]), name) for name in NAMES]):
        if stopped.wait(PAUSE_SECONDS):
            break
        print(sora.says(), flush=True)  # noqa: T201  # this is how it tells


if __name__ == "__main__":
    main()
