"""The page and what it is made of, and the room's sign at the door (/healthz)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from flask import Blueprint, Response, jsonify, request

from chatapp import __version__
from chatapp.errors import Refused
from chatapp.protocol import PROTOCOL, Room

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self' {socket}; "
    "font-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".txt": "text/plain; charset=utf-8",
    ".woff2": "font/woff2",
}
"""Stated here: the registry of Windows may say that .js is text/plain."""
FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class File:
    """One file of the page, as it was when the room opened: another build must not take the page apart meanwhile."""

    kind: str
    plain: bytes
    packed: bytes | None

    @classmethod
    def read(cls, path: Path) -> File:
        """The file, and what was compressed of it when the page was built."""
        packed = path.with_name(f"{path.name}.gz")
        return cls(TYPES[path.suffix], path.read_bytes(), packed.read_bytes() if packed.is_file() else None)

    def answer(self, kept: str) -> Response:
        """The answer with it; `kept` is its Cache-Control."""
        headers = {"Vary": "Accept-Encoding", "Cache-Control": kept}
        if self.packed is None or "gzip" not in request.headers.get("Accept-Encoding", ""):
            return Response(self.plain, content_type=self.kind, headers=headers)
        return Response(self.packed, content_type=self.kind, headers={**headers, "Content-Encoding": "gzip"})


def blueprint(folder: Path, seen: Callable[[], Room]) -> Blueprint:
    """The routes of the page in `folder`, and /healthz of the room that `seen` shows."""
    made = page_blueprint(folder)

    @made.get("/healthz")
    def healthz() -> Response:
        room = seen()
        sign = {"id": room.id, "title": room.title, "pin": room.pin, "locked": room.locked}
        answer = jsonify(app="chatapp", version=__version__, protocol=PROTOCOL, room=sign)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    return made


def page_blueprint(folder: Path) -> Blueprint:
    """The routes of the page in `folder` alone."""
    made = Blueprint("pages", __name__)
    files = {
        path.relative_to(folder).as_posix(): File.read(path)
        for path in folder.rglob("*")
        if path.suffix in TYPES and path.is_file()
    }

    @made.get("/")
    def page() -> Response:
        if "index.html" not in files:
            raise Refused("not-found")  # the page was not built
        return files["index.html"].answer(kept="no-cache")

    for name, file in files.items():
        kept = FOREVER if name.startswith("assets/") else "no-cache"
        made.add_url_rule(f"/{name}", name.replace(".", "-"), partial(file.answer, kept=kept))
    return made


def harden(answer: Response) -> Response:
    """The headers that every answer of the app carries."""
    return harden_for(answer, "")


def harden_for(answer: Response, room: str) -> Response:
    """The same, for a page that speaks with a room elsewhere; `room`: HOST:PORT, or nothing."""
    # 'self' covers ws: in current engines; WebKitGTK and older Safari want it spelled out.
    others = f" http://{room} ws://{room}" if room else ""
    policy = POLICY.format(socket=f"ws://{request.host}{others}")
    answer.headers.setdefault("Content-Security-Policy", policy)
    answer.headers.setdefault("X-Content-Type-Options", "nosniff")
    answer.headers.setdefault("Referrer-Policy", "no-referrer")
    return answer
