"""The contract's diagram of a recipient's State, written from its words and not from the code."""

from __future__ import annotations

from typing import get_args

from chatapp.core.offers import Act
from chatapp.protocol import RecipientState

STATES: tuple[RecipientState, ...] = get_args(RecipientState)
ACTS: tuple[Act, ...] = get_args(Act)

DIAGRAM: dict[RecipientState, dict[Act, RecipientState]] = {
    "pending": {"accept": "accepted", "decline": "declined", "go": "gone"},
    "declined": {"accept": "accepted", "go": "gone"},
    "accepted": {"decline": "declined", "start": "receiving", "lose": "failed", "go": "gone"},
    "receiving": {"decline": "declined", "finish": "received", "lose": "failed", "go": "gone"},
    "failed": {"accept": "accepted", "go": "gone"},
    "received": {},
    # Ours: the contract does not say what becomes of who comes again. To be asked again is no consent.
    "gone": {"come": "pending"},
}
"""state -> act -> the next state; what is not here leaves the state as it is."""
