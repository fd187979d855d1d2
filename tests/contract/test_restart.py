"""--data holds everything: whatever was acknowledged is there after an end of any kind."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
import socketio

from tests.conftest import OpenRoom
from tests.contract.conftest import OwnRoom
from tests.contract.people import Asked, Company, Person
from tests.contract.pictures import data_url, png
from tests.contract.transfers import give, take
from tests.contract.wire import request
from tests.server_process import ServerProcess

HOW = ["kill", pytest.param("stop", marks=pytest.mark.skipif(os.name != "posix", reason="needs SIGTERM"))]


@contextmanager
def after_an_end(room: Company, how: str = "kill") -> Iterator[Company]:
    """The same room, in another run of the program."""
    if how == "kill":
        room.server.kill()
    else:
        room.server.stop()
    for person in room.people:
        person.closes()
    again = Company(room.server.again())
    yield again
    again.all_go()
    again.server.stop()


@pytest.mark.parametrize("how", HOW)
def test_the_list_the_epoch_and_the_rooms_id_are_the_same(own_room: OwnRoom, how: str) -> None:
    room = own_room("--title", "우리 반")
    minji, jun = room.enters("민지"), room.enters("준")
    minji.says("하나")
    minji.shows(data_url(png(200, 100, 60_000)))
    jun.does("rename", name="준 씨")
    before = jun.reads()
    picture = jun.does("picture", id=before[-2]["id"])["image"]

    with after_an_end(room, how) as again:
        back = again.enters("준", jun.token, since=0, epoch=jun.welcome["room"]["epoch"])

        assert back.welcome["entries"] == before
        assert back.welcome["room"]["epoch"] == jun.welcome["room"]["epoch"]
        assert back.welcome["room"]["id"] == jun.welcome["room"]["id"]
        assert back.welcome["room"]["title"] == "우리 반"
        assert back.does("picture", id=before[-2]["id"])["image"] == picture


@pytest.mark.parametrize("how", HOW)
def test_who_comes_back_within_the_grace_period_has_its_seat_without_a_notice(own_room: OwnRoom, how: str) -> None:
    room = own_room()
    minji, jun = room.enters("민지"), room.enters("준")
    head = jun.does("history", limit=1)["head"]

    with after_an_end(room, how) as again:
        back = again.enters("누구", minji.token)

        assert back.welcome["you"] == minji.welcome["you"]
        assert back.welcome["room"]["head"] == head
        assert [(member["name"], member["online"]) for member in back.welcome["members"] if member["id"] == jun.id] == [
            ("준", False)
        ]


def test_after_a_restart_the_grace_period_begins_anew(own_room: OwnRoom) -> None:
    room = own_room("--grace", "2")
    minji, jun = room.enters("민지"), room.enters("준")

    with after_an_end(room) as again:
        back = again.enters("준", jun.token)

        left = back.hears("posted", lambda entry: entry["kind"] == "left")
        assert (left["by"], left["name"]) == (minji.id, "민지")


def test_mids_are_remembered_with_their_answers(own_room: OwnRoom) -> None:
    room = own_room()
    minji = room.enters("민지")
    said = minji.does("say", mid=1, text="하나")
    assert minji.code_of("say", mid=2, text=" ") == "text-empty"
    offered = minji.does("offer", mid=3, files=[{"name": "a", "size": 1, "type": ""}])

    with after_an_end(room) as again:
        back = again.enters("민지", minji.token)

        assert back.welcome["last_mid"] == 3
        assert back.asks("say", mid=1, text="하나") == said
        assert back.code_of("say", mid=2, text="좋은 말") == "text-empty"
        assert back.does("say", mid=3, text="x")["seq"] == offered["seq"]
        assert back.asks("say", mid=5, text="x")["expected"] == 4
        assert back.does("history", limit=1)["head"] == offered["seq"]


def test_an_open_offer_goes_on_and_a_closed_one_stays_closed(own_room: OwnRoom) -> None:
    room = own_room()
    minji, jun = room.enters("민지"), room.enters("준")
    offer, closed = minji.offers(("a.txt", 3)), minji.offers(("b.txt", 3))
    jun.accepts(offer)
    ticket = jun.accepts(closed)["downloads"][0]["url"]
    minji.does("withdraw", offer=closed["id"])

    with after_an_end(room) as again:
        sender, recipient = again.enters("민지", minji.token), again.enters("준", jun.token)
        if recipient.sees(offer)["mine"] == "failed":
            recipient.accepts(offer)
        give(sender, offer, b"abc")
        assert take(recipient, offer) == b"abc"
        assert recipient.code_of("answer", offer=closed["id"], accept=True) == "offer-closed"
        assert request(again.url, "GET", ticket).code == "offer-closed"


def test_the_hosts_token_the_settings_and_a_removal_outlive_the_program(own_room: OwnRoom) -> None:
    room = own_room()
    host, minji = room.host(), room.enters("민지")
    host.does("configure", pin="2468", locked=True, title="우리 반")
    host.does("remove", member=minji.id)

    with after_an_end(room) as again:
        assert again.server.host_token == room.server.host_token
        assert again.host().welcome["you"]["host"] is True
        assert again.arrives().code_of("join", token=minji.token, name="민지", pin="2468") == "was-removed"
        said = request(again.url, "GET", "/healthz").json()["room"]
        assert (said["title"], said["pin"], said["locked"]) == ("우리 반", True, True)


def test_a_room_with_another_history_has_another_epoch_and_id(open_room: OpenRoom) -> None:
    first, second = Company(ServerProcess()), Company(ServerProcess())
    rooms = [company.enters("민지").welcome["room"] for company in (first, second)]

    assert rooms[0]["id"] != rooms[1]["id"]
    assert rooms[0]["epoch"] != rooms[1]["epoch"]
    for company in (first, second):
        company.all_go()
        company.server.stop()


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
        since = self.person.heard("posted")
        token, epoch, name = (
            self.person.token,
            self.person.welcome["room"]["epoch"],
            self.person.welcome["you"]["name"],
        )
        self.person.closes()
        self.person = Person(url, token)
        self.acked = self.person.joins(name, epoch=epoch, since=since[-1]["seq"] if since else 0)["last_mid"]
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
    for talker in talkers:
        assert [entry["text"] for entry in log if entry["by"] == talker.person.id and "text" in entry] == talker.texts
        talker.person.goes()
    assert [entry["kind"] for entry in log if entry["kind"] != "said"] == ["joined"] * 3
    runs[-1].stop()
