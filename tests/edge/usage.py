"""What a process holds: memory, threads, descriptors (proc(5))."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

MEGABYTE = 2**20


@dataclass(frozen=True)
class Usage:
    """`peak`: the most bytes that were in memory at one time since `Usage.begin`."""

    peak: int
    threads: int
    files: int

    @classmethod
    def of(cls, pid: int) -> Usage:
        """As it is now."""
        status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
        files = len(list(Path(f"/proc/{pid}/fd").iterdir()))
        return cls(int(status["VmHWM"].split()[0]) * 1024, int(status["Threads"]), files)

    @classmethod
    def begin(cls, pid: int) -> Usage:
        """As it is now, which is also the peak from now on."""
        Path(f"/proc/{pid}/clear_refs").write_text("5")
        return cls.of(pid)
