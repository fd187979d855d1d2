"""Which strings look alike, by Unicode's own data (UTS 39, UAX 24) as confusable_homoglyphs carries it."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from functools import cache
from importlib import resources
from typing import TypeVar

import msgspec

from chatapp.core.characters import DEFAULT_IGNORABLE

_LEFT_TO_RIGHT_MARK = "\u200e"

_Data = TypeVar("_Data")


class _Homoglyph(msgspec.Struct):
    """One edge of the package's graph: the other end."""

    c: str


class _Scripts(msgspec.Struct):
    """The package's Scripts.txt: [first, last, index of the script, index of the category], ascending."""

    iso_15924_aliases: list[str]
    code_points_ranges: list[tuple[int, int, int, int]]


def skeleton(text: str) -> str:
    """What `text` looks like: texts with one skeleton can be taken for each other (UTS 39, section 4)."""
    shown = DEFAULT_IGNORABLE.sub("", unicodedata.normalize("NFD", text))
    return unicodedata.normalize("NFD", shown.translate(_prototypes()))


def script(character: str) -> str:
    """The Script property (UAX 24) in capitals, such as LATIN, COMMON or INHERITED, or else UNKNOWN."""
    names, firsts, ranges = _scripts()
    first, last, name, _ = ranges[max(bisect_right(firsts, ord(character)) - 1, 0)]
    return names[name] if first <= ord(character) <= last else "UNKNOWN"


@cache
def _prototypes() -> dict[int, str]:
    """confusables.txt, code point -> prototype, regained from the package's graph, which has no directions.

    A line `source ; prototype` became two edges, in the order of the file. So a source is one character with
    one edge, and of two such ends the one that came first. Right-to-left characters are wrapped in marks.
    """
    graph = _load("confusables.json", dict[str, list[_Homoglyph]])
    table: dict[str, str] = {}
    for end, edges in graph.items():
        character, other = end.strip(_LEFT_TO_RIGHT_MARK), edges[0].c.strip(_LEFT_TO_RIGHT_MARK)
        if len(character) == 1 and len(edges) == 1 and table.get(other) != character:
            table[character] = other
    return {ord(character): prototype for character, prototype in table.items()}


@cache
def _scripts() -> tuple[list[str], list[int], list[tuple[int, int, int, int]]]:
    data = _load("categories.json", _Scripts)
    return data.iso_15924_aliases, [first for first, *_ in data.code_points_ranges], data.code_points_ranges


def _load(name: str, kind: type[_Data]) -> _Data:
    # Not by its own loader: that takes 40 ms, reads in the system's encoding and obeys the environment.
    return msgspec.json.decode((resources.files("confusable_homoglyphs") / name).read_bytes(), type=kind)
