"""The list's own rules: the next seq, and each command taken once by its mid."""

from __future__ import annotations

from chatapp.core.changes import MidAnswer
from chatapp.errors import Refused
from chatapp.protocol import REMEMBERED_MIDS


class Outbox:
    """One member's numbered commands: 1, 2, 3, ... without a hole, each answered once and for all."""

    def __init__(self, answers: dict[int, MidAnswer] | None = None) -> None:
        self._answers = dict(answers or {})
        self.last = max(self._answers, default=0)

    def earlier(self, mid: int) -> MidAnswer | None:
        """The answer that a taken mid had; None for the next one; raises gap for all others."""
        if mid == self.last + 1:
            return None
        if mid in self._answers:
            return self._answers[mid]
        raise Refused("gap", expected=self.last + 1)

    def take(self, mid: int, answer: MidAnswer) -> None:
        """Remember the answer to the next mid, and forget that of the oldest."""
        self._answers[mid] = answer
        self._answers.pop(mid - REMEMBERED_MIDS, None)
        self.last = mid


class Log:
    """How long the list is, and how far each outbox has come; the entries themselves are the store's."""

    def __init__(self, head: int, outboxes: dict[tuple[str, str], dict[int, MidAnswer]]) -> None:
        self.head = head
        self._outboxes = {key: Outbox(answers) for key, answers in outboxes.items()}

    def outbox(self, member: str, name: str) -> Outbox:
        """The outbox of that name; an empty one when nothing was taken from it yet."""
        return self._outboxes.get((member, name)) or Outbox()

    def take(self, member: str, name: str, mid: int, answer: MidAnswer) -> None:
        """Answer a mid for good."""
        self._outboxes.setdefault((member, name), Outbox()).take(mid, answer)
