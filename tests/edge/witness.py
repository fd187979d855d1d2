"""A good client in a process of its own: it talks all the time, and prints how long each acknowledgement took.

`python -m tests.edge.witness URL TOKEN` prints one line with the milliseconds for each thing that it says; it ends with
its standard input. That the attacker's own process is busy does not count against the room.
"""

from __future__ import annotations

import json
import sys
import threading
import time

from tests.contract.wire import RawSocket

NAME = "Sora"
PAUSE_SECONDS = 0.08


def talk(socket: RawSocket, token: str, stopped: threading.Event) -> None:
    """Join, and say one thing after the other until told to stop."""
    welcome = socket.asks("join", json.dumps({"token": token, "name": NAME}))
    mid = welcome["last_mid"]
    while not stopped.wait(PAUSE_SECONDS):
        mid += 1
        began = time.monotonic()
        answer = socket.asks("say", json.dumps({"mid": mid, "text": f"{mid}"}), ack=mid)
        assert answer["ok"], answer
        print((time.monotonic() - began) * 1000, flush=True)  # noqa: T201  # this is how it tells


def main() -> None:
    """Talk until the standard input ends."""
    stopped = threading.Event()

    def wait() -> None:
        sys.stdin.read()
        stopped.set()

    threading.Thread(target=wait, daemon=True).start()
    talk(RawSocket(sys.argv[1]), sys.argv[2], stopped)


if __name__ == "__main__":
    main()
