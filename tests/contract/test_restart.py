"""--data holds everything: whatever was acknowledged is there after an end of any kind."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

import pytest
import socketio

from tests.contract.conftest import OwnRoom
from tests.contract.people import Asked, Company, Json, Person
from tests.contract.pictures import data_url, png
from tests.contract.transfers import give, take
from tests.contract.wire import request
from tests.server_process import ServerProcess

HOW = ["kill", pytest.param("stop", marks=pytest.mark.skipif(os.name != "posix", reason="needs SIGTERM"))]


@dataclass(frozen=True)
class Before:
    """What was true in the room before its program ended, and the program that goes on."""

    again: ServerProcess
    minji: Person
    jun: Person
    removed: Person
    host_token: str
    entries: list[Json]
    picture: str
    said: Json
    offer: Json
    closed: Json
    closed_ticket: str


@pytest.fixture(scope="module", params=HOW)
def before(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Before]:
    """A room with something of everything, and another run of its program after a kill or an orderly stop."""
    server = ServerProcess(data=tmp_path_factory.mktemp("restart"))
    company = Company(server)
    host, removed = company.host(), company.enters("Alex")
    minji, jun = company.enters("민지"), company.enters("준")
    said = minji.does("say", mid=minji.next_mid(), text="하나")
    assert minji.code_of("say", mid=minji.next_mid(), text=" ") == "text-empty"
    shown = minji.shows(data_url(png(200, 100, 60_000)))
    offer, closed = minji.offers(("a.txt", 3)), minji.offers(("b.txt", 3))
    jun.accepts(offer)
    ticket = jun.accepts(closed)["downloads"][0]["url"]
    minji.does("withdraw", offer=closed["id"])
    jun.does("rename", name="준 씨")
    host.does("configure", pin="2468", locked=True, title="우리 반")
    host.does("remove", member=removed.id)
    entries = jun.reads()
    picture = jun.does("picture", id=next(each["id"] for each in entries if each["seq"] == shown))["image"]
    if request.param == "kill":
        server.kill()
    else:
        server.stop()
    for person in company.people:
        person.closes()
    again = server.again()
    yield Before(again, minji, jun, removed, server.host_token, entries, picture, said, offer, closed, ticket)
    again.stop()


@pytest.fixture
def room(before: Before) -> Iterator[Company]:
    """The people come back; none leaves at the end, for another test will want to find the seats held."""
    company = Company(before.again)
    yield company
    for person in company.people:
        person.closes()


def test_the_list_the_epoch_and_the_rooms_id_are_the_same(before: Before, room: Company) -> None:
    epoch = before.jun.welcome["room"]["epoch"]

    back = room.enters("준", before.jun.token, since=0, epoch=epoch)

    assert back.welcome["entries"] == before.entries
    assert back.welcome["room"]["epoch"] == epoch
    assert back.welcome["room"]["id"] == before.jun.welcome["room"]["id"]
    shown = next(each for each in before.entries if each["kind"] == "shown")
    assert back.does("picture", id=shown["id"])["image"] == before.picture


def test_who_comes_back_within_the_grace_period_has_its_seat_without_a_notice(before: Before, room: Company) -> None:
    back = room.enters("누구", before.minji.token)

    assert back.welcome["you"] == before.minji.welcome["you"]
    assert back.welcome["room"]["head"] == before.entries[-1]["seq"]
    others = {member["name"]: member["online"] for member in back.welcome["members"] if member["id"] != back.id}
    assert others == {"준 씨": False, "주인": False}


def test_mids_are_remembered_with_their_answers(before: Before, room: Company) -> None:
    back = room.enters("민지", before.minji.token)

    assert back.welcome["last_mid"] == before.minji.mid
    assert back.asks("say", mid=1, text="하나") == before.said
    assert back.code_of("say", mid=2, text="좋은 말") == "text-empty"
    assert back.asks("say", mid=9, text="x") == {"ok": False, "code": "gap", "expected": before.minji.mid + 1}
    assert back.does("history", limit=1)["head"] == before.entries[-1]["seq"]


def test_an_open_offer_goes_on(before: Before, room: Company) -> None:
    sender, recipient = room.enters("민지", before.minji.token), room.enters("준", before.jun.token)
    if recipient.sees(before.offer)["mine"] == "failed":
        recipient.accepts(before.offer)

    give(sender, before.offer, b"abc")

    assert take(recipient, before.offer) == b"abc"
    assert sender.hears("offer-answered", lambda told: told["state"] == "received")


def test_a_closed_offer_stays_closed(before: Before, room: Company) -> None:
    recipient = room.enters("준", before.jun.token)

    assert recipient.code_of("answer", offer=before.closed["id"], accept=True) == "offer-closed"
    assert request(room.url, "GET", before.closed_ticket).code == "offer-closed"


def test_the_hosts_token_the_settings_and_a_removal_outlive_the_program(before: Before, room: Company) -> None:
    assert before.again.host_token == before.host_token
    assert room.host().welcome["you"]["host"] is True
    stranger = room.arrives()
    assert stranger.code_of("join", token=before.removed.token, name="Alex", pin="2468") == "was-removed"
    assert stranger.code_of("join", token=stranger.token, name="Alex", pin="2468") == "room-locked"
    said = request(room.url, "GET", "/healthz").json()["room"]
    assert (said["title"], said["pin"], said["locked"]) == ("우리 반", True, True)


def test_another_room_has_another_epoch_and_another_id(before: Before, server: ServerProcess) -> None:
    person = Person(server.url)
    other = person.joins("민지")["room"]

    assert other["id"] != before.jun.welcome["room"]["id"]
    assert other["epoch"] != before.jun.welcome["room"]["epoch"]
    person.goes()


def test_after_a_restart_the_grace_period_begins_anew(own_room: OwnRoom) -> None:
    room = own_room("--grace", "2")
    minji, jun = room.enters("민지"), room.enters("준")
    room.server.kill()
    again = Company(room.server.again())

    back = again.enters("준", jun.token)

    left = back.hears("posted", lambda entry: entry["kind"] == "left")
    assert (left["by"], left["name"]) == (minji.id, "민지")
    again.all_go()
    again.server.stop()


class Talker:
    """Somebody with an outbox, as a client keeps one: what is not acknowledged is said again."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.texts: list[str] = []
        self.acked = 0

    def talks(self, count: int) -> None:
        """Say some things, pipelined, whatever becomes of them."""
        self.texts += [f"{self.person.id} {len(self.texts) + n}" for n in range(count)]
        with suppress(socketio.exceptions.SocketIOError):
            self.send_what_is_not_acked()

    def send_what_is_not_acked(self) -> list[Asked]:
        waiting = list(enumerate(self.texts, 1))[self.acked :]
        return [self.person.sends("say", {"mid": mid, "text": text}) for mid, text in waiting]

    def comes_back(self, url: str) -> None:
        """Join again, and say again what was not acknowledged, until all of it is."""
        heard, welcome = self.person.heard("posted"), self.person.welcome
        where = {"since": heard[-1]["seq"] if heard else 0, "epoch": welcome["room"]["epoch"]}
        self.person.closes()
        self.person = Person(url, self.person.token)
        self.acked = self.person.joins(welcome["you"]["name"], **where)["last_mid"]
        for mid, text in list(enumerate(self.texts, 1))[self.acked :]:
            self.person.patiently("say", mid=mid, text=text)
        self.acked = len(self.texts)


def test_through_kills_nothing_is_lost_doubled_or_out_of_order(own_room: OwnRoom) -> None:
    room = own_room()
    talkers = [Talker(room.enters(name)) for name in ("민지", "준", "Sora")]
    runs = [room.server]

    for _ in range(3):
        seen = len(talkers[0].person.heard("posted"))
        for talker in talkers:
            talker.talks(12)
        talkers[0].person.hears_more("posted", seen + 5)
        runs[-1].kill()
        runs.append(runs[-1].again())
        for talker in talkers:
            talker.comes_back(runs[-1].url)

    log = talkers[0].person.reads_all()
    assert [entry["seq"] for entry in log] == list(range(1, len(log) + 1))
    assert [entry["kind"] for entry in log if entry["kind"] != "said"] == ["joined"] * 3
    for talker in talkers:
        texts = [entry["text"] for entry in log if entry["by"] == talker.person.id and "text" in entry]
        assert texts == talker.texts
        talker.person.goes()
    runs[-1].stop()
