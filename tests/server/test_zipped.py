"""The zip of an offer: its length known before, the same bytes each time, and never a whole one by mistake."""

import io
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET

from chatapp.core.changes import OfferRecord
from chatapp.core.filepaths import offered_files
from chatapp.protocol import FileToOffer
from chatapp.server.zipped import Layout, Out

NAMES = st.sampled_from(["과제.pdf", "a.txt", "A.TXT", "é.txt", "사진/봄 소풍.jpg", "사진/a.txt", "x" * 90, "빈 파일"])


def offer(*files: tuple[str, int], at: int = 1_790_000_000_000) -> OfferRecord:
    asked = [FileToOffer(path.split("/")[-1], size, "", path if "/" in path else UNSET) for path, size in files]
    return OfferRecord("offer", 1, "민지", offered_files(asked), at, at + 1, "open")


def zipped(record: OfferRecord, bodies: list[bytes], step: int = 7) -> bytes:
    out = io.BytesIO()

    def feed(file: int, give: Out) -> None:
        for start in range(0, len(bodies[file]), step):
            give(memoryview(bodies[file])[start : start + step])

    Layout(record).write(out.write, feed)  # type: ignore[arg-type]  # its count is of no interest
    return out.getvalue()


@given(files=st.lists(st.tuples(NAMES, st.binary(max_size=40)), min_size=1, max_size=8))
@settings(max_examples=150, deadline=None)
def test_its_length_and_places_are_known_before_and_it_holds_every_file(files: list[tuple[str, bytes]]) -> None:
    record = offer(*((name, len(body)) for name, body in files))
    bodies = [body for _, body in files]
    data = zipped(record, bodies)
    layout = Layout(record)
    assert len(data) == layout.length
    for part, body in zip(layout.parts, bodies, strict=True):
        assert data[part.starts : part.starts + part.size] == body
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [part.path for part in layout.parts]
        assert [archive.read(name) for name in archive.namelist()] == bodies
    assert len({part.path.casefold() for part in layout.parts}) == len(files)


def test_the_same_offer_makes_the_same_bytes_each_time() -> None:
    record = offer(("과제.pdf", 5), ("사진/봄.jpg", 3))
    assert zipped(record, [b"hello", b"abc"], step=1) == zipped(record, [b"hello", b"abc"], step=9)


def test_a_hangul_name_is_marked_as_utf_8() -> None:
    with zipfile.ZipFile(io.BytesIO(zipped(offer(("과제.pdf", 1), ("b", 1)), [b"a", b"b"]))) as archive:
        assert archive.getinfo("과제.pdf").flag_bits & 0x800


def test_a_clock_before_1980_makes_a_zip_all_the_same() -> None:
    with zipfile.ZipFile(io.BytesIO(zipped(offer(("a", 1), ("b", 1), at=0), [b"a", b"b"]))) as archive:
        assert archive.getinfo("a").date_time == (1980, 1, 1, 0, 0, 0)


@pytest.mark.parametrize("sizes", [(2**31 - 1, 1), (2**31, 1), (2**31 + 5, 2**31, 1)])
def test_files_beyond_2_gib_are_counted_right(sizes: tuple[int, ...]) -> None:
    """Zeros, that nobody keeps: the end of the zip, where everything is written down, is looked at."""
    layout, zeros = Layout(offer(*((f"{size}-{n}", size) for n, size in enumerate(sizes)))), bytes(2**24)
    tail, length = bytearray(), 0

    def out(data: memoryview) -> None:
        nonlocal length
        length += len(data)
        if len(data) < len(zeros):
            tail.extend(data)

    def feed(file: int, give: Out) -> None:
        left = sizes[file]
        while left:
            give(memoryview(zeros)[:left])
            left -= min(left, len(zeros))

    layout.write(out, feed)
    assert length == layout.length
    assert bytes(tail[-22:-18]) == b"PK\x05\x06"


@pytest.mark.parametrize("failing", ["what feeds it", "what takes it"])
def test_after_an_error_nothing_goes_out_that_could_look_like_an_end(failing: str) -> None:
    taken: list[bytes] = []

    def fail() -> None:
        raise ConnectionError(failing)

    def out(data: memoryview) -> None:
        if failing == "what takes it" and len(taken) == 2:
            fail()
        taken.append(bytes(data))

    def feed(_: int, give: Callable[[memoryview], None]) -> None:
        give(memoryview(b"abc"))
        if failing == "what feeds it":
            fail()
        give(memoryview(b"def"))

    with pytest.raises(ConnectionError, match=failing):
        Layout(offer(("a", 6), ("b", 6))).write(out, feed)
    assert len(taken) == 2
    assert taken[1] == b"abc"
