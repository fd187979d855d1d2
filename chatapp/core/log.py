"""The list's own rules: the next seq, and each command taken once by its mid.

A decision may reckon with changes that were decided but are not on disk yet (`foresee`). That alters nothing of the
log: when the disk says no, forgetting what was foreseen is all that is to be undone.
"""

from __future__ import annotations

from collections.abc import Iterable

from chatapp.core.changes import Change, EntryAdded, MidAnswer, MidTaken
from chatapp.errors import Refused
from chatapp.protocol import REMEMBERED_MIDS


class Outbox:
    """One member's numbered commands: 1, 2, 3, ... without a hole, each answered once and for all."""

    def __init__(self, answers: dict[int, MidAnswer] | None = None) -> None:
        self._answers = dict(answers or {})
        self.last = max(self._answers, default=0)
        self.foreseen: dict[int, MidAnswer] = {}
        """What follows, unless the disk says no."""

    def earlier(self, mid: int) -> MidAnswer | None:
        """The answer that a taken mid had; None for the next one; raises gap for all others."""
        upcoming = self.last + len(self.foreseen) + 1
        if mid == upcoming:
            return None
        for answers in (self.foreseen, self._answers):
            if mid in answers:
                return answers[mid]
        raise Refused("gap", expected=upcoming)

    def take(self, mid: int, answer: MidAnswer) -> None:
        """Remember the answer to the next mid, and forget that of the oldest."""
        self._answers[mid] = answer
        self._answers.pop(mid - REMEMBERED_MIDS, None)
        self.last = mid
        self.foreseen.pop(mid, None)


class Log:
    """How long the list is, and how far each outbox has come; the entries themselves are the store's."""

    def __init__(self, head: int, outboxes: dict[tuple[str, str], dict[int, MidAnswer]]) -> None:
        self.head = head
        self._outboxes = {key: Outbox(answers) for key, answers in outboxes.items()}
        self._foreseen_head = 0
        self._foreseen: set[tuple[str, str]] = set()

    @property
    def next_seq(self) -> int:
        """The seq of the next entry that is decided."""
        return max(self.head, self._foreseen_head) + 1

    def outbox(self, member: str, name: str) -> Outbox:
        """The outbox of that name; an empty one when nothing was taken from it yet."""
        return self._outboxes.get((member, name)) or Outbox()

    def take(self, member: str, name: str, mid: int, answer: MidAnswer) -> None:
        """Answer a mid for good."""
        self._outboxes.setdefault((member, name), Outbox()).take(mid, answer)

    def foresee(self, changes: Iterable[Change]) -> None:
        """Let what is decided next reckon with these, although they are not true yet."""
        for change in changes:
            if isinstance(change, EntryAdded):
                self._foreseen_head = change.entry.seq
            elif isinstance(change, MidTaken):
                key = (change.member, change.outbox)
                self._outboxes.setdefault(key, Outbox()).foreseen[change.mid] = change.answer
                self._foreseen.add(key)

    def forget_foreseen(self) -> None:
        """Reckon with what is true alone."""
        for key in self._foreseen:
            self._outboxes[key].foreseen.clear()
        self._foreseen.clear()
        self._foreseen_head = 0
