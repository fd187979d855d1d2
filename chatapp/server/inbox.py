"""What waits for the room's thread: in the order of its coming, and of each sender not much."""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

MOST_WAITING = 16
"""How many things of one sender wait; who sends more waits itself, and TCP makes its client wait."""
MOST_SIZE = 64 * 1024
"""How big all that waits of one sender is, unless it is one thing alone."""
MOST_SIZE_IN_ALL = 4 * 2**20
"""The same of all senders together."""

T = TypeVar("T")


class Inbox(Generic[T]):
    """Things from many threads for one, which takes all that there are."""

    def __init__(self) -> None:
        lock = threading.Lock()
        self._filled, self._emptied = threading.Condition(lock), threading.Condition(lock)
        self._things: list[T] = []
        self._of_sender: dict[str, tuple[int, int]] = {}
        self._size = 0
        self._closed = False

    def put(self, sender: str, thing: T, size: int) -> None:
        """Add a thing; waits while much of its sender, or of all, is there."""
        with self._filled:
            while self._is_much(sender, size) and not self._closed:
                self._emptied.wait()
            count, sizes = self._of_sender.get(sender, (0, 0))
            self._of_sender[sender] = count + 1, sizes + size
            self._size += size
            self._add(thing)

    def put_at_once(self, thing: T) -> None:
        """Add a thing that nobody sends on purpose; never waits."""
        with self._filled:
            self._add(thing)

    def take(self) -> list[T]:
        """All that there is, waiting until there is something; nothing when it is closed."""
        with self._filled:
            while not self._things and not self._closed:
                self._filled.wait()
            taken, self._things = self._things, []
            self._of_sender.clear()
            self._size = 0
            self._emptied.notify_all()
            return taken

    def close(self) -> None:
        """Nothing is taken any more, and nobody waits."""
        with self._filled:
            self._closed = True
            self._things.clear()
            self._filled.notify_all()
            self._emptied.notify_all()

    def _is_much(self, sender: str, size: int) -> bool:
        count, sizes = self._of_sender.get(sender, (0, 0))
        of_sender = count > 0 and (count >= MOST_WAITING or sizes + size > MOST_SIZE)
        return of_sender or (self._size > 0 and self._size + size > MOST_SIZE_IN_ALL)

    def _add(self, thing: T) -> None:
        if not self._closed:
            self._things.append(thing)
            self._filled.notify()
