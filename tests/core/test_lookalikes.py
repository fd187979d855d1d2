"""What looks alike: the skeletons and scripts of the Unicode standard."""

from __future__ import annotations

import pytest

from chatapp.core.lookalikes import script, skeleton


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        pytest.param("\u0430", "a", id="a Cyrillic letter has a Latin prototype"),
        pytest.param("m", "rn", id="a prototype may have two letters"),
        pytest.param("0", "O", id="zero has O"),
        pytest.param("1I|", "lll", id="one, I and bar have l"),
        pytest.param("l", "l", id="a prototype is its own"),
        pytest.param(
            "\u05ad",
            "\u0596",
            id="of two that are only like each other, the file says which is the prototype",
        ),
        pytest.param("\u05c0", "l", id="a right-to-left character has lost its marks"),
        pytest.param("é", "e\u0301", id="the skeleton is in NFD"),
        pytest.param("\u1e3f", "rn\u0301", id="a letter is found under its accent"),
        pytest.param("\u0596", "\u0596", id="and that prototype is its own"),
        pytest.param("a\u200bb", "ab", id="what is ignorable is not there"),
    ],
)
def test_the_skeleton_is_that_of_uts_39(text: str, shape: str) -> None:
    assert skeleton(text) == shape


@pytest.mark.parametrize(
    ("character", "name"),
    [
        ("a", "LATIN"),
        ("ａ", "LATIN"),
        ("а", "CYRILLIC"),
        ("ο", "GREEK"),
        ("민", "HANGUL"),
        ("1", "COMMON"),
        ("\u0301", "INHERITED"),
        ("\x00", "COMMON"),
        ("\u0378", "UNKNOWN"),
        ("\U0010ffff", "UNKNOWN"),
    ],
)
def test_a_character_has_the_script_of_the_unicode_standard(character: str, name: str) -> None:
    assert script(character) == name
