"""Consent, as many runs as one has patience for, and every odd path.

    python -m tests.consent [--runs 10000] [--seed N] [--paths]

It ends with 1 and a trace when a byte went to somebody who had not said yes, when somebody who had did not get all of it, or
when a state was never reached.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import time

from tests.consent.play import MUST_BE_REACHED, play_all, report


def main() -> int:
    """Play, report, and say whether all was reached."""
    parser = argparse.ArgumentParser(description="Random offers on a real server.")
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=secrets.randbits(32))
    given = parser.parse_args()
    begun = time.monotonic()
    print(f"seed {given.seed}", flush=True)  # noqa: T201  # for this it is run
    reached = play_all(given.seed, given.runs)
    missed = [what for what in MUST_BE_REACHED if not reached[what]]
    print(f"{report(reached)}\n{given.runs:,} runs in {time.monotonic() - begun:.0f} s, missed: {missed}")  # noqa: T201
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
