"""What `scripts/lock.py` does: what pyproject.toml wishes for becomes exact versions with hashes."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from scripts._setup import ROOT, run_quietly, tell, venv_python
from scripts._start import attempt

HEADER = "# Made by scripts/lock.py from pyproject.toml; change that one.\n"
OPTIONS = (
    "--universal", "--python-version=3.11", "--generate-hashes", "--no-header", "--no-annotate",
    "--no-emit-index-url", "--no-emit-find-links", "--quiet",
)  # fmt: skip
LISTS = {
    "requirements.txt": ("pyproject.toml",),
    # The same versions as at run time, where both name a package.
    "requirements-dev.txt": ("--group=dev", "--constraint=requirements.txt"),
    "requirements-node.txt": ("--group=node",),
    "requirements-fuzz.txt": ("--group=fuzz",),
    "requirements-build.txt": ("--group=build", "--constraint=requirements.txt"),
}


def relock(arguments: Sequence[str]) -> int:
    """Write all lists; what is locked stays unless pyproject.toml forbids it or --upgrade is given."""
    return attempt(lambda: write_all([*arguments]))


def write_all(arguments: list[str]) -> None:
    """Write all lists; raises SetupError."""
    with a_uv() as uv:
        for name, sources in LISTS.items():
            tell(f"Locking {name} ...")
            command = [uv, "pip", "compile", *OPTIONS, *arguments, *sources, f"--output-file={name}"]
            run_quietly(command, f"{name} could not be locked.", ROOT)
            with_header(ROOT / name)


def with_header(path: Path) -> None:
    """Begin a list by saying where it comes from."""
    text = path.read_text(encoding="utf-8")
    path.write_text(HEADER + text.removeprefix(HEADER), encoding="utf-8", newline="\n")


@contextmanager
def a_uv() -> Iterator[str]:
    """The uv of this computer, or one for this moment."""
    if found := shutil.which("uv"):
        yield found
        return
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        python = venv_python(Path(folder))
        run_quietly([str(python), "-m", "pip", "install", "--quiet", "uv"], "uv could not be installed.")
        yield str(python.with_name("uv"))
