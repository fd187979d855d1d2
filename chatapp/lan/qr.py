"""The code that a phone scans."""

from __future__ import annotations

import io

import segno


def terminal_qr(link: str) -> str:
    """A QR code of a link in half-block characters, for a terminal."""
    out = io.StringIO()
    segno.make(link, error="m").terminal(out, compact=True)
    return out.getvalue()
