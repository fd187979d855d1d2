"""Mistakes planted into the core: the machine finds every one of them."""

from __future__ import annotations

import sys

import pytest

from tests.core.mutants import MUTANTS, Mutant, planted

BATCHES = 15


@pytest.mark.parametrize("mutant", MUTANTS, ids=str)
def test_a_planted_mistake_is_found(mutant: Mutant) -> None:
    with planted(mutant) as machine, pytest.raises(AssertionError):
        machine.run(*range(BATCHES))


def test_without_a_mistake_the_same_way_finds_nothing() -> None:
    nothing = Mutant("nothing is wrong", "room", "class Room(RoomState):", "class Room(RoomState):")
    with planted(nothing) as machine:
        assert machine.run(0)["accepted after pending"] > 0


def test_a_planted_mistake_is_gone_afterwards() -> None:
    from chatapp.core import offers

    with planted(MUTANTS[0]):
        assert sys.modules["chatapp.core.offers"] is not offers

    from chatapp.core import offers as again

    assert sys.modules["chatapp.core.offers"] is offers is again


def test_a_mistake_that_fits_nowhere_is_not_planted() -> None:
    lost = Mutant("a line that nobody wrote", "room", "no such line", "")
    with pytest.raises(AssertionError, match="does not have once"), planted(lost):
        raise NotImplementedError
