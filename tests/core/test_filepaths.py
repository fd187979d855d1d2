"""Paths of offered folders: safe part by part, bounded, and all different on every system."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from chatapp.core.filenames import FILE_NAME_BYTES, clean_file_name
from chatapp.core.filepaths import PATH_BYTES, PATH_PARTS, distinct, offered_files
from chatapp.errors import Refused
from chatapp.protocol import FileToOffer, OfferFile


def offered(*paths: str) -> list[OfferFile]:
    return list(offered_files([FileToOffer("이름.pdf", 1, "", path) for path in paths]))


@pytest.mark.parametrize(
    ("given_path", "kept"),
    [
        pytest.param("과제/1주차/보고서.pdf", "과제/1주차/보고서.pdf", id="a path in a folder stays"),
        pytest.param("../../etc/passwd", "etc/passwd", id="nothing leads out of the folder"),
        pytest.param("/etc//./passwd", "etc/passwd", id="nothing is absolute, empty or here"),
        pytest.param("C:\\Users\\민지\\과제.hwp", "C_/Users/민지/과제.hwp", id="a Windows path has parts too"),
        pytest.param("과제./CON/NUL.txt", "과제/_CON/_NUL.txt", id="each part is safe by the rules of names"),
        pytest.param(".git/.../config", "git/config", id="a part of which nothing is left goes"),
        pytest.param("/".join(map(str, range(40))), "/".join(map(str, range(8, 40))), id="the last 32 parts"),
        pytest.param("/".join(["가" * 60] * 8), "/".join(["가" * 60] * 5), id="the last parts that have 1,000 bytes"),
    ],
)
def test_a_path_is_kept_as(given_path: str, kept: str) -> None:
    (file,) = offered(given_path)
    assert (file.path, file.name) == (kept, kept.rsplit("/", maxsplit=1)[-1])


@pytest.mark.parametrize(("given_path", "name"), [("", "이름.pdf"), ("..", "이름.pdf"), ("./a.txt", "a.txt")])
def test_a_path_of_one_part_is_a_name(given_path: str, name: str) -> None:
    (file,) = offered(given_path)
    assert (file.path, file.name) == (UNSET, name)


def test_a_plain_file_has_no_path_and_keeps_its_name() -> None:
    twins = offered_files([FileToOffer("a.txt", 1, ""), FileToOffer("a.txt", 2, "")])
    assert twins == (OfferFile("a.txt", 1, ""), OfferFile("a.txt", 2, ""))


def test_equal_paths_become_different_ones() -> None:
    files = offered("x/a.txt", "x/A.TXT", "x/a.txt", "y/a.txt", "x/a.tar.gz", "x/a.tar.gz")
    assert [file.path for file in files] == [
        "x/a.txt", "x/A (2).TXT", "x/a (3).txt", "y/a.txt", "x/a.tar.gz", "x/a (2).tar.gz",
    ]  # fmt: skip
    assert [file.name for file in files][1:3] == ["A (2).TXT", "a (3).txt"]


def test_no_file_lies_where_a_folder_is() -> None:
    assert distinct(["a", "A/b", "a/B/c"]) == ["a (2)", "A/b (2)", "a/B/c"]


def test_a_name_of_the_greatest_length_finds_room_for_a_number() -> None:
    first, second = offered("x/" + "가" * 65 + ".pdf", "x/" + "가" * 65 + ".pdf")
    assert second.name == "가" * 64 + " (2).pdf"
    assert len(first.name.encode()) <= FILE_NAME_BYTES


PATHS = st.lists(st.text("aA가./\\:\x00 ", max_size=12) | st.text(max_size=300), min_size=1, max_size=8)


@given(PATHS)
def test_every_path_stays_inside_and_is_its_own(paths: list[str]) -> None:
    seen = set[str]()
    for file in offered(*paths):
        path = file.path if isinstance(file.path, str) else file.name
        parts = path.split("/")
        assert len(parts) <= PATH_PARTS
        assert len(path.encode()) <= PATH_BYTES + FILE_NAME_BYTES
        assert [clean_file_name(part) for part in parts] == parts
        if len(parts) > 1:
            assert path.casefold() not in seen
            seen.add(path.casefold())


def test_megabytes_of_slashes_are_no_work() -> None:
    (file,) = offered("x/" * 2_000_000 + "y")
    assert file.path == "x/" * (PATH_PARTS - 1) + "y"


def test_an_offer_is_refused_when_nothing_is_left_of_a_name() -> None:
    with pytest.raises(Refused, match="file-name"):
        offered_files([FileToOffer("...", 1, "", "..")])
