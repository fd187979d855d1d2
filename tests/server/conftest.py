"""Servers that are nothing but a transport."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from chatapp.server import nonblocking, sources
from tests.server.transport_house import WINDOWS_TOO, Client, House, opened

Arrives = Callable[..., Client]


@pytest.fixture(params=WINDOWS_TOO)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How a socket is sent to without waiting: as on this system, and as on Windows."""
    if request.param == "as Windows can":
        monkeypatch.setattr(nonblocking, "DONT_WAIT", 0)
    return str(request.param)


@pytest.fixture
def house(way: str) -> Iterator[House]:
    """A transport at work, in either way."""
    with opened() as running:
        yield running


@pytest.fixture
def arrives(house: House) -> Iterator[Arrives]:
    """Clients of the house; they go when the test ends."""
    with ExitStack() as stack:

        def arrived(**options: object) -> Client:
            client = Client(house.port, **options)  # type: ignore[arg-type]  # the test's own
            stack.callback(client.closes)
            return client

        yield arrived


@pytest.fixture(
    params=[sources.SentBySystem, sources.SentFromMap, sources.SentByCopy],
    ids=["by sendfile", "as Windows can", "by copy"],
)
def taken(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many bytes each send of a file has given to the system, as on this system, and as on Windows."""
    counts: list[int] = []
    kind: Any = request.param

    class Counting(kind):  # type: ignore[misc]  # one of two
        def hand_on(self, *arguments: Any) -> int:
            counts.append(super().hand_on(*arguments))
            return counts[-1]

    monkeypatch.setattr(sources, "open_source", Counting)
    return counts
