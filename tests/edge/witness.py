"""Good clients in a process of their own: they talk in turn, and it prints how long each acknowledgement took.

`python -m tests.edge.witness URL` prints one line with the milliseconds for each thing that they say; it ends with its
standard input. That the attacker's own process is busy does not count against the room. There are some, because one
may not say so much that a percentile of a second is more than its slowest acknowledgement.
"""

from __future__ import annotations

import itertools
import json
import sys
import threading
import time

from tests.contract.people import fresh_token
from tests.contract.wire import RawSocket

NAMES = tuple(f"Sora {number}" for number in range(1, 6))
PAUSE_SECONDS = 0.015


class Sora:
    """One of them."""

    def __init__(self, url: str, name: str) -> None:
        self._socket = RawSocket(url)
        welcome = self._socket.asks("join", json.dumps({"token": fresh_token(), "name": name}))
        self._mid: int = welcome["last_mid"]

    def says(self) -> float:
        """Say one thing; the milliseconds until it is acknowledged."""
        self._mid += 1
        began = time.monotonic()
        answer = self._socket.asks("say", json.dumps({"mid": self._mid, "text": f"{self._mid}"}), ack=self._mid)
        assert answer["ok"], answer
        return (time.monotonic() - began) * 1000


def main() -> None:
    """Talk until the standard input ends."""
    stopped = threading.Event()

    def wait() -> None:
        sys.stdin.read()
        stopped.set()

    threading.Thread(target=wait, daemon=True).start()
    for sora in itertools.cycle([Sora(sys.argv[1], name) for name in NAMES]):
        if stopped.wait(PAUSE_SECONDS):
            break
        print(sora.says(), flush=True)  # noqa: T201  # this is how it tells


if __name__ == "__main__":
    main()
