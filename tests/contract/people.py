"""People in a room, each with a client of python-socketio and a timeline of all that it was told."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import engineio
import socketio

from tests.server_process import ServerProcess

Json = dict[str, Any]
Like = Callable[[Any], bool]
PATIENCE = 10.0


class InOrder(engineio.Client):  # type: ignore[misc]  # the library has no types
    """Hears one message after the other; by itself the client starts a thread for each, in no order."""

    def _trigger_event(self, event: str, *args: Any, **options: Any) -> Any:
        return super()._trigger_event(event, *args, **{**options, "run_async": False})

    def disconnect(self, abort: bool = False, reason: str | None = None) -> None:
        """Disconnect; the thread that reads cannot wait for its own end."""
        super().disconnect(abort or threading.current_thread() is self.read_loop_task, reason)
        # What ends the thread that writes has just been thrown away with all else that waited.
        self.queue.put(None)


class Client(socketio.Client):  # type: ignore[misc]  # the library has no types
    def _engineio_client_class(self) -> type[InOrder]:
        return InOrder


def fresh_token() -> str:
    """A token as a client makes it."""
    return secrets.token_urlsafe(32)


@dataclass
class Asked:
    """A command on its way; its acknowledgement comes."""

    ack: Json | None = None
    place: int = -1
    arrived: threading.Event = field(default_factory=threading.Event)

    def answer(self) -> Json:
        """The acknowledgement; raises AssertionError when none comes."""
        assert self.arrived.wait(PATIENCE), "no acknowledgement came"
        assert self.ack is not None
        return self.ack


class Person:
    """One socket of one person. The timeline has (event, payload), acknowledgements as ("ack", payload)."""

    def __init__(self, url: str, token: str | None = None) -> None:
        self.url, self.token = url, token or fresh_token()
        self.mid = 0
        self.has_left = False
        self.welcome: Json = {}
        self.timeline: list[tuple[str, Any]] = []
        self._changed = threading.Condition()
        # In Python alone the check of UTF-8 takes a second for each MB; JSON's reader checks it again.
        quick = {"skip_utf8_validation": True}
        self.client = Client(reconnection=False, handle_sigint=False, websocket_extra_options=quick)
        self.client.on("*", lambda event, *payload: self._note(event, payload[0] if payload else None))
        self.client.on("disconnect", lambda *_: self._note("gone", None))
        self.client.connect(url, transports=["websocket"], wait_timeout=PATIENCE)

    def _note(self, what: str, payload: Any) -> int:
        with self._changed:
            self.timeline.append((what, payload))
            self._changed.notify_all()
            return len(self.timeline) - 1

    # -- asking -----------------------------------------------------------------------------------

    def sends(self, command: str, payload: object = None) -> Asked:
        """Send a command and go on; its acknowledgement can be waited for."""
        asked = Asked()

        def answered(ack: Json | None = None) -> None:
            asked.ack, asked.place = ack, self._note("ack", ack)
            asked.arrived.set()

        self.client.emit(command, {} if payload is None else payload, callback=answered)
        return asked

    def asks(self, command: str, **fields: object) -> Json:
        """The acknowledgement of a command, whatever it is."""
        ack = self.sends(command, fields).answer()
        self.has_left = self.has_left or (command == "leave" and ack["ok"] is True)
        return ack

    def does(self, command: str, **fields: object) -> Json:
        """The acknowledgement of a command that has to be done."""
        ack = self.asks(command, **fields)
        assert ack["ok"] is True, f"{command}: {ack}"
        return ack

    def code_of(self, command: str, **fields: object) -> str:
        """The code of a command that has to be refused."""
        ack = self.asks(command, **fields)
        assert ack["ok"] is False, f"{command} was done: {ack}"
        return str(ack["code"])

    def patiently(self, command: str, **fields: object) -> Json:
        """The acknowledgement of a command that is asked again, as long as slow-down says when."""
        while (ack := self.asks(command, **fields)).get("code") == "slow-down":
            time.sleep(ack["retry_ms"] / 1000)
        assert ack["ok"], ack
        return ack

    # -- verbs ------------------------------------------------------------------------------------

    def joins(self, name: str, **fields: object) -> Json:
        """Take a seat; the welcome."""
        self.welcome = self.does("join", token=self.token, name=name, **fields)
        self.mid = self.welcome["last_mid"]
        return self.welcome

    @property
    def id(self) -> str:
        """This member's id."""
        return str(self.welcome["you"]["id"])

    def next_mid(self) -> int:
        """The mid of the next command that adds an entry."""
        self.mid += 1
        return self.mid

    def says(self, text: str) -> int:
        """Say a text; its seq."""
        return int(self.does("say", mid=self.next_mid(), text=text)["seq"])

    def shows(self, image: str) -> int:
        """Show a picture; its seq."""
        return int(self.does("show", mid=self.next_mid(), image=image)["seq"])

    def offers(self, *files: tuple[str, int]) -> Json:
        """Offer files by name and size; the Offer as its sender sees it."""
        listed = [{"name": name, "size": size, "type": "application/pdf"} for name, size in files]
        offer: Json = self.does("offer", mid=self.next_mid(), files=listed)["offer"]
        return offer

    def accepts(self, offer: Json) -> Json:
        """Accept an offer; the Offer as this one sees it now."""
        seen: Json = self.does("answer", offer=offer["id"], accept=True)["offer"]
        return seen

    def declines(self, offer: Json) -> Json:
        """Decline an offer, or cancel it; the Offer as this one sees it now."""
        seen: Json = self.does("answer", offer=offer["id"], accept=False)["offer"]
        return seen

    def sees(self, offer: Json) -> Json:
        """An open offer as this one sees it now."""
        offers = self.does("join", token=self.token, name=self.welcome["you"]["name"])["offers"]
        found: Json = next(each for each in offers if each["id"] == offer["id"])
        return found

    def reads(self, **where: int) -> list[Json]:
        """A page of the room's list."""
        entries: list[Json] = self.does("history", **where)["entries"]
        return entries

    def reads_all(self, after: int = 0) -> list[Json]:
        """The whole list after a seq, page by page."""
        entries: list[Json] = []
        while page := self.reads(after=entries[-1]["seq"] if entries else after):
            entries.extend(page)
        return entries

    # -- hearing ----------------------------------------------------------------------------------

    def heard(self, event: str) -> list[Any]:
        """The payloads of an event until now."""
        with self._changed:
            return [payload for what, payload in self.timeline if what == event]

    def hears(self, event: str, like: Like = lambda _: True, within: float = PATIENCE) -> Any:
        """The first payload of an event that is like this, once it has come; raises AssertionError."""
        return self._first(lambda: [one for one in self.heard(event) if like(one)], event, within)

    def hears_more(self, event: str, count: int) -> None:
        """Wait until an event has come this often; raises AssertionError."""
        self._first(lambda: [None] if len(self.heard(event)) >= count else [], event, PATIENCE)

    def _first(self, found: Callable[[], list[Any]], what: str, within: float) -> Any:
        deadline = time.monotonic() + within
        with self._changed:
            while not (matches := found()):
                left = deadline - time.monotonic()
                assert left > 0, f"{what} did not come: {self.timeline}"
                self._changed.wait(left)
        return matches[0]

    def settles(self) -> None:
        """What was on its way to this socket has come: an answer goes after what was told before it."""
        self.does("history", limit=1)

    def forgets(self) -> None:
        """Begin an empty timeline, after what was on its way."""
        self.settles()
        with self._changed:
            self.timeline.clear()

    def is_cut_off(self, within: float = PATIENCE) -> None:
        """The server closes this socket; raises AssertionError when it does not."""
        self.hears("gone", within=within)

    # -- going ------------------------------------------------------------------------------------

    def cuts(self) -> None:
        """Lose the connection, without a word of goodbye."""
        self.closes()

    def goes(self) -> None:
        """Leave the room, when this one is in it, and let go of the socket."""
        with suppress(socketio.exceptions.SocketIOError):
            # Who has left already is being cut off: a second time might not be answered any more.
            if self.has_left or self.asks("leave")["ok"]:
                self.is_cut_off()
        self.closes()

    def closes(self) -> None:
        """Let go of the socket; a goodbye of Socket.IO would race with one of the server's."""
        self.client.eio.disconnect()
        if getattr(self.client.eio, "ws", None) is not None:
            self.client.eio.ws.close()
            self.client.eio.ws.shutdown()


class Company:
    """The people of one test, in one room; all go at its end."""

    def __init__(self, server: ServerProcess) -> None:
        self.server = server
        self.people: list[Person] = []

    @property
    def url(self) -> str:
        """The room's address."""
        return self.server.url

    def arrives(self, token: str | None = None) -> Person:
        """Somebody who is connected and has not joined."""
        person = Person(self.url, token)
        self.people.append(person)
        return person

    def enters(self, name: str, token: str | None = None, **fields: object) -> Person:
        """Somebody who is in the room."""
        person = self.arrives(token)
        person.joins(name, **fields)
        return person

    def host(self) -> Person:
        """The host member."""
        return self.enters("주인", self.server.host_token)

    def all_go(self) -> None:
        """Everybody leaves."""
        for person in self.people:
            person.goes()
        self.people.clear()
