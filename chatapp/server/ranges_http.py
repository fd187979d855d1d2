"""What a download says of itself in its headers, and which bytes of it are asked for."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from urllib.parse import quote

from chatapp.errors import Refused

# Python reads no number of more than 4300 digits; what is longer than this is no place in any file.
_ONE_RANGE = re.compile(r"bytes[ \t]*=[ \t]*([0-9]{0,99})-([0-9]{0,99})[ \t]*\Z", re.IGNORECASE)
_ATTR_CHAR = "!#$&+-.^_`|~"
"""Besides letters and digits, what RFC 8187 lets stand in a parameter as it is."""


def strong_etag(offer: str, file: int | str, size: int) -> str:
    """The entity tag of one file of an offer, or of "all", the same before and after a restart."""
    return f'"{hashlib.sha256(f"{offer}.{file}.{size}".encode()).hexdigest()[:32]}"'


def download_headers(name: str, etag: str) -> dict[str, str]:
    """The headers that every answer to a GET or HEAD of this file has."""
    return {
        "Accept-Ranges": "bytes",
        "Cache-Control": "no-store",
        "Content-Disposition": disposition(name),
        "Content-Type": "application/octet-stream",
        "ETag": etag,
        "X-Content-Type-Options": "nosniff",
    }


def disposition(name: str) -> str:
    """A Content-Disposition that saves under this name everywhere (RFC 6266)."""
    plain = "".join(unicodedata.normalize("NFKD", character)[0] for character in name)
    # A % too, for some browsers decode it here.
    fallback = re.sub(r'[^ -~]|["\\%?]', "_", plain)
    return f"attachment; filename=\"{fallback}\"; filename*=UTF-8''{quote(name, safe=_ATTR_CHAR)}"


def wanted(asked: str | None, condition: str | None, etag: str, size: int) -> range | None:
    """The bytes that Range and If-Range ask for; None: all of them (RFC 9110 sections 13.1.5 and 14.2).

    Several ranges, other units and what is no range count as none. Raises range-invalid.
    """
    # Only the very same strong tag will do; a date never does, for no answer has a Last-Modified.
    if asked is None or (condition is not None and condition.strip() != etag):
        return None
    match = _ONE_RANGE.match(asked.strip())
    return None if match is None else _span(match[1], match[2], size)


def _span(first: str, last: str, size: int) -> range | None:
    if not first and not last:
        return None
    if first and last and int(last) < int(first):
        return None
    start, stop = (int(first), size) if first else (max(0, size - int(last)), size)
    if first and last:
        stop = min(size, int(last) + 1)
    if start >= stop:
        raise Refused("range-invalid")
    return range(start, stop)
