"""A network that fails: a proxy between one client and the server that cuts, resets, tears and stalls."""

from __future__ import annotations

import math
import socket
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress

ABORT = struct.pack("ii", 1, 0)
"""SO_LINGER of no time: close is a reset."""

CHUNK = 64 * 1024
"""How much it carries in one go."""


class FaultyLine:
    """Connections to `url` go on to a port on this computer, unless a fault is ordered.

    `rate`: how many bytes a second each connection may carry a way; then little waits in its own buffers.
    """

    def __init__(self, port: int, rate: float = math.inf) -> None:
        self._port, self._rate = port, rate
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._sending: set[socket.socket] = set()
        self._flowing = threading.Event()
        self._flowing.set()
        self._torn = threading.Event()
        self.carried = 0
        """How many bytes have gone through, both ways together."""
        self._counting = threading.Lock()
        self._due: list[tuple[int, Callable[[], bool]]] = []
        self._up = True
        self._most = math.inf
        self._freed = threading.Condition()
        threading.Thread(target=self._accept, daemon=True).start()

    # -- faults -----------------------------------------------------------------------------------

    def cut(self) -> None:
        """End every connection in order, on both sides."""
        for pair in [*self._pairs]:
            _end(pair)

    def reset(self) -> None:
        """Break every connection off, on both sides; who reads nothing may only see an end in order."""
        for pair in [*self._pairs]:
            for end in pair:
                # To end the sending side in order would be seen before the reset; but it frees who is stuck in it.
                how = socket.SHUT_RDWR if end in self._sending else socket.SHUT_RD
                with suppress(OSError):
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORT)
                    end.shutdown(how)
                end.close()

    def tear(self) -> None:
        """Let half of what comes next through, and then nothing: a frame arrives in part."""
        self._torn.set()

    def stall(self) -> None:
        """Hold everything back until `flow`, while the connections stand."""
        self._flowing.clear()

    def hold(self, after: int) -> None:
        """Let each connection carry so many bytes a way and then, while it stands, no more until `flow`."""
        self._flowing.set()
        self._most = after

    def flow(self) -> None:
        """Let through what was held back."""
        self._most = math.inf
        self._flowing.set()
        with self._freed:
            self._freed.notify_all()

    def fail(self) -> None:
        """Break every connection off, and any new one, until `mend`."""
        self._up = False
        self.reset()

    def mend(self) -> None:
        """Let connections through again."""
        self._up = True

    def when(self, carried: int, fault: Callable[[], bool]) -> None:
        """Do a fault amid what is carried, once so many bytes have gone through; again while it returns False."""
        self._due.append((carried, fault))
        self._due.sort(key=lambda due: due[0])

    def close(self) -> None:
        """Be no line any more."""
        self._listener.close()
        self.flow()
        self.cut()

    def has_carried(self, count: int) -> bool:
        """Whether more bytes than that have gone through, both ways together."""
        return self.carried > count

    # -- the line ---------------------------------------------------------------------------------

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                if not self._up:
                    near.close()
                    continue
                try:
                    pair = (near, socket.create_connection(("127.0.0.1", self._port), timeout=10))
                except OSError:
                    near.close()
                    continue
                if self._rate < math.inf:
                    for end in pair:
                        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, CHUNK)
                self._pairs.add(pair)
                for source, target in (pair, pair[::-1]):
                    threading.Thread(target=self._carry, args=(source, target, pair), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket, pair: tuple[socket.socket, socket.socket]) -> None:
        with suppress(OSError):
            source.settimeout(None)
            carried = 0
            while data := source.recv(CHUNK):
                self._flowing.wait()
                carried += len(data)
                self._wait_until_allowed(carried)
                if self._torn.is_set():
                    self._torn.clear()
                    target.sendall(data[: len(data) // 2])
                    break
                time.sleep(len(data) / self._rate)
                self._send(target, data)
        _end(pair)
        self._pairs.discard(pair)

    def _send(self, target: socket.socket, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            self._sending.add(target)
            try:
                # A fault in the middle of sendall would not tell how much of it has gone.
                sent = target.send(rest)
            finally:
                self._sending.discard(target)
            self._count(sent)
            rest = rest[sent:]

    def _count(self, more: int) -> None:
        with self._counting:
            self.carried += more
            if self._due and self.carried >= self._due[0][0] and self._due[0][1]():
                del self._due[0]

    def _wait_until_allowed(self, carried: int) -> None:
        with self._freed:
            self._freed.wait_for(lambda: carried <= self._most)


def _end(pair: tuple[socket.socket, socket.socket]) -> None:
    for end in pair:
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()
