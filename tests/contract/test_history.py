"""history: pages of the list, at all their edges."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.contract.people import Company, Person
from tests.contract.pictures import data_url, png
from tests.server_process import ServerProcess

HUNDREDS = 260


@pytest.fixture(scope="module")
def long_room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A room in which eight people have said 32 things each."""
    server = ServerProcess(data=tmp_path_factory.mktemp("long"))
    company = Company(server)
    people = [company.enters(f"사람 {n}") for n in range(8)]
    asked = [person.sends("say", {"mid": n, "text": f"{person.id} {n}"}) for n in range(1, 33) for person in people]
    assert all(each.answer()["ok"] for each in asked)
    yield server
    company.all_go()
    server.stop()


@pytest.fixture
def minji(long_room: ServerProcess) -> Iterator[Person]:
    company = Company(long_room)
    yield company.enters("민지")
    company.all_go()


def seqs(person: Person, **where: int) -> list[int]:
    return [entry["seq"] for entry in person.reads(**where)]


def head(person: Person) -> int:
    return int(person.does("history", limit=1)["head"])


def test_without_before_and_after_come_the_newest_100_ascending(minji: Person) -> None:
    page = minji.does("history")

    assert page["head"] > HUNDREDS
    assert [entry["seq"] for entry in page["entries"]] == list(range(page["head"] - 99, page["head"] + 1))


def test_before_brings_the_newest_before_a_seq_without_it(minji: Person) -> None:
    assert seqs(minji, before=151) == list(range(51, 151))
    assert seqs(minji, before=6, limit=3) == [3, 4, 5]
    assert seqs(minji, before=3) == [1, 2]


def test_after_brings_the_oldest_after_a_seq_without_it(minji: Person) -> None:
    assert seqs(minji, after=50) == list(range(51, 151))
    assert seqs(minji, after=0, limit=3) == [1, 2, 3]


def test_at_the_edges_of_the_list_pages_end_and_are_not_refused(minji: Person) -> None:
    newest = head(minji)

    assert seqs(minji, before=0) == seqs(minji, before=1) == []
    assert seqs(minji, after=newest) == seqs(minji, after=newest + 1) == seqs(minji, after=2**53 - 1) == []
    assert seqs(minji, after=newest - 1) == [newest]
    assert seqs(minji, before=newest + 5, limit=2) == seqs(minji, before=2**53 - 1, limit=2) == [newest - 1, newest]


def test_a_limit_is_1_to_100(minji: Person) -> None:
    assert len(seqs(minji, limit=1)) == 1
    assert len(seqs(minji, limit=100)) == 100


@pytest.mark.parametrize(
    "fields",
    [
        {"before": 5, "after": 1},
        {"limit": 0},
        {"limit": 101},
        {"limit": True},
        {"limit": 1.5},
        {"limit": "5"},
        {"before": -1},
        {"after": -1},
        {"before": 2**53},
        {"before": True},
        {"after": 1.5},
        {"after": "1"},
        {"before": None},
    ],
)
def test_what_is_not_a_place_in_the_list_is_malformed(minji: Person, fields: dict[str, object]) -> None:
    assert minji.code_of("history", **fields) == "malformed"


def test_pages_put_together_are_the_whole_list_from_either_end(minji: Person) -> None:
    newest = head(minji)
    forwards = minji.reads_all()
    backwards: list[dict[str, object]] = []
    while page := minji.reads(before=int(str(backwards[0]["seq"])) if backwards else 2**53 - 1, limit=70):
        backwards[:0] = page

    assert forwards == backwards
    assert [entry["seq"] for entry in forwards] == list(range(1, newest + 1))


def test_a_join_brings_at_most_100_entries(minji: Person, long_room: ServerProcess) -> None:
    epoch = minji.welcome["room"]["epoch"]

    welcome = minji.does("join", token=minji.token, name="민지", since=20, epoch=epoch)

    assert [entry["seq"] for entry in welcome["entries"]] == list(range(21, 121))
    assert len(minji.welcome["entries"]) == 100


def test_a_page_is_at_most_page_bytes_long(minji: Person) -> None:
    jun = Person(minji.url)
    jun.joins("준")
    first = head(minji)
    picture = data_url(png(2, 2, 48_900))
    assert 65_000 < len(picture) <= 65_536
    for _ in range(18):
        minji.shows(picture)
        jun.shows(picture)

    pages = [jun.reads(after=first)]
    while pages[-1]:
        pages.append(jun.reads(after=pages[-1][-1]["seq"]))
    newest = jun.reads()

    for page in [*pages, newest]:
        assert len(json.dumps(page, ensure_ascii=False, separators=(",", ":"))) <= 2_097_152
    assert [len(page) for page in pages] == [len(pages[0]), 36 - len(pages[0]), 0]
    assert 20 < len(pages[0]) < 36
    assert newest[-1]["seq"] == head(jun)
    jun.goes()
