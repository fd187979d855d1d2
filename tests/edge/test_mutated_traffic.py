"""Real traffic with mutations, on a live server; a million frames of it: `python -m scripts.fuzz.traffic`."""

from __future__ import annotations

import os
import secrets
import time
from concurrent.futures import ThreadPoolExecutor

from tests.edge.mutation import Mutant
from tests.edge.siege import Siege

FRAMES = 4_000
CLIENTS = 2
SECONDS = 20.0


def test_mutated_traffic_breaks_nothing(siege: Siege) -> None:
    seed = int(os.environ.get("CHATAPP_SEED") or secrets.randbits(32))
    print(f"CHATAPP_SEED={seed}")  # noqa: T201  # with it the same frames come again
    mutants = [Mutant(siege.port, seed + number) for number in range(CLIENTS)]
    deadline = time.monotonic() + SECONDS

    with siege.holds(), ThreadPoolExecutor(CLIENTS) as threads:
        list(threads.map(lambda mutant: mutant.converses_until(FRAMES // CLIENTS, deadline), mutants))

    for mutant in mutants:
        print(f"{mutant.frames} frames: {dict(mutant.answers)}")  # noqa: T201  # seen with -s
        assert mutant.frames >= FRAMES // CLIENTS
        assert mutant.answers["internal"] == 0
        assert mutant.answers["ok"] > 50
        assert mutant.answers["refused"] > 500
