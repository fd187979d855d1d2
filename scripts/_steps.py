"""What `scripts/test.py` and `scripts/check.py` do: every step to its end, and a plain summary."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from scripts import _machine
from scripts._page import Node, Page
from scripts._setup import DEV_LISTS, Environment, tell
from scripts._start import attempt, one_set_up, with_path

LINT_IMPORTS = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"


@dataclass(frozen=True)
class Step:
    """One check: its name in the summary, and what tells whether it passed."""

    name: str
    passes: Callable[[], bool]


def check() -> int:
    """Run the quick checks; the exit code."""
    environment = Environment()
    return attempt(lambda: ready_for_checks(environment)) or report(quick_steps(environment, os.environ))


def test(arguments: Sequence[str]) -> int:
    """Run everything; --fast leaves the browsers out, other arguments are pytest's; the exit code."""
    environment = Environment()
    page = Page(environment)
    nodes: list[Node] = []
    code = attempt(lambda: nodes.append(ready_for_tests(environment, page)))
    return code or report(all_steps(environment, page, nodes[0], list(arguments)))


def ready_for_checks(environment: Environment) -> None:
    """Bring the Python packages up to date; raises SetupError."""
    if environment.is_made() and not environment.missing_lists(DEV_LISTS):
        return
    with one_set_up(environment.root):
        environment.ensure(DEV_LISTS)


def ready_for_tests(environment: Environment, page: Page) -> Node:
    """Bring all packages up to date, and tell which Node to use; raises SetupError."""
    with one_set_up(environment.root):
        environment.ensure(DEV_LISTS)
        node = page.node()
        page.ensure_packages(node)
    return node


def quick_steps(environment: Environment, variables: Mapping[str, str]) -> list[Step]:
    """The steps that take seconds."""
    python, root = str(environment.python), environment.root
    commands = {
        "ruff": ["-m", "ruff", "check"],
        "format": ["-m", "ruff", "format", "--check"],
        "mypy": ["-m", "mypy"],
        "imports": ["-c", LINT_IMPORTS],
        "contract": [str(root / "scripts/contract.py"), "--check"],
    }
    return [Step(name, partial(succeeds, [python, *rest], root, variables)) for name, rest in commands.items()]


def all_steps(environment: Environment, page: Page, node: Node, arguments: list[str]) -> list[Step]:
    """The steps of a whole run, in their order; pytest's is the last."""
    variables = node.environment(with_path(environment.root))
    fast = "--fast" in arguments
    wishes = [argument for argument in arguments if argument != "--fast"]
    pytest = [str(environment.python), "-m", "pytest", *wishes, *(["--ignore=tests/e2e"] if fast else [])]
    return [
        *([] if fast else [Step("machine", machine_is_complete)]),
        *quick_steps(environment, variables),
        Step("page check", partial(succeeds, [*node.npm, "run", "check"], page.web, variables)),
        Step("page tests", partial(succeeds, [*node.npm, "test"], page.web, variables)),
        Step("page build", lambda: attempt(lambda: build(page)) == 0),
        Step("pytest", partial(succeeds, pytest, environment.root, variables)),
    ]


def build(page: Page) -> None:
    """Build the page when it is not what its sources say; raises SetupError."""
    with one_set_up(page.environment.root):
        page.ensure_build()


def succeeds(command: Sequence[str], folder: Path, variables: Mapping[str, str]) -> bool:
    """Run a command in the user's sight; whether it ended with 0."""
    done = subprocess.run(command, cwd=folder, env=variables, stdin=subprocess.DEVNULL, check=False)
    return done.returncode == 0


def machine_is_complete() -> bool:
    """Tell loudly what this computer lacks; False only on a build machine, where no test may be skipped."""
    for line in _machine.missing():
        fate = "fail" if _machine.in_ci() else "be SKIPPED"
        print(f"MISSING ON THIS COMPUTER, so tests will {fate}: {line}", flush=True)
    return not (_machine.in_ci() and _machine.missing())


def report(steps: Sequence[Step]) -> int:
    """Run all steps, also after one has failed, and sum up; the exit code."""
    failed = [step.name for step in steps if not passed(step)]
    print()
    print(f"Passed: {', '.join(step.name for step in steps if step.name not in failed) or 'nothing'}")
    if failed:
        print(f"FAILED: {', '.join(failed)}")
    return 1 if failed else 0


def passed(step: Step) -> bool:
    """Run one step under its headline."""
    print(f"\n== {step.name} ==", flush=True)
    try:
        return step.passes()
    except KeyboardInterrupt:
        tell(f"Interrupted in {step.name}.")
        sys.exit(130)
