"""Two starts in one checkout at once."""

import subprocess
import sys
from pathlib import Path

from scripts._lock import only_one
from scripts._setup import ROOT

HOLD = """
import sys
from pathlib import Path
from scripts._lock import only_one
with only_one(Path(sys.argv[1]), lambda: print("waiting", flush=True)):
    print("mine", flush=True)
    sys.stdin.read()
"""


def start(lock: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", HOLD, str(lock)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_a_second_start_waits_and_says_so_until_the_first_is_done(tmp_path: Path) -> None:
    with start(tmp_path / "lock") as first:
        assert line(first) == "mine"
        with start(tmp_path / "lock") as second:
            assert line(second) == "waiting"
            first.communicate()
            assert line(second) == "mine"
            second.communicate()


def test_a_start_that_was_killed_holds_nobody_up(tmp_path: Path) -> None:
    with start(tmp_path / "lock") as first:
        assert line(first) == "mine"
        first.kill()
    waited: list[str] = []

    with only_one(tmp_path / "lock", lambda: waited.append("waited")):
        assert waited == []
