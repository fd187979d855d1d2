"""From the runs of a benchmark to what the documents show."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from scripts._setup import ROOT, SetupError
from scripts.bench import bars
from scripts.bench.programs import machine

DOCS = ROOT / "docs/bench"


def read_runs(measured: Path) -> list[dict[str, Any]]:
    """All runs, one in each line; raises SetupError when there are none."""
    if not measured.exists():
        raise SetupError("Nothing was measured yet.")
    return [json.loads(line) for line in measured.read_text(encoding="utf-8").splitlines()]


def publish(
    name: str, runs: list[dict[str, Any]], rows: list[dict[str, Any]], shown: Sequence[bars.Row], words: bars.Words
) -> None:
    """Write docs/bench/NAME.json with rows and runs, and NAME.svg with the rows that compare."""
    about = {"date": time.strftime("%Y-%m-%d", time.gmtime(max(run["at"] for run in runs))), **machine()}
    DOCS.mkdir(parents=True, exist_ok=True)
    told = {"about": about, "rows": rows, "runs": runs}
    (DOCS / f"{name}.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    (DOCS / f"{name}.svg").write_text(bars.plot(shown, about, words), encoding="utf-8")
