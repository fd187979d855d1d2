"""People with two tabs each, on sockets that are read when they are asked: thousands of offers take minutes."""

from __future__ import annotations

import json
import socket
import struct
import time
from typing import Any
from urllib.parse import urlsplit

from tests.contract.people import Json, fresh_token
from tests.contract.wire import PATIENCE, RawSocket

TABS = 2


def port_of(url: str) -> int:
    """The port of a room's address."""
    port = urlsplit(url).port
    assert port is not None
    return port


def reset(connection: socket.socket) -> None:
    """End a connection as the death of its program does, without a goodbye."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


class Tab(RawSocket):
    """One joined socket of a person, and what it was told of offers."""

    def __init__(self, url: str) -> None:
        super().__init__(url, skip_utf8_validation=True)
        self._ack = self.mid = 0
        self.states: dict[tuple[str, str], str] = {}
        self.closed: dict[str, str] = {}
        self.wanted: dict[str, dict[int, str]] = {}
        self.left: set[str] = set()

    def receives(self) -> str:
        """The next text frame that is no ping; what it tells is noted."""
        text = super().receives()
        if text.startswith("42"):
            event, payload = json.loads(text[2:])
            self._note(event, payload)
        return text

    def _note(self, event: str, told: Any) -> None:
        if event == "offer-answered":
            self.states[told["offer"], told["member"]] = told["state"]
        elif event == "offer-changed":
            self.closed[told["offer"]] = told["state"]
        elif event == "upload-wanted":
            self._want(told["offer"], told["uploads"])
        elif event == "posted" and told["kind"] in ("left", "removed"):
            self.left.add(told["by"])

    def _want(self, offer: str, uploads: list[Json]) -> None:
        self.wanted.setdefault(offer, {}).update({each["file"]: each["url"] for each in uploads})

    def tells(self, command: str, **fields: object) -> Json:
        """The acknowledgement of a command, asked again as long as it comes too fast."""
        while True:
            self._ack += 1
            ack = self.asks(command, json.dumps(fields), self._ack)
            if ack.get("code") != "slow-down":
                return ack
            time.sleep(ack["retry_ms"] / 1000)

    def does(self, command: str, **fields: object) -> Json:
        """The acknowledgement of a command that has to be done."""
        ack = self.tells(command, **fields)
        assert ack["ok"], f"{command}: {ack}"
        return ack

    def joins(self, token: str, name: str, outbox: str) -> Json:
        """Take the person's seat; the welcome, whose offers are noted."""
        welcome = self.does("join", token=token, name=name, outbox=outbox)
        me = welcome["you"]["id"]
        for offer in welcome["offers"]:
            self.closed[offer["id"]] = offer["state"]
            self._want(offer["id"], offer["uploads"])
            if offer["mine"]:
                self.states[offer["id"], me] = offer["mine"]
        self.mid = welcome["last_mid"]
        return welcome

    def settles(self) -> None:
        """Note all that was told before now."""
        self.does("history", limit=1)

    def hears_that(self, offer: str, state: str) -> None:
        """Wait until an offer is closed in this way."""
        deadline = time.monotonic() + PATIENCE
        while self.closed.get(offer) != state:
            assert time.monotonic() < deadline, f"offer is {self.closed.get(offer)}, not {state}"
            self.receives()

    def hears_leaving(self, member: str) -> None:
        """Wait until a member's seat is free."""
        deadline = time.monotonic() + PATIENCE
        while member not in self.left:
            assert time.monotonic() < deadline, "nobody left"
            self.receives()

    def dies(self) -> None:
        """Go without a word."""
        if self.socket.sock is not None:
            reset(self.socket.sock)


class Somebody:
    """A person in the room; each tab speaks for the same member."""

    def __init__(self, url: str, name: str, *, tabs: int = TABS, token: str | None = None) -> None:
        self.name, self.token, self.count = name, token or fresh_token(), tabs
        self.id = ""
        self.here = False
        self.tabs: list[Tab] = []
        self.comes(url)

    def comes(self, url: str) -> None:
        """Open all tabs; with the same token this is the same member."""
        self.url, self.tabs = url, [Tab(url) for _ in range(self.count)]
        for number, tab in enumerate(self.tabs):
            self.id = tab.joins(self.token, self.name, f"tab-{number}")["you"]["id"]
        self.here = True

    @property
    def tab(self) -> Tab:
        """The first tab."""
        return self.tabs[0]

    def state(self, offer: str) -> str:
        """What this one's state is, by what the room has told by now."""
        self.tab.settles()
        return self.tab.states.get((offer, self.id), "pending")

    def has_heard(self, offer: str, state: str) -> bool:
        """Whether any tab was told of this state of its own, until it went."""
        return any(tab.states.get((offer, self.id)) == state for tab in self.tabs)

    def reopens(self, number: int) -> None:
        """Close one tab in order and open it again."""
        self.tabs[number].does("leave")
        self.tabs[number].closes()
        self.tabs[number] = Tab(self.url)
        self.tabs[number].joins(self.token, self.name, f"tab-{number}")

    def leaves(self) -> None:
        """Leave with every tab: the seat is free at once."""
        for tab in self.tabs:
            tab.does("leave")
            tab.closes()
        self.here = False

    def dies(self) -> None:
        """All tabs are gone without a word."""
        for tab in self.tabs:
            tab.dies()
        self.here = False
