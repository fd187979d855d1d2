"""What another program does in its own time."""

import time
from pathlib import Path

PATIENCE_SECONDS = 20.0


def wait_for(path: Path) -> None:
    """Go on once a file is there and not empty."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (path.exists() and path.stat().st_size):
        assert time.monotonic() < deadline, path
        time.sleep(0.01)
