"""The log: a line for what happened, and no flood."""

from __future__ import annotations

import logging

from chatapp.logs import BURST, SECONDS_A_LINE, Sparing


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def line(level: int = logging.INFO) -> logging.LogRecord:
    return logging.LogRecord("chatapp", level, __file__, 1, "%r refused", ("say",), None)


def test_a_flood_of_refusals_is_a_few_lines_and_a_number() -> None:
    clock = Clock()
    sparing = Sparing(clock)

    written = [sparing.filter(line()) for _ in range(1000)]

    assert sum(written) == BURST
    clock.now += SECONDS_A_LINE
    next_one = line()
    assert sparing.filter(next_one)
    assert next_one.getMessage() == f"'say' refused (and {1000 - BURST} more lines before)"


def test_what_is_seldom_is_written_as_it_is() -> None:
    clock = Clock()
    sparing = Sparing(clock)

    for _ in range(10 * BURST):
        clock.now += SECONDS_A_LINE
        seldom = line()
        assert sparing.filter(seldom)
        assert seldom.getMessage() == "'say' refused"


def test_a_warning_is_written_whatever_came_before() -> None:
    sparing = Sparing(Clock())
    for _ in range(2 * BURST):
        sparing.filter(line())

    assert sparing.filter(line(logging.WARNING))
    assert not sparing.filter(line())
