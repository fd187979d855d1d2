"""The packed program as a user gets it: built, and unpacked."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from scripts._build import LISTS
from scripts._machine import in_ci
from scripts._packed import this_edition
from scripts._page import Page
from scripts._setup import ROOT, Environment, fingerprint

EDITION = this_edition(ROOT)
BUILD_SECONDS = 400


def built(folder: Path) -> Path:
    """The folder with the archives: CHATAPP_DIST's, or a build of these sources, which a developer's computer keeps."""
    if given := os.environ.get("CHATAPP_DIST"):
        return Path(given).resolve()
    out = folder / "dist" if in_ci() else ROOT / "build" / "tested" / of_these_sources()
    if not (out / "SHA256SUMS").exists():
        shutil.rmtree(out.parent, ignore_errors=True)  # of earlier sources
        command = [sys.executable, str(ROOT / "scripts" / "build.py"), "--out", str(out)]
        made = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=BUILD_SECONDS, check=False
        )
        assert made.returncode == 0, made.stderr.decode("utf-8", "replace")
    return out


def of_these_sources() -> str:
    """What stands for all that the build is made of."""
    page = Page(Environment()).build_value()
    rest = fingerprint([*(ROOT / name for name in LISTS), *sources()])
    return hashlib.sha256(f"{page} {rest}".encode()).hexdigest()[:16]


def sources() -> Iterator[Path]:
    """Every file that the build reads, but for the page's."""
    yield ROOT / "build.spec"
    for folder, pattern in (("chatapp", "*.*"), ("packing", "*"), ("scripts", "_*.py")):
        yield from sorted(path for path in (ROOT / folder).rglob(pattern) if path.is_file() and path.suffix != ".pyc")


def unpack(archive: Path, into: Path) -> Path:
    """Unpack a zip with its modes and links, as Finder and unzip do; the folder in it."""
    with zipfile.ZipFile(archive) as packed:
        for entry in packed.infolist():
            mode, target = entry.external_attr >> 16, into / entry.filename
            target.parent.mkdir(parents=True, exist_ok=True)
            if mode & 0o170000 == 0o120000:
                target.symlink_to(packed.read(entry).decode())
            else:
                target.write_bytes(packed.read(entry))
                target.chmod(mode & 0o777)
    return into / EDITION.name


def program_in(folder: Path) -> Path:
    """The program to start in an unpacked folder."""
    if EDITION.system == "macos":
        return folder / "ChatApp.app" / "Contents" / "MacOS" / "ChatApp"
    return folder / f"ChatApp{EDITION.suffix}"
