"""A file from the room to the disk: streamed, taken up again after every cut, and whole or not there."""

from __future__ import annotations

import hashlib
import http.client
import logging
import os
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO, Literal
from urllib.parse import urlsplit

log = logging.getLogger(__name__)
Outcome = Literal["saved", "gone", "damaged", "disk", "lost"]
SILENCE_SECONDS = 2.0
"""TCP notices a link that is back after up to 27 s; a new connection at once (DESIGN 11)."""
PATIENCE_SECONDS = 600.0
"""How long nothing at all may come before it is given up."""
PAUSE_SECONDS = 0.25
CHUNK_BYTES = 1024 * 1024
BUSY = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.SERVICE_UNAVAILABLE})
"""Answers after which it is worth another try."""


def save(url: str, path: Path, sha256: str | None) -> Outcome:
    """Fetch a URL into a file; what comes of it. `sha256` is held against what came, where it is known.

    gone: the room gives it no more. damaged: it is another file. disk: it cannot be written. lost: nothing came.
    """
    # A name of its own: "NAME.part" may be somebody's file, another download's, or too long for the disk.
    part = path.with_name(f"{path.name[:40]}.{secrets.token_hex(4)}.part")
    try:
        outcome = _fetched(url, part, sha256)
        if outcome == "saved":
            mark_as_downloaded(part)
            part.replace(path)
    except (_DiskError, OSError) as error:
        log.warning("%s cannot be saved: %s", path.name, error)
        outcome = "disk"
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return outcome


def _fetched(url: str, part: Path, sha256: str | None) -> Outcome:
    with part.open("xb") as out:
        fetch = _Fetch(url, out)
        outcome = fetch.run()
        out.flush()
        os.fsync(out.fileno())
    is_another = outcome == "saved" and sha256 is not None and fetch.digest() != sha256
    return "damaged" if is_another else outcome


class _DiskError(Exception):
    """What came cannot be written; not an OSError, which here means the network."""


@contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _DiskError(error) from error


class _Fetch:
    """One file on its way: where it is, and the name of its state (ETag) that makes going on safe."""

    def __init__(self, url: str, out: BinaryIO) -> None:
        self._parts, self._out = urlsplit(url), out
        self._etag: str | None = None
        self._at, self._size = 0, -1
        self._hash = hashlib.sha256()

    def digest(self) -> str:
        return self._hash.hexdigest()

    def run(self) -> Outcome:
        """Ask until everything is there, or it is over."""
        moved_at = time.monotonic()
        while time.monotonic() - moved_at < PATIENCE_SECONDS:
            before = self._at
            try:
                if not self._once():
                    return "gone"
            except (http.client.InvalidURL, UnicodeError):
                return "gone"  # the room names a place for which no request can ask
            except (http.client.HTTPException, OSError) as error:
                log.debug("a download is taken up again at %d: %r", self._at, error)
            if self._at == self._size:
                return "saved"
            if self._at != before:
                moved_at = time.monotonic()
            time.sleep(PAUSE_SECONDS)
        return "lost"

    def _once(self) -> bool:
        """One connection's worth of bytes; False when the room gives them no more."""
        host, port = self._parts.hostname or "", self._parts.port
        connection = http.client.HTTPConnection(host, port, timeout=SILENCE_SECONDS)
        try:
            connection.request("GET", self._parts.path, headers=self._headers())
            answer = connection.getresponse()
            if answer.status in BUSY:
                return True
            if not self._begin(answer):
                return False
            self._read(answer)
            return True
        finally:
            connection.close()

    def _headers(self) -> dict[str, str]:
        return {"Range": f"bytes={self._at}-", "If-Range": self._etag} if self._etag and self._at else {}

    def _begin(self, answer: http.client.HTTPResponse) -> bool:
        """Whether it is the file, or its rest; then what is written next is the answer's first byte."""
        if answer.length is None:
            return False
        if answer.status == HTTPStatus.OK:
            self._begin_anew(answer.headers["ETag"], answer.length)
        elif answer.status != HTTPStatus.PARTIAL_CONTENT or not self._goes_on(answer):
            return False
        return True

    def _begin_anew(self, etag: str | None, size: int) -> None:
        self._etag, self._at, self._size, self._hash = etag, 0, size, hashlib.sha256()
        with _writing():
            self._out.seek(0)
            self._out.truncate()

    def _goes_on(self, answer: http.client.HTTPResponse) -> bool:
        """Whether it is all the rest of the same file, as asked for."""
        rest = f"bytes {self._at}-{self._size - 1}/{self._size}"
        return answer.headers["Content-Range"] == rest and answer.headers["ETag"] == self._etag

    def _read(self, answer: http.client.HTTPResponse) -> None:
        while self._at < self._size and (piece := answer.read1(CHUNK_BYTES)):
            with _writing():
                self._out.write(piece)
            self._hash.update(piece)
            self._at += len(piece)


def mark_as_downloaded(path: Path) -> None:
    """Tell Windows that the file came from elsewhere, so that it asks before it runs; nothing on other systems."""
    if sys.platform == "win32":
        write_zone(path)


def write_zone(path: Path) -> None:
    """The mark itself: an alternate stream, which a file system without such streams refuses."""
    with suppress(OSError), Path(f"{path}:Zone.Identifier").open("w", encoding="ascii", newline="") as stream:
        stream.write("[ZoneTransfer]\r\nZoneId=3\r\n")


def reveal_command(path: Path, platform: str) -> list[str] | str:
    """What shows a file in the system's file manager; for Windows a whole line."""
    if platform == "win32":
        # Explorer reads its line itself: a quoted switch, or a comma in a bare path, leads to another folder.
        return f'explorer /select,"{path}"'
    return ["open", "-R", str(path)] if platform == "darwin" else ["xdg-open", str(path.parent)]
