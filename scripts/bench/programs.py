"""What the measurements share: programs that they compile, install, start and end, and the machine they run on."""

from __future__ import annotations

import os
import platform
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from scripts._page import system_node, wheel_node
from scripts._setup import ROOT, Environment, SetupError

BUILD = ROOT / "build/bench"
STOP_SECONDS = 20.0


def compiled(source: Path, program: Path) -> str:
    """A C program, made anew when its source, or a header of the benchmarks, has changed; raises SetupError."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if not sys.platform.startswith("linux") or compiler is None:
        raise SetupError("The load of this benchmark is a C program for Linux; it needs a C compiler.")
    changed = max(
        path.stat().st_mtime for path in (source, *source.parent.glob("*.h"), *source.parent.parent.glob("*.h"))
    )
    if not program.exists() or program.stat().st_mtime < changed:
        subprocess.run([compiler, "-O2", "-Wall", "-Wextra", "-o", str(program), str(source)], check=True)
    return str(program)


def node_with_packages(folder: Path) -> Path:
    """Node, with the packages in the folder as its package-lock.json has them; raises SetupError."""
    node = system_node() or wheel_node(Environment().venv)
    installed = folder / "node_modules/.package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < (folder / "package-lock.json").stat().st_mtime:
        done = subprocess.run(
            [*node.npm, "ci", "--no-audit", "--no-fund"], cwd=folder, env=node.environment(os.environ), check=False
        )
        if done.returncode:
            raise SetupError(f"npm could not install the packages of {folder.name}.")
    return node.program


@contextmanager
def process(command: Sequence[str], sign: str, cwd: Path) -> Iterator[tuple[str, int]]:
    """A server from its line that begins with `sign` to its end; that line, and the process."""
    started = subprocess.Popen(
        command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )  # fmt: skip
    try:
        lines = started.stdout or ()
        line = next((line for line in lines if line.startswith(sign)), None)
        if line is None:
            raise SetupError(f"{command[0]} did not start")
        yield line, started.pid
    finally:
        end(started)


def end(started: subprocess.Popen[str]) -> None:
    """Tell a process to stop, and see to it that it does."""
    started.send_signal(signal.SIGTERM)
    try:
        started.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        started.kill()
        started.wait()


def machine() -> dict[str, str]:
    """What it was measured on."""
    info = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    name = re.search(r"model name\s*: (.*)", info)
    cores = info.count("processor\t")
    return {
        "machine": f"{cores} cores of {name[1] if name else platform.machine()}, Linux {platform.release()}",
        "python": platform.python_version(),
    }
