"""join: what it carries, who may, and what comes of it."""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.contract.conftest import OwnRoom
from tests.contract.people import Company, Person, fresh_token

MEMBER = {"id", "name", "colour", "online", "host"}
ROOM = {"id", "title", "epoch", "head", "pin", "locked", "limits"}
DEFAULT_LIMITS = {
    "name_chars": 24,
    "name_bytes": 96,
    "text_chars": 4000,
    "frame_bytes": 4194304,
    "inline_bytes": 65536,
    "image_bytes": 2097152,
    "image_pixels": 40000000,
    "page_entries": 100,
    "page_bytes": 2097152,
    "offer_files": 100,
    "members": 500,
    "rate": 20,
    "burst": 40,
}
WITHOUT_A_SEAT: dict[str, dict[str, object]] = {
    "say": {"mid": 1, "text": "안녕"},
    "show": {"mid": 1, "image": "data:image/png;base64,AAAA"},
    "offer": {"mid": 1, "files": [{"name": "a", "size": 1, "type": ""}]},
    "answer": {"offer": "x", "accept": True},
    "withdraw": {"offer": "x"},
    "rename": {"name": "준"},
    "history": {},
    "picture": {"id": "x"},
    "typing": {},
    "leave": {},
    "remove": {"member": "x"},
    "configure": {"locked": True},
    "close": {},
}


def test_the_ack_carries_you_room_members_entries_offers_and_last_mid(room: Company) -> None:
    welcome = room.arrives().joins("민지")

    assert set(welcome) == {"ok", "you", "room", "members", "entries", "offers", "last_mid"}
    assert set(welcome["you"]) == MEMBER
    assert welcome["you"] in welcome["members"]
    assert set(welcome["room"]) == ROOM
    assert welcome["you"]["online"] is True
    assert welcome["you"]["host"] is False
    assert 0 <= welcome["you"]["colour"] <= 17
    assert welcome["last_mid"] == 0


def test_the_limits_have_their_defaults_and_the_room_left_for_files(room: Company) -> None:
    limits = room.arrives().joins("민지")["room"]["limits"]

    assert {name: value for name, value in limits.items() if name != "free_bytes"} == DEFAULT_LIMITS
    assert type(limits["free_bytes"]) is int
    assert limits["free_bytes"] > 0


def test_the_newest_entry_of_the_ack_is_the_rooms_head(room: Company) -> None:
    welcome = room.arrives().joins("민지")

    assert welcome["entries"][-1]["seq"] == welcome["room"]["head"]
    assert welcome["entries"][-1]["kind"] == "joined"
    assert welcome["entries"][-1]["by"] == welcome["you"]["id"]


def test_the_host_alone_is_told_the_addresses(room: Company) -> None:
    host = room.host()

    assert host.welcome["you"]["host"] is True
    assert all(address.startswith("http://") for address in host.welcome["addresses"])
    assert "addresses" not in room.enters("민지").welcome


@pytest.mark.parametrize("command", WITHOUT_A_SEAT)
def test_who_has_not_joined_can_do_nothing_else(room: Company, command: str) -> None:
    assert room.arrives().code_of(command, **WITHOUT_A_SEAT[command]) == "not-joined"


def test_who_has_not_joined_gets_no_event(room: Company) -> None:
    stranger = room.arrives()
    minji = room.enters("민지")
    minji.says("비밀")
    minji.does("typing")

    assert stranger.code_of("history") == "not-joined"

    assert [what for what, _ in stranger.timeline] == ["ack"]


def test_no_event_comes_before_the_ack_of_a_join(room: Company) -> None:
    minji = room.enters("민지")
    for number in range(8):
        words = [minji.sends("say", {"mid": minji.next_mid(), "text": "빨리"}) for _ in range(4)]
        newcomer = room.arrives()
        newcomer.sends("join", {"token": newcomer.token, "name": f"준 {number}"}).answer()
        for word in words:
            assert word.answer()["ok"]

        assert newcomer.timeline[0][0] == "ack"
        head = newcomer.timeline[0][1]["room"]["head"]
        newcomer.does("history", limit=1)
        told = [entry["seq"] for entry in newcomer.heard("posted") if entry["seq"] > head]
        assert told == list(range(head + 1, head + 1 + len(told)))
        newcomer.does("leave")


@pytest.mark.parametrize("token", ["", "short", "x" * 21, "x" * 40 + "!", "가" * 30, 5, None, True])
def test_a_token_that_is_not_one_is_malformed(room: Company, token: object) -> None:
    ack = room.arrives().asks("join", token=token, name="민지")

    assert ack["code"] == "malformed"
    assert "token" in ack["at"]


def test_the_same_token_is_the_same_member_from_any_number_of_sockets(room: Company) -> None:
    laptop = room.enters("민지")
    phone = room.enters("다른 이름", laptop.token)

    assert phone.welcome["you"] == laptop.welcome["you"]
    assert [each["id"] for each in phone.welcome["members"]].count(laptop.id) == 1
    assert phone.welcome["room"]["head"] == laptop.welcome["room"]["head"]


def test_a_second_join_with_the_same_token_is_a_resync(room: Company) -> None:
    minji, jun = room.enters("민지"), room.enters("준")
    seen = jun.welcome["room"]
    minji.says("하나")
    minji.says("둘")

    again = jun.does("join", token=jun.token, name="준", since=seen["head"], epoch=seen["epoch"])

    assert [entry["text"] for entry in again["entries"]] == ["하나", "둘"]
    assert again["you"]["id"] == jun.id


def test_a_second_join_with_another_token_is_malformed(room: Company) -> None:
    minji = room.enters("민지")

    assert minji.code_of("join", token=fresh_token(), name="민지 2") == "malformed"
    assert minji.says("아직 나") > 0


def test_since_with_the_current_epoch_brings_the_oldest_entries_after_it(room: Company) -> None:
    minji = room.enters("민지")
    first, second = minji.says("하나"), minji.says("둘")
    epoch = minji.welcome["room"]["epoch"]

    def entries(**fields: object) -> list[int]:
        ack = room.arrives(minji.token).does("join", token=minji.token, name="민지", **fields)
        return [entry["seq"] for entry in ack["entries"]]

    assert entries(since=first, epoch=epoch) == [second]
    assert entries(since=second, epoch=epoch) == []
    assert entries(since=0, epoch=epoch)[0] == 1


def test_since_beyond_head_or_of_another_epoch_or_without_one_brings_the_newest_page(room: Company) -> None:
    minji = room.enters("민지")
    head = minji.says("하나")
    epoch = minji.welcome["room"]["epoch"]
    newest = minji.reads()

    for fields in ({"since": head + 1, "epoch": epoch}, {"since": head, "epoch": "other"}, {"since": head}):
        ack = room.arrives(minji.token).does("join", token=minji.token, name="민지", **fields)
        assert ack["entries"] == newest, fields


@pytest.mark.parametrize("outbox", ["", "x" * 33, "a b", "가", 1, None])
def test_an_outbox_is_1_to_32_of_the_id_characters(room: Company, outbox: object) -> None:
    assert room.arrives().code_of("join", token=fresh_token(), name="민지", outbox=outbox) == "malformed"


@pytest.mark.parametrize(
    "forms",
    [
        ["Kim", "kim", "ＫＩＭ", "  KIM ", "kIm", "Kim"],
        ["철수", unicodedata.normalize("NFD", "철수"), "철수 ", "\u3000철수", "철수", "\t철수"],
        ["cop", "\u0441\u043e\u0440", "COP", "\u0421\u041e\u0420", "ｃｏｐ", "cop"],
    ],
    ids=["Kim", "철수", "Latin and Cyrillic"],
)
def test_of_look_alike_names_that_join_at_the_same_instant_one_gets_in(room: Company, forms: list[str]) -> None:
    people = [room.arrives() for _ in forms]
    start = threading.Barrier(len(forms))

    def joins(person: Person, form: str) -> str:
        start.wait()
        return str(person.asks("join", token=person.token, name=form).get("code", "in"))

    with ThreadPoolExecutor(len(forms)) as threads:
        outcomes = list(threads.map(joins, people, forms))

    assert sorted(outcomes) == ["in"] + ["name-taken"] * 5


def test_unknown_fields_are_ignored(room: Company) -> None:
    minji = room.arrives()

    minji.joins("민지", colour=99, host=True, shoe_size=245)

    assert minji.welcome["you"]["host"] is False


@pytest.fixture
def host(room: Company) -> Iterator[Person]:
    """The host; the room is open again when the test ends."""
    host = room.host()
    yield host
    host.does("configure", pin=None, locked=False)


def test_a_room_with_a_pin_asks_strangers_for_it_and_known_tokens_not(room: Company, host: Person) -> None:
    host.does("configure", pin="2468")
    minji = room.arrives()

    assert minji.code_of("join", token=minji.token, name="민지") == "pin-required"
    assert minji.code_of("join", token=minji.token, name="민지", pin="1357") == "pin-wrong"
    assert minji.joins("민지", pin="2468")["room"]["pin"] is True
    assert room.enters("민지", minji.token).id == minji.id


def test_after_10_wrong_pins_in_a_minute_an_address_is_slowed_down(own_room: OwnRoom) -> None:
    room = own_room("--pin", "2468")
    guesser = room.arrives()

    codes = [guesser.code_of("join", token=fresh_token(), name="민지", pin=f"{n:04}") for n in range(10)]
    ack = guesser.asks("join", token=guesser.token, name="민지", pin="2468")

    assert codes == ["pin-wrong"] * 10
    assert ack["code"] == "slow-down"
    assert 0 < ack["retry_ms"] <= 60_000


def test_a_locked_room_lets_in_known_tokens_alone(room: Company, host: Person) -> None:
    minji = room.enters("민지")
    host.does("configure", locked=True)

    assert room.arrives().code_of("join", token=fresh_token(), name="준") == "room-locked"
    assert room.enters("민지", minji.token).id == minji.id


def test_a_full_room_lets_in_known_tokens_alone(own_room: OwnRoom) -> None:
    room = own_room("--members", "2")
    minji = room.enters("민지")
    room.enters("준")

    assert minji.welcome["room"]["limits"]["members"] == 2
    assert room.arrives().code_of("join", token=fresh_token(), name="Sora") == "room-full"
    assert room.enters("민지", minji.token).id == minji.id


def test_the_token_is_known_in_one_room_only_and_its_member_id_does_not_tell_it(room: Company) -> None:
    minji = room.enters("민지")

    assert minji.token not in str(minji.welcome)


def test_sixty_people_who_join_at_once_all_get_in(room: Company) -> None:
    people = [room.arrives() for _ in range(60)]

    asked = [person.sends("join", {"token": person.token, "name": f"사람 {n}"}) for n, person in enumerate(people)]
    acks = [each.answer() for each in asked]

    assert [ack["ok"] for ack in acks] == [True] * 60
    assert len({ack["you"]["id"] for ack in acks}) == 60
