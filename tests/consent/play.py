"""Many runs in one room, from a seed: the same seed plays the same acts."""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from tests.consent import acts, sending
from tests.consent.acts import Act
from tests.consent.house import House
from tests.consent.races import RACES
from tests.consent.run import CONSENTED, Run

RUNS_OF_A_ROOM = 1_000
"""Then a fresh room: an old list of offers only takes time."""
ROOMS_AT_ONCE = 2
RESTART_EVERY = 100
BATCH = 12
IMPATIENT_SHARE = 10
"""One run in so many is in a room where offers expire and seats are lost within a second or two."""
IMPATIENT = ("--offer-ttl", "1", "--grace", "2")

ACTS: dict[Act, int] = {
    acts.accept: 14,
    acts.fetch: 14,
    sending.upload: 12,
    acts.decline: 5,
    sending.stop_in_the_flow: 6,
    sending.complete: 3,
    acts.cut: 2,
    acts.head: 3,
    acts.thousand_parts: 2,
    acts.forge: 3,
    acts.tab_reopens: 1,
    acts.leave: 2,
    acts.removed: 1,
    sending.delete: 2,
    sending.withdraw: 2,
    sending.sender_leaves: 1,
    sending.sender_removed: 1,
    sending.sender_dies: 2,
    sending.sender_returns: 6,
    **RACES,
}
HASTY: dict[Act, int] = {acts.accept: 4, acts.fetch: 6, sending.upload: 6, acts.decline: 1, acts.head: 1, acts.forge: 1}

MUST_BE_REACHED = (
    *("accepted", "accepted again", "accepted after a decline", "accepted after a loss", "declined", "cancelled"),
    *("withdrawn", "a yes to a closed offer", "expired", "it went on after it expired", "the sender vanished"),
    *("a yes, then the withdrawal", "the withdrawal, then a yes", "two tabs: a yes, then a no"),
    *("two tabs: a no, then a yes", "a download, then a no", "a no, then a download"),
    *("bytes came with the withdrawal", "a tab was closed and opened again"),
    *("a recipient left", "a recipient came again", "a recipient was removed", "the sender left"),
    *("the sender was removed", "the sender was killed", "the sender was killed in an upload", "the sender came again"),
    *("an upload is frozen", "an upload took the place of a frozen one", "an upload was not wanted"),
    *("an upload was deleted", "a download runs", "a download was cut", "a download resumed"),
    *("a HEAD was answered", "a HEAD was refused", "a thousand parts were asked for", "a thousand parts were refused"),
    *("a forged ticket was refused", "a download that ran ended without a byte"),
    *("bytes were sent after an end with a download open", "the host was restarted", "the host was killed"),
    *("refused a ticket: declined", "refused a ticket: withdrawn", "refused a ticket: removed"),
    *("refused a ticket: expired", "refused a ticket: left", "refused a ticket: left and came again"),
    "a recipient has all files, equal by SHA-256",
)
"""What any hundreds of runs come to; a test that does not has become another test."""


def _acts(rng: random.Random, table: dict[Act, int], count: int) -> list[Act]:
    return rng.choices(list(table), list(table.values()), k=count)


def play(house: House, seed: str, reached: Counter[str], interruption: Callable[[Run], None] | None) -> None:
    """One run; the interruption comes in the middle of it."""
    rng = random.Random(seed)
    sender, *others = house.cast(rng)
    run = Run(rng, sender, others, reached)
    chosen = [acts.accept, *_acts(rng, ACTS, rng.randint(3, 9))]
    for number, act in enumerate(chosen):
        if interruption is not None and number == len(chosen) // 2:
            interruption(run)
        with said(act.__name__):
            act(house, run)
    sending.sender_returns(house, run)
    with said(f"the end of {[act.__name__ for act in chosen]}"):
        run.everybody_gets_it()
        if run.is_open:
            sending.withdraw(house, run)
        run.is_judged()
    house.last_offer = run.offer


def restart(house: House, run: Run, *, killed: bool) -> None:
    """The host's program ends and starts again; each yes and each no is what it was."""
    here = [n for n, each in enumerate(run.recipients) if each.who.here]
    before = {n: run.state(n) in CONSENTED for n in here}
    house.restarts(killed=killed)
    run.restarted = True
    for gift in run.gifts:
        gift.lets_go()
    for fetch in run.fetches:
        fetch.reads_all()
    assert {n: run.state(n) in CONSENTED for n in here} == before
    run.count("the host was killed" if killed else "the host was restarted")


def play_room(seed: str, numbers: range) -> Counter[str]:
    """Some runs, one after the other, in a room of their own; what they reached."""
    reached = Counter[str]()
    with opened() as house:
        house.fills()
        for number in numbers:
            killed = number // RESTART_EVERY % 2 == 1
            stops = number % RESTART_EVERY == RESTART_EVERY // 2
            with said(f"{seed}:{number}") as name:
                play(house, name, reached, partial(restart, house, killed=killed) if stops else None)
            if number % 10 == 0:
                house.rests()
    return reached


def play_impatient(seed: str, count: int) -> Counter[str]:
    """Runs whose offers expire, or whose senders do not come again; some at a time, for each has to wait."""
    reached = Counter[str]()
    with opened(*IMPATIENT, impatient=True) as house:
        for numbers in parts(count, BATCH):
            with said(f"{seed}:impatient:{numbers[0]}"):
                runs = [_hasty(house, f"{seed}:impatient:{number}", reached) for number in numbers]
                for run in runs:
                    _runs_out(house, run)
            house.rests()
    return reached


def _hasty(house: House, seed: str, reached: Counter[str]) -> Run:
    rng = random.Random(seed)
    sender, *others = (house.newcomer() for _ in range(3))
    run = Run(rng, sender, others, reached)
    for act in (acts.accept, sending.upload, *_acts(rng, HASTY, rng.randint(2, 6))):
        act(house, run)
    if rng.random() < 0.3:
        sending.sender_dies(house, run)
    return run


def _runs_out(house: House, run: Run) -> None:
    """The offer expires, or its sender's seat runs out; only who was receiving gets more, and all of it."""
    tab = run.recipients[0].who.tab
    if run.sender.here:
        tab.hears_that(run.offer, "expired")
        run.expires()
        run.everybody_gets_it()
    else:
        tab.hears_leaving(run.sender.id)
        run.closed()
        run.count("the sender vanished")
        for number in range(len(run.recipients)):
            run.is_refused(number, "the sender vanished")
    run.is_judged()
    for person in (run.sender, *(each.who for each in run.recipients)):
        if person.here:
            person.leaves()


@contextmanager
def opened(*arguments: str, impatient: bool = False) -> Iterator[House]:
    """A room that is erased at the end."""
    with tempfile.TemporaryDirectory() as folder:
        house = House(Path(folder), *arguments, impatient=impatient)
        try:
            yield house
        except BaseException:
            house.server.process.kill()
            raise
        house.ends()


@contextmanager
def said(name: str) -> Iterator[str]:
    """Say in which run something failed."""
    try:
        yield name
    except BaseException as error:
        error.add_note(f"in run {name}")
        raise


def parts(count: int, size: int) -> Iterator[range]:
    """The numbers up to a count, some at a time."""
    return (range(start, min(count, start + size)) for start in range(0, count, size))


def play_all(seed: int, runs: int) -> Counter[str]:
    """All runs, the impatient ones beside the others; what they reached."""
    share = runs // IMPATIENT_SHARE
    calm = runs - share
    rooms = parts(calm, min(RUNS_OF_A_ROOM, -(-calm // ROOMS_AT_ONCE)))
    with ThreadPoolExecutor(ROOMS_AT_ONCE + 1) as threads:
        beside = threads.submit(play_impatient, f"{seed}", share)
        counts = list(threads.map(lambda numbers: play_room(f"{seed}", numbers), rooms))
        return sum(counts, beside.result())


def report(reached: Counter[str]) -> str:
    """A line for each state."""
    return "\n".join(f"{times:9,}  {what}" for what, times in sorted(reached.items()))
