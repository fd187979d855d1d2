"""Folders that are full or read-only in earnest, also for root, for whom file modes are no obstacle."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest

from scripts import _machine


@contextmanager
def read_only(path: Path) -> Iterator[None]:
    """Nobody can write this file, or this folder and what is in it."""
    if sys.platform != "win32" and os.geteuid() == 0:
        with _mounted("--bind", str(path), str(path)):
            _run("mount", "-o", "remount,bind,ro", str(path))
            yield
        return
    modes = {inner: inner.stat().st_mode for inner in (path, *path.glob("*"))}
    for inner, mode in modes.items():
        inner.chmod(mode & ~0o222)
    try:
        yield
    finally:
        for inner, mode in modes.items():
            inner.chmod(mode)


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[None]:
    """The folder is a disk of so many bytes."""
    if not sys.platform.startswith("linux"):
        not_tested("a disk of a few pages is made by Linux alone")
    if os.geteuid() != 0:
        not_tested("only root can mount a disk of a few pages")
    folder.mkdir()
    with _mounted("-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)):
        yield


def not_tested(reason: str) -> NoReturn:
    """End a test that cannot run here; a Linux build machine must be able to."""
    words = f"NOT TESTED ON THIS COMPUTER: {reason}"
    if _machine.in_ci() and sys.platform.startswith("linux"):
        pytest.fail(words)
    pytest.skip(words)


@contextmanager
def _mounted(*arguments: str) -> Iterator[None]:
    _run("mount", *arguments)
    try:
        yield
    finally:
        if subprocess.run(["umount", arguments[-1]], check=False).returncode:
            # Files are still open: nothing may stay mounted for that, but it is a defect.
            subprocess.run(["umount", "--lazy", arguments[-1]], check=True)
            pytest.fail("a file on the disk was not closed")


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        not_tested(f"{' '.join(command)}: {done.stderr.strip()}")
