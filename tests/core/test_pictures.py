"""Pictures: what the bytes say decides, whatever the label says."""

from __future__ import annotations

import base64
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatapp.core.pictures import Picture, picture_url, read_picture
from chatapp.errors import Refused
from tests.core.picture_bytes import extended, gif, jpeg, lossless, lossy, png, riff, segment

MAX_BYTES = 2097152
MAX_PIXELS = 40000000


def url_of(data: bytes, label: str = "image/png") -> str:
    return f"data:{label};base64,{base64.b64encode(data).decode()}"


def read(url: str, *, max_bytes: int = MAX_BYTES, max_pixels: int = MAX_PIXELS) -> Picture:
    return read_picture(url, max_bytes=max_bytes, max_pixels=max_pixels)


def outcome(url: str, *, max_bytes: int = MAX_BYTES, max_pixels: int = MAX_PIXELS) -> Picture | str:
    """The picture, or the code of the refusal."""
    try:
        return read(url, max_bytes=max_bytes, max_pixels=max_pixels)
    except Refused as refused:
        return refused.code


EVERY_KIND = {
    "a PNG": (png(), "image/png"),
    "a JPEG": (jpeg(), "image/jpeg"),
    "a GIF": (gif(), "image/gif"),
    "a lossy WebP": (riff(lossy()), "image/webp"),
    "a lossless WebP": (riff(lossless()), "image/webp"),
    "an extended WebP": (extended(1, 1), "image/webp"),
}
every_kind = pytest.mark.parametrize(("data", "media_type"), EVERY_KIND.values(), ids=EVERY_KIND.keys())


@every_kind
def test_a_picture_is_known_by_its_bytes(data: bytes, media_type: str) -> None:
    assert read(url_of(data, media_type)) == Picture(media_type, 1, 1, len(data), base64.b64encode(data).decode())


@every_kind
@pytest.mark.parametrize("label", ["image/bmp", "image/svg+xml", "text/html", "", "image/png;charset=utf-8"])
def test_a_wrong_label_is_corrected_and_no_byte_changes(data: bytes, media_type: str, label: str) -> None:
    assert picture_url(read(url_of(data, label))) == url_of(data, media_type)


@pytest.mark.parametrize(
    ("data", "size"),
    [
        pytest.param(png(640, 480), (640, 480), id="a PNG"),
        pytest.param(jpeg(640, 480), (640, 480), id="a baseline JPEG"),
        pytest.param(jpeg(640, 480, frame=0xC2), (640, 480), id="a progressive JPEG"),
        pytest.param(jpeg(3, 2, frame=0xCF), (3, 2), id="a JPEG with the last kind of frame"),
        pytest.param(
            jpeg(3, 2, before=segment(0xE1, b"\xff\xc0\x00\x08" * 9)),
            (3, 2),
            id="a JPEG with a frame in its Exif",
        ),
        pytest.param(jpeg(3, 2, before=b"\xff" * 5), (3, 2), id="a JPEG with fill bytes"),
        pytest.param(jpeg(3, 2, before=b"\xff\x01\xff\xd0"), (3, 2), id="a JPEG with markers that stand alone"),
        pytest.param(jpeg(3, 2, before=segment(0xC4, b"")), (3, 2), id="a JPEG with a table first"),
        pytest.param(gif(30, 20), (30, 20), id="a GIF of 1989"),
        pytest.param(gif(30, 20, version=b"87a"), (30, 20), id="a GIF of 1987"),
        pytest.param(gif(3, 2, screen=(30, 20)), (30, 20), id="a GIF with a screen larger than its frame"),
        pytest.param(gif(30, 20)[:25], (30, 20), id="a GIF that is cut in its first frame"),
        pytest.param(gif(30, 20, screen=(3, 2)), (30, 20), id="a GIF with a frame larger than its screen"),
        pytest.param(
            gif(30, 20, screen=(1, 1), before=b"!\xfe\x03abc\x01d\x00"),
            (30, 20),
            id="a GIF with a comment before",
        ),
        pytest.param(riff(lossy(16383, 2)), (16383, 2), id="a wide lossy WebP"),
        pytest.param(riff(lossy(3 | 1 << 14, 2 | 3 << 14)), (3, 2), id="a lossy WebP with bits for scaling"),
        pytest.param(riff(lossless(640, 480)), (640, 480), id="a lossless WebP"),
        pytest.param(riff(lossless(1, 16384)), (1, 16384), id="a high lossless WebP"),
        pytest.param(extended(640, 480), (640, 480), id="an extended WebP"),
    ],
)
def test_the_size_is_read(data: bytes, size: tuple[int, int]) -> None:
    picture = read(url_of(data))
    assert (picture.width, picture.height) == size


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"hello", id="text"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg' width='1' height='1'/>", id="an SVG"),
        pytest.param(b"<!doctype html><script>alert(1)</script>", id="a page"),
        pytest.param(b"BM\x3a\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\x18\0", id="a BMP"),
        pytest.param(b"II*\0\x08\0\0\0\0\0\0\0\0\0", id="a TIFF"),
        pytest.param(b"\0\0\x01\0\x01\0\x01\x01\0\0\x01\0\x18\0\x30\0\0\0\x16\0\0\0", id="an icon"),
        pytest.param(b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf" + bytes(40), id="an AVIF"),
        pytest.param(b"%PDF-1.7\n", id="a PDF"),
        pytest.param(b" " + png(), id="a PNG with something before it"),
        pytest.param(png()[:8], id="the signature of a PNG alone"),
        pytest.param(png()[:23], id="a PNG cut in its size"),
        pytest.param(png().replace(b"IHDR", b"IDAT", 1), id="a PNG that does not begin with its header"),
        pytest.param(png(0, 1), id="a PNG without width"),
        pytest.param(png(1, 0), id="a PNG without height"),
        pytest.param(b"\xff\xd8\xff", id="a JPEG that only begins"),
        pytest.param(jpeg(0, 1), id="a JPEG without width"),
        pytest.param(jpeg(1, 0), id="a JPEG that tells its height later"),
        pytest.param(jpeg()[: jpeg().index(b"\xff\xc0") + 8], id="a JPEG cut in its size"),
        pytest.param(jpeg(frame=0xC4), id="a JPEG with tables but no frame"),
        pytest.param(jpeg(frame=0xC8), id="a JPEG with the reserved marker for a frame"),
        pytest.param(b"\xff\xd8" + segment(0xDA, b"") + jpeg()[2:], id="a JPEG whose scan comes before its frame"),
        pytest.param(b"\xff\xd8\xff\xd9\x00\x02" + jpeg()[2:], id="a JPEG that ends before its frame"),
        pytest.param(b"\xff\xd8\xff\xe0\xff\xff" + jpeg()[2:], id="a JPEG with a segment beyond its end"),
        pytest.param(b"\xff\xd8\xff\xe0\x00\x00" + jpeg()[2:], id="a JPEG with a segment of no length"),
        pytest.param(b"\xff\xd8\xff\xc0\x00\x02" + b"\x01" * 20, id="a JPEG with a frame too short for its size"),
        pytest.param(jpeg(before=b"\xff\x01" * 5000), id="a JPEG that hides its frame behind thousands of markers"),
        pytest.param(b"GIF89a\x01\x00\x01", id="a GIF cut in its size"),
        pytest.param(b"GIF88a" + gif()[6:], id="a GIF of a version that never was"),
        pytest.param(gif(screen=(0, 1)), id="a GIF without width"),
        pytest.param(gif(before=b"!\xfe\x00" * 5000), id="a GIF that hides its frame behind thousands of comments"),
        pytest.param(riff(lossy(0, 1)), id="a lossy WebP without width"),
        pytest.param(riff(lossy()).replace(b"\x9d\x01\x2a", b"\x9d\x01\x2b"), id="a lossy WebP without its start code"),
        pytest.param(riff((b"VP8 ", b"\x31" + lossy()[1][1:])), id="a lossy WebP that is no key frame"),
        pytest.param(riff((b"VP8L", b"\x2e" + lossless()[1][1:])), id="a lossless WebP without its signature"),
        pytest.param(riff((b"VP8L", b"\x2f\0\0\0\x20" + bytes(8))), id="a lossless WebP of a later version"),
        pytest.param(riff((b"ALPH", bytes(20))), id="a WebP that begins with another chunk"),
        pytest.param(extended(1, 1)[:29], id="a WebP cut in its size"),
        pytest.param(b"RIFF\x24\0\0\0WAVEfmt " + bytes(20), id="a sound"),
    ],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    assert outcome(url_of(data)) == "image-type"


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("", id="nothing"),
        pytest.param("data:,", id="data without base64"),
        pytest.param("data:image/png," + base64.b64encode(png()).decode(), id="base64 that does not say so"),
        pytest.param("http://127.0.0.1/a.png", id="an address"),
        pytest.param("javascript:alert(1)", id="a script"),
        pytest.param(base64.b64encode(png()).decode(), id="base64 alone"),
        pytest.param(" " + url_of(png()), id="a space before"),
        pytest.param(url_of(png()) + "\n", id="a line feed behind"),
        pytest.param(url_of(png()).replace("AAAA", "AA\nAA", 1), id="a line feed inside"),
        pytest.param(url_of(png()) + "=", id="too much padding"),
        pytest.param(url_of(png() + b"x").rstrip("="), id="padding missing"),
        pytest.param(url_of(png() + b"x") + "AAAA", id="more behind the padding"),
        pytest.param(url_of(png()).replace("AAAA", "AA-A", 1), id="the other alphabet of base64"),
        pytest.param(url_of(png()).replace("AAAA", "AAA%41", 1), id="percent encoding"),
        pytest.param(url_of(png()).replace("AAAA", "AAA가", 1), id="Hangul in base64"),
        pytest.param(url_of(png()).replace("AAAA", "AAA\ud800", 1), id="a surrogate in base64"),
        pytest.param("data:" + "x" * 300 + ";base64," + base64.b64encode(png()).decode(), id="a label without an end"),
    ],
)
def test_what_is_no_strict_data_url_is_refused(url: str) -> None:
    assert outcome(url) == "image-type"


def test_the_scheme_may_be_in_capitals() -> None:
    assert read(url_of(png()).replace("data:", "DATA:").replace("base64", "BASE64")).media_type == "image/png"


@pytest.mark.parametrize("padding", [0, 1, 2])
def test_the_largest_picture_has_exactly_max_bytes(padding: int) -> None:
    data = png() + bytes(padding)
    assert read(url_of(data), max_bytes=len(data)).size == len(data)
    assert outcome(url_of(data), max_bytes=len(data) - 1) == "image-too-large"


def test_too_many_bytes_are_told_before_they_are_decoded() -> None:
    assert outcome("data:image/png;base64," + "?" * 4000, max_bytes=2999) == "image-too-large"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(png(40, 25), id="a PNG"),
        pytest.param(jpeg(40, 25), id="a JPEG"),
        pytest.param(gif(40, 25), id="a GIF"),
        pytest.param(gif(40, 25, screen=(1, 1)), id="a GIF that pretends to be small"),
        pytest.param(riff(lossy(40, 25)), id="a lossy WebP"),
        pytest.param(riff(lossless(40, 25)), id="a lossless WebP"),
        pytest.param(extended(40, 25), id="an extended WebP"),
    ],
)
def test_the_largest_picture_has_exactly_max_pixels(data: bytes) -> None:
    assert read(url_of(data), max_pixels=1000).size == len(data)
    assert outcome(url_of(data), max_pixels=999) == "image-too-large"


def test_a_bomb_of_a_few_bytes_is_too_large() -> None:
    assert outcome(url_of(png(2**31 - 1, 2**31 - 1, rows=b""))) == "image-too-large"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\xff\xd8" + b"\xff" * (MAX_BYTES - 2), id="fill bytes to the end"),
        pytest.param((b"\xff\xd8" + b"\xff\xe0\x00\x02" * MAX_BYTES)[:MAX_BYTES], id="empty segments to the end"),
        pytest.param((b"\xff\xd8" + b"\xff\xd0" * MAX_BYTES)[:MAX_BYTES], id="restart markers to the end"),
        pytest.param((gif()[:13] + b"!\xfe" + b"\x01x" * MAX_BYTES)[:MAX_BYTES], id="a comment in single letters"),
        pytest.param((gif()[:13] + b"!\xfe\x00" * MAX_BYTES)[:MAX_BYTES], id="empty comments to the end"),
    ],
)
def test_a_header_without_an_end_takes_no_time(data: bytes) -> None:
    url = url_of(data)
    began = time.process_time()
    result = outcome(url)
    assert time.process_time() - began < 1
    assert result == "image-type" or isinstance(result, Picture)


@st.composite
def mutations(draw: st.DrawFn) -> bytes:
    """A picture with a few bytes changed, cut or put in near its beginning."""
    data = bytearray(draw(st.sampled_from([data for data, _ in EVERY_KIND.values()])))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(data)))
        data[at : at + draw(st.integers(0, 3))] = draw(st.binary(max_size=4))
    return bytes(data[: draw(st.integers(0, 120))])


@given(mutations())
def test_a_mutated_picture_is_read_or_refused_and_nothing_else(data: bytes) -> None:
    result = outcome(url_of(data))
    if isinstance(result, Picture):
        assert 0 < result.width * result.height <= MAX_PIXELS
        assert picture_url(result) == url_of(data, result.media_type)
    else:
        assert result in {"image-type", "image-too-large"}


@given(st.text())
def test_any_text_is_refused_and_nothing_else(text: str) -> None:
    assert outcome(text) == "image-type"
    assert outcome("data:image/png;base64," + text) == "image-type"
