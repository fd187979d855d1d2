"""A program that says something in the room of a folder again and again, and prints each seq once it is on disk."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.server.room_on_disk import room_in, said, shown

PICTURE_EVERY = 7
"""So often that kills strike the moving of the -wal into the file as well."""


def main(folder: Path) -> None:
    with room_in(folder) as store:
        seq = store.load().head
        while True:
            seq += 1
            store.commit((shown(seq) if seq % PICTURE_EVERY == 0 else said(seq, f"{seq}번째"),))
            sys.stdout.write(f"{seq}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
