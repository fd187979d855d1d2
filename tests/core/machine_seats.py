"""The machine's steps of coming and going."""

from __future__ import annotations

from unicodedata import normalize

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.core.actors import GRACE, OFFER_TTL
from tests.core.machine_stage import PEOPLE, Data, Stage
from tests.core.people import Person

NOT_A_NAME = "Latin with Cyrillic"
NAMES = {
    **{name: name for name in PEOPLE},
    normalize("NFD", "민지"): "민지",
    "SORA": "Sora",
    "\uff33\uff4f\uff52\uff41": "Sora",  # full width
    "S\u043era": NOT_A_NAME,
}
"""What people ask to be called -> which of them are the same name."""


class ComingAndGoing(Stage):
    """Joins, losses, leaves, removals, renames, time."""

    @rule(data=st.data())
    def somebody_comes(self, data: Data) -> None:
        outside = [one for one in self.people if one.key not in self.model.held]
        away = [one for one in self.people if one.key in self.model.away]
        person = self.pick(data, self.pick(data, [some for some in (outside, away, self.people) if some]))
        name = self.pick(data, [person.name, person.name, *NAMES])
        seated = person.key in self.model.held
        outbox = "second" if [tab.outbox for tab in person.tabs] == ["main"] else "main"
        if len(person.tabs) > 1 or not self.does(
            lambda: person.joins(name, outbox=outbox), self._why_not(person, name)
        ):
            return
        self.model.away.pop(person.key, None)
        self.reached["two tabs"] += len(person.tabs) == 2
        if not seated and self.model.sits_down(person.key, normalize("NFC", name)):
            self.reached["gone and come again"] += 1

    def _why_not(self, person: Person, name: str) -> str | None:
        if person.key in self.model.held:
            return None
        if person.key in self.model.removed:
            return "was-removed"
        if self.model.locked and person.key not in self.model.known and person is not self.people[0]:
            return "room-locked"
        return self._why_not_called(person, name)

    def _why_not_called(self, person: Person, name: str) -> str | None:
        if NAMES[name] == NOT_A_NAME:
            return "name-invalid"
        taken = {NAMES[held] for key, held in self.model.held.items() if key != person.key}
        return "name-taken" if NAMES[name] in taken else None

    @precondition(lambda self: self.play.tabs)
    @rule(data=st.data())
    def somebody_goes(self, data: Data) -> None:
        self.pick(data, [self.loses, self.leaves, self.is_removed])(data)

    def loses(self, data: Data) -> None:
        tab = self.a_tab(data)
        tab.person.loses(tab)
        if not tab.person.tabs:
            self.model.away[tab.person.key] = self.play.now

    def leaves(self, data: Data) -> None:
        tab = self.a_tab(data)
        last = len(tab.person.tabs) == 1
        self.reached["left in one of two tabs"] += not last
        if self.does(lambda: tab.person.leaves(tab)) and last:
            self._vacates(tab.person, "left")

    def _vacates(self, person: Person, kind: str) -> None:
        own = [given for given in self.model.offers.values() if given.by == person.key and given.moves]
        receiving = [given for given in own if "receiving" in given.states.values()]
        self.model.vacates(person.key, kind)
        self.reached["sender left while receiving"] += any(given.state == "sender-left" for given in receiving)

    def is_removed(self, data: Data) -> None:
        host = self.people[0]
        tab = self.pick(data, [*host.tabs[:1], self.a_tab(data)])
        person = self.pick(data, self.known)
        code = None
        if tab.person is not host:
            code = "not-host"
        elif person.key not in self.model.held:
            code = "unknown-member"
        elif person is host:
            code = "not-yours"
        if self.does(lambda: tab.person.removes(person, tab), code):
            self.model.removed.add(person.key)
            self._vacates(person, "removed")
            assert not person.tabs, "a removed person still has a connection"
            self.reached["removed"] += 1

    @rule(time=st.sampled_from((1, 1000, 1000, GRACE // 2, GRACE // 2, GRACE, OFFER_TTL)))
    def time_passes(self, time: int) -> None:
        model = self.model
        seated, moving = len(model.held), [given for given in model.offers.values() if given.state == "open"]
        model.passes(self.play.now, self.play.now + time)
        self.play.passes(time)
        self.reached["grace ended"] += len(model.held) < seated
        self.reached["expired"] += any(given.state == "expired" for given in moving)
        self.reached["expired while receiving"] += any(given.state == "expired" and given.moves for given in moving)

    @precondition(lambda self: self.play.tabs)
    @rule(data=st.data())
    def something_is_changed(self, data: Data) -> None:
        self.pick(data, [self.renames, self.locks] if self.people[0].tabs else [self.renames])(data)

    def renames(self, data: Data) -> None:
        name, held = self.pick(data, sorted(NAMES)), self.model.held
        tab, shown = self.a_tab(data), normalize("NFC", name)
        person = tab.person
        if self.does(lambda: person.renames(name, tab), self._why_not_called(person, name)):
            if held[person.key] != shown:
                self.model.log.append(("renamed", person.key))
            held[person.key] = shown

    def locks(self, data: Data) -> None:
        locked = data.draw(st.booleans())
        if self.does(lambda: self.people[0].configures(locked=locked)):
            self.model.locked = locked
