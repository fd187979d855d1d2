"""Two computers and a cable, made of network namespaces; nothing in them reaches any other network."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import IO, Self

import msgspec
import pytest

from chatapp.lan.discovery import FoundRoom, Sign
from scripts._setup import ROOT
from tests.tools import need, need_root

HERE, THERE = "10.77.0.1", "10.77.0.2"
PATIENCE = 20.0
NEIGHBOUR = "tests.lan.neighbour"


class Network:
    """민지's computer at HERE and 준's at THERE; `open` makes it, and the end of its `with` removes it."""

    def __init__(self) -> None:
        ip = str(need("ip"))
        need_root("networks of the tests' own")
        self._ip, self._names = ip, (f"chatapp-{os.getpid()}-a", f"chatapp-{os.getpid()}-b")
        self._programs: list[subprocess.Popen[str]] = []
        self._readers: list[threading.Thread] = []

    def __enter__(self) -> Self:
        first, second = self._names
        for name in self._names:
            self._do("netns", "add", name)
        self._do("-n", first, "link", "add", "cable", "type", "veth", "peer", "name", "cable", "netns", second)
        for name, address in zip(self._names, (HERE, THERE), strict=True):
            self._do("-n", name, "address", "add", f"{address}/24", "dev", "cable")
            self._do("-n", name, "link", "set", "cable", "up")
            self._do("-n", name, "link", "set", "lo", "up")
        return self

    def __exit__(self, *_: object) -> None:
        for program in self._programs:
            program.kill()
            program.wait()
        for reader in self._readers:
            reader.join()
        for program in self._programs:
            close_pipes(program)
        for name in self._names:
            self._do("netns", "delete", name)

    def _do(self, *arguments: str) -> None:
        subprocess.run([self._ip, *arguments], check=True, timeout=PATIENCE)

    def adds_interface(self, name: str, address: str) -> None:
        """민지's computer has one more interface; at the end of its cable is nobody."""
        here = self._names[0]
        self._do("-n", here, "link", "add", name, "type", "veth", "peer", "name", f"{name}-end")
        self._do("-n", here, "address", "add", address, "dev", name)
        self._do("-n", here, "link", "set", name, "up")

    def leads_out_by(self, router: str) -> None:
        """What 민지's computer sends to the rest of the world goes to this address."""
        self._do("-n", self._names[0], "route", "add", "default", "via", router)

    def on(self, place: int) -> tuple[str, ...]:
        """The command that runs another one on one of the two computers."""
        return (self._ip, "netns", "exec", self._names[place])

    def start(self, place: int, module: str, *arguments: str) -> subprocess.Popen[str]:
        """Run a Python program on one of the two computers."""
        command = [*self.on(place), sys.executable, "-m", module]
        pipe = subprocess.PIPE
        program = subprocess.Popen([*command, *arguments], stdin=pipe, stdout=pipe, text=True, cwd=ROOT)
        self._programs.append(program)
        return program

    def read(self, lines: IO[str], take: Callable[[str], None]) -> None:
        """Give each line to `take` until its program has ended."""

        def reading() -> None:
            for line in lines:
                take(line)

        self._readers.append(threading.Thread(target=reading))
        self._readers[-1].start()


def close_pipes(program: subprocess.Popen[str]) -> None:
    """Close what is left of a program that has ended."""
    for pipe in (program.stdin, program.stdout):
        if pipe:
            with suppress(BrokenPipeError):
                pipe.close()


class Announcer:
    """민지's program, which hosts a room."""

    def __init__(self, network: Network, sign: Sign, port: int = 27272) -> None:
        self._program = network.start(0, NEIGHBOUR, HERE, str(port))
        self.says(sign)

    def says(self, sign: Sign) -> None:
        """From now on the room says this of itself."""
        assert self._program.stdin
        self._program.stdin.write(msgspec.json.encode(sign).decode() + "\n")
        self._program.stdin.flush()

    def closes(self) -> None:
        """The room ends in order."""
        assert self._program.stdin
        self._program.stdin.close()
        assert self._program.wait(PATIENCE) == 0


class Seeker:
    """준's program, which looks for rooms."""

    def __init__(self, network: Network) -> None:
        program = network.start(1, NEIGHBOUR, "find")
        self._lists: queue.Queue[tuple[FoundRoom, ...]] = queue.Queue()
        assert program.stdout
        network.read(program.stdout, self._take)

    def _take(self, line: str) -> None:
        self._lists.put(msgspec.json.decode(line, type=tuple[FoundRoom, ...]))

    def sees(self, *expected: FoundRoom) -> None:
        """Wait until the list is exactly this."""
        self.waits_for(lambda rooms: rooms == expected)

    def waits_for(self, wanted: Callable[[tuple[FoundRoom, ...]], bool]) -> tuple[FoundRoom, ...]:
        """The first list that is as wanted."""
        rooms: tuple[FoundRoom, ...] | None = None
        while rooms is None or not wanted(rooms):
            try:
                rooms = self._lists.get(timeout=PATIENCE)
            except queue.Empty:
                pytest.fail(f"saw {rooms} last")
        return rooms
