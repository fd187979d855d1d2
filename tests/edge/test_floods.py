"""Clients that send as fast as they can, and clients that take nothing."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from select import select

import pytest

from chatapp.protocol import Limits
from tests.edge.hostile import PING, Intruder, frame
from tests.edge.siege import Siege

FLOOD_SECONDS = 1.5
ACK = re.compile(rb'43(\d+)\[\{"ok":(true|false)(?:,"code":"([a-z-]+)")?')
Packet = Callable[[int], str]


def says(number: int) -> str:
    """One thing said, as a packet."""
    return f'42{number}["say",{{"mid":{number + 1},"text":"flood"}}]'


class Flood:
    """Somebody sends as fast as possible for a while, and reads what comes; which codes were answered how often."""

    def __init__(self, jun: Intruder, packet: Packet) -> None:
        self._jun, self._packet = jun, packet
        self._sent, self._rest, heard = 0, b"", b""
        jun.socket.setblocking(False)
        over = time.monotonic() + FLOOD_SECONDS
        while time.monotonic() < over:
            readable, writable, _ = select([jun.socket], [jun.socket], [], FLOOD_SECONDS)
            if writable:
                self._send_some()
            if readable:
                heard += jun.socket.recv(262_144)
        answers = ACK.findall(heard)
        assert [int(number) for number, _, _ in answers] == list(range(len(answers)))
        self.codes = Counter("ok" if ok == b"true" else code.decode() for _, ok, code in answers)

    def _send_some(self) -> None:
        if not self._rest:
            self._rest = b"".join(frame(self._packet(self._sent + number)) for number in range(50))
            self._sent += 50
        self._rest = self._rest[self._jun.socket.send(self._rest) :]


def sends_without_end(siege: Siege, data: bytes) -> None:
    """Somebody sends the same for a while, or until nothing is taken any more, and reads nothing."""
    with Intruder(siege.port, "준") as jun:
        jun.socket.settimeout(0.5)
        over = time.monotonic() + FLOOD_SECONDS
        while time.monotonic() < over and jun.tries(data * 200):
            pass


def test_a_flood_is_answered_with_slow_down_and_the_others_hardly_notice(siege: Siege) -> None:
    def floods() -> None:
        with Intruder(siege.port, "준") as jun:
            flooded = Flood(jun, says)
        assert flooded.codes["slow-down"] > flooded.codes["ok"] >= Limits().burst

    with siege.holds():
        siege.barely_notices(floods)


FLOODS: dict[str, Packet] = {
    "history": lambda n: f'42{n}["history",{{}}]',
    "unknown commands": lambda n: f'42{n}["shout",{{}}]',
    "malformed commands": lambda n: f'42{n}["say",{{"mid":NaN}}]',
    "typing": lambda n: f'42{n}["typing",{{}}]',
    "renaming": lambda n: f'42{n}["rename",{{"name":"준 {n}"}}]',
}


@pytest.mark.parametrize("packet", FLOODS.values(), ids=FLOODS)
def test_the_others_hardly_notice_a_flood_of(siege: Siege, packet: Packet) -> None:
    def floods() -> None:
        with Intruder(siege.port, "준") as jun:
            assert Flood(jun, packet).codes.total() > Limits().burst

    with siege.holds():
        siege.barely_notices(floods)


def test_a_flood_of_ten_at_once_delays_nobody_by_a_second(siege: Siege) -> None:
    with siege.holds(), ExitStack() as stack, ThreadPoolExecutor(10) as threads:
        many = [stack.enter_context(Intruder(siege.port, "준")) for _ in range(10)]
        floods = list(threads.map(lambda jun: Flood(jun, says), many))

    assert all(flood.codes["slow-down"] for flood in floods)


def test_pings_without_end_whose_answers_nobody_reads_take_no_memory(siege: Siege) -> None:
    with siege.holds(growth=24 * 2**20):
        siege.barely_notices(lambda: sends_without_end(siege, frame("x" * 125, PING)))


@pytest.mark.parametrize("asked", ['["history",{}]', '["shout",{}]'])
def test_who_asks_without_end_and_reads_nothing_takes_no_memory(siege: Siege, asked: str) -> None:
    with siege.holds(growth=24 * 2**20):
        siege.barely_notices(lambda: sends_without_end(siege, frame(f"421{asked}")))


def test_a_room_that_is_joined_and_left_without_end_is_as_before(siege: Siege) -> None:
    with siege.holds():
        over = time.monotonic() + FLOOD_SECONDS
        while time.monotonic() < over:
            with Intruder(siege.port, "준"):
                pass
