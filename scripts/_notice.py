"""The NOTICE of a packed program: whose work it carries, and under which licence. Called by build.spec."""

import gzip
import json
import re
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

LICENCE_WORDS = ("licen", "copying", "notice")
RULE = "=" * 78
HEAD = """\
NOTICE

ChatApp is made of its own work and that of the people below. Thank you.
ChatApp에는 아래 사람들의 작업이 들어 있습니다. 고맙습니다.

"""
WORDLESS = {
    "proxy_tools": "MIT, as its metadata say. Copyright (c) 2013 by Armin Ronacher, adapted by Jonathan Tushman 2014.\n"
    "Extracted from Werkzeug, whose words stand under its own name.\n"
}
"""What is known of packages that come without the words of their licence."""
BOOTLOADER = """\
The program that starts ChatApp is PyInstaller's bootloader. PyInstaller is under the GPL 2 or later, with an exception
that lets its bootloader be part of programs under any licence: it is the one below.

"""


@dataclass(frozen=True)
class Carried:
    """One work that is carried."""

    name: str
    version: str
    licence: str
    text: str
    home: str = ""


def write_notice(stage: Path, sources: Iterable[str], root: Path) -> None:
    """Write NOTICE.txt, and the page's notice.txt, for the files that the program is made of.

    The page's is without the http:// of addresses, for nothing that a room serves names an external one.
    """
    real = {Path(source).resolve() for source in sources}
    works = [chatapp(root), python(), *packages(real), *page_packages(root), *system_packages(real)]
    text = notice(works)
    (stage / "NOTICE.txt").write_text(text, encoding="utf-8", newline="\n")
    served = re.sub(r"https?://", "", text).encode()
    (stage / "web/notice.txt").write_bytes(served)
    (stage / "web/notice.txt.gz").write_bytes(gzip.compress(served, 9, mtime=0))


def notice(works: list[Carried]) -> str:
    """The list of all, then the words of each licence; works with the same words share them."""
    lines = [f"{work.name} {work.version}, {work.licence}" for work in works]
    named: dict[str, list[str]] = {}
    for work in works:
        home = f" ({work.home})" if work.home else ""
        named.setdefault(work.text.strip(), []).append(f"{work.name} {work.version}{home}")
    texts = [f"{RULE}\n" + "\n".join(names) + f"\n{RULE}\n\n{text}\n" for text, names in named.items()]
    return HEAD + "\n".join(lines) + "\n\n\n" + "\n\n".join(texts)


# -- each kind of work --------------------------------------------------------------------------------


def chatapp(root: Path) -> Carried:
    """The program itself."""
    from scripts._packed import version_of  # noqa: PLC0415  # PyInstaller's process, whose path the spec has set

    return Carried("ChatApp", version_of(root), "MIT", (root / "LICENSE").read_text(encoding="utf-8"))


def python() -> Carried:
    """Python and its standard library; its text names what it carries in turn. Raises ValueError."""
    places = (Path(sysconfig.get_path("stdlib")), Path(sys.base_prefix))
    found = [place / name for place in places for name in ("LICENSE.txt", "LICENSE")]
    text = next((path.read_text(encoding="utf-8") for path in found if path.is_file()), None) or debian_python()
    return Carried("Python", sys.version.split()[0], "PSF-2.0", text, "https://www.python.org")


def debian_python() -> str:
    """The words for a Python that Debian packed, which keeps them elsewhere; raises ValueError."""
    path = Path(f"/usr/share/doc/python{sys.version_info.major}.{sys.version_info.minor}/copyright")
    if not path.is_file():
        raise ValueError(f"this Python ({sys.base_prefix}) does not say under which licence it is")
    return path.read_text(encoding="utf-8")


def packages(sources: set[Path]) -> Iterator[Carried]:
    """The Python packages with a file among `sources`, and PyInstaller, whose bootloader starts the program."""
    for package in sorted(distributions(), key=lambda one: one.name.lower()):
        starts_us = package.name.lower() == "pyinstaller"
        if starts_us or any(Path(str(file.locate())).resolve() in sources for file in package.files or ()):
            yield python_package(package, BOOTLOADER if starts_us else "")


def python_package(package: Distribution, before: str) -> Carried:
    """One Python package; raises ValueError when it comes without the words of its licence."""
    said: Any = package.metadata
    classes = [line.rpartition(" :: ")[2] for line in said.get_all("Classifier") or () if line.startswith("License ::")]
    licence = said.get("License-Expression") or next(iter(classes), "") or said.get("License", "")
    files = sorted(file for file in package.files or () if is_licence(file.name) and ".dist-info" in file.parts[0])
    if not files and package.name not in WORDLESS:
        raise ValueError(f"{package.name} comes without the words of its licence")
    text = "\n\n".join(file.read_text(encoding="utf-8") for file in files) or WORDLESS[package.name]
    home = f"https://pypi.org/project/{package.name}/{package.version}/"
    return Carried(package.name, package.version, licence, before + text, home)


def page_packages(root: Path) -> Iterator[Carried]:
    """The packages that the page's build says it took something of (web/build/plugins.ts, `carried`)."""
    names = json.loads((root / "web/dist/.vite/carried.json").read_text(encoding="utf-8"))
    for name in names:
        folder = root / "web/node_modules" / name
        said = json.loads((folder / "package.json").read_text(encoding="utf-8"))
        files = sorted(path for path in folder.iterdir() if path.is_file() and is_licence(path.name))
        if not files:
            raise ValueError(f"{name} comes without the words of its licence")
        text = "\n\n".join(path.read_text(encoding="utf-8") for path in files)
        yield Carried(name, said["version"], said.get("license", ""), text, f"https://www.npmjs.com/package/{name}")


def system_packages(sources: set[Path]) -> Iterator[Carried]:
    """The carried libraries of a Debian or Ubuntu; elsewhere Python brings its own, and its text names them."""
    outside = [path for path in sources if path.is_relative_to("/usr/lib") or path.is_relative_to("/lib")]
    if not sys.platform.startswith("linux") or not outside:
        return
    for name in sorted({debian_package(path) for path in outside}):
        asked = ["dpkg-query", "--show", "--showformat=${Version}", name]
        version = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
        text = Path("/usr/share/doc", name.partition(":")[0], "copyright").read_text(encoding="utf-8")
        yield Carried(name.partition(":")[0], version, "see below", text)


def debian_package(path: Path) -> str:
    """Whose a library is; raises ValueError."""
    for place in (path, Path("/", *path.parts[2:])):  # since /lib became a link to /usr/lib, dpkg may know either
        found = subprocess.run(["dpkg-query", "--search", place], capture_output=True, text=True, check=False)
        if found.returncode == 0:
            return found.stdout.splitlines()[0].rpartition(": ")[0].split(",")[0]
    raise ValueError(f"{path} belongs to no package, so nobody says under which licence it is")


def is_licence(name: str) -> bool:
    """Whether a file's name says that it holds a licence."""
    return any(word in name.lower() for word in LICENCE_WORDS)
