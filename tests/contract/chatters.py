"""People who write on through any fault, as docs/PROTOCOL.md tells a client to: with mids, an outbox and `since`."""

from __future__ import annotations

import json
import select
import threading
import time
from contextlib import suppress
from typing import Any

import websocket

from tests.contract.people import fresh_token
from tests.contract.wire import RawSocket

AT_ONCE = 10
"""How many may be unacknowledged."""
SILENCE_SECONDS = 4.0
"""A connection that says nothing for so long is given up."""
JOIN, HISTORY = 0, 10**9
"""Ids of acknowledgements; a message's is its mid."""


class Chatter(threading.Thread):
    """Somebody who has all of `texts` to say, one each `gap` seconds, and shows the room's list."""

    def __init__(self, url: str, name: str, texts: list[str], gap: float) -> None:
        super().__init__(daemon=True)
        self.url, self.name, self.texts, self.gap = url, name, texts, gap
        self.entries: list[dict[str, Any]] = []
        self.acked: dict[int, int] = {}
        """mid -> seq, as the server has answered."""
        self.joins = 0
        self.wrong: list[str] = []
        """What a server must never do, and did."""
        self.token = fresh_token()
        self._epoch: str | None = None
        self._over = threading.Event()
        self._began = time.monotonic()

    def run(self) -> None:
        while not self._over.is_set() and not self.wrong:
            with suppress(OSError, websocket.WebSocketException):  # what a fault makes of a connection
                self._talks(RawSocket(self.url))
            self._over.wait(0.1)

    def has_said_all(self) -> bool:
        return len(self.acked) == len(self.texts) or bool(self.wrong)

    def goes(self) -> None:
        self._over.set()
        self.join(30)

    # -- one connection ---------------------------------------------------------------------------

    def _talks(self, socket: RawSocket) -> None:
        self._sent, self._asking, self._head = 0, False, 0
        since = {"since": len(self.entries), "epoch": self._epoch} if self._epoch else {}
        self._asks(socket, JOIN, "join", token=self.token, name=self.name, **since)
        heard = time.monotonic()
        try:
            while not self._over.is_set() and time.monotonic() - heard < SILENCE_SECONDS:
                if select.select([socket.socket], [], [], 0.02)[0]:
                    heard = time.monotonic()
                    if not self._hears(socket.receives()):
                        return
                self._speaks(socket)
        finally:
            socket.closes()

    def _asks(self, socket: RawSocket, ack: int, command: str, **fields: Any) -> None:
        socket.sends(f"42{ack}{json.dumps([command, fields])}")

    def _speaks(self, socket: RawSocket) -> None:
        if not self._sent:
            return  # not joined yet
        due = min(len(self.texts), int((time.monotonic() - self._began) / self.gap))
        while self._sent <= due and self._sent - self._first_unacked() < AT_ONCE:
            self._asks(socket, self._sent, "say", mid=self._sent, text=self.texts[self._sent - 1])
            self._sent += 1
        if len(self.entries) < self._head and not self._asking:
            self._asking = True
            self._asks(socket, HISTORY, "history", after=len(self.entries))

    def _first_unacked(self) -> int:
        return len(self.acked) + 1

    # -- what comes -------------------------------------------------------------------------------

    def _hears(self, frame: str) -> bool:
        """Take in one frame; False when the connection is of no more use."""
        if frame.startswith("42"):
            event, payload = json.loads(frame[2:])
            if event == "posted":
                self._shows([payload])
            return True
        if not frame.startswith("43"):
            return False
        number, _, rest = frame[2:].partition("[")
        answer = json.loads("[" + rest)[0]
        if not answer["ok"]:
            if answer["code"] not in ("slow-down", "gap"):
                self.wrong.append(f"{self.name} was refused: {answer}")
            return False
        self._is_answered(int(number), answer)
        return True

    def _is_answered(self, ack: int, answer: dict[str, Any]) -> None:
        if ack == JOIN:
            self._is_in(answer)
        elif ack == HISTORY:
            self._asking = False
            self._head = answer["head"]
            self._shows(answer["entries"])
        elif self.acked.setdefault(ack, answer["seq"]) != answer["seq"]:
            self.wrong.append(f"{self.name}'s {ack} is {self.acked[ack]} and {answer['seq']}")

    def _is_in(self, welcome: dict[str, Any]) -> None:
        self.joins += 1
        if self._epoch not in (None, welcome["room"]["epoch"]):
            self.wrong.append("another history")
        if welcome["last_mid"] < len(self.acked):
            self.wrong.append(
                f"{self.name}'s {len(self.acked)} was acknowledged, but {welcome['last_mid']} is the last"
            )
        self._epoch, self._head = welcome["room"]["epoch"], welcome["room"]["head"]
        self._shows(welcome["entries"])
        self._sent = self._first_unacked()

    def _shows(self, entries: list[dict[str, Any]]) -> None:
        """Apply the next entry, drop a smaller one; a hole is asked for."""
        for entry in entries:
            seq, shown = entry["seq"], len(self.entries)
            if seq == shown + 1:
                self.entries.append(entry)
            elif seq <= shown and self.entries[seq - 1] != entry:
                self.wrong.append(f"entry {seq} has changed")
            self._head = max(self._head, seq)
