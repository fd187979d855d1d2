"""Real traffic, mutated: what a client of this room sends, with letters, pieces and frames that are not the same."""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Iterator

from tests.contract.people import fresh_token
from tests.edge.hostile import BINARY, CLOSE, PING, PONG, TEXT, Intruder, frame

FRAMES_OF_A_CONNECTION = 300
"""Below what one client may send at once."""
WILD = 0.2
"""How many conversations end with a frame that is no command at all."""
PIXEL = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
COMMANDS: list[tuple[str, object]] = [
    ("join", {"token": "x" * 43, "name": "준", "outbox": "main", "since": 1, "epoch": "x"}),
    ("say", {"mid": 1, "text": "안녕하세요 👋"}),
    ("show", {"mid": 2, "image": PIXEL}),
    ("offer", {"mid": 3, "files": [{"name": "과제.pdf", "size": 1000, "type": "application/pdf"}]}),
    ("answer", {"offer": "x", "accept": True}),
    ("withdraw", {"offer": "x"}),
    ("rename", {"name": "준이"}),
    ("history", {"before": 10, "limit": 3}),
    ("history", {"after": 0, "limit": 3}),
    ("picture", {"id": "x"}),
    ("typing", {}),
    ("remove", {"member": "x"}),
    ("configure", {"title": "교실", "pin": "1234", "locked": False}),
    ("close", {}),
]
PIECES = [
    "null",
    "true",
    "-1",
    "1e400",
    "9007199254740993",
    "NaN",
    '"',
    "\\",
    r"\ud800",
    "[",
    "{",
    "]",
    "}",
    ",",
    ":",
    "\0",
    "😀",
    "\u0301",
    "\u202e",
]
PACKETS = [
    "",
    "0",
    "1",
    "2",
    "3",
    "4",
    "40",
    "41",
    "42",
    "43",
    "44",
    "45",
    "46",
    "451-",
    "42/x,",
    "5",
    "6",
    "9",
    "42[]",
]


class Mutator:
    """Mutations by a seed: the same ones again for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def conversation(self) -> Iterator[bytes]:
        """The frames of one connection, commands with acknowledgements asked for; the last one may be wild."""
        for number in range(self._random.randint(1, FRAMES_OF_A_CONNECTION)):
            yield frame(f"42{number}" + self._command())
        if self._random.random() < WILD:
            yield self._wild()

    def _command(self) -> str:
        name, payload = self._random.choice(COMMANDS)
        text = json.dumps([name, payload], ensure_ascii=self._random.random() < 0.5)
        # Digits at the front would change the id of the acknowledgement, by which what was taken is counted.
        return "[" + self._mutated(text[1:])

    def _mutated(self, text: str) -> str:
        for _ in range(self._random.choice((0, 1, 1, 2, 3, 8))):
            start = self._random.randint(0, len(text))
            stop = min(len(text), start + self._random.choice((0, 1, 2, 10)))
            text = text[:start] + self._piece(text) + text[stop:]
        return text

    def _piece(self, text: str) -> str:
        start = self._random.randint(0, len(text))
        pieces = (self._random.choice(PIECES), "", text[start : start + 20], chr(self._random.randint(1, 0xD7FF)))
        return self._random.choice(pieces) * self._random.choice((1, 1, 1, 30))

    def _wild(self) -> bytes:
        """A frame that any layer may stumble over."""
        payload = (self._random.choice(PACKETS) + self._mutated("[]")).encode()
        opcode = self._random.choice((TEXT, TEXT, TEXT, BINARY, 0, CLOSE, PING, PONG, self._random.randint(0, 15)))
        wild = bytearray(frame(payload, opcode, fin=self._random.random() < 0.8, rsv=self._random.choice((0, 0, 0, 4))))
        for _ in range(self._random.choice((0, 0, 1, 3))):
            wild[self._random.randrange(len(wild))] = self._random.randrange(256)
        return bytes(wild)


class Mutant:
    """A client that has mutated conversations, one connection after the other; how each frame was answered."""

    def __init__(self, port: int, seed: int) -> None:
        self._port, self._mutator, self._token = port, Mutator(seed), fresh_token()
        self._name = f"돌연변이 {seed}"
        self.frames = 0
        self.answers: Counter[str] = Counter()

    def converses(self) -> None:
        """One connection: all frames at once, then all that comes until each is answered or the server ends it."""
        frames = list(self._mutator.conversation())
        with Intruder(self._port) as mutant:
            mutant.asks("join", {"token": self._token, "name": self._name}, 9999)
            mutant.tries(b"".join(frames))
            # Who closes its side has said all; the server answers to the end, or ends it first.
            mutant.tries(frame("1"))
            said = mutant.hears_all().data
        self.frames += len(frames)
        self.answers["ok"] += said.count(b'[{"ok":true')
        self.answers["refused"] += said.count(b'[{"ok":false')
        self.answers["internal"] += said.count(b'"code":"internal"')

    def converses_until(self, frames: int, deadline: float) -> None:
        """Many connections, until so many frames are sent or the time is over (time.monotonic)."""
        while self.frames < frames and time.monotonic() < deadline:
            self.converses()
