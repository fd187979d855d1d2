"""A file crosses lines that break and a program that is killed, and both sides go on by themselves."""

from __future__ import annotations

import pytest

from tests.relay.cuts import IN_FLIGHT, MEGABYTE, SIDES, Outcome, cross

SIZE, CUTS, KILLS = 24 * MEGABYTE, 12, 2


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """What came of it once 민지 had all sent and 준 had all taken."""
    return cross(tmp_path_factory.mktemp("cuts"), 7, SIZE, CUTS, KILLS)


def test_the_file_is_the_same_byte_for_byte(outcome: Outcome) -> None:
    assert outcome.same


def test_both_ends_say_that_it_was_received(outcome: Outcome) -> None:
    assert outcome.told == {"state": "received", "bytes": SIZE}
    assert outcome.mine == "received"


def test_nobody_has_left_meanwhile(outcome: Outcome) -> None:
    assert outcome.kinds == ["joined", "joined", "offered"]


@pytest.mark.parametrize("kind", ["cut", "reset"])
@pytest.mark.parametrize("amid", ["upload", "download", "both"])
def test_lines_broke_in_the_middle_of_the_upload_of_the_download_and_of_both(
    outcome: Outcome, kind: str, amid: str
) -> None:
    assert outcome.faults[f"{kind} {amid}"] >= 1


def test_every_fault_came_and_was_felt_in_the_middle_of_a_body(outcome: Outcome) -> None:
    assert outcome.count("cut", "reset") == CUTS
    assert outcome.count("kill") == KILLS
    assert outcome.faults["kill both"] >= 1
    assert outcome.broken == tuple(outcome.count(side, "both") for side in SIDES)


def test_only_what_was_in_flight_at_a_break_goes_twice(outcome: Outcome) -> None:
    for twice, broken in zip(outcome.twice, outcome.broken, strict=True):
        assert 0 < twice <= broken * IN_FLIGHT
