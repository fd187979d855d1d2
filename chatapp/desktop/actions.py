"""What the page in the window may ask of the program: each action is a request's body in, its answer out."""

from __future__ import annotations

import logging
import subprocess
import sys
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar

import msgspec
from msgspec import Struct

from chatapp import __version__
from chatapp.desktop.found import FoundRooms
from chatapp.desktop.notices import Notices
from chatapp.desktop.probe import NotThere
from chatapp.desktop.program import Program
from chatapp.desktop.saving import reveal_command, save
from chatapp.errors import Refused
from chatapp.server.serving import PortTaken
from chatapp.server.store import Unusable

log = logging.getLogger(__name__)
T = TypeVar("T")


class Shell(Protocol):
    """The window, as far as the page may use it."""

    why: str | None
    """Why it is not the program's own; None when it is."""
    saves: bool
    """Whether it can ask where a file is to go; else the page leaves that to its browser."""

    def ask_where(self, name: str) -> Path | None:
        """Where the person wants a file of this name; None when nowhere."""

    def attract(self) -> None:
        """Ask for attention as the system does, until the window is in front; any thread may call."""

    def call(self) -> None:
        """Bring the window to the front."""

    def end(self) -> None:
        """Close the window without a question."""

    def stay(self) -> None:
        """The person was asked whether to close it, and it stays."""


class HostAsked(Struct):
    """Start a room."""

    name: str
    title: str | None = None
    go_on: bool = False


class JoinAsked(Struct):
    """Join the room at an address that was typed, or in the list."""

    address: str
    name: str | None = None
    pin: str | None = None


class TurnedAwayTold(Struct):
    """The room refused the join, with a code of the contract."""

    name: str
    code: str
    pin: str | None = None


class KeepAsked(Struct):
    """Keep a value, or forget it."""

    key: str
    value: str | None = None


class OpenAsked(Struct):
    """Open a link of somebody's message in the system's browser."""

    url: str


class NotifyAsked(Struct):
    """Tell a person who looks elsewhere what came."""

    title: str
    text: str


class SaveAsked(Struct):
    """Save what is at a path of the room's server."""

    path: str
    name: str
    sha256: str | None = None


class Actions:
    """The actions of one program in one window."""

    def __init__(self, program: Program, shell: Shell) -> None:
        self._program, self._shell = program, shell
        self._found = FoundRooms(on=program.settings.announce)
        self._notices = Notices(shell.call)
        self._saved: Path | None = None

    def by_name(self) -> dict[str, Callable[[bytes], object]]:
        """Every action by the last part of its path."""
        return {
            "state": self._state,
            "found": lambda _: self._found.rooms(),
            "host": self._host,
            "join": self._join,
            "back": self._back,
            "turned-away": self._turned_away,
            "keep": self._keep,
            "open": self._open,
            "notify": self._notify,
            "save": self._save,
            "reveal": self._reveal,
            "quit": lambda _: self._shell.end(),
            "stay": lambda _: self._shell.stay(),
            "logs": self._logs,
        }

    def close(self) -> None:
        """Stop looking for rooms."""
        self._found.close()

    # -- the launcher -----------------------------------------------------------------------------

    def _state(self, _body: bytes) -> dict[str, Any]:
        program = self._program
        return {
            "version": __version__,
            "name": program.settings.name or program.system_name,
            "target": program.target and msgspec.to_builtins(program.target),
            "turnedAway": msgspec.to_builtins(program.take_turned_away()),
            "recent": msgspec.to_builtins(program.recent.rooms()),
            "goesOn": program.can_go_on(),
            "saves": self._shell.saves,
            "why": self._shell.why,
            "kept": program.kept.everything(),
        }

    def _host(self, body: bytes) -> dict[str, Any]:
        asked = _decoded(body, HostAsked)
        try:
            self._program.host(asked.name, asked.title, go_on=asked.go_on)
        except (PortTaken, Unusable, OSError) as error:
            log.warning("a room cannot be hosted: %s", error)
            return {"ok": False, "reason": "port" if isinstance(error, PortTaken) else "disk"}
        return {"ok": True}

    def _join(self, body: bytes) -> dict[str, Any]:
        asked = _decoded(body, JoinAsked)
        try:
            self._program.join(asked.address, asked.name, asked.pin, knocks=True)
        except NotThere as error:
            return {"ok": False, "reason": error.reason}
        return {"ok": True}

    def _back(self, _body: bytes) -> None:
        self._program.back()

    def _turned_away(self, body: bytes) -> None:
        told = _decoded(body, TurnedAwayTold)
        self._program.turn_away(told.name, told.pin, told.code)

    # -- in the room ------------------------------------------------------------------------------

    def _keep(self, body: bytes) -> dict[str, bool]:
        asked = _decoded(body, KeepAsked)
        try:
            if asked.value is None:
                self._program.kept.remove(asked.key)
            else:
                self._program.kept.set(asked.key, asked.value)
        except OSError as error:
            log.warning("nothing was kept: %s", error)
            return {"ok": False}
        return {"ok": True}

    def _open(self, body: bytes) -> None:
        url = _decoded(body, OpenAsked).url
        # Anything but a web address could start a program.
        if not url.lower().startswith(("http://", "https://")):
            raise Refused("malformed", at="$.url")
        webbrowser.open(url)

    def _notify(self, body: bytes) -> None:
        asked = _decoded(body, NotifyAsked)
        self._notices.show(asked.title, asked.text)
        self._shell.attract()

    def _save(self, body: bytes) -> dict[str, str]:
        asked, target = _decoded(body, SaveAsked), self._program.target
        if target is None or not asked.path.startswith("/downloads/"):
            raise Refused("malformed", at="$.path")
        path = self._shell.ask_where(asked.name)
        if path is None:
            return {"outcome": "cancelled"}
        outcome = save(target.address + asked.path, path, asked.sha256)
        self._saved = path if outcome == "saved" else self._saved
        return {"outcome": outcome, "name": path.name}

    def _reveal(self, _body: bytes) -> None:
        """Show the file that was saved last."""
        if self._saved is not None:
            _start(reveal_command(self._saved, sys.platform))

    def _logs(self, _body: bytes) -> None:
        _start(reveal_command(self._program.folder / "logs" / "chatapp.log", sys.platform))


def _start(command: list[str] | str) -> None:
    """Start a program of the system; one that is not there is noted in the log."""
    try:
        subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except OSError as error:
        log.warning("%s does not start: %s", command, error)


def _decoded(body: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.MsgspecError:
        raise Refused("malformed", at="$") from None
