"""One browser for all these tests, one room a test, one context a person."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from tests.contract.faults import FaultyLine
from tests.contract.pictures import png
from tests.e2e.person import Person
from tests.e2e.room import Room
from tests.tools import need

MEGABYTE = 2**20
NewPerson = Callable[..., Person]


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    expect.set_options(timeout=10_000)
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="package")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=need("chromium"))
    yield browser
    browser.close()


@pytest.fixture
def browser(chromium: Browser) -> Browser:
    """The engine of a test; a module may take another."""
    return chromium


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    opened = Room(tmp_path / "room")
    yield opened
    opened.stop()


@pytest.fixture
def line(room: Room) -> Iterator[FaultyLine]:
    """A line to the room that can fail, for one who comes by `person("민지", line=line)`."""
    laid = FaultyLine(room.server.port)
    yield laid
    laid.close()


@pytest.fixture
def person(browser: Browser, room: Room) -> Iterator[NewPerson]:
    """`person("Sora", language="en")` has a browser context of one's own; whatever it asked for was the room's own."""
    people: list[Person] = []
    with ExitStack() as stack:

        def comes(name: str, language: str = "ko", line: FaultyLine | None = None, **context: Any) -> Person:
            locale = "ko-KR" if language == "ko" else "en-US"
            own = browser.new_context(locale=locale, reduced_motion="reduce", **context)
            stack.callback(own.close)
            people.append(Person(name, line.url if line else room.url, own, language))
            return people[-1]

        yield comes
    for one in people:
        assert one.broken == [], one.name
        assert foreign(one.asked, one.url) == [], one.name


def foreign(addresses: list[str], url: str) -> list[str]:
    """Those that lead anywhere but to the room."""
    own = (f"{url}/", f"{url.replace('http', 'ws')}/", "data:", f"blob:{url}")
    return [address for address in addresses if not address.startswith(own)]


@pytest.fixture
def picture() -> bytes:
    return png(320, 200)


@pytest.fixture
def picture_file(tmp_path: Path, picture: bytes) -> Path:
    file = tmp_path / "바다.png"
    file.write_bytes(picture)
    return file


@pytest.fixture
def big_file(tmp_path: Path) -> Path:
    """50 MB that nobody can guess or compress."""
    file = tmp_path / "발표 자료.zip"
    file.write_bytes(os.urandom(50 * MEGABYTE))
    return file


@pytest.fixture
def small_file(tmp_path: Path) -> Path:
    file = tmp_path / "과제.pdf"
    file.write_bytes(os.urandom(MEGABYTE))
    return file
