"""The room of many runs: its server, its people, and who takes the place of those who are removed."""

from __future__ import annotations

import random
from itertools import count
from pathlib import Path

from tests.consent.people import Somebody
from tests.server_process import ServerProcess

PEOPLE = 9
NAMES = ("민지", "준", "Sora")


class House:
    """A server with some people in it; `impatient`: offers and seats end there by themselves, at any time."""

    def __init__(self, data: Path, *arguments: str, impatient: bool = False) -> None:
        self.server = ServerProcess(*arguments, data=data)
        self.impatient = impatient
        self._numbers = count(1)
        self.host = Somebody(self.url, "주인", tabs=1, token=self.server.host_token)
        self.people: list[Somebody] = []
        self.last_offer: str | None = None

    @property
    def url(self) -> str:
        """The room's address."""
        return self.server.url

    def newcomer(self) -> Somebody:
        """Somebody who has not been here before."""
        number = next(self._numbers)
        return Somebody(self.url, f"{NAMES[number % len(NAMES)]} {number}")

    def fills(self) -> None:
        """The people of the house come."""
        self.people = [self.newcomer() for _ in range(PEOPLE)]

    def cast(self, rng: random.Random) -> list[Somebody]:
        """A sender and two or three others, all in the room."""
        for person in self.people:
            if not person.here:
                person.comes(self.url)
        return rng.sample(self.people, rng.randint(3, 4))

    def removes(self, person: Somebody) -> None:
        """The host removes a person, and another comes."""
        self.host.tab.does("remove", member=person.id)
        self.replaces(person)

    def replaces(self, person: Somebody) -> None:
        """Another one comes for a person who was removed."""
        person.here = False
        for tab in person.tabs:
            tab.is_closed()
            tab.closes()
        self.people = [self.newcomer() if each is person else each for each in self.people]

    def restarts(self, *, killed: bool) -> None:
        """The host's program ends, in order or by kill -9, and runs again; who was here comes back."""
        present = [each for each in (self.host, *self.people) if each.here]
        if killed:
            self.server.kill()
        else:
            self.server.stop()
        for person in present:
            for tab in person.tabs:
                tab.closes()
        self.server = self.server.again()
        for person in present:
            person.comes(self.url)

    def rests(self) -> None:
        """Everybody reads what was told, so that nobody seems to be dead."""
        for person in (self.host, *self.people):
            for tab in person.tabs if person.here else ():
                tab.settles()

    def ends(self) -> None:
        """The server stops, and has left no traceback behind."""
        for person in (self.host, *self.people):
            for tab in person.tabs if person.here else ():
                tab.closes()
        self.server.stop()
