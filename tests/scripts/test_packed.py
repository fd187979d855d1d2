"""What each system is told of the packed program."""

from __future__ import annotations

import plistlib
import struct
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from chatapp import __version__
from scripts._icons import ICNS_KINDS, ICO_SIZES, icns, ico
from scripts._packed import EXE_CONFIG, Edition, info_plist, source_time, version_of, windows_version
from scripts._setup import ROOT

PNG = b"\x89PNG\r\n\x1a\n"


def called(*arguments: Any, **named: Any) -> SimpleNamespace:
    return SimpleNamespace(arguments=arguments, **named)


def test_the_version_has_one_place() -> None:
    assert version_of(ROOT) == __version__


def test_an_edition_is_named_by_version_system_and_machine() -> None:
    windows, linux = Edition("1.2.3", "windows", "x64"), Edition("1.2.3", "linux", "arm64")

    assert (windows.name, windows.single_file) == ("ChatApp-1.2.3-windows-x64", "ChatApp-1.2.3-windows-x64.exe")
    assert linux.single_file == linux.name == "ChatApp-1.2.3-linux-arm64"


def test_windows_shows_name_and_version_of_the_exe() -> None:
    kinds = (
        "VSVersionInfo",
        "FixedFileInfo",
        "StringFileInfo",
        "StringTable",
        "StringStruct",
        "VarFileInfo",
        "VarStruct",
    )

    read = eval(windows_version("1.2.3"), dict.fromkeys(kinds, called))  # noqa: S307  # as PyInstaller reads it

    fixed, (strings, languages) = read.arguments
    assert fixed.filevers == fixed.prodvers == (1, 2, 3, 0)
    table = strings.arguments[0][0]
    shown = dict(struct.arguments for struct in table.arguments[1])
    assert (shown["ProductName"], shown["FileVersion"], shown["OriginalFilename"]) == (
        "ChatApp",
        "1.2.3",
        "ChatApp.exe",
    )
    language, codepage = languages.arguments[0][0].arguments[1]
    assert table.arguments[0] == f"{language:04X}{codepage:04X}"


def test_dotnet_may_load_what_came_in_a_downloaded_zip() -> None:
    found = ET.fromstring(EXE_CONFIG.encode()).find("runtime/loadFromRemoteSources")  # noqa: S314  # our own

    assert found is not None
    assert found.get("enabled") == "true"


def test_macos_lets_it_on_the_local_network_and_shows_why() -> None:
    said = plistlib.loads(plistlib.dumps(info_plist("1.2.3")))

    assert said["NSAppTransportSecurity"] == {"NSAllowsLocalNetworking": True}
    assert "네트워크" in said["NSLocalNetworkUsageDescription"]
    assert said["CFBundleShortVersionString"] == "1.2.3"


def test_the_time_of_all_that_is_made_is_given_or_the_last_commits(tmp_path: Path) -> None:
    commit = ["-c", "user.name=Sora", "-c", "user.email=sora@example.org", "commit", "--allow-empty", "-m", "first"]
    dated = {"GIT_COMMITTER_DATE": "@1700000000 +0000", "GIT_CONFIG_GLOBAL": "/dev/null", "PATH": "/usr/bin:/bin"}
    assert source_time(tmp_path, {}) == 315532800
    for command in (["init", "-q"], commit):
        subprocess.run(["git", *command], cwd=tmp_path, env=dated, check=True, capture_output=True)

    assert source_time(tmp_path, {}) == 1700000000
    assert source_time(tmp_path, {"SOURCE_DATE_EPOCH": "1800000000"}) == 1800000000
    assert source_time(tmp_path, {"SOURCE_DATE_EPOCH": "0"}) == 315532800, "a zip knows no earlier year than 1980"


def test_an_ico_holds_each_size_where_its_table_says() -> None:
    made = ico({size: PNG + bytes([size % 251]) * size for size in ICO_SIZES})

    assert struct.unpack("<HHH", made[:6]) == (0, 1, len(ICO_SIZES))
    for place, size in enumerate(ICO_SIZES):
        width, _, _, _, _, _, length, start = struct.unpack_from("<BBBBHHII", made, 6 + 16 * place)
        assert width == size % 256
        assert made[start : start + length] == PNG + bytes([size % 251]) * size


def test_an_icns_is_a_row_of_named_pieces() -> None:
    made = icns({size: PNG + bytes([size % 251]) * size for size in ICNS_KINDS.values()})

    assert made[:8] == b"icns" + struct.pack(">I", len(made))
    place, found = 8, {}
    while place < len(made):
        kind, length = struct.unpack_from(">4sI", made, place)
        found[kind] = made[place + 8 : place + length]
        place += length
    assert {kind: len(piece) - 8 for kind, piece in found.items()} == ICNS_KINDS


def test_the_icons_that_are_kept_are_those_of_the_containers() -> None:
    """Drawn by scripts/icon.py; what they show is looked at, what they are is read."""
    kept = (ROOT / "packing" / "icon.ico").read_bytes()

    for place, size in enumerate(ICO_SIZES):
        start = struct.unpack_from("<I", kept, 6 + 16 * place + 12)[0]
        assert kept[start : start + 8] == PNG
        assert struct.unpack_from(">II", kept, start + 16) == (size, size)
    assert (ROOT / "packing" / "icon.icns").read_bytes()[:4] == b"icns"
