"""A file from the room to the disk: whole, or not there at all."""

import hashlib
import random
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from queue import Queue
from threading import Event

import pytest

from chatapp.desktop import saving
from chatapp.desktop.saving import save
from tests.desktop.scripted import Answer, Scripted, cuts_every, hangs_up, head, part, plain, whole

DATA = random.Random(1).randbytes(3 * 2**20 + 5)
SMALL = b"0123456789"
OTHER = b"abcdefghijkl"


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture(autouse=True)
def without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saving, "PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(saving, "PATIENCE_SECONDS", 5.0)


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    """Where 준 wants the file; whatever happens, nothing but this file and what was there may be left."""
    folder = tmp_path / "받은 파일"
    folder.mkdir()
    yield folder / "사진.zip"
    assert list(folder.glob("*.part")) == []


def saved(path: Path, *script: Answer, sha256: str | None = None) -> tuple[str, list[str]]:
    with Scripted(*script) as room:
        return save(f"{room.url}/downloads/t/%EC%82%AC%EC%A7%84.zip", path, sha256), room.heads


def ranges(heads: list[str]) -> list[str | None]:
    lines = [[line for line in head.split("\r\n") if line.startswith("Range: ")] for head in heads]
    return [found[0].removeprefix("Range: ") if found else None for found in lines]


# -- what arrives ---------------------------------------------------------------------------------


def test_a_file_is_saved_as_it_was_sent(path: Path) -> None:
    outcome, heads = saved(path, whole(DATA), sha256=digest(DATA))

    assert outcome == "saved"
    assert path.read_bytes() == DATA
    assert heads[0].startswith("GET /downloads/t/%EC%82%AC%EC%A7%84.zip HTTP/1.1\r\n")


def test_an_empty_file_is_saved_too(path: Path) -> None:
    assert saved(path, whole(b""), sha256=digest(b""))[0] == "saved"
    assert path.read_bytes() == b""


def test_a_file_whose_print_is_not_known_is_saved(path: Path) -> None:
    assert saved(path, whole(SMALL))[0] == "saved"
    assert path.read_bytes() == SMALL


def test_another_file_than_was_offered_is_damaged_and_not_there(path: Path) -> None:
    assert saved(path, whole(SMALL), sha256=digest(OTHER))[0] == "damaged"
    assert not path.exists()


def test_a_name_in_hangul_stays_as_it_was_chosen(path: Path) -> None:
    composed = path.with_name(unicodedata.normalize("NFC", "각종 보고서 한글.hwp"))

    assert saved(composed, whole(SMALL))[0] == "saved"
    assert [found.name for found in path.parent.iterdir()] == [composed.name]


def test_the_longest_name_that_a_disk_takes_is_saved(path: Path) -> None:
    longest = path.with_name("가" * 83 + ".hwp")

    assert saved(longest, whole(SMALL))[0] == "saved"
    assert longest.read_bytes() == SMALL


# -- what is cut ----------------------------------------------------------------------------------


def test_a_download_that_is_cut_goes_on_where_it_was(path: Path) -> None:
    outcome, heads = saved(path, cuts_every(2**20, DATA), sha256=digest(DATA))

    assert outcome == "saved"
    assert path.read_bytes() == DATA
    assert ranges(heads) == [None, "bytes=1048576-", "bytes=2097152-", "bytes=3145728-"]
    assert all('\r\nIf-Range: "a"\r\n' in head for head in heads[1:])


def test_a_cut_before_the_first_byte_asks_for_all_of_it_again(path: Path) -> None:
    outcome, heads = saved(path, hangs_up, whole(SMALL, 0), whole(SMALL), sha256=digest(SMALL))

    assert outcome == "saved"
    assert ranges(heads) == [None, None, None]


def test_a_file_that_is_another_one_after_a_cut_is_begun_anew(path: Path) -> None:
    script = whole(OTHER, len(OTHER) - 1), whole(SMALL, etag='"b"')

    assert saved(path, *script, sha256=digest(SMALL))[0] == "saved"
    assert path.read_bytes() == SMALL


def test_a_file_without_a_state_is_begun_anew_after_a_cut(path: Path) -> None:
    outcome, heads = saved(path, whole(DATA, 2**20, etag=None), whole(DATA, etag=None), sha256=digest(DATA))

    assert outcome == "saved"
    assert ranges(heads) == [None, None]


@pytest.mark.parametrize(
    ("rest", "told", "etag"),
    [
        (SMALL[5:], "bytes 5-9/10", '"b"'),
        (SMALL[5:], "bytes 5-9/10", None),
        (SMALL[4:], "bytes 4-9/10", '"a"'),
        (SMALL[5:], "bytes 5-9/11", '"a"'),
        (SMALL[5:], "bytes 5-9/*", '"a"'),
        (SMALL[5:7], "bytes 5-6/10", '"a"'),
        (SMALL[5:], "bytes 5-9/" + "9" * 5000, '"a"'),
        (SMALL[5:], "5-9/10", '"a"'),
    ],
    ids=["another state", "no state", "too early", "another size", "no size", "too short", "absurd", "no unit"],
)
def test_a_rest_that_is_not_the_rest_is_never_put_to_the_beginning(
    path: Path, rest: bytes, told: str, etag: str | None
) -> None:
    assert saved(path, whole(SMALL, 5), part(rest, told, etag))[0] == "gone"
    assert not path.exists()


def test_a_rest_that_is_shorter_than_it_says_is_asked_for_again(path: Path) -> None:
    script = whole(SMALL, 4), part(SMALL[4:6], "bytes 4-9/10"), part(SMALL[6:], "bytes 6-9/10")

    assert saved(path, *script)[0] == "saved"
    assert path.read_bytes() == SMALL


def test_a_part_that_nobody_asked_for_is_no_file(path: Path) -> None:
    assert saved(path, part(SMALL, "bytes 0-9/10"))[0] == "gone"
    assert not path.exists()


def test_a_link_that_falls_silent_is_left_for_a_new_one(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saving, "SILENCE_SECONDS", 0.2)

    asked_again, in_time = Event(), Queue[bool]()

    def falls_silent(asked: str) -> Iterable[bytes]:
        yield from whole(SMALL, 5)(asked)
        in_time.put(asked_again.wait(5))

    def goes_on(asked: str) -> Iterable[bytes]:
        asked_again.set()
        return part(SMALL[5:], "bytes 5-9/10")(asked)

    assert saved(path, falls_silent, goes_on, sha256=digest(SMALL))[0] == "saved"
    assert in_time.get(timeout=10)


def test_a_room_that_is_gone_for_good_is_given_up(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saving, "PATIENCE_SECONDS", 0.2)

    with Scripted(hangs_up) as room:
        pass
    assert save(f"{room.url}/downloads/t/n", path, None) == "lost"
    assert not path.exists()


def test_a_slow_download_is_not_given_up_while_something_comes(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saving, "PATIENCE_SECONDS", 1.0)
    monkeypatch.setattr(saving, "PAUSE_SECONDS", 0.15)

    assert saved(path, cuts_every(1, SMALL), sha256=digest(SMALL))[0] == "saved"


# -- what the room says ---------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["429 Too Many Requests", "500 Internal Server Error", "503 Service Unavailable"])
def test_a_room_that_is_busy_is_asked_again(path: Path, status: str) -> None:
    assert saved(path, plain(status), whole(SMALL, 5), plain(status), part(SMALL[5:], "bytes 5-9/10"))[0] == "saved"
    assert path.read_bytes() == SMALL


@pytest.mark.parametrize("status", ["302 Found", "404 Not Found", "410 Gone", "416 Range Not Satisfiable"])
def test_a_file_that_the_room_gives_no_more_is_gone(path: Path, status: str) -> None:
    assert saved(path, plain(status))[0] == "gone"
    assert saved(path, whole(SMALL, 5), plain(status))[0] == "gone"
    assert not path.exists()


def test_an_answer_that_does_not_say_its_size_is_no_file(path: Path) -> None:
    assert saved(path, lambda _: [head("200 OK", etag='"a"') + SMALL])[0] == "gone"


@pytest.mark.parametrize("place", ["/downloads/t/사진", "/downloads/t/a b", "/downloads/t/\r\nX: y"])
def test_a_place_that_no_request_can_name_is_gone_at_once(path: Path, place: str) -> None:
    with Scripted(whole(SMALL)) as room:
        assert save(room.url + place, path, None) == "gone"
        assert room.heads == []
