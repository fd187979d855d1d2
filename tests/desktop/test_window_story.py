"""The main story in the real window: one person hosts, another joins by address."""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.contract.pictures import png
from tests.desktop.windows import Window, screen


@dataclass(frozen=True)
class Words:
    """What the two look for in their language, and which kind of window they have."""

    language: str
    kind: str
    start: str
    join: str
    files: str
    accept: str
    saved: str
    reveal: str
    quit_title: str
    cut: str
    quit: str
    closed: str


KOREAN = Words(
    "ko", "pywebview", "방 만들기", "참여하기", "파일 보내기", "받기", "저장했습니다", "폴더에서 보기",
    "ChatApp을 끝낼까요?", "1명", "끝내기", "방이 닫혔습니다",
)  # fmt: skip
ENGLISH = Words(
    "en", "system", "Start a room", "Join", "Send files", "Accept", "is saved", "Show in folder",
    "Quit ChatApp?", "1 other person", "Quit", "The room is closed",
)  # fmt: skip


@pytest.fixture
def desks(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[tuple[Window, Window, Words]]:
    words: Words = request.param
    with ExitStack() as ending:
        made = []
        for name in ("민지", "준"):
            (tmp_path / name).mkdir()
            display = ending.enter_context(screen())
            made.append(ending.enter_context(Window(display, tmp_path / name, name, words.language, words.kind)))
        yield made[0], made[1], words


@pytest.mark.parametrize("desks", [KOREAN, ENGLISH], indirect=True, ids=["Korean, pywebview", "English, system"])
def test_two_people_chat_show_a_picture_and_pass_a_file_on(desks: tuple[Window, Window, Words], tmp_path: Path) -> None:
    minji, jun, words = desks
    jun_joins_by_address(jun, minji_hosts(minji, words))

    jun.types("hello from the other window")
    jun.presses("Return")
    minji.reads("hello from the other window")

    minji_pastes_a_picture(minji, jun, tmp_path)
    _passes_a_file_on(minji, jun, words, tmp_path)
    _closes(minji, jun, words)


def minji_hosts(minji: Window, words: Words) -> str:
    """Where her room is."""
    # Hosting is one click after the program's own; the button has the focus.
    assert minji.sees("document.activeElement?.textContent?.trim()") == words.start
    minji.clicks_on(words.start)
    minji.sees("document.activeElement?.tagName === 'TEXTAREA'")
    assert minji.clicks == 1
    return _address(minji.sees("performance.getEntriesByType('resource').map(e => e.name).join(' ')"))


def jun_joins_by_address(jun: Window, address: str) -> None:
    # Joining by address is one click into the field, the address, Enter.
    jun.clicks_on("[placeholder]")
    jun.types(address)
    jun.presses("Return")
    jun.sees("document.activeElement?.tagName === 'TEXTAREA'")
    assert jun.clicks == 1


def minji_pastes_a_picture(minji: Window, jun: Window, tmp_path: Path) -> None:
    picture = tmp_path / "picture.png"
    picture.write_bytes(png(40, 30))
    minji.copies_picture(picture)
    minji.presses("ctrl+v")
    minji.sees("!!document.querySelector('section li img')")
    minji.presses("Return")
    jun.sees("[...document.querySelectorAll('[role=log] img')].some(one => one.complete && one.naturalWidth === 40)")


def _address(seen: str) -> str:
    """The host's address among what the page has loaded."""
    return next(url.split("/healthz")[0].removeprefix("http://") for url in seen.split() if "/healthz" in url)


def _passes_a_file_on(minji: Window, jun: Window, words: Words, tmp_path: Path) -> None:
    report, received = tmp_path / "report.bin", tmp_path / "received.bin"
    report.write_bytes(random.Random(7).randbytes(5_000_000))
    minji.clicks_on(words.files)
    minji.picks(report)
    # The Enter that closed the dialog may have sent it already.
    minji.sees("!!document.querySelector('section li.file, .card')")
    minji.presses("Return")

    jun.reads("report.bin")
    jun.sees("!!document.querySelector('.card button:not([aria-disabled=true])')")
    jun.clicks_on(words.accept)
    jun.saves_as(received)
    jun.reads(words.saved)
    jun.reads(words.reveal)

    assert hashlib.sha256(received.read_bytes()).digest() == hashlib.sha256(report.read_bytes()).digest()


def _closes(minji: Window, jun: Window, words: Words) -> None:
    """The host is asked, and told who is cut off; then nobody is left hanging."""
    minji.wants_to_close(words.quit_title)
    minji.reads(words.cut)
    asked_at = time.monotonic()
    minji.clicks_on(words.quit)

    assert minji.program.wait(10) == 0
    assert time.monotonic() - asked_at < 5
    jun.reads(words.closed)
    assert not list((minji.folder / "rooms").glob("*"))
    jun.closes()
