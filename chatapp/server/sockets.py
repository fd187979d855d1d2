"""One listener for all commands: an event in, a struct to the room, the acknowledgement out.

Each socket's thread makes a command of an event and puts it into the inbox; the room's own thread takes what gathered.
Postings that come one after the other share one commit: each is decided on what those before it will have made true,
all are written, and only then applied, acknowledged and delivered. When the disk says no, nothing has happened.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from itertools import groupby, islice
from typing import Any, NamedTuple, Protocol

from chatapp.core.changes import Change, Decision
from chatapp.errors import Refused
from chatapp.protocol import COMMANDS, Command, Posting
from chatapp.server.codec import decode
from chatapp.server.commands import Commands
from chatapp.server.host import Host
from chatapp.server.inbox import Inbox

log = logging.getLogger(__name__)
MOST_IN_ONE_COMMIT = 250
"""How many postings share a commit: the first of them waits for all."""

Reply = Callable[[], object]
"""Makes an acknowledgement, or raises why there is none."""


class Ears(Protocol):
    """What hears clients and answers them."""

    def listen(
        self, heard: Callable[[str, object, list[Any], int | None, int], None], gone: Callable[[str], None]
    ) -> None:
        """Call `heard` for each event of a socket (its name, arguments, ack id, size), `gone` once when it is lost."""

    def ack(self, socket: str, ack: int | None, answer: object) -> None:
        """Answer one event, if its sender asked for an answer."""


class Asked(NamedTuple):
    """One event of a socket: the command that it is, or why it is none."""

    socket: str
    event: object
    ack: int | None
    command: Command | Refused

    def given(self) -> Command:
        """The command; raises why it is none."""
        if isinstance(self.command, Refused):
            raise self.command
        return self.command


class Lost(NamedTuple):
    """A socket is gone."""

    socket: str


@dataclass(frozen=True)
class Raise:
    """The reply to what was not done."""

    error: Exception

    def __call__(self) -> object:
        """Raise it."""
        raise self.error


class Listening:
    """The room's ears and its thread."""

    def __init__(self, ears: Ears, host: Host, commands: Commands) -> None:
        self._ears, self._host, self._commands = ears, host, commands
        self._inbox = Inbox[Asked | Lost]()
        self._thread = threading.Thread(target=self._run, name="room", daemon=True)
        self._thread.start()
        ears.listen(self._heard, lambda socket: self._inbox.put_at_once(Lost(socket)))

    def stop(self) -> None:
        """Hear nothing any more; what is being done is done when this returns."""
        self._inbox.close()
        self._thread.join()

    # -- a socket's thread ------------------------------------------------------------------------

    def _heard(self, socket: str, event: object, arguments: list[Any], ack: int | None, size: int) -> None:
        try:
            command: Command | Refused = command_of(event, arguments)
        except Refused as refused:
            command = refused
        self._inbox.put(socket, Asked(socket, event, ack, command), size)

    # -- the room's thread ------------------------------------------------------------------------

    def _run(self) -> None:
        while gathered := self._inbox.take():
            for share, things in groupby(gathered, key=_may_share):
                try:
                    (self._do_together if share else self._do_each)(things)
                except Exception:
                    log.exception("the room failed")

    def _do_each(self, things: Iterable[Any]) -> None:
        """Each in a turn of its own: a command is acknowledged before any event of it."""
        for thing in things:
            with self._host.turn():
                if isinstance(thing, Lost):
                    self._host.lost(thing.socket)
                else:
                    self._answer(thing, partial(self._handled, thing))

    def _handled(self, asked: Asked) -> object:
        return self._commands.handle(asked.socket, asked.given())

    def _do_together(self, postings: Iterable[Any]) -> None:
        """Many postings, one commit: the disk is waited for once."""
        waiting = iter(postings)
        while together := list(islice(waiting, MOST_IN_ONE_COMMIT)):
            with self._host.turn():
                replies = self._replies(together)
                for asked, reply in zip(together, replies, strict=True):
                    self._answer(asked, reply)

    def _replies(self, together: list[Asked]) -> list[Reply]:
        """What to answer each with, once all is true that they change; when the disk says no, nothing of it is."""
        replies: list[Reply] = []
        changes: list[Change] = []
        for asked in together:
            decision = self._decided(asked)
            changes += decision.changes
            replies.append(decision.reply)
        try:
            self._host.change(changes)
        except Exception as error:  # noqa: BLE001  # it is answered
            return [reply if _stands(reply) else Raise(error) for reply in replies]
        finally:
            self._host.room.log.forget_foreseen()
        return replies

    def _decided(self, asked: Asked) -> Decision:
        """One posting as it is decided after those before it; a refusal changes nothing."""
        try:
            decision = self._commands.decide(asked.socket, asked.given())
        except Exception as error:  # noqa: BLE001  # it is answered
            return Decision((), Raise(error))
        self._host.room.log.foresee(decision.changes)
        return decision

    def _answer(self, asked: Asked, act: Reply) -> None:
        """Acknowledge with what an act gives; every refusal of a command becomes one here."""
        try:
            answer = act()
        except Refused as refused:
            log.info("%.40r refused: %s", asked.event, refused)
            answer = refused.answer()
        except Exception:
            log.exception("%.40r failed", asked.event)
            answer = Refused("internal").answer()
        self._ears.ack(asked.socket, asked.ack, answer)


def _may_share(thing: Asked | Lost) -> bool:
    return isinstance(thing, Asked) and isinstance(thing.command, Posting)


def _stands(reply: Reply) -> bool:
    """Whether an answer is right although nothing came true of what was decided before it."""
    if not isinstance(reply, Raise):
        return False
    return not (isinstance(reply.error, Refused) and reply.error.code == "gap")


def command_of(event: object, arguments: list[Any]) -> Command:
    """The command that an event is; raises unknown-command, malformed."""
    if event is None:
        raise Refused("malformed", at="$")
    kind = COMMANDS.get(event) if isinstance(event, str) else None
    if kind is None:
        raise Refused("unknown-command")
    if len(arguments) > 1:
        raise Refused("malformed", at="$")
    return decode(arguments[0] if arguments else {}, kind)
