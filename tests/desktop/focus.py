"""Where the keyboard of a screen is, which tells a window whether the person looks at it."""

from __future__ import annotations

import time
from typing import Any

from Xlib.display import Display
from Xlib.X import CopyFromParent, CurrentTime, RevertToParent
from Xlib.Xutil import UrgencyHint

PATIENCE = 30.0


class Screen:
    """Where the keyboard is, and what the windows ask of whoever manages them."""

    def __init__(self, name: str) -> None:
        self._display = Display(name)
        root = self._display.screen().root
        self._other = root.create_window(0, 0, 10, 10, 0, CopyFromParent)
        self._other.map()
        self._display.sync()

    def looks_elsewhere(self) -> None:
        """The keyboard goes to another program's window."""
        self._focus(self._other)

    def looks_at(self, title: str) -> None:
        """The keyboard goes to the window of this title."""
        self._focus(self._window(title))

    def waits_for_urgency(self, title: str, *, urgent: bool) -> None:
        """Wait until the window of this title asks for attention, or asks no more (ICCCM, 4.1.2.4)."""
        deadline = time.monotonic() + PATIENCE
        while bool(self._window(title).get_wm_hints().flags & UrgencyHint) != urgent:
            assert time.monotonic() < deadline, f"never urgent={urgent}"

    def close(self) -> None:
        self._display.close()

    def _focus(self, window: Any) -> None:
        window.set_input_focus(RevertToParent, CurrentTime)
        self._display.sync()

    def _window(self, title: str) -> Any:
        shown = self._display.screen().root.query_tree().children
        return next(one for one in shown if title in (one.get_wm_name() or "") and one.get_wm_hints())
