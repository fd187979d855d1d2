"""Pictures made byte by byte, for the tests that need some.

They are real: any program shows them, as one even area. Only a lossy WebP of another size than
1 x 1 is a true header over the data of one pixel.
"""

from __future__ import annotations

import struct
import zlib


def png(width: int = 1, height: int = 1, *, rows: bytes | None = None) -> bytes:
    """Signature, IHDR (8 bits of grey), IDAT with a filter byte before each row, IEND, each with its CRC."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = bytes(1 + width) * height if rows is None else rows
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def jpeg(width: int = 1, height: int = 1, *, frame: int = 0xC0, before: bytes = b"") -> bytes:
    """One grey component; each Huffman table knows one code of one bit: "no change" and "end of block"."""
    blocks = -(-max(width, 1) // 8) * -(-max(height, 1) // 8)
    scan = "00" * blocks
    scan += "1" * (-len(scan) % 8)
    one_code = b"\x01" + bytes(15) + b"\x00"
    return (
        b"\xff\xd8"
        + before
        + segment(0xDB, b"\x00" + b"\x01" * 64)
        + segment(frame, struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00")
        + segment(0xC4, b"\x00" + one_code)
        + segment(0xC4, b"\x10" + one_code)
        + segment(0xDA, b"\x01\x01\x00\x00\x3f\x00")
        + int(scan, 2).to_bytes(len(scan) // 8, "big")
        + b"\xff\xd9"
    )


def gif(
    width: int = 1,
    height: int = 1,
    *,
    version: bytes = b"89a",
    screen: tuple[int, int] | None = None,
    before: bytes = b"",
) -> bytes:
    """Two colours and one frame; before each pixel LZW starts again, so every code has three bits."""
    codes = [4, 0] * (width * height) + [5]
    bits = sum(code << 3 * place for place, code in enumerate(codes))
    lzw = bits.to_bytes(-(-3 * len(codes) // 8), "little")
    blocks = b"".join(bytes([len(lzw[at : at + 255])]) + lzw[at : at + 255] for at in range(0, len(lzw), 255))
    frame = b"," + struct.pack("<HHHHB", 0, 0, width, height, 0) + b"\x02" + blocks + b"\x00"
    screen_descriptor = struct.pack("<HHBBB", *(screen or (width, height)), 0x80, 0, 0)
    return b"GIF" + version + screen_descriptor + b"\x00\x00\x00\xff\xff\xff" + before + frame + b";"


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"".join(kind + struct.pack("<I", len(data)) + data + bytes(len(data) % 2) for kind, data in chunks)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def lossy(width: int = 1, height: int = 1) -> tuple[bytes, bytes]:
    """A VP8 key frame: frame tag, start code, size, and the coded data of one pixel."""
    frame = struct.pack("<HH", width, height) + bytes.fromhex("0ec0fe25a400037000000000")
    return b"VP8 ", b"\x30\x01\x00\x9d\x01\x2a" + frame


def lossless(width: int = 1, height: int = 1) -> tuple[bytes, bytes]:
    """No transform, no cache, five prefix codes that know one symbol each: the pixels take no bit at all."""
    size = width - 1 | height - 1 << 14
    codes = sum(0b0001 << 3 + 4 * code for code in range(5))
    return b"VP8L", b"\x2f" + size.to_bytes(4, "little") + codes.to_bytes(4, "little")


def extended(width: int, height: int) -> bytes:
    canvas = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return riff((b"VP8X", bytes(4) + canvas), lossless(width, height))
