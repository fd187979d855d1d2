"""The card of one offer, as it stands on one person's page."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Locator, expect

from tests.e2e.person import Person

PART = re.compile(r"(?<!\d)[1-9]\d?%")
"""Some of it, and not all."""


class Card:
    """The newest one that shows a name."""

    def __init__(self, person: Person, name: str) -> None:
        self.person, self._words = person, person.words
        cards = person.page.get_by_role("group").and_(person.page.locator(":not(details)"))
        self.place = cards.filter(has_text=name).last

    def button(self, word: str) -> Locator:
        return self.place.get_by_role("button", name=self._words[word], exact=True)

    def presses(self, word: str) -> None:
        self.button(word).click()

    def says(self, word: str) -> None:
        expect(self.place).to_contain_text(self._words[word])

    def moves(self) -> None:
        """Some of it is there, and not all."""
        expect(self.place).to_contain_text(PART)

    def lists(self, *paths: str) -> None:
        expect(self.place.get_by_role("listitem").locator(".name")).to_have_text(paths)

    def row(self, name: str) -> Locator:
        ledger = self.place.get_by_role("list", name=self._words["who has it"])
        return ledger.get_by_role("listitem").filter(has_text=name)

    def tells_of(self, name: str, word: str) -> None:
        expect(self.row(name)).to_contain_text(self._words[word])

    def tells_how_far(self, name: str) -> None:
        expect(self.row(name)).to_contain_text(PART)

    def picks_again(self, *files: Path) -> None:
        with self.person.page.expect_file_chooser() as chooser:
            self.presses("pick again")
        chooser.value.set_files(files)
