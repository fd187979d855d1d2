"""The relay's report: what it holds against what."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.bench.relay.report import table
from scripts.bench.relay.rows import Row, rows, unanswered


def downloads(server: str, *cpu: float) -> list[dict[str, Any]]:
    memory = {"grown_kb": 33 * 1024, "own_kb": 1024}
    return [{"scenario": "get-5", "server": server, "at": 0, "gib": 5.0, "cpu": each, **memory} for each in cpu]


def row(runs: list[dict[str, Any]], what: str) -> Row:
    return next(each for each in rows(runs) if each.what == what)


def test_a_ratio_is_the_median_over_the_pairs_and_not_that_of_the_medians() -> None:
    runs = [*downloads("nginx", 1, 10, 2), *downloads("chatapp", 2, 5, 1)]

    found = row(runs, "1 GiB to 5: CPU seconds a GiB")

    assert (found.ratio, found.lowest, found.highest) == (0.5, 0.5, 2)
    assert (found.ours, found.other, found.met, found.runs) == (0.4, 0.4, True, 3)


def test_a_half_of_a_pair_is_left_out() -> None:
    runs = [*downloads("nginx", 1, 1), *downloads("chatapp", 2)]

    assert row(runs, "1 GiB to 5: CPU seconds a GiB").runs == 1


@pytest.mark.parametrize(("ours", "word"), [(9, "met"), (9.1, "**missed**")])
def test_the_table_says_whether_a_goal_is_met(ours: float, word: str) -> None:
    found = row([*downloads("nginx", 10), *downloads("chatapp", ours)], "1 GiB to 5: CPU seconds a GiB")

    assert table([found]).splitlines()[-1].endswith(f"| at most 0.9 times | {word} |")


def test_a_value_that_stands_alone_is_held_against_its_own_bound() -> None:
    found = row(downloads("chatapp", 1), "1 GiB to 5: memory grows by")

    assert (found.ours, found.ratio, found.met) == (33, None, False)


@pytest.mark.parametrize(("hashed", "met"), [(True, True), (False, None)])
def test_a_goal_that_includes_the_hash_is_open_without_it(*, hashed: bool, met: bool | None) -> None:
    run = {"scenario": "upload", "at": 0, "gib": 1.0, "cpu": 1.0, "grown_kb": 0, "hashed": hashed}

    found = row([{**run, "server": "nginx"}, {**run, "server": "chatapp"}], "1 GiB uploaded: CPU seconds a GiB")

    assert (found.goal, found.met) == ("at most 2.2 times, hashed", met)


def test_what_was_not_measured_is_named() -> None:
    missing = unanswered([*downloads("nginx", 1), *downloads("chatapp", 1), *downloads("portable", 1)])

    assert "get-5" not in missing
    assert {"get-1", "link-30", "outage-3", "chat"} <= set(missing)
