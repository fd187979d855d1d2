"""What waits for the room: in order, taken all at once, and of each sender not much."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from chatapp.server import inbox
from chatapp.server.inbox import Inbox
from tests.server.transport_house import PATIENCE, until


@contextmanager
def in_a_thread(act: Callable[[], object]) -> Iterator[threading.Thread]:
    thread = threading.Thread(target=act)
    thread.start()
    yield thread
    thread.join(PATIENCE)
    assert not thread.is_alive()


def test_all_that_gathered_is_taken_at_once_and_in_order() -> None:
    box = Inbox[int]()
    for n in range(5):
        box.put("민지", n, 1)
    box.put_at_once(5)

    assert box.take() == [0, 1, 2, 3, 4, 5]


def test_who_takes_waits_until_something_is_there() -> None:
    box, taken = Inbox[str](), list[list[str]]()
    with in_a_thread(lambda: taken.append(box.take())) as waiting:
        waiting.join(0.05)
        assert waiting.is_alive()
        box.put("민지", "안녕", 1)

    assert taken == [["안녕"]]


@pytest.mark.parametrize(
    ("count", "size"), [(inbox.MOST_WAITING, 1), (4, inbox.MOST_SIZE // 4), (1, 10 * inbox.MOST_SIZE)]
)
def test_who_sends_much_waits_and_others_do_not(count: int, size: int) -> None:
    box = Inbox[str]()
    for n in range(count):
        box.put("민지", f"민지 {n}", size)
    with in_a_thread(lambda: box.put("민지", "민지 more", size)) as minji:
        with in_a_thread(lambda: box.put("준", "준", size)):
            pass
        box.put_at_once("lost")
        assert minji.is_alive()

        assert box.take() == [*(f"민지 {n}" for n in range(count)), "준", "lost"]

    assert box.take() == ["민지 more"]


def test_when_all_together_have_sent_much_the_next_one_waits() -> None:
    box = Inbox[str]()
    box.put("민지", "large", inbox.MOST_SIZE_IN_ALL)
    with in_a_thread(lambda: box.put("준", "small", 1)) as jun:
        jun.join(0.05)
        assert jun.is_alive()

        assert box.take() == ["large"]

    assert box.take() == ["small"]


def test_when_it_closes_nobody_waits_and_nothing_is_taken() -> None:
    box, taken = Inbox[int](), list[list[int]]()
    for n in range(inbox.MOST_WAITING):
        box.put("민지", n, 1)
    with in_a_thread(lambda: box.put("민지", 100, 1)) as minji:
        until(minji.is_alive)
        box.close()
    with in_a_thread(lambda: taken.append(box.take())):
        pass

    assert taken == [[]]
