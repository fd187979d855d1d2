"""The spool: the files of open offers on disk, for as long as somebody may want them."""

from __future__ import annotations

import logging
import re
import shutil
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from chatapp.errors import Refused
from chatapp.server.readers import Reader
from chatapp.server.spooled import SpooledFile, Writer

log = logging.getLogger(__name__)
_OURS = re.compile(r"[0-9a-f]{32}\.part\Z")
TRANSFERS = 8
"""How many files one member may fetch, and how many send, at the same time."""
_ATTEMPTS = 40
_PAUSE_SECONDS = 0.25

Key = tuple[str, int]
"""An offer's id and the index of one of its files."""


class Spool:
    """All files on their way; `name` gives each its name on disk, `reserve` bytes of the disk are left alone.

    What the room calls under its lock (close_offer, stop_member, unwanted, shutdown) waits for nobody.
    """

    def __init__(self, folder: Path, name: Callable[[str, int], str], reserve: int = 0) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder, self._name, self.reserve = folder, name, reserve
        self._lock = threading.Lock()
        self._files: dict[Key, SpooledFile] = {}
        self._closed: set[str] = set()
        self._stopping = threading.Event()

    # -- at the start -----------------------------------------------------------------------------

    def sweep(self, live: Mapping[Key, int]) -> set[Key]:
        """Keep what arrived of the live files (key -> size), delete all else, return which are whole."""
        expected = {self._path(key): (key, size) for key, size in live.items()}
        for path in [path for path in self._folder.iterdir() if _OURS.match(path.name)]:
            key, size = expected.get(path, (None, -1))
            written = path.stat().st_size
            if key is None or written > size:
                # Windows forbids it when somebody looks into it; the next start will try again.
                with suppress(PermissionError):
                    path.unlink()
            else:
                self._files[key] = self._new(key, size, written)
        return {key for key, file in self._files.items() if not file.missing}

    # -- for the transfers ------------------------------------------------------------------------

    def offset(self, offer: str, file: int, size: int) -> int:
        """How much of a file is here; a write that runs ends. Raises offer-closed, slow-down."""
        return self._file((offer, file), size).offset()

    def writer(self, offer: str, file: int, size: int, offset: int, length: int, member: str) -> Writer:
        """The file's one writer; raises offer-closed, slow-down, storage-full, wrong-offset, too-large."""
        spooled = self._file((offer, file), size)
        with self._lock:
            others = (each for each in self._files.values() if each is not spooled)
            if sum(each.is_written_by(member) for each in others) >= TRANSFERS:
                raise Refused("slow-down")
            self._promise(spooled)
        return spooled.writer(offset, length, member)

    def reader(self, offer: str, file: int, size: int, member: str) -> Reader:
        """One more connection of a member to a file; raises offer-closed, slow-down."""
        spooled = self._file((offer, file), size)
        with self._lock:
            others = [each for each in self._files.values() if each is not spooled]
        # Outside the spool's lock: a file's own lock may be held for as long as its readers are woken.
        if sum(each.is_read_by(member) for each in others) >= TRANSFERS:
            raise Refused("slow-down")
        return spooled.reader(member)

    def is_hashed(self, offer: str, file: int) -> bool:
        """Whether the hash is there without reading the file."""
        spooled = self._known((offer, file))
        return spooled is not None and spooled.hash.is_complete

    def sha256(self, offer: str, file: int) -> str | None:
        """The hash of a whole file, None when the file is over. Raises OSError."""
        spooled = self._known((offer, file))
        return None if spooled is None else spooled.hash.finish(lambda: spooled.over is not None)

    def discard(self, offer: str, file: int) -> None:
        """Delete what arrived of a file, after the end of all who write or read it."""
        key = (offer, file)
        spooled = self._known(key)
        if spooled is None:
            return
        self._end(spooled)
        self._erase([spooled])
        # Only now can it begin anew: the same name on disk would be erased with the old one.
        with self._lock:
            if self._files.get(key) is spooled:
                del self._files[key]

    # -- for the room -----------------------------------------------------------------------------

    def close_offer(self, offer: str) -> None:
        """It is over: from the return on no byte of it goes to anybody, and its files go from the disk."""
        with self._lock:
            self._closed.add(offer)
            keys = [key for key in self._files if key[0] == offer]
            files = [self._files.pop(key) for key in keys]
        for file in files:
            file.end("offer-closed")
        if files:
            threading.Thread(target=self._erase, args=(files,), name="spool", daemon=True).start()

    def stop_member(self, offer: str, member: str) -> None:
        """One recipient is out: from the return on no byte of the offer goes to it."""
        for file in self._of(offer):
            file.stop_member(member)

    def unwanted(self, offer: str) -> None:
        """Nobody waits for its bytes: a write that runs ends with not-wanted."""
        for file in self._of(offer):
            file.end_writer("not-wanted")

    def shutdown(self) -> None:
        """The program ends: all transfers do so now, and can be resumed after the next start."""
        self._stopping.set()
        with self._lock:
            files = list(self._files.values())
        for file in files:
            self._end(file)

    def free_bytes(self) -> int:
        """The space for more files: free disk, less the reserve and what uploads that began still need."""
        with self._lock:
            return max(0, self._free())

    # -- inside -----------------------------------------------------------------------------------

    def _of(self, offer: str) -> list[SpooledFile]:
        with self._lock:
            return [file for key, file in self._files.items() if key[0] == offer]

    def _known(self, key: Key) -> SpooledFile | None:
        with self._lock:
            return self._files.get(key)

    def _file(self, key: Key, size: int) -> SpooledFile:
        with self._lock:
            if self._stopping.is_set():
                raise Refused("slow-down")
            # Whoever asked the room a moment ago, and is late: its answer may be out of date.
            if key[0] in self._closed:
                raise Refused("offer-closed")
            if key not in self._files:
                self._files[key] = self._new(key, size, 0)
            return self._files[key]

    def _new(self, key: Key, size: int, written: int) -> SpooledFile:
        return SpooledFile(self._path(key), size, written, self._has_space)

    def _path(self, key: Key) -> Path:
        return self._folder / f"{self._name(*key)}.part"

    def _end(self, file: SpooledFile) -> None:
        """It ends, but may be tried again: the sender asks where to go on, the receivers come back."""
        file.end_writer("wrong-offset")
        file.end("slow-down")

    def _promise(self, file: SpooledFile) -> None:
        """Set space for the rest of a file aside: a full disk is said at once; raises storage-full."""
        file.promised, promised_before = False, file.promised
        if file.unreserved > max(0, self._free()):
            file.promised = promised_before
            raise Refused("storage-full")
        file.promised = True

    def _free(self) -> int:
        return self._disk_free() - sum(file.unreserved for file in self._files.values() if file.promised)

    def _has_space(self) -> bool:
        return self._disk_free() >= 0

    def _disk_free(self) -> int:
        return shutil.disk_usage(self._folder).free - self.reserve

    def _erase(self, files: Iterable[SpooledFile]) -> None:
        """Unlink files that are over, again where Windows refuses it until the last reader has left."""
        left = list(files)
        for _ in range(_ATTEMPTS):
            left = [file for file in left if not _unlinked(file)]
            if not left or self._stopping.wait(_PAUSE_SECONDS):
                break
        for file in left:
            log.warning("%s could not be deleted, the next start will try again", file.path)


def _unlinked(file: SpooledFile) -> bool:
    # With the lock no late writer makes the file anew: the next one sees that it is over.
    with file.writing:
        try:
            file.path.unlink(missing_ok=True)
        except PermissionError:
            return False
    return True
