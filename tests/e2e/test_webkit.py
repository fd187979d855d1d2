"""The main story in WebKitGTK, with somebody in Chromium at the other end."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import NewPerson
from tests.e2e.room import Room
from tests.e2e.webkit import WebKitPerson, driver

pytestmark = pytest.mark.browser


@pytest.fixture
def minji(room: Room, tmp_path: Path) -> Iterator[WebKitPerson]:
    home = tmp_path / "minji"
    with driver(home) as browser:
        yield WebKitPerson("민지", room.url, browser, home)


@pytest.fixture
def other_file(tmp_path: Path) -> Path:
    file = tmp_path / "답장.pdf"
    file.write_bytes(os.urandom(2**20))
    return file


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def test_webkit_and_chromium_talk_and_show_pictures_through_a_crash_of_the_host(
    minji: WebKitPerson, person: NewPerson, room: Room, picture: bytes, picture_file: Path
) -> None:
    sora = person("Sora", language="en").joins()
    minji.joins()
    minji.says("안녕하세요!")
    sora.sees("안녕하세요!")
    sora.drops(picture_file)
    sora.sends_what_waits()
    minji.sees_pictures(1)
    minji.pastes_picture(picture)
    sora.sees_pictures(2)
    room.dies()
    minji.says("듣는 사람이 없을 때 한 말")
    room.comes_back()
    sora.sees("듣는 사람이 없을 때 한 말")
    assert minji.has_read(4) == sora.has_read(4)


def test_webkit_sends_a_file_takes_one_and_declines_one(
    minji: WebKitPerson, person: NewPerson, small_file: Path, other_file: Path, big_file: Path
) -> None:
    sora = person("Sora", language="en").joins()
    minji.joins()
    minji.offers(small_file)
    assert digest(sora.accepts(small_file)) == digest(small_file)
    sora.offers(big_file)
    minji.declines(big_file)
    sora.sees_in_ledger(big_file, "민지", "said no")
    assert not sora.has_uploaded()
    sora.offers(other_file)
    assert digest(minji.accepts(other_file)) == digest(other_file)
    sora.sees_in_ledger(other_file, "민지", "has it")
