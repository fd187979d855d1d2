"""Where an offered file lies inside what was dropped: paths that are safe part by part, and all different."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import count

from msgspec import UNSET
from msgspec.structs import replace

from chatapp.core.filenames import clean_file_name, numbered
from chatapp.errors import Refused
from chatapp.protocol import FileToOffer, OfferFile

PATH_PARTS = 32
PATH_BYTES = 1000
"""In UTF-8, before a number is added: Windows takes 260 characters in all, other systems 1,024 bytes and more."""

_NO_PARTS = frozenset({"", ".", ".."})
_LONGEST = 8192
"""No more of a path's end is looked at: a frame holds megabytes of slashes."""


def offered_files(files: Sequence[FileToOffer]) -> tuple[OfferFile, ...]:
    """The files of an offer with safe names and different paths; raises file-name when nothing is left of a name."""
    offered = [_offered(file) for file in files]
    paths = iter(distinct([file.path for file in offered if isinstance(file.path, str)]))
    return tuple(file if file.path is UNSET else _at(file, next(paths)) for file in offered)


def distinct(paths: Sequence[str]) -> list[str]:
    """The paths, a number added to those that are taken already (without case) or are a folder of another."""
    taken = {folder.casefold() for path in paths for folder in _folders(path)}
    return [_free(path, taken) for path in paths]


def _offered(file: FileToOffer) -> OfferFile:
    parts = [] if file.path is UNSET else _clean_parts(file.path)
    if len(parts) > 1:
        return OfferFile(parts[-1], file.size, file.type, "/".join(parts))
    return OfferFile(parts[0] if parts else clean_file_name(file.name), file.size, file.type)


def _at(file: OfferFile, path: str) -> OfferFile:
    return replace(file, path=path, name=path.rpartition("/")[2])


def _clean_parts(path: str) -> list[str]:
    """The parts that are names, the last ones where there are too many or they are too long."""
    named = [part for part in re.split(r"[/\\]", path[-_LONGEST:]) if part not in _NO_PARTS][-PATH_PARTS:]
    parts = [clean for part in named for clean in _cleaned(part)]
    while len("/".join(parts).encode()) > PATH_BYTES:
        del parts[0]
    return parts


def _cleaned(part: str) -> Iterator[str]:
    try:
        yield clean_file_name(part)
    except Refused:
        return


def _folders(path: str) -> Iterator[str]:
    while path := path.rpartition("/")[0]:
        yield path


def _free(path: str, taken: set[str]) -> str:
    folder, slash, name = path.rpartition("/")
    candidate = path
    for number in count(2):
        if candidate.casefold() not in taken:
            break
        candidate = folder + slash + numbered(name, number)
    taken.add(candidate.casefold())
    return candidate
