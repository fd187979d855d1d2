"""What comes down is what went up: one ZIP for many files, and the SHA-256 at both ends."""

from __future__ import annotations

import hashlib
import os
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.card import Card
from tests.e2e.carry import digest, pick_folder
from tests.e2e.conftest import NewPerson
from tests.e2e.person import Person

pytestmark = pytest.mark.browser

LANGUAGES = pytest.mark.parametrize("language", ["ko", "en"])


def written(folder: Path, *paths: str) -> dict[str, str]:
    """Makes files with some bytes each; the SHA-256 of each by its path."""
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(os.urandom(300_000))
    return {path: digest(folder / path) for path in paths}


def the_one_zip_of(person: Person) -> tuple[str, dict[str, str]]:
    """The name of the one file that came down, and the SHA-256 of what is in it by its path."""
    if not person.downloads:
        person.page.wait_for_event("download", timeout=20_000)
    (download,) = person.downloads
    with zipfile.ZipFile(download.path()) as packed:
        assert packed.testzip() is None
        return download.suggested_filename, {
            name: hashlib.sha256(packed.read(name)).hexdigest() for name in packed.namelist()
        }


@LANGUAGES
def test_many_files_are_received_as_one_zip_by_who_wishes_it(person: NewPerson, tmp_path: Path, language: str) -> None:
    minji, sora = person("민지").joins(), person("Sora", language=language).joins()
    files = written(tmp_path, "보고서.hwp", "graph.svg", "표지.png")
    minji.offers(*(tmp_path / path for path in files))

    card = Card(sora, "보고서.hwp")
    card.presses("accept as one zip")

    name, packed = the_one_zip_of(sora)
    assert name.endswith(".zip")
    assert packed == files
    card.says("received")
    Card(minji, "보고서.hwp").tells_of("Sora", "has it")


def test_a_folder_comes_down_as_one_zip_with_every_file_in_its_place(person: NewPerson, tmp_path: Path) -> None:
    minji, jun = person("민지").joins(), person("준").joins()
    files = written(tmp_path, "과제3/보고서.hwp", "과제3/그림/표지.png", "과제3/그림/원본/그래프.svg")
    pick_folder(minji, tmp_path / "과제3")

    Card(jun, "과제3").presses("accept")

    assert the_one_zip_of(jun) == ("과제3.zip", files)
    Card(jun, "과제3").says("received")


@LANGUAGES
def test_sender_and_receiver_see_the_sha_256_of_what_arrived(person: NewPerson, tmp_path: Path, language: str) -> None:
    minji, sora = person("민지", language=language).joins(), person("Sora", language=language).joins()
    files = written(tmp_path, "보고서.hwp")
    minji.offers(tmp_path / "보고서.hwp")
    Card(sora, "보고서.hwp").presses("accept")

    for who in (minji, sora):
        card = Card(who, "보고서.hwp")
        card.place.locator("summary", has_text=who.words["sha-256"]).press("Enter")
        expect(card.place.get_by_role("code")).to_have_text(files["보고서.hwp"])
    (download,) = sora.downloads
    assert digest(download.path()) == files["보고서.hwp"]
