"""How a connection ends: by either side, by silence, by a reader that stopped; and nothing is left of it."""

from __future__ import annotations

import threading
import time

import pytest

from chatapp.server import fanout, transport
from tests.server.conftest import Arrives
from tests.server.transport_house import CLOSE, TEXT, Client, House, descriptors, event, frame, opened, until

LONG = "x" * 50_000
SOON = 1.0


@pytest.fixture
def pings_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pings come so often that a test can wait for two."""
    monkeypatch.setattr(transport, "PING_SECONDS", SOON)


soon = pytest.mark.usefixtures("pings_soon")


def test_a_hang_up_comes_after_everything_that_was_told(house: House, arrives: Arrives) -> None:
    minji = arrives()
    minji.sends(*(frame(TEXT, event("tell", n)) for n in range(50)))
    minji.speaks(event("bye", False, ack=1))
    minji.speaks(event("tell", "never"))

    assert minji.hears_told(50) == list(range(50))
    assert minji.hears() == '431[{"heard":"bye"}]'
    assert minji.hears() == "1"
    assert minji.is_closed() == 1000
    assert "never" not in house.heard
    until(lambda: len(house.lost) == 1)


def test_a_hang_up_for_good_says_so(house: House, arrives: Arrives) -> None:
    minji = arrives()
    minji.speaks(event("bye", True))

    assert minji.hears() == "41"
    assert minji.is_closed() == 1000
    until(lambda: len(house.lost) == 1)


@soon
def test_who_answers_pings_stays_and_who_is_silent_goes(house: House, arrives: Arrives) -> None:
    silent, minji = arrives(), arrives()
    began = time.monotonic()
    while not house.lost:
        minji.speaks(event("hello", ack=1))
        assert minji.hears() == '431[{"heard":"hello"}]'

    assert time.monotonic() - began > SOON * 0.9
    assert silent.is_over()
    until(lambda: house.transport.sessions == 1)


def test_a_dead_peer_is_noticed_within_12_seconds() -> None:
    with opened() as house:
        client = Client(house.port)
        began = time.monotonic()
        until(lambda: bool(house.lost))
        took = time.monotonic() - began
        client.closes()

    assert transport.PING_SECONDS <= took < 12


@soon
def test_one_ping_and_not_more_is_on_its_way(house: House, arrives: Arrives) -> None:
    minji = arrives()
    times = []
    for _ in range(3):
        assert minji.next_frame() == (TEXT, b"2")
        minji.speaks(b"3")
        times.append(time.monotonic())

    assert times[-1] - times[0] > 2 * SOON * 0.9


@soon
def test_who_takes_nothing_is_cut_although_it_answers_pings(
    house: House, arrives: Arrives, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fanout, "STALLED_SECONDS", SOON)
    sleeper, minji = arrives(receives=4096), arrives()
    for n in range(100):
        house.tells([n, LONG])
        assert minji.hears_told(1) == [[n, LONG]]
    while not house.lost:
        sleeper.speaks(b"3")
        minji.speaks(event("hello", ack=1))
        assert minji.hears() == '431[{"heard":"hello"}]'

    until(lambda: house.transport.sessions == 1)


@soon
def test_a_peer_that_keeps_a_closed_connection_open_loses_it(house: House, arrives: Arrives) -> None:
    minji = arrives()
    minji.sends(frame(CLOSE, b"\x03\xe8"))
    until(lambda: len(house.lost) == 1)

    until(lambda: house.transport.sessions == 0 and not house.fanout._sockets)
    with pytest.raises(ConnectionError):  # noqa: PT012  # the first send may still find room
        while True:
            minji.sends(b"and on and on")


def ends() -> dict[str, bytes | None]:
    """What clients send last."""
    return {
        "a close frame": frame(CLOSE, b"\x03\xe8"),
        "Engine.IO's close": frame(TEXT, b"1"),
        "Socket.IO's disconnect": frame(TEXT, b"41"),
        "half a frame": frame(TEXT, b"42[")[:4],
        "a fault": frame(TEXT, b"x"),
        "nothing": None,
    }


@pytest.mark.parametrize("abruptly", [False, True], ids=["in order", "by a reset"])
def test_every_end_gives_back_the_thread_and_the_descriptor_and_is_told_once(house: House, abruptly: bool) -> None:
    base = threading.active_count(), descriptors()
    for last in [*ends().values()] * 5:
        client = Client(house.port)
        if last is not None:
            client.sends(last)
        client.closes(abruptly=abruptly)

    until(lambda: len(house.lost) == 5 * len(ends()))
    until(lambda: threading.active_count() <= base[0] and descriptors() <= base[1])
    assert len(set(house.lost)) == len(house.lost)
    until(lambda: house.transport.sessions == 0)
    assert not house.fanout._sockets


def test_a_thousand_connections_that_come_and_go_leave_nothing(house: House) -> None:
    base = threading.active_count(), descriptors()
    for _ in range(20):
        clients = [Client(house.port, enters=None) for _ in range(50)]
        house.tells("x")
        for n, client in enumerate(clients):
            client.closes(abruptly=n % 2 == 0)

    until(lambda: threading.active_count() <= base[0] and descriptors() <= base[1])
    until(lambda: house.transport.sessions == 0)
    assert house.transport.is_idle()


def test_a_house_that_closed_leaves_no_thread_and_no_descriptor(way: str) -> None:
    base = threading.active_count(), descriptors()
    for _ in range(3):
        with opened() as house:
            client = Client(house.port)
            client.closes()

    until(lambda: threading.active_count() <= base[0] and descriptors() <= base[1])
