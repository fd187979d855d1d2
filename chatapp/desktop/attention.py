"""Asking for attention as each system does: a blinking button in the taskbar, a jump in the dock, an urgent window."""

from __future__ import annotations

import sys
from typing import Any

if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    FLASHW_TRAY, FLASHW_TIMERNOFG = 0x2, 0xC

    class FlashInfo(ctypes.Structure):
        """FLASHWINFO of winuser.h."""

        _fields_ = (
            ("size", wintypes.UINT),
            ("window", wintypes.HWND),
            ("flags", wintypes.DWORD),
            ("count", wintypes.UINT),
            ("timeout", wintypes.DWORD),
        )

    def attract(window: Any) -> None:
        """Blink in the taskbar until the window is in front; any thread may call."""
        flags = FLASHW_TRAY | FLASHW_TIMERNOFG
        info = FlashInfo(ctypes.sizeof(FlashInfo), window.native.Handle.ToInt64(), flags, 0, 0)
        ctypes.windll.user32.FlashWindowEx(ctypes.byref(info))

elif sys.platform == "darwin":
    import AppKit
    from PyObjCTools import AppHelper

    def attract(window: Any) -> None:  # noqa: ARG001  # the dock knows programs, not windows
        """Jump once in the dock; the system ends it when the program is in front. Any thread may call."""
        program = AppKit.NSApplication.sharedApplication()
        AppHelper.callAfter(program.requestUserAttention_, AppKit.NSInformationalRequest)

else:
    from gi.repository import GLib

    def attract(window: Any) -> None:
        """Mark the window as urgent until it is in front; any thread may call."""
        GLib.idle_add(_urge, window.native)

    def _urge(window: Any) -> bool:
        if hasattr(window, "set_urgency_hint") and not window.is_active():  # Qt's has none
            window.set_urgency_hint(True)
            window.connect("focus-in-event", _calm)
        return False  # GLib asks no second time

    def _calm(window: Any, _event: object) -> bool:
        window.set_urgency_hint(False)
        window.disconnect_by_func(_calm)
        return False  # others may want the event too
