"""The containers in which Windows and macOS want a program's icon; both hold PNG pictures as they are."""

import struct
from collections.abc import Mapping

ICO_SIZES = (16, 24, 32, 48, 64, 128, 256)
ICNS_KINDS = {
    b"icp4": 16,
    b"icp5": 32,
    b"ic11": 32,
    b"ic12": 64,
    b"ic07": 128,
    b"ic08": 256,
    b"ic09": 512,
    b"ic10": 1024,
}
"""Apple's names of the sizes; two names for 32, of which one is a 16 for fine screens."""


def ico(pictures: Mapping[int, bytes]) -> bytes:
    """An .ico of the PNG pictures of ICO_SIZES, by their width."""
    table, body = b"", b""
    start = 6 + 16 * len(ICO_SIZES)
    for size in ICO_SIZES:
        picture = pictures[size]
        table += struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(picture), start + len(body))
        body += picture
    return struct.pack("<HHH", 0, 1, len(ICO_SIZES)) + table + body


def icns(pictures: Mapping[int, bytes]) -> bytes:
    """An .icns of the PNG pictures of ICNS_KINDS, by their width."""
    body = b"".join(
        kind + struct.pack(">I", 8 + len(pictures[size])) + pictures[size] for kind, size in ICNS_KINDS.items()
    )
    return b"icns" + struct.pack(">I", 8 + len(body)) + body
