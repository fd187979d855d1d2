"""What all tests share: real servers, which are stopped again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.contract.people import Company
from tests.server_process import ServerProcess

OpenRoom = Callable[..., ServerProcess]


@pytest.fixture
def open_room(tmp_path: Path) -> Iterator[OpenRoom]:
    """Starts servers of a test's own; `open_room("--grace", "1")` has its data in the test's folder."""
    with ExitStack() as stack:

        def opened(*arguments: str) -> ServerProcess:
            server = ServerProcess(*arguments, data=tmp_path / "data")
            stack.callback(server.stop)
            return server

        yield opened


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """One room for all tests that leave it as they found it."""
    running = ServerProcess(data=tmp_path_factory.mktemp("room"))
    yield running
    running.stop()


@pytest.fixture
def room(server: ServerProcess) -> Iterator[Company]:
    """People in the shared room; they go when the test ends."""
    company = Company(server)
    yield company
    company.all_go()
