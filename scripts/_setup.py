"""What a checkout needs before the program can start, and how it gets it, by the standard library alone.

A stamp is a small file in .venv that says for which input a step was completed. It is removed before the step
begins and written when it is done, so that a step that was interrupted is done again.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUN_LISTS = ("requirements.txt",)
DEV_LISTS = ("requirements.txt", "requirements-dev.txt")
NODE_LISTS = ("requirements-node.txt",)

PIP_INSTALL = (
    "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--retries=3",
    "--require-hashes",
)  # fmt: skip
NETWORK_SIGNS = (
    "Name or service not known", "Temporary failure in name resolution", "getaddrinfo failed",
    "nodename nor servname", "Failed to establish a new connection", "NewConnectionError",
    "ConnectTimeoutError", "Network is unreachable", "ProxyError", "Could not fetch URL", "EAI_AGAIN",
    "ECONNREFUSED", "ECONNRESET", "EHOSTUNREACH", "ENETUNREACH", "ENOTFOUND", "ETIMEDOUT",
)  # fmt: skip


class SetupError(Exception):
    """Something that the program needs cannot be had; its text tells the user what to do."""


def tell(line: str) -> None:
    """Tell the user of a step, on stderr: stdout belongs to the program."""
    print(line, file=sys.stderr, flush=True)


def venv_python(venv: Path) -> Path:
    """The Python inside a venv."""
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def fingerprint(paths: Iterable[Path]) -> str:
    """One hash over the names and the contents of files."""
    total = hashlib.sha256()
    for path in paths:
        total.update(f"{path.name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()


class Stamps:
    """What has been completed in a venv, by the name of the step."""

    def __init__(self, venv: Path) -> None:
        self.folder = venv / ".chatapp"

    def says(self, step: str, value: str) -> bool:
        """Whether the step was completed for exactly this value."""
        try:
            return (self.folder / step).read_text(encoding="utf-8") == value
        except OSError:
            return False

    def begin(self, step: str) -> None:
        """Forget the step, because it is about to be done again."""
        (self.folder / step).unlink(missing_ok=True)

    def done(self, step: str, value: str) -> None:
        """Remember the step as completed for this value."""
        self.folder.mkdir(parents=True, exist_ok=True)
        unfinished = self.folder / f"{step}.new"
        unfinished.write_text(value, encoding="utf-8")
        unfinished.replace(self.folder / step)


def python_identity(python: Path) -> str:
    """Which Python a venv stands on; another value means that it was replaced, or is gone ("")."""
    try:
        real = python.resolve(strict=True)
        found = real.stat()
    except OSError:
        return ""
    return f"{real} {found.st_size} {found.st_mtime_ns}"


class Environment:
    """The venv of one checkout, or another one, and the packages in it."""

    def __init__(self, root: Path = ROOT, venv: Path | None = None) -> None:
        self.root = root
        self.venv = venv or root / ".venv"
        self.python = venv_python(self.venv)
        self.stamps = Stamps(self.venv)
        # There while the venv is being changed: a kill may leave what pip cannot repair.
        self.unfinished = self.stamps.folder / "unfinished"

    def is_made(self) -> bool:
        """Whether the venv was completed and still stands on the same Python."""
        identity = python_identity(self.python)
        return identity != "" and not self.unfinished.exists() and self.stamps.says("venv", identity)

    def missing_lists(self, lists: Sequence[str]) -> list[str]:
        """The lists, of those that are asked for, that are not installed as they are now."""
        return [name for name in lists if not self.stamps.says(name, self.list_value(name))]

    def list_value(self, name: str) -> str:
        """The value of a list's stamp."""
        return fingerprint([self.root / name])

    def ensure(self, lists: Sequence[str]) -> None:
        """Make the venv and install the lists, as far as that is not done; raises SetupError."""
        if not self.is_made():
            self._make()
        if self.missing_lists(lists):
            self._install(lists)

    def _make(self) -> None:
        if self._works():
            self.stamps.done("venv", python_identity(self.python))
            return
        check_venv_module()
        tell(f"Making the Python environment in {self.venv.name} ...")
        self._remove()
        self.stamps.folder.mkdir(parents=True)
        self.unfinished.touch()
        command = [base_python(), "-m", "venv", str(self.venv)]
        run_quietly(command, f"Python's venv module could not make {self.venv}.")
        self.unfinished.unlink()
        self.stamps.done("venv", python_identity(self.python))

    def _works(self) -> bool:
        """Whether there is a venv to keep: somebody's own, or ours whose Python was updated in place."""
        if not self.python.exists() or self.unfinished.exists():
            return False
        question = "import pip, sys; sys.exit(sys.version_info < (3, 11) or sys.prefix == sys.base_prefix)"
        try:
            asked = subprocess.run([self.python, "-c", question], capture_output=True, check=False)
        except OSError:
            return False
        return asked.returncode == 0

    def _remove(self) -> None:
        try:
            if self.venv.is_symlink() or self.venv.is_file():
                self.venv.unlink()
            elif self.venv.exists():
                shutil.rmtree(self.venv)
        except OSError as error:
            raise SetupError(
                f"The broken environment {self.venv} cannot be removed ({error.strerror}).\n"
                "Close the programs that use it, remove the folder, and start again."
            ) from error

    def _install(self, lists: Sequence[str]) -> None:
        tell(f"Installing the packages of {' and '.join(lists)} ...")
        for name in lists:
            self.stamps.begin(name)
        lists_wanted = [word for name in lists for word in ("-r", str(self.root / name))]
        self.unfinished.touch()
        try:
            run_quietly([str(self.python), *PIP_INSTALL, *lists_wanted], "The Python packages could not be installed.")
        except SetupError:
            # pip ended by itself, and has put back what it took.
            self.unfinished.unlink()
            raise
        self.unfinished.unlink()
        for name in lists:
            self.stamps.done(name, self.list_value(name))


def base_python() -> str:
    """The Python to make a venv with: when this one is itself in a venv, the one below."""
    return str(getattr(sys, "_base_executable", None) or sys.executable)


def check_venv_module() -> None:
    """Raises SetupError when this Python cannot make a venv with pip in it."""
    missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    if missing:
        raise SetupError(
            f"This Python ({sys.executable}) lacks the module {' and '.join(missing)}, needed once.\n"
            "On Debian or Ubuntu: sudo apt install python3-venv. Then start again."
        )


def run_quietly(
    command: Sequence[str], complaint: str, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> None:
    """Run a command whose words matter only when it fails; raises SetupError with them."""
    try:
        # close_fds=False gives on the lock alone (_lock.py): Python's own descriptors are not inheritable.
        done = subprocess.run(
            command, cwd=cwd, env={**(env or os.environ), "NO_COLOR": "1"}, close_fds=False, check=False,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
    except OSError as error:
        raise SetupError(f"{complaint}\n{command[0]}: {error.strerror}") from error
    if done.returncode != 0:
        raise SetupError(explain(complaint, done.stdout.decode("utf-8", "replace")))


def explain(complaint: str, output: str) -> str:
    """What the user is told of a failed command: that the network is missing, or the command's last words."""
    if any(sign in output for sign in NETWORK_SIGNS):
        return (
            f"{complaint} The network does not seem to reach the package registry.\n"
            "It is needed once, for this step. Nothing was harmed: connect, and start again."
        )
    return "\n".join([*output.rstrip().splitlines()[-30:], complaint])
