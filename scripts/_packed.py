"""What a packed ChatApp is called, and what each system wants to know of it."""

import os
import platform
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROGRAM = "ChatApp"
SINGLE = "ChatApp-single"
ICONS = {"win32": "packing/icon.ico", "darwin": "packing/icon.icns"}
SYSTEMS = {"win32": "windows", "darwin": "macos"}
MACHINES = {"amd64": "x64", "x86_64": "x64", "arm64": "arm64", "aarch64": "arm64"}
EXE_CONFIG = """\
<?xml version="1.0" encoding="utf-8"?>
<configuration>
  <runtime>
    <loadFromRemoteSources enabled="true"/>
  </runtime>
</configuration>
"""
"""Lies beside the .exe: without it .NET refuses to load the window's libraries when they came in a downloaded zip."""
LAN_WORDS = "ChatApp opens a room for the people on your network. / 같은 네트워크에 있는 사람들과 쓸 방을 엽니다."
ZIP_EPOCH = 315532800
"""1980-01-01, the earliest time that a zip can hold."""


@dataclass(frozen=True)
class Edition:
    """One version for one kind of computer; its name is that of its files and of the folder in them."""

    version: str
    system: str
    machine: str

    @property
    def name(self) -> str:
        """Such as ChatApp-0.1.0-windows-x64; chatapp/server/apps.py knows the form too."""
        return f"{PROGRAM}-{self.version}-{self.system}-{self.machine}"

    @property
    def single_file(self) -> str:
        """The name of the single file."""
        return self.name + self.suffix

    @property
    def suffix(self) -> str:
        """How the name of a program ends."""
        return ".exe" if self.system == "windows" else ""


def this_edition(root: Path) -> Edition:
    """The edition that is made on this computer."""
    machine = platform.machine().lower()
    return Edition(version_of(root), SYSTEMS.get(sys.platform, "linux"), MACHINES.get(machine, machine))


def version_of(root: Path) -> str:
    """The version, from its one place; read and not imported, so that nothing else need be there."""
    text = (root / "chatapp" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "([^"]+)"$', text, re.MULTILINE)
    if found is None:
        raise ValueError("chatapp/__init__.py names no version")
    return found[1]


def source_time(root: Path, variables: Mapping[str, str] = os.environ) -> int:
    """The time that stands for the sources' in all that is made: SOURCE_DATE_EPOCH, or the last commit's."""
    if given := variables.get("SOURCE_DATE_EPOCH"):
        return max(int(given), ZIP_EPOCH)
    try:
        asked = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=root, capture_output=True, check=False)
    except OSError:
        return ZIP_EPOCH
    said = asked.stdout.decode("ascii", "replace").strip()
    return int(said) if said.isdigit() else ZIP_EPOCH


def windows_version(version: str) -> str:
    """The version resource of the .exe, as PyInstaller reads it."""
    numbers = tuple([*(int(part) for part in re.findall(r"\d+", version)), 0, 0, 0, 0][:4])
    words = {
        "CompanyName": "ChatApp contributors",
        "FileDescription": PROGRAM,
        "FileVersion": version,
        "InternalName": PROGRAM,
        "LegalCopyright": "MIT License",
        "OriginalFilename": f"{PROGRAM}.exe",
        "ProductName": PROGRAM,
        "ProductVersion": version,
    }
    strings = ", ".join(f"StringStruct({name!r}, {value!r})" for name, value in words.items())
    fixed = f"FixedFileInfo(filevers={numbers}, prodvers={numbers}, mask=0x3F, OS=0x40004, fileType=1)"
    table = f"StringFileInfo([StringTable('040904B0', [{strings}])])"
    return f"VSVersionInfo({fixed}, [{table}, VarFileInfo([VarStruct('Translation', [0x0409, 1200])])])\n"


def info_plist(version: str) -> dict[str, Any]:
    """What the Info.plist of the .app says besides PyInstaller's own.

    Without NSLocalNetworkUsageDescription macOS 15 keeps the program off the network without a word; without
    NSAllowsLocalNetworking the window may load no http page, not even our own from loopback.
    """
    return {
        "CFBundleDisplayName": PROGRAM,
        "CFBundleShortVersionString": version,
        "CFBundleDevelopmentRegion": "en",
        "CFBundleLocalizations": ["en", "ko"],
        "LSApplicationCategoryType": "public.app-category.social-networking",
        "LSMinimumSystemVersion": "11.0",
        "NSAppTransportSecurity": {"NSAllowsLocalNetworking": True},
        "NSHighResolutionCapable": True,
        "NSHumanReadableCopyright": "MIT License",
        "NSLocalNetworkUsageDescription": LAN_WORDS,
    }
