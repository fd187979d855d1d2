"""What is asked of the runs: each thing that was measured, what it is held against, and the goal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from statistics import median
from typing import Any, NamedTuple

from scripts.bench.relay.load import MIB

Run = Mapping[str, Any]
Value = Callable[[Run], float]


class Row(NamedTuple):
    """One thing that was measured: medians, and how the two compare pair by pair."""

    what: str
    unit: str
    ours: float
    other: float | None
    beside: str
    ratio: float | None
    """Ours for each one of the other's: the median over the pairs."""
    lowest: float | None
    highest: float | None
    goal: str
    met: bool | None
    """None: there is no goal, or the runs were without what it is about."""
    runs: int


class Question(NamedTuple):
    """What to ask of a scenario's runs; without `beside` the value alone is held against `most`."""

    scenario: str
    what: str
    unit: str
    of: Value
    most: float | None
    beside: str = ""
    other: Value | None = None
    """In the same run, or else in the pair's run of the server `beside`."""
    server: str = "chatapp"
    needs: str = ""
    """What each run must have had for the goal to be met."""


def rows(runs: Sequence[Run]) -> Iterator[Row]:
    """An answer to each question that was measured."""
    for question in QUESTIONS:
        pairs = _pairs(runs, question)
        if pairs:
            yield _answer(question, pairs, is_fair=_has_all(runs, question))


def unanswered(runs: Sequence[Run]) -> list[str]:
    """The scenarios that were not measured."""
    return [*dict.fromkeys(asked.scenario for asked in QUESTIONS if not _pairs(runs, asked))]


def _has_all(runs: Sequence[Run], asked: Question) -> bool:
    ours = [run for run in runs if (run["scenario"], run["server"]) == (asked.scenario, asked.server)]
    return all(run[asked.needs] for run in ours) if asked.needs else True


def _pairs(runs: Sequence[Run], asked: Question) -> list[tuple[float, float | None]]:
    ours = [run for run in runs if (run["scenario"], run["server"]) == (asked.scenario, asked.server)]
    if not asked.beside:
        return [(asked.of(run), None) for run in ours]
    if asked.other is not None:
        return [(asked.of(run), asked.other(run)) for run in ours]
    theirs = [run for run in runs if (run["scenario"], run["server"]) == (asked.scenario, asked.beside)]
    # A pair whose second half is still to come is none.
    return [(asked.of(mine), asked.of(other)) for mine, other in zip(ours, theirs, strict=False)]


def _answer(asked: Question, pairs: Sequence[tuple[float, float | None]], *, is_fair: bool) -> Row:
    mine, others = median(mine for mine, _ in pairs), [other for _, other in pairs if other is not None]
    ratios = [mine / other for mine, other in pairs if other is not None]
    ratio = median(ratios) if ratios else None
    decides = mine if ratio is None else ratio
    return Row(
        asked.what,
        asked.unit,
        mine,
        median(others) if others else None,
        asked.beside,
        ratio,
        min(ratios, default=None),
        max(ratios, default=None),
        _goal(asked, is_ratio=ratio is not None),
        None if asked.most is None or not is_fair else decides <= asked.most,
        len(pairs),
    )


def _goal(asked: Question, *, is_ratio: bool) -> str:
    if asked.most is None:
        return ""
    return f"at most {asked.most:g}{' times' if is_ratio else ''}{', ' if asked.needs else ''}{asked.needs}"


# -- the questions ------------------------------------------------------------------------------------


def _cpu(run: Run) -> float:
    return float(run["cpu"] / run["gib"])


def _grown(run: Run) -> float:
    return float(run["grown_kb"] / 1024)


def _own(run: Run) -> float:
    return float(run["own_kb"] / 1024)


def _field(name: str) -> Value:
    return lambda run: float(run[name])


def _worst(name: str, unit: float = 1) -> Value:
    return lambda run: max(run[f"{way}_{name}"] for way in ("up", "down")) / unit


def _downloads(count: int) -> Iterator[Question]:
    name, many = f"get-{count}", f"1 GiB to {count}"
    yield Question(name, f"{many}: CPU seconds a GiB", "s", _cpu, 0.9, "nginx")
    yield Question(name, "the same without sendfile", "s", _cpu, 1.15, "nginx", server="portable")
    yield Question(name, f"{many}: memory grows by", "MiB", _grown, 32)
    yield Question(name, "its own without sendfile", "MiB", _own, 32, server="portable")


def _link() -> Iterator[Question]:
    seconds, limit = _field("seconds"), _field("limit_seconds")
    yield Question("link-1", "1 Gbit/s, one receiver: the last byte after", "s", seconds, 1.05, "nginx")
    for count in (5, 30):
        what = f"1 Gbit/s, 1 GiB to {count}: the last byte after"
        yield Question(f"link-{count}", what, "s", seconds, 1.03, "link's limit", limit)


def _outages() -> Iterator[Question]:
    for seconds in (3, 10, 30):
        name = f"outage-{seconds}"
        yield Question(name, f"link down for {seconds} s: bytes flow again after", "s", _worst("back_seconds"), 1.5)
        yield Question(name, "the same: bytes that came twice", "MiB", _worst("twice_bytes", MIB), 2)


def _chat() -> Iterator[Question]:
    busy, quiet = _field("busy_p95_ms"), _field("quiet_p95_ms")
    yield Question("chat", "1 GiB to five at 100 MB/s: p95 of acknowledgements", "ms", busy, 2, "at rest", quiet)
    yield Question("picture-300k", "300 KB picture to 30: p95 just after it", "ms", busy, 2, "at rest", quiet)
    yield Question("picture-2m", "2 MiB picture to 30: p95 just after it", "ms", busy, None, "at rest", quiet)
    yield Question("first-byte", "from the acceptance to the first byte (most of 20)", "ms", _field("most_ms"), 100)


QUESTIONS = (
    *_downloads(1),
    *_downloads(5),
    *_downloads(30),
    Question("upload", "1 GiB uploaded: CPU seconds a GiB", "s", _cpu, 2.2, "nginx", needs="hashed"),
    Question("upload", "the same, beside tus's own server for Node", "s", _cpu, 0.5, "tus", needs="hashed"),
    *_link(),
    *_outages(),
    *_chat(),
)
