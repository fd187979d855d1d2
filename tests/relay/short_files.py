"""Downloads that end early, as many as one has patience for: nobody takes a short file for a whole one.

    python -m tests.relay.short_files [--runs 1000] [--seed N]

It ends with 1 when a client did, or when a kind of end never came in the middle of a file.
"""

from __future__ import annotations

import argparse
import http.client
import random
import secrets
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

from scripts import _machine
from tests.contract.faults import FaultyLine
from tests.contract.people import Json, Person
from tests.contract.transfers import Upload, ticket_of
from tests.contract.wire import PATIENCE, TUS, request
from tests.server_process import ServerProcess

SIZE = 200_000
POOL = random.Random(3).randbytes(2 * SIZE)
PAIRS = 6
KINDS = ("withdrawn", "deleted", "left", "cut", "reset")
WHOLE_UPLOADS = 8
"""One upload in so many comes to its end before the file does."""
CURLS = 5
"""One client in so many is curl."""
HEADS = 4096
"""More than the heads of a request and its answer: beyond that a line has carried some of the file."""


class Run(NamedTuple):
    """What a client made of one end: `saw` is an error's name, "refused", "whole" or, and that is the bug, "short"."""

    kind: str
    client: str
    amid: bool
    saw: str


def fetch(url: str, path: str, body: bytes) -> str:
    """What Python's own client sees."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=PATIENCE)
    try:
        connection.request("GET", path)
        with connection.getresponse() as response:
            if response.status != 200:
                return "refused"
            return _judged(response.read(), body)
    except (http.client.HTTPException, ConnectionError) as error:
        return type(error).__name__
    finally:
        connection.close()


def fetch_by_curl(curl: Path, folder: Path, url: str, path: str, body: bytes) -> str:
    """What curl sees; 22 is its exit code for a status that says no."""
    target = folder / "file"
    target.unlink(missing_ok=True)
    command: list[str | Path] = [curl, "--silent", "--fail", "--max-time", "20", "--output", target, url + path]
    code = subprocess.run(command, check=False).returncode
    assert code != 28, "nothing ended it"
    if code:
        return "refused" if code == 22 else f"exit code {code}"
    return _judged(target.read_bytes() if target.exists() else b"", body)


def _judged(got: bytes, body: bytes) -> str:
    return "whole" if got == body else "short"


class Two:
    """민지 and 준, again and again: she sends, he fetches, and something ends it."""

    def __init__(self, server: ServerProcess, folder: Path, seed: str, curl: Path | None) -> None:
        self._random = random.Random(seed)
        self._folder, self._curl = folder, curl
        folder.mkdir()
        self._line = FaultyLine(server.port)
        self._names = [f"{name} {folder.name}" for name in ("민지", "준")]
        self._minji, self._jun = (Person(server.url) for _ in range(2))
        for person, name in zip((self._minji, self._jun), self._names, strict=True):
            person.joins(name)
        self._threads = ThreadPoolExecutor(1)
        self._current: object = None

    def runs(self, count: int) -> list[Run]:
        """So many ends."""
        return [self._run(self._random.choice(KINDS)) for _ in range(count)]

    def _run(self, kind: str) -> Run:
        start, sent = self._random.randrange(SIZE), self._random.randrange(SIZE)
        sent = SIZE if self._random.randrange(WHOLE_UPLOADS) == 0 else sent
        body, before = POOL[start : start + SIZE], self._line.carried
        offer = self._minji.patiently("offer", mid=self._minji.next_mid(), files=[listed()])["offer"]
        self._jun.patiently("answer", offer=offer["id"], accept=True)
        name, fetches = self._client()
        reached = self._reached(kind, before + self._random.randrange(sent + 1))
        where = str(self._minji.sees(offer)["uploads"][0]["url"])
        upload = Upload(self._minji.url, where, 0, SIZE)
        fetched = self._threads.submit(fetches, self._line.url, ticket_of(self._jun, offer), body)
        fetched.add_done_callback(lambda _: reached.set())
        upload.sends(body[:sent])
        assert reached.wait(PATIENCE), "the bytes did not come"
        saw = self._ends(kind, offer, where, fetched)
        upload.closes()
        return Run(kind, name, HEADS < self._line.carried - before < SIZE, saw)

    def _client(self) -> tuple[str, Callable[[str, str, bytes], str]]:
        if self._curl and self._random.randrange(CURLS) == 0:
            return "curl", partial(fetch_by_curl, self._curl, self._folder)
        return "http.client", fetch

    def _reached(self, kind: str, carried: int) -> threading.Event:
        """It is set when the line has carried so much; a fault of the line comes then at once."""
        self._current = reached = threading.Event()

        def fault() -> bool:
            if self._current is reached:
                {"cut": self._line.cut, "reset": self._line.reset}.get(kind, bool)()
                reached.set()
            return True

        self._line.when(carried, fault)
        return reached

    def _ends(self, kind: str, offer: Json, where: str, fetched: Future[str]) -> str:
        """End it, if the line has not; what the client saw."""
        if kind == "left":
            self._minji.goes()
            self._minji = Person(self._minji.url, self._minji.token)
            self._minji.joins(self._names[0])
            return fetched.result()
        if kind == "deleted":
            answer = request(self._minji.url, "DELETE", where, TUS)
            assert answer.status == 204, answer
        if kind == "withdrawn":
            self._minji.does("withdraw", offer=offer["id"])
            return fetched.result()
        saw = fetched.result()
        self._minji.does("withdraw", offer=offer["id"])
        return saw

    def go(self) -> None:
        """Leave the room."""
        self._line.close()
        self._threads.shutdown()
        self._minji.goes()
        self._jun.goes()


def listed() -> Json:
    """The file as an offer lists it."""
    return {"name": "과제.pdf", "size": SIZE, "type": "application/pdf"}


def all_ends(server: ServerProcess, folder: Path, runs: int, seed: int) -> list[Run]:
    """So many ends, by several people at a time."""
    curl = _machine.find("curl")
    pairs = [Two(server, folder / str(number), f"{seed} {number}", curl) for number in range(PAIRS)]
    shares = [len(range(number, runs, PAIRS)) for number in range(PAIRS)]
    try:
        with ThreadPoolExecutor(PAIRS) as threads:
            return [run for share in threads.map(Two.runs, pairs, shares) for run in share]
    finally:
        for pair in pairs:
            pair.go()


def broken_off(runs: list[Run], kind: str) -> int:
    """How many ends of a kind came in the middle of the file, and were seen."""
    return sum(run.kind == kind and run.amid and run.saw not in ("refused", "whole", "short") for run in runs)


def main() -> int:
    """Fetch, report, and say whether all held."""
    parser = argparse.ArgumentParser(description="Downloads that end early.")
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=secrets.randbits(32))
    given = parser.parse_args()
    print(f"seed {given.seed}")
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        server = ServerProcess(data=Path(folder) / "data")
        try:
            runs = all_ends(server, Path(folder), given.runs, given.seed)
        finally:
            server.stop()
    for client in ("http.client", "curl"):
        for kind in KINDS:
            own = [run for run in runs if (run.kind, run.client) == (kind, client)]
            amid, saw = sum(run.amid for run in own), dict(Counter(run.saw for run in own))
            print(f"{client} {kind}: {amid} of {len(own)} amid, {saw}")
    short = sum(run.saw == "short" for run in runs)
    print(f"{len(runs)} ends in {time.monotonic() - started:.1f} s, {short} short files taken for whole ones")
    return 0 if not short and all(broken_off(runs, kind) for kind in KINDS) else 1


if __name__ == "__main__":
    sys.exit(main())
