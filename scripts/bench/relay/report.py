"""What the runs say: a table, docs/bench/relay.json, and docs/bench/relay.svg."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from scripts.bench import bars
from scripts.bench.publish import publish, read_runs
from scripts.bench.relay.rows import Row, rows, unanswered

WORDS = bars.Words("The relay, beside others", "what is beside it", "python -m scripts.bench.relay")


def report(measured: Path) -> None:
    """Print the table, and write it and the plot into docs/bench; raises SetupError when there are no runs."""
    runs = read_runs(measured)
    answers = list(rows(runs))
    shown = [
        bars.Row(f"{row.what} ({row.unit})", row.ours, row.other, row.beside)
        for row in answers
        if row.other is not None
    ]
    publish("relay", runs, [row._asdict() for row in answers], shown, WORDS)
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
