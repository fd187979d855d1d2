"""Offers: one to many, each answers for itself, and no byte moves before somebody has accepted."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.contract.people import Company, Json, Person
from tests.contract.transfers import Download, give, take, ticket_of
from tests.contract.wire import TUS, patch, request
from tests.server_process import ServerProcess

OFFER = {
    "id",
    "by",
    "files",
    "at",
    "expires_at",
    "state",
    "mine",
    "downloads",
    "uploads",
    "ledger",
    # Additions to the contract.
    "zip",
    "hashes",
}
FILE = ("과제.pdf", 5)
BYTES = b"12345"


def state_of(sender: Person, offer: Json, member: Person) -> str:
    return str(sender.sees(offer)["ledger"][member.id]["state"])


def test_the_sender_sees_its_offer_with_a_ledger_and_nothing_of_its_own(room: Company) -> None:
    minji, jun = room.enters("민지"), room.enters("준")

    offer = minji.offers(FILE)

    assert set(offer) == OFFER
    assert offer["files"] == [{"name": "과제.pdf", "size": 5, "type": "application/pdf"}]
    assert (offer["by"], offer["state"], offer["mine"]) == (minji.id, "open", None)
    assert offer["downloads"] == offer["uploads"] == []
    assert offer["ledger"][jun.id] == {"state": "pending", "bytes": 0}
    assert minji.id not in offer["ledger"]
    assert offer["expires_at"] > offer["at"]


def test_an_offer_is_for_everyone_and_for_those_who_join_while_it_is_open(room: Company) -> None:
    minji, jun = room.enters("민지"), room.enters("준")
    offer = minji.offers(FILE)
    sora = room.enters("Sora")

    for person in (jun, sora):
        seen = person.sees(offer)
        assert set(seen) == OFFER
        assert (seen["mine"], seen["downloads"], seen["uploads"], seen["ledger"]) == ("pending", [], [], None)
    assert state_of(minji, offer, sora) == "pending"


def test_accepting_gives_the_downloads_and_declining_none(room: Company) -> None:
    minji, jun, sora = room.enters("민지"), room.enters("준"), room.enters("Sora")
    offer = minji.offers(("a.txt", 1), ("b.txt", 2))

    accepted, declined = jun.accepts(offer), sora.declines(offer)

    assert (accepted["mine"], [each["file"] for each in accepted["downloads"]]) == ("accepted", [0, 1])
    assert all(each["url"].startswith("/downloads/") for each in accepted["downloads"])
    assert (declined["mine"], declined["downloads"]) == ("declined", [])
    assert state_of(minji, offer, jun) == "accepted"
    assert state_of(minji, offer, sora) == "declined"


def test_an_answer_may_be_changed_until_it_is_received(room: Company) -> None:
    minji, jun = room.enters("민지"), room.enters("준")
    offer = minji.offers(FILE)

    assert jun.declines(offer)["mine"] == "declined"
    assert jun.accepts(offer)["mine"] == "accepted"
    assert jun.declines(offer)["downloads"] == []
    assert jun.accepts(offer)["mine"] == "accepted"
    give(minji, offer, BYTES)
    take(jun, offer)

    assert jun.sees(offer)["mine"] == "received"
    assert jun.asks("answer", offer=offer["id"], accept=False).get("offer", {}).get("mine") in {
        None,
        "received",
    }
    assert jun.sees(offer)["mine"] == "received"


def test_an_answer_is_told_to_the_sender_and_to_all_sockets_of_that_member_alone(room: Company) -> None:
    minji, laptop, sora = room.enters("민지"), room.enters("준"), room.enters("Sora")
    phone = room.enters("준", laptop.token)
    offer = minji.offers(FILE)

    laptop.accepts(offer)
    for person in (minji, phone, sora):
        person.settles()

    told = {"offer": offer["id"], "member": laptop.id, "state": "accepted", "bytes": 0}
    assert minji.heard("offer-answered") == phone.heard("offer-answered") == [told]
    assert sora.heard("offer-answered") == []


def test_the_upload_is_wanted_of_the_sender_alone_and_on_the_first_acceptance_alone(room: Company) -> None:
    minji, jun, sora = room.enters("민지"), room.enters("준"), room.enters("Sora")
    offer = minji.offers(FILE)
    minji.settles()
    assert minji.heard("upload-wanted") == []

    jun.accepts(offer)
    sora.accepts(offer)
    for person in (minji, jun, sora):
        person.settles()

    wanted = minji.heard("upload-wanted")
    assert [each["offer"] for each in wanted] == [offer["id"]]
    assert [each["file"] for each in wanted[0]["uploads"]] == [0]
    assert wanted[0]["uploads"][0]["url"].startswith("/uploads/")
    assert minji.sees(offer)["uploads"] == wanted[0]["uploads"]
    assert jun.heard("upload-wanted") == sora.heard("upload-wanted") == []


def test_a_transfer_goes_from_accepted_through_receiving_to_received(room: Company) -> None:
    minji, jun = room.enters("민지"), room.enters("준")
    offer = minji.offers(("a.txt", 3), ("b.txt", 2))
    jun.accepts(offer)
    give(minji, offer, b"abc", b"de")

    assert take(jun, offer, 0) == b"abc"
    jun.hears("offer-answered", lambda told: told["state"] == "receiving")
    assert take(jun, offer, 1) == b"de"

    told = minji.hears("offer-answered", lambda told: told["state"] == "received")
    assert told == {"offer": offer["id"], "member": jun.id, "state": "received", "bytes": 5}
    seen = jun.sees(offer)
    assert seen["mine"] == "received"
    assert len(seen["downloads"]) == 2
    assert minji.sees(offer)["ledger"][jun.id] == {"state": "received", "bytes": 5}


def test_a_lost_upload_fails_for_all_who_wait_and_is_wanted_again_on_acceptance(room: Company) -> None:
    minji, jun, sora = room.enters("민지"), room.enters("준"), room.enters("Sora")
    offer = minji.offers(FILE)
    jun.accepts(offer)
    url = minji.hears("upload-wanted")["uploads"][0]["url"]

    assert request(room.url, "DELETE", url, TUS).status == 204

    assert jun.hears("offer-answered", lambda told: told["state"] == "failed")["member"] == jun.id
    assert jun.sees(offer)["mine"] == "failed"
    assert state_of(minji, offer, sora) == "pending"
    minji.forgets()
    assert jun.accepts(offer)["mine"] == "accepted"
    minji.hears("upload-wanted", lambda wanted: wanted["offer"] == offer["id"])
    give(minji, offer, BYTES)
    assert take(jun, offer) == BYTES


def test_withdrawing_closes_the_offer_for_everyone(room: Company) -> None:
    minji, jun = room.enters("민지"), room.enters("준")
    offer = minji.offers(FILE)
    tickets = jun.accepts(offer)["downloads"]

    ack = minji.does("withdraw", offer=offer["id"])

    assert set(ack) == {"ok", "offer"}
    assert (ack["offer"]["state"], ack["offer"]["uploads"]) == ("withdrawn", [])
    changed = {"offer": offer["id"], "state": "withdrawn"}
    assert jun.hears("offer-changed") == minji.hears("offer-changed") == changed
    assert request(room.url, "GET", tickets[0]["url"]).code == "offer-closed"
    for accept in (True, False):
        assert jun.code_of("answer", offer=offer["id"], accept=accept) == "offer-closed"
    assert minji.code_of("withdraw", offer=offer["id"]) == "offer-closed"


def test_an_offer_is_withdrawn_by_its_sender_and_answered_by_the_others(room: Company) -> None:
    minji, jun = room.enters("민지"), room.enters("준")
    offer = minji.offers(FILE)

    assert jun.code_of("withdraw", offer=offer["id"]) == "not-yours"
    assert minji.code_of("answer", offer=offer["id"], accept=True) == "not-yours"
    assert jun.code_of("answer", offer="nothing", accept=True) == "unknown-offer"
    assert jun.code_of("withdraw", offer="nothing") == "unknown-offer"
    assert jun.code_of("answer", offer=offer["id"], accept="yes") == "malformed"
    assert jun.code_of("answer", offer=offer["id"], accept=1) == "malformed"
    assert jun.code_of("answer", offer=offer["id"]) == "malformed"


def test_a_sender_who_leaves_closes_its_offers_and_one_who_is_offline_does_not(room: Company) -> None:
    jun, minji = room.enters("준"), room.enters("민지")
    offer = minji.offers(FILE)

    minji.cuts()
    jun.hears("member-changed", lambda member: member["id"] == minji.id and not member["online"])
    assert jun.accepts(offer)["state"] == "open"

    back = room.enters("민지", minji.token)
    assert back.sees(offer)["uploads"] != []
    back.does("leave")
    assert jun.hears("offer-changed") == {"offer": offer["id"], "state": "sender-left"}
    assert jun.code_of("answer", offer=offer["id"], accept=False) == "offer-closed"


def test_a_recipient_who_leaves_is_gone_unless_it_has_received(room: Company) -> None:
    minji, jun, sora = room.enters("민지"), room.enters("준"), room.enters("Sora")
    offer = minji.offers(FILE)
    ticket = jun.accepts(offer)["downloads"][0]["url"]
    sora.accepts(offer)
    give(minji, offer, BYTES)
    take(sora, offer)

    jun.does("leave")
    sora.does("leave")

    assert minji.hears("offer-answered", lambda told: told["state"] == "gone")["member"] == jun.id
    assert state_of(minji, offer, jun) == "gone"
    assert state_of(minji, offer, sora) == "received"
    assert request(room.url, "GET", ticket).code == "offer-closed"


def test_an_offer_is_of_1_to_100_files(room: Company) -> None:
    minji = room.enters("민지")

    assert len(minji.offers(*[(f"{n}.txt", n) for n in range(100)])["files"]) == 100
    files = [{"name": f"{n}", "size": n, "type": ""} for n in range(101)]
    assert minji.code_of("offer", mid=2, files=files) == "too-many-files"


def test_files_larger_than_the_room_that_is_left_are_refused(room: Company) -> None:
    minji = room.enters("민지")
    free = minji.welcome["room"]["limits"]["free_bytes"]
    files = [{"name": "a", "size": free, "type": ""}, {"name": "b", "size": free, "type": ""}]

    assert minji.code_of("offer", mid=1, files=files) == "file-size"


@pytest.fixture(scope="module")
def short_offers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    server = ServerProcess("--offer-ttl", "1", data=tmp_path_factory.mktemp("ttl"))
    yield server
    server.stop()


def test_expiry_ends_new_answers_and_what_is_being_received_goes_on(short_offers: ServerProcess) -> None:
    room = Company(short_offers)
    minji, jun, sora = room.enters("민지"), room.enters("준"), room.enters("Sora")
    offer = minji.offers(FILE)
    jun.accepts(offer)
    upload = minji.hears("upload-wanted")["uploads"][0]["url"]
    assert patch(room.url, upload, 0, BYTES[:2]).status == 204
    download = Download(room.url, ticket_of(jun, offer))
    assert download.reads(2) == BYTES[:2]

    assert jun.hears("offer-changed") == {"offer": offer["id"], "state": "expired"}

    assert offer["expires_at"] - offer["at"] == 1000
    assert sora.code_of("answer", offer=offer["id"], accept=True) == "offer-closed"
    assert patch(room.url, upload, 2, BYTES[2:]).status == 204
    assert download.reads(3) == BYTES[2:]
    assert minji.hears("offer-answered", lambda told: told["state"] == "received")["member"] == jun.id
    download.closes()
    room.all_go()


def test_the_progress_of_a_transfer_is_told_at_most_four_times_a_second(room: Company) -> None:
    minji, jun = room.enters("민지"), room.enters("준")
    size = 16 * 2**20
    offer = minji.offers(("big.bin", size))
    jun.accepts(offer)
    give(minji, offer, bytes(size))
    begin = time.monotonic()

    assert len(take(jun, offer)) == size

    minji.hears("offer-answered", lambda told: told["state"] == "received")
    seconds = time.monotonic() - begin
    told = [each["bytes"] for each in minji.heard("offer-answered") if each["state"] == "receiving"]
    assert told == sorted(told)
    # The change to receiving itself is told as well.
    assert len(told) <= 2 + 4 * seconds
