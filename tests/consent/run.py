"""One small offer: who said yes when, what was sent when, what came to whom, and the judgement over it."""

from __future__ import annotations

import hashlib
import json
import random
import time
from collections import Counter

from tests.consent.people import Somebody, port_of
from tests.consent.transfers import Consent, Fetch, Gift
from tests.contract.people import Json
from tests.contract.wire import PATIENCE

SIZES = (1, 2, 17, 300, 4_096, 20_000, 65_536)
WAITING = ("accepted", "receiving")
CONSENTED = (*WAITING, "received")
REFUSED = (404, 410)


class Recipient:
    """One who was offered it, with the tickets that this one once got."""

    def __init__(self, who: Somebody) -> None:
        self.who = who
        self.consent = Consent()
        self.tickets: dict[int, str] = {}
        self.removed = False

    def learns(self, offer: Json) -> None:
        """Note the tickets in an offer."""
        self.tickets.update({each["file"]: each["url"] for each in offer["downloads"]})


class Run:
    """The offer of one sender to two or three, until all of it is over."""

    def __init__(self, rng: random.Random, sender: Somebody, others: list[Somebody], reached: Counter[str]) -> None:
        self.rng, self.sender, self.reached = rng, sender, reached
        self.port = port_of(sender.url)
        self.recipients = [Recipient(who) for who in others]
        bodies = [rng.randbytes(rng.choice(SIZES)) for _ in range(rng.randint(1, 3))]
        self.gifts = [Gift(self.port, body) for body in bodies]
        self.fetches: list[Fetch] = []
        self.is_open, self.restarted, self.deleted, self.expired, self.sender_removed = True, False, False, False, False
        self.offer = self._offers()

    def _offers(self) -> str:
        tab = self.sender.tab
        tab.mid += 1
        files = [{"name": f"파일 {n}.bin", "size": len(gift.body), "type": ""} for n, gift in enumerate(self.gifts)]
        return str(tab.does("offer", mid=tab.mid, files=files)["offer"]["id"])

    def count(self, what: str) -> None:
        """A state that was reached."""
        self.reached[what] += 1

    # -- consent ----------------------------------------------------------------------------------

    def began(self, number: int, at: float, ack: Json) -> None:
        """A yes that was sent at a time was acknowledged."""
        recipient = self.recipients[number]
        assert ack["offer"]["mine"] in CONSENTED, ack
        recipient.consent.begins(at)
        recipient.learns(ack["offer"])
        self.learns_uploads()

    def learns_uploads(self) -> None:
        """The sender notes where to send."""
        if self.sender.here:
            self.sender.tab.settles()
            for file, url in self.sender.tab.wanted.get(self.offer, {}).items():
                self.gifts[file].ticket = url

    def ended(self, number: int) -> None:
        """The end of a recipient's consent is acknowledged by now."""
        self.recipients[number].consent.ends(time.monotonic())

    def wavered(self, number: int) -> None:
        """There may have been a no before the yes that counts now: what ran before it may be over."""
        self.ended(number)
        self.recipients[number].consent.begins(time.monotonic())

    def closed(self) -> None:
        """The end of the offer is acknowledged by now."""
        self.is_open = False
        for number in range(len(self.recipients)):
            self.ended(number)

    def is_over(self, why: str) -> None:
        """The end of the offer is acknowledged by now: no ticket of it brings anything."""
        self.closed()
        self.count(why)
        for number in range(len(self.recipients)):
            self.is_refused(number, why)

    def expires(self) -> None:
        """It has expired: only the consent of those who were receiving still counts."""
        self.is_open, self.expired = False, True
        self.count("expired")
        for number in range(len(self.recipients)):
            state = self.state(number)
            if state == "receiving":
                self.count("it went on after it expired")
            elif state != "received":
                self.ended(number)
                self.is_refused(number, "expired")

    def state(self, number: int) -> str:
        """What the room has told this recipient of its state."""
        return self.recipients[number].who.state(self.offer)

    def waiting(self) -> list[int]:
        """Recipients whose consent counts and who have not got all of it."""
        counting = [n for n, each in enumerate(self.recipients) if each.consent.counts and each.who.here]
        return [n for n in counting if self.state(n) in WAITING]

    # -- fetching ---------------------------------------------------------------------------------

    def fetches_of(self, number: int, file: int) -> list[Fetch]:
        """What a recipient has asked for of one file."""
        return [each for each in self.fetches if (each.who, each.file) == (number, file)]

    def has_place(self, number: int, file: int) -> bool:
        """Whether a member may have one more connection to a file."""
        return sum(not each.over for each in self.fetches_of(number, file)) < 3

    def fetch(self, number: int, file: int, wanted: str | None = None, method: str = "GET") -> Fetch:
        """Ask for a file with a ticket that this one has, or once had."""
        fetch = Fetch(self.port, self.recipients[number].tickets[file], number, file, method, wanted)
        self.fetches.append(fetch)
        return fetch

    def forged(self, path: str) -> None:
        """Ask with a ticket that nobody was given."""
        fetch = Fetch(self.port, path, None, None)
        fetch.reads_all()
        self.fetches.append(fetch)
        assert fetch.status == 404, f"{path}: {fetch.status}"

    def is_refused(self, number: int, why: str) -> None:
        """A ticket whose consent has ended brings nothing."""
        tickets = sorted(self.recipients[number].tickets)
        chosen = self.rng.sample(tickets, min(len(tickets), self.rng.choice((1, 1, 3))))
        asked = [self.fetch(number, file, method=self.rng.choice(("GET", "GET", "HEAD"))) for file in chosen]
        for fetch in asked:
            fetch.reads_head()
            assert fetch.status in REFUSED, f"{why}: {fetch.status}"
            self.count(f"refused a ticket: {why}")

    # -- the end ----------------------------------------------------------------------------------

    def everybody_gets_it(self) -> None:
        """The sender sends what is missing, and all who said yes have every file, whole."""
        waiting = self.waiting()
        if not waiting:
            return
        for gift in self.gifts:
            gift.completes(self._all_have_it)
        for number in waiting:
            for file in range(len(self.gifts)):
                self._whole(number, file)
            self.count("a recipient has all files, equal by SHA-256")

    def _all_have_it(self) -> bool:
        """Whether those who went on after the expiry have told of the end: with the last of them the room closes it."""
        for each in self.recipients:
            if each.who.here:
                each.who.tab.settles()
        return self.expired and not self.waiting()

    def _whole(self, number: int, file: int) -> None:
        """Read on what still runs, then resume until nothing is missing."""
        for fetch in self.fetches_of(number, file):
            held = not fetch.over and self.recipients[number].consent.held_since(fetch.sent_at)
            fetch.reads_all()
            if held and not (self.restarted or self.deleted or self.expired):
                assert fetch.is_whole or fetch.status in (416, 429), f"{fetch.status}, and {len(fetch.body)} bytes"
        size = len(self.gifts[file].body)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            got = self._got(number, file)
            if len(got) == size:
                assert hashlib.sha256(got).digest() == hashlib.sha256(self.gifts[file].body).digest()
                return
            fetch = self.fetch(number, file, f"bytes={len(got)}-" if got else None)
            fetch.reads_all()
            assert fetch.status in (200, 206, 429), f"a ticket that counts: {fetch.status}"
            if fetch.wanted and fetch.status == 206:
                self.count("a download resumed")
        raise AssertionError(f"{len(got)} of {size} bytes, and no more")

    def _got(self, number: int, file: int) -> bytes:
        """What a recipient has of a file from its beginning, put together as a browser does."""
        size, got = len(self.gifts[file].body), b""
        good = [each for each in self.fetches_of(number, file) if each.status in (200, 206) and each.method == "GET"]
        for fetch in sorted(good, key=lambda each: each.start(size)):
            start = fetch.start(size)
            if start <= len(got) < start + len(fetch.body):
                got += fetch.body[len(got) - start :]
        return got

    def is_judged(self) -> None:
        """Read all connections to their end, and say whether anything came that must not."""
        for gift in self.gifts:
            gift.lets_go()
        for fetch in self.fetches:
            fetch.reads_all()
            if fetch.status in (200, 206):
                self._judge_bytes(fetch)
            elif fetch.status is not None:
                self._judge_refusal(fetch)
            else:
                assert fetch.cut or self.restarted, f"no answer: {fetch}"

    def _judge_bytes(self, fetch: Fetch) -> None:
        assert fetch.who is not None, "a ticket that is none was answered"
        assert fetch.file is not None
        gift, consent = self.gifts[fetch.file], self.recipients[fetch.who].consent
        start = fetch.start(len(gift.body))
        assert gift.body[start : start + len(fetch.body)] == fetch.body, "other bytes than those of the file"
        assert len(fetch.body) <= fetch.declared
        assert fetch.method == "GET" or not fetch.body, "a HEAD with a body"
        for piece in fetch.pieces:
            since = max(fetch.sent_at, gift.first_sent(start + piece.start, start + piece.stop))
            assert consent.was_between(since, piece.at), f"LEAK of {piece} to {fetch.who}: {consent.spans}, {since}"
        if not fetch.pieces and not consent.held_since(fetch.sent_at) and not fetch.cut:
            self.count("a download that ran ended without a byte")
        late = gift.sent and consent.spans and gift.sent[-1].at > consent.spans[-1][1] >= fetch.sent_at
        if late and not fetch.cut and not fetch.is_whole:
            self.count("bytes were sent after an end with a download open")

    def _judge_refusal(self, fetch: Fetch) -> None:
        assert fetch.status in (404, 410, 416, 429), fetch.raw
        unread = fetch.cut or self.restarted or fetch.method == "HEAD"
        assert unread or list(json.loads(fetch.body)) == ["code"], fetch.raw
        assert not any(mark in fetch.raw for gift in self.gifts for mark in gift.marks())
