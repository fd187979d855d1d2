"""The commands on a Python that is too old."""

import ast
import runpy
import sys

import pytest

from scripts._setup import ROOT

COMMANDS = ["run", "test", "check", "lock"]


@pytest.mark.parametrize("name", COMMANDS)
def test_an_old_python_is_told_in_one_line(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 13, "final", 0))

    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(ROOT / f"scripts/{name}.py"), run_name="__main__")

    assert ended.value.code == "ChatApp needs Python 3.11 or newer; this is Python 3.10."


@pytest.mark.parametrize("name", COMMANDS)
def test_an_old_python_gets_as_far_as_that_line(name: str) -> None:
    source = (ROOT / f"scripts/{name}.py").read_text(encoding="ascii")

    tree = ast.parse(source, feature_version=(3, 4))

    newer = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.AsyncFunctionDef, ast.FunctionDef)
    assert [node for node in ast.walk(tree) if isinstance(node, newer)] == []
