"""Rooms under attack."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.edge.siege import Siege
from tests.server_process import ServerProcess


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What a process holds is told by Linux' /proc alone."""
    if not Path("/proc/self/clear_refs").exists():
        for item in items:
            if "siege" in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.skip(reason="needs Linux' /proc to measure a server"))


@pytest.fixture(scope="module")
def siege(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Siege]:
    """One room for the attacks of a file; each has to leave it as it was."""
    besieged = Siege(ServerProcess("--grace", "0", data=tmp_path_factory.mktemp("siege")))
    yield besieged
    besieged.ends()
