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
import time
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
buffer (64 KiB asked for, which Linux doubles), in the server's receive buffer (128 KiB on Linux; it grows only while it
is emptied as fast as it fills), the chunk in the line's hand (64 KiB), and the heads of the next try (1 KiB).
"""
MOST_TWICE = 0.02
"""Which part of a file may go over a line a second time when the file is large."""


@dataclass
class Outcome:
    """What came of it; `twice` and `broken` are for the line of the upload and for that of the download."""

    same: bool = False
    told: Json = field(default_factory=dict)
    kinds: list[str] = field(default_factory=list)
    seconds: float = 0.0
    twice: tuple[int, ...] = ()
    broken: tuple[int, ...] = ()
    cuts: list[int] = field(default_factory=lambda: [0, 0])
    resets: list[int] = field(default_factory=lambda: [0, 0])
    kills: int = 0
    kills_amid_both: int = 0


class Chance:
    """Which fault comes when: a line, a number of bytes that it has carried, and what happens then."""

    def __init__(self, seed: int, size: int, cuts: int, kills: int) -> None:
        self._random = random.Random(seed)
        kinds = ["kill"] * kills + ["cut"] * (cuts // 2) + ["reset"] * (cuts - cuts // 2)
        self._random.shuffle(kinds)
        self.faults = [self._spread(kinds[side::2], size) for side in range(2)]

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
        for number, faults in enumerate(Chance(seed, size, cuts, kills).faults):
            for carried, kind in faults:
                self.lines[number].when(carried, partial(self._fault, number, kind))

    def _fault(self, number: int, kind: str) -> bool:
        """Do it, if it is in the middle of that line's transfer."""
        if not self.sides[number].moving or not self.house.open.is_set():
            return False
        if kind == "kill":
            self.outcome.kills += 1
            self.outcome.kills_amid_both += all(side.moving for side in self.sides)
            self.house.dies()
            self._events.put("killed")
        elif kind == "cut":
            self.outcome.cuts[number] += 1
            self.lines[number].cut()
        else:
            self.outcome.resets[number] += 1
            self.lines[number].reset()
        return True

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
        self.outcome.told, self.outcome.kinds = self.house.told(), self.house.kinds()
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
    done = sum(out.cuts) + sum(out.resets)
    print(
        f"{out.cuts} cut, {out.resets} reset, {out.kills} killed ({out.kills_amid_both} amid both), broken {out.broken}"
    )
    print(f"{out.seconds:.1f} s, SHA-256 equal: {out.same}, ledger: {out.told}")
    print("twice: " + ", ".join(f"{twice:,} bytes = {100 * twice / size:.2f} %" for twice in out.twice))
    held = out.same and out.told == {"state": "received", "bytes": size} and "left" not in out.kinds
    return 0 if held and (done, out.kills) == (given.cuts, given.kills) and max(out.twice) <= MOST_TWICE * size else 1


if __name__ == "__main__":
    sys.exit(main())
