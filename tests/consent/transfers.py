"""Bytes on raw sockets, each with the time of its going and coming."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

from tests.consent.people import reset
from tests.contract.wire import PATIENCE, TUS, request

NEVER = float("inf")


class Consent:
    """When a recipient's yes may have counted: from before it was sent until its end was acknowledged."""

    def __init__(self) -> None:
        self.spans: list[tuple[float, float]] = []

    @property
    def counts(self) -> bool:
        """Whether it counts now."""
        return bool(self.spans) and self.spans[-1][1] == NEVER

    def begins(self, at: float) -> None:
        """A yes was sent, and acknowledged."""
        if not self.counts:
            self.spans.append((at, NEVER))

    def ends(self, at: float) -> None:
        """An end of it was acknowledged."""
        if self.counts:
            self.spans[-1] = (self.spans[-1][0], at)

    def was_between(self, first: float, last: float) -> bool:
        """Whether it counted at any time between two."""
        return any(begin <= last and end >= first for begin, end in self.spans)

    def held_since(self, at: float) -> bool:
        """Whether it has counted from a time until now."""
        return self.counts and self.spans[-1][0] <= at


@dataclass
class Piece:
    """Bytes of a body that came together."""

    at: float
    start: int
    stop: int


@dataclass(eq=False)
class Fetch:
    """One request for a ticket's file, and all that came for it; `file` None: the ticket is no real one."""

    port: int
    path: str
    who: int | None
    file: int | None
    method: str = "GET"
    wanted: str | None = None
    raw: bytearray = field(default_factory=bytearray)
    pieces: list[Piece] = field(default_factory=list)
    body_at: int = -1
    over: bool = False
    cut: bool = False

    def __post_init__(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self.port), PATIENCE)
        ranged = f"Range: {self.wanted}\r\n" if self.wanted else ""
        head = f"{self.method} {self.path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n{ranged}\r\n"
        self.sent_at = time.monotonic()
        self.socket.sendall(head.encode())

    # -- reading ----------------------------------------------------------------------------------

    def _reads(self) -> None:
        try:
            data = self.socket.recv(65536)
        except ConnectionError:
            data = b""
        except TimeoutError:
            raise AssertionError(f"neither more nor an end comes: {bytes(self.raw[:15])!r}") from None
        now, before = time.monotonic(), len(self.raw)
        self.raw += data
        if not data:
            self.over = True
            self.socket.close()
        elif self.body_at < 0 and (end := self.raw.find(b"\r\n\r\n")) >= 0:
            self.body_at = before = end + 4
        if self.body_at >= 0 and len(self.raw) > before:
            self.pieces.append(Piece(now, before - self.body_at, len(self.raw) - self.body_at))

    def reads_head(self) -> None:
        """Wait for the head of the answer."""
        while self.body_at < 0 and not self.over:
            self._reads()

    def reads_some(self) -> None:
        """Wait for a byte of the body, or the end."""
        while not self.pieces and not self.over:
            self._reads()

    def reads_all(self) -> None:
        """Everything until the server ends the connection, which it has to do in time."""
        while not self.over:
            self._reads()

    def cuts(self) -> None:
        """Let go of it in the middle."""
        self.cut = self.over = True
        reset(self.socket)

    # -- what came --------------------------------------------------------------------------------

    @property
    def status(self) -> int | None:
        """The status of the answer; None when none came."""
        return int(self.raw[9:12]) if self.body_at >= 0 else None

    @property
    def headers(self) -> dict[str, str]:
        """The headers of the answer, in lower case."""
        lines = bytes(self.raw[: self.body_at - 4]).decode("latin-1").split("\r\n")[1:]
        return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}

    @property
    def body(self) -> bytes:
        """What came after the head."""
        return bytes(self.raw[self.body_at :]) if self.body_at >= 0 else b""

    @property
    def declared(self) -> int:
        """How long the answer says that its body is; there is no other way to say it."""
        headers = self.headers
        assert "transfer-encoding" not in headers
        return int(headers["content-length"])

    @property
    def is_whole(self) -> bool:
        """Whether a client takes it for whole."""
        return self.status in (200, 206) and len(self.body) == self.declared

    def start(self, size: int) -> int:
        """Where the body of a 200 or 206 begins in a file of this size; raises AssertionError for a wrong head."""
        if self.status == 200:
            assert self.declared == size, f"a 200 of {self.declared} bytes for a file of {size}"
            return 0
        unit, _, rest = self.headers["content-range"].partition(" ")
        span, _, total = rest.partition("/")
        first, last = map(int, span.split("-"))
        assert (unit, int(total)) == ("bytes", size)
        assert self.declared == last - first + 1
        assert 0 <= first <= last < size
        return first


class Gift:
    """One file of a sender: what of it was sent when, in PATCHes that may stand still."""

    def __init__(self, port: int, body: bytes) -> None:
        self.port, self.body = port, body
        self.ticket: str | None = None
        self.at = self.high = 0
        self.socket: socket.socket | None = None
        self.sent: list[Piece] = []

    @property
    def is_open(self) -> bool:
        """Whether a PATCH is on its way."""
        return self.socket is not None

    def marks(self) -> tuple[bytes, ...]:
        """Parts by which it is known, where it is long enough for that."""
        return (self.body[:8], self.body[-8:]) if len(self.body) >= 8 else ()

    def asks(self, method: str) -> tuple[int, int]:
        """HEAD or DELETE: the status, and the offset or -1."""
        assert self.ticket
        answer = request(f"http://127.0.0.1:{self.port}", method, self.ticket, TUS)
        return answer.status, int(answer.headers.get("upload-offset", -1))

    def opens(self) -> int:
        """Ask for the offset and begin a PATCH there; the status of the question, 0 when nothing is missing."""
        self.lets_go()
        status, offset = self.asks("HEAD")
        if status != 200 or offset == len(self.body):
            return status if status != 200 else 0
        self.at = offset
        self.socket = socket.create_connection(("127.0.0.1", self.port), PATIENCE)
        head = (
            f"PATCH {self.ticket} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nTus-Resumable: 1.0.0\r\n"
            f"Content-Type: application/offset+octet-stream\r\nUpload-Offset: {offset}\r\n"
            f"Content-Length: {len(self.body) - offset}\r\n\r\n"
        )
        self.socket.sendall(head.encode())
        return status

    def sends(self, count: int) -> None:
        """The next bytes; that the server has ended it is found out later."""
        assert self.socket
        stop = min(len(self.body), self.at + count)
        if stop > self.high:
            self.sent.append(Piece(time.monotonic(), self.high, stop))
            self.high = stop
        try:
            self.socket.sendall(self.body[self.at : stop])
        except OSError:
            self.lets_go()
        self.at = stop

    def first_sent(self, start: int, stop: int) -> float:
        """When the last of these bytes was sent for the first time; NEVER, when it was not."""
        assert all(one.stop == other.start for one, other in pairwise(self.sent))
        if stop > self.high:
            return NEVER
        return max((one.at for one in self.sent if one.start < stop and start < one.stop), default=NEVER)

    def completes(self, needs_nothing: Callable[[], bool] = lambda: False) -> None:
        """Send what is missing, from where the server is; raises AssertionError when it cannot be.

        An offer may be over (410) when it `needs_nothing` any more.
        """
        for _ in range(5):
            if not self.is_open:
                status = self.opens()
                if status == 0 or (status == 410 and needs_nothing()):
                    return
                assert status == 200, f"an upload that is wanted: {status}"
            self.sends(len(self.body))
            if self._status() == 204:
                return
        raise AssertionError("an upload that is wanted does not come through")

    def _status(self) -> int:
        """How a PATCH was answered; 0: not at all."""
        if self.socket is None:
            return 0
        try:
            answer = self.socket.recv(4096)
        except ConnectionError:
            answer = b""
        self.lets_go()
        return int(answer[9:12] or 0)

    def lets_go(self) -> None:
        """Cut what is on its way."""
        if self.socket is not None:
            reset(self.socket)
        self.socket = None
