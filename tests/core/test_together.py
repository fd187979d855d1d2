"""Postings that share a commit: together they become what they would have become one by one, or nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from hypothesis import event, given, settings
from hypothesis import strategies as st

from chatapp.core.changes import Change, Decision
from chatapp.errors import Refused
from chatapp.protocol import REMEMBERED_MIDS, Say
from tests.core.actors import Play, refused

Posting = tuple[int, int, str]
"""Who (an index), which mid, and what."""
TEXTS = ("안녕", "둘", "", "\u200b", "x" * 4001)
postings = st.lists(st.tuples(st.integers(0, 2), st.integers(1, 6), st.sampled_from(TEXTS)), max_size=14)
reached = Counter[str]()


def a_room() -> tuple[Play, list[str]]:
    play = Play()
    tabs = [play.enters(name).opens_a_tab() for name in ("민지", "준", "Sora")]
    return play, [tab.id for tab in tabs]


def decided(play: Play, sockets: Sequence[str], posting: Posting) -> Decision | str:
    who, mid, text = posting
    try:
        return play.room.say(sockets[who], Say(mid=mid, text=text), play.fresh("entry"), play.now)
    except Refused as refused:
        return f"{refused.code} {refused.details}"


def answer(decision: Decision | str) -> object:
    if isinstance(decision, str):
        return decision
    try:
        return decision.reply()
    except Refused as refused:
        return refused.code


def one_by_one(play: Play, sockets: Sequence[str], all_of: Sequence[Posting]) -> list[object]:
    answers = []
    for posting in all_of:
        decision = decided(play, sockets, posting)
        if isinstance(decision, Decision):
            play.change(decision.changes)
        answers.append(answer(decision))
    return answers


def together(play: Play, sockets: Sequence[str], all_of: Sequence[Posting]) -> list[object]:
    """Raises storage-full."""
    decisions, changes = [], list[Change]()
    for posting in all_of:
        decision = decided(play, sockets, posting)
        if isinstance(decision, Decision):
            play.room.log.foresee(decision.changes)
            changes += decision.changes
        decisions.append(decision)
    try:
        play.change(changes)
    finally:
        play.room.log.forget_foreseen()
    return [answer(decision) for decision in decisions]


def everything(play: Play) -> object:
    log = play.room.log
    outboxes = {key: outbox._answers for key, outbox in log._outboxes.items() if outbox._answers}
    assert not any(outbox.foreseen for outbox in log._outboxes.values())
    return log.head, log.next_seq, outboxes, list(play.disk.entries)


@given(postings, postings)
@settings(max_examples=150, deadline=None)
def test_together_they_become_what_they_would_have_become_one_by_one(first: list[Posting], then: list[Posting]) -> None:
    (alone, tabs), (shared, same_tabs) = a_room(), a_room()
    assert tabs == same_tabs

    expected = one_by_one(alone, tabs, first) + one_by_one(alone, tabs, then)

    assert together(shared, tabs, first) + together(shared, tabs, then) == expected
    assert everything(shared) == everything(alone)
    for kind in {str(each).split()[0].split("(")[0] for each in expected}:
        reached[kind] += 1
        event(kind)


def test_all_kinds_of_answers_came_about() -> None:
    assert set(reached) == {"Posted", "gap", "text-empty", "text-too-long"}
    assert min(reached.values()) > 10


@given(postings, postings)
@settings(max_examples=60, deadline=None)
def test_when_the_disk_says_no_nothing_has_happened_and_the_same_goes_through_later(
    first: list[Posting], then: list[Posting]
) -> None:
    play, tabs = a_room()
    together(play, tabs, first)
    before = everything(play)

    play.disk.fails = True
    alters = any(isinstance(each, Decision) and each.changes for each in (decided(play, tabs, one) for one in then))
    if alters:
        with refused("storage-full"):
            together(play, tabs, then)
    play.disk.fails = False

    assert everything(play) == before
    again, _ = a_room()
    assert together(play, tabs, then) == one_by_one(again, tabs, [*first, *then])[len(first) :]


def test_of_a_thousand_mids_that_share_a_commit_the_newest_are_remembered() -> None:
    play, tabs = a_room()
    count = REMEMBERED_MIDS + 50

    answers = together(play, tabs, [(0, mid, "말") for mid in range(1, count + 1)])

    assert [each.seq for each in answers] == list(range(4, count + 4))  # type: ignore[attr-defined]  # each is Posted
    assert str(decided(play, tabs, (0, 50, "말"))).startswith("gap")
    assert isinstance(decided(play, tabs, (0, 51, "말")), Decision)
