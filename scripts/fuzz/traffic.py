"""Mutated traffic on a live server, as much as one has patience for.

    python -m scripts.fuzz.traffic [--frames 1000000] [--seconds 600] [--seed N]

It ends with 1 when a good client waited for more than a second, when memory grew with the number of frames, or when a
traceback, a ghost, a thread or a descriptor is left.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.edge.mutation import Mutant
from tests.edge.siege import Siege
from tests.edge.usage import MEGABYTE
from tests.server_process import ServerProcess

CLIENTS = 4
PARTS = 10
SLOPE = 16 * MEGABYTE
"""How much more memory the last part may need at its peak than the second one did."""


def main() -> int:
    """Attack, report, and say whether all held."""
    parser = argparse.ArgumentParser(description="Mutated traffic on a live server.")
    parser.add_argument("--frames", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--seed", type=int, default=secrets.randbits(32))
    given = parser.parse_args()
    print(f"seed {given.seed}")
    with tempfile.TemporaryDirectory() as folder:
        siege = Siege(ServerProcess("--grace", "0", data=Path(folder)))
        mutants = [Mutant(siege.port, given.seed + number) for number in range(CLIENTS)]
        peaks = [part(siege, mutants, given.frames * n // PARTS, given.seconds / PARTS) for n in range(1, PARTS + 1)]
        siege.ends()
    answers = sum((mutant.answers for mutant in mutants), Counter[str]())
    print(f"{sum(mutant.frames for mutant in mutants):,} frames, {dict(answers)}")
    rises = peaks[-1] - peaks[1]
    print(f"peak of the second part {peaks[1] / MEGABYTE:.1f} MB, of the last {peaks[-1] / MEGABYTE:.1f} MB")
    return 0 if rises <= SLOPE and not answers["internal"] else 1


def part(siege: Siege, mutants: list[Mutant], frames: int, seconds: float) -> int:
    """Go on until so many frames are sent in all, or the time is over; the peak of the server's memory."""
    deadline = time.monotonic() + seconds
    with siege.holds(), ThreadPoolExecutor(CLIENTS) as threads:
        list(threads.map(lambda mutant: mutant.converses_until(frames // CLIENTS, deadline), mutants))
        return siege.usage.peak


if __name__ == "__main__":
    sys.exit(main())
