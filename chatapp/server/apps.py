"""The program itself for those who have not got it: the archives of this version that lie near the host's own."""

from __future__ import annotations

import hashlib
import re
import stat
import threading
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from flask import Blueprint, Response, jsonify, send_file

from chatapp import __version__
from chatapp.errors import Refused

NAME = re.compile(rf"ChatApp-{re.escape(__version__)}-(windows|macos|linux)-(x64|arm64)\.zip\Z")
"""As scripts/build.py calls them. Nothing else of a folder is seen, however it is asked for."""
Stamp = tuple[Path, int, int]


@dataclass(frozen=True)
class App:
    """One archive: for which computers, how many bytes, and what they must hash to."""

    name: str
    system: str
    machine: str
    size: int
    sha256: str


class Shelf:
    """The archives in some folders; they may come and go while the room is open."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = folders
        self._sums: dict[Stamp, str] = {}
        self._hashing = threading.Lock()

    def apps(self) -> dict[str, tuple[App, Path]]:
        """What there is, by name; of two with one name the nearer."""
        found: dict[str, tuple[App, Path]] = {}
        for path, size, changed in self._archives():
            match = NAME.match(path.name)
            if match and path.name not in found:
                found[path.name] = (App(path.name, match[1], match[2], size, self._sum((path, size, changed))), path)
        return found

    def _archives(self) -> Iterator[Stamp]:
        for folder in self._folders:
            for path in sorted(folder.glob(f"ChatApp-{__version__}-*.zip")):
                status = path.lstat()
                if stat.S_ISREG(status.st_mode):  # a link could lead anywhere
                    yield path, status.st_size, status.st_mtime_ns

    def _sum(self, stamp: Stamp) -> str:
        with self._hashing:  # when a class asks at once, one reads
            if stamp not in self._sums:
                with stamp[0].open("rb") as archive:
                    self._sums[stamp] = hashlib.file_digest(archive, "sha256").hexdigest()
            return self._sums[stamp]


def blueprint(shelf: Shelf) -> Blueprint:
    """The routes /apps, which lists them, and /apps/<name>."""
    made = Blueprint("apps", __name__)

    @made.get("/apps")
    def listed() -> Response:
        answer = jsonify(apps=[asdict(app) for app, _ in shelf.apps().values()])
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @made.get("/apps/<name>")
    def archive(name: str) -> Response:
        if name not in (apps := shelf.apps()):
            raise Refused("not-found")
        app, path = apps[name]
        answer = send_file(path, "application/zip", as_attachment=True, download_name=app.name, etag=app.sha256)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    return made
