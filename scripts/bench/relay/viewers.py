"""People who look at each picture: python -m scripts.bench.relay.viewers ADDRESS PORT COUNT, until stdin ends.

Like the page, each one asks for a picture that did not come with its entry, and gets it by the same socket; it falls
unread, for all of them share two processors with the room. Says "in"
once all have joined; at its end, how many pictures were asked for and how many bytes came in all.
"""

from __future__ import annotations

import json
import re
import selectors
import socket
import struct
import sys

from tests.contract.people import fresh_token
from tests.contract.wire import RawSocket

PING, PONG = b"2", "3"
SHOWN = re.compile(rb'"kind":"shown","seq":\d+,"id":"([^"]+)"')
FEW_BYTES, READ_BYTES = 16 * 1024, 2**20
BUFFER = memoryview(bytearray(READ_BYTES))


def frame(text: str) -> bytes:
    """A client's frame of text; its mask is zero, which leaves the text as it is."""
    data = text.encode()
    if len(data) < 126:
        head = struct.pack("!BB", 0x81, 0x80 | len(data))
    elif len(data) < 2**16:
        head = struct.pack("!BBH", 0x81, 0x80 | 126, len(data))
    else:
        head = struct.pack("!BBQ", 0x81, 0x80 | 127, len(data))
    return head + bytes(4) + data


class Viewer:
    """One of them, on a socket of its own."""

    def __init__(self, url: str, number: int) -> None:
        raw = RawSocket(url)
        joined = raw.asks("join", json.dumps({"token": fresh_token(), "name": f"Viewer {number}"}))
        if not joined["ok"]:
            raise SystemExit(f"not let in: {joined}")
        if raw.socket.sock is None:
            raise SystemExit("cut off")
        self.socket = raw.socket.sock
        self.asked = self.came = self._falling = 0
        self._unread = bytearray()

    def read(self) -> None:
        """Take what has come: let pictures fall unread, and ask for those that are told of."""
        if self._falling:
            count = self.socket.recv_into(BUFFER, min(self._falling, READ_BYTES), socket.MSG_TRUNC)
            self._falling -= count
        else:
            count = self.socket.recv_into(BUFFER, FEW_BYTES)
            self._unread += BUFFER[:count]
            self._read_frames()
        if not count:
            raise SystemExit("the server closes")
        self.came += count

    def _read_frames(self) -> None:
        while (head := _head(self._unread)) is not None:
            start, size = head
            if size > FEW_BYTES:
                self._falling = max(0, start + size - len(self._unread))
            elif len(self._unread) < start + size:
                return
            else:
                self._hear(self._unread[start : start + size])
            del self._unread[: start + size]

    def _hear(self, text: bytearray) -> None:
        if text == PING:
            self.socket.sendall(frame(PONG))
        elif found := SHOWN.search(text):
            self.asked += 1
            self.socket.sendall(frame(f'42{self.asked}["picture",{{"id":"{found[1].decode()}"}}]'))


def _head(data: bytearray) -> tuple[int, int] | None:
    """Where a server's frame has its payload and how long that is, once its head is there."""
    if len(data) < 10 and (len(data) < 2 or (data[1] > 125 and len(data) < 4) or data[1] == 127):
        return None
    if data[1] < 126:
        return 2, data[1]
    return (4, int.from_bytes(data[2:4])) if data[1] == 126 else (10, int.from_bytes(data[2:10]))


def main() -> int:
    """Look until stdin ends."""
    address, port, count = sys.argv[1:]
    viewers = [Viewer(f"http://{address}:{port}", number) for number in range(int(count))]
    selector = selectors.DefaultSelector()
    selector.register(sys.stdin, selectors.EVENT_READ)
    for viewer in viewers:
        selector.register(viewer.socket, selectors.EVENT_READ, viewer)
    print("in", flush=True)
    while True:
        for key, _ in selector.select():
            if key.data is None:
                print(json.dumps({"asked": sum(v.asked for v in viewers), "came": sum(v.came for v in viewers)}))
                return 0
            key.data.read()


if __name__ == "__main__":
    sys.exit(main())
