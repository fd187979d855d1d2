"""What recipients may do; each act returns at once when it makes no sense now."""

from __future__ import annotations

import time
from collections.abc import Callable

from tests.consent.house import House
from tests.consent.run import CONSENTED, WAITING, Run
from tests.consent.transfers import Gift
from tests.contract.wire import TUS, request

Act = Callable[[House, Run], None]
TICKET_CHARS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."
PARTS = 1_000


def anybody(run: Run) -> int | None:
    """A recipient who is in the room."""
    here = [n for n, each in enumerate(run.recipients) if each.who.here and not each.removed]
    return run.rng.choice(here) if here else None


def _holder(run: Run) -> tuple[int, int] | None:
    """A recipient's ticket, whether it still counts or not."""
    held = [(n, file) for n, each in enumerate(run.recipients) for file in each.tickets if run.has_place(n, file)]
    return run.rng.choice(held) if held else None


def accept(house: House, run: Run, number: int | None = None) -> None:
    """Say yes, or say it again."""
    number = anybody(run) if number is None else number
    if number is None:
        return None
    recipient, before, at = run.recipients[number], run.state(number), time.monotonic()
    ack = run.rng.choice(recipient.who.tabs).tells("answer", offer=run.offer, accept=True)
    if not run.is_open:
        assert ack["code"] == "offer-closed", ack
        return run.count("a yes to a closed offer")
    if ack.get("code") == "offer-closed" and house.impatient:
        return None
    run.began(number, at, ack)
    again = {"pending": "accepted", "declined": "accepted after a decline", "failed": "accepted after a loss"}
    return run.count(again.get(before, "accepted again"))


def decline(house: House, run: Run, number: int | None = None) -> None:
    """Say no, before or after a yes."""
    number = anybody(run) if number is None else number
    if number is None:
        return
    recipient = run.recipients[number]
    before = run.state(number)
    ack = run.rng.choice(recipient.who.tabs).tells("answer", offer=run.offer, accept=False)
    if not ack["ok"]:
        assert not run.is_open or house.impatient, ack
        return
    _declined(run, number, ack["offer"]["mine"])
    if run.rng.random() < 0.4 and not run.recipients[number].consent.counts:
        run.is_refused(number, "declined")
    run.count("cancelled" if before in WAITING else "declined")


def _declined(run: Run, number: int, mine: str) -> None:
    files = range(len(run.gifts))
    may_have_all = all(run.fetches_of(number, file) for file in files)
    assert mine in ("declined", "failed") or (mine == "received" and may_have_all), mine
    if mine != "received":
        run.ended(number)
    else:
        run.count("declined what was received")


def fetch(house: House, run: Run) -> None:
    """Begin a download, and perhaps see its head or its first bytes."""
    held = _holder(run)
    if held is None:
        return
    number, file = held
    size = len(run.gifts[file].body)
    some = f"bytes={run.rng.randrange(size)}-"
    wanted = run.rng.choice((None, None, None, some, f"bytes=0-{size // 2}", "bytes=-1", f"bytes={size}-"))
    counted = run.recipients[number].consent.counts
    begun = run.fetch(number, file, wanted)
    if run.rng.random() < 0.7:
        begun.reads_head()
        assert counted or house.impatient or begun.status in (404, 410), begun.status
        run.count("a download began" if counted else "a download was refused")
        if begun.status == 200 and counted and _is_coming(run, run.gifts[file]):
            begun.reads_some()
            run.count("a download runs")


def _is_coming(run: Run, gift: Gift) -> bool:
    """Whether bytes of it are with the host: what was sent while somebody wanted it, and nobody gave up since."""
    sent_at = gift.sent[0].at if gift.sent else 0.0
    return bool(gift.high and gift.is_open and any(each.consent.held_since(sent_at) for each in run.recipients))


def cut(house: House, run: Run) -> None:
    """A download is cut by who receives it."""
    running = [each for each in run.fetches if not each.over]
    if running and not house.impatient:
        run.rng.choice(running).cuts()
        run.count("a download was cut")


def head(house: House, run: Run) -> None:
    """Ask what there is: no body, and no change."""
    held = _holder(run)
    if held is None:
        return
    before = run.state(held[0]) if run.recipients[held[0]].who.here else None
    asked = run.fetch(*held, method="HEAD", wanted=run.rng.choice((None, "bytes=0-0")))
    asked.reads_all()
    if run.recipients[held[0]].consent.counts and not house.impatient:
        assert asked.status == 200, asked.raw
    if before is not None and before not in WAITING:
        assert run.state(held[0]) == before
    run.count("a HEAD was answered" if asked.status == 200 else "a HEAD was refused")


def thousand_parts(house: House, run: Run) -> None:
    """A Range of a thousand parts: the whole file, or nothing."""
    held = _holder(run)
    if held is None:
        return
    parts = ",".join(f"{n}-{n}" for n in range(PARTS))
    asked = run.fetch(*held, wanted=f"bytes={parts}")
    asked.reads_head()
    assert asked.status in (200, 404, 410, 429), asked.raw
    run.count("a thousand parts were asked for" if asked.status == 200 else "a thousand parts were refused")


def forge(house: House, run: Run) -> None:
    """Guess tickets: one character off, for somebody else, for another offer, of the other kind."""
    held = _holder(run)
    if held is None:
        return
    ticket = run.recipients[held[0]].tickets[held[1]].split("/")[2]
    at = run.rng.randrange(len(ticket))
    other = run.rng.choice(TICKET_CHARS.replace(ticket[at], ""))
    stranger = run.rng.choice([each.who.id for each in run.recipients if each.who.id not in ticket])
    guesses = [
        ticket[:at] + other + ticket[at + 1 :],
        ticket.replace(run.recipients[held[0]].who.id, stranger),
        ticket.replace(run.offer, house.last_offer or run.offer[::-1]),
        ticket[: ticket.rfind(".")],
    ]
    uploads = [gift.ticket.split("/")[2] for gift in run.gifts if gift.ticket]
    run.forged(f"/downloads/{run.rng.choice([*guesses, *uploads])}/x")
    assert request(run.sender.url, "HEAD", f"/uploads/{run.rng.choice([*guesses, ticket])}", TUS).status == 404
    run.count("a forged ticket was refused")


def tab_reopens(house: House, run: Run) -> None:
    """One of two tabs goes and comes: the other one's yes still counts."""
    number = anybody(run)
    if number is not None and not house.impatient:
        before = run.state(number)
        run.recipients[number].who.reopens(1)
        now = run.state(number)
        assert now == before or (before in WAITING and now in CONSENTED), f"{before}, then {now}"
        run.count("a tab was closed and opened again")


def leave(house: House, run: Run, number: int | None = None) -> None:
    """A recipient leaves the room, and perhaps comes again, having said nothing yet."""
    number = anybody(run) if number is None else number
    if number is None:
        return
    recipient = run.recipients[number]
    recipient.who.leaves()
    had = recipient.who.has_heard(run.offer, "received")
    if not had:
        run.ended(number)
        run.is_refused(number, "left")
    run.count("a recipient left")
    if run.rng.random() < 0.7:
        recipient.who.comes(recipient.who.url)
        if run.is_open and not had:
            assert run.state(number) == "pending"
            run.is_refused(number, "left and came again")
        run.count("a recipient came again")


def removed(house: House, run: Run, number: int | None = None) -> None:
    """The host removes a recipient for good."""
    number = anybody(run) if number is None else number
    if number is None:
        return
    recipient = run.recipients[number]
    house.removes(recipient.who)
    recipient.removed = True
    if not recipient.who.has_heard(run.offer, "received"):
        run.ended(number)
        run.is_refused(number, "removed")
    run.count("a recipient was removed")
