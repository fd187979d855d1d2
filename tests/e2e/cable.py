"""The wire between a browser and the room: it can be cut, stay cut, and be mended."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, WebSocketRoute


class Cable:
    """Carries all sockets of a browser context; the browser's own offline switch would leave them open."""

    def __init__(self, context: BrowserContext) -> None:
        self.whole = True
        self.cuts = 0
        self._sockets: list[WebSocketRoute] = []
        context.route_web_socket("**/socket.io/**", self._open)

    def _open(self, socket: WebSocketRoute) -> None:
        if not self.whole:
            socket.close()
            return
        self._sockets += [socket, socket.connect_to_server()]

    def cut(self) -> None:
        """End every socket at both ends, and let none through until `mend`."""
        self.whole = False
        self.cuts += len(self._sockets) // 2
        for socket in self._sockets:
            socket.close()
        self._sockets.clear()

    def mend(self) -> None:
        self.whole = True
