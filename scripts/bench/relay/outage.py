"""The link goes away in the middle of a file: how soon bytes flow again, and how many come twice; behind the cable."""

from __future__ import annotations

import hashlib
import http.client
import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from chatapp.desktop.saving import PAUSE_SECONDS, SILENCE_SECONDS, save
from scripts._setup import SetupError
from scripts.bench.programs import BUILD
from scripts.bench.relay.cable import HOST, HOST_ADDRESS, IN_HOST, PEERS, arrived, plug
from scripts.bench.relay.load import MIB, payload, stopped
from scripts.bench.relay.room import Room, Share, room

Result = dict[str, Any]
SIZE = 512 * MIB
CHUNK_BYTES = 256 * 1024
FLOWS_BYTES = 64 * 1024
"""More than any head: so much has moved when bytes of the file do."""
SPREAD_SECONDS = SILENCE_SECONDS + PAUSE_SECONDS
"""A client's next try may be anywhere in its course when the link returns."""
POLL_SECONDS = 0.005
BEFORE_SECONDS = 1.0
PATIENCE_SECONDS = 120.0


def outage(server: str, seconds: float) -> Result:  # noqa: ARG001  # there is only ours
    """Both directions, each in a room of its own."""
    result: Result = {}
    for way, end, ready in (("up", HOST, _upload), ("down", PEERS, _download)):
        with room(bind=HOST_ADDRESS, prefix=IN_HOST) as ours:
            transfer, gone = ready(ours), seconds + random.uniform(0, SPREAD_SECONDS)  # noqa: S311  # no secret
            before = arrived(end)
            back = _cut(transfer, end, gone)
            result |= {
                f"{way}_gone_seconds": gone,
                f"{way}_back_seconds": back,
                f"{way}_twice_bytes": arrived(end) - before - SIZE,
            }
    return result


def _cut(transfer: Callable[[], None], end: str, seconds: float) -> float:
    """Pull the cable for some seconds in the middle of a transfer; how long it took after that."""
    errors: list[BaseException] = []
    thread = threading.Thread(target=_kept, args=(transfer, errors))
    thread.start()
    time.sleep(BEFORE_SECONDS)
    plug(into=False)
    try:
        time.sleep(seconds)
    finally:
        before = arrived(end)
        plug(into=True)
    plugged = time.monotonic()
    while arrived(end) < before + FLOWS_BYTES:
        if time.monotonic() - plugged > PATIENCE_SECONDS or errors:
            raise SetupError(f"nothing flows any more: {errors}")
        time.sleep(POLL_SECONDS)
    back = time.monotonic() - plugged
    thread.join(PATIENCE_SECONDS)
    if thread.is_alive() or errors:
        raise SetupError(f"the transfer did not come to its end: {errors}")
    return back


def _kept(transfer: Callable[[], None], errors: list[BaseException]) -> None:
    try:
        transfer()
    except BaseException as error:  # noqa: BLE001  # it is told by who waits for this thread
        errors.append(error)


# -- down: the program's own way to save a file ------------------------------------------------------


def _download(ours: Room) -> Callable[[], None]:
    share = Share(ours, SIZE, 1)
    push = share.push()
    with stopped(push):
        push.ends()
    with payload(SIZE).open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    url = ours.url + share.paths()[0]

    def run() -> None:
        with TemporaryDirectory(dir=BUILD) as folder:
            if (outcome := save(url, Path(folder, "saved"), digest)) != "saved":
                raise SetupError(f"the download is {outcome}")

    return run


# -- up: as tus says, a new connection after the same silence ----------------------------------------


def _upload(ours: Room) -> Callable[[], None]:
    share = Share(ours, SIZE, 1)
    data = payload(SIZE).read_bytes()

    def run() -> None:
        at = 0
        while at < SIZE:
            with suppress(OSError, http.client.HTTPException):
                at = _offset(ours.url, share.upload)
                _patch(ours.url, share.upload, at, memoryview(data)[at:])
                at = SIZE
            if at < SIZE:
                time.sleep(PAUSE_SECONDS)

    return run


def _offset(url: str, path: str) -> int:
    connection = _connection(url)
    try:
        connection.request("HEAD", path, headers={"Tus-Resumable": "1.0.0"})
        return int(connection.getresponse().headers["Upload-Offset"])
    finally:
        connection.close()


def _patch(url: str, path: str, offset: int, body: memoryview) -> None:
    connection = _connection(url)
    try:
        connection.putrequest("PATCH", path)
        connection.putheader("Tus-Resumable", "1.0.0")
        connection.putheader("Upload-Offset", str(offset))
        connection.putheader("Content-Type", "application/offset+octet-stream")
        connection.putheader("Content-Length", str(len(body)))
        connection.endheaders()
        for at in range(0, len(body), CHUNK_BYTES):
            connection.send(body[at : at + CHUNK_BYTES])
        answer = connection.getresponse()
        if answer.status != http.client.NO_CONTENT:
            raise http.client.HTTPException(f"answered {answer.status}")
    finally:
        connection.close()


def _connection(url: str) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(urlsplit(url).netloc, timeout=SILENCE_SECONDS)


SCENARIOS: dict[str, tuple[tuple[str, ...], Callable[[str], Result]]] = {
    f"outage-{seconds}": (("chatapp",), partial(outage, seconds=seconds)) for seconds in (3, 10, 30)
}
