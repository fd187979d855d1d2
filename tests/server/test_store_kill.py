"""kill -9: what was acknowledged is there, in order, once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.server.room_on_disk import kept, room_in

KILLS = 20


def acknowledged_until_killed(data: Path, after: int) -> list[int]:
    """Let a program talk in the folder's room and kill it after some entries; every seq that it printed."""
    command = [sys.executable, "-m", "tests.server.saying_program", str(data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="ascii") as program:
        assert program.stdout is not None
        printed = [program.stdout.readline() for _ in range(after)]
        program.kill()
        printed += program.stdout.readlines()
    return [int(line) for line in printed if line.endswith("\n")]


def test_a_program_killed_in_the_middle_of_its_commits_has_lost_nothing_that_it_acknowledged(
    tmp_path: Path,
) -> None:
    data = tmp_path / "data"
    head, epochs = 0, set()
    for kill in range(KILLS):
        acknowledged = acknowledged_until_killed(data, after=1 + 7 * kill % 23)

        assert acknowledged[0] == head + 1
        with room_in(data) as store:
            assert store.notices == ()
            entries = kept(store).entries
            epochs.add(store.load().epoch)
        assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
        # The one more is a commit that was on disk, but not yet printed.
        assert len(entries) - acknowledged[-1] in (0, 1)
        head = len(entries)

    assert len(epochs) == 1
