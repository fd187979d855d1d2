"""Odd paths lead nowhere; all of them: `python -m tests.consent --paths`."""

from __future__ import annotations

import os
import random

from tests.consent.paths import Doors, some, strings
from tests.server_process import ServerProcess

SHORT = 2
LONGER = 200


def test_an_odd_path_leads_to_the_own_file_or_nowhere(server: ServerProcess) -> None:
    rng = random.Random(int(os.environ.get("CHATAPP_SEED") or 5))
    doors = Doors(server.url)

    statuses = doors.try_all([*strings(0, SHORT), *some(rng, LONGER)])

    doors.all_go()
    print(dict(statuses))  # noqa: T201  # seen with -s
    assert statuses["download 404"] > 100
    assert statuses["upload 404"] > 100
    assert statuses["own download 200"] > 5, "no path led to the own file"
    assert statuses["own upload 200"] == 1, "an upload has one path"
