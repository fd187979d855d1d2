"""What is told reaches everybody once and in one order, whoever is slow, and whoever goes."""

from __future__ import annotations

import itertools
import json
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from chatapp.server import allowance, fanout, nonblocking
from chatapp.server.frames import SHARED_BYTES
from tests.server.conftest import Arrives
from tests.server.transport_house import PICTURE, TEXT, Client, House, event, frame, until

LONG = "x" * 50_000


def test_everybody_sees_one_order_and_each_ack_before_what_it_is_of(house: House, arrives: Arrives) -> None:
    people, each = [arrives() for _ in range(8)], 50

    def talks(number: int) -> None:
        for n in range(each):
            people[number].speaks(event("tell", [number, n], ack=n))

    def listens(person: Client) -> list[str]:
        return [person.hears() for _ in range(len(people) * each + each)]

    with ThreadPoolExecutor(2 * len(people)) as threads:
        spoken = [threads.submit(talks, number) for number in range(len(people))]
        heard = list(threads.map(listens, people))
        assert all(one.result() is None for one in spoken)

    told = [[json.loads(text[2:])[1] for text in texts if text.startswith("42")] for texts in heard]
    assert all(other == told[0] for other in told)
    assert sorted(told[0]) == [[number, n] for number in range(len(people)) for n in range(each)]
    for number, texts in enumerate(heard):
        own = [text for text in texts if text.startswith(("43", f'42["told",[{number},'))]
        assert [text[:2] for text in own] == ["43", "42"] * each


def test_who_enters_hears_everything_from_then_on_and_who_has_not_hears_nothing(house: House, arrives: Arrives) -> None:
    minji, stranger = arrives(), arrives(enters=None)
    stop = threading.Event()

    def tells() -> None:
        for n in itertools.takewhile(lambda _: not stop.is_set(), itertools.count()):
            house.tells(n)

    talking = threading.Thread(target=tells)
    talking.start()
    try:
        numbers = [arrives().hears_told(20) for _ in range(10)]
    finally:
        stop.set()
        talking.join()

    assert all(heard == list(range(heard[0], heard[0] + 20)) for heard in numbers)
    assert minji.hears_told(5) == [0, 1, 2, 3, 4]
    assert stranger.hears().startswith("0{")
    stranger.speaks(b"40")
    assert stranger.hears().startswith("40{")


def test_what_is_for_a_group_or_for_the_others_comes_in_its_place_of_the_one_order(
    house: House, arrives: Arrives
) -> None:
    minji, jun, sora = arrives(enters="minji"), arrives(enters="jun"), arrives(enters="jun")
    minji.sends(
        frame(TEXT, event("tell", 1)),
        frame(TEXT, event("whisper", "jun", 2)),
        frame(TEXT, event("tell-others", 3)),
        frame(TEXT, event("whisper", "minji", 4)),
        frame(TEXT, event("tell", 5)),
    )

    assert minji.hears_told(3) == [1, 4, 5]
    assert jun.hears_told(4) == sora.hears_told(4) == [1, 2, 3, 5]


def test_what_gathers_leaves_in_one_send(house: House, arrives: Arrives, monkeypatch: pytest.MonkeyPatch) -> None:
    sends = []

    def counted(connection: object, data: bytes) -> int:
        sends.append(len(data))
        return send(connection, data)  # type: ignore[arg-type]  # passed on as it came

    send = nonblocking.send
    minji = arrives()
    monkeypatch.setattr(fanout, "send", counted)
    with house.turn:
        for n in range(1000):
            house.transport.tell("told", n, None, ())

    assert minji.hears_told(1000) == list(range(1000))
    assert len(sends) < 100


def test_who_does_not_read_is_cut_at_the_bound_and_nobody_else_is_troubled(
    house: House, arrives: Arrives, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fanout, "MOST_BEHIND", 2**20)
    sleeper, minji = arrives(receives=4096), arrives()
    told = 0
    while not house.lost:
        house.tells(LONG)
        assert minji.hears_told(1) == [LONG]
        told += 1
        # What the system itself holds for a socket comes on top.
        assert told * len(LONG) < 20 * 2**20

    assert told * len(LONG) > 2**20
    assert sleeper.is_over()
    house.tells("after")
    assert minji.hears_told(1) == ["after"]


def test_who_asks_for_more_than_it_reads_gets_no_more_until_it_has_read(
    house: House, arrives: Arrives, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(allowance, "FRAMES_AT_ONCE", 10_000)
    monkeypatch.setattr(allowance, "READ_AT_ONCE", 10_000)
    greedy = arrives(receives=4096, enters="greedy")
    outbox = next(iter(house.fanout._sockets))
    whisper = frame(TEXT, event("whisper", "greedy", "x" * 3000))

    with ThreadPoolExecutor(1) as threads:
        threads.submit(greedy.sends, whisper * 2000)
        until(lambda: outbox.own_size > allowance.OWED_BYTES)
        for _ in range(2000):
            assert greedy.hears().startswith('42["whispered"')
            assert outbox.own_size < 2 * allowance.OWED_BYTES


def test_a_few_frames_are_read_at_once_and_many_one_by_one(house: House, arrives: Arrives) -> None:
    jun, more = arrives(), 80
    few = house.seconds_until_heard(lambda: jun.speaks(event("few")), 1)
    many = house.seconds_until_heard(
        lambda: jun.sends(frame(TEXT, event("much")) * (allowance.READ_AT_ONCE + more)), allowance.READ_AT_ONCE + more
    )

    assert few < many
    assert many > (more - 1) / allowance.READ_A_SECOND


def test_those_who_do_not_read_hold_the_same_bytes_once(house: House, arrives: Arrives) -> None:
    sleepers = [arrives(receives=4096) for _ in range(20)]
    for n in range(100):
        house.tells([n, LONG])
    until(lambda: all(outbox.slow for outbox in house.fanout._sockets))

    held = {id(frame) for frame in house.fanout._stream._frames}
    assert 0 < len(held) <= 100
    for sleeper in sleepers:
        assert sleeper.hears_told(100) == [[n, LONG] for n in range(100)]
    house.tells("after")
    until(lambda: house.fanout._stream._frames == [])


def test_those_who_ask_for_a_picture_hold_it_once(house: House, arrives: Arrives) -> None:
    people = [arrives(receives=4096) for _ in range(20)]
    for person in people:
        for ack in range(1, 9):
            person.speaks(event("picture", ack=ack))
    until(lambda: all(outbox.slow and outbox.has_own for outbox in house.fanout._sockets))

    owed = [part for outbox in house.fanout._sockets for _, part in outbox._own if len(part) >= SHARED_BYTES]
    rests = [outbox.rest.obj for outbox in house.fanout._sockets if outbox.rest]
    assert owed
    assert any(rest is PICTURE for rest in rests)
    assert all(part is PICTURE for part in owed)
    for person in people:
        assert [person.hears() for _ in range(8)] == [f"43{ack}[{PICTURE.decode()}]" for ack in range(1, 9)]


def test_what_is_said_goes_before_the_next_picture_and_nobody_misses_anything(
    house: House, arrives: Arrives, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each time that a picture goes out to somebody, something is said."""
    people, pictures = [arrives() for _ in range(10)], []

    def sent(connection: object, data: bytes) -> int:
        pictures.append(data is PICTURE)
        if data is PICTURE:
            house.tells(sum(pictures))
        return send(connection, data)  # type: ignore[arg-type]  # passed on as it came

    send = nonblocking.send
    monkeypatch.setattr(fanout, "send", sent)
    with house.fanout._sending:
        for person in people:
            person.speaks(event("picture", ack=7))
        until(lambda: house.heard.count("picture") == 10)

    for person in people:
        heard = [person.hears() for _ in range(11)]
        assert heard.count(f"437[{PICTURE.decode()}]") == 1
        assert [json.loads(text[2:])[1] for text in heard if text.startswith("42")] == list(range(1, 11))
    assert sum(pictures) == 10
    assert not any(one and next_one for one, next_one in itertools.pairwise(pictures))
    until(lambda: house.fanout._stream._frames == [])


def test_a_slow_reader_gets_everything_in_order(house: House, arrives: Arrives) -> None:
    slow = arrives(receives=4096)
    for n in range(60):
        house.tells([n, LONG])
        if n % 20 == 0:
            slow.speaks(event("hello", ack=n))

    heard = [slow.hears() for _ in range(63)]
    assert [json.loads(text[2:])[1] for text in heard if text.startswith("42")] == [[n, LONG] for n in range(60)]
    assert sum(text.startswith("43") for text in heard) == 3


def test_more_slow_readers_than_select_holds_are_served(
    way: str, house: House, arrives: Arrives, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nonblocking, "SELECT_HOLDS", 3)
    people = [arrives(receives=4096) for _ in range(10)]
    for n in range(100):
        house.tells([n, LONG])
    until(lambda: all(outbox.slow for outbox in house.fanout._sockets))

    assert len(house.fanout._readiness._selector.get_map()) == (3 if way == "as Windows can" else 11)
    for person in people:
        assert person.hears_told(100) == [[n, LONG] for n in range(100)]


def test_slow_readers_that_go_stop_nobody(house: House, arrives: Arrives) -> None:
    minji = arrives()
    for n in range(20):
        sleepers = [arrives(receives=4096) for _ in range(5)]
        for _ in range(60):
            house.tells([n, LONG])
        for sleeper in sleepers:
            sleeper.closes(abruptly=True)
        assert minji.hears_told(60) == [[n, LONG]] * 60


def test_a_socket_that_is_closed_while_it_is_watched_is_no_failure(way: str) -> None:
    readiness = nonblocking.Readiness()
    one, other = socket.socketpair()
    readiness.watch(one, "one")
    one.close()

    assert readiness.wait(0) == []
    readiness.unwatch(one)
    readiness.watch(other, "other")
    assert readiness.wait(1) == ["other"]
    other.close()
    readiness.close()


def test_who_waits_costs_no_time(arrives: Arrives) -> None:
    people = [arrives() for _ in range(5)]
    began, spent = time.monotonic(), time.process_time()
    until(lambda: time.monotonic() > began + 0.5)

    assert time.process_time() - spent < 0.25
    assert len(people) == 5


def test_one_thread_a_client_and_few_besides(house: House, arrives: Arrives) -> None:
    before = threading.active_count()
    people = [arrives() for _ in range(40)]

    assert threading.active_count() <= before + len(people)
    assert house.transport.sessions == len(people)


def test_small_frames_are_not_held_back(house: House, arrives: Arrives) -> None:
    """TCP_NODELAY: with Nagle's algorithm a second frame waits for the acknowledgement of the first, some 40 ms."""
    arrives()
    (connection,) = house.fanout._sockets.values()

    assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
