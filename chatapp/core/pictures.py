"""Pictures as they come over the wire: a base64 data URL in, what its bytes really are out.

The bytes decide, and none of them is changed. Only headers are read: nothing is ever decompressed here.
"""

from __future__ import annotations

import binascii
import re
import struct
from typing import TYPE_CHECKING

import msgspec

from chatapp.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

_HEADER_CHARS = 256
# Real files have a handful before their size; a hostile one could have a million.
_MAX_SEGMENTS = 4096

_DATA_URL = re.compile(r"data:[^,]*;base64,", re.IGNORECASE)

# Every start of frame but DHT (C4), JPG (C8) and DAC (CC), which share their range (ITU-T T.81, table B.1).
_STARTS_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_WITHOUT_FRAME = frozenset({0xD8, 0xD9, 0xDA})
# Any number of fill bytes may come before a marker (T.81, B.1.1.2).
_MARKER = re.compile(rb"\xff+([^\x00\xff])")

Size = tuple[int, int]


class Picture(msgspec.Struct, frozen=True):
    """A picture: what its bytes say it is, its size in pixels and in bytes, and those in base64, as they came."""

    media_type: str
    width: int
    height: int
    size: int
    payload: str


def read_picture(url: str, *, max_bytes: int, max_pixels: int) -> Picture:
    """Read a base64 data URL; refuse with image-type or image-too-large.

    `max_bytes` counts the decoded bytes, `max_pixels` width times height.
    """
    payload = _payload(url)
    data = _decode(payload, max_bytes)
    media_type, (width, height) = _measure(data)
    if width * height > max_pixels:
        raise Refused("image-too-large")
    return Picture(media_type, width, height, len(data), payload)


def picture_url(picture: Picture) -> str:
    """The data URL of the picture, under the label that its bytes deserve."""
    return f"data:{picture.media_type};base64,{picture.payload}"


def _payload(url: str) -> str:
    header = _DATA_URL.match(url[:_HEADER_CHARS])
    if header is None:
        raise Refused("image-type")
    return url[header.end() :]


def _decode(payload: str, max_bytes: int) -> bytes:
    """Decode strict base64 (RFC 4648, section 4), after its length has said that it is not too much."""
    if len(payload) // 4 * 3 - payload.count("=", -2) > max_bytes:
        raise Refused("image-too-large")
    try:
        return binascii.a2b_base64(payload, strict_mode=True)
    except ValueError as error:
        raise Refused("image-type") from error


def _measure(data: bytes) -> tuple[str, Size]:
    """The media type and the size that the bytes themselves declare."""
    for signature, media_type, size_of in _KINDS:
        if signature.match(data):
            size = size_of(data)
            if size is None or 0 in size:
                break
            return media_type, size
    raise Refused("image-type")


def _png_size(data: bytes) -> Size | None:
    """IHDR comes first and is 13 bytes long (PNG, section 11.2.2); the signature's pattern has seen that."""
    if len(data) < 24:
        return None
    width, height = struct.unpack_from(">II", data, 16)
    return width, height


def _gif_size(data: bytes) -> Size | None:
    """The logical screen, or the first frame where that is larger (GIF89a, sections 18 and 20).

    Browsers make room for such a frame; a screen of 1 x 1 must not hide 65,535 x 65,535 pixels.
    """
    if len(data) < 13:
        return None
    width, height = struct.unpack_from("<HH", data, 6)
    frame = _gif_first_frame(data)
    if frame is None or 0 in (width, height):
        return None
    return max(width, frame[0]), max(height, frame[1])


def _gif_first_frame(data: bytes) -> Size | None:
    """How far the first frame reaches; (0, 0) where there is none, None when too much comes before it."""
    at = 13 + (3 << (data[10] & 7) + 1 if data[10] & 0x80 else 0)
    for _ in range(_MAX_SEGMENTS):
        if data[at : at + 1] == b"," and len(data) >= at + 9:
            left, top, width, height = struct.unpack_from("<HHHH", data, at + 1)
            return left + width, top + height
        if data[at : at + 1] != b"!":
            return 0, 0
        at = _after_sub_blocks(data, at + 2)
    return None


def _after_sub_blocks(data: bytes, at: int) -> int:
    while at < len(data) and data[at]:
        at += data[at] + 1
    return at + 1


def _jpeg_size(data: bytes) -> Size | None:
    """The first frame header, reached from marker to marker (T.81, annex B)."""
    at = 2
    for _ in range(_MAX_SEGMENTS):
        found = _MARKER.match(data, at)
        if found is None or found[1][0] in _WITHOUT_FRAME:
            return None
        marker, at = found[1][0], found.end()
        if marker in _STARTS_OF_FRAME:
            return _jpeg_frame(data, at)
        if marker not in _STANDALONE:
            at += int.from_bytes(data[at : at + 2], "big")
    return None


def _jpeg_frame(data: bytes, at: int) -> Size | None:
    """Length, precision, height, width; a height of 0, told by a DNL marker later, is none (T.81, B.2.2)."""
    if len(data) < at + 7:
        return None
    length, _, height, width = struct.unpack_from(">HBHH", data, at)
    return (width, height) if length >= 8 else None


def _webp_size(data: bytes) -> Size | None:
    """The first chunk says it, in one of three ways (RFC 9649, sections 2.5 to 2.7)."""
    if len(data) < 30:
        return None
    kind, chunk = data[12:16], data[20:30]
    if kind == b"VP8X":
        return int.from_bytes(chunk[4:7], "little") + 1, int.from_bytes(chunk[7:10], "little") + 1
    if kind == b"VP8L":
        return _webp_lossless_size(chunk)
    if kind == b"VP8 ":
        return _webp_lossy_size(chunk)
    return None


def _webp_lossless_size(chunk: bytes) -> Size | None:
    """A signature byte, 14 bits of width - 1, 14 of height - 1, 1 of alpha, version 0 (RFC 9649, 3.4)."""
    bits = int.from_bytes(chunk[1:5], "little")
    if chunk[0] != 0x2F or bits >> 29:
        return None
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1


def _webp_lossy_size(chunk: bytes) -> Size | None:
    """A key frame: 3 bytes with bit 0 clear, the start code, 14 bits each (RFC 6386, section 9.1)."""
    if chunk[0] & 1 or chunk[3:6] != b"\x9d\x01\x2a":
        return None
    width, height = struct.unpack_from("<HH", chunk, 6)
    return width & 0x3FFF, height & 0x3FFF


_KINDS: tuple[tuple[re.Pattern[bytes], str, Callable[[bytes], Size | None]], ...] = (
    (re.compile(rb"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), "image/png", _png_size),
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg", _jpeg_size),
    (re.compile(rb"GIF8[79]a"), "image/gif", _gif_size),
    (re.compile(rb"RIFF.{4}WEBP", re.DOTALL), "image/webp", _webp_size),
)
