"""One listener for all commands: an event in, a struct to the host, the acknowledgement out."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Protocol

from chatapp.errors import Refused
from chatapp.protocol import COMMANDS, Command
from chatapp.server.codec import decode
from chatapp.server.commands import Commands
from chatapp.server.host import Host

log = logging.getLogger(__name__)


class Ears(Protocol):
    """What hears clients and answers them."""

    def listen(self, heard: Callable[[str, object, list[Any], int | None], None], gone: Callable[[str], None]) -> None:
        """Call `heard` for each event of a socket (its name, arguments, ack id), `gone` once when it is lost."""

    def ack(self, socket: str, ack: int | None, answer: object) -> None:
        """Answer one event, if its sender asked for an answer."""


def listen(transport: Ears, host: Host, commands: Commands) -> None:
    """Let the room hear what comes in by the transport."""

    def heard(socket: str, event: object, arguments: list[Any], ack: int | None) -> None:
        # The lock is held until the acknowledgement is on its way, so no event of the command comes before it.
        with host.turn():
            transport.ack(socket, ack, answer(commands, socket, event, arguments))

    transport.listen(heard, host.lost)


def answer(commands: Commands, socket: str, event: object, arguments: list[Any]) -> object:
    """The acknowledgement of one event; every refusal of a command becomes one here."""
    try:
        return commands.handle(socket, command_of(event, arguments))
    except Refused as refused:
        log.info("%.40r refused: %s", event, refused)
        return refused.answer()
    except Exception:
        log.exception("%.40r failed", event)
        return Refused("internal").answer()


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
