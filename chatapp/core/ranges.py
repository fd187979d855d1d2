"""Which bytes of a file have been somewhere: a set of disjoint, ascending, half-open ranges."""

from __future__ import annotations

from collections.abc import Iterable


class Ranges:
    """The bytes that were added so far; adding costs what it merges."""

    def __init__(self, spans: Iterable[tuple[int, int]] = ()) -> None:
        self._spans = list(spans)

    def plus(self, start: int, stop: int) -> Ranges:
        """A set that has the bytes start <= n < stop as well."""
        more = Ranges(self._spans)
        more.add(start, stop)
        return more

    def add(self, start: int, stop: int) -> None:
        """Add the bytes start <= n < stop."""
        apart = [span for span in self._spans if span[1] < start or span[0] > stop]
        merged = [span for span in self._spans if not (span[1] < start or span[0] > stop)]
        low = min([start, *(span[0] for span in merged)])
        high = max([stop, *(span[1] for span in merged)])
        self._spans = sorted([*apart, (low, high)])

    @property
    def total(self) -> int:
        """How many different bytes."""
        return sum(stop - start for start, stop in self._spans)

    def covers(self, size: int) -> bool:
        """Whether every byte of 0 <= n < size is here; an empty file needs one (empty) range."""
        return any(start == 0 and stop >= size for start, stop in self._spans)
