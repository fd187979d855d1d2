"""A Debian package, written by hand: three files in an `ar` archive (deb(5)); dpkg-deb is not needed."""

import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scripts._archives import members, packed_tar

HOME = "usr/lib/chatapp"
MACHINES = {"x64": "amd64", "arm64": "arm64"}
CONTROL = """\
Package: chatapp
Version: {version}
Architecture: {machine}
Maintainer: ChatApp contributors <chatapp@localhost>
Installed-Size: {kib}
Depends: libc6 (>= {libc})
Recommends: python3-gi, gir1.2-gtk-3.0, gir1.2-webkit2-4.1 | gir1.2-webkit2-4.0, fonts-noto-cjk | fonts-nanum
Section: net
Priority: optional
Description: chat room for the people on one network
 One person starts the program; the others join from theirs or open its
 address in any browser. Words, pictures and files stay on the network.
"""
DESKTOP = """\
[Desktop Entry]
Type=Application
Name=ChatApp
Comment=A chat room for the people on one network
Comment[ko]=같은 네트워크에 있는 사람들과 쓰는 채팅방
Exec=chatapp
Icon=chatapp
Terminal=false
Categories=Network;Chat;InstantMessaging;
Keywords=chat;LAN;file;채팅;파일;
"""


@dataclass(frozen=True)
class Package:
    """What goes into the package: the program's folder, the icon, and the notice of licences."""

    program: Path
    icon: Path
    notice: Path
    version: str
    machine: str


def write_deb(path: Path, package: Package, at: int) -> None:
    """Write the package, with `at` (seconds since 1970) as the time of everything in it."""
    with tempfile.TemporaryDirectory() as folder:
        data = packed_tar(_data(package, Path(folder)), at)
        control = packed_tar(_control(package, Path(folder)), at)
    parts = {"debian-binary": b"2.0\n", "control.tar.gz": control, "data.tar.gz": data}
    path.write_bytes(b"!<arch>\n" + b"".join(_part(name, content, at) for name, content in parts.items()))


def _data(package: Package, folder: Path) -> Iterator[tuple[Path, str]]:
    """What is installed, with its folders: dpkg removes only folders that it knows."""
    files = {f"{HOME}/{name.partition('/')[2]}": source for source, name in members(package.program)}
    files["usr/share/applications/chatapp.desktop"] = _written(folder / "desktop", DESKTOP)
    files["usr/share/icons/hicolor/scalable/apps/chatapp.svg"] = package.icon
    files["usr/share/doc/chatapp/copyright"] = package.notice
    files["usr/bin/chatapp"] = folder / "link"
    files["usr/bin/chatapp"].symlink_to(f"../lib/chatapp/{package.program.name}")
    folders = {parent.as_posix() for name in files for parent in Path(name).parents}
    for name in sorted([*files, *folders]):
        yield files.get(name, folder), "./" if name == "." else f"./{name}"


def _control(package: Package, folder: Path) -> Iterator[tuple[Path, str]]:
    files = [source for source, _ in members(package.program)]
    control = CONTROL.format(
        version=package.version,
        machine=MACHINES.get(package.machine, package.machine),
        kib=sum(file.lstat().st_size for file in files) // 1024,
        libc=needed_libc(files),
    )
    yield folder, "./"
    yield _written(folder / "control", control), "./control"


def needed_libc(files: list[Path]) -> str:
    """The newest GNU C library that any of the files asks for."""
    asked = (re.findall(rb"GLIBC_(2\.\d+)", file.read_bytes()) for file in files)
    versions = {version.decode() for found in asked for version in found}
    return max(versions, key=lambda version: int(version.partition(".")[2]), default="2.17")


def _written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


def _part(name: str, content: bytes, at: int) -> bytes:
    head = f"{name:<16}{at:<12}{0:<6}{0:<6}{0o100644:<8o}{len(content):<10}`\n".encode("ascii")
    return head + content + b"\n" * (len(content) % 2)
