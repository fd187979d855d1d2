"""People who look at each picture: python -m scripts.bench.relay.viewers ADDRESS PORT COUNT, until stdin ends.

Like the page, each one asks for a picture that did not come with its entry, and gets it by the same socket. Says "in"
once all have joined; at its end, how many pictures were asked for and how many bytes came in all.
"""

from __future__ import annotations

import json
import re
import selectors
import struct
import sys

from tests.contract.people import fresh_token
from tests.contract.wire import RawSocket

PING, PONG = b"\x81\x012", "3"
SHOWN = re.compile(rb'"kind":"shown","seq":\d+,"id":"([^"]+)"')
READ_BYTES = 2**20


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
        self.asked = self.came = 0

    def read(self) -> None:
        """Take what has come; ask for the pictures in it."""
        data = self.socket.recv(READ_BYTES)
        if not data:
            raise SystemExit("the server closes")
        self.came += len(data)
        if PING in data:  # nothing else has its first byte: all texts here are ASCII
            self.socket.sendall(frame(PONG))
        for found in SHOWN.findall(data):
            self.asked += 1
            self.socket.sendall(frame(f'42{self.asked}["picture",{{"id":"{found.decode()}"}}]'))


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
