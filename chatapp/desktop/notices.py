"""Notifications of the system: who said what, while the person looks elsewhere."""

from __future__ import annotations

import asyncio
import logging
import re
import sys
import threading
import unicodedata
from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING

from chatapp.core.characters import WHITE_SPACE

if TYPE_CHECKING:
    from desktop_notifier import DesktopNotifier

log = logging.getLogger(__name__)
TITLE_CHARS = 60
TEXT_CHARS = 200
ICON = "chatapp"
"""What scripts/_deb.py calls it among the system's icons; where that has none of this name, it shows one of its own."""
DIRECTIONS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Bidi_Control: they would turn around what the system writes beside our text."""


def one_line(text: str, chars: int) -> str:
    """A text as one line of at most so many characters, without controls; what is longer ends in an ellipsis."""
    # Cn has the noncharacters, which Windows' XML may not carry.
    visible = "".join(one for one in WHITE_SPACE.sub(" ", text) if unicodedata.category(one) not in ("Cc", "Cs", "Cn"))
    line = DIRECTIONS.sub("", visible).strip()
    return line if len(line) <= chars else line[: chars - 1].rstrip() + "…"


def unmarked(text: str, platform: str) -> str:
    """A text that the system does not take for markup: on Linux a body may carry some (Desktop Notifications, 4.2)."""
    return escape(text, quote=False) if platform.startswith("linux") else text


class Notices:
    """Shows notifications, from a thread that ends with the program; where the system has none, nothing happens."""

    def __init__(self, clicked: Callable[[], None]) -> None:
        """clicked: the person chose one; called from any thread."""
        self._clicked = clicked
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._notifier: DesktopNotifier | None = None
        self._busy = self._told = False

    def show(self, title: str, text: str) -> None:
        """Show a notification soon, shortened and as plain text; drop it while the system still has one to take."""
        with self._lock:
            if self._busy:
                return
            self._busy = True
            self._loop = self._loop or _running_loop()
        asyncio.run_coroutine_threadsafe(self._show(title, text), self._loop)

    async def _show(self, title: str, text: str) -> None:
        try:
            await self._send(one_line(title, TITLE_CHARS), unmarked(one_line(text, TEXT_CHARS), sys.platform))
        except Exception as error:  # noqa: BLE001  # whatever a system's service does, no message ends the program
            self._tell(repr(error))
        finally:
            self._busy = False

    async def _send(self, title: str, text: str) -> None:
        self._notifier = self._notifier or _notifier()
        sent: list[bool] = []
        await self._notifier.send(title, text, on_dispatched=lambda: sent.append(True), on_clicked=self._clicked)
        if not sent:
            self._tell("the service did not take it")

    def _tell(self, why: str) -> None:
        """Once: a computer without the service is no fault."""
        if not self._told:
            self._told = True
            log.info("the system shows no notifications: %s", why)


def _running_loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="notices", daemon=True).start()
    return loop


def _notifier() -> DesktopNotifier:
    """The system's; raises what its packages do where there is none."""
    from desktop_notifier import DesktopNotifier, Icon  # noqa: PLC0415  # late: most runs never need it

    # It would log every failure with a trace, and below that what people said.
    logging.getLogger("desktop_notifier").setLevel(logging.CRITICAL)
    return DesktopNotifier("ChatApp", Icon(name=ICON))
