"""Six people at 60 messages a second through cuts, kills and a frozen server, compared entry by entry."""

from __future__ import annotations

import itertools
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest

from tests.conftest import OpenRoom
from tests.contract.chatters import Chatter
from tests.contract.faults import FaultyLine
from tests.contract.people import Company
from tests.server_process import ServerProcess

PEOPLE = ("민지", "준", "Sora", "Alex", "지우", "하늘")
EACH, GAP = 130, 0.1
"""Messages of each person, and the seconds between two of them: 60 a second in all."""
BETWEEN_FAULTS = 0.3
DEADLINE = 90.0
ROUNDS = 2
FAULTS = ("cut", "reset", "tear", "stall", "kill", "tear", "cut", "stop", "reset", "stall", "freeze", "tear")
"""What happens, over and over: to the line of one person after the other, or to the server."""


class Trouble:
    """Brings the faults about, one at a time."""

    def __init__(self, server: ServerProcess, lines: list[FaultyLine]) -> None:
        self.server = server
        self._all_lines = lines
        self._lines, self._faults = itertools.cycle(lines), itertools.cycle(FAULTS)

    def comes(self) -> None:
        fault, line = next(self._faults), next(self._lines)
        if fault == "kill":
            self.server.kill()
            self.server = self.server.again()
        elif fault == "stop":
            self.server.stop()
            self.server = self.server.again()
        elif fault == "freeze":
            with frozen(self.server):
                time.sleep(BETWEEN_FAULTS)
        else:
            getattr(line, fault)()
            time.sleep(BETWEEN_FAULTS)
            line.flow()

    def close(self) -> None:
        for line in self._all_lines:
            line.close()
        self.server.stop()


@contextmanager
def frozen(server: ServerProcess) -> Iterator[None]:
    os.kill(server.process.pid, signal.SIGSTOP)
    yield
    os.kill(server.process.pid, signal.SIGCONT)


def waits(until: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + DEADLINE
    while not until():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


@pytest.mark.skipif(os.name != "posix", reason="a process is frozen as POSIX does it")
@pytest.mark.timeout(240)
def test_nothing_is_lost_doubled_or_out_of_order(open_room: OpenRoom) -> None:
    server = open_room()
    lines = [FaultyLine(server.port) for _ in PEOPLE]
    chatters = [
        Chatter(line.url, name, [f"{name}의 말 {n}" for n in range(1, EACH + 1)], GAP)
        for name, line in zip(PEOPLE, lines, strict=True)
    ]
    with closing(Trouble(server, lines)) as trouble:
        for chatter in chatters:
            chatter.start()

        for _ in range(ROUNDS * len(FAULTS)):
            trouble.comes()
        waits(lambda: all(chatter.has_said_all() for chatter in chatters), "not everybody could say all")
        truth = everything_in(trouble.server, chatters[0])
        waits(lambda: all(len(chatter.entries) >= len(truth) for chatter in chatters), "somebody does not see all")

        for chatter in chatters:
            chatter.goes()
            is_true_to(chatter, truth)
    assert Counter(entry["kind"] for entry in truth) == {"said": EACH * len(PEOPLE), "joined": len(PEOPLE)}
    assert min(chatter.joins for chatter in chatters) > 2 * ROUNDS, "hardly a cut"


def everything_in(server: ServerProcess, chatter: Chatter) -> list[dict[str, Any]]:
    """The room's whole list, as another tab of somebody reads it."""
    room = Company(server)
    reader = room.enters(chatter.name, chatter.token)
    truth = reader.reads_all()
    reader.closes()
    return truth


def is_true_to(chatter: Chatter, truth: list[dict[str, Any]]) -> None:
    """What this one said is there once and in order, where it was told; and this one shows what is there."""
    mine = [entry for entry in truth if entry["kind"] == "said" and entry["name"] == chatter.name]
    assert chatter.wrong == []
    assert [entry["text"] for entry in mine] == chatter.texts, "lost, doubled or out of order"
    assert [entry["seq"] for entry in mine] == [chatter.acked[mid] for mid in range(1, EACH + 1)], "an untrue answer"
    assert chatter.entries == truth, f"{chatter.name} shows another list"
