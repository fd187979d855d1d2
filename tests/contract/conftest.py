"""The rooms of these tests."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from tests.conftest import OpenRoom
from tests.contract.people import Company, Person
from tests.contract.wire import RawSocket
from tests.server_process import ServerProcess

OwnRoom = Callable[..., Company]
OpenSocket = Callable[..., RawSocket]


@pytest.fixture
def own_room(open_room: OpenRoom) -> Iterator[OwnRoom]:
    """People in a room of the test's own: `own_room("--grace", "1")`."""
    with ExitStack() as stack:

        def opened(*arguments: str) -> Company:
            company = Company(open_room(*arguments))
            stack.callback(company.all_go)
            return company

        yield opened


@dataclass(frozen=True)
class LongTalk:
    """Somebody who says 1,050 things as fast as one may: a minute, for which no other test waits."""

    server: ServerProcess
    token: str
    seqs: Future[list[int]]


@pytest.fixture(scope="session", autouse=True)
def begun_talk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LongTalk | None]:
    """Begins the long talk with the first test, when one of the chosen tests is about it."""
    if not any("long_talk" in getattr(item, "fixturenames", ()) for item in request.session.items):
        yield None
        return
    server = ServerProcess(data=tmp_path_factory.mktemp("talk"))
    company, stop = Company(server), threading.Event()
    minji = company.enters("민지")
    with ThreadPoolExecutor(1) as threads:
        yield LongTalk(server, minji.token, threads.submit(talk, minji, stop))
        stop.set()
    company.all_go()
    server.stop()


def talk(person: Person, stop: threading.Event) -> list[int]:
    """Say 1,050 things, unless nobody waits any more; their seqs."""
    mids = itertools.takewhile(lambda _: not stop.is_set(), range(1, 1051))
    return [int(person.patiently("say", mid=mid, text=f"{mid}")["seq"]) for mid in mids]


@pytest.fixture
def long_talk(begun_talk: LongTalk | None) -> LongTalk:
    """The long talk."""
    assert begun_talk
    return begun_talk


@pytest.fixture
def raw(server: ServerProcess) -> Iterator[OpenSocket]:
    """Opens WebSockets by hand to the shared room, or to another."""
    with ExitStack() as stack:

        def opened(url: str = server.url, **options: Any) -> RawSocket:
            socket = RawSocket(url, **options)
            stack.callback(socket.closes)
            return socket

        yield opened
