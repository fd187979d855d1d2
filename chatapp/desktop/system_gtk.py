"""A window by the system's own Python and GTK, for a program that brings neither: run as a script, never imported.

    python3 system_gtk.py URL WIDTH HEIGHT

It knows nothing of rooms. Lines of JSON come in: {"run": a script for the page}, {"ask": a file's name},
{"front": true}, {"urge": true}, {"end": true}; and go out: {"closing": true}, {"where": a path or null},
{"size": [width, height]}.
"""

from __future__ import annotations

import json
import sys
import threading
from typing import Any

import gi

gi.require_version("Gtk", "3.0")
for version in ("4.1", "4.0"):
    try:
        gi.require_version("WebKit2", version)
        break
    except ValueError:
        continue

from gi.repository import GLib, Gtk, WebKit2  # noqa: E402  # after their versions


def tell(**said: object) -> None:
    """One line to the program."""
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


class Window(Gtk.Window):  # type: ignore[misc]  # gi has no types
    """One page, which stays on its own server."""

    def __init__(self, url: str, width: int, height: int) -> None:
        super().__init__(title="ChatApp")
        self._origin = url.partition("#")[0]
        self._page = WebKit2.WebView.new_with_context(WebKit2.WebContext.new_ephemeral())
        self._page.get_settings().set_property("javascript-can-access-clipboard", True)
        self._page.connect("decide-policy", self._decide)
        self._page.load_uri(url)
        self.add(self._page)
        self.set_default_size(width, height)
        self.connect("delete-event", self._closing)
        self.connect("focus-in-event", lambda *_: self.set_urgency_hint(False))
        self.connect("size-allocate", lambda *_: tell(size=list(self.get_size())))
        self.show_all()

    def run(self, script: str) -> None:
        """Run a script in the page."""
        self._page.run_javascript(script, None, None)

    def ask(self, name: str) -> None:
        """Ask the person where a file is to go, and tell it."""
        dialog = Gtk.FileChooserNative.new("Save file", self, Gtk.FileChooserAction.SAVE, None, None)
        dialog.set_do_overwrite_confirmation(True)
        dialog.set_current_name(name)
        chosen = dialog.run() == Gtk.ResponseType.ACCEPT
        tell(where=dialog.get_filename() if chosen else None)

    def urge(self, _: object) -> None:
        """Ask for attention until the window is in front."""
        self.set_urgency_hint(not self.is_active())

    def _decide(self, _page: Any, decision: Any, kind: Any) -> bool:
        if kind == WebKit2.PolicyDecisionType.RESPONSE:
            return False
        uri = decision.get_navigation_action().get_request().get_uri()
        if kind == WebKit2.PolicyDecisionType.NAVIGATION_ACTION and uri.startswith(self._origin):
            return False
        decision.ignore()
        return True

    def _closing(self, *_: Any) -> bool:
        tell(closing=True)
        return True


def listen(window: Window) -> None:
    """Do what the program says, on the window's own thread, until it ends."""
    acts = {"run": window.run, "ask": window.ask, "front": lambda _: window.present(), "urge": window.urge}
    for line in sys.stdin:
        for what, value in json.loads(line).items():
            if what in acts:
                GLib.idle_add(acts[what], value)
            else:
                GLib.idle_add(Gtk.main_quit)
    GLib.idle_add(Gtk.main_quit)


def main() -> None:
    """Show the window until the program ends it, or is gone."""
    window = Window(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
    threading.Thread(target=listen, args=(window,), daemon=True).start()
    Gtk.main()


if __name__ == "__main__":
    main()
