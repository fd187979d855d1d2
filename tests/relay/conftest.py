"""A line to the room that can be cut."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.faults import FaultyLine
from tests.contract.people import Company


@pytest.fixture
def line(room: Company) -> Iterator[FaultyLine]:
    """A line to the room that can be cut."""
    made = FaultyLine(room.server.port)
    yield made
    made.close()
