"""The main story in WebKitGTK, with somebody in Chromium at the other end."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import NewPerson
from tests.e2e.room import Room
from tests.e2e.webkit import WebKitPerson, driver

pytestmark = pytest.mark.browser


@pytest.fixture
def minji(room: Room) -> Iterator[WebKitPerson]:
    with driver() as browser:
        yield WebKitPerson("민지", room.url, browser)


def test_webkit_and_chromium_talk_show_a_picture_and_hand_over_files_through_a_crash_of_the_host(
    minji: WebKitPerson, person: NewPerson, room: Room, picture_file: Path, small_file: Path, big_file: Path
) -> None:
    sora = person("Sora", language="en").joins()
    minji.joins()
    minji.says("안녕하세요!")
    sora.sees("안녕하세요!")
    sora.drops(picture_file)
    sora.sends_what_waits()
    minji.sees_pictures(1)
    room.dies()
    minji.says("듣는 사람이 없을 때 한 말")
    room.comes_back()
    sora.sees("듣는 사람이 없을 때 한 말")
    minji.offers(small_file)
    got = sora.accepts(small_file)
    assert hashlib.sha256(got.read_bytes()).digest() == hashlib.sha256(small_file.read_bytes()).digest()
    sora.offers(big_file)
    minji.declines(big_file)
    sora.sees_in_ledger(big_file, "민지", "said no")
    assert not sora.has_uploaded()
    assert minji.has_read(5) == sora.has_read(5)
