"""One set-up at a time in a checkout."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
    import time

    def _take(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _wait(handle: int) -> None:
        # Windows has no lock that waits for longer than ten seconds.
        while not _take(handle):
            time.sleep(0.2)

else:
    import fcntl

    def _take(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _wait(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX)


@contextmanager
def only_one(path: Path, when_waiting: Callable[[], None]) -> Iterator[None]:
    """Hold the lock of a file; the system lets go of it however the process ends."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    # Given on to pip and npm: when a set-up is killed, the lock stays taken until they have ended too.
    os.set_inheritable(handle, True)
    try:
        if not _take(handle):
            when_waiting()
            _wait(handle)
        yield
    finally:
        os.close(handle)
