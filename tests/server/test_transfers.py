"""The relay as a whole: whatever is cut, whoever comes and goes, what arrives is what was sent, or visibly less."""

import hashlib
import random
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.server.relay_clients import TUS
from tests.server.relay_house import House


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with House(tmp_path) as house:
        yield house


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# -- cuts -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2])
def test_a_file_comes_through_twenty_cuts_at_both_ends_as_it_was(house: House, seed: int) -> None:
    chance = random.Random(seed)
    data = chance.randbytes(6 * 2**20)
    offer = house.wanted_offer(len(data))
    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(_send_with_cuts, house, offer, data, random.Random(-seed))
        try:
            arrived, cuts = _fetch_with_cuts(house, offer, len(data), chance)
        finally:
            assert sending.result(timeout=20) == 20
    assert cuts == 20
    assert digest(arrived) == digest(data)
    house.await_state("준", offer, "received")


def _send_with_cuts(house: House, offer: str, data: bytes, chance: random.Random) -> int:
    """Send it all, cut twenty times, and each time go on from where the server says."""
    cuts = 0
    while (offset := house.head(offer).offset) < len(data):
        with house.begin_patch(offer, offset, len(data) - offset) as wire:
            if cuts == 20:
                # 409: a part that was cut long ago came in only after the look. Then one looks again.
                with suppress(ConnectionError):
                    wire.send(data[offset:])
                assert wire.head()[0] in (204, 409)
                continue
            wire.send(data[offset : offset + chance.randrange(2 * len(data) // 41)])
            wire.cut() if chance.random() < 0.5 else wire.socket.close()
            cuts += 1
    return cuts


def _fetch_with_cuts(house: House, offer: str, size: int, chance: random.Random) -> tuple[bytes, int]:
    """Fetch it all, cut twenty times, and each time go on from what is there."""
    arrived, tag, cuts = b"", "", 0
    while len(arrived) < size:
        resume = [f"Range: bytes={len(arrived)}-", f"If-Range: {tag}"] if tag else []
        with house.begin_get("준", offer, *resume) as wire:
            status, headers = wire.head()
            assert status == (206 if tag else 200)
            tag = headers["etag"]
            if cuts == 20:
                arrived += wire.rest()
                continue
            arrived += wire.read(chance.randrange(2 * size // 41))
            wire.cut()
            cuts += 1
    return arrived, cuts


def test_when_an_upload_is_lost_no_receiver_takes_the_part_for_the_whole(house: House) -> None:
    data = random.Random(3).randbytes(2**20)
    offer = house.wanted_offer(len(data))
    for _ in range(20):
        with ThreadPoolExecutor(1) as pool, house.begin_get("준", offer) as down:
            headers = down.head()[1]
            rest = pool.submit(down.rest)
            house.patch(offer, 0, data[: 2**19])
            house.ask("DELETE", house.upload_url(offer), **TUS)
            got = rest.result(timeout=20)
        assert int(headers["content-length"]) == len(data)
        assert len(got) < len(data)
        assert data.startswith(got)
        house.answer("준", offer, True)


def test_a_part_that_arrived_before_a_restart_need_not_be_sent_again(tmp_path: Path) -> None:
    data = bytes(range(256)) * 4096
    with House(tmp_path) as house:
        house.patch(house.wanted_offer(len(data)), 0, data[:700_000])
    with House(tmp_path) as house:
        house.join("민지", "준")
        (offer,) = house.room.offers
        assert house.head(offer).offset == 700_000
        house.patch(offer, 700_000, data[700_000:])
        body = house.ask("GET", house.download_url("준", offer)).body
        assert digest(body) == digest(data)


def test_several_files_of_one_offer_arrive_each_in_its_own_place(house: House) -> None:
    offer = house.wanted_offer(3, 0, 5)
    house.patch(offer, 0, b"third", file=2)
    house.patch(offer, 0, b"abc", file=0)
    got = [house.ask("GET", house.download_url("준", offer, file)).body for file in range(3)]
    assert got == [b"abc", b"", b"third"]
    house.await_state("준", offer, "received")


# -- many -----------------------------------------------------------------------------------------


def test_ten_people_follow_one_upload_and_all_get_the_same(house: House) -> None:
    data = random.Random(4).randbytes(8 * 2**20)
    offer = house.wanted_offer(len(data))
    people = ["준", *(f"guest {number}" for number in range(9))]
    for guest in people[1:]:
        house.join(guest)
        house.answer(guest, offer, True)
    with ThreadPoolExecutor(10) as pool:
        urls = [house.download_url(who, offer) for who in people]
        getting = [pool.submit(house.ask, "GET", url) for url in urls]
        for offset in range(0, len(data), 2**20):
            assert house.patch(offer, offset, data[offset : offset + 2**20]).status == 204
        assert {digest(got.result(timeout=20).body) for got in getting} == {digest(data)}
    for who in people:
        house.await_state(who, offer, "received")


# -- consent --------------------------------------------------------------------------------------


def test_no_new_byte_is_handed_out_after_the_end_whoever_is_faster(house: House) -> None:
    """Accept, fetch, and the end, at chance moments; what each run came to is counted."""
    chance = random.Random(5)
    data = chance.randbytes(300_000)
    house.join("민지", "준")
    reached: Counter[tuple[str, str]] = Counter()
    while sum(reached.values()) < 100 or not _both_were_faster(reached):
        assert sum(reached.values()) < 1000, reached
        offer = house.offer("민지", len(data))
        end = chance.choice(["withdraw", "decline"])
        house.answer("준", offer, True)
        house.patch(offer, 0, data[: chance.randrange(len(data) + 1)])
        reached[end, _fetch_while_it_ends(house, offer, data, end, chance.random() * chance.choice([0, 0.01]))] += 1
        kept = end == "decline" and house.state("준", offer) == "received"
        assert house.ask("GET", house.download_url("준", offer)).status == (200 if kept else 410)


def _both_were_faster(reached: Counter[tuple[str, str]]) -> bool:
    return {outcome for _, outcome in reached} >= {"410", "short"}


def _fetch_while_it_ends(house: House, offer: str, data: bytes, end: str, moment: float) -> str:
    ending = threading.Timer(moment, _end, (house, offer, end))
    ending.start()
    got = b""
    with house.begin_get("준", offer) as down:
        status = down.head()[0]
        with suppress(AssertionError):
            got = down.rest()
    ending.join()
    if status == 410:
        return "410"
    assert status == 200
    assert data.startswith(got)
    return "whole" if len(got) == len(data) else "short"


def _end(house: House, offer: str, end: str) -> None:
    if end == "withdraw":
        house.withdraw("민지", offer)
    else:
        house.answer("준", offer, False)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(codec="utf-8"), max_size=30), st.sampled_from(["GET", "HEAD", "PATCH", "DELETE"]))
def test_a_guessed_ticket_opens_nothing_and_breaks_nothing(house: House, guess: str, method: str) -> None:
    for path in (f"/uploads/{quote(guess)}", f"/uploads/{quote(guess, safe='')}", f"/downloads/{quote(guess)}/a"):
        assert house.ask(method, path, **TUS).status in (404, 405)
