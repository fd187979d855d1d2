"""Three people in a room, and an offer of the first."""

from __future__ import annotations

import pytest

from tests.core.actors import Play
from tests.core.people import Person


@pytest.fixture
def play() -> Play:
    return Play()


@pytest.fixture
def minji(play: Play) -> Person:
    return play.enters("민지")


@pytest.fixture
def joon(play: Play, minji: Person) -> Person:
    return play.enters("준")


@pytest.fixture
def sora(play: Play, joon: Person) -> Person:
    return play.enters("Sora")


@pytest.fixture
def offer(minji: Person, joon: Person, sora: Person) -> str:
    """One file of 10 bytes from 민지, and nobody has answered."""
    return minji.offers(("과제.pdf", 10))
