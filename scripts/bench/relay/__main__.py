"""Measure the relay: python -m scripts.bench.relay SCENARIO [--pairs N], then python -m scripts.bench.relay report.

Each pair is one run against each server that the scenario compares, in turn; runs gather in build/bench/relay.jsonl.
Needs Linux, gcc, nginx, and Node with npm; link and outage make network namespaces, which takes root and iproute2.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time

from scripts._setup import ROOT, SetupError
from scripts.bench.programs import BUILD
from scripts.bench.relay import chat, cost, link, outage
from scripts.bench.relay.cable import IN_PEERS, cable
from scripts.bench.relay.report import report

RUNS = BUILD / "relay.jsonl"
BEHIND_CABLE = {**link.SCENARIOS, **outage.SCENARIOS}
SCENARIOS = {**cost.SCENARIOS, **chat.SCENARIOS, **BEHIND_CABLE}


def main() -> int:
    """Run some pairs of a scenario, or write the report."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("scenario", choices=[*SCENARIOS, "report"])
    parser.add_argument("--pairs", type=int, default=1)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    try:
        if asked.scenario == "report":
            report(RUNS)
            return 0
        if asked.scenario in BEHIND_CABLE and not asked.inside:
            return measure_behind_cable(asked.scenario, asked.pairs)
        measure(asked.scenario, asked.pairs)
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def measure(scenario: str, pairs: int) -> None:
    """Some pairs of a scenario; each result is told, and kept in RUNS."""
    BUILD.mkdir(parents=True, exist_ok=True)
    servers, run = SCENARIOS[scenario]
    for _ in range(pairs):
        for server in servers:
            result = {"scenario": scenario, "server": server, "at": round(time.time()), **run(server)}
            with RUNS.open("a", encoding="utf-8") as file:
                file.write(json.dumps(result) + "\n")
            print(json.dumps(result), flush=True)


def measure_behind_cable(scenario: str, pairs: int) -> int:
    """The same by a process of its own, which is at the peers' end; its exit code."""
    with cable():
        command = [*IN_PEERS, sys.executable, "-m", "scripts.bench.relay", "--inside", scenario, "--pairs", str(pairs)]
        return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
