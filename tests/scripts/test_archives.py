"""Archives: the same bytes for the same files, and every file as it was."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest

from scripts._archives import write_sums, write_tar, write_zip
from scripts._deb import Package, needed_libc, write_deb

AT = 1700000000
unix = pytest.mark.skipif(os.name != "posix", reason="modes and links as POSIX has them")
debian = pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="reads a Debian package as Debian does")


def laid(place: Path, order: list[str]) -> Path:
    """A small program in a folder; the order in which its files come to be must not matter."""
    folder = place / "ChatApp"
    (folder / "_internal").mkdir(parents=True)
    for name in order:
        (folder / name).write_bytes(name.encode() * 50)
    (folder / "ChatApp").chmod(0o700)
    (folder / "_internal" / "link").symlink_to("part.so")
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return laid(tmp_path / "one", ["ChatApp", "README.txt", "_internal/part.so"])


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """The same files, made in another order, with other times and other rights for others."""
    made = laid(tmp_path / "two", ["_internal/part.so", "README.txt", "ChatApp"])
    os.utime(made / "README.txt", (1, 1))
    (made / "README.txt").chmod(0o600)
    return made


@unix
@pytest.mark.parametrize("write", [write_zip, write_tar])
def test_the_same_files_make_the_same_bytes(write: object, folder: Path, other: Path, tmp_path: Path) -> None:
    assert callable(write)
    write(tmp_path / "a", folder, AT)
    write(tmp_path / "b", other, AT)

    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@unix
def test_a_zip_keeps_what_may_be_started_and_what_is_a_link(folder: Path, tmp_path: Path) -> None:
    write_zip(tmp_path / "a.zip", folder, AT)

    with zipfile.ZipFile(tmp_path / "a.zip") as packed:
        modes = {entry.filename: entry.external_attr >> 16 for entry in packed.infolist()}
        assert packed.read("ChatApp/_internal/link") == b"part.so"
    assert modes == {
        "ChatApp/ChatApp": 0o100755,
        "ChatApp/README.txt": 0o100644,
        "ChatApp/_internal/link": 0o120777,
        "ChatApp/_internal/part.so": 0o100644,
    }


@unix
def test_a_tar_unpacks_to_the_same(folder: Path, tmp_path: Path) -> None:
    write_tar(tmp_path / "a.tar.gz", folder, AT)

    with tarfile.open(tmp_path / "a.tar.gz") as packed:
        packed.extractall(tmp_path / "out", filter="data")
    assert (tmp_path / "out/ChatApp/ChatApp").read_bytes() == (folder / "ChatApp").read_bytes()
    assert os.access(tmp_path / "out/ChatApp/ChatApp", os.X_OK)
    assert (tmp_path / "out/ChatApp/_internal/link").readlink() == Path("part.so")


def test_the_sums_are_those_that_sha256sum_checks(tmp_path: Path) -> None:
    (tmp_path / "b.zip").write_bytes(b"b")
    (tmp_path / "a.zip").write_bytes(b"a")

    write_sums(tmp_path / "SHA256SUMS", [tmp_path / "b.zip", tmp_path / "a.zip"])

    assert (tmp_path / "SHA256SUMS").read_text("ascii") == (
        "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb  a.zip\n"
        "3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d  b.zip\n"
    )


@debian
def test_debian_reads_the_package_and_finds_a_program_in_the_path(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "icon.svg").write_text("<svg/>", "utf-8")
    (tmp_path / "NOTICE.txt").write_text("thanks", "utf-8")
    package = Package(folder, tmp_path / "icon.svg", tmp_path / "NOTICE.txt", "1.2.3", "x64")

    write_deb(tmp_path / "a.deb", package, AT)
    said = subprocess.run(["dpkg-deb", "--info", tmp_path / "a.deb"], capture_output=True, text=True, check=True).stdout
    subprocess.run(["dpkg-deb", "--extract", tmp_path / "a.deb", tmp_path / "root"], check=True)

    assert "Package: chatapp" in said
    assert "Version: 1.2.3" in said
    assert "Architecture: amd64" in said
    assert (tmp_path / "root/usr/bin/chatapp").resolve() == tmp_path / "root/usr/lib/chatapp/ChatApp"
    assert (tmp_path / "root/usr/share/doc/chatapp/copyright").read_text("utf-8") == "thanks"


def test_the_package_asks_for_the_c_library_that_its_parts_were_made_for(tmp_path: Path) -> None:
    for name, content in (("a", b"GLIBC_2.4\0GLIBC_2.17\0"), ("b", b"GLIBC_2.9\0"), ("c", b"nothing")):
        (tmp_path / name).write_bytes(content)

    assert needed_libc(sorted(tmp_path.iterdir())) == "2.17"
