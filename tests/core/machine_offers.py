"""The machine's steps of offering, consenting and moving bytes."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.core.actors import OFFER_TTL
from tests.core.machine_stage import Data, Stage
from tests.core.model import Given
from tests.core.people import Person

SIZES = ((3,), (0,), (2, 4))
MOST_OPEN = 3

Pairs = Sequence[tuple[str, Person]]


class Offering(Stage):
    """Offers, answers, withdrawals."""

    def pairs(self, *states: str) -> Pairs:
        """Who may be sent bytes, and is in one of these states."""
        return [
            (offer, person)
            for offer, given in self.model.offers.items()
            for person in self.known
            if given.of(person.key) in states and self.model.may_receive(offer, person.key)
        ]

    def offers(self, data: Data) -> None:
        tab, sizes, made = self.a_tab(data), self.pick(data, SIZES), list[str]()
        person = tab.person
        answers = self.model.answers.setdefault((person.key, tab.outbox), [])
        files = [(f"과제 {size}.pdf", size) for size in sizes]
        if self.does(lambda: made.append(person.offers(*files, mid=len(answers) + 1, tab=tab))):
            self.model.offers[made[0]] = Given(person.key, sizes, self.play.now + OFFER_TTL)
            self.model.log.append(("offered", person.key))
            answers.append(len(self.model.log))

    def answers(self, data: Data) -> None:
        tab, offer = self.a_tab(data), self.pick(data, list(self.model.offers))
        key, given, accept = tab.person.key, self.model.offers[offer], data.draw(st.booleans())
        over = given.state != "open" and (accept or not given.goes_on_for(key))
        code = "not-yours" if given.by == key else "offer-closed" if over else None
        if self.does(lambda: tab.person.answers(offer, accept, tab), code):
            given.act(key, "accept" if accept else "decline")

    def _open(self) -> int:
        return sum(given.state == "open" for given in self.model.offers.values())

    def accepts(self, data: Data) -> None:
        offer, person = self.pick(data, self._acceptable())
        if self.does(lambda: person.accepts(offer)):
            given = self.model.offers[offer]
            self.reached[f"accepted after {given.of(person.key)}"] += 1
            given.act(person.key, "accept")

    def _acceptable(self) -> Pairs:
        """Who is online and could say yes, those whose upload was lost first of all."""
        waiting = [
            (offer, person)
            for offer, given in self.model.offers.items()
            for person in self.people
            if given.state == "open" and person.tabs and person.key != given.by
        ]
        states = [self.model.offers[offer].of(person.key) for offer, person in waiting]
        return [pair for pair, state in zip(waiting, states, strict=True) if state in ("pending", "failed")]

    def cancels(self, data: Data) -> None:
        offer, person = self.pick(data, self._cancellable())
        given = self.model.offers[offer]
        if self.does(lambda: person.declines(offer)):
            self.reached[f"cancelled while {given.of(person.key)}"] += 1
            self.reached["cancelled after expiry"] += given.state == "expired"
            given.act(person.key, "decline")

    def _cancellable(self) -> Pairs:
        return [(offer, person) for offer, person in self.pairs("accepted", "receiving") if person.tabs]

    def withdraws_any(self, data: Data) -> None:
        tab, offer = self.a_tab(data), self.pick(data, list(self.model.offers))
        self._withdraws(tab.person, offer)

    def withdraws(self, data: Data) -> None:
        offer = self.pick(data, self._withdrawable())
        self._withdraws(self.by_key[self.model.offers[offer].by], offer)

    def _withdrawable(self) -> list[str]:
        """Offers that go on and whose sender is online, those that are being received first of all."""
        offers = self.model.offers.items()
        standing = [offer for offer, given in offers if given.moves and self.by_key[given.by].tabs]
        received = [offer for offer in standing if "receiving" in self.model.offers[offer].states.values()]
        return received or standing[:1]

    def _withdraws(self, person: Person, offer: str) -> None:
        given = self.model.offers[offer]
        code = "not-yours" if given.by != person.key else "offer-closed" if not given.moves else None
        if self.does(lambda: person.withdraws(offer), code):
            self.reached["withdrawn after expiry"] += given.state == "expired"
            given.state = "withdrawn"
            self.reached["withdrawn"] += 1
            self.reached["withdrawn while receiving"] += "receiving" in given.states.values()


class Moving(Offering):
    """Downloads and uploads, wanted and not."""

    @precondition(lambda self: self.play.tabs)
    @rule(data=st.data())
    def an_offer_goes_on(self, data: Data) -> None:
        """One step on the way to received, for whoever can make one."""
        steps = {
            self.offers: self._open() < MOST_OPEN,
            self.accepts: self._acceptable(),
            self.starts: self.pairs("accepted"),
            self.gets: self.pairs("receiving"),
            self.uploads: self.model.offers,
        }
        self.pick(data, [step for step, possible in steps.items() if possible])(data)

    @precondition(lambda self: self.model.offers and self.play.tabs)
    @rule(data=st.data())
    def somebody_thinks_again(self, data: Data) -> None:
        """Answers and withdrawals, allowed or not."""
        steps = [self.answers, self.withdraws_any]
        if self._withdrawable():
            steps.append(self.withdraws)
        if self._cancellable():
            steps.append(self.cancels)
        self.pick(data, steps)(data)

    @precondition(lambda self: self.model.offers)
    @rule(data=st.data())
    def bytes_go_astray(self, data: Data) -> None:
        """Lost, asked for without consent, or reported too late."""
        steps = [self.loses_upload, self.asks_without_consent, self.gets_too_late]
        if self.pairs("receiving", "received"):
            steps.append(self.starts)
        self.pick(data, steps)(data)

    def starts(self, data: Data) -> None:
        offer, person = self.pick(data, self.pairs("accepted") or self.pairs("receiving", "received"))
        if self.does(lambda: person.starts(offer)):
            self.model.offers[offer].act(person.key, "start")
            self.reached["receiving"] += 1

    def asks_without_consent(self, data: Data) -> None:
        offer, person = self.pick(data, self._anybody())
        given = self.model.offers[offer]
        if not self.model.may_receive(offer, person.key):
            never = given.by == person.key or given.of(person.key) == "pending"
            self.does(lambda: person.starts(offer), "not-found" if never else "offer-closed")

    def gets(self, data: Data) -> None:
        offer, person = self.pick(data, self.pairs("receiving"))
        given = self.model.offers[offer]
        file, start, stop = self._span(data, given)
        if self.does(lambda: person.gets(offer, start, stop, file)):
            given.get(person.key, file, start, stop)
            self.reached["received"] += given.of(person.key) == "received"

    def gets_too_late(self, data: Data) -> None:
        offer, person = self.pick(data, self._anybody())
        if (offer, person) not in self.pairs("receiving"):
            file, start, stop = self._span(data, self.model.offers[offer])
            before = self.checks.everything()
            self.does(lambda: person.gets(offer, start, stop, file))
            assert self.checks.everything() == before, "bytes were counted for somebody who is not receiving"

    def _anybody(self) -> Pairs:
        return [(offer, person) for offer in self.model.offers for person in self.known]

    def _span(self, data: Data, given: Given) -> tuple[int, int, int]:
        """All of a file, its beginning, its end, or nothing."""
        file = data.draw(st.integers(0, len(given.sizes) - 1))
        size = given.sizes[file]
        middle = data.draw(st.integers(0, size))
        return file, *self.pick(data, [(0, size), (0, size), (0, middle), (middle, size)])

    def uploads(self, data: Data) -> None:
        offer = self.pick(data, list(self.model.offers))
        given = self.model.offers[offer]
        file = data.draw(st.integers(0, len(given.sizes) - 1))
        if self.does(lambda: self.people[0].uploads(offer, file)):
            given.whole.add(file)

    def loses_upload(self, data: Data) -> None:
        waiting = [offer for offer, _ in self.pairs("receiving") or self.pairs("accepted")]
        offer = self.pick(data, waiting or list(self.model.offers))
        given = self.model.offers[offer]
        file = data.draw(st.integers(0, len(given.sizes) - 1))
        if self.does(lambda: self.people[0].loses_upload(offer, file)):
            waiting_people = list(given.states) if given.moves else []
            failed = [given.act(key, "lose", "spool") for key in waiting_people]
            self.reached["failed"] += any(failed)
            given.whole.discard(file)
