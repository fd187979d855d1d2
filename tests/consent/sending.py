"""What a sender may do; each act returns at once when it makes no sense now."""

from __future__ import annotations

from tests.consent.acts import accept, decline, leave, removed
from tests.consent.house import House
from tests.consent.run import CONSENTED, Run


def upload(house: House, run: Run) -> None:
    """Send a part of a file, and let the rest wait: the sender is frozen until something sends on."""
    known = [gift for gift in run.gifts if gift.ticket]
    if not known or not run.sender.here:
        return None
    gift = run.rng.choice(known)
    if gift.is_open and run.rng.random() < 0.8:
        gift.sends(run.rng.randint(1, len(gift.body)))
        return None
    fenced, consented = gift.is_open, any(run.state(n) in CONSENTED for n in _present(run))
    status = gift.opens()
    run.count("an upload took the place of a frozen one" if fenced else "an upload began")
    if status in (423, 410):
        assert house.impatient or not (consented and run.is_open), status
        return run.count("an upload was not wanted" if status == 423 else "an upload was over")
    assert consented or house.impatient, "bytes are taken that nobody waits for"
    if gift.is_open:
        gift.sends(max(1, run.rng.randrange(len(gift.body))))
        run.count("an upload is frozen")
    return None


def _present(run: Run) -> list[int]:
    return [n for n, each in enumerate(run.recipients) if each.who.here]


def stop_in_the_flow(house: House, run: Run) -> None:
    """A download runs, then comes an end of it, and the sender sends on all the same."""
    waiting = run.waiting()
    if not waiting or not run.is_open or not run.sender.here:
        return
    number, gift = run.rng.choice(waiting), run.rng.choice(run.gifts)
    file = run.gifts.index(gift)
    if gift.opens() != 200 or not gift.is_open or not run.has_place(number, file):
        return
    missing = len(gift.body) - gift.at
    gift.sends(run.rng.randrange(missing))
    running = run.fetch(number, file)
    running.reads_head()
    if gift.at:
        running.reads_some()
    run.rng.choice((decline, decline, withdraw, leave, removed))(house, run, number)
    if gift.is_open:
        gift.sends(missing)
    if not run.recipients[number].consent.counts:
        running.reads_all()


def complete(house: House, run: Run) -> None:
    """Send all of a file."""
    if run.sender.here and run.is_open and run.waiting() and not house.impatient:
        run.rng.choice(run.gifts).completes()
        run.count("a file was sent whole")


def delete(house: House, run: Run) -> None:
    """The sender ends an upload: failed for all who wait."""
    known = [gift for gift in run.gifts if gift.ticket]
    if not known or not run.sender.here or house.impatient:
        return
    gift = run.rng.choice(known)
    gift.lets_go()
    status, _ = gift.asks("DELETE")
    if status != 204:
        assert status in (410, 423), status
        return
    run.deleted = True
    failed = [number for number in _present(run) if run.state(number) == "failed"]
    for number in failed:
        run.ended(number)
        run.is_refused(number, "failed")
        if run.rng.random() < 0.5:
            accept(house, run, number)
    run.count("an upload was deleted")


def withdraw(house: House, run: Run, _number: int | None = None) -> None:
    """Take the offer back."""
    if not run.sender.here:
        return
    ack = run.rng.choice(run.sender.tabs).tells("withdraw", offer=run.offer)
    assert ack["ok"] == run.is_open or house.impatient, ack
    if ack["ok"]:
        run.is_over("withdrawn")


def sender_leaves(house: House, run: Run) -> None:
    """The sender leaves in order."""
    if run.sender.here:
        run.sender.leaves()
        run.is_over("the sender left")


def sender_removed(house: House, run: Run) -> None:
    """The host removes the sender."""
    if run.sender.here:
        house.removes(run.sender)
        run.sender_removed = True
        run.is_over("the sender was removed")


def sender_dies(house: House, run: Run) -> None:
    """The sender's program is killed; uploads break, the offer stands."""
    if run.sender.here:
        if any(gift.is_open for gift in run.gifts):
            run.count("the sender was killed in an upload")
        for gift in run.gifts:
            gift.lets_go()
        run.sender.dies()
        run.count("the sender was killed")


def sender_returns(house: House, run: Run) -> None:
    """The sender starts again, with the same token."""
    if not run.sender.here and not run.sender_removed and not house.impatient:
        run.sender.comes(run.sender.url)
        run.learns_uploads()
        run.count("the sender came again")
