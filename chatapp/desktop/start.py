"""A run of the program with a window, from the first thing it shows to the last thread that ends."""

from __future__ import annotations

import logging
import logging.handlers
import signal
import socket
import threading
from pathlib import Path

from chatapp.desktop.actions import Actions, Shell
from chatapp.desktop.folders import program_folder, user_folder
from chatapp.desktop.native import NativeServer
from chatapp.desktop.program import Program
from chatapp.desktop.shells import RunningShell, best_shell
from chatapp.desktop.single import Only, hands_over
from chatapp.settings import Settings

log = logging.getLogger(__name__)
LOG_BYTES = 1_000_000
LOGS = 3


def run(settings: Settings, *, hosts: bool = False, joins: str | None = None) -> None:
    """Show the window until it is closed; `hosts`: with a room of its own, `joins`: in the room at an address.

    Raises PortTaken, Unusable, OSError (a room that cannot be hosted), NotThere (one that cannot be joined).
    """
    folder = user_folder(program_folder())
    log_into(folder / "logs")
    # Who names a room wants that room, in a window beside the others.
    if not hosts and joins is None and hands_over(folder):
        return
    run_in(settings, folder, best_shell(), hosts=hosts, joins=joins)


def run_in(settings: Settings, folder: Path, shell: RunningShell, *, hosts: bool, joins: str | None) -> None:
    """The same with a folder and a window of the caller's choice."""
    program = Program(settings, folder)
    actions = Actions(program, shell)
    server = NativeServer(program, actions)
    server.start()
    only = Only(folder, shell.call)
    try:
        if hosts:
            program.host(settings.name, None)
        elif joins is not None:
            program.join(joins, settings.name)
        _end_on_signals(shell)
        shell.run(server.url, program.kept)
    finally:
        # macOS' Cmd+Q ends the window without asking anybody, so the room ends here, however the window did.
        program.back()
        only.close()
        actions.close()
        server.stop()


def _end_on_signals(shell: Shell) -> None:
    """End the window on Ctrl-C and SIGTERM, although its main loop never comes back to Python meanwhile."""
    wakes, woken = socket.socketpair()
    woken.setblocking(False)
    for name in ("SIGINT", "SIGTERM", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: None)
    signal.set_wakeup_fd(woken.fileno(), warn_on_full_buffer=False)

    def wait() -> None:
        with wakes, woken:
            if wakes.recv(1):
                shell.end()

    threading.Thread(target=wait, name="signals", daemon=True).start()


def log_into(folder: Path) -> None:
    """Keep a log in a folder, a few files of a megabyte; one that cannot be written is done without."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handler = logging.handlers.RotatingFileHandler(
            folder / "chatapp.log", maxBytes=LOG_BYTES, backupCount=LOGS, encoding="utf-8"
        )
    except OSError as error:
        log.warning("no log is kept: %s", error)
        return
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logging.getLogger().addHandler(handler)
