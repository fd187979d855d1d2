"""File names: one name that every system can save, whatever was offered."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chatapp.core.filenames import FILE_NAME_BYTES, clean_file_name
from chatapp.errors import Refused

RESERVED_ON_WINDOWS = re.compile(
    r"(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|COM[1-9¹²³]|LPT[1-9¹²³]) *(?:\..*)?", re.IGNORECASE | re.DOTALL
)


@pytest.mark.parametrize(
    ("offered", "kept"),
    [
        pytest.param("과제.pdf", "과제.pdf", id="a Korean name stays"),
        pytest.param(unicodedata.normalize("NFD", "과제.pdf"), "과제.pdf", id="jamo from macOS are put together"),
        pytest.param("My report (final).tar.gz", "My report (final).tar.gz", id="blanks and brackets stay"),
        pytest.param("no extension", "no extension", id="a name without an extension stays"),
        pytest.param("../../etc/passwd", "passwd", id="a path loses its folders"),
        pytest.param("C:\\Users\\민지\\과제.hwp", "과제.hwp", id="a Windows path too, on every system"),
        pytest.param("a/b\\c.txt", "c.txt", id="both separators count"),
        pytest.param("보고서\u202efdp.exe", "보고서_fdp.exe", id="a bidi override is seen"),
        pytest.param("a\u200bb.txt", "a_b.txt", id="a zero width space is seen"),
        pytest.param(
            "\U0001f469\u200d\U0001f4bb.png", "\U0001f469_\U0001f4bb.png", id="a joiner is a format character"
        ),
        pytest.param("a\r\nSet-Cookie: x", "a__Set-Cookie_ x", id="no line break for a header"),
        pytest.param("a\x00.txt", "a_.txt", id="a NUL"),
        pytest.param("a\x85\x9f.txt", "a__.txt", id="C1 controls"),
        pytest.param("\ud83d.txt", "_.txt", id="a lone surrogate"),
        pytest.param('<>:"|?*.txt', "_______.txt", id="what Windows forbids"),
        pytest.param("a:b.txt", "a_b.txt", id="no alternate data stream"),
        pytest.param("???", "___", id="signs alone are something"),
        pytest.param("<\u0338.txt", "≮.txt", id="composing comes before replacing"),
        pytest.param(".bashrc", "bashrc", id="a leading dot goes"),
        pytest.param("...x", "x", id="all leading dots go"),
        pytest.param("a.txt. . .", "a.txt", id="trailing dots and spaces go"),
        pytest.param("a.", "a", id="a trailing dot goes"),
        pytest.param(" a", " a", id="a leading space stays"),
        pytest.param("a..b", "a..b", id="inner dots stay"),
        pytest.param("CON.txt", "_CON.txt", id="a reserved stem"),
        pytest.param("con", "_con", id="a reserved stem in small letters, alone"),
        pytest.param("Con.tar.gz", "_Con.tar.gz", id="the stem ends at the first dot"),
        pytest.param("CON .txt", "_CON .txt", id="a space behind the stem does not help"),
        pytest.param("CON ", "_CON", id="nor at the end"),
        pytest.param("..CON", "_CON", id="nor dots before it"),
        pytest.param("AUX", "_AUX", id="AUX"),
        pytest.param("PRN.pdf", "_PRN.pdf", id="PRN"),
        pytest.param("nul.", "_nul", id="NUL with a dot"),
        pytest.param("COM1.txt", "_COM1.txt", id="COM1"),
        pytest.param("COM¹", "_COM¹", id="a superscript is a digit to Windows"),
        pytest.param("lpt³.txt", "_lpt³.txt", id="LPT with a superscript"),
        pytest.param("CONIN$", "_CONIN$", id="CONIN$"),
        pytest.param("conout$.log", "_conout$.log", id="CONOUT$"),
        pytest.param("COM10.txt", "COM10.txt", id="COM10 is a name like any other"),
        pytest.param("CONTENT.txt", "CONTENT.txt", id="so is CONTENT"),
        pytest.param("CON\x01.txt", "CON_.txt", id="so is what a replaced control makes"),
        pytest.param("_CON.txt", "_CON.txt", id="one _ is enough"),
    ],
)
def test_an_offered_name_is_kept_as(offered: str, kept: str) -> None:
    assert clean_file_name(offered) == kept


@pytest.mark.parametrize(
    ("offered", "kept"),
    [
        pytest.param("가" * 85, "가" * 66, id="255 bytes of Hangul"),
        pytest.param("가" * 85 + ".pdf", "가" * 65 + ".pdf", id="255 bytes of Hangul with an extension"),
        pytest.param(unicodedata.normalize("NFD", "가" * 85) + ".pdf", "가" * 65 + ".pdf", id="the same in jamo"),
        pytest.param("a" * 200, "a" * 200, id="200 bytes are not too many"),
        pytest.param("a" * 201, "a" * 200, id="201 bytes are"),
        pytest.param("a" * 300 + ".tar.gz", "a" * 193 + ".tar.gz", id="a double extension is one"),
        pytest.param("a" * 300 + "." + "b" * 31, "a" * 168 + "." + "b" * 31, id="an extension of 32 bytes is kept"),
        pytest.param("a" * 190 + "." + "b" * 32, "a" * 190 + "." + "b" * 9, id="a longer one is no extension"),
        pytest.param("a" * 199 + ". b" * 9, "a" * 199, id="a dot that the cut uncovers goes"),
        pytest.param(
            "a" * 190 + " " * 99 + ".txt",
            "a" * 190 + ".txt",
            id="spaces before the extension go with the cut",
        ),
        pytest.param(" " * 300 + ".con", "_con", id="a stem of spaces leaves a reserved extension"),
        pytest.param("CON" + " " * 250 + "x.txt", "_CON.txt", id="a reserved stem that the cut uncovers"),
        pytest.param("CON." + "x" * 196, "_CON." + "x" * 195, id="the _ of a reserved stem finds its place"),
        pytest.param("a" * 195 + "e\u0323\u0308x.txt", "a" * 195 + ".txt", id="a letter goes with its marks"),
        pytest.param("\U0001f44d\U0001f3fd" * 40, "\U0001f44d\U0001f3fd" * 25, id="a thumb with its skin tone"),
        pytest.param("xx\U0001f44d\U0001f3fd" * 40, "xx\U0001f44d\U0001f3fd" * 20, id="or both go"),
        pytest.param("xxxx" + "\U0001f1f0\U0001f1f7" * 40, "xxxx" + "\U0001f1f0\U0001f1f7" * 24, id="no half flag"),
        pytest.param("aa" + "\u1112\u119e" * 40, "aa" + "\u1112\u119e" * 33, id="no half syllable of old Hangul"),
        pytest.param("\u1112\u119e\u11ab" * 40, "\u1112\u119e\u11ab" * 22, id="nor one without its final"),
        pytest.param("a" + "\u0304" * 400 + ".txt", "ā" + "\u0304" * 97 + ".txt", id="a tower of marks is cut into"),
    ],
)
def test_a_long_name_is_cut_as(offered: str, kept: str) -> None:
    assert clean_file_name(offered) == kept
    assert len(kept.encode()) <= FILE_NAME_BYTES


@pytest.mark.parametrize("offered", ["", ".", "..", ". . .", "   ", "folder/", "folder\\", "/", "a/..", "a/ ."])
def test_a_name_is_refused_when_nothing_is_left(offered: str) -> None:
    with pytest.raises(Refused) as refused:
        clean_file_name(offered)
    assert refused.value.code == "file-name"


def test_megabytes_of_marks_are_no_work() -> None:
    assert clean_file_name("x" * 300 + "\u0301\u0323" * 1_000_000 + ".pdf") == "x" * 196 + ".pdf"


FILE_NAMES = st.one_of(
    st.text(max_size=400),
    st.text("aCONcon1¹. /\\<:\x00\u202e가한\u0301\u1100\u1161\u11a8\U0001f1f0\U0001f3fd\U0001f44d", max_size=400),
    st.builds(
        "".join,
        st.lists(
            st.sampled_from(["CON", "nul", "com¹", ".", " ", "x" * 90, "가" * 40, "\u0301" * 70, ".tar", ".gz", "_"])
        ),
    ),
)


@given(FILE_NAMES)
def test_a_kept_name_is_good_everywhere_and_for_good(offered: str) -> None:
    try:
        kept = clean_file_name(offered)
    except Refused as refused:
        assume(refused.code != "file-name")
        raise
    assert 0 < len(kept.encode()) <= FILE_NAME_BYTES
    assert not set(kept) & set('/\\<>:"|?*')
    assert not {"Cc", "Cf", "Cs"} & set(map(unicodedata.category, kept))
    assert not kept.startswith(".")
    assert not kept.endswith((".", " "))
    assert not RESERVED_ON_WINDOWS.fullmatch(kept)
    assert unicodedata.is_normalized("NFC", kept)
    assert clean_file_name(kept) == kept
