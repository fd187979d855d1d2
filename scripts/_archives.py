"""Archives in which the same files always make the same bytes: sorted, with one time and plain owners."""

import gzip
import hashlib
import io
import stat
import tarfile
import time
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path


def write_zip(path: Path, folder: Path, at: int) -> None:
    """Pack a folder, itself included, with `at` (seconds since 1970) as the time of everything."""
    when = time.gmtime(at)[:6]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for source, name in members(folder):
            entry = zipfile.ZipInfo(name, when)
            entry.create_system = 3  # Unix, on every system: only then are the modes read
            entry.external_attr = mode_of(source) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content_of(source), compresslevel=9)


def write_tar(path: Path, folder: Path, at: int) -> None:
    """The same as a .tar.gz."""
    path.write_bytes(packed_tar(((source, name) for source, name in members(folder)), at))


def packed_tar(sources: Iterable[tuple[Path, str]], at: int) -> bytes:
    """A .tar.gz of files under names."""
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for source, name in sources:
            entry = tarfile.TarInfo(name)
            entry.mtime, entry.uname, entry.gname = at, "root", "root"
            entry.mode = stat.S_IMODE(mode_of(source))
            content = content_of(source)
            if source.is_symlink():
                entry.type, entry.linkname, content = tarfile.SYMTYPE, content.decode(), b""
            elif source.is_dir():
                entry.type = tarfile.DIRTYPE
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return gzip.compress(plain.getvalue(), 9, mtime=at)


def members(folder: Path) -> Iterator[tuple[Path, str]]:
    """The folder's files and links with their names in an archive, in a fixed order."""
    for path in sorted(folder.rglob("*"), key=lambda path: path.relative_to(folder).as_posix()):
        if path.is_symlink() or path.is_file():
            yield path, f"{folder.name}/{path.relative_to(folder).as_posix()}"


def mode_of(path: Path) -> int:
    """The kind of a file, and who may do what: everybody reads, the owner writes, programs start."""
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode):
        return stat.S_IFLNK | 0o777
    if stat.S_ISDIR(mode):
        return stat.S_IFDIR | 0o755
    return stat.S_IFREG | (0o755 if mode & stat.S_IXUSR else 0o644)


def content_of(path: Path) -> bytes:
    """What is in a file, or where a link leads; nothing for a folder."""
    if path.is_symlink():
        return path.readlink().as_posix().encode()
    return b"" if path.is_dir() else path.read_bytes()


def write_sums(path: Path, files: Iterable[Path]) -> None:
    """SHA256SUMS, as `sha256sum --check` reads it."""
    lines = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in sorted(files)]
    path.write_text("".join(lines), encoding="ascii", newline="\n")
