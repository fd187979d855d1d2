"""Attacks that are slow: all at once, because each is only over after seconds of waiting."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from chatapp.server.allowance import MESSAGE_SECONDS, OPENING_SECONDS, OVERDRAWN_SECONDS
from chatapp.server.connections import HEAD_SECONDS
from chatapp.server.fanout import STALLED_SECONDS
from chatapp.server.transport import PING_SECONDS
from tests.edge.hostile import Intruder, Line, frame, upgrade
from tests.edge.siege import Siege

LATE_SECONDS = 8.0
"""How late the server may be, on a loaded machine and by its pings, which come every 5 s."""
TOO_FAR = 1008


@dataclass(frozen=True)
class End:
    """How the server ended it, and after how long."""

    how: object
    seconds: float


def silent(siege: Siege) -> object:
    with Line(siege.port) as line:
        line.socket.settimeout(HEAD_SECONDS + LATE_SECONDS)
        said = line.hears_all()
        return said.status, said.code


def slow_head(siege: Siege) -> object:
    with Line(siege.port) as line:
        line.sends(b"GET / HT")
        while not line.is_ended():
            line.tries(b"x")
            time.sleep(0.5)
        said = line.hears_all()
        return said.status, said.code


def opening_alone(siege: Siege) -> object:
    """It opens a WebSocket, answers pings, and never opens Socket.IO's namespace."""
    with Line(siege.port) as line:
        line.sends(upgrade(siege.port))
        while not line.is_ended():
            line.tries(frame("3"))
            time.sleep(0.5)
        return line.close_code()


def slow_message(siege: Siege) -> object:
    with Intruder(siege.port, "준") as jun:
        jun.sends(frame("42", says=1_000))
        while not jun.is_ended():
            jun.tries(b"x")
            time.sleep(0.5)
        return jun.close_code()


def flooding(siege: Siege) -> object:
    """It goes on and on, and reads its acknowledgements."""
    with Intruder(siege.port, "준") as jun, ThreadPoolExecutor(1) as threads:
        jun.socket.settimeout(OVERDRAWN_SECONDS + LATE_SECONDS)
        code = threads.submit(jun.close_code)
        while not code.done() and jun.tries(frame('42["typing",{}]') * 50):
            pass
        return code.result()


def reading_nothing(siege: Siege, sign_of_life: bytes = b"") -> object:
    """It asks for more than the connection holds, and takes nothing of it, until it has lost its seat."""
    with Intruder(siege.port, "준") as jun:
        jun.socket.settimeout(0.5)
        jun.tries(frame('421["history",{}]') * 300)
        while jun.name in siege.names():
            jun.tries(sign_of_life)
            time.sleep(1.0)
        return "cut"


def ponging_and_reading_nothing(siege: Siege) -> object:
    return reading_nothing(siege, frame("3"))


ATTACKS: list[tuple[Callable[[Siege], object], object, float]] = [
    (silent, (408, "malformed"), HEAD_SECONDS),
    (slow_head, (408, "malformed"), HEAD_SECONDS),
    (opening_alone, TOO_FAR, OPENING_SECONDS),
    (slow_message, TOO_FAR, MESSAGE_SECONDS),
    (flooding, TOO_FAR, OVERDRAWN_SECONDS),
    (reading_nothing, "cut", 2 * PING_SECONDS),
    (ponging_and_reading_nothing, "cut", STALLED_SECONDS),
]


@pytest.fixture(scope="module")
def ends(siege: Siege) -> dict[str, End]:
    """How each attack ended, while the good client talked on."""

    def suffer(attack: Callable[[Siege], object]) -> End:
        began = time.monotonic()
        return End(attack(siege), time.monotonic() - began)

    with siege.holds(), ThreadPoolExecutor(len(ATTACKS)) as threads:
        running = {attack.__name__: threads.submit(suffer, attack) for attack, _, _ in ATTACKS}
    return {name: attack.result() for name, attack in running.items()}


@pytest.mark.parametrize(("attack", "how", "seconds"), ATTACKS, ids=[attack.__name__ for attack, _, _ in ATTACKS])
def test_it_ends_in_time(ends: dict[str, End], attack: Callable[[Siege], object], how: object, seconds: float) -> None:
    end = ends[attack.__name__]

    assert end.how == how
    assert end.seconds < seconds + LATE_SECONDS
