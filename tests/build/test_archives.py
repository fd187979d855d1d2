"""What scripts/build.py lays in dist/, as those see it who download it."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from chatapp import __version__
from scripts._packed import EXE_CONFIG
from scripts._setup import ROOT
from tests.build.packing import EDITION

debian = pytest.mark.skipif(shutil.which("dpkg") is None, reason="installs a Debian package as Debian does")


def test_the_sums_are_those_of_the_files(dist: Path) -> None:
    lines = (dist / "SHA256SUMS").read_text("ascii").splitlines()
    listed = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}

    made = {path.name for path in dist.iterdir() if path.is_file()} - {"SHA256SUMS"}
    assert listed == {name: hashlib.sha256((dist / name).read_bytes()).hexdigest() for name in made}
    assert {EDITION.single_file, f"{EDITION.name}.zip"} <= made
    assert EDITION.system != "linux" or {f"{EDITION.name}.tar.gz", f"{EDITION.name}.deb"} <= made


@pytest.mark.skipif(sys.platform != "linux", reason="the goal is Linux'")
def test_the_zip_is_at_most_15_megabytes(dist: Path) -> None:
    assert (dist / f"{EDITION.name}.zip").stat().st_size <= 15_000_000


def test_it_can_be_read_what_to_do_in_both_languages(unpacked: Path) -> None:
    text = (unpacked / "README.txt").read_text("utf-8-sig")

    for word in ("Unpack the zip first", "SmartScreen", "PRIVATE networks", "antivirus", "SHA256SUMS"):
        assert word in text
    for word in ("먼저 압축을 푸세요", "SmartScreen", "개인 네트워크", "백신", "해시"):
        assert word in text


def test_the_notice_names_what_is_carried_and_nothing_that_is_not(unpacked: Path) -> None:
    text = (unpacked / "NOTICE.txt").read_text("utf-8-sig")
    listed = {line.split()[0] for line in text.partition("====")[0].splitlines() if ", " in line}

    assert {"Python", "Flask", "python-socketio", "msgspec", "svelte", "socket.io-client", "pyinstaller"} <= listed
    assert listed.isdisjoint({"setuptools", "pip", "pytest", "vite", "libreadline8"})


def test_nothing_in_it_tells_of_the_folder_where_it_was_built(unpacked: Path) -> None:
    files = [path for path in unpacked.rglob("*") if path.is_file()]

    assert not [path for path in files if str(ROOT).encode() in path.read_bytes()]
    assert not [path for path in files if path.name == "RECORD"], "pip's sums of scripts that hold such paths"


@pytest.mark.skipif(sys.platform != "win32", reason="a file of Windows' alone")
def test_the_configuration_for_dotnet_lies_beside_the_exe(unpacked: Path) -> None:
    assert (unpacked / "ChatApp.exe.config").read_text("utf-8") == EXE_CONFIG


@debian
def test_dpkg_installs_it_and_takes_it_away_again(dist: Path, tmp_path: Path) -> None:
    for folder in ("var/lib/dpkg/info", "var/lib/dpkg/updates"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "var/lib/dpkg/status").touch()
    # Its own little system, in which no C library is said to be.
    dpkg = ["dpkg", f"--root={tmp_path}", "--force-depends", "--force-not-root", "--log=/dev/null"]

    subprocess.run([*dpkg, "--install", dist / f"{EDITION.name}.deb"], check=True, capture_output=True)
    said = subprocess.run(
        [tmp_path / "usr/bin/chatapp", "--version"], check=True, capture_output=True, text=True
    ).stdout
    subprocess.run([*dpkg, "--purge", "chatapp"], check=True, capture_output=True)

    assert said.strip() == f"chatapp {__version__}"
    assert not [*tmp_path.glob("usr/**/chatapp*")]
