"""A file crosses lines that break and a program that is killed, and both sides go on by themselves."""

from __future__ import annotations

import pytest

from tests.relay.cuts import IN_FLIGHT, MEGABYTE, Outcome, cross

SIZE, CUTS, KILLS = 24 * MEGABYTE, 12, 2


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """What came of it once 민지 had all sent and 준 had all taken."""
    return cross(tmp_path_factory.mktemp("cuts"), 7, SIZE, CUTS, KILLS)


def test_the_file_is_the_same_byte_for_byte(outcome: Outcome) -> None:
    assert outcome.same


def test_the_sender_sees_that_it_was_received(outcome: Outcome) -> None:
    assert outcome.told == {"state": "received", "bytes": SIZE}


def test_nobody_has_left_meanwhile(outcome: Outcome) -> None:
    assert outcome.kinds == ["joined", "joined", "offered"]


def test_every_fault_came_in_the_middle_of_a_body(outcome: Outcome) -> None:
    """Cuts and resets, in the upload and in the download, and kills: all were felt by the side that was moving."""
    assert min(*outcome.cuts, *outcome.resets) >= 2
    assert sum(outcome.cuts) + sum(outcome.resets) == CUTS
    assert outcome.kills == KILLS
    assert outcome.kills_amid_both >= 1
    for broken, cuts, resets in zip(outcome.broken, outcome.cuts, outcome.resets, strict=True):
        assert outcome.kills_amid_both <= broken - cuts - resets <= KILLS


def test_only_what_was_in_flight_at_a_break_goes_twice(outcome: Outcome) -> None:
    for twice, broken in zip(outcome.twice, outcome.broken, strict=True):
        assert 0 < twice <= broken * IN_FLIGHT
