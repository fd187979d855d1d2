"""Rooms are found on the network, by two computers on a cable of their own."""

from collections.abc import Iterator

import pytest
from msgspec.structs import replace
from zeroconf import ServiceInfo

from chatapp.lan import discovery
from chatapp.lan.discovery import SERVICE, FoundRoom, Sign
from tests.lan.network import HERE, PATIENCE, Announcer, Network, Seeker

CLASS = Sign("k3Jf0a", "네트워크 실습실", pin=False, locked=False)


@pytest.fixture
def network() -> Iterator[Network]:
    with Network() as made:
        yield made


def test_a_room_is_found_while_it_is_open_with_what_it_says_of_itself_now(network: Network) -> None:
    room = Announcer(network, CLASS)
    seeker = Seeker(network)
    seeker.sees(FoundRoom(CLASS, f"{HERE}:27272"))

    guarded = replace(CLASS, title="3반 모둠 활동", pin=True)
    room.says(guarded)
    seeker.sees(FoundRoom(guarded, f"{HERE}:27272"))

    room.closes()
    seeker.sees()


def test_a_room_that_opens_later_comes_to_who_is_looking_already(network: Network) -> None:
    seeker = Seeker(network)
    seeker.sees()

    Announcer(network, CLASS, port=5050)

    seeker.sees(FoundRoom(CLASS, f"{HERE}:5050"))


def test_the_program_announces_its_room_when_it_is_asked_to_and_takes_it_back_at_its_end(network: Network) -> None:
    seeker = Seeker(network)
    told = ["--announce", "--title", "네트워크 실습실", "--pin", "4821"]
    program = network.start(0, "chatapp", "host", "--no-window", *told)
    (room,) = seeker.waits_for(lambda rooms: len(rooms) == 1)
    assert (room.sign.title, room.sign.pin, room.address) == ("네트워크 실습실", True, f"{HERE}:27272")

    program.terminate()

    seeker.sees()
    assert program.wait(PATIENCE) == 0


def test_a_title_of_the_greatest_length_fits_into_its_record(network: Network) -> None:
    longest = replace(CLASS, title="🧑‍🚀" * 20)

    Announcer(network, longest)

    Seeker(network).sees(FoundRoom(longest, f"{HERE}:27272"))


@pytest.mark.parametrize(
    "said",
    [
        {"v": "2"},
        {"id": "a b"},
        {"id": "x" * 65},
        {"title": ""},
        {"title": "t" * 61},
        {"title": "\u202e\ue000"},
    ],
    ids=str,
)
def test_what_is_no_room_of_ours_is_not_listed(said: dict[str, str]) -> None:
    good: dict[str, str] = {"v": "1", "id": "k3Jf0a", "title": "1반", "pin": "0", "locked": "0"}
    assert discovery._found(service(good)) == FoundRoom(Sign("k3Jf0a", "1반", False, False), "10.1.2.3:27272")

    assert discovery._found(service(good | said)) is None


def service(said: dict[str, str]) -> ServiceInfo:
    return ServiceInfo(SERVICE, f"x.{SERVICE}", port=27272, properties=said, parsed_addresses=["10.1.2.3"])


def test_an_address_on_this_computers_own_network_comes_first() -> None:
    assert discovery._nearest(["198.51.100.7", "127.0.0.9"]) == "127.0.0.9"
    assert discovery._nearest(["198.51.100.7", "203.0.113.9"]) == "198.51.100.7"
