"""One file from 민지 to 준 over lines that break: each side goes on by itself from where it is."""

from __future__ import annotations

import hashlib
import http.client
import random
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import urlsplit

from tests.contract.faults import FaultyLine
from tests.contract.people import Company, Json
from tests.contract.wire import PATIENCE, TUS, read
from tests.server_process import ServerProcess

BLOCK = 256 * 1024
READ = 64 * 1024
NOT_NOW = (409, 429)
"""Where a try meets what is left of the last one, it is made again."""
OFFSET = {**TUS, "Content-Type": "application/offset+octet-stream"}


class Made:
    """The bytes of a file that is never in memory, nor on disk, as a whole: each block comes from its own seed."""

    def __init__(self, seed: int, size: int) -> None:
        self.seed, self.size = seed, size

    def since(self, offset: int) -> Iterator[bytes]:
        """All from a byte on, in pieces."""
        while offset < self.size:
            number, skipped = divmod(offset, BLOCK)
            block = random.Random(f"{self.seed} {number}").randbytes(min(BLOCK, self.size - number * BLOCK))
            yield block[skipped:]
            offset = (number + 1) * BLOCK

    def sha256(self) -> str:
        """The hash of all."""
        hashed = hashlib.sha256()
        for piece in self.since(0):
            hashed.update(piece)
        return hashed.hexdigest()


class House:
    """The real program with 민지 and 준 in its room, who have agreed on one file; kill -9 and another run."""

    def __init__(self, folder: Path, size: int) -> None:
        self.company = Company(ServerProcess("--grace", "3600", data=folder))
        self.open = threading.Event()
        self.uploads: list[Json] = []
        self.minji, self.jun = self.company.enters("민지"), self.company.enters("준")
        self.offer: Json = self.minji.offers(("과제.bin", size))
        self.jun.accepts(self.offer)
        self._is_ready()

    def _is_ready(self) -> None:
        # None is wanted any more when all has come; who has not heard so asks at the same place as before.
        self.uploads = self.minji.sees(self.offer)["uploads"] or self.uploads
        self.downloads = self.jun.sees(self.offer)["downloads"]
        self.open.set()

    def dies(self) -> None:
        """As by kill -9."""
        self.open.clear()
        self.company.server.process.kill()

    def is_alive_again(self) -> None:
        """Another run on the same data and port; both come back with the token that they remember."""
        self.company.server.kill()
        self.company.server = self.company.server.again()
        tokens = self.minji.token, self.jun.token
        for person in self.company.people:
            person.closes()
        self.company.people.clear()
        self.minji, self.jun = (
            self.company.enters(name, token) for name, token in zip(("민지", "준"), tokens, strict=True)
        )
        self._is_ready()

    def told(self) -> Json:
        """준 in the ledger as 민지 sees it."""
        entry: Json = self.minji.sees(self.offer)["ledger"][self.jun.id]
        return entry

    def mine(self) -> str:
        """Where the offer stands for 준, as he sees it."""
        return str(self.jun.sees(self.offer)["mine"])

    def kinds(self) -> list[str]:
        """The kinds of all entries of the room."""
        return [entry["kind"] for entry in self.minji.reads_all()]

    def ends(self) -> None:
        """Everybody goes, the program stops."""
        self.company.all_go()
        self.company.server.stop()


class Side:
    """Who moves the file over a line, however often that breaks; `broken`: how many faults ended a try."""

    def __init__(self, house: House, line: FaultyLine, most: int) -> None:
        self.house, self.line, self.most = house, line, most
        self.moving = self._hit = False
        self.broken = 0

    def moves(self) -> None:
        """Try until the whole file is there; raises AssertionError when that takes too many times."""
        for _ in range(self.most):
            assert self.house.open.wait(PATIENCE * 3), "the program did not come back"
            done = False
            with suppress(OSError, http.client.HTTPException):
                done = self.goes_on()
            self.moving = False
            if done:
                return
            self.broken += self._hit
            self._hit = False
        raise AssertionError("it never ends")

    def is_hit(self) -> None:
        """A fault comes in the middle of its body; it moves no more until the next try's."""
        self.moving, self._hit = False, True

    def goes_on(self) -> bool:
        """One more try; whether all is there now."""
        raise NotImplementedError

    def connection(self) -> http.client.HTTPConnection:
        """One more connection over the line."""
        return http.client.HTTPConnection(urlsplit(self.line.url).netloc, timeout=PATIENCE)


class Sender(Side):
    """Asks the server where to go on, and does."""

    def __init__(self, house: House, line: FaultyLine, most: int, made: Made) -> None:
        super().__init__(house, line, most)
        self.made = made

    def goes_on(self) -> bool:
        """HEAD, and PATCH from there."""
        with closing(self.connection()) as connection:
            connection.request("HEAD", self.house.uploads[0]["url"], headers=TUS)
            answer = read(connection.getresponse())
            if answer.status in NOT_NOW:
                return False
            assert answer.status == 200, answer
            offset = int(answer.headers["upload-offset"])
        return offset == self.made.size or self._sends(offset)

    def _sends(self, offset: int) -> bool:
        rest = {"Upload-Offset": str(offset), "Content-Length": str(self.made.size - offset)}
        with closing(self.connection()) as connection:
            connection.putrequest("PATCH", self.house.uploads[0]["url"])
            for name, value in {**OFFSET, **rest}.items():
                connection.putheader(name, value)
            connection.endheaders()
            self.moving = True
            for piece in self.made.since(offset):
                connection.send(piece)
            answer = read(connection.getresponse())
            assert answer.status in (204, *NOT_NOW), answer
            return answer.status == 204


class Recipient(Side):
    """Adds to the part file, from its end on."""

    def __init__(self, house: House, line: FaultyLine, most: int, part: Path, size: int) -> None:
        super().__init__(house, line, most)
        self.part, self.size = part, size
        self.etag = ""

    def goes_on(self) -> bool:
        """GET, with Range and If-Range once something is there."""
        at = self.part.stat().st_size if self.part.exists() else 0
        if at == self.size:
            return True
        asked = {"Range": f"bytes={at}-", "If-Range": self.etag} if at else {}
        with closing(self.connection()) as connection:
            connection.request("GET", self.house.downloads[0]["url"], headers=asked)
            with connection.getresponse() as response:
                if response.status in NOT_NOW:
                    return False
                self._is_the_rest(response, at)
                return self._takes(response)

    def _is_the_rest(self, response: http.client.HTTPResponse, at: int) -> None:
        etag, where = response.headers["ETag"], response.headers["Content-Range"]
        assert response.status == (206 if at else 200), response.status
        assert where == (f"bytes {at}-{self.size - 1}/{self.size}" if at else None), where
        assert etag.startswith('"'), "only a strong ETag is good for Range"
        assert etag == (self.etag or etag), "the same file"
        self.etag = etag

    def _takes(self, response: http.client.HTTPResponse) -> bool:
        self.moving = True
        with self.part.open("ab", buffering=0) as part:
            while data := response.read1(READ):
                part.write(data)
            missing = self.size - part.tell()
        if missing:
            raise http.client.IncompleteRead(b"", missing)
        return True

    def sha256(self) -> str:
        """The hash of what is there."""
        with self.part.open("rb") as part:
            return hashlib.file_digest(part, "sha256").hexdigest()
