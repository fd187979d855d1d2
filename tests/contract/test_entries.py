"""The room is a log: what an entry is, and that everybody sees the same ones in the same order."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.contract.people import Company, Json, Person
from tests.contract.pictures import data_url, png

ID = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")
COMMON = {"seq", "id", "kind", "at", "by", "name", "colour"}
PLAIN = "할 말이 있어요"


def entry_at(person: Person, seq: int) -> Json:
    return person.reads(after=seq - 1, limit=1)[0]


def test_an_entry_has_a_seq_an_id_a_kind_a_time_and_whom_it_is_about(room: Company) -> None:
    minji = room.enters("민지")
    before = time.time() * 1000

    entry = entry_at(minji, minji.says(PLAIN))

    assert set(entry) == COMMON | {"text"}
    assert ID.match(entry["id"])
    assert type(entry["at"]) is int
    assert before - 5000 < entry["at"] < time.time() * 1000 + 5000
    assert (entry["kind"], entry["by"], entry["name"]) == ("said", minji.id, "민지")
    assert entry["colour"] == minji.welcome["you"]["colour"]


def test_a_shown_entry_has_the_picture_and_its_size(room: Company) -> None:
    minji = room.enters("민지")
    picture = png(3, 2)

    entry = entry_at(minji, minji.shows(data_url(picture)))

    assert set(entry) == COMMON | {"image", "width", "height", "bytes"}
    assert (entry["width"], entry["height"], entry["bytes"]) == (3, 2, len(picture))
    assert entry["image"] == data_url(picture)


def test_an_offered_entry_has_what_never_changes_of_the_offer(room: Company) -> None:
    minji = room.enters("민지")

    offer = minji.offers(("과제.pdf", 5))
    entry = minji.hears("posted", lambda entry: entry["kind"] == "offered")

    assert set(entry) == COMMON | {"offer"}
    files = [{"name": "과제.pdf", "size": 5, "type": "application/pdf"}]
    assert entry["offer"] == {"id": offer["id"], "files": files, "expires_at": offer["expires_at"]}


def test_coming_leaving_renaming_and_being_removed_are_entries(room: Company) -> None:
    host = room.host()
    minji, jun = room.enters("민지"), room.enters("준")
    minji.does("rename", name="민지 씨")
    minji.does("leave")
    host.does("remove", member=jun.id)
    host.settles()

    told = [entry for entry in host.heard("posted") if entry["by"] in {minji.id, jun.id}]

    assert [(entry["kind"], entry["name"]) for entry in told] == [
        ("joined", "민지"),
        ("joined", "준"),
        ("renamed", "민지 씨"),
        ("left", "민지 씨"),
        ("removed", "준"),
    ]
    assert [set(entry) - COMMON for entry in told] == [set(), set(), {"old"}, set(), set()]
    assert told[2]["old"] == "민지"


def test_an_entry_keeps_the_name_of_its_moment(room: Company) -> None:
    minji = room.enters("민지")
    seq = minji.says(PLAIN)

    minji.does("rename", name="민지 씨")

    assert entry_at(minji, seq)["name"] == "민지"


def test_everybody_sees_the_same_entries_in_the_same_order_without_holes(room: Company) -> None:
    people = [room.enters(name) for name in ("민지", "준", "Sora", "하늘", "도윤", "Alex")]
    base = max(person.welcome["room"]["head"] for person in people)

    with ThreadPoolExecutor(len(people)) as threads:
        list(threads.map(lambda person: [person.says(f"{n}") for n in range(10)], people))
    for person in people:
        person.settles()

    log = people[0].reads(after=base)
    assert [entry["seq"] for entry in log] == list(range(base + 1, base + 61))
    assert len({entry["id"] for entry in log}) == 60
    for person in people:
        assert [entry for entry in person.heard("posted") if entry["seq"] > base] == log


def test_the_author_is_told_its_own_entry_too(room: Company) -> None:
    minji = room.enters("민지")

    seq = minji.says(PLAIN)

    assert minji.hears("posted", lambda entry: entry["seq"] == seq)["text"] == PLAIN


@pytest.mark.parametrize(
    "text",
    [
        "  앞뒤의 빈칸  ",
        "두 줄\n한 탭\t끝",
        '<b>굵게</b> & "따옴표" \'',
        "👨‍👩‍👧‍👦 🇰🇷",
        "e\u0301 는 합치지 않는다",
        "\u202eabc",
        "x" * 4000,
        "😀" * 4000,
        "a\u2028b\u2029c",
        "__proto__",
    ],
    ids=["spaces", "lines", "markup", "emoji", "nfd", "bidi", "4000", "4000 emoji", "separators", "proto"],
)
def test_text_is_kept_as_it_is(room: Company, text: str) -> None:
    minji = room.enters("민지")

    assert entry_at(minji, minji.says(text))["text"] == text


@pytest.mark.parametrize("text", ["", " ", "\n\t ", "\u3000\u00a0", "\u200b\u2060", "\u3164\u115f", "\ufe0f"])
def test_text_of_white_space_and_default_ignorables_is_empty(room: Company, text: str) -> None:
    assert room.enters("민지").code_of("say", mid=1, text=text) == "text-empty"


@pytest.mark.parametrize("text", ["x" * 4001, "😀" * 4001])
def test_text_of_more_than_4000_code_points_is_too_long(room: Company, text: str) -> None:
    assert room.enters("민지").code_of("say", mid=1, text=text) == "text-too-long"


@pytest.mark.parametrize("character", ["\0", "\x07", "\r", "\x1b", "\x7f", "\x85", "\x9f"])
def test_control_characters_but_tab_and_line_feed_are_malformed(room: Company, character: str) -> None:
    ack = room.enters("민지").asks("say", mid=1, text=f"a{character}b")

    assert ack["code"] == "malformed"
    assert "text" in ack["at"]


def test_typing_is_told_to_everyone_else_at_most_once_in_two_seconds(room: Company) -> None:
    minji, jun, sora = room.enters("민지"), room.enters("준"), room.enters("Sora")

    for _ in range(3):
        minji.does("typing")
    for person in (minji, jun, sora):
        person.settles()

    assert jun.heard("was-typing") == sora.heard("was-typing") == [{"member": minji.id}]
    assert minji.heard("was-typing") == []
