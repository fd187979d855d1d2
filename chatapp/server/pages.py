"""The page and what it is made of, and the room's sign at the door (/healthz)."""

from __future__ import annotations

from collections.abc import Callable
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


def blueprint(folder: Path, seen: Callable[[], Room]) -> Blueprint:
    """The routes of the page in `folder`, and /healthz of the room that `seen` shows."""
    made = Blueprint("pages", __name__)
    files = {
        path.relative_to(folder).as_posix(): path
        for path in folder.rglob("*")
        if path.suffix in TYPES and path.is_file()
    }

    @made.get("/")
    def page() -> Response:
        return _file(files, "index.html")

    for name in files:
        made.add_url_rule(f"/{name}", name.replace(".", "-"), partial(_file, files, name))

    @made.get("/healthz")
    def healthz() -> Response:
        room = seen()
        sign = {"id": room.id, "title": room.title, "pin": room.pin, "locked": room.locked}
        answer = jsonify(app="chatapp", version=__version__, protocol=PROTOCOL, room=sign)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    return made


def _file(files: dict[str, Path], name: str) -> Response:
    path = files.get(name)
    if path is None:
        raise Refused("not-found")  # the page was not built
    packed = path.with_name(f"{path.name}.gz")
    is_packed = "gzip" in request.headers.get("Accept-Encoding", "") and packed.is_file()
    answer = Response((packed if is_packed else path).read_bytes(), content_type=TYPES[path.suffix])
    answer.headers["Vary"] = "Accept-Encoding"
    answer.headers["Cache-Control"] = FOREVER if name.startswith("assets/") else "no-cache"
    if is_packed:
        answer.headers["Content-Encoding"] = "gzip"
    return answer


def harden(answer: Response) -> Response:
    """The headers that every answer of the app carries."""
    # 'self' covers ws: in current engines; WebKitGTK and older Safari want it spelled out.
    answer.headers.setdefault("Content-Security-Policy", POLICY.format(socket=f"ws://{request.host}"))
    answer.headers.setdefault("X-Content-Type-Options", "nosniff")
    answer.headers.setdefault("Referrer-Policy", "no-referrer")
    return answer
