"""What every step of the machine needs: a play, a model beside it, and what must be true after each step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import ClassVar, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant

from chatapp.errors import Refused
from tests.core.actors import GRACE, Play
from tests.core.checks import Checks
from tests.core.disk import DiskFull
from tests.core.model import Model
from tests.core.people import Person, Tab

PEOPLE = ("선생님", "민지", "준", "Sora", "Олег", "Νίκη")
"""The first one is the host."""

T = TypeVar("T")
Data = st.DataObject
DISK_FULL = "disk full"


class Stage(RuleBasedStateMachine):
    """2 to 6 people in one room."""

    reached: ClassVar[Counter[str]] = Counter()
    """What came about, over all runs."""

    def __init__(self) -> None:
        super().__init__()
        self.play = Play()
        self.model = Model(GRACE)
        self.people = [self.play.host(PEOPLE[0]), *(self.play.person(name) for name in PEOPLE[1:])]
        self.by_key = {person.key: person for person in self.people}
        self.checks = Checks(self.play, self.model, self.people)

    # -- how a step is made -----------------------------------------------------------------------

    def pick(self, data: Data, options: Sequence[T]) -> T:
        """One of what exists."""
        return data.draw(st.sampled_from(options))

    def a_tab(self, data: Data) -> Tab:
        return self.pick(data, list(self.play.tabs.values()))

    @property
    def known(self) -> list[Person]:
        """Everybody who was ever in."""
        return [person for person in self.people if person.key in self.model.known]

    def does(self, act: Callable[[], object], code: str | None = None) -> bool:
        """Do what should be refused with `code` (None: done); True when done. A no leaves all as it was."""
        before = self.checks.everything()
        got = _refusal(act)
        if got is None:
            assert code is None, f"a yes where {code} was due"
            return True
        assert self.checks.everything() == before, f"{got} changed something"
        self.reached[f"refused: {got}"] += 1
        assert got in (code, DISK_FULL), f"{got} where {code or 'a yes'} was due"
        return False

    # -- what is true after every step ------------------------------------------------------------

    @invariant()
    def nobody_has_the_name_of_another(self) -> None:
        self.checks.names()

    @invariant()
    def seats_are_as_they_should_be(self) -> None:
        self.checks.seats()

    @invariant()
    def everybody_has_the_same_list(self) -> None:
        self.checks.lists()

    @invariant()
    def offers_are_as_they_should_be(self) -> None:
        self.checks.offers()

    @invariant()
    def no_byte_goes_without_consent(self) -> None:
        self.checks.consent()

    @invariant()
    def everybody_was_told_what_concerns_them_and_nothing_else(self) -> None:
        self.checks.tellings()


def _refusal(act: Callable[[], object]) -> str | None:
    """How it was refused; None when it was done."""
    try:
        act()
    except DiskFull:
        return DISK_FULL
    except Refused as refused:
        return refused.code
    return None
