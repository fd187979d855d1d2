"""Measure the fan-out: python -m scripts.bench.fanout SCENARIO [--pairs N], then python -m scripts.bench.fanout report.

Each pair is one run against this program and one against Node's socket.io, in turn; the runs of a scenario gather in
build/bench/fanout.jsonl. Needs Linux, gcc, and Node with npm. `--alone` leaves Node out.
"""

from __future__ import annotations

import argparse
import sys

from scripts._setup import SetupError
from scripts.bench.fanout.report import report
from scripts.bench.fanout.runs import SCENARIOS, Bench


def main() -> int:
    """Run some pairs of a scenario, or write the report."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("scenario", choices=[*SCENARIOS, "report"])
    parser.add_argument("--pairs", type=int, default=1)
    parser.add_argument("--alone", action="store_true", help="measure this program only")
    asked = parser.parse_args()
    try:
        if asked.scenario == "report":
            report()
        else:
            Bench().measure(asked.scenario, asked.pairs, alone=asked.alone)
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
