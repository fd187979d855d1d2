"""A room of the test's own, and a line to it that can be cut."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.faults import FaultyLine
from tests.contract.people import Company
from tests.server_process import ServerProcess


@pytest.fixture
def room(server: ServerProcess) -> Iterator[Company]:
    """People in the shared room; they go when the test ends."""
    company = Company(server)
    yield company
    company.all_go()


@pytest.fixture
def line(room: Company) -> Iterator[FaultyLine]:
    """A line to the room that can be cut."""
    made = FaultyLine(room.server.port)
    yield made
    made.close()
