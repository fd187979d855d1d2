"""What `scripts/run.py` does: make the checkout ready, then become the program."""

import os
import subprocess
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from scripts._lock import only_one
from scripts._page import Page
from scripts._setup import RUN_LISTS, Environment, SetupError, tell


def run(arguments: Sequence[str]) -> int:
    """Make ready and run chatapp; where a process can be replaced it comes back only with a failure."""
    environment = Environment()
    code = attempt(lambda: prepare(environment, Page(environment)))
    if code != 0:
        return code
    # -P: a socket.py in the folder where the user happens to be is not ours.
    command = [str(environment.python), "-P", "-m", "chatapp", *arguments]
    return become(command, with_path(environment.root))


def attempt(action: Callable[[], None]) -> int:
    """Do what may turn out impossible; 0, or the exit code after the user was told why."""
    try:
        action()
    except SetupError as error:
        tell(str(error))
        return 1
    except OSError as error:
        tell(f"This folder cannot be set up: {error}")
        return 1
    except KeyboardInterrupt:
        tell("Interrupted. The next start goes on from here.")
        return 130
    return 0


def prepare(environment: Environment, page: Page) -> None:
    """Bring packages and page up to date; starts nothing when they are; raises SetupError."""
    if is_ready(environment, page):
        return
    with one_set_up(environment.root):
        environment.ensure(RUN_LISTS)
        page.ensure_build()


def is_ready(environment: Environment, page: Page) -> bool:
    """Whether the program can start at once."""
    return environment.is_made() and not environment.missing_lists(RUN_LISTS) and page.is_built()


def one_set_up(root: Path) -> AbstractContextManager[None]:
    """Hold this checkout's set-up alone."""
    return only_one(root / ".venv.lock", lambda: tell("Another start is setting this folder up; waiting for it ..."))


def with_path(root: Path) -> dict[str, str]:
    """The variables under which `-m chatapp` finds this checkout from any folder."""
    before = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(root), *([before] if before else [])])}


def become(command: list[str], variables: dict[str, str]) -> int:
    """Replace this process by another program; on Windows, which cannot, run it and hand its exit code on."""
    if os.name != "nt":
        os.execve(command[0], command, variables)
    with subprocess.Popen(command, env=variables) as program:
        while True:
            try:
                return program.wait()
            except KeyboardInterrupt:
                # The console sent Ctrl-C to the program too; how it ends is its own matter.
                continue
