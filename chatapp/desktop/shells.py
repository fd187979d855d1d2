"""Which window there can be on this computer, and the plainer ones: a browser's window of its own, or the browser."""

from __future__ import annotations

import importlib.util
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import webbrowser
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal, Protocol

from chatapp.desktop.actions import Shell
from chatapp.desktop.kept import Kept
from chatapp.desktop.system_window import SystemWindow, can_show

log = logging.getLogger(__name__)
Why = Literal["no-display", "no-toolkit", "no-webview2"]
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "brave-browser")
NO_VERSION = "0.0.0.0"  # noqa: S104  # no address: what stands there when WebView2 was taken away
_CLIENT = r"Microsoft\EdgeUpdate\Clients\{F3017226-FE2A-4295-8BDF-00C3A9A7E4C5}"
WEBVIEW2_KEYS = (
    rf"HKLM\SOFTWARE\WOW6432Node\{_CLIENT}",
    rf"HKLM\SOFTWARE\{_CLIENT}",
    rf"HKCU\Software\{_CLIENT}",
)
"""Where WebView2 says its version (Microsoft: "Distribute your app and the WebView2 Runtime")."""


class RunningShell(Shell, Protocol):
    """A window that can be shown."""

    def run(self, url: str, kept: Kept) -> None:
        """Show a page until the window is closed; on the main thread. What it remembers is `kept`."""


def has_display(environment: Mapping[str, str], platform: str) -> bool:
    """Whether a window has a screen to be on; without one GTK exits and Qt aborts, and nobody can catch that."""
    return platform in ("win32", "darwin") or any(environment.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def has_webview2(read: Callable[[str], str | None]) -> bool:
    """Whether the registry knows a WebView2; without one pywebview would show the page in Internet Explorer.

    read: the value `pv` of a key, by its path with HKLM or HKCU in front; None where there is none.
    """
    return any((read(place) or NO_VERSION) != NO_VERSION for place in WEBVIEW2_KEYS)


def why_no_window() -> Why | None:
    """Why pywebview cannot show a window here; None when it can."""
    if not has_display(os.environ, sys.platform):
        return "no-display"
    if sys.platform == "win32":
        return None if has_webview2(_registry) else "no-webview2"
    if sys.platform == "darwin":
        return None
    there = all(importlib.util.find_spec(name) for name in ("gi", "webview"))
    return None if there else "no-toolkit"


if sys.platform == "win32":
    import winreg

    def _registry(place: str) -> str | None:
        root, _, path = place.partition("\\")
        try:
            with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE if root == "HKLM" else winreg.HKEY_CURRENT_USER, path) as key:
                return str(winreg.QueryValueEx(key, "pv")[0])
        except OSError:
            return None

else:

    def _registry(place: str) -> str | None:  # noqa: ARG001  # only Windows has one
        return None


def best_shell() -> RunningShell:
    """The best window that this computer can show."""
    why = why_no_window()
    if why is None:
        from chatapp.desktop.window import PywebviewShell  # noqa: PLC0415  # late: a toolkit is heavy, or not there

        return PywebviewShell()
    if why == "no-toolkit" and can_show(os.environ):
        return SystemWindow()
    log.info("no window of its own: %s", why)
    found = next((path for name in CHROMIUMS if (path := shutil.which(name))), None)
    return BrowserWindow(found, why) if found and why != "no-display" else BrowserTab(why)


class BrowserWindow:
    """A window of a Chromium without its bars; it saves and closes as a browser does."""

    why: str | None
    saves = False

    def __init__(self, program: str, why: Why) -> None:
        self._program, self.why = program, why
        self._process: subprocess.Popen[bytes] | None = None

    def run(self, url: str, kept: Kept) -> None:  # noqa: ARG002  # the browser remembers by itself
        """Show a page until the window is closed."""
        with tempfile.TemporaryDirectory(prefix="chatapp-window-", ignore_cleanup_errors=True) as profile:
            quiet = [
                "--no-first-run",
                "--no-default-browser-check",
                "--disable-background-networking",
                "--disable-sync",
            ]
            # Chromium refuses its sandbox to root, whose window this rarely is.
            rights = ["--no-sandbox"] if sys.platform.startswith("linux") and os.geteuid() == 0 else []
            command = [self._program, f"--app={url}", f"--user-data-dir={profile}", *quiet, *rights]
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            self._process.wait()

    def ask_where(self, name: str) -> Path | None:  # noqa: ARG002  # the browser asks
        """Nowhere: the browser saves."""
        return None

    def call(self) -> None:
        """Nothing: no browser lets another program raise its windows."""

    def attract(self) -> None:
        """Nothing: the browser's windows are its own."""

    def end(self) -> None:
        """Close the window."""
        if self._process is not None:
            self._process.terminate()

    def stay(self) -> None:
        """Nothing was asked."""


class BrowserTab:
    """The system's browser; the program runs until its page or a signal ends it."""

    why: str | None
    saves = False

    def __init__(self, why: Why) -> None:
        self.why = why
        self._ended = threading.Event()

    def run(self, url: str, kept: Kept) -> None:  # noqa: ARG002  # the browser remembers by itself
        """Open the page and wait for the end."""
        webbrowser.open(url)
        # In short waits: Windows delivers Ctrl-C only between them.
        while not self._ended.wait(0.1):
            pass

    def ask_where(self, name: str) -> Path | None:  # noqa: ARG002  # the browser asks
        """Nowhere: the browser saves."""
        return None

    def call(self) -> None:
        """Nothing: the tab is where it was."""

    def attract(self) -> None:
        """Nothing: the browser's windows are its own."""

    def end(self) -> None:
        """Let the program end."""
        self._ended.set()

    def stay(self) -> None:
        """Nothing was asked."""
