"""What a socket is owed: the stream from its place on, and its own between, in the order in which they were added."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from chatapp.server.outbox import CHUNK_BYTES, Outbox, Stream


def test_who_follows_is_owed_what_comes_from_then_on() -> None:
    stream, early, late = Stream(), Outbox(), Outbox()
    early.follow(stream)
    stream.add(b"1")
    late.follow(stream)
    stream.add(b"2")

    assert (early.take(stream, 2), late.take(stream, 2)) == (b"12", b"2")
    assert early.is_empty(2)
    assert early.take(stream, 2) == b""


def test_its_own_comes_at_its_place() -> None:
    stream, outbox = Stream(), Outbox()
    outbox.add(b"a", stream)
    outbox.follow(stream)
    stream.add(b"1")
    outbox.add(b"b", stream)
    stream.add(b"2")

    assert outbox.take(stream, 2) == b"a1b2"


def test_a_round_ends_at_its_place_and_the_next_goes_on_there() -> None:
    stream, outbox = Stream(), Outbox()
    outbox.follow(stream)
    stream.add(b"1")
    outbox.add(b"a", stream)
    stream.add(b"2")
    outbox.add(b"b", stream)

    assert outbox.take(stream, 1) == b"1a"
    assert not outbox.is_empty(2)
    assert outbox.take(stream, 2) == b"2b"


def test_after_its_end_it_is_owed_what_was_added_before_and_nothing_of_the_stream_after() -> None:
    stream, outbox = Stream(), Outbox()
    outbox.follow(stream)
    stream.add(b"1")
    outbox.add(b"end", stream)
    outbox.closing = True
    stream.add(b"2")

    assert outbox.take(stream, 2) == b"1end"
    assert outbox.is_empty(2)


def test_not_more_is_joined_than_a_send_is_worth_and_a_frame_alone_is_not_copied() -> None:
    stream, outbox = Stream(), Outbox()
    outbox.follow(stream)
    big = b"x" * (CHUNK_BYTES + 1)
    for frame in (b"1", big, b"2"):
        stream.add(frame)
    outbox.add(big, stream)

    assert outbox.take(stream, 3) == b"1" + big
    assert outbox.take(stream, 3) == b"2"
    assert outbox.take(stream, 3) is big


def test_a_place_stays_when_older_frames_are_forgotten() -> None:
    stream, outbox = Stream(), Outbox()
    outbox.follow(stream)
    for n in range(5):
        stream.add(b"%d" % n)
    assert outbox.take(stream, 3) == b"012"

    stream.forget(3)

    assert outbox.take(stream, 5) == b"34"


@given(st.lists(st.sampled_from(["all", "own", "follow", "take", "forget"]), max_size=60))
@settings(max_examples=300, deadline=None)
def test_in_whatever_order_it_is_the_order_of_adding_and_the_sum_is_right(steps: list[str]) -> None:
    stream, outbox, numbers = Stream(), Outbox(), itertools.count(10)
    owed, got, follows = b"", b"", False
    for step in steps:
        if step == "follow":
            outbox.follow(stream)
            follows = True
        elif step == "take":
            got += outbox.take(stream, stream.end)
        elif step == "forget":
            stream.forget(stream.end if outbox.place is None else outbox.place)
        else:
            frame = b"<%d>" % next(numbers)
            stream.add(frame) if step == "all" else outbox.add(frame, stream)
            if step == "own" or follows:
                owed += frame
        assert outbox.behind(stream) == len(owed) - len(got)

    assert got + outbox.take(stream, stream.end) == owed
    assert outbox.behind(stream) == 0
