"""Progress is told seldom enough for everybody, and the last of it always."""

from chatapp.core.changes import BytesDelivered, Change, RecipientSaved
from chatapp.core.state import Delivery
from chatapp.server.progress import PROGRESS_MS, Progress

SOON = PROGRESS_MS // 5


def at(count: int, member: str = "준") -> tuple[BytesDelivered, tuple[Delivery]]:
    return BytesDelivered("o1", 0, member, 0, count), (Delivery("offer-answered", (member, count)),)


def told(progress: Progress, change: Change, tellings: tuple[Delivery], now: int) -> list[object]:
    return [one.payload for one in progress.now(change, tellings, now) if isinstance(one, Delivery)]


def due(progress: Progress, now: int) -> list[object]:
    return [one.payload for one in progress.due(now) if isinstance(one, Delivery)]


def test_the_last_progress_is_told_although_nothing_moves_after_it() -> None:
    progress = Progress()
    assert told(progress, *at(1), 1000) == [("준", 1)]
    assert told(progress, *at(2), 1000 + SOON) == []
    assert told(progress, *at(3), 1000 + 2 * SOON) == []
    assert due(progress, 1000 + 3 * SOON) == []
    assert due(progress, 1000 + PROGRESS_MS) == [("준", 3)]
    assert due(progress, 1000 + 3 * PROGRESS_MS) == []
    assert told(progress, *at(4), 1000 + PROGRESS_MS + SOON) == []


def test_each_member_has_a_time_of_ones_own() -> None:
    progress = Progress()
    assert told(progress, *at(1), 1000) == [("준", 1)]
    assert told(progress, *at(1, "Sora"), 1000) == [("Sora", 1)]


def test_progress_that_was_kept_back_is_not_told_after_a_new_state() -> None:
    progress = Progress()
    told(progress, *at(1), 1000)
    told(progress, *at(2), 1000 + SOON)
    received = (Delivery("offer-answered", "received"),)
    assert told(progress, RecipientSaved("o1", "준", "received"), received, 1000 + 2 * SOON) == ["received"]
    assert due(progress, 1000 + PROGRESS_MS) == []
