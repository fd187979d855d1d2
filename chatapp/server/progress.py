"""How often the progress of transfers is told: seldom enough for everybody, and the last of it always."""

from __future__ import annotations

from collections.abc import Sequence

from chatapp.core.changes import BytesDelivered, Change, OfferSaved, RecipientSaved
from chatapp.core.state import Telling

PROGRESS_MS = 250
"""The bare progress of one member's transfer is told at most once in this time."""

Key = tuple[str, str]
"""An offer and a member."""


class Progress:
    """What changes make the room tell, now or when it is due; `now`: milliseconds since the Unix epoch."""

    def __init__(self) -> None:
        self._told_at: dict[Key, int] = {}
        self._untold: dict[Key, Sequence[Telling]] = {}

    def now(self, change: Change, tellings: Sequence[Telling], now: int) -> Sequence[Telling]:
        """What of the tellings of a change is to be told at once."""
        if isinstance(change, BytesDelivered):
            return self._now((change.offer, change.member), tellings, now)
        if isinstance(change, RecipientSaved):
            self._forget((change.offer, change.member))
        elif isinstance(change, OfferSaved):
            for key in [key for key in self._told_at if key[0] == change.offer.id]:
                self._forget(key)
        return tellings

    def due(self, now: int) -> list[Telling]:
        """What was kept back and is to be told by now."""
        keys = [key for key in self._untold if self._may_be_told(key, now)]
        self._told_at.update(dict.fromkeys(keys, now))
        return [telling for key in keys for telling in self._untold.pop(key)]

    def _now(self, key: Key, tellings: Sequence[Telling], now: int) -> Sequence[Telling]:
        if not self._may_be_told(key, now):
            self._untold[key] = tellings
            return ()
        self._untold.pop(key, None)
        self._told_at[key] = now
        return tellings

    def _forget(self, key: Key) -> None:
        """What is said now says it all."""
        self._told_at.pop(key, None)
        self._untold.pop(key, None)

    def _may_be_told(self, key: Key, now: int) -> bool:
        return now - self._told_at.get(key, 0) >= PROGRESS_MS
