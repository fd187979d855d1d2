"""Names: which are taken, which are refused, and when two of them are the same."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chatapp.core.names import RESERVED, clean_name, is_blank, name_key
from chatapp.errors import Refused


def cleaned(text: str) -> str:
    return clean_name(text, max_chars=24, max_bytes=96)


def code_of(text: str) -> str:
    """The code of the refusal; `taken` where there is none."""
    try:
        cleaned(text)
    except Refused as refused:
        return refused.code
    return "taken"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        pytest.param("민지", "민지", id="a Korean name stays"),
        pytest.param("Sora", "Sora", id="a Latin name stays, in its own case"),
        pytest.param(unicodedata.normalize("NFD", "철수"), "철수", id="jamo from macOS are put together"),
        pytest.param("\u1100\u1161\u11ab", "간", id="conjoining jamo are put together"),
        pytest.param("  민지\u3000 ", "민지", id="outer white space goes, the ideographic too"),
        pytest.param("민지 \t\n\u00a0\u2003 준", "민지 준", id="an inner run of white space becomes one space"),
        pytest.param("Kim\u2028Lee\u2029", "Kim Lee", id="line and paragraph separators are white space"),
        pytest.param("\u212bsa", "Åsa", id="an Ångström sign is a letter"),
        pytest.param("ｋｉｍ", "ｋｉｍ", id="full-width letters are kept as they are, only their key changes"),
        pytest.param("ㅋㅋㅋ", "ㅋㅋㅋ", id="compatibility jamo may laugh"),
        pytest.param("Nguyễn", "Nguyễn", id="two marks on a letter are Vietnamese"),
        pytest.param("a\u0301\u0302\u0303", "á\u0302\u0303", id="three marks on a base are allowed"),
        pytest.param("ဖြိုး", "ဖြိုး", id="Burmese vowels beside their base are no tower"),
        pytest.param("Иван", "Иван", id="Cyrillic alone"),
        pytest.param("Школа №5", "Школа №5", id="a numero sign is in no script"),
        pytest.param("Κώστας", "Κώστας", id="Greek alone"),
        pytest.param("5 \u00b5m", "5 \u00b5m", id="a micro sign is in no script"),
        pytest.param("민지 Иван", "민지 Иван", id="Hangul with Cyrillic"),
        pytest.param("محمد", "محمد", id="Arabic"),
        pytest.param("-", "-", id="one visible sign is enough"),
        pytest.param("x" * 24, "x" * 24, id="24 code points"),
        pytest.param("\U0001f600" * 24, "\U0001f600" * 24, id="96 bytes"),
        pytest.param(unicodedata.normalize("NFD", "각" * 24), "각" * 24, id="72 jamo that make 24 syllables"),
        pytest.param("준" + " " * 5000, "준", id="a long tail of spaces counts for nothing"),
    ],
)
def test_a_name_is_kept_as(text: str, name: str) -> None:
    assert cleaned(text) == name


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("\U0001f600", id="one emoji alone"),
        pytest.param("민지\u2764\ufe0f", id="a heart with its variation selector"),
        pytest.param("\U0001f469\u200d\U0001f4bb", id="a woman at her computer, joined"),
        pytest.param(
            "\U0001f469\U0001f3fd\u200d\u2764\ufe0f\u200d\U0001f468\U0001f3fb",
            id="a couple in two skin tones",
        ),
        pytest.param("\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466", id="a family of four"),
        pytest.param("\U0001f3f3\ufe0f\u200d\U0001f308", id="the rainbow flag"),
        pytest.param("\U0001f44d\U0001f3ff", id="a thumb in a skin tone"),
        pytest.param("\U0001f1f0\U0001f1f7", id="the Korean flag"),
        pytest.param("1\ufe0f\u20e3", id="a keycap"),
        pytest.param("#\u20e3", id="a keycap without its selector"),
        pytest.param("\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f", id="Scotland in tags"),
        pytest.param("\U0001fae9", id="an emoji younger than this Python's tables"),
        pytest.param("\u00a9\ufe0f 준", id="a copyright sign as an emoji"),
    ],
)
def test_an_emoji_has_all_that_it_needs(name: str) -> None:
    assert cleaned(name) == name


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param(" \t\u3000", id="only white space"),
        pytest.param("\u3164", id="the Hangul filler, well known for empty names"),
        pytest.param("\u115f\u1160", id="the fillers of conjoining jamo"),
        pytest.param("\uffa0", id="the half-width Hangul filler"),
        pytest.param("민\u3164지", id="a Hangul filler among letters"),
        pytest.param("\u2800", id="the Braille blank"),
        pytest.param("민지\u2800", id="a Braille blank behind letters"),
        pytest.param("\U0001d159", id="the note without a head"),
        pytest.param("\u0301\u0302", id="marks without anything under them"),
        pytest.param("민지\x00", id="a NUL"),
        pytest.param("\x1b[31m민지", id="a terminal's escape"),
        pytest.param("민\x1f지", id="a control that Python calls a space"),
        pytest.param("민\x7f지", id="a DEL"),
        pytest.param("민\x9c지", id="a C1 control"),
        pytest.param("\u202eiros", id="a right-to-left override"),
        pytest.param("Sora\u2066", id="a bidi isolate"),
        pytest.param("So\u200era", id="a left-to-right mark"),
        pytest.param("So\u200bra", id="a zero width space"),
        pytest.param("So\u00adra", id="a soft hyphen"),
        pytest.param("\ufeffSora", id="a byte order mark"),
        pytest.param("So\u034fra", id="a grapheme joiner, which is a mark and ignorable"),
        pytest.param("So\ue000ra", id="private use"),
        pytest.param("So\U000f0000ra", id="private use in plane 15"),
        pytest.param("So\ud800ra", id="a lone surrogate"),
        pytest.param("So\u0378ra", id="an unassigned code point"),
        pytest.param("So\uffffra", id="a noncharacter"),
        pytest.param("a\u0301\u0302\u0303\u0304", id="four marks on a base"),
        pytest.param("é\u0301\u0301\u0301", id="three marks on a letter that has one already"),
        pytest.param("준" + "\u20dd" * 4, id="four circles around a syllable"),
        pytest.param("p\u0430ypal", id="a Cyrillic letter among Latin ones"),
        pytest.param("Ѕora", id="a Cyrillic capital before Latin letters"),
        pytest.param("S\u03bfra", id="a Greek omicron among Latin ones"),
        pytest.param("ｓо", id="a full-width Latin letter with a Cyrillic one"),
        pytest.param("So\u200dra", id="a joiner between letters"),
        pytest.param("\U0001f469\u200d", id="a joiner that joins nothing"),
        pytest.param("\u200d\U0001f469", id="a joiner before the emoji"),
        pytest.param("\U0001f469\u200d\u200d\U0001f4bb", id="two joiners"),
        pytest.param("준\ufe0f", id="a variation selector on a syllable"),
        pytest.param("1\ufe0f", id="a variation selector on a digit that is no keycap"),
        pytest.param("\u2764\ufe0e", id="the selector of the text style, which no emoji needs"),
        pytest.param("\u2605\ufe0f", id="a variation selector on a star that is no emoji"),
        pytest.param("준\U000e0067\U000e007f", id="tags on a syllable"),
        pytest.param("\U0001f3f4\U000e0067\U000e0062\U000e0073", id="tags without their end"),
        pytest.param("x" * 25, id="25 code points"),
        pytest.param("가" * 33, id="33 syllables"),
        pytest.param("a" + "\u0301" * 1_000_000, id="a million marks, told at once"),
    ],
)
def test_a_name_is_invalid_with(text: str) -> None:
    assert code_of(text) == "name-invalid"


def test_bytes_are_counted_as_well_as_characters() -> None:
    with pytest.raises(Refused) as refused:
        clean_name("민지준", max_chars=24, max_bytes=8)
    assert refused.value.code == "name-invalid"
    assert clean_name("민지준", max_chars=24, max_bytes=9) == "민지준"


@pytest.mark.parametrize("name", RESERVED)
def test_what_would_pass_for_the_room_is_reserved(name: str) -> None:
    assert code_of(name) == "name-reserved"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("HOST", id="in capitals"),
        pytest.param("Host", id="with a capital"),
        pytest.param("ｈｏｓｔ", id="in full width"),
        pytest.param("  host ", id="in white space"),
        pytest.param("𝐡𝐨𝐬𝐭", id="in mathematical bold"),
        pytest.param("ⓜⓔ", id="in circles"),
        pytest.param("rne", id="with r and n for an m"),
        pytest.param("һоѕ\U0001d42d", id="in Cyrillic look-alikes"),
        pytest.param(unicodedata.normalize("NFD", "방장"), id="in jamo"),
        pytest.param("ㄴㅏ", id="in compatibility jamo"),
    ],
)
def test_a_reserved_name_in_disguise_is_reserved(text: str) -> None:
    assert code_of(text) == "name-reserved"


@pytest.mark.parametrize("name", ["hosting", "Mei", "나리", "서버지기", "meme", "모두리"])
def test_a_name_that_only_begins_like_a_reserved_one_is_free(name: str) -> None:
    assert cleaned(name) == name


def test_an_invalid_name_is_called_invalid_even_when_it_would_be_reserved() -> None:
    assert code_of("ho\u200bst") == "name-invalid"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("철수", unicodedata.normalize("NFD", "철수"), id="NFC and NFD"),
        pytest.param("Kim", "kim", id="capital and small letter"),
        pytest.param("Kim", "ｋｉｍ", id="narrow and full width"),
        pytest.param("Kim", "𝓚𝓲𝓶", id="plain and script letters"),
        pytest.param("paypal", "p\u0430yp\u0430l", id="Latin and Cyrillic a"),
        pytest.param("cope", "соре", id="a word that is wholly Cyrillic"),
        pytest.param("modern", "modem", id="rn and m"),
        pytest.param("lena", "1ena", id="small l and digit one"),
        pytest.param("lena", "|ena", id="small l and bar"),
        pytest.param("straße", "STRASSE", id="sharp s and its capitals"),
        pytest.param("ﬁn", "fin", id="a ligature and its letters"),
        pytest.param("Sora", "So\u00adra", id="with and without a soft hyphen"),
        pytest.param("처", "ㅊㅓ", id="a syllable and its jamo side by side"),
        pytest.param("O'Neil", "O’Neil", id="straight and curly apostrophe"),
        pytest.param("Σίσυφος", "ΣΊΣΥΦΟΣ", id="final sigma and its capital"),
        pytest.param("K\u030a", "\u212a\u030a", id="K and the Kelvin sign, with a ring"),
    ],
)
def test_two_names_are_the_same(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("민지", "민자", id="another vowel"),
        pytest.param("준", "준1", id="a number behind"),
        pytest.param("Sora", "Sara", id="another letter"),
        pytest.param("José", "Jose", id="an accent"),
        pytest.param("김 준", "김준", id="a space"),
        pytest.param("지우", "자우", id="another Korean name"),
        pytest.param("\U0001f600", "\U0001f601", id="another face"),
        pytest.param("O2", "02", id="what casefold has set apart before the skeleton: o and zero"),
    ],
)
def test_two_names_are_different(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


@pytest.mark.parametrize("text", ["", " \n", "\u200b\u2060", "\u3164 \ufeff"])
def test_white_space_and_ignorables_are_blank(text: str) -> None:
    assert is_blank(text)


@pytest.mark.parametrize("text", ["\u2800", "a", "\u200b.", "\x07"])
def test_anything_else_is_not_blank(text: str) -> None:
    assert not is_blank(text)


NAMES = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("Kk Iiıİ1l|O0오철수ㄱ\u1100\u1161\u11a8ſßΣσς\u0301\u0323\u200d\ufe0f❤👩💻\U0001f3fd🇰🇷\u3000"),
    ),
    max_size=24,
)


# Most of NAMES are refused; these mostly are not, so that what holds for a name is tried on many.
LIKELY = st.text(st.sampled_from("가힣철수ㄱabKIMſßﬁ①Ａｋéå各０9 -_.!"), min_size=1, max_size=12) | NAMES


@given(LIKELY)
def test_a_clean_name_is_clean_already(text: str) -> None:
    assume(code_of(text) == "taken")
    name = cleaned(text)
    assert cleaned(name) == name


@given(NAMES)
def test_the_normal_form_makes_no_other_name(text: str) -> None:
    composed, decomposed = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    assert code_of(composed) == code_of(decomposed) == code_of(text)
    if code_of(text) == "taken":
        assert cleaned(composed) == cleaned(decomposed) == cleaned(text)


@given(LIKELY)
def test_case_and_normal_form_change_no_key(text: str) -> None:
    assume(code_of(text) == "taken")
    name = cleaned(text)
    variants = [
        name.casefold(),
        *(unicodedata.normalize(form, name) for form in ("NFC", "NFD", "NFKC", "NFKD")),
    ]
    assert {name_key(variant) for variant in variants} == {name_key(name)}


@given(NAMES)
def test_a_name_is_taken_or_refused_and_nothing_else(text: str) -> None:
    assert code_of(text) in {"taken", "name-invalid", "name-reserved"}
