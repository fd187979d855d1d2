"""Files and folders from one browser to others: what is shown, what comes down, and what goes on after a break."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.contract.faults import FaultyLine
from tests.e2e.card import Card
from tests.e2e.carry import digest, drag_in, pick_folder, received
from tests.e2e.conftest import MEGABYTE, NewPerson
from tests.e2e.person import Person
from tests.e2e.room import Room

pytestmark = pytest.mark.browser

HELD, LARGE = 4 * MEGABYTE, 32 * MEGABYTE
"""What a held line lets through, and what then cannot all be in the system's buffers."""
LANGUAGES = pytest.mark.parametrize("language", ["ko", "en"])


@pytest.fixture
def video(tmp_path: Path) -> Path:
    file = tmp_path / "발표 영상.mp4"
    file.write_bytes(os.urandom(LARGE))
    return file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "과제3"
    for path in ("보고서.hwp", "그림/표지.png", "그림/원본/그래프.svg", ".DS_Store"):
        (made / path).parent.mkdir(parents=True, exist_ok=True)
        (made / path).write_bytes(os.urandom(1000))
    return made


def many(folder: Path, count: int, size: int = 200_000) -> list[Path]:
    files = [folder / f"사진 {number:02}.raw" for number in range(count)]
    for file in files:
        file.write_bytes(os.urandom(size))
    return files


def is_on_its_way(file: Path, sender: Person, receiver: Person, line: FaultyLine) -> None:
    """A part of it has come, and the line lets no more through."""
    sender.offers(file)
    line.hold(after=HELD)
    card = Card(receiver, file.name)
    card.presses("accept")
    card.moves()


def went_on(sender: Person) -> bool:
    """Whether what had been sent was sent once."""
    return sender.sent_from.count(0) == 1 and sender.sent_from[-1] > 0


# -- what is offered ----------------------------------------------------------------------------------


@LANGUAGES
def test_a_picked_folder_is_shown_with_the_place_of_each_file(person: NewPerson, folder: Path, language: str) -> None:
    minji, sora = person("민지").joins(), person("Sora", language=language).joins()
    pick_folder(minji, folder)
    card = Card(sora, "과제3")
    expect(card.place).to_contain_text("과제3 · 파일 3개" if language == "ko" else "과제3 · 3 files")
    card.lists("보고서.hwp", "그림/표지.png", "그림/원본/그래프.svg")


def test_a_dropped_folder_is_shown_with_the_place_of_each_file(person: NewPerson, folder: Path, video: Path) -> None:
    minji, sora = person("민지").joins(), person("Sora", language="en").joins()
    drag_in(minji, folder, video)
    card = Card(sora, video.name)
    expect(card.place).to_contain_text("4 files")
    card.lists("과제3/보고서.hwp", "과제3/그림/표지.png", "과제3/그림/원본/그래프.svg", video.name)


# -- who receives -------------------------------------------------------------------------------------


def test_many_files_are_accepted_once_and_each_comes_down_whole(person: NewPerson, tmp_path: Path) -> None:
    minji, sora = person("민지").joins(), person("Sora", language="en").joins()
    files = many(tmp_path, 25, size=1000)
    minji.offers(*files)
    card = Card(sora, files[0].name)
    card.presses("accept")
    assert received(sora, 25) == {file.name: digest(file) for file in files}
    card.says("received")
    Card(minji, files[0].name).tells_of("Sora", "has it")
    assert len(sora.downloads) == 25


def test_two_downloads_run_at_once_and_the_others_are_shown_as_waiting(
    person: NewPerson, tmp_path: Path, line: FaultyLine
) -> None:
    minji, sora = person("민지").joins(), person("Sora", language="en", line=line).joins()
    files = many(tmp_path, 4, LARGE)
    for file in files:
        minji.offers(file)
    line.hold(after=HELD)
    for file in files:
        Card(sora, file.name).presses("accept")
    for file in files[:2]:
        Card(sora, file.name).moves()
    expect(Card(sora, files[2].name).place).to_contain_text("Starts after 2 other offers")
    expect(Card(sora, files[3].name).place).to_contain_text("Starts after 3 other offers")
    assert len(sora.downloads) == 2
    line.flow()
    assert received(sora, 4) == {file.name: digest(file) for file in files}


@LANGUAGES
def test_who_stops_receiving_can_change_their_mind_and_gets_every_byte(
    person: NewPerson, video: Path, line: FaultyLine, language: str
) -> None:
    minji, sora = person("민지", line=line).joins(), person("Sora", language=language).joins()
    minji.offers(video)
    line.hold(after=HELD)
    card, sent = Card(sora, video.name), Card(minji, video.name)
    card.presses("accept")
    card.moves()
    card.presses("stop receiving")
    card.says("declined")
    assert sora.downloads[0].failure()
    line.flow()
    sent.tells_of("Sora", "said no")
    card.presses("accepted after all")
    card.says("received")
    assert digest(sora.downloads[1].path()) == digest(video)
    sent.tells_of("Sora", "has it")


def test_who_declines_many_files_finds_nothing_to_download(person: NewPerson, tmp_path: Path) -> None:
    minji, jun, sora = person("민지").joins(), person("준").joins(), person("Sora", language="en").joins()
    files = many(tmp_path, 3)
    minji.offers(*files)
    declined = Card(sora, files[0].name)
    declined.presses("decline")
    declined.says("declined")
    Card(jun, files[0].name).presses("accept")
    received(jun, 3)
    Card(minji, files[0].name).tells_of("준", "has it")
    assert not sora.was_given_downloads()
    assert sora.downloads == []
    expect(declined.place.get_by_role("button")).to_have_text([sora.words["accepted after all"]])
    expect(declined.place.get_by_role("link")).to_have_count(0)


def test_files_are_accepted_with_the_keyboard_alone(person: NewPerson, small_file: Path) -> None:
    minji, sora = person("민지").joins(), person("Sora").joins()
    minji.offers(small_file)
    card = Card(sora, small_file.name)
    sora.walks_to(card.button("accept"))
    sora.page.keyboard.press("Enter")
    assert received(sora, 1) == {small_file.name: digest(small_file)}
    card.says("received")
    expect(sora.composer).to_be_focused()


# -- who sends ----------------------------------------------------------------------------------------


@LANGUAGES
def test_the_sender_sees_how_far_each_person_is(
    person: NewPerson, video: Path, line: FaultyLine, language: str
) -> None:
    minji = person("민지", language=language, line=line).joins()
    jun, sora = person("준").joins(), person("Sora", language="en").joins()
    minji.offers(video)
    line.hold(after=HELD)
    sent = Card(minji, video.name)
    sent.tells_of("준", "has not answered")
    sent.tells_of("Sora", "has not answered")
    Card(sora, video.name).presses("decline")
    sent.tells_of("Sora", "said no")
    Card(jun, video.name).presses("accept")
    sent.tells_how_far("준")
    line.flow()
    sent.tells_of("준", "has it")
    sent.tells_of("Sora", "said no")


def test_who_loads_the_page_again_is_asked_for_the_same_file_and_goes_on(
    person: NewPerson, video: Path, line: FaultyLine, tmp_path: Path
) -> None:
    minji, jun = person("민지", line=line).joins(), person("준").joins()
    is_on_its_way(video, minji, jun, line)
    minji.reloads()
    line.flow()
    sent = Card(minji, video.name)
    sent.picks_again(*many(tmp_path, 1))
    sent.says("not the same")
    sent.picks_again(video)
    assert received(jun, 1) == {video.name: digest(video)}
    sent.tells_of("준", "has it")
    assert went_on(minji), minji.sent_from


@LANGUAGES
def test_another_file_of_the_same_name_and_size_is_found_out(
    person: NewPerson, video: Path, line: FaultyLine, language: str
) -> None:
    minji, jun = person("민지", language=language, line=line).joins(), person("준").joins()
    is_on_its_way(video, minji, jun, line)
    minji.reloads()
    line.flow()
    date = video.stat().st_mtime
    video.write_bytes(os.urandom(LARGE))
    os.utime(video, (date, date))
    sent = Card(minji, video.name)
    sent.picks_again(video)
    sent.says("was changed")
    assert minji.sent_from == [0], "bytes of another file were sent"


def test_a_file_that_changed_on_the_disk_is_refused_in_words_and_the_receiver_is_told(
    person: NewPerson, video: Path
) -> None:
    minji, jun = person("민지").joins(), person("준").joins()
    minji.offers(video)
    Card(jun, video.name).button("accept").wait_for()
    video.write_bytes(os.urandom(LARGE))
    Card(jun, video.name).presses("accept")
    expect(minji.page.get_by_text(minji.words["cannot be read"])).to_be_visible()
    Card(jun, video.name).says("transfer broke off")
    Card(minji, video.name).tells_of("준", "file unreadable")
    assert jun.downloads[0].failure()


def test_an_upload_goes_on_where_it_was_when_the_network_is_back(
    person: NewPerson, video: Path, line: FaultyLine
) -> None:
    minji, jun = person("민지", line=line).joins(), person("준").joins()
    is_on_its_way(video, minji, jun, line)
    line.fail()
    minji.sees_that_it_is_cut()
    line.flow()
    line.mend()
    minji.is_inside()
    assert received(jun, 1) == {video.name: digest(video)}
    Card(minji, video.name).tells_of("준", "has it")
    assert went_on(minji), minji.sent_from


def test_an_upload_goes_on_where_it_was_when_the_host_is_back(
    person: NewPerson, video: Path, room: Room, line: FaultyLine
) -> None:
    minji, jun = person("민지", line=line).joins(), person("준").joins()
    is_on_its_way(video, minji, jun, line)
    card = Card(jun, video.name)
    room.dies()
    line.flow()
    room.comes_back()
    minji.is_inside()
    jun.is_inside()
    assert jun.downloads[0].failure(), "the browser's own download outlived the host"
    expect(card.button("receive again")).to_be_visible(timeout=40_000)
    with jun.page.expect_download() as again:
        card.presses("receive again")
    assert digest(again.value.path()) == digest(video)
    card.says("received")
    assert went_on(minji), minji.sent_from
