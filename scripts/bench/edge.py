"""What the edge costs the room: python -m scripts.bench.edge.

Measures alone what `allowance.py` does for each frame and `guard.py` for each connection, the limits raised so that
nothing waits. Telling everybody passes neither: they stand where bytes come in.
"""

from __future__ import annotations

import socket
import statistics
import sys
import time
import timeit
from typing import Any

from chatapp.server import allowance
from chatapp.server.guard import Guard
from chatapp.server.outbox import Outbox

ROUNDS, TIMES = 15, 20_000
NEVER = 10**9
ENVIRON = {
    "REQUEST_METHOD": "GET",
    "PATH_INFO": "/socket.io/",
    "QUERY_STRING": "EIO=4&transport=websocket",
    "HTTP_HOST": "127.0.0.1:27272",
    "HTTP_ORIGIN": "http://127.0.0.1:27272",
    "HTTP_UPGRADE": "websocket",
    "HTTP_CONNECTION": "Upgrade",
    "HTTP_SEC_WEBSOCKET_KEY": "dGhlIHNhbXBsZSBub25jZQ==",
    "HTTP_SEC_WEBSOCKET_VERSION": "13",
}


def main() -> int:
    """Measure and print, in microseconds of CPU."""
    allowance.FRAMES_A_SECOND = allowance.READ_A_SECOND = NEVER
    one, other = socket.socketpair()
    with one, other:
        allowed = allowance.Allowance(one, Outbox(), allowance.Large())

        def a_frame() -> None:
            """All of a short frame's way that is the allowance's."""
            allowed.take_frame()
            with allowed.turn_for("x"):
                pass
            allowed.have_begun(0)

        show("allowance: a frame", a_frame)
    guard = Guard(lambda _environ, _start: [], frozenset)
    show("guard: a connection", lambda: guard(dict(ENVIRON), started))
    return 0


def started(*_: Any) -> None:
    """Nobody sends the answer."""


def show(name: str, act: Any) -> None:
    """Its median time, and the range."""
    times = [
        seconds / TIMES * 1e6 for seconds in timeit.repeat(act, timer=time.thread_time, repeat=ROUNDS, number=TIMES)
    ]
    print(f"{name:20} {statistics.median(times):6.2f} µs ({min(times):.2f} to {max(times):.2f})")


if __name__ == "__main__":
    sys.exit(main())
