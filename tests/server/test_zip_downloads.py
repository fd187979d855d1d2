"""Several files as one zip: with consent like each of them, while they come, and going on after a cut."""

import hashlib
import io
import random
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatapp.core.changes import FileHashed, RecipientSaved
from tests.server.relay_clients import TUS, Answered, saved_name, until
from tests.server.relay_house import House

FIRST, SECOND = random.Random(1).randbytes(300_000), random.Random(2).randbytes(70_000)
SIZES = (len(FIRST), 0, len(SECOND))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with House(tmp_path) as house:
        yield house


def given(house: House) -> str:
    """An offer of three files that is with the host, and that 준 has accepted."""
    offer = house.wanted_offer(*SIZES)
    for file, body in enumerate((FIRST, b"", SECOND)):
        assert house.patch(offer, 0, body, file).status == 204
    return offer


def zip_url(house: House, who: str, offer: str) -> str:
    with house.host.turn():
        url = house.room.offer_seen(offer, house.room.speaker(who).member.id).zip
    assert url is not None
    return url


def bodies_of(data: bytes) -> list[bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["과제.pdf", "과제 (2).pdf", "과제 (3).pdf"]
        return [archive.read(name) for name in archive.namelist()]


def fetched(house: House, who: str, offer: str, **headers: str) -> Answered:
    return house.ask("GET", zip_url(house, who, offer), **headers)


def test_all_files_come_as_one_zip_and_are_received(house: House) -> None:
    offer = given(house)
    answer = fetched(house, "준", offer)
    assert (answer.status, int(answer.headers["Content-Length"])) == (200, len(answer.body))
    assert bodies_of(answer.body) == [FIRST, b"", SECOND]
    assert saved_name(answer.headers["Content-Disposition"])[1] == "과제 +2.zip"
    house.await_state("준", offer, "received")


def test_its_length_is_known_before_a_byte_of_it_is_here(house: House) -> None:
    offer = house.wanted_offer(*SIZES)
    head = house.ask("HEAD", zip_url(house, "준", offer))
    for file, body in enumerate((FIRST, b"", SECOND)):
        house.patch(offer, 0, body, file)
    assert int(head.headers["Content-Length"]) == len(fetched(house, "준", offer).body)


def test_it_follows_the_files_while_they_come(house: House) -> None:
    offer = house.wanted_offer(*SIZES)
    with house.begin("GET", zip_url(house, "준", offer)) as wire:
        status, headers = wire.head()
        with house.begin_patch(offer, 0, len(FIRST)) as up:
            up.send(FIRST[:1000])
            data = wire.read(1000)
            assert FIRST[:900] in data
            up.send(FIRST[1000:])
            data += wire.read(len(FIRST) - 1000)
        until(lambda: house.head(offer).offset == len(FIRST))
        house.patch(offer, 0, b"", 1)
        house.patch(offer, 0, SECOND, 2)
        data += wire.read(int(headers["content-length"]) - len(data))
    assert status == 200
    assert bodies_of(data) == [FIRST, b"", SECOND]


@pytest.mark.parametrize("seed", range(3))
def test_a_cut_zip_goes_on_where_it_was(house: House, seed: int) -> None:
    offer, chance = given(house), random.Random(seed)
    whole = fetched(house, "준", offer)
    etag, data = whole.headers["ETag"], b""
    house.answer("준", offer, False)
    house.answer("준", offer, True)
    while len(data) < len(whole.body):
        with house.begin("GET", zip_url(house, "준", offer), f"Range: bytes={len(data)}-", f"If-Range: {etag}") as wire:
            assert wire.head()[0] == 206
            data += wire.read(min(chance.randrange(1, 150_000), len(whole.body) - len(data)))
            if len(data) < len(whole.body):
                wire.cut()
    assert data == whole.body


@pytest.mark.parametrize(
    ("asked", "start", "stop"), [("5-9", 5, 10), ("299990-300200", 299_990, 300_201), ("-30", -30, None)]
)
def test_any_part_of_it_can_be_had(house: House, asked: str, start: int, stop: int | None) -> None:
    offer = given(house)
    whole = fetched(house, "준", offer).body
    answer = fetched(house, "준", offer, Range=f"bytes={asked}")
    assert (answer.status, answer.body) == (206, whole[start:stop])


def test_only_what_has_gone_is_counted(house: House) -> None:
    offer = given(house)
    answer = fetched(house, "준", offer, Range="bytes=0-99999")
    assert len(answer.body) == 100_000
    until(house.at_rest)
    with house.host.turn():
        jun = house.room.speaker("준").member.id
        assert 0 < house.room.offer(offer).bytes_to(jun) < 100_000
        assert house.room.offer(offer).state_of(jun) == "receiving"


@pytest.mark.parametrize("who", ["declined", "never asked", "sender"])
def test_a_zip_needs_the_same_consent_as_its_files(house: House, who: str) -> None:
    offer = given(house)
    house.join("Sora")
    url = zip_url(house, "준", offer)
    if who == "declined":
        house.answer("준", offer, False)
        assert house.ask("GET", url).status == 410
    else:
        member = house.room.speaker("Sora" if who == "never asked" else "민지").member.id
        url = house.host.tickets.zip(offer, member, "x.zip")
        assert house.ask("GET", url).status == 404


@pytest.mark.parametrize("end", ["decline", "withdraw"])
def test_it_ends_short_when_it_is_over_and_no_byte_of_the_next_file_follows(house: House, end: str) -> None:
    offer = house.wanted_offer(*SIZES)
    house.patch(offer, 0, FIRST)
    with house.begin("GET", zip_url(house, "준", offer)) as wire:
        wire.head()
        wire.read(len(FIRST))
        house.answer("준", offer, False) if end == "decline" else house.withdraw("민지", offer)
        rest = wire.rest()
    assert len(rest) < 200
    assert b"PK\x05\x06" not in rest


def test_who_declines_between_two_files_gets_no_byte_of_the_next(house: House) -> None:
    offer = given(house)
    url = zip_url(house, "준", offer)
    reader = house.spool.reader

    def declined_first(offer: str, file: int, size: int, member: str) -> object:
        if file == 2:
            house.answer("준", offer, False)
        return reader(offer, file, size, member)

    house.spool.reader = declined_first  # type: ignore[assignment,method-assign]  # the moment is hard to hit
    with house.begin("GET", url) as wire:
        wire.head()
        data = wire.rest()
    assert FIRST in data
    assert SECOND[:20] not in data


def test_when_the_spool_lost_a_file_its_zip_ends_short_and_it_has_failed(house: House) -> None:
    offer = given(house)
    names = {file: house.host.tickets.spool_name(offer, file) for file in range(3)}
    (house.folder / f"{names[2]}.part").write_bytes(b"")
    with house.begin("GET", zip_url(house, "준", offer)) as wire:
        _, headers = wire.head()
        assert len(wire.rest()) < int(headers["content-length"])
    house.await_state("준", offer, "failed")
    assert [said for said in house.errors.said if "is lost" in said]
    house.errors.said.clear()


# -- wholeness ------------------------------------------------------------------------------------


def test_the_hash_of_each_file_is_known_the_moment_that_it_is_whole(house: House) -> None:
    offer = house.wanted_offer(len(FIRST))
    house.patch(offer, 0, FIRST[:1000])
    assert not [change for change in house.told if isinstance(change, FileHashed)]
    house.patch(offer, 1000, FIRST[1000:])
    assert house.told[-1] == FileHashed(offer, 0, hashlib.sha256(FIRST).hexdigest())


def test_what_came_before_a_restart_is_hashed_too(tmp_path: Path) -> None:
    with House(tmp_path) as house:
        offer = house.wanted_offer(len(FIRST))
        house.patch(offer, 0, FIRST[:100_000])
    with House(tmp_path) as house:
        assert house.patch(offer, 100_000, FIRST[100_000:]).status == 204
        until(lambda: house.room.offer(offer).hashes)
        assert house.room.offer(offer).hashes == {0: hashlib.sha256(FIRST).hexdigest()}
    with House(tmp_path) as house:
        assert house.room.offer(offer).hashes == {0: hashlib.sha256(FIRST).hexdigest()}


def test_a_file_that_was_whole_before_its_hash_was_known_is_hashed_at_the_start(tmp_path: Path) -> None:
    with House(tmp_path) as house:
        offer = house.wanted_offer(len(FIRST))
        house.spool.sha256 = lambda *_: None  # type: ignore[method-assign]  # as if it had ended just before
        house.patch(offer, 0, FIRST)
        assert not house.room.offer(offer).hashes
    with House(tmp_path) as house:
        until(lambda: house.room.offer(offer).hashes == {0: hashlib.sha256(FIRST).hexdigest()})


@pytest.mark.parametrize(
    ("said", "why"),
    [("", "cancelled"), ("?why=changed", "changed"), ("?why=unreadable", "unreadable"), ("?why=spool", "cancelled")],
)
def test_a_sender_says_why_it_gives_up(house: House, said: str, why: str) -> None:
    offer = house.wanted_offer(10)
    assert house.ask("DELETE", house.upload_url(offer) + said, **TUS).status == 204
    failed = [change for change in house.told if isinstance(change, RecipientSaved) and change.state == "failed"]
    assert [change.why for change in failed] == [why]
