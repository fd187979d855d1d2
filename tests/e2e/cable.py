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
        self._sockets.append(socket)
        # A cut one is left to itself until `mend`: closing it in here would wait for this very handler.
        if self.whole:
            self._sockets.append(socket.connect_to_server())

    def cut(self) -> None:
        """End every socket at both ends, and let nothing through until `mend`."""
        self.whole = False
        self.cuts += 1 if self._sockets else 0
        self._end_all()

    def mend(self) -> None:
        self.whole = True
        self._end_all()

    def _end_all(self) -> None:
        ended, self._sockets = self._sockets, []
        for socket in ended:
            socket.close()
