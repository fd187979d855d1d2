"""What may reach the app at all: own Host names, own and loopback Origins, one transport, plain sizes.

A page on another site may make a browser send anything here; DNS may call this computer by any name. So the Host must
be an address or name of this computer, and an Origin its own, or a page of this computer (a native window).
"""

from __future__ import annotations

import ipaddress
import json
import logging
import re
import socket
import time
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from chatapp.errors import Refused

log = logging.getLogger(__name__)
Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Wsgi = Callable[[Environ, StartResponse], Iterable[bytes]]

LOOKUP_SECONDS = 5.0
"""How long the list of own addresses is believed before an unknown one is looked up again."""
_MDNS_NAME = re.compile(r"[a-z0-9-]{1,63}\.local\Z")
"""Whoever can answer for such a name (RFC 6762) is on this network, and may come to the room as well."""
_KEY = re.compile(r"[A-Za-z0-9+/]{22}==")
"""16 bytes in base64."""
_LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})
_CORS = (
    ("Access-Control-Allow-Methods", "GET, HEAD, PATCH, DELETE, OPTIONS"),
    (
        "Access-Control-Allow-Headers",
        "Content-Type, Range, If-Range, Tus-Resumable, Upload-Offset, Upload-Length",
    ),
    (
        "Access-Control-Expose-Headers",
        "Upload-Offset, Upload-Length, Tus-Resumable, ETag, Content-Range, Accept-Ranges, Retry-After",
    ),
    ("Access-Control-Max-Age", "600"),
)


class Guard:
    """WSGI middleware in front of everything, /socket.io/ included."""

    def __init__(self, app: Wsgi, own_addresses: Callable[[], frozenset[str]]) -> None:
        self._app, self._look_up = app, own_addresses
        self._own: frozenset[str] = frozenset()
        self._looked_up_at = -LOOKUP_SECONDS

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Pass a request on, or refuse it as JSON."""
        origin = None
        try:
            self._check_host(environ)
            origin = _allowed_origin(environ)
            _check_form(environ)
        except Refused as refused:
            log.info("request from %s refused: %s", environ.get("REMOTE_ADDR"), refused.code)
            return _refuse(environ, _with_cors(start_response, origin), refused)
        _strip(environ)
        answer = _with_cors(start_response, origin)
        if origin is not None and environ["REQUEST_METHOD"] == "OPTIONS":
            answer("204 No Content", [("Content-Length", "0")])
            return []
        return self._app(environ, answer)

    def _check_host(self, environ: Environ) -> None:
        host = _host_name(environ.get("HTTP_HOST", ""))
        here = environ.get("werkzeug.socket")
        if host in _LOOPBACK_NAMES or _MDNS_NAME.match(host):
            return
        if isinstance(here, socket.socket) and host == here.getsockname()[0]:
            return
        if host not in self._own and time.monotonic() - self._looked_up_at >= LOOKUP_SECONDS:
            self._own, self._looked_up_at = self._look_up(), time.monotonic()
        if host not in self._own:
            raise Refused("bad-host")


def _host_name(host: str) -> str:
    """The name or address of a Host header, lower case, without port and brackets; raises bad-host."""
    try:
        parts = urlsplit(f"//{host}")
        if (parts.port is not None and parts.port < 0) or "@" in host or "/" in host:
            raise Refused("bad-host")
        name = (parts.hostname or "").lower()
    except ValueError:
        raise Refused("bad-host") from None
    try:
        return str(ipaddress.ip_address(name))
    except ValueError:
        return name


def _allowed_origin(environ: Environ) -> str | None:
    """The Origin when it is an allowed one of another page, None when none or ours; raises bad-origin."""
    origin = environ.get("HTTP_ORIGIN")
    if origin is None or origin == f"http://{environ.get('HTTP_HOST', '')}":
        return None
    try:
        parts = urlsplit(origin)
        known = parts.scheme in ("http", "https") and parts.hostname in _LOOPBACK_NAMES
        bare = origin == f"{parts.scheme}://{parts.netloc}" and "@" not in parts.netloc
        if known and bare and (parts.port is None or parts.port >= 0):
            return str(origin)
    except ValueError:
        pass
    raise Refused("bad-origin")


def _check_form(environ: Environ) -> None:
    """One framing of the body, and one kind of Socket.IO transport; raises malformed."""
    length = environ.get("CONTENT_LENGTH", "0")
    if not (length.isascii() and length.isdigit()) or "HTTP_TRANSFER_ENCODING" in environ:
        raise Refused("malformed")
    if environ.get("PATH_INFO", "").startswith("/socket.io"):
        query = parse_qs(environ.get("QUERY_STRING", ""))
        upgrades = environ.get("HTTP_UPGRADE", "").lower() == "websocket" and _is_handshake(environ)
        plain = query.get("transport") == ["websocket"] and query.get("EIO") == ["4"]
        if not (upgrades and plain) or "sid" in query or "j" in query or environ["REQUEST_METHOD"] != "GET":
            raise Refused("malformed")


def _is_handshake(environ: Environ) -> bool:
    """Whether a WebSocket's opening is whole (RFC 6455 section 4.2.1); one that was cut off raises in the library."""
    connection = {word.strip().lower() for word in environ.get("HTTP_CONNECTION", "").split(",")}
    key = environ.get("HTTP_SEC_WEBSOCKET_KEY", "")
    version = environ.get("HTTP_SEC_WEBSOCKET_VERSION", "")
    return "upgrade" in connection and version.strip() == "13" and _KEY.fullmatch(key.strip()) is not None


def _strip(environ: Environ) -> None:
    """Take out what the libraries would believe: forwarded addresses, and deflate (a 292 KB bomb took 930 MB)."""
    for name in [name for name in environ if name.startswith("HTTP_X_FORWARDED") or name == "HTTP_FORWARDED"]:
        del environ[name]
    environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)


def _with_cors(start_response: StartResponse, origin: str | None) -> StartResponse:
    if origin is None:
        return start_response
    cors = [("Access-Control-Allow-Origin", origin), ("Vary", "Origin"), *_CORS]

    def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        return start_response(status, [*headers, *cors], *rest)

    return start


def _refuse(environ: Environ, start_response: StartResponse, refused: Refused) -> Iterable[bytes]:
    body = json.dumps({"code": refused.code}).encode()
    headers = [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
        ("Connection", "close"),
        ("X-Content-Type-Options", "nosniff"),
    ]
    start_response(f"{refused.status} Refused", headers)
    return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]
