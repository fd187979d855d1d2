"""Consent, as many runs as one has patience for, and every odd path.

    python -m tests.consent [--runs 10000] [--seed N]
    python -m tests.consent --paths [5]

It ends with 1 and a trace when a byte went to somebody who had not said yes, when somebody who had did not get all of
it, or when a state was never reached.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import time

from tests.consent.paths import LONGEST, Doors, strings
from tests.consent.play import MUST_BE_REACHED, opened, play_all, report


def main() -> int:
    """Play or try, report, and say whether all was reached."""
    parser = argparse.ArgumentParser(description="Random offers on a real server.")
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=secrets.randbits(32))
    parser.add_argument("--paths", type=int, nargs="?", const=LONGEST, help="try every odd path up to so many tokens")
    given = parser.parse_args()
    return try_paths(given.paths) if given.paths else try_runs(given)


def try_paths(longest: int) -> int:
    """Every odd path, on a room of its own."""
    begun = time.monotonic()
    with opened() as house:
        doors = Doors(house.url)
        statuses = doors.try_all(strings(0, longest))
        doors.all_go()
    print(f"{statuses.total():,} requests in {time.monotonic() - begun:.0f} s: {dict(statuses)}")  # noqa: T201
    return 0


def try_runs(given: argparse.Namespace) -> int:
    """Many runs."""
    begun = time.monotonic()
    print(f"seed {given.seed}", flush=True)  # noqa: T201  # for this it is run
    reached = play_all(given.seed, given.runs)
    missed = [what for what in MUST_BE_REACHED if not reached[what]]
    print(f"{report(reached)}\n{given.runs:,} runs in {time.monotonic() - begun:.0f} s, missed: {missed}")  # noqa: T201
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
