"""What people may be called, and when two names are the same (the contract's paragraph "Names")."""

from __future__ import annotations

import unicodedata
from functools import cache

from chatapp.core.characters import BLANK, DEFAULT_IGNORABLE, EMOJI_SEQUENCE, WHITE_SPACE
from chatapp.core.lookalikes import script, skeleton
from chatapp.errors import Refused

RESERVED = ("system", "host", "server", "everyone", "me", "방장", "시스템", "서버", "모두", "나")
"""What would pass for the room itself."""

MARKS_ON_A_BASE = 3

_REFUSED_CATEGORIES = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})
_STACKING_MARKS = frozenset({"Mn", "Me"})
_AN_EMOJI = "\N{WHITE SQUARE}"


def clean_name(text: str, *, max_chars: int, max_bytes: int) -> str:
    """Return the name as it is kept and shown; refuse with name-invalid or name-reserved.

    `max_chars` counts code points and `max_bytes` UTF-8, both of what is returned.
    """
    name = WHITE_SPACE.sub(" ", text).strip(" ")
    # NFC makes at most one character of four; normalizing megabytes of combining marks takes quadratic time.
    if len(name) > 4 * max_chars:
        raise Refused("name-invalid")
    name = unicodedata.normalize("NFC", name)
    if len(name) > max_chars or not _is_decent(name) or len(name.encode()) > max_bytes:
        raise Refused("name-invalid")
    if name_key(name) in _reserved_keys():
        raise Refused("name-reserved")
    return name


def name_key(name: str) -> str:
    """What is equal when two names are the same: skeleton(casefold(NFKC(casefold(NFKC(name)))))."""
    for _ in range(2):
        name = unicodedata.normalize("NFKC", name).casefold()
    return skeleton(name)


def is_blank(text: str) -> bool:
    """Whether `text` holds nothing but white space and default-ignorables."""
    return not WHITE_SPACE.sub("", DEFAULT_IGNORABLE.sub("", text))


@cache
def _reserved_keys() -> frozenset[str]:
    return frozenset(map(name_key, RESERVED))


def _is_decent(name: str) -> bool:
    """Whether every character may be there; each emoji sequence counts as one that may."""
    plain = EMOJI_SEQUENCE.sub(_AN_EMOJI, name)
    return (
        not any(map(_is_refused, plain))
        and any(unicodedata.category(character)[0] in "LNPS" for character in plain)
        and _highest_stack(plain) <= MARKS_ON_A_BASE
        and not _mixes_scripts(plain)
    )


def _is_refused(character: str) -> bool:
    return (
        unicodedata.category(character) in _REFUSED_CATEGORIES
        or character in BLANK
        or DEFAULT_IGNORABLE.match(character) is not None
    )


def _highest_stack(name: str) -> int:
    """The most combining marks on one base, counted in NFD so that é and e + accent are one case.

    Spacing marks (Mc) stand beside their base and pile up nothing; with them three would be too few for
    everyday Burmese names (ဖြိုး).
    """
    highest = stack = 0
    for character in unicodedata.normalize("NFD", name):
        category = unicodedata.category(character)
        stack = stack + 1 if category in _STACKING_MARKS else stack if category == "Mc" else 0
        highest = max(highest, stack)
    return highest


def _mixes_scripts(name: str) -> bool:
    scripts = set(map(script, name))
    return "LATIN" in scripts and not scripts.isdisjoint({"CYRILLIC", "GREEK"})
