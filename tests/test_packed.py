"""What a packed program does about Windows' marks, missing streams, and its own archives.

All of it runs on every system: what is a stream of a file on NTFS is, elsewhere, a file of that name.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from chatapp.packed import give_back_library_path, shelves, unblock, unpacked_from
from tests.server_process import ROOT

MARK = "[ZoneTransfer]\r\nZoneId=3\r\nReferrerUrl={source}\r\nHostUrl=about:internet\r\n"


def test_the_mark_is_taken_from_every_part_and_from_nothing_else(tmp_path: Path) -> None:
    parts = [tmp_path / "Python.Runtime.dll", tmp_path / "lib" / "WebView2.dll", tmp_path / "lib" / "plain.dll"]
    (tmp_path / "lib").mkdir()
    for part in parts:
        part.write_bytes(b"part")
    for part in parts[:2]:
        Path(f"{part}:Zone.Identifier").write_text(MARK, "utf-8")

    assert unblock(tmp_path) == 2
    assert unblock(tmp_path) == 0
    assert sorted(path for path in tmp_path.rglob("*") if path.is_file()) == sorted(parts)


@pytest.mark.parametrize(
    "source", ["/home/minji/받은 파일/ChatApp-1.0.0-windows-x64.zip", r"C:\Users\minji\ChatApp-1.0.0.ZIP"]
)
def test_the_mark_tells_from_which_zip_the_program_was_unpacked(tmp_path: Path, source: str) -> None:
    Path(f"{tmp_path / 'ChatApp.exe'}:Zone.Identifier").write_text(MARK.format(source=source), "utf-8")

    assert unpacked_from(tmp_path / "ChatApp.exe") == Path(source)


@pytest.mark.parametrize("source", ["https://example.org/ChatApp.zip", "", r"C:\mail.eml"])
def test_what_is_no_zip_on_this_computer_is_none(tmp_path: Path, source: str) -> None:
    Path(f"{tmp_path / 'ChatApp.exe'}:Zone.Identifier").write_text(MARK.format(source=source), "utf-8")

    assert unpacked_from(tmp_path / "ChatApp.exe") is None
    assert unpacked_from(tmp_path / "unmarked.exe") is None


def test_archives_are_looked_for_beside_the_program_and_two_folders_above() -> None:
    assert shelves(Path("/stick/a/b/c/ChatApp")) == (Path("/stick/a/b/c"), Path("/stick/a/b"), Path("/stick/a"))


def test_on_macos_beside_means_beside_the_app() -> None:
    inside = Path("/stick/a/b/ChatApp.app/Contents/MacOS/ChatApp")

    assert shelves(inside) == (Path("/stick/a/b"), Path("/stick/a"), Path("/stick"))


def test_the_folder_of_the_zip_is_looked_at_too(tmp_path: Path) -> None:
    Path(f"{tmp_path / 'ChatApp.exe'}:Zone.Identifier").write_text(MARK.format(source="/받은 파일/a.zip"), "utf-8")

    assert shelves(tmp_path / "ChatApp.exe")[-1] == Path("/받은 파일")


@pytest.mark.skipif(os.name != "posix", reason="only there a program can be without streams that have numbers")
def test_a_program_without_streams_gives_their_numbers_to_nothing_else(tmp_path: Path) -> None:
    tells = "import sys; from chatapp.packed import fill_standard_streams as fill; fill(); f = open(sys.argv[1], 'w'); "
    command = [sys.executable, "-c", tells + "f.write(str(f.fileno()))", str(tmp_path / "number")]

    subprocess.run(["sh", "-c", 'exec "$0" "$@" <&- >&- 2>&-', *command], cwd=ROOT, check=True, timeout=30)

    assert int((tmp_path / "number").read_text("ascii")) > 2


@pytest.mark.parametrize(
    ("began", "given"),
    [
        ({"LD_LIBRARY_PATH": "/bundle"}, {}),
        ({"LD_LIBRARY_PATH": "/bundle:/own", "LD_LIBRARY_PATH_ORIG": "/own"}, {"LD_LIBRARY_PATH": "/own"}),
        ({}, {}),
    ],
)
def test_a_browser_that_it_starts_finds_the_systems_libraries(began: dict[str, str], given: dict[str, str]) -> None:
    give_back_library_path(began)

    assert began == given
