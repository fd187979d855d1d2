"""What a server has used: CPU time and memory, of all its processes."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import NamedTuple


class Usage(NamedTuple):
    """What was used between two moments; memory in KiB."""

    cpu: float
    grown: int
    """How far the most memory in between was above that at the beginning."""


class Meter:
    """Begins to measure a process and its children."""

    def __init__(self, pid: int) -> None:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        self._pids = [pid, *map(int, children)]
        for each in self._pids:
            # From now on VmHWM is the peak since now (proc(5)).
            Path(f"/proc/{each}/clear_refs").write_text("5", encoding="ascii")
        self._resident = self._status("VmRSS")
        self._cpu = self._cpu_seconds()

    def read(self) -> Usage:
        """What was used since the beginning."""
        return Usage(round(self._cpu_seconds() - self._cpu, 6), self._status("VmHWM") - self._resident)

    def _cpu_seconds(self) -> float:
        """Like utime + stime in /proc/PID/stat, of all threads that are or were, but in ns instead of 10 ms."""
        # The clock of another process, as clock_getcpuclockid(3) makes it of its id.
        return sum(time.clock_gettime(~pid << 3 | 2) for pid in self._pids)

    def _status(self, field: str) -> int:
        return sum(
            int(re.findall(rf"{field}:\s*(\d+)", Path(f"/proc/{pid}/status").read_text(encoding="utf-8"))[0])
            for pid in self._pids
        )
