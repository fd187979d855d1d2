"""The window's own server, on loopback: the page, and what this page alone may ask of the program (/native/...).

Three things have to be right for a /native/ request: the Host is exactly this server, the Origin is absent or this
server, and it carries the key that only the page in the window was given. So no host, no other page and no
program of another user reaches them. The page gets the key for a code that is good once: the address with the code
can be read by others where a browser is started with it, but by then the page has been there.
"""

from __future__ import annotations

import hmac
import logging
import secrets
import socket
import threading
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from chatapp.desktop.actions import Actions
from chatapp.desktop.program import Program
from chatapp.errors import Refused
from chatapp.server import pages
from chatapp.server.connections import Server
from chatapp.server.doors import Capacity, Doors
from chatapp.settings import LOOPBACK

log = logging.getLogger(__name__)
KEY_HEADER = "X-ChatApp-Key"
ENTRANCE = "/native/enter"
BODY_BYTES = 8 * 2**20
"""An outbox with pictures is the largest thing that the page keeps."""
AT_ONCE = 32
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Keys:
    """The key to /native/, and the code for which it is given out once."""

    def __init__(self) -> None:
        self._key, self._code = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        self._lock = threading.Lock()

    @property
    def code(self) -> str:
        """What the window's address carries; empty once it was used."""
        return self._code

    def enter(self, code: str) -> str:
        """The key; raises not-found for a wrong code, and for every second one."""
        with self._lock:
            if not self._code or not _are_same(code, self._code):
                raise Refused("not-found")
            self._code = ""
            return self._key

    def check(self, key: str) -> None:
        """Raise not-found unless this is the key."""
        if not _are_same(key, self._key):
            raise Refused("not-found")


def _are_same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(errors="replace"), other.encode())


class NativeServer:
    """Serves until it is stopped; `url` is what the window shows."""

    def __init__(self, program: Program, actions: Actions) -> None:
        self.keys = Keys()
        listener = socket.create_server((LOOPBACK, 0))
        self.port: int = listener.getsockname()[1]
        app = create_app(program, actions, self.keys, f"{LOOPBACK}:{self.port}")
        self._server = Server(listener, app, Doors(Capacity(AT_ONCE, AT_ONCE, AT_ONCE)))
        self._listener = listener
        self._thread = threading.Thread(target=self._server.serve_forever, name="native", daemon=True)

    @property
    def url(self) -> str:
        """The page with its code, which it takes out of the address at once."""
        return f"http://{LOOPBACK}:{self.port}/#native={self.keys.code}"

    def start(self) -> None:
        """Answer from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Answer nobody any more."""
        self._server.shutdown()
        self._thread.join()  # it closes the socket as well, and may still be about it
        self._server.server_close()
        self._listener.close()


def create_app(program: Program, actions: Actions, keys: Keys, here: str) -> Flask:
    """The page and the actions, for the one page at `here` (HOST:PORT) that has the key."""
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = BODY_BYTES
    app.register_blueprint(pages.page_blueprint(program.settings.page))

    @app.before_request
    def only_our_page() -> None:
        own = request.headers.get("Host") == here and request.headers.get("Origin") in (None, f"http://{here}")
        if not own:
            raise Refused("bad-origin")
        if request.path.startswith("/native/") and request.path != ENTRANCE:
            keys.check(request.headers.get(KEY_HEADER, ""))

    @app.after_request
    def harden(answer: Response) -> Response:
        target = program.target
        if request.path.startswith("/native/"):
            answer.headers["Cache-Control"] = "no-store"
        return pages.harden_for(answer, urlsplit(target.address).netloc if target else "")

    @app.post(ENTRANCE)
    def enter() -> Response:
        return jsonify(key=keys.enter(request.get_data(as_text=True)))

    for name, act in actions.by_name().items():
        app.add_url_rule(f"/native/{name}", name, _route(act), methods=["POST"])
    _answer_errors(app)
    return app


def _route(act: Callable[[bytes], object]) -> Callable[[], Response]:
    return lambda: jsonify(act(request.get_data()))


def _answer_errors(app: Flask) -> None:
    @app.errorhandler(Refused)
    def refused(error: Refused) -> tuple[Response, int]:
        return jsonify(code=error.code), error.status

    @app.errorhandler(HTTPException)
    def failed(error: HTTPException) -> tuple[Response, int]:
        return jsonify(code="not-found" if error.code == 404 else "malformed"), error.code or 500

    @app.errorhandler(Exception)
    def broke(error: Exception) -> tuple[Response, int]:
        log.error("a native request failed", exc_info=error)
        return jsonify(code="internal"), 500
