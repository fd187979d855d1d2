"""Acts of two people, or of two tabs of one, in the same instant."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import websocket

from tests.consent.acts import Act, anybody
from tests.consent.house import House
from tests.consent.people import Tab
from tests.consent.run import CONSENTED, Run
from tests.contract.people import Json
from tests.contract.wire import ClosedError

JITTER_SECONDS = 0.001
CONNECTING_SECONDS = 0.01
"""The jitter where one of the two has to connect first."""
GONE: Json = {"ok": False, "code": "gone"}


def at_once(
    run: Run, one: Callable[[], Any], other: Callable[[], Any], jitter: float = JITTER_SECONDS
) -> tuple[Any, Any]:
    """Do both in threads that begin together; chance holds one of them back, by less than it takes to be answered."""
    barrier, delays = threading.Barrier(2), [0.0, run.rng.random() * jitter]
    run.rng.shuffle(delays)

    def begin(act: Callable[[], object], delay: float) -> object:
        barrier.wait(10)
        until = time.perf_counter() + delay
        while time.perf_counter() < until:
            pass
        return act()

    with ThreadPoolExecutor(2) as threads:
        first, second = threads.submit(begin, one, delays[0]), threads.submit(begin, other, delays[1])
        return first.result(), second.result()


def _says(tab: Tab, run: Run, *, accept: bool) -> Callable[[], Json]:
    def say() -> Json:
        try:
            return tab.tells("answer", offer=run.offer, accept=accept)
        except (ClosedError, ConnectionError, websocket.WebSocketConnectionClosedException):
            return GONE

    return say


def accept_and_withdraw(house: House, run: Run) -> None:
    """The yes and the end of the offer meet; the end holds, whichever is first."""
    number = anybody(run)
    if number is None or not run.is_open or not run.sender.here:
        return
    before, at = run.state(number), time.monotonic()
    yes = _says(run.recipients[number].who.tab, run, accept=True)
    ack, end = at_once(run, yes, lambda: run.sender.tab.tells("withdraw", offer=run.offer))
    assert end["ok"], end
    if ack["ok"]:
        run.began(number, at, ack)
    else:
        assert ack["code"] == "offer-closed"
    run.closed()
    if before not in CONSENTED:
        run.count("a yes, then the withdrawal" if ack["ok"] else "the withdrawal, then a yes")
    for each in range(len(run.recipients)):
        run.is_refused(each, "withdrawn in the same instant")


def accept_and_decline(house: House, run: Run) -> None:
    """Two tabs of one member do not agree; what came last counts."""
    number = anybody(run)
    if number is None or not run.is_open:
        return
    tabs, at = run.recipients[number].who.tabs, time.monotonic()
    before = run.state(number)
    yes, no = at_once(run, _says(tabs[0], run, accept=True), _says(tabs[1], run, accept=False))
    assert yes["ok"], yes
    assert no["ok"], no
    run.began(number, at, yes)
    state = run.state(number)
    if state == "declined":
        run.ended(number)
        run.is_refused(number, "declined in another tab")
    else:
        run.wavered(number)
    if before not in CONSENTED:
        run.count("two tabs: a yes, then a no" if state == "declined" else "two tabs: a no, then a yes")


def fetch_and_decline(house: House, run: Run) -> None:
    """A download begins while another tab says no."""
    number = anybody(run)
    if number is None or not run.recipients[number].tickets or not run.has_place(number, 0):
        return
    if not run.is_open or not run.recipients[number].consent.counts:
        return
    no = _says(run.recipients[number].who.tabs[1], run, accept=False)
    _, ack = at_once(run, lambda: run.fetch(number, 0), no, CONNECTING_SECONDS)
    assert ack["ok"], ack
    if ack["offer"]["mine"] == "declined":
        run.ended(number)
        run.fetches[-1].reads_all()
        began = run.fetches[-1].status in (200, 206)
        run.count("a download, then a no" if began else "a no, then a download")


def send_and_withdraw(house: House, run: Run) -> None:
    """Bytes are on their way in while the offer is taken back."""
    going = [gift for gift in run.gifts if gift.is_open]
    if not going or not run.is_open or not run.sender.here:
        return
    gift = run.rng.choice(going)
    end = at_once(run, lambda: gift.sends(len(gift.body)), lambda: run.sender.tab.tells("withdraw", offer=run.offer))[1]
    assert end["ok"], end
    run.closed()
    run.count("bytes came with the withdrawal")


def accept_and_remove(house: House, run: Run) -> None:
    """The host removes somebody who is saying yes."""
    number = anybody(run)
    if number is None or not run.is_open:
        return
    recipient, at = run.recipients[number], time.monotonic()
    if run.state(number) == "received":
        return
    yes = _says(recipient.who.tab, run, accept=True)
    ack, _ = at_once(run, yes, lambda: house.host.tab.does("remove", member=recipient.who.id))
    if ack["ok"]:
        run.began(number, at, ack)
    run.ended(number)
    recipient.removed = True
    house.replaces(recipient.who)
    run.is_refused(number, "removed in the same instant")
    run.count("a yes, then the removal" if ack["ok"] else "the removal, then a yes")


RACES: dict[Act, int] = {
    accept_and_withdraw: 4,
    accept_and_decline: 4,
    fetch_and_decline: 6,
    send_and_withdraw: 4,
    accept_and_remove: 1,
}
