"""The load: a file of random bytes, one program that sends it, and one that takes it many times."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from scripts._setup import SetupError
from scripts.bench.programs import BUILD, compiled, end

HERE = Path(__file__).resolve().parent
MIB, GIB = 2**20, 2**30
TUS_PATCH = ("Tus-Resumable: 1.0.0", "Upload-Offset: 0", "Content-Type: application/offset+octet-stream")
PATIENCE_SECONDS = 600.0


class Moved(NamedTuple):
    """When bytes went; seconds of time.monotonic()."""

    began: float
    first: tuple[float, ...]
    last: tuple[float, ...]


def payload(size: int) -> Path:
    """A file of so many random bytes; it is kept."""
    path = BUILD / f"payload-{size}"
    if not path.exists() or path.stat().st_size != size:
        with path.open("wb") as file:
            for at in range(0, size, MIB):
                file.write(os.urandom(min(MIB, size - at)))
    return path


class Push:
    """An upload that has begun; `rate`: bytes a second, 0 for as many as go."""

    def __init__(self, url: str, method: str, path: str, size: int, *headers: str, rate: float = 0) -> None:
        host, port = _address(url)
        program = compiled(HERE / "push.c", BUILD / "relay-push")
        self.process = subprocess.Popen(
            [program, host, port, method, path, str(payload(size)), str(size), str(rate), *headers],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def ends(self) -> Moved:
        """When it began and was acknowledged; raises SetupError."""
        told = _told(self.process)
        return Moved(told["began"], (told["began"],), (told["ended"],))


class Drain:
    """Downloads that have been asked for."""

    def __init__(self, url: str, paths: Sequence[str], size: int) -> None:
        host, port = _address(url)
        program = compiled(HERE / "drain.c", BUILD / "relay-drain")
        self.process = subprocess.Popen(
            [program, host, port, str(size)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        stdin, stdout = self.process.stdin, self.process.stdout
        if stdin is not None and stdout is not None:
            with stdin:
                stdin.write("".join(f"{path}\n" for path in paths))
            self.process.stdin = None
            stdout.readline()

    def ends(self) -> Moved:
        """When each one had its first and its last byte; raises SetupError unless all had all of it."""
        told = _told(self.process)
        return Moved(told["began"], tuple(told["first"]), tuple(told["last"]))


@contextmanager
def stopped(*loads: Push | Drain) -> Iterator[None]:
    """Whatever happens, they are no more afterwards."""
    try:
        yield
    finally:
        for load in loads:
            end(load.process)
            for stream in (load.process.stdout, load.process.stderr):
                if stream is not None:
                    stream.close()


def _address(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return str(parts.hostname), str(parts.port)


def _told(process: subprocess.Popen[str]) -> dict[str, Any]:
    out, errors = process.communicate(timeout=PATIENCE_SECONDS)
    if process.returncode:
        raise SetupError(f"the load: {errors.strip()}")
    told: dict[str, Any] = json.loads(out)
    return told
