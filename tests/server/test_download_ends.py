"""How downloads end before their length is reached: at once, for the right people, and never as if they were whole."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.relay_clients import TUS, until
from tests.server.relay_house import House

pytestmark = pytest.mark.usefixtures("taken")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with House(tmp_path) as house:
        yield house


def test_a_download_whose_offer_is_withdrawn_ends_short_and_its_bytes_stand_still(house: House) -> None:
    """What the system had taken before may still arrive; that is little, and nothing follows it."""
    size = 128 * 2**20
    offer = house.wanted_offer(size)
    _fill_spool(house, offer, size)
    with house.begin_get("준", offer) as down:
        down.head()
        down.read(2**20)
        house.withdraw("민지", offer)
        delivered = 2**20 + len(down.rest())
    assert delivered < 32 * 2**20
    assert house.ask("GET", house.download_url("준", offer)).status == 410


@pytest.mark.parametrize("how", ["withdraw", "decline", "delete", "shutdown"])
def test_who_waits_for_a_byte_that_will_not_come_is_told_by_the_end(house: House, how: str) -> None:
    offer = house.wanted_offer(10)
    house.patch(offer, 0, b"hello")
    with house.begin_get("준", offer) as down:
        down.head()
        assert down.read(5) == b"hello"
        if how == "withdraw":
            house.withdraw("민지", offer)
        elif how == "decline":
            house.answer("준", offer, False)
        elif how == "delete":
            house.ask("DELETE", house.upload_url(offer), **TUS)
        else:
            house.spool.shutdown()
        assert down.rest() == b""
    until(house.at_rest)


def test_who_cancels_ends_nobody_elses_download(house: House) -> None:
    offer = house.wanted_offer(10)
    house.join("Sora")
    house.answer("Sora", offer, True)
    house.patch(offer, 0, b"hello")
    with house.begin_get("준", offer) as jun, house.begin_get("Sora", offer) as sora:
        for wire in (jun, sora):
            wire.head()
            assert wire.read(5) == b"hello"
        house.answer("준", offer, False)
        assert jun.rest() == b""
        house.patch(offer, 5, b"world")
        assert sora.rest() == b"world"


def test_a_receiver_that_takes_nothing_does_not_hold_up_the_withdrawal_nor_the_others(house: House) -> None:
    size = 64 * 2**20
    offer = house.wanted_offer(size)
    _fill_spool(house, offer, size)
    house.join("Sora")
    house.answer("Sora", offer, True)
    with house.begin_get("준", offer) as frozen, house.begin_get("Sora", offer) as sora:
        frozen.head(), sora.head()
        sora.read(size)
        done = threading.Thread(target=house.withdraw, args=("민지", offer))
        done.start()
        done.join(timeout=2)
        assert not done.is_alive()
    until(house.at_rest)


def test_a_spool_that_lost_a_file_asks_for_it_again_instead_of_sending_less(house: House) -> None:
    offer = house.wanted_offer(3)
    house.patch(offer, 0, b"abc")
    next(house.folder.iterdir()).unlink()
    with house.begin_get("준", offer) as down:
        assert down.head()[0] == 200
        assert down.rest() == b""
    house.await_state("준", offer, "failed")
    house.answer("준", offer, True)
    assert house.head(offer).offset == 0
    assert "is lost" in house.errors.said.pop()


def _fill_spool(house: House, offer: str, size: int) -> None:
    with house.begin_patch(offer, 0, size) as up:
        for _ in range(0, size, 2**20):
            up.send(bytes(2**20))
        assert up.head()[0] == 204
