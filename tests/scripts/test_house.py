"""The measures of the house: CONTRIBUTING.md, "How we write"."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts._setup import ROOT

LONGEST_FUNCTION = 30
LONGEST_FILE = 300
# One table of the whole contract; it is read as a document.
LONG_FILES = {"chatapp/protocol.py"}
FILES = sorted(path for folder in ("chatapp", "scripts", "tests") for path in (ROOT / folder).rglob("*.py"))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The lines of a function from its def on, without its docstring."""
    doc = function.body[0] if ast.get_docstring(function) is not None else None
    documented = (doc.end_lineno or doc.lineno) - doc.lineno + 1 if doc else 0
    return (function.end_lineno or function.lineno) - function.lineno + 1 - documented


@pytest.mark.parametrize("path", FILES, ids=name)
def test_no_file_is_longer_than_can_be_kept_in_mind(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())

    assert lines <= LONGEST_FILE or name(path) in LONG_FILES


@pytest.mark.parametrize("path", FILES, ids=name)
def test_no_function_is_longer_than_can_be_kept_in_mind(path: Path) -> None:
    too_long = {function.name: length(function) for function in functions(path) if length(function) > LONGEST_FUNCTION}

    assert too_long == {}
