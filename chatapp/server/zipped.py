"""Several files as one zip: stored, made as it goes, its length known before (APPNOTE.TXT 4.3; zip64: 4.5.3).

The same offer makes the same bytes each time, so a cut one goes on where it was: what is skipped is only read.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, NamedTuple, cast
from zipfile import ZIP64_LIMIT, ZIP_FILECOUNT_LIMIT, ZipFile, ZipInfo

from chatapp.core.changes import OfferRecord
from chatapp.core.zips import zip_paths

_SIZES_FOLLOW = 0x08
"""The flag of a file whose size and checksum stand behind it."""
_HEADER, _CENTRAL, _END = 30, 46, 22
_END_64 = 56 + 20
_DESCRIPTOR, _DESCRIPTOR_64 = 16, 24
_EXTRA_HEAD, _EXTRA_NUMBER = 4, 8
"""How many bytes each record has besides names."""
_FIRST_DATE = (1980, 1, 1, 0, 0, 0)

Out = Callable[[memoryview], None]


class Part(NamedTuple):
    """One file in the zip: its path there, its size, and at which byte of the zip its own bytes begin."""

    path: str
    size: int
    starts: int


class Layout:
    """Where everything lies in the zip of an offer; `length` is that of the whole."""

    def __init__(self, record: OfferRecord) -> None:
        self._date = max(_FIRST_DATE, time.gmtime(record.at // 1000)[:6])
        self.parts: list[Part] = []
        position = directory = 0
        for path, file in zip(zip_paths(record.files), record.files, strict=True):
            large = file.size > ZIP64_LIMIT
            header = self._header_bytes(path, large)
            name = header - _HEADER - _extra(2 * large)
            directory += _CENTRAL + name + _extra(2 * large + (position > ZIP64_LIMIT))
            self.parts.append(Part(path, file.size, position + header))
            position += header + file.size + (_DESCRIPTOR_64 if large else _DESCRIPTOR)
        self.length = position + directory + _end(len(record.files), position, directory)

    def _header_bytes(self, path: str, large: bool) -> int:
        """How long what stands before a file is: zipfile alone knows how it writes a name."""
        info = ZipInfo(path, self._date)
        info.flag_bits = _SIZES_FOLLOW
        return len(info.FileHeader(zip64=large))

    def write(self, out: Out, feed: Callable[[int, Out], None]) -> None:
        """Give the zip to `out`, piece by piece; `feed` gives the bytes of one file to its second argument."""
        sink = _Sink(out)
        try:
            with ZipFile(cast("IO[bytes]", sink), "w") as archive:
                for index, part in enumerate(self.parts):
                    info = ZipInfo(part.path, self._date)
                    with archive.open(info, "w", force_zip64=part.size > ZIP64_LIMIT) as entry, sink.shut_by_errors():
                        feed(index, cast("Out", entry.write))
        finally:
            sink.shut()


class _Sink:
    """What zipfile takes for an output that cannot seek."""

    def __init__(self, out: Out) -> None:
        self._out: Out | None = out

    def write(self, given: bytes | memoryview) -> int:
        data = memoryview(given)
        if self._out is not None:
            with self.shut_by_errors():
                self._out(data)
        return data.nbytes

    def flush(self) -> None:
        """Nothing is held back."""

    def shut(self) -> None:
        """Let nothing out any more: what zipfile writes at its own end would make a broken zip look whole."""
        self._out = None

    @contextmanager
    def shut_by_errors(self) -> Iterator[None]:
        """Be shut before zipfile hears of an error."""
        try:
            yield
        except BaseException:
            self.shut()
            raise


def _extra(numbers: int) -> int:
    return _EXTRA_HEAD + _EXTRA_NUMBER * numbers if numbers else 0


def _end(count: int, position: int, directory: int) -> int:
    large = count > ZIP_FILECOUNT_LIMIT or position > ZIP64_LIMIT or directory > ZIP64_LIMIT
    return _END + (_END_64 if large else 0)
