"""Ranges against the set of single bytes that they stand for."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatapp.core.ranges import Ranges

SIZE = 12
spans = st.tuples(st.integers(0, SIZE), st.integers(0, SIZE)).map(sorted).map(lambda pair: (pair[0], pair[1]))


@settings(deadline=None)
@given(st.lists(spans), st.integers(0, SIZE))
def test_ranges_are_the_bytes_that_were_added(added: list[tuple[int, int]], size: int) -> None:
    ranges, single = Ranges(), set[int]()
    for start, stop in added:
        ranges.add(start, stop)
        single.update(range(start, stop))

    assert ranges.total == len(single)
    if size:
        assert ranges.covers(size) == (set(range(size)) <= single)


def test_an_empty_file_is_covered_by_one_empty_range_at_its_beginning() -> None:
    assert not Ranges().covers(0)
    assert Ranges().plus(0, 0).covers(0)


def test_one_more_range_makes_another_set() -> None:
    few = Ranges([(0, 3)])

    assert few.plus(3, 5).covers(5)
    assert few.total == 3


@pytest.mark.parametrize("order", [range(1000), range(999, -1, -1)], ids=["upwards", "downwards"])
def test_what_comes_in_order_stays_one_span(order: range) -> None:
    ranges = Ranges()
    for start in order:
        ranges.add(start, start + 1)

    assert ranges._spans == [(0, 1000)]
