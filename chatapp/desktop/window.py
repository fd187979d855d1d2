"""The window itself, by pywebview: no bridge into the page, a question before it closes, one storage for each run."""

from __future__ import annotations

import logging
import tempfile
import threading
from pathlib import Path
from typing import Any

import webview

log = logging.getLogger(__name__)
SIZE = (1100, 760)
SMALLEST = (380, 520)
ASK = "window.dispatchEvent(new Event('chatapp:closing'))"
"""The page asks the person, in the person's language; it says quit over loopback when the answer is yes."""


class PywebviewShell:
    """One native window."""

    saves = True

    def __init__(self) -> None:
        self._window: Any = None
        self._ends = threading.Event()
        self._asked = False

    def run(self, url: str) -> None:
        """Show a page until the window is closed; on the main thread."""
        webview.settings["ALLOW_FILE_URLS"] = False
        webview.settings["ALLOW_DOWNLOADS"] = False
        self._window = webview.create_window(
            "ChatApp", url, width=SIZE[0], height=SIZE[1], min_size=SMALLEST, text_select=True
        )
        self._window.events.closing += self._closing
        self._window.events.loaded += self._loaded
        with tempfile.TemporaryDirectory(prefix="chatapp-window-", ignore_cleanup_errors=True) as storage:
            webview.start(private_mode=False, storage_path=storage)

    def ask_where(self, name: str) -> Path | None:
        """The system's dialog; waits for the person."""
        chosen = self._window.create_file_dialog(webview.FileDialog.SAVE, save_filename=name)
        if not chosen:
            return None
        return Path(chosen if isinstance(chosen, str) else chosen[0])

    def call(self) -> None:
        """Bring the window into sight."""
        self._window.restore()

    def end(self) -> None:
        """Close without a question, from any thread but the window's own."""
        self._ends.set()
        threading.Thread(target=self._window.destroy, name="end", daemon=True).start()

    def stay(self) -> None:
        """The next time it is asked again."""
        self._asked = False

    def _loaded(self, *_: Any) -> None:
        self._asked = False

    def _closing(self, *_: Any) -> bool:
        """Ask in the page first; whoever closes again is not asked a second time, in case the page does not answer."""
        if self._ends.is_set() or self._asked:
            return True
        self._asked = True
        # Never here: the window's own thread waits for this handler, and the page for the window's thread.
        threading.Thread(target=self._ask, name="closing", daemon=True).start()
        return False

    def _ask(self) -> None:
        try:
            self._window.run_js(ASK)
        except Exception:
            log.exception("the page cannot be asked")
            self.end()
