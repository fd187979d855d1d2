"""What an offered file may be called on every system (the contract's paragraph "File names")."""

from __future__ import annotations

import re
import unicodedata

from chatapp.errors import Refused

FILE_NAME_BYTES = 200
"""In UTF-8: file systems take 255, and a download may get " (1)" or ".part" added."""

_EXTENSION_BYTES = 32
_ENDS_THAT_MATTER = 512
_FORBIDDEN = frozenset('<>:"/\\|?*')
_REPLACED_CATEGORIES = frozenset({"Cc", "Cf", "Cs"})

# The superscript digits are digits to Windows (learn.microsoft.com, "Naming Files, Paths, and Namespaces").
_RESERVED_STEMS = frozenset(
    {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"}
    | {port + digit for port in ("COM", "LPT") for digit in "123456789¹²³"}
)

_EXTENSION = re.compile(r"(?:\.tar)?\.[^. ]+\Z", re.IGNORECASE)
_MARKS = ("Mn", "Mc", "Me")
# What follows its base without being a mark: vowels and finals of conjoining jamo, skin tones of emoji.
_FOLLOWER = re.compile("[\u1160-\u11ff\ud7b0-\ud7ff\U0001f3fb-\U0001f3ff]")
_HALF_FLAGS = re.compile("[\U0001f1e6-\U0001f1ff]*\\Z")


def clean_file_name(name: str) -> str:
    """Return the name under which the file can be saved anywhere; refuse with file-name when none is left."""
    safe = "".join(map(_safe, unicodedata.normalize("NFC", _last_part(name))))
    cleaned = _shorten(_trim(safe))
    # Only now: the cut and the trimmed dots can uncover a reserved stem, and a name with _ in front has none.
    if _is_reserved(cleaned):
        cleaned = _shorten("_" + cleaned)
    if not cleaned:
        raise Refused("file-name")
    return cleaned


def numbered(name: str, number: int) -> str:
    """Another name for the same file, with a number before its extension."""
    return _with_ending(name, f" ({number})")


def _last_part(name: str) -> str:
    """The part behind the last separator, without the middle of one far too long.

    Normalizing megabytes of combining marks takes quadratic time, and nothing but the two ends can matter:
    the cut leaves FILE_NAME_BYTES, and NFC makes at least three bytes of four code points.
    """
    part = _trim(re.split(r"[/\\]", name)[-1])
    if len(part) <= 2 * _ENDS_THAT_MATTER:
        return part
    return part[:_ENDS_THAT_MATTER] + part[-_ENDS_THAT_MATTER:]


def _trim(name: str) -> str:
    return name.rstrip(". ").lstrip(".")


def _safe(character: str) -> str:
    replaced = character in _FORBIDDEN or unicodedata.category(character) in _REPLACED_CATEGORIES
    return "_" if replaced else character


def _is_reserved(name: str) -> bool:
    return name.partition(".")[0].rstrip(" ").upper() in _RESERVED_STEMS


def _shorten(name: str) -> str:
    """Cut the stem until stem and extension have at most FILE_NAME_BYTES."""
    return name if len(name.encode()) <= FILE_NAME_BYTES else _trim(_with_ending(name, ""))


def _with_ending(name: str, ending: str) -> str:
    """The name with something between stem and extension, the stem cut to leave at most FILE_NAME_BYTES."""
    found = _EXTENSION.search(name)
    extension = found.group() if found else ""
    if len(extension.encode()) > _EXTENSION_BYTES:
        extension = ""
    stem, kept = name.removesuffix(extension), ending + extension
    return _cut(stem, FILE_NAME_BYTES - len(kept.encode())).rstrip(". ") + kept


def _cut(text: str, max_bytes: int) -> str:
    """The longest beginning of at most `max_bytes` that ends where a character, as it is seen, ends."""
    whole = text.encode()[:max_bytes].decode(errors="ignore")
    end = len(whole)
    while 0 < end < len(text) and _continues(text, end):
        end -= 1
    # A single base with a tower of marks: better cut into the tower than lose all.
    return text[:end] or whole


def _continues(text: str, at: int) -> bool:
    """Whether the character at `at` belongs to the one before it (UAX 29, as far as a safe name needs it)."""
    character = text[at]
    if "\U0001f1e6" <= character <= "\U0001f1ff":
        halves = _HALF_FLAGS.search(text, 0, at)
        return halves is not None and len(halves.group()) % 2 == 1
    return unicodedata.category(character) in _MARKS or _FOLLOWER.match(character) is not None
