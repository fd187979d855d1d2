"""Connections that say nothing, too little or too slowly, and more of them than there may be."""

from __future__ import annotations

import resource
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from chatapp.protocol import Limits
from chatapp.server.doors import MOST_WAITING, SPARE_OF_ADDRESS
from tests.edge.hostile import Intruder, Line, Said, frame, head, upgrade
from tests.edge.siege import Siege
from tests.edge.witness import NAMES
from tests.server_process import FROM_SOURCE, ServerProcess

MANY = 2_000


@pytest.fixture(autouse=True)
def _enough_descriptors() -> Iterator[None]:
    """The attacker has as many as it likes; the server's process keeps its own limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@contextmanager
def lines(siege: Siege, count: int, start: bytes = b"", source: str = "127.0.0.1") -> Iterator[list[Line]]:
    """So many connections, each of which has sent a start."""
    with ExitStack() as stack:
        opened = [stack.enter_context(Line(siege.port, source)) for _ in range(count)]
        for line in opened:
            line.tries(start)
        yield opened


def page_of(siege: Siege, source: str = "127.0.0.1") -> Said:
    """What a newcomer gets."""
    with Line(siege.port, source) as line:
        line.sends(head(siege.port, "GET /healthz"))
        return line.hears_all()


def test_2_000_half_open_handshakes_keep_no_newcomer_out(siege: Siege) -> None:
    half = upgrade(siege.port).removesuffix(b"\r\n")

    with siege.holds(), lines(siege, MANY, half) as opened:
        assert page_of(siege).status == 200
        assert siege.usage.threads < MOST_WAITING + 50
        turned_away = [line.hears_all() for line in opened[: MANY - MOST_WAITING]]

    assert {(said.status, said.code) for said in turned_away} == {(429, "slow-down")}


def test_2_000_silent_connections_keep_no_newcomer_out(siege: Siege) -> None:
    with siege.holds(), lines(siege, MANY) as opened:
        assert page_of(siege).status == 200
        assert opened[0].hears_all().status == 429


def test_more_connections_than_one_address_may_have_are_refused_and_another_address_is_not(siege: Siege) -> None:
    most = Limits().members + SPARE_OF_ADDRESS

    with siege.holds(), ExitStack() as stack:
        for _ in range(most - len(NAMES)):  # the good clients are there already
            stack.enter_context(Intruder(siege.port))
        with Line(siege.port) as line:
            line.sends(upgrade(siege.port))
            refused = line.hears_all()
        neighbour = Intruder(siege.port, source="127.0.0.2")
        stack.enter_context(neighbour)

    assert (refused.status, refused.code) == (429, "slow-down")


def test_a_server_with_few_descriptors_refuses_and_goes_on(tmp_path: Path) -> None:
    few = ("sh", "-c", 'ulimit -n 256 && exec "$@"', "sh", *FROM_SOURCE)
    siege = Siege(ServerProcess("--grace", "0", data=tmp_path / "data", program=few))

    with siege.holds(), ExitStack() as stack:
        answers = []
        for _ in range(400):
            line = stack.enter_context(Line(siege.port))
            line.sends(upgrade(siege.port))
            answers.append(line.hears_until(b"\r\n\r\n"))
        assert siege.usage.files < 256
    opened = sum(answer.startswith(b"HTTP/1.1 101") for answer in answers)
    refused = sum(answer.startswith(b"HTTP/1.1 429") for answer in answers)
    assert opened > 64
    assert opened + refused == 400
    siege.ends()


def test_1_000_connects_and_disconnects_leave_nothing(siege: Siege) -> None:
    with siege.holds():
        for number in range(1_000):
            with Line(siege.port) as line:
                line.sends((b"", upgrade(siege.port), head(siege.port, "GET /"), b"GET")[number % 4])


def _give_a_sign_of_life(pupils: list[Intruder]) -> None:
    """Without one who came first would be cut when all are in only after 10 s, as on a loaded machine."""
    for pupil in pupils:
        pupil.sends(frame("3"))


def test_a_school_of_400_behind_one_address_comes_in(siege: Siege) -> None:
    people = 400
    with siege.holds(), ExitStack() as stack, ThreadPoolExecutor(16) as threads:
        began = time.monotonic()
        pupils: list[Intruder] = []
        for pupil in threads.map(lambda _: Intruder(siege.port, "학생"), range(people)):
            pupils.append(stack.enter_context(pupil))
            if len(pupils) % 50 == 0:
                _give_a_sign_of_life(pupils)
        took = time.monotonic() - began
        online = siege.names()

    assert {pupil.name for pupil in pupils} < set(online)
    print(f"{people} joined in {took:.1f} s")  # noqa: T201  # seen with -s


def test_a_whole_school_loads_the_page_at_once(siege: Siege) -> None:
    together = threading.Barrier(64)

    def loads(_: int) -> int | None:
        together.wait(30)
        return max(page_of(siege).status or 0 for _ in range(10))

    with siege.holds(), ThreadPoolExecutor(64) as threads:
        assert set(threads.map(loads, range(64))) == {200}
