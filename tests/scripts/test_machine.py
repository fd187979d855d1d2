"""How tests find browsers, and what happens without them."""

import os
import stat
from pathlib import Path

import pytest

from scripts import _machine
from scripts._machine import Program
from tests import tools


@pytest.fixture(autouse=True)
def _nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A computer whose PATH is one empty folder."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(_machine.PROGRAMS, "chromium", Program(("chromium", "google-chrome"), "Chrome"))


@pytest.mark.skipif(os.name == "nt", reason="a program is marked by its mode bits here, on Windows by its suffix")
def test_any_of_a_programs_names_will_do(tmp_path: Path) -> None:
    chrome = tmp_path / "google-chrome"
    chrome.touch()
    chrome.chmod(stat.S_IRWXU)

    assert tools.need("chromium") == chrome


def test_a_place_may_have_variables_and_stars(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ProgramFiles", str(tmp_path))
    (tmp_path / "webkit2gtk-4.1").mkdir()
    (tmp_path / "webkit2gtk-4.1/MiniBrowser").touch()

    assert _machine.existing("${ProgramFiles}/webkit2gtk-4*/MiniBrowser") == tmp_path / "webkit2gtk-4.1/MiniBrowser"
    assert _machine.existing("${ProgramFiles}/chrome") is None
    assert _machine.existing("${NoSuchVariable}/chrome") is None


def test_a_laptop_without_it_skips_with_loud_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)

    with pytest.raises(pytest.skip.Exception, match="NOT TESTED, chromium IS MISSING"):
        tools.need("chromium")


def test_a_build_machine_without_it_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")

    with pytest.raises(pytest.fail.Exception, match="NOT TESTED, chromium IS MISSING"):
        tools.need("chromium")


def test_what_does_not_exist_for_a_system_is_not_missed_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    monkeypatch.setattr("sys.platform", "darwin")

    assert not any("xvfb" in line for line in _machine.missing())
    with pytest.raises(pytest.skip.Exception):
        tools.need("xvfb-run")
