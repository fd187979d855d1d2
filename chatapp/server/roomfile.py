"""The room's file as a file: whether it is ours and whole, how it is set aside, and one program at a time."""

from __future__ import annotations

import os
import sqlite3
import sys
from contextlib import closing, suppress
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from struct import Struct, unpack
from urllib.parse import quote

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

ROOM_FILE = "room.sqlite3"
LOCK_FILE = "room.lock"
APPLICATION_ID = int.from_bytes(b"ChAp", "big")
FORMAT = 1
"""The file's own version (SQLite's user_version); what an older program could not read is another FORMAT."""

MAGIC = b"SQLite format 3\0"
HEADER_BYTES = 100
WAL_HEADER_BYTES = 32
WAL_FRAME = Struct(">II8s8x")
"""A frame's head: its page; the database's pages after a commit, else 0; the salt of this -wal; checksums."""
# The database is renamed first: should the program die in between, the next start finds a -wal without it.
# The other way round the database would open without its newest entries, and nobody would know.
PARTS = ("", "-wal", "-shm", "-journal")


class Unusable(Exception):
    """The folder cannot keep a room; one line that names it and says why."""


class Unfit(Exception):
    """The file is not the whole room that it should be: the reason in one word, and in a sentence."""

    def __init__(self, reason: str, words: str) -> None:
        super().__init__(reason, words)
        self.reason = reason
        self.words = words


class FolderLock:
    """One program for one folder; the system itself lets go when the program ends, however it ends."""

    def __init__(self, folder: Path) -> None:
        """Take the lock, and make the folder where there is none; raises Unusable."""
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise Unusable(f"{folder} cannot keep a room: {error.strerror}") from error
        try:
            self._take()
        except OSError as error:
            os.close(self._file)
            raise Unusable(f"{folder} is in use by another room") from error

    if sys.platform == "win32":

        def _take(self) -> None:
            msvcrt.locking(self._file, msvcrt.LK_NBLCK, 1)

        def release(self) -> None:
            """Let another program have the folder."""
            # Windows frees the lock of a file that was merely closed when it finds the time.
            os.lseek(self._file, 0, os.SEEK_SET)
            msvcrt.locking(self._file, msvcrt.LK_UNLCK, 1)
            os.close(self._file)
    else:

        def _take(self) -> None:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)

        def release(self) -> None:
            """Let another program have the folder."""
            os.close(self._file)


def check_whole(path: Path) -> bool:
    """Whether there is a room file, without changing a byte; raises Unfit, OSError when it cannot be written.

    SQLite takes an emptied file for a new one, deletes the -wal beside it, and reads a lost page as zeros.
    """
    if not os.path.lexists(path):
        if left := [part for part in PARTS if os.path.lexists(beside(path, part))]:
            raise Unfit("orphaned", f"{path.name} is gone, and only {path.name}{left[0]} was left of it")
        return False
    if not path.is_file():
        raise Unfit("foreign", f"{path.name} is no file")
    with path.open("r+b") as file:
        _check_header(path, file.read(HEADER_BYTES))
    return True


def _check_header(path: Path, header: bytes) -> None:
    """The file format's first 100 bytes (sqlite.org/fileformat2.html, 1.3)."""
    if not header:
        raise Unfit("empty", f"{path.name} was empty")
    if not MAGIC.startswith(header[: len(MAGIC)]):
        raise Unfit("foreign", f"{path.name} is no room of this program")
    if len(header) < HEADER_BYTES:
        raise Unfit("truncated", f"{path.name} is cut short after {len(header)} bytes")
    made_in, application = unpack(">60xI4xI28x", header)
    if application != APPLICATION_ID:
        raise Unfit("foreign", f"{path.name} is no room of this program")
    if made_in > FORMAT:
        made_by = f"{_maker(path)} (format {made_in}, known here: {FORMAT})"
        raise Unfit("newer", f"{path.name} was made by {made_by}")
    _check_size(path, header)


def _check_size(path: Path, header: bytes) -> None:
    """Every page that the -wal does not hold must be in the file, to its last byte."""
    page_size, needed = unpack(">16xH10xI68x", header)
    page_size = 65536 if page_size == 1 else page_size
    in_wal = _pages_in_wal(beside(path, "-wal"), page_size)
    while needed in in_wal:
        needed -= 1
    size = path.stat().st_size
    if size < needed * page_size:
        raise Unfit("truncated", f"{path.name} is cut short: {size} of {needed * page_size} bytes are left")


def _pages_in_wal(wal: Path, page_size: int) -> set[int]:
    """Which pages a -wal has committed (sqlite.org/fileformat2.html, 4.1)."""
    committed: set[int] = set()
    pending: set[int] = set()
    with suppress(FileNotFoundError), wal.open("rb") as file:
        salt = file.read(WAL_HEADER_BYTES)[16:24]
        while len(head := file.read(WAL_FRAME.size)) == WAL_FRAME.size:
            page, pages_after, frame_salt = WAL_FRAME.unpack(head)
            if frame_salt != salt:
                break
            pending.add(page)
            if pages_after:
                committed.update(pending)
                pending.clear()
            file.seek(page_size, os.SEEK_CUR)
    return committed


def _maker(path: Path) -> str:
    """Which program made a newer file, as far as that can still be read."""
    # Immutable: without a lock, and without a -wal or -shm being made.
    connection = sqlite3.connect(uri(path, "immutable=1"), uri=True)
    with closing(connection), suppress(sqlite3.Error, TypeError):
        (version,) = connection.execute("SELECT program FROM meta").fetchone()
        if str(version).isprintable():
            return f"ChatApp {version}"
    return "a newer ChatApp"


def set_aside(path: Path, unfit: Unfit) -> str:
    """Give the file and what belongs to it a name of their own; what to tell about it. Raises OSError."""
    made = datetime.now(UTC).strftime("%Y%m%dT%H%M")
    names = (path.with_name(f"{path.name}.{unfit.reason}-{made}-{n}") for n in count(1))
    aside = next(name for name in names if not any(os.path.lexists(beside(name, part)) for part in PARTS))
    for part in PARTS:
        if os.path.lexists(beside(path, part)):
            beside(path, part).rename(beside(aside, part))
    sync_folder(path.parent)
    return f"{unfit.words}; set aside as {aside.name}, a new history begins"


def sync_folder(folder: Path) -> None:
    """The names in a folder are on disk when this returns."""
    # Windows opens no folder, and NTFS keeps a journal of names by itself.
    if sys.platform != "win32":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def uri(path: Path, parameters: str) -> str:
    """The path as SQLite wants it where parameters follow (sqlite.org/uri.html: drives, shares)."""
    absolute = path.absolute().as_posix()
    rooted = absolute if absolute.startswith("/") else f"/{absolute}"
    return f"file://{quote(os.fsencode(rooted))}?{parameters}"


def beside(path: Path, part: str) -> Path:
    """The database's own -wal, -shm or the like."""
    return path.with_name(f"{path.name}{part}")
