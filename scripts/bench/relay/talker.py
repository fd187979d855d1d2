"""Somebody who talks, in a process of their own: python -m scripts.bench.relay.talker PORT.

For each line of its standard input it says something as often as a member may, for that many seconds, and prints as one
JSON list when each thing was said (time.monotonic()) and the seconds until it was acknowledged. It looks for its
acknowledgement alone, so that what it takes is the room's time and not its own.
"""

from __future__ import annotations

import json
import sys
import time

from tests.contract.people import fresh_token
from tests.edge.hostile import Intruder

PACE_SECONDS = 0.055
"""A member may post 20 times a second."""


class Talker:
    """One member."""

    def __init__(self, port: int) -> None:
        self._line = Intruder(port)
        self._mid: int = self._line.asks("join", {"token": fresh_token(), "name": "Talker"})["last_mid"]

    def talks(self, seconds: float) -> list[tuple[float, float]]:
        """When each thing was said, and the seconds until it was acknowledged."""
        noted: list[tuple[float, float]] = []
        end = time.monotonic() + seconds
        while (said := time.monotonic()) < end:
            self._mid += 1
            post = {"mid": self._mid, "text": "somebody has something to say in this room"}
            self._line.asks("say", post, self._mid)
            now = time.monotonic()
            noted.append((said, now - said))
            time.sleep(max(0.0, said + PACE_SECONDS - now))
        return noted


def main() -> None:
    """Talk whenever asked to."""
    talker = Talker(int(sys.argv[1]))
    for line in sys.stdin:
        print(json.dumps(talker.talks(float(line))), flush=True)


if __name__ == "__main__":
    main()
