"""The locked lists of packages."""

import re

import pytest

from scripts._relock import LISTS
from scripts._setup import ROOT

TOO_SLOW_TO_START = {"aiohttp", "requests", "websocket-client"}


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def pins(name: str) -> dict[str, set[str]]:
    """The versions of each package in a list; there may be one for each Python."""
    found: dict[str, set[str]] = {}
    for package, version in re.findall(r"^([a-z0-9.-]+)==(\S+)", text(name), re.MULTILINE):
        found.setdefault(package, set()).add(version)
    return found


@pytest.mark.parametrize("name", LISTS)
def test_every_package_is_exact_and_has_hashes(name: str) -> None:
    entries = re.split(r"\n(?=\S)", text(name).partition("\n")[2].strip())

    assert entries
    for entry in entries:
        assert re.match(r"[a-z0-9.-]+==\S+", entry), entry
        assert "--hash=sha256:" in entry, entry


@pytest.mark.parametrize("name", LISTS)
def test_a_list_names_no_address_and_no_path(name: str) -> None:
    assert not re.search(r"://|^-|@ |--index|--find-links", text(name), re.MULTILINE)


def test_what_slows_the_start_is_not_installed_at_run_time() -> None:
    assert not TOO_SLOW_TO_START & pins("requirements.txt").keys()


def test_development_runs_on_the_same_versions_as_the_user() -> None:
    run, dev = pins("requirements.txt"), pins("requirements-dev.txt")

    assert {name: dev[name] for name in run.keys() & dev.keys()} == {
        name: run[name] for name in run.keys() & dev.keys()
    }
