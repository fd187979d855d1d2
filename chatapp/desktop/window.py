"""The window itself, by pywebview: no bridge into the page, a question before it closes, one storage for each run."""

from __future__ import annotations

import logging
import tempfile
import threading
from pathlib import Path
from typing import Any

import webview

from chatapp.desktop.attention import attract
from chatapp.desktop.kept import Kept
from chatapp.desktop.sizes import FIRST, SMALLEST, keep_size, size_in

log = logging.getLogger(__name__)
ASK = "window.dispatchEvent(new Event('chatapp:closing')); ''"
"""The page asks the person, in the person's language; it says quit over loopback when the answer is yes."""


class PywebviewShell:
    """One native window."""

    why: str | None = None
    saves = True

    def __init__(self) -> None:
        self._window: Any = None
        self._ends = threading.Event()
        self._asked = False
        self._size = FIRST

    def run(self, url: str, kept: Kept) -> None:
        """Show a page until the window is closed, as large as last time; on the main thread."""
        width, height = size_in(kept)
        webview.settings["ALLOW_FILE_URLS"] = False
        webview.settings["ALLOW_DOWNLOADS"] = False
        self._window = webview.create_window(
            "ChatApp", url, width=width, height=height, min_size=SMALLEST, text_select=True
        )
        self._window.events.closing += self._closing
        self._window.events.loaded += self._loaded
        self._window.events.resized += self._resized
        with tempfile.TemporaryDirectory(prefix="chatapp-window-", ignore_cleanup_errors=True) as storage:
            webview.start(private_mode=False, storage_path=storage)
        keep_size(kept, self._size)

    def ask_where(self, name: str) -> Path | None:
        """The system's dialog; waits for the person."""
        chosen = self._window.create_file_dialog(webview.FileDialog.SAVE, save_filename=name)
        if not chosen:
            return None
        return Path(chosen if isinstance(chosen, str) else chosen[0])

    def call(self) -> None:
        """Bring the window to the front, also when it is an icon in the bar."""
        self._window.restore()
        self._window.show()

    def attract(self) -> None:
        """Ask for attention until the window is in front."""
        try:
            attract(self._window)
        except Exception as error:  # noqa: BLE001  # each system has errors of its own, and none is worth a message
            log.info("the system gives no attention: %r", error)

    def end(self) -> None:
        """Close without a question, from any thread but the window's own."""
        self._ends.set()
        threading.Thread(target=self._window.destroy, name="end", daemon=True).start()

    def stay(self) -> None:
        """The next time it is asked again."""
        self._asked = False

    def _resized(self, width: float, height: float) -> None:
        self._size = (int(width), int(height))

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
