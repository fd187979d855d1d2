"""Names and file names as programs meet them; the tables of all cases are the core's."""

from __future__ import annotations

import unicodedata

import pytest

from tests.contract.people import Company


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (unicodedata.normalize("NFD", "철수"), "철수"),
        ("  민지   김 ", "민지 김"),
        ("a\u3000b\u00a0c", "a b c"),
        ("👩‍💻 Ada", "👩‍💻 Ada"),
    ],
)
def test_a_name_is_nfc_with_single_spaces_inside_and_none_outside(room: Company, given: str, kept: str) -> None:
    assert room.enters(given).welcome["you"]["name"] == kept


@pytest.mark.parametrize(
    ("held", "same"),
    [
        ("철수", unicodedata.normalize("NFD", "철수")),
        ("Kim", "kim"),
        ("Kim", "ｋｉｍ"),
        ("pay", "\u0440\u0430\u0443"),
        ("STRASSE", "straße"),
    ],
)
def test_a_name_that_looks_like_a_held_one_is_taken(room: Company, held: str, same: str) -> None:
    room.enters(held)
    jun = room.arrives()

    assert jun.code_of("join", token=jun.token, name=same) == "name-taken"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "   ",
        "a\u0000b",
        "a\u202eb",
        "a\u200bb",
        "\u3164",
        "\u115f\u1160",
        "\u2800",
        "\ue000",
        "\U000e0041",
        "a\u0301\u0302\u0303\u0304",
        "p\u0430y",
        "\u03bfk Latin",
        "x" * 25,
        "가" * 25,
        "\u0378",
    ],
)
def test_a_name_that_is_not_for_showing_is_invalid(room: Company, name: str) -> None:
    stranger = room.arrives()

    assert stranger.code_of("join", token=stranger.token, name=name) == "name-invalid"


def test_a_name_may_be_24_code_points_and_96_bytes_long(room: Company) -> None:
    assert room.enters("가" * 24).welcome["you"]["name"] == "가" * 24
    assert room.enters("😀" * 24).welcome["you"]["name"] == "😀" * 24


@pytest.mark.parametrize(
    "name",
    [
        "system",
        "Host",
        "SERVER",
        "everyone",
        "me",
        "방장",
        "시스템",
        "서버",
        "모두",
        "나",
        "ｓｙｓｔｅｍ",
        "sуstem",
    ],
)
def test_a_name_that_would_pass_for_the_room_itself_is_reserved(room: Company, name: str) -> None:
    stranger = room.arrives()
    # A look-alike in two scripts is refused for its mixture, which is as well.
    expected = "name-invalid" if name == "s\u0443stem" else "name-reserved"

    assert stranger.code_of("join", token=stranger.token, name=name) == expected


def test_renaming_is_told_to_everyone_and_to_the_own_name_adds_no_entry(room: Company) -> None:
    minji, jun = room.enters("민지"), room.enters("준")

    you = minji.does("rename", name="  민지   씨 ")["you"]
    same = minji.does("rename", name="민지 씨")["you"]
    jun.settles()

    assert you == same
    assert you["name"] == "민지 씨"
    entries = [entry for entry in jun.heard("posted") if entry["kind"] == "renamed"]
    assert [(entry["old"], entry["name"]) for entry in entries] == [("민지", "민지 씨")]
    assert jun.hears("member-changed", lambda member: member["name"] == "민지 씨") == you


def test_renaming_obeys_the_rules_of_names_and_frees_the_old_one(room: Company) -> None:
    minji, jun = room.enters("민지"), room.enters("준")

    assert minji.code_of("rename", name="준 ") == "name-taken"
    assert minji.code_of("rename", name="시스템") == "name-reserved"
    assert minji.code_of("rename", name="\u3164") == "name-invalid"
    minji.does("rename", name="MINJI")
    assert jun.does("rename", name="민지")["you"]["name"] == "민지"
    assert minji.does("rename", name="Minji")["you"]["name"] == "Minji"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("과제.pdf", "과제.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\민지\\사진.png", "사진.png"),
        ("CON.txt", "_CON.txt"),
        ("com¹", "_com¹"),
        ("보고서\u202efdp.exe", "보고서_fdp.exe"),
        ('a<b>c:d"e|f?g*h', "a_b_c_d_e_f_g_h"),
        ("...숨김", "숨김"),
        ("끝. . ", "끝"),
        (unicodedata.normalize("NFD", "과제.pdf"), "과제.pdf"),
        ("a\nb\0c", "a_b_c"),
        ("가" * 85 + ".pdf", "가" * 65 + ".pdf"),
    ],
)
def test_file_names_are_cleaned_for_every_system(room: Company, given: str, kept: str) -> None:
    assert room.enters("민지").offers((given, 1))["files"][0]["name"] == kept


@pytest.mark.parametrize("name", ["", "...", "a/", "/", "\\", " . "])
def test_a_file_name_of_which_nothing_is_left_is_refused(room: Company, name: str) -> None:
    files = [{"name": name, "size": 1, "type": ""}]

    assert room.enters("민지").code_of("offer", mid=1, files=files) == "file-name"
