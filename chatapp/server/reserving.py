"""Space on disk for a file that is still to come, set aside by the system; its length stays what has arrived."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from pathlib import Path

_KEEP_SIZE = 1
_BLOCK_BYTES = 512
_CANNOT = {errno.EINVAL, errno.ENODEV, errno.ENOSYS, errno.ENOTSUP, errno.EPERM, errno.ESPIPE}
"""How file systems say that they do not know it."""


def reserve(descriptor: int, size: int) -> bool:
    """Set space aside for a file's first `size` bytes; False where no system call does. Raises OSError: a full disk.

    Python's posix_fallocate changes the length, which tells what has arrived: so this is fallocate(2), of Linux alone.
    """
    if sys.platform != "linux":
        return False
    while (code := _fallocate(descriptor, size)) == errno.EINTR:
        continue
    if code and code not in _CANNOT:
        # What it got before it failed goes back, for it is not to be seen in the length.
        os.ftruncate(descriptor, os.fstat(descriptor).st_size)
        raise OSError(code, os.strerror(code))
    return not code


def is_reserved(path: Path, size: int) -> bool:
    """Whether the disk has given a file the space of its first `size` bytes already, whatever its length."""
    return bool(size) and getattr(path.stat(), "st_blocks", 0) * _BLOCK_BYTES >= size


def _fallocate(descriptor: int, size: int) -> int:
    """The error's number; 0: it is done."""
    system = ctypes.CDLL(None, use_errno=True)
    # glibc's offsets have 64 bits by this name on every machine; musl's have by the other.
    call = getattr(system, "fallocate64", None) or system.fallocate
    call.argtypes = (ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64)
    return ctypes.get_errno() if call(descriptor, _KEEP_SIZE, 0, size) else 0
