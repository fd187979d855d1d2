"""What a server has used: CPU time and memory, of all its processes."""

from __future__ import annotations

import re
import threading
import time
from pathlib import Path
from typing import NamedTuple

LOOK_SECONDS = 0.02


class Usage(NamedTuple):
    """What was used between two moments; memory in KiB."""

    cpu: float
    grown: int
    """How far the most memory in between was above that at the beginning,"""
    own: int
    """and the most of its own: without the pages of files, which are the system's to keep or to take back."""


class Meter:
    """Begins to measure a process and its children."""

    def __init__(self, pid: int) -> None:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        self._pids = [pid, *map(int, children)]
        for each in self._pids:
            # From now on VmHWM is the peak since now (proc(5)).
            Path(f"/proc/{each}/clear_refs").write_text("5", encoding="ascii")
        self._resident = self._status("VmRSS")
        self._own = self._most_own = self._status("RssAnon")
        self._over = threading.Event()
        self._looking = threading.Thread(target=self._look, daemon=True)
        self._looking.start()
        self._cpu = self._cpu_seconds()

    def read(self) -> Usage:
        """What was used since the beginning."""
        cpu = self._cpu_seconds() - self._cpu
        self._over.set()
        self._looking.join()
        return Usage(round(cpu, 6), self._status("VmHWM") - self._resident, self._most_own - self._own)

    def _look(self) -> None:
        # Of this alone proc(5) keeps no peak.
        while not self._over.wait(LOOK_SECONDS):
            self._most_own = max(self._most_own, self._status("RssAnon"))

    def _cpu_seconds(self) -> float:
        """Like utime + stime in /proc/PID/stat, of all threads that are or were, but in ns instead of 10 ms."""
        # The clock of another process, as clock_getcpuclockid(3) makes it of its id.
        return sum(time.clock_gettime(~pid << 3 | 2) for pid in self._pids)

    def _status(self, field: str) -> int:
        return sum(
            int(re.findall(rf"{field}:\s*(\d+)", Path(f"/proc/{pid}/status").read_text(encoding="utf-8"))[0])
            for pid in self._pids
        )
