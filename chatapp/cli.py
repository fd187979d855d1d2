"""The command line: arguments to Settings to what is started; the only place that prints or exits."""

from __future__ import annotations

import argparse
import math
import os
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import UNSET

from chatapp import __version__, logs, packed
from chatapp.settings import DEFAULT_PORT, LOOPBACK, Settings

if TYPE_CHECKING:
    from chatapp.server.serving import Serving

PIN = re.compile(r"[0-9]{4,12}\Z")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; the exit code."""
    packed.start()
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    given = _parser().parse_args(arguments)
    logs.start()
    if given.command == "join":
        return _window(Settings(name=given.name), joins=given.address) if _has_screen() else _say_where(given.address)
    settings = _settings(given) if given.command == "host" else Settings()
    if not (settings.window and _has_screen()):
        return _host(settings)
    if given.command == "host":
        return _window(settings, hosts=True)
    return _window(Settings(announce=not given.hidden))


# -- arguments ----------------------------------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("chatapp", description="A chat room for the people on one network.")
    parser.add_argument("--version", action="version", version=f"chatapp {__version__}")
    parser.add_argument("--hidden", action="store_true", help="tell the network of no room, and look for none")
    commands = parser.add_subparsers(dest="command", metavar="host | join")
    host = commands.add_parser("host", help="host a room")
    host.add_argument("--name", help="the name to fill in for you")
    host.add_argument("--title", type=_title, default=UNSET, help="the room's title")
    host.add_argument("--port", type=_number(0, 65535), help=f"default {DEFAULT_PORT}, or the next free one; 0: any")
    host.add_argument(
        "--bind", default=Settings().bind, metavar="ADDRESS", help="listen on this address and 127.0.0.1 alone"
    )
    host.add_argument("--pin", type=_pin, default=UNSET, help="4 to 12 digits that guests must know")
    host.add_argument("--data", type=Path, metavar="DIR", help="keep the room here; without it, it is temporary")
    host.add_argument("--grace", type=_seconds, default=60.0, metavar="S", help="how long a lost seat is kept")
    host.add_argument("--offer-ttl", type=_seconds, default=3600.0, metavar="S", help="how long an offer is open")
    host.add_argument("--reserve", type=_number(0), default=Settings().reserve, metavar="BYTES", help="disk left alone")
    host.add_argument(
        "--quota", type=_number(0), default=Settings().quota, metavar="BYTES", help="what one member may offer at once"
    )
    host.add_argument("--members", type=_number(1), default=500, metavar="N", help="how many seats")
    host.add_argument("--no-window", action="store_true", help="only serve the room")
    host.add_argument("--announce", action="store_true", help="let others on the network find the room by itself")
    join = commands.add_parser("join", help="join a room")
    join.add_argument("address", metavar="HOST[:PORT]", type=_address)
    join.add_argument("--name", help="the name to fill in for you")
    return parser


def _settings(given: argparse.Namespace) -> Settings:
    return Settings(
        name=given.name,
        title=given.title,
        port=given.port,
        bind=given.bind,
        pin=given.pin,
        data=given.data,
        grace=given.grace,
        offer_ttl=given.offer_ttl,
        reserve=given.reserve,
        quota=given.quota,
        members=given.members,
        window=not given.no_window,
        announce=given.announce,
    )


def _number(least: int, most: float = math.inf) -> Callable[[str], int]:
    def number(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is no number from {least} to {most}")
        return int(text)

    return number


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds < 10**9:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds")
    return seconds


def _pin(text: str) -> str:
    if not PIN.match(text):
        raise argparse.ArgumentTypeError("a PIN is 4 to 12 digits")
    return text


def _title(text: str) -> str:
    from chatapp.core.room import clean_title  # noqa: PLC0415  # late: the rest starts faster without it
    from chatapp.errors import Refused  # noqa: PLC0415  # late: the rest starts faster without it

    try:
        return clean_title(text)
    except Refused:
        raise argparse.ArgumentTypeError(f"{text!r} is no title: one line of 1 to 60 characters") from None


def _address(text: str) -> str:
    host, colon, port = text.rpartition(":") if not text.endswith("]") else (text, "", "")
    host, port = (host, port) if colon else (text, str(DEFAULT_PORT))
    if not re.fullmatch(r"[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]", host) or not port.isdigit() or int(port) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no HOST[:PORT]")
    return f"http://{host}:{int(port)}/"


# -- the window ---------------------------------------------------------------------------------------


def _window(settings: Settings, *, hosts: bool = False, joins: str | None = None) -> int:
    """Show the window until it is closed."""
    from chatapp.desktop.probe import NotThere  # noqa: PLC0415  # late: the rest starts faster without it
    from chatapp.desktop.start import run  # noqa: PLC0415  # late: the rest starts faster without it

    try:
        with _hosting_errors(settings):
            run(settings, hosts=hosts, joins=joins)
    except NotThere as error:
        return _fail(f"no room at {joins}: {error.reason}")
    except _CannotHost as error:
        return _fail(str(error))
    return 0


def _say_where(address: str) -> int:
    """Where there is no screen: somebody else may open it."""
    print(f"Open {address} in a browser.", flush=True)
    return 0


def _has_screen() -> bool:
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


# -- host ---------------------------------------------------------------------------------------------


def _host(settings: Settings) -> int:
    """Serve a room until it is closed or the program is told to stop."""
    from chatapp.server.serving import Serving  # noqa: PLC0415  # late: the rest starts faster without it

    try:
        with _hosting_errors(settings):
            serving = Serving(settings)
    except _CannotHost as error:
        return _fail(str(error))
    if not (settings.page / "index.html").is_file():
        _warn("the page is not built, only other programs can join: start with `python scripts/run.py`")
    for notice in serving.room.store.notices:
        _warn(notice)
    return _serve(serving, settings)


class _CannotHost(Exception):
    """Why a room cannot be hosted, in one line for a person."""


@contextmanager
def _hosting_errors(settings: Settings) -> Iterator[None]:
    from chatapp.server.serving import PortTaken  # noqa: PLC0415  # late: the rest starts faster without it
    from chatapp.server.store import Unusable  # noqa: PLC0415  # late: the rest starts faster without it

    try:
        yield
    except PortTaken:
        raise _CannotHost(f"port {settings.port} is taken by another program; choose another with --port") from None
    except Unusable as error:
        raise _CannotHost(str(error)) from error
    except OSError as error:
        raise _CannotHost(f"cannot host a room: {error}") from error


def _serve(serving: Serving, settings: Settings) -> int:
    from chatapp.protocol import RoomClosed  # noqa: PLC0415  # late: the rest starts faster without it

    told_to_stop = threading.Event()
    for name in ("SIGINT", "SIGTERM", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: told_to_stop.set())
    serving.start()
    _announce(serving, settings)
    # In short waits: Windows delivers Ctrl-C only between them.
    while not told_to_stop.wait(0.1) and not serving.room.host.closed.is_set():
        pass
    serving.stop(RoomClosed("stopping" if told_to_stop.is_set() else "closed"))
    return 0


def _announce(serving: Serving, settings: Settings) -> None:
    """Say where the room is, and the host's page."""
    from chatapp.lan.addresses import bound_addresses  # noqa: PLC0415  # late: the rest starts faster without it
    from chatapp.lan.qr import terminal_qr  # noqa: PLC0415  # late: the rest starts faster without it

    addresses = [*dict.fromkeys((*bound_addresses(settings.bind), LOOPBACK))]
    pin = serving.room.host.room.record.pin
    for address in addresses:
        print(f"Room open at http://{address}:{serving.port}/")
    print(f"Host page: http://127.0.0.1:{serving.port}/#host={serving.host_token}", flush=True)
    shared = f"http://{addresses[0]}:{serving.port}/" + (f"#pin={pin}" if pin else "")
    if pin:
        print(f"Link with the PIN: {shared}", flush=True)
    if sys.stdout is not None and sys.stdout.isatty():  # None: a program without a terminal
        print(terminal_qr(shared), flush=True)


def _fail(words: str) -> int:
    _warn(words)
    return 1


def _warn(words: str) -> None:
    print(f"chatapp: {words}", file=sys.stderr, flush=True)
