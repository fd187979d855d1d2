"""The window that the system's own Python and GTK show (Linux): a packed program brings no toolkit of its own."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from chatapp.desktop.kept import Kept
from chatapp.desktop.sizes import FIRST, keep_size, size_in

log = logging.getLogger(__name__)
SCRIPT = Path(__file__).with_name("system_gtk.py")
PYTHON = "/usr/bin/python3"
"""Debian's, Fedora's, Arch's: the one for which the system packs GTK's bindings."""
TRIES_SECONDS = 10.0
HAS_GTK = "import gi; gi.require_version('Gtk', '3.0'); gi.require_version('WebKit2', '%s')"
ASK = "window.dispatchEvent(new Event('chatapp:closing'))"


def can_show(environment: Mapping[str, str]) -> bool:
    """Whether the system's Python has GTK and WebKitGTK."""
    if not Path(PYTHON).is_file():
        return False
    commands = ([PYTHON, "-c", HAS_GTK % version] for version in ("4.1", "4.0"))
    return any(_succeeds(command, environment) for command in commands)


def _succeeds(command: list[str], environment: Mapping[str, str]) -> bool:
    try:
        done = subprocess.run(command, env=clean(environment), capture_output=True, timeout=TRIES_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def clean(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment for another Python than ours; the libraries of the packed program are out of it already."""
    return {name: value for name, value in environment.items() if not name.startswith("PYTHON")}


class SystemWindow:
    """One native window, in a process of its own."""

    why: str | None = None
    saves = True

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._answers: SimpleQueue[str | None] = SimpleQueue()
        self._asking, self._telling = threading.Lock(), threading.Lock()
        self._asked = False
        self._size = FIRST

    def run(self, url: str, kept: Kept) -> None:
        """Show a page until the window is closed, as large as last time."""
        self._size = size_in(kept)
        command = [PYTHON, str(SCRIPT), url, *map(str, self._size)]
        self._process = subprocess.Popen(
            command, env=clean(os.environ), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        assert self._process.stdout is not None  # noqa: S101  # it was asked for
        for line in self._process.stdout:
            self._hear(json.loads(line))
        self._process.wait()
        self._answers.put(None)
        keep_size(kept, self._size)

    def ask_where(self, name: str) -> Path | None:
        """The system's dialog; waits for the person. One at a time."""
        with self._asking:
            self._tell(ask=name)
            chosen = self._answers.get()
            return None if chosen is None else Path(chosen)

    def call(self) -> None:
        """Bring the window to the front."""
        self._tell(front=True)

    def attract(self) -> None:
        """Ask for attention until the window is in front."""
        self._tell(urge=True)

    def end(self) -> None:
        """Close without a question."""
        self._tell(end=True)

    def stay(self) -> None:
        """The next time it is asked again."""
        self._asked = False

    def _hear(self, said: dict[str, Any]) -> None:
        if "size" in said:
            self._size = tuple(said["size"])
        elif "where" in said:
            self._answers.put(said["where"])
        elif self._asked:  # the page did not answer the first time
            self.end()
        else:
            self._asked = True
            self._tell(run=ASK)

    def _tell(self, **what: object) -> None:
        if self._process is None or self._process.stdin is None:
            return
        try:
            with self._telling:  # two threads' lines must not run into each other
                self._process.stdin.write(json.dumps(what) + "\n")
                self._process.stdin.flush()
        except (OSError, ValueError):
            log.info("the window is gone")
