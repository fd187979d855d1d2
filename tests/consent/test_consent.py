"""No byte goes to anybody who has not said yes; as many runs as one likes: `python -m tests.consent`."""

from __future__ import annotations

import os

from tests.consent.play import MUST_BE_REACHED, play_all, report

RUNS = 300


def test_bytes_go_to_those_who_said_yes_and_to_nobody_else() -> None:
    seed = int(os.environ.get("CHATAPP_SEED") or 5)

    reached = play_all(seed, RUNS)

    print(report(reached))  # noqa: T201  # seen with -s
    assert [what for what in MUST_BE_REACHED if not reached[what]] == []
