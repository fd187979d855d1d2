"""One run: a server in a process of its own, the clients of load.c, and what they measured."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from scripts._setup import ROOT, SetupError
from scripts.bench.programs import BUILD, compiled, node_with_packages, process

HERE = Path(__file__).resolve().parent
RUNS = BUILD / "fanout.jsonl"
OURS, NODE = "chatapp", "node"
RUN_SECONDS = 150.0
FILES = 8192


class Scenario(NamedTuple):
    """What the clients do (see load.c)."""

    clients: int
    mode: str
    value: float
    warmup: float
    seconds: float


SCENARIOS = {
    "saturate-200": Scenario(200, "saturate", 52, 3, 8),
    "saturate-1000": Scenario(1000, "saturate", 52, 3, 8),
    "rate-500": Scenario(500, "rate", 10, 2, 20),
    "idle-1000": Scenario(1000, "rest", 0, 0, 10),
    "join-200": Scenario(200, "join", 1000, 0, 1),
    **{f"presence-{count}": Scenario(count, "rest", 0, 0, 1) for count in (100, 200, 300, 400, 500)},
}
"""52 ms: a member may post 20 times a second."""


class Bench:
    """Both servers and the load, ready to be run."""

    def __init__(self) -> None:
        BUILD.mkdir(parents=True, exist_ok=True)
        _allow_many_files()
        self._load = compiled(HERE / "load.c", BUILD / "fanout-load")
        self._node = node_with_packages(HERE)

    def measure(self, name: str, pairs: int, *, alone: bool) -> None:
        """Some pairs of a scenario; each result is told, and kept in RUNS."""
        for _ in range(pairs):
            for server in [OURS] if alone else [NODE, OURS]:
                result = {"scenario": name, "server": server, "at": round(time.time()), **self._run(name, server)}
                with RUNS.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(result) + "\n")
                print(json.dumps(result), flush=True)

    def _run(self, name: str, server: str) -> dict[str, Any]:
        clients, mode, *numbers = SCENARIOS[name]
        with _chatapp() if server == OURS else _socket_io(self._node) as (port, pid):
            command = [self._load, *map(str, (port, pid, clients, mode, *numbers))]
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=RUN_SECONDS)
        if done.returncode:
            raise SetupError(f"{name} with {server}: {done.stderr.strip()}")
        result: dict[str, Any] = json.loads(done.stdout)
        return result


@contextmanager
def _chatapp() -> Iterator[tuple[int, int]]:
    """The product as it is, but for more members; port and process."""
    with tempfile.TemporaryDirectory(dir=BUILD) as data:
        command = [sys.executable, "-m", "chatapp", "host", "--no-window", "--port", "0", "--members", "5000"]
        with process([*command, "--data", data], "Host page: http://127.0.0.1:", cwd=ROOT) as (line, pid):
            yield int(line.split(":")[-1].split("/")[0]), pid


@contextmanager
def _socket_io(node: Path) -> Iterator[tuple[int, int]]:
    with process([str(node), "server.mjs"], "listening ", cwd=HERE) as (line, pid):
        yield int(line.split()[-1]), pid


def _allow_many_files() -> None:
    """For this process and those that it starts."""
    import resource  # noqa: PLC0415  # Windows has none

    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(FILES, most), most))
