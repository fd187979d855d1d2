"""What a start finds missing in a checkout, and what it leaves alone."""

import shutil
import sys
from pathlib import Path

import pytest

from scripts import _setup, _start
from scripts._page import Page
from scripts._setup import DEV_LISTS, RUN_LISTS, Environment, SetupError


@pytest.mark.usefixtures("no_process")
def test_a_second_start_starts_no_other_program(environment: Environment, page: Page) -> None:
    _start.prepare(environment, page)

    assert not (environment.root / ".venv.lock").exists(), "nor does it need the lock"


def test_a_changed_list_is_installed_again(environment: Environment, page: Page) -> None:
    (environment.root / "requirements.txt").write_text("flask==3.1.4\n", encoding="utf-8")

    assert environment.missing_lists(RUN_LISTS) == ["requirements.txt"]
    assert not _start.is_ready(environment, page)


def test_the_development_list_does_not_hold_up_a_user(environment: Environment, page: Page) -> None:
    (environment.root / "requirements-dev.txt").write_text("pytest==9.3.0\n", encoding="utf-8")

    assert environment.missing_lists(DEV_LISTS) == ["requirements-dev.txt"]
    assert _start.is_ready(environment, page)


def test_an_installation_that_failed_is_not_taken_for_the_one_before(environment: Environment) -> None:
    # given a list that changed, and a venv in which pip cannot run
    text = (environment.root / "requirements.txt").read_text(encoding="utf-8")
    (environment.root / "requirements.txt").write_text("nothing-like-this==0\n", encoding="utf-8")
    with pytest.raises(SetupError):
        environment._install(RUN_LISTS)

    # when the list is as it was before
    (environment.root / "requirements.txt").write_text(text, encoding="utf-8")

    # then it counts as missing all the same, for packages may have been half exchanged
    assert environment.missing_lists(RUN_LISTS) == ["requirements.txt"]


def test_a_venv_whose_python_is_gone_is_made_again(environment: Environment) -> None:
    environment.python.unlink()
    environment.python.symlink_to(environment.root / "a-python-that-was-removed")

    assert not environment.is_made()
    assert not environment._works()


def test_a_venv_on_another_python_than_before_is_looked_at_again(environment: Environment) -> None:
    environment.stamps.done("venv", "/usr/bin/python3.10 1 1")

    assert not environment.is_made()


def test_a_venv_that_was_interrupted_is_made_again(checkout: Path) -> None:
    # given a venv without pip, as a kill leaves it
    half = Environment(checkout)
    half.python.parent.mkdir(parents=True)
    half.python.symlink_to(sys.executable)
    half.stamps.folder.mkdir()
    (half.stamps.folder / "unfinished").touch()
    (half.venv / "rubbish").touch()

    # when the next start comes
    half._make()

    # then there is a whole one in its place
    assert half.is_made()
    assert half._works()
    assert not (half.venv / "rubbish").exists()


def test_a_venv_in_which_an_installation_was_killed_is_made_again(environment: Environment) -> None:
    # given a package whose files are there and whose record is not, which pip can never repair
    (environment.stamps.folder / "unfinished").touch()

    assert not environment.is_made()
    assert not environment._works()


def test_an_installation_that_failed_by_itself_leaves_the_venv(environment: Environment) -> None:
    with pytest.raises(SetupError):
        environment._install(RUN_LISTS)

    assert environment.is_made()


def test_somebodys_own_venv_is_kept(environment: Environment) -> None:
    # given a working venv that knows no stamps
    shutil.rmtree(environment.venv)
    environment._make()
    shutil.rmtree(environment.stamps.folder)
    (environment.venv / "mine").touch()

    environment._make()

    assert environment.is_made()
    assert (environment.venv / "mine").exists()


def test_a_python_without_ensurepip_says_which_package_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "ensurepip" else object())

    with pytest.raises(SetupError, match="python3-venv"):
        _setup.check_venv_module()


def test_without_a_network_two_lines_say_so_and_nothing_else() -> None:
    output = "WARNING: Retrying ...\nNewConnectionError: Temporary failure in name resolution\nERROR: No match"

    told = _setup.explain("The Python packages could not be installed.", output)

    assert "network" in told
    assert "Nothing was harmed" in told
    assert len(told.splitlines()) == 2
    assert "ERROR" not in told


def test_another_failure_shows_the_last_words_of_the_command() -> None:
    output = "\n".join(f"line {number}" for number in range(100))

    told = _setup.explain("The page could not be built.", output).splitlines()

    assert told[-2:] == ["line 99", "The page could not be built."]
    assert len(told) == 31


def test_a_command_that_is_not_there_is_told_not_thrown() -> None:
    with pytest.raises(SetupError, match="could not be built"):
        _setup.run_quietly(["/no/such/program"], "The page could not be built.")


def test_a_refused_setup_ends_with_one_and_its_words(capsys: pytest.CaptureFixture[str]) -> None:
    def refuse() -> None:
        raise SetupError("There is no network.")

    assert _start.attempt(refuse) == 1
    captured = capsys.readouterr()
    assert captured.err == "There is no network.\n"
    assert captured.out == "", "stdout belongs to the program"


def test_the_program_finds_the_checkout_from_any_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("PYTHONPATH", raising=False)

    assert _start.with_path(tmp_path)["PYTHONPATH"] == str(tmp_path)
