"""How often somebody may ask: a token bucket for commands and bytes, a window for guesses."""

from __future__ import annotations

from collections import deque

from chatapp.errors import Refused

MINUTE_MS = 60_000
GUESSES_PER_ADDRESS = 10
GUESSES_IN_ALL = 30


class Bucket:
    """A token bucket: `rate` a second, up to `burst` at once."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate, self._burst = rate, burst
        self._level, self._at = burst, 0

    def take(self, amount: float, now: int) -> None:
        """Take from it, or raise slow-down with `retry_ms`, the time until there is enough again."""
        level = min(self._burst, self._level + max(0, now - self._at) * self._rate / 1000)
        if level < amount:
            raise Refused("slow-down", retry_ms=max(1, int((amount - level) * 1000 / self._rate) + 1))
        self._level, self._at = level - amount, now


class Window:
    """At most `limit` events in a minute."""

    def __init__(self, limit: int) -> None:
        self._times: deque[int] = deque(maxlen=limit)

    def check(self, now: int) -> None:
        """Raise slow-down with `retry_ms` while the window is full."""
        full = len(self._times) == self._times.maxlen
        if full and now - self._times[0] < MINUTE_MS:
            raise Refused("slow-down", retry_ms=MINUTE_MS - (now - self._times[0]))

    def count(self, now: int) -> None:
        """One more event."""
        self._times.append(now)


class Guesses:
    """Wrong PINs: few for each address and in all, so that four digits are enough."""

    def __init__(self) -> None:
        self._all = Window(GUESSES_IN_ALL)
        self._of_address: dict[str, Window] = {}

    def check(self, address: str, now: int) -> None:
        """Raise slow-down when too many guesses were wrong."""
        self._all.check(now)
        if address in self._of_address:
            self._of_address[address].check(now)

    def wrong(self, address: str, now: int) -> None:
        """One more wrong guess; addresses are forgotten when there are many of them (the window for all holds)."""
        if len(self._of_address) > GUESSES_IN_ALL * 10:
            self._of_address.clear()
        self._of_address.setdefault(address, Window(GUESSES_PER_ADDRESS)).count(now)
        self._all.count(now)
