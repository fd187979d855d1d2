"""What the runs say: a table, docs/bench/relay.json, and docs/bench/relay.svg."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path

from scripts._setup import ROOT, SetupError
from scripts.bench import bars
from scripts.bench.programs import machine
from scripts.bench.relay.rows import Row, rows, unanswered

DOCS = ROOT / "docs/bench"
WORDS = bars.Words("The relay, beside others", "what is beside it", "python -m scripts.bench.relay")


def report(measured: Path) -> None:
    """Print the table, and write it and the plot into docs/bench; raises SetupError when there are no runs."""
    if not measured.exists():
        raise SetupError("Nothing was measured yet.")
    runs = [json.loads(line) for line in measured.read_text(encoding="utf-8").splitlines()]
    answers = list(rows(runs))
    about = {"date": time.strftime("%Y-%m-%d", time.gmtime(max(run["at"] for run in runs))), **machine()}
    DOCS.mkdir(parents=True, exist_ok=True)
    told = {"about": about, "rows": [row._asdict() for row in answers], "runs": runs}
    (DOCS / "relay.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    shown = [
        bars.Row(f"{row.what} ({row.unit})", row.ours, row.other, row.beside)
        for row in answers
        if row.other is not None
    ]
    (DOCS / "relay.svg").write_text(bars.plot(shown, about, WORDS), encoding="utf-8")
    print(table(answers))
    for scenario in unanswered(runs):
        print(f"not measured: {scenario}")


def table(answers: Sequence[Row]) -> str:
    """The rows in Markdown."""
    lines = ["| what | ChatApp | beside it | ratio (range) | goal | |", "|---|---:|---:|---:|---|---|"]
    for row in answers:
        other = "" if row.other is None else f"{row.beside}: {_number(row.other)}"
        ratio = "" if row.ratio is None else f"{row.ratio:.2f} ({row.lowest:.2f} to {row.highest:.2f})"
        met = {None: "open" if row.goal else "", True: "met", False: "**missed**"}[row.met]
        lines.append(f"| {row.what} ({row.unit}) | {_number(row.ours)} | {other} | {ratio} | {row.goal} | {met} |")
    return "\n".join(lines)


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.3g}"
