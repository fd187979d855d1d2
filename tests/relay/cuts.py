"""A large file over lines that are cut, to a program that is killed, as much as one has patience for.

    python -m tests.relay.cuts [--size MIB] [--cuts 100] [--kills 5] [--seed N]

It ends with 1 when the file is not the same, 준 has not received it, a fault came to nothing, or more than 2 % of the
file went over a line a second time.
"""

from __future__ import annotations

import argparse
import queue
import random
import secrets
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tests.contract.faults import FaultyLine
from tests.contract.people import Json
from tests.relay.crossing import House, Made, Recipient, Sender, Side

MEGABYTE = 2**20
APART = 256 * 1024
"""How many bytes a line carries at least between two faults, and after the last one."""
RATE = 64.0 * MEGABYTE
"""Bytes a second, as in a LAN; without it a line is only as slow as its ends, which never empty their buffers."""
IN_FLIGHT = 512 * 1024
"""What one break may cost a line.

A byte goes twice when the line has handed it on and its receiver has not taken it. That is what lies in the line's send
buffer (64 KiB asked for, which Linux doubles), in the server's receive buffer (128 KiB on Linux to begin with), the
chunk in the line's hand (64 KiB), and the heads of the next try (1 KiB): 321 KiB. The rest is for a receive buffer that
has grown, as on a busy computer.
"""
MOST_TWICE = 0.02
"""Which part of a file may go over a line a second time when the file is large."""
SIDES = ("upload", "download")
"""Whose lines they are, in this order everywhere."""


@dataclass
class Outcome:
    """What came of it; `faults` has each kind with whose body it came into: "cut upload", "reset both", "kill both"."""

    same: bool = False
    told: Json = field(default_factory=dict)
    mine: str = ""
    kinds: list[str] = field(default_factory=list)
    seconds: float = 0.0
    twice: tuple[int, ...] = ()
    broken: tuple[int, ...] = ()
    faults: Counter[str] = field(default_factory=Counter)

    def count(self, *words: str) -> int:
        """How many faults were of one of these kinds, or came into one of these bodies."""
        return sum(count for name, count in self.faults.items() if set(words) & set(name.split()))

    def is_received(self, size: int) -> bool:
        """Whether both ends say that 준 has all of it."""
        return self.told == {"state": "received", "bytes": size} and self.mine == "received"


class Chance:
    """Which fault comes when: for each line how many bytes it has carried, and what happens then.

    Every second fault of the upload's line, but the last, is one of both: as long as there is something to upload, the
    download is not over.
    """

    def __init__(self, seed: int, size: int, cuts: int, kills: int) -> None:
        self._random = random.Random(seed)
        kinds = ["kill"] * kills + ["cut"] * (cuts // 2) + ["reset"] * (cuts - cuts // 2)
        self._random.shuffle(kinds)
        self.faults = [self._spread(kinds[side::2], size) for side in range(len(SIDES))]
        broken = [number for number, (_, kind) in enumerate(self.faults[0][:-1]) if kind != "kill"]
        for number in broken[::2]:
            carried, kind = self.faults[0][number]
            self.faults[0][number] = (carried, f"{kind} both")

    def _spread(self, kinds: list[str], size: int) -> list[tuple[int, str]]:
        free = size - APART * (len(kinds) + 1)
        assert free > 0, "too small a file for so many faults"
        places = sorted(self._random.randrange(free) for _ in kinds)
        return [
            (place + APART * number, kind) for number, (place, kind) in enumerate(zip(places, kinds, strict=True), 1)
        ]


class Crossing:
    """One run: both sides move, the lines do the faults, and this one starts the program again."""

    def __init__(self, folder: Path, seed: int, size: int, cuts: int, kills: int) -> None:
        self.outcome, self.made = Outcome(), Made(seed, size)
        self.house = House(folder / "data", size)
        self.lines = [FaultyLine(self.house.company.server.port, RATE) for _ in range(2)]
        most = 10 * (cuts + kills) + 50
        self.recipient = Recipient(self.house, self.lines[1], most, folder / "과제.part", size)
        self.sides: list[Side] = [Sender(self.house, self.lines[0], most, self.made), self.recipient]
        self._events: queue.Queue[str] = queue.Queue()
        self._one_by_one = threading.Lock()
        for number, faults in enumerate(Chance(seed, size, cuts, kills).faults):
            for carried, kind in faults:
                self.lines[number].when(carried, partial(self._fault, number, kind))

    def _fault(self, number: int, fault: str) -> bool:
        """Do it, if it comes in the middle of that line's body, and of the other's when it is one of both."""
        kind, _, both = fault.partition(" ")
        with self._one_by_one:
            amid = [each for each in range(len(SIDES)) if self.sides[each].moving]
            if number not in amid or (both and len(amid) < len(SIDES)) or not self.house.open.is_set():
                return False
            hit = amid if both or kind == "kill" else [number]
            for each in hit:
                self.sides[each].is_hit()
            self.outcome.faults[f"{kind} {'both' if len(hit) > 1 else SIDES[number]}"] += 1
            self._does(kind, hit)
        return True

    def _does(self, kind: str, hit: list[int]) -> None:
        if kind == "kill":
            self.house.dies()
            self._events.put("killed")
            return
        for number in hit:
            line = self.lines[number]
            (line.cut if kind == "cut" else line.reset)()

    def runs(self) -> Outcome:
        """Go through with it."""
        started = time.monotonic()
        with ThreadPoolExecutor(2) as threads:
            moves = [threads.submit(side.moves) for side in self.sides]
            for move in moves:
                move.add_done_callback(lambda _: self._events.put("moved"))
            self._sees_to_it(moves)
        for move in moves:
            move.result()
        self.outcome.seconds = time.monotonic() - started
        self._looks()
        return self.outcome

    def _sees_to_it(self, moves: list[Future[None]]) -> None:
        while not all(move.done() for move in moves):
            if self._events.get() == "killed":
                self.house.is_alive_again()

    def _looks(self) -> None:
        self.outcome.same = self.recipient.sha256() == self.made.sha256()
        self.outcome.told, self.outcome.mine = self.house.told(), self.house.mine()
        self.outcome.kinds = self.house.kinds()
        self.outcome.twice = tuple(line.carried - self.made.size for line in self.lines)
        self.outcome.broken = tuple(side.broken for side in self.sides)

    def ends(self) -> None:
        """Let go of all."""
        for line in self.lines:
            line.close()
        self.house.ends()


def cross(folder: Path, seed: int, size: int, cuts: int, kills: int) -> Outcome:
    """Bring a file of `size` bytes across; what came of it."""
    crossing = Crossing(folder, seed, size, cuts, kills)
    try:
        return crossing.runs()
    finally:
        crossing.ends()


def main() -> int:
    """Cross, report, and say whether all held."""
    parser = argparse.ArgumentParser(description="A large file over lines that are cut.")
    parser.add_argument("--size", type=int, default=1024, help="MiB")
    parser.add_argument("--cuts", type=int, default=100)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--seed", type=int, default=secrets.randbits(32))
    given = parser.parse_args()
    print(f"seed {given.seed}")
    size = given.size * MEGABYTE
    with tempfile.TemporaryDirectory() as folder:
        out = cross(Path(folder), given.seed, size, given.cuts, given.kills)
    print(", ".join(f"{count} {name}" for name, count in sorted(out.faults.items())) + f"; felt: {out.broken}")
    print(f"{out.seconds:.1f} s, SHA-256 equal: {out.same}, ledger: {out.told}, mine: {out.mine}")
    print("twice: " + ", ".join(f"{twice:,} bytes = {100 * twice / size:.2f} %" for twice in out.twice))
    came = (out.count("cut", "reset"), out.count("kill")) == (given.cuts, given.kills)
    held = out.same and out.is_received(size) and "left" not in out.kinds
    return 0 if came and held and max(out.twice) <= MOST_TWICE * size else 1


if __name__ == "__main__":
    sys.exit(main())
