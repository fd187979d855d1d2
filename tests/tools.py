"""What the tests need of the computer that they run on."""

import os
from pathlib import Path
from typing import NoReturn

import pytest

from scripts import _machine
from scripts._page import system_node, wheel_node
from scripts._setup import Environment, SetupError


def need(name: str) -> Path:
    """Where node or a program of scripts/_machine.py lies; without it the test is skipped, or fails in CI."""
    found = find_node() if name == "node" else _machine.find(name)
    if found is None:
        lacking(name)
    return found


def find_node() -> Path | None:
    """This computer's Node, or the one in the venv."""
    found = system_node()
    try:
        return (found or wheel_node(Environment().venv)).program
    except SetupError:
        return None


def lacking(name: str) -> NoReturn:
    """End a test that cannot run here."""
    program = _machine.PROGRAMS.get(name)
    if program is not None and not _machine.is_wanted_here(program):
        pytest.skip(f"{name} does not exist for this system")
    end_untested(f"{name} IS MISSING ON THIS COMPUTER: {program.advice if program else 'Node 20.19 or newer'}")


def need_root(purpose: str) -> None:
    """Go on only with root's rights; without them the test is skipped, or fails in CI."""
    if os.geteuid() != 0:
        end_untested(f"ROOT'S RIGHTS ARE MISSING: {purpose}")


def end_untested(why: str) -> NoReturn:
    """End a test that cannot run here, loudly."""
    words = f"NOT TESTED, {why}"
    if _machine.in_ci():
        pytest.fail(words)
    pytest.skip(words)
