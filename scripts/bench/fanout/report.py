"""What the runs say: a table, docs/bench/fanout.json, and docs/bench/fanout.svg."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any, NamedTuple

from scripts._setup import SetupError
from scripts.bench import bars
from scripts.bench.fanout.runs import NODE, OURS, RUNS
from scripts.bench.publish import publish, read_runs

WORDS = bars.Words("The fan-out, beside Node's socket.io", "Node, socket.io 4", "python -m scripts.bench.fanout")
Run = dict[str, Any]


class Row(NamedTuple):
    """One thing that was measured: medians, and how the two compare pair by pair."""

    what: str
    unit: str
    ours: float
    node: float | None
    ratio: float | None
    """Ours for each one of Node's: the median over the pairs."""
    lowest: float | None
    highest: float | None
    goal: str
    met: bool
    runs: int


def report() -> None:
    """Print the table, and write it and the plot into docs/bench; raises SetupError when there are no runs."""
    runs = read_runs(RUNS)
    rows = list(_rows(runs))
    shown = [bars.Row(f"{row.what} ({row.unit})", row.ours, row.node) for row in rows if row.node is not None]
    publish("fanout", runs, [row._asdict() for row in rows], shown, WORDS)
    print(table(rows))


def table(rows: Sequence[Row]) -> str:
    """The rows in Markdown."""
    lines = ["| what | ChatApp | Node's socket.io 4 | ratio (range) | goal | |", "|---|---:|---:|---:|---|---|"]
    for row in rows:
        node = "" if row.node is None else f"{row.node:,.3g}" if row.node < 100 else f"{row.node:,.0f}"
        ours = f"{row.ours:,.3g}" if row.ours < 100 else f"{row.ours:,.0f}"
        ratio = "" if row.ratio is None else f"{row.ratio:.2f} ({row.lowest:.2f} to {row.highest:.2f})"
        met = "met" if row.met else "**missed**"
        lines.append(f"| {row.what} ({row.unit}) | {ours} | {node} | {ratio} | {row.goal} | {met} |")
    return "\n".join(lines)


# -- what is asked of the runs --------------------------------------------------------------------


def _rows(runs: list[Run]) -> list[Row]:
    def compared(scenario: str, what: str, unit: str, of: Callable[[Run], float], goal: str, *, least: float) -> Row:
        return _compared(runs, scenario, what, unit, of, goal, lambda ratio: ratio >= least)

    def not_above(scenario: str, what: str, unit: str, of: Callable[[Run], float]) -> Row:
        return _compared(runs, scenario, what, unit, of, "not above Node's", lambda ratio: ratio <= 1)

    return [
        *(
            compared(
                name, f"{clients} clients, saturated: deliveries a CPU second", "1/s", _per_cpu, "8 times", least=8
            )
            for name, clients in (("saturate-200", 200), ("saturate-1000", "1,000"))
        ),
        not_above(
            "rate-500", "10 messages/s to 500: CPU seconds a second", "s/s", lambda run: run["cpu"] / run["seconds"]
        ),
        not_above("rate-500", "the same: p99 until the last one has it", "ms", lambda run: run["last_p99_ms"]),
        _alone(runs, "idle-1000", "1,000 idle: memory of each", "KiB", _memory, 64),
        _alone(runs, "idle-1000", "1,000 idle: threads besides one a client", "threads", _threads, 10),
        _alone(runs, "join-200", "200 join within a second: all are in after", "s", lambda run: run["join_all_s"], 3),
        _growth(runs),
    ]


def _per_cpu(run: Run) -> float:
    return float(run["deliveries"] / run["cpu"])


def _memory(run: Run) -> float:
    return float((run["rss_after_kb"] - run["rss_before_kb"]) / run["clients"])


def _threads(run: Run) -> float:
    return float(run["threads"] - run["clients"])


def _values(runs: list[Run], scenario: str, server: str, of: Callable[[Run], float]) -> list[float]:
    return [of(run) for run in runs if run["scenario"] == scenario and run["server"] == server]


def _compared(
    runs: list[Run], scenario: str, what: str, unit: str, of: Callable[[Run], float], goal: str,
    is_met: Callable[[float], bool],
) -> Row:  # fmt: skip
    ours, node = (_values(runs, scenario, server, of) for server in (OURS, NODE))
    if len(ours) != len(node) or not ours:
        raise SetupError(f"{scenario}: there are no whole pairs")
    ratios = [mine / theirs for mine, theirs in zip(ours, node, strict=True)]
    ratio = median(ratios)
    return Row(
        what, unit, median(ours), median(node), ratio, min(ratios), max(ratios), goal, is_met(ratio), len(ratios)
    )  # fmt: skip


def _alone(runs: list[Run], scenario: str, what: str, unit: str, of: Callable[[Run], float], most: float) -> Row:
    ours, node = (_values(runs, scenario, server, of) for server in (OURS, NODE))
    if not ours:
        raise SetupError(f"{scenario} was not measured")
    value = median(ours)
    other = median(node) if node and unit != "threads" else None
    return Row(what, unit, value, other, None, None, None, f"at most {most:g}", value <= most, len(ours))


def _growth(runs: list[Run]) -> Row:
    """How the bytes that the first one gets for each later join grow from the first hundred to the fifth."""
    of = {run["clients"]: run["first_client_bytes"] for run in runs if run["scenario"].startswith("presence-")}
    if len(of) < 5:
        raise SetupError("the presence runs are not all there")
    counts = sorted(of)
    steps = [(of[b] - of[a]) / (b - a) for a, b in itertools.pairwise(counts)]
    growth = max(steps) / min(steps)
    what = f"500 join: bytes for each join to one who is in ({min(steps):.0f} to {max(steps):.0f}), most to least"
    return Row(what, "ratio", growth, None, None, None, None, "1.1: linear", growth <= 1.1, len(of))
