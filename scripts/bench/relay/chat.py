"""How soon a message is acknowledged while files or pictures go out, beside the same room at rest; and first bytes."""

from __future__ import annotations

import http.client
import json
import math
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Self
from urllib.parse import urlsplit

from scripts._setup import ROOT, SetupError
from scripts.bench.relay.load import GIB, MIB, Drain, stopped
from scripts.bench.relay.room import Share, room
from scripts.bench.relay.viewers import frame
from tests.contract.people import fresh_token
from tests.contract.pictures import data_url, png
from tests.contract.wire import RawSocket

Result = dict[str, Any]
WINDOW_SECONDS = 20.0
IN_ALL = 100e6
FIRST_PEOPLE = 20
VIEWERS = 30
AFTER_PICTURE_SECONDS = 0.3
"""A message that is said so soon after a picture counts: its copies are on their way."""


class Talker:
    """Somebody who says something as often as a member may (`talker.py`), until the `with` ends."""

    def __init__(self, url: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "scripts.bench.relay.talker", str(urlsplit(url).port)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def talks(self) -> list[tuple[float, float]]:
        """When each thing was said, and the seconds until it was acknowledged."""
        if self._process.stdin is None or self._process.stdout is None:
            raise SetupError("nobody talks")
        self._process.stdin.write(f"{WINDOW_SECONDS}\n")
        self._process.stdin.flush()
        noted: list[tuple[float, float]] = json.loads(self._process.stdout.readline())
        return noted


def p95_ms(seconds: list[float]) -> float:
    """The 95th percentile (nearest rank), in milliseconds."""
    return round(sorted(seconds)[math.ceil(0.95 * len(seconds)) - 1] * 1000, 3)


def during_relay(server: str) -> Result:  # noqa: ARG001  # there is only ours
    """1 GiB goes to five while it is uploaded: 100 MB/s in all to them."""
    with room() as ours, Talker(ours.url) as talker:
        share = Share(ours, GIB, 5)
        quiet = talker.talks()
        drain = Drain(ours.url, share.paths(), GIB)
        push = share.push(rate=IN_ALL / 5)
        with stopped(push, drain):
            busy = talker.talks()
            if push.process.poll() is not None or drain.process.poll() is not None:
                raise SetupError("the transfer ended before the talk did")
    return _both(quiet, busy)


def during_pictures(server: str, size: int, every: float) -> Result:  # noqa: ARG001  # there is only ours
    """Now and then somebody shows a picture, and thirty look at it at once."""
    picture = data_url(png(200, 100, size))
    with room() as ours, _viewers(ours.url) as viewers, Talker(ours.url) as talker:
        quiet = talker.talks()
        # Not before: who waits for nothing answers no ping.
        painter = Painter(ours.url, picture, every)
        thread = threading.Thread(target=painter.shows)
        thread.start()
        busy = talker.talks()
        thread.join()
        told, _ = viewers.communicate()
    seen = json.loads(told)
    if seen["asked"] != len(painter.shown) * VIEWERS or seen["came"] < seen["asked"] * size:
        raise SetupError(f"not everybody saw {len(painter.shown)} pictures: {seen}")
    near = [each for each in busy if any(0 <= each[0] - at < AFTER_PICTURE_SECONDS for at in painter.shown)]
    return {**_both(quiet, near), "whole_p95_ms": p95_ms([took for _, took in busy]), "pictures": len(painter.shown)}


class Painter:
    """Somebody who shows a picture `every` so many seconds; `shown` has when each was sent."""

    def __init__(self, url: str, picture: str, every: float) -> None:
        self._raw, self._picture, self._every = RawSocket(url), picture, every
        joined = self._raw.asks("join", json.dumps({"token": fresh_token(), "name": "Painter"}))
        self._mid = joined["last_mid"]
        self.shown: list[float] = []

    def shows(self) -> None:
        """For as long as somebody talks, but for the last moment."""
        end = time.monotonic() + WINDOW_SECONDS - 2 * self._every
        while (at := time.monotonic()) < end:
            self._mid += 1
            asked = json.dumps({"mid": self._mid, "image": self._picture})
            self.shown.append(time.monotonic())
            self._send(frame(f'42{self._mid}["show",{asked}]'))
            while not (text := self._raw.receives()).startswith(f"43{self._mid}["):
                pass
            if '"ok":true' not in text:
                raise SetupError(text)
            time.sleep(max(0.0, at + self._every - time.monotonic()))

    def _send(self, data: bytes) -> None:
        """Past the library, whose mask of so many bytes would hold up who talks in this process."""
        if self._raw.socket.sock is None:
            raise SetupError("the painter is cut off")
        self._raw.socket.sock.sendall(data)


@contextmanager
def _viewers(url: str) -> Iterator[subprocess.Popen[str]]:
    parts = urlsplit(url)
    viewers = subprocess.Popen(
        [sys.executable, "-m", "scripts.bench.relay.viewers", str(parts.hostname), str(parts.port), str(VIEWERS)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        if viewers.stdout is None or viewers.stdout.readline() != "in\n":
            raise SetupError("the viewers did not come in")
        yield viewers
    finally:
        viewers.kill()
        viewers.communicate()


def first_bytes(server: str) -> Result:  # noqa: ARG001  # there is only ours
    """A file is there; each of some people accepts it and asks for it: until the first byte, from the acceptance on."""
    took = []
    with room() as ours:
        share = Share(ours, 64 * MIB, 1)
        push = share.push()
        with stopped(push):
            push.ends()
        for number in range(FIRST_PEOPLE):
            person = ours.enters(f"Later {number}")
            began = time.monotonic()
            accepted = person.accepts(share.offer)
            took.append(_first_byte(ours.url, accepted["downloads"][0]["url"]) - began)
    return {"median_ms": round(sorted(took)[len(took) // 2] * 1000, 3), "most_ms": round(max(took) * 1000, 3)}


def _first_byte(url: str, path: str) -> float:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    try:
        connection.request("GET", path)
        if len(connection.getresponse().read(1)) != 1:
            raise SetupError("no byte came")
        return time.monotonic()
    finally:
        connection.close()


def _both(quiet: list[tuple[float, float]], busy: list[tuple[float, float]]) -> Result:
    at_rest, meanwhile = ([took for _, took in noted] for noted in (quiet, busy))
    return {
        "quiet_p95_ms": p95_ms(at_rest),
        "busy_p95_ms": p95_ms(meanwhile),
        "busy_most_ms": round(max(meanwhile) * 1000, 3),
        "messages": len(meanwhile),
    }


SCENARIOS: dict[str, tuple[tuple[str, ...], Callable[[str], Result]]] = {
    "chat": (("chatapp",), during_relay),
    "first-byte": (("chatapp",), first_bytes),
    "picture-300k": (("chatapp",), partial(during_pictures, size=300_000, every=0.7)),
    "picture-2m": (("chatapp",), partial(during_pictures, size=2 * MIB - 1000, every=1.5)),
}
