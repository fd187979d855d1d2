"""A whole run: every step to its end, and a plain summary."""

import pytest

from scripts import _machine, _steps
from scripts._steps import Step


def step(name: str, ran: list[str], *, passes: bool) -> Step:
    def run() -> bool:
        ran.append(name)
        return passes

    return Step(name, run)


def test_all_steps_run_even_when_one_fails(capsys: pytest.CaptureFixture[str]) -> None:
    ran: list[str] = []

    code = _steps.report(
        [step("ruff", ran, passes=True), step("mypy", ran, passes=False), step("pytest", ran, passes=True)]
    )

    assert ran == ["ruff", "mypy", "pytest"]
    assert code == 1
    assert capsys.readouterr().out.splitlines()[-2:] == ["Passed: ruff, pytest", "FAILED: mypy"]


def test_a_run_without_a_failure_ends_with_zero(capsys: pytest.CaptureFixture[str]) -> None:
    assert _steps.report([step("ruff", [], passes=True)]) == 0
    assert "FAILED" not in capsys.readouterr().out


def test_what_is_missing_is_loud_on_a_laptop_and_fails_in_ci(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(_machine, "missing", lambda: ["firefox: Firefox (Debian: firefox-esr)"])

    monkeypatch.delenv("CI", raising=False)
    assert _steps.machine_is_complete()
    assert "SKIPPED: firefox" in capsys.readouterr().out

    monkeypatch.setenv("CI", "true")
    assert not _steps.machine_is_complete()
    assert "fail: firefox" in capsys.readouterr().out
