"""Whatever ends a download early, no client takes a short file for a whole one."""

from __future__ import annotations

import pytest

from tests.relay.short_files import KINDS, Run, all_ends, broken_off
from tests.server_process import ServerProcess
from tests.tools import need

RUNS = 200


@pytest.fixture(scope="module")
def runs(server: ServerProcess, tmp_path_factory: pytest.TempPathFactory) -> list[Run]:
    """What the clients made of all ends."""
    return all_ends(server, tmp_path_factory.mktemp("short"), RUNS, 1)


def test_no_client_takes_a_short_file_for_a_whole_one(runs: list[Run]) -> None:
    assert len(runs) == RUNS
    assert [run for run in runs if run.saw == "short"] == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_ends_came_in_the_middle_of_the_file(runs: list[Run], kind: str) -> None:
    own = [run for run in runs if run.kind == kind]

    assert len(own) > RUNS / 10
    assert broken_off(runs, kind) > len(own) / 2


def test_some_downloads_were_done_before_the_end(runs: list[Run]) -> None:
    assert any(run.saw == "whole" for run in runs)


def test_a_reset_is_no_end_in_order(runs: list[Run]) -> None:
    saw = [run.saw for run in runs if (run.kind, run.client) == ("reset", "http.client")]

    assert sum(each in ("ConnectionResetError", "ConnectionAbortedError") for each in saw) > len(saw) / 2


def test_curl_was_among_the_clients(runs: list[Run]) -> None:
    need("curl")

    assert broken_off([run for run in runs if run.client == "curl"], "withdrawn") > 0
    assert {run.saw for run in runs if run.client == "curl" and run.amid} >= {"exit code 18"}, "a part is not the whole"
