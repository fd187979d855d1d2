"""What scripts/contract.py does: the page's TypeScript and docs/PROTOCOL.md out of chatapp/protocol.py."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from scripts._contract_docs import document
from scripts._contract_types import DriftError
from scripts._contract_typescript import typescript

ROOT = Path(__file__).resolve().parent.parent


def generated(root: Path) -> Mapping[Path, Callable[[], str]]:
    """Each generated file with what makes its text."""
    template = root / "docs/protocol.template.md"
    return {
        root / "web/src/contract.ts": typescript,
        root / "docs/PROTOCOL.md": lambda: document(template.read_text("utf-8")),
    }


def main(arguments: Sequence[str], root: Path = ROOT) -> int:
    """Write the files, or with --check only name the stale ones; the exit code."""
    parser = argparse.ArgumentParser(prog="contract.py", description="Generate the contract's files.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a file is stale")
    wishes = parser.parse_args(arguments)
    try:
        texts = {path: make() for path, make in generated(root).items()}
    except DriftError as drift:
        print(f"docs/protocol.template.md and chatapp/protocol.py differ: {drift}")
        return 1
    return check(texts, root) if wishes.check else write(texts)


def check(texts: Mapping[Path, str], root: Path) -> int:
    """Name each file that is not what would be written; 1 when there is one."""
    stale = [path for path, text in texts.items() if not path.exists() or path.read_text("utf-8") != text]
    for path in stale:
        print(f"{path.relative_to(root).as_posix()} is stale: run python scripts/contract.py")
    return 1 if stale else 0


def write(texts: Mapping[Path, str]) -> int:
    """Write the files; always 0."""
    for path, text in texts.items():
        path.write_text(text, "utf-8", newline="\n")
    return 0
