"""The page asks nothing of anybody but the room that served it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.conftest import NewPerson, foreign
from tests.e2e.room import Room

pytestmark = pytest.mark.browser


def test_a_whole_visit_asks_for_nothing_from_any_other_address(
    person: NewPerson, room: Room, picture_file: Path
) -> None:
    minji, jun = person("민지").joins(), person("준").joins()
    minji.says("https://example.org/picture.png", "![](https://example.org/picture.png)")
    minji.drops(picture_file)
    minji.sends_what_waits()
    jun.sees_pictures(1)
    minji.leaves()
    for one in (minji, jun):
        assert f"{room.url}/" in one.asked
        assert any(address.startswith("ws://") for address in one.asked)
        assert foreign(one.asked, room.url) == []


def test_a_request_to_another_address_would_be_noticed(room: Room) -> None:
    other = f"http://127.0.0.1:{room.server.port + 1}/"
    socket = f"ws://127.0.0.1:{room.server.port}/socket.io/"
    own = [f"{room.url}/", socket, "data:image/png;base64,", f"blob:{room.url}/1"]
    assert foreign([*own, other, "https://example.org/"], room.url) == [other, "https://example.org/"]


def test_the_page_can_be_used_after_three_requests_for_its_parts(person: NewPerson, room: Room) -> None:
    minji = person("민지")
    minji.opens()
    parts = [address for address in minji.asked if not address.endswith("/healthz")]
    assert len(parts) <= 3, parts
