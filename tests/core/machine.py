"""People who do everything they can to a room, beside a model of what should come of it.

Every step is drawn from what exists, and `reached` counts what came about: a machine that gets nowhere
finds nothing.
"""

from __future__ import annotations

from collections import Counter

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, run_state_machine_as_test

from tests.core.machine_offers import Moving
from tests.core.machine_posts import Posting, Process
from tests.core.machine_seats import ComingAndGoing
from tests.core.machine_stage import PEOPLE, Data

EXAMPLES = 60
"""Runs in one batch."""
STEPS = 50
"""Steps in one run."""


class RoomMachine(ComingAndGoing, Posting, Moving, Process):
    """Everything that can happen to a room."""

    @initialize(data=st.data(), count=st.integers(2, len(PEOPLE)), steps=st.integers(0, 12))
    def the_room_is_busy(self, data: Data, count: int, steps: int) -> None:
        """Most runs begin with offers on their way: what is rare lies behind them."""
        for person in self.people[:count]:
            person.joins()
            self.model.sits_down(person.key, person.name)
        for _ in range(steps):
            self.an_offer_goes_on(data)


def run(*batches: int) -> Counter[str]:
    """Run some batches, each always on the same paths; what was reached by all since the module was imported."""
    how = settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    for batch in batches:
        run_state_machine_as_test(seed(batch)(RoomMachine), settings=how)
    return RoomMachine.reached
