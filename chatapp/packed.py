"""What a packed program finds around it: its parts, its own archives, and what Windows did to both."""

from __future__ import annotations

import os
import sys
from collections.abc import MutableMapping
from contextlib import suppress
from pathlib import Path

ZONE = ":Zone.Identifier"
"""The stream beside a file in which Windows keeps that it came from elsewhere (NTFS)."""


def bundle() -> Path | None:
    """The folder of the packed program's parts; None when it runs from source."""
    folder = getattr(sys, "_MEIPASS", None)
    return Path(folder) if folder else None


def start() -> None:
    """Make up for how the program was started and unpacked; the first thing that it does."""
    fill_standard_streams()
    parts = bundle()
    if parts:
        give_back_library_path(os.environ)
    if parts and sys.platform == "win32":
        unblock(parts)


def give_back_library_path(environment: MutableMapping[str, str]) -> None:
    """Let programs from outside, such as a browser, find the system's libraries and not the bundle's.

    On Linux PyInstaller's start puts the bundle's folder in front; this process has read it already.
    """
    before = environment.pop("LD_LIBRARY_PATH_ORIG", None)
    if before is not None:
        environment["LD_LIBRARY_PATH"] = before
    else:
        environment.pop("LD_LIBRARY_PATH", None)


def fill_standard_streams() -> None:
    """Give a program without a terminal something in the places of stdin, stdout and stderr.

    Else the next file that is opened, the room's for instance, gets such a number, and whatever a library
    prints goes into it. (A Windows program without a console has no such numbers at all.)
    """
    for number in range(3 if os.name == "posix" else 0):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number, which is this one


def unblock(folder: Path) -> int:
    """Take Windows' mark "from the internet" from a program's parts; how many had it.

    Explorer copies it from a downloaded zip to all that it unpacks, and .NET refuses to load what bears it.
    """
    taken = 0
    for path in folder.rglob("*"):
        with suppress(OSError):  # it has none, or the folder is read-only
            Path(f"{path}{ZONE}").unlink()
            taken += 1
    return taken


def own_shelves() -> tuple[Path, ...]:
    """Where archives of this program may lie; for one that runs from source, where scripts/build.py lays them."""
    if bundle():
        return shelves(Path(sys.executable))
    return (Path(__file__).resolve().parent.parent / "dist",)


def shelves(program: Path) -> tuple[Path, ...]:
    """Where a packed program's own archives may lie: beside it, up to two folders above, or where it was unpacked from.

    Two, because Explorer unpacks a zip with a folder in it into another folder of that name.
    """
    folder = next((place.parent for place in program.parents if place.suffix == ".app"), program.parent)
    source = unpacked_from(program)
    found = [folder, *folder.parents[:2], *([source.parent] if source else [])]
    return tuple(dict.fromkeys(found))


def unpacked_from(program: Path) -> Path | None:
    """The zip that Explorer took the program out of, by the mark that it left; None when there is none."""
    try:
        lines = Path(f"{program}{ZONE}").read_text("utf-8", "replace").splitlines()
    except OSError:
        return None
    found = next((line.partition("=")[2].strip() for line in lines if line.startswith("ReferrerUrl=")), "")
    return Path(found) if found.lower().endswith(".zip") and "://" not in found else None
