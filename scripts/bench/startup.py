"""How long from the start until the page is served, and how big the packed program is: python scripts/bench/startup.py.

Measures the checkout, and what `scripts/build.py` laid in dist/ (or --dist DIR): each one is started --runs times in
turn, by `host --no-window` with a room that is kept. Wall time, from before there is a process until `/` is read.
"""

import argparse
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from scripts._packed import PROGRAM, this_edition
from scripts._setup import ROOT, Environment

PATIENCE = 30.0
GOALS = {"from source": 0.6, "folder": 0.5}
ASKED = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"


def main() -> int:
    """Measure and print; the exit code tells whether the goals are met."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--dist", type=Path, default=ROOT / "dist", metavar="DIR")
    parser.add_argument("--runs", type=int, default=15)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        programs = dict(found(given.dist, Path(folder)))
        times: dict[str, list[float]] = {name: [] for name in programs}
        for _ in range(given.runs):
            for name, command in programs.items():
                times[name].append(seconds_until_served(command))
    for name, taken in times.items():
        print(f"{name:12} median {statistics.median(taken):.3f} s, {min(taken):.3f} to {max(taken):.3f}")
    for path in sorted(given.dist.glob(f"{PROGRAM}-*")):
        print(f"{path.stat().st_size / 1e6:8.2f} MB  {path.name}")
    return 0 if all(statistics.median(times[name]) <= GOALS[name] for name in times if name in GOALS) else 1


def found(dist: Path, folder: Path) -> Iterator[tuple[str, list[str]]]:
    """What can be started here: the checkout, and what was packed."""
    yield "from source", [str(Environment().python), "-m", "chatapp"]
    edition = this_edition(ROOT)
    if (dist / f"{edition.name}.zip").is_file():
        with zipfile.ZipFile(dist / f"{edition.name}.zip") as packed:
            packed.extractall(folder)
        yield "folder", [startable(next((folder / edition.name).rglob(f"{PROGRAM}{edition.suffix}")))]
    if (dist / edition.single_file).is_file():
        yield "single file", [startable(dist / edition.single_file)]


def startable(program: Path) -> str:
    """A program that zipfile unpacked without its mode."""
    program.chmod(0o755)
    return str(program)


def seconds_until_served(command: list[str]) -> float:
    """One start and one orderly end; ends this program when the page does not come."""
    with tempfile.TemporaryDirectory() as data, socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
        free.close()
        begin = time.perf_counter()
        whole = [*command, "host", "--no-window", "--port", str(port), "--data", data]
        with subprocess.Popen(whole, cwd=ROOT, env=os.environ, stdout=subprocess.DEVNULL) as process:
            try:
                while not served(port):
                    if process.poll() is not None or time.perf_counter() - begin > PATIENCE:
                        raise SystemExit(f"{command[0]} serves nothing")
                    time.sleep(0.002)
                return time.perf_counter() - begin
            finally:
                process.terminate()


def served(port: int) -> bool:
    """Whether somebody listens there and gives the whole page."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
            connection.sendall(ASKED)
            answer = b"".join(iter(lambda: connection.recv(65536), b""))
    except ConnectionRefusedError:
        return False
    return answer.startswith(b"HTTP/1.1 200 ") and answer.rstrip().endswith(b"</html>")


if __name__ == "__main__":
    sys.exit(main())
