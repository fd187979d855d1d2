"""What bytes cost the server: downloads of a file that is there, and an upload."""

from __future__ import annotations

import http.client
import mmap
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from scripts._setup import SetupError
from scripts.bench.relay.load import GIB, TUS_PATCH, Drain, Push, payload, stopped
from scripts.bench.relay.room import PORTABLE, Share, room
from scripts.bench.relay.servers import nginx, tus_server
from scripts.bench.relay.usage import Meter
from tests.server_process import FROM_SOURCE

Result = dict[str, Any]
PROGRAMS = {"chatapp": FROM_SOURCE, "portable": PORTABLE}


def get(server: str, size: int, receivers: int) -> Result:
    """CPU and memory of a server while so many fetch a file that is wholly there."""
    with _served(server, size, receivers) as (url, pid, paths):
        # What was just written is on the disk: no write-back beside the measurement.
        os.sync()
        meter = Meter(pid)
        drain = Drain(url, paths, size)
        with stopped(drain):
            moved = drain.ends()
        used = meter.read()
    gib = size * receivers / GIB
    seconds = max(moved.last) - moved.began
    return {"gib": gib, "cpu": used.cpu, "grown_kb": used.grown, "own_kb": used.own, "seconds": seconds}


@contextmanager
def _served(server: str, size: int, receivers: int) -> Iterator[tuple[str, int, list[str]]]:
    """Where it runs, its process, and what each receiver asks for."""
    with room(PROGRAMS.get(server, FROM_SOURCE)) as ours:
        share = Share(ours, size, receivers)
        push = share.push()
        with stopped(push):
            push.ends()
        share.sender.settles()
        if server != "nginx":
            yield ours.url, ours.pid, share.paths()
            return
        # The very same file: how its pages lie in memory makes a tenth.
        with nginx() as running:
            os.link(ours.spooled(), running.folder / "file")
            yield running.url, running.pid, ["/file"] * receivers


def put(server: str, size: int) -> Result:
    """CPU and memory of a server that takes a file."""
    with _taking(server, size) as (url, pid, begin, is_hashed):
        payload(size)
        os.sync()
        _have_memory(3 * size)
        meter = Meter(pid)
        push = begin(url)
        with stopped(push):
            moved = push.ends()
        hashed = is_hashed()
        used = meter.read()
    seconds = moved.last[0] - moved.began
    return {"gib": size / GIB, "cpu": used.cpu, "grown_kb": used.grown, "seconds": seconds, "hashed": hashed}


def _have_memory(size: int) -> None:
    """Have so much free memory that is there.

    A virtual machine gives free memory back to its host, and whoever touches it first pays for having it again:
    the same nginx took 0.34 to 2.8 s for a PUT of 1 GiB, by what had run before it.
    """
    with mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | mmap.MAP_POPULATE):
        pass


@contextmanager
def _taking(server: str, size: int) -> Iterator[tuple[str, int, Callable[[str], Push], Callable[[], bool]]]:
    """Where it runs, its process, what begins the upload, and what tells whether it knows the file's hash then."""
    if server == "nginx":
        with nginx() as running:
            yield running.url, running.pid, lambda url: Push(url, "PUT", "/in/payload", size), lambda: False
    elif server == "tus":
        with tus_server() as running:
            path = _created(running.url, size)
            yield running.url, running.pid, lambda url: Push(url, "PATCH", path, size, *TUS_PATCH), lambda: False
    else:
        with room() as ours:
            share = Share(ours, size, 1)
            yield ours.url, ours.pid, lambda _: share.push(), share.is_hashed


def _created(url: str, size: int) -> str:
    """The path of a new upload (tus's creation extension)."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc)
    connection.request("POST", "/files", headers={"Tus-Resumable": "1.0.0", "Upload-Length": str(size)})
    answer = connection.getresponse()
    where = answer.headers["Location"]
    connection.close()
    if answer.status != http.client.CREATED or where is None:
        raise SetupError(f"tus's server answered {answer.status}")
    return urlsplit(where).path


_THREE = ("nginx", "chatapp", "portable")
SCENARIOS: dict[str, tuple[tuple[str, ...], Callable[[str], Result]]] = {
    "get-1": (_THREE, partial(get, size=GIB, receivers=1)),
    "get-5": (_THREE, partial(get, size=GIB, receivers=5)),
    "get-30": (_THREE, partial(get, size=GIB, receivers=30)),
    "upload": (("nginx", "chatapp", "tus"), partial(put, size=GIB)),
}
"""The servers that are measured in turn, and how."""
