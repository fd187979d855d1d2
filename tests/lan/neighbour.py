"""A program on the test's own network: it announces what its standard input says, or prints the rooms that it finds."""

from __future__ import annotations

import sys
import time

import msgspec

from chatapp.lan.discovery import Announcement, Finder, Sign


def announce(address: str, port: str) -> None:
    """Each line is the sign that holds from now on; the end of the lines takes the room back."""
    announcement = None
    for line in sys.stdin:
        sign = msgspec.json.decode(line, type=Sign)
        if announcement is None:
            announcement = Announcement(sign, [address], int(port))
        else:
            announcement.change(sign)
    if announcement is not None:
        announcement.close()


def find() -> None:
    """A line for each list of rooms that is another than before."""
    finder, before = Finder(), None
    while True:
        rooms = finder.rooms()
        if rooms != before:
            sys.stdout.write(msgspec.json.encode(rooms).decode() + "\n")
            sys.stdout.flush()
            before = rooms
        time.sleep(0.05)


if __name__ == "__main__":
    if sys.argv[1:] == ["find"]:
        find()
    else:
        announce(*sys.argv[1:])
