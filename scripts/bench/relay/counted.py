"""How many bytes the other side's TCP had, or gave, on all connections of http.client in this process."""

from __future__ import annotations

import socket
import struct
from types import TracebackType
from typing import Any

ACKED_AND_RECEIVED = 120
"""Where tcpi_bytes_acked and tcpi_bytes_received lie in Linux's tcp_info."""


class Counter:
    """While it is entered, each connection that is made is counted, also after its end."""

    def __init__(self) -> None:
        self._open: list[_Counted] = []
        self._plain = socket.create_connection

    def __enter__(self) -> Counter:
        """Count from now on."""
        socket.create_connection = self._connect
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Let go of it."""
        socket.create_connection = self._plain

    def reset(self) -> None:
        """Forget what was until now."""
        self._open.clear()

    def moved(self) -> int:
        """Bytes that went and were acknowledged, and bytes that came, heads of HTTP among them."""
        return sum(each.moved() for each in tuple(self._open))

    def _connect(self, *arguments: Any, **options: Any) -> socket.socket:
        plain = self._plain(*arguments, **options)
        counted = _Counted(fileno=plain.detach())
        counted.settimeout(options.get("timeout", arguments[1] if len(arguments) > 1 else None))
        self._open.append(counted)
        return counted


class _Counted(socket.socket):
    """One of them; `last` is what there was at its end."""

    last = 0

    def moved(self) -> int:
        try:
            info = self.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
        except OSError:
            return self.last
        self.last = max(self.last, sum(struct.unpack_from("QQ", info, ACKED_AND_RECEIVED)))
        return self.last

    def _real_close(self, *arguments: Any) -> None:
        self.moved()
        super()._real_close(*arguments)  # type: ignore[misc]  # where a socket closes in the end, whoever asked
