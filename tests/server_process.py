"""`python -m chatapp host --no-window`, or a packed program's, as a real process: its lines, its port and its end."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 30.0
STOP_SECONDS = 10.0
FROM_SOURCE = (sys.executable, "-m", "chatapp")
HOST_PAGE = re.compile(r"^Host page: http://127\.0\.0\.1:(\d+)/#host=(\S+)$")


class ServerProcess:
    """One run of the program; `data` and `port` outlive it, so another run can go on."""

    def __init__(
        self,
        *arguments: str,
        data: Path | None = None,
        port: int | None = 0,
        environment: Mapping[str, str] | None = None,
        program: Sequence[str] = FROM_SOURCE,
    ) -> None:
        self.arguments, self.data, self.environment = arguments, data, environment
        self.program = program
        self.lines: list[str] = []
        self._changed = threading.Condition()
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  # it lives as long as the process
        self.process = self._start(port)
        self._reader = threading.Thread(target=self._read, args=(self._stdout(),), daemon=True)
        self._reader.start()
        self.port, self.host_token = self._wait_until_open()
        self.url = f"http://127.0.0.1:{self.port}"

    def _start(self, port: int | None) -> subprocess.Popen[str]:
        data = ["--data", str(self.data)] if self.data else []
        where = [] if port is None else ["--port", str(port)]
        command = [*self.program, "host", "--no-window", *where]
        return subprocess.Popen(
            [*command, *data, *self.arguments],
            cwd=ROOT,
            env={**os.environ, **(self.environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            encoding="utf-8",
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )

    def _stdout(self) -> IO[str]:
        assert self.process.stdout is not None
        return self.process.stdout

    def _read(self, stdout: IO[str]) -> None:
        with stdout:
            for line in stdout:
                self._note(line.rstrip("\n"))
        self._note(None)

    def _note(self, line: str | None) -> None:
        with self._changed:
            if line is not None:
                self.lines.append(line)
            self._changed.notify_all()

    def _wait_until_open(self) -> tuple[int, str]:
        deadline = time.monotonic() + START_SECONDS
        with self._changed:
            while not (found := self._host_page()):
                left = deadline - time.monotonic()
                if left <= 0 or not self._reader.is_alive():
                    self._give_up()
                self._changed.wait(min(left, 0.2))
        return int(found[1]), found[2]

    def _host_page(self) -> re.Match[str] | None:
        return next((found for line in self.lines if (found := HOST_PAGE.match(line))), None)

    def _give_up(self) -> None:
        self.process.kill()
        self.process.wait()
        raise AssertionError(f"the server did not open: {self.lines} {self.errors()}")

    def again(self) -> ServerProcess:
        """Another run with the same data, on the same port."""
        return ServerProcess(
            *self.arguments, data=self.data, port=self.port, environment=self.environment, program=self.program
        )

    def errors(self) -> str:
        """What the program wrote to stderr."""
        self._errors.seek(0)
        return self._errors.read().decode("utf-8", "replace")

    def interrupt(self) -> None:
        """Ask it to stop in order: SIGTERM, or what Windows has in its place."""
        self.process.send_signal(getattr(signal, "CTRL_BREAK_EVENT", signal.SIGTERM))

    def kill(self) -> None:
        """End it at once, as kill -9 does."""
        self.process.kill()
        self.wait()
        self.stop()

    def wait(self, seconds: float = STOP_SECONDS) -> int:
        """Its exit code, once it has ended and its last line is read; raises TimeoutExpired."""
        code = self.process.wait(seconds)
        self._reader.join(STOP_SECONDS)
        return code

    def stop(self, *, faults: bool = False) -> None:
        """Bring it to its end, however; without `faults` it must have left no traceback behind. Again: nothing."""
        if self._errors.closed:
            return
        if self.process.poll() is None:
            self.interrupt()
            try:
                self.wait()
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.wait()
                raise
        errors = self.errors()
        self._errors.close()
        assert ("Traceback" in errors) == faults, errors
