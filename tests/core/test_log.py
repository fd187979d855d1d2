"""An outbox's mids: 1, 2, 3, ... each answered once and for all."""

from __future__ import annotations

import pytest

from chatapp.core.log import Log, Outbox
from chatapp.protocol import REMEMBERED_MIDS
from tests.core.actors import refused


def test_the_first_mid_is_1() -> None:
    assert Outbox().earlier(1) is None
    for mid in (2, 65):
        with refused("gap", expected=1):
            Outbox().earlier(mid)


def test_a_taken_mid_has_the_answer_that_it_had_the_first_time() -> None:
    outbox = Outbox()
    outbox.take(1, 17)
    outbox.take(2, "text-empty")

    assert (outbox.earlier(1), outbox.earlier(2), outbox.earlier(3)) == (17, "text-empty", None)
    with refused("gap", expected=3):
        outbox.earlier(4)


def test_the_newest_1000_answers_are_remembered() -> None:
    outbox = Outbox()
    for mid in range(1, REMEMBERED_MIDS + 2):
        outbox.take(mid, mid)

    assert outbox.earlier(2) == 2
    assert outbox.earlier(REMEMBERED_MIDS + 1) == REMEMBERED_MIDS + 1
    with refused("gap", expected=REMEMBERED_MIDS + 2):
        outbox.earlier(1)


def test_each_outbox_of_each_member_counts_for_itself() -> None:
    log = Log(0, {})
    log.take("민지", "main", 1, 1)

    assert log.outbox("민지", "main").last == 1
    assert log.outbox("민지", "second").last == 0
    assert log.outbox("준", "main").last == 0


def test_a_log_goes_on_where_the_disk_left_off() -> None:
    log = Log(9, {("민지", "main"): {4: 8, 5: 9}})

    assert log.head == 9
    assert log.outbox("민지", "main").earlier(4) == 8
    assert log.outbox("민지", "main").earlier(6) is None
    with refused("gap", expected=6):
        log.outbox("민지", "main").earlier(3)


@pytest.mark.parametrize("asked", ["민지", "준"])
def test_asking_takes_nothing(asked: str) -> None:
    log = Log(0, {})

    log.outbox(asked, "main").earlier(1)

    assert log.outbox(asked, "main").last == 0
