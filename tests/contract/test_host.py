"""The host's powers: remove, configure, close; they belong to the host's token and to nothing else."""

from __future__ import annotations

import pytest

from tests.contract.conftest import OwnRoom
from tests.contract.people import Company, fresh_token
from tests.contract.wire import request


def test_only_the_host_removes_configures_and_closes(room: Company) -> None:
    minji, jun = room.enters("민지"), room.enters("준")

    assert minji.code_of("remove", member=jun.id) == "not-host"
    assert minji.code_of("configure", locked=True) == "not-host"
    assert minji.code_of("close") == "not-host"
    assert jun.says("alles beim Alten") > 0


def test_a_removed_member_is_told_and_cut_and_cannot_come_back(room: Company) -> None:
    host, jun, minji = room.host(), room.enters("준"), room.enters("민지")
    phone = room.enters("민지", minji.token)
    offer = minji.offers(("a.txt", 1))

    host.does("remove", member=minji.id)

    for socket in (minji, phone):
        socket.is_cut_off()
        assert socket.heard("removed") == [{"reason": "host"}]
        assert [what for what, _ in socket.timeline][-2:] == ["removed", "gone"]
    assert jun.hears("offer-changed") == {"offer": offer["id"], "state": "sender-left"}
    entry = jun.hears("posted", lambda entry: entry["kind"] == "removed")
    assert (entry["by"], entry["name"]) == (minji.id, "민지")
    back = room.arrives()
    assert back.code_of("join", token=minji.token, name="민지") == "was-removed"
    assert room.enters("민지").id != minji.id
    assert jun.heard("removed") == []


def test_somebody_who_is_not_here_cannot_be_removed(room: Company) -> None:
    host = room.host()

    assert host.code_of("remove", member="nobody") == "unknown-member"
    assert host.code_of("remove", member="") == "malformed"
    assert host.code_of("remove") == "malformed"


def test_configuring_is_told_to_everyone_and_to_nobody_outside(room: Company) -> None:
    host, jun = room.host(), room.enters("준")
    before = host.welcome["room"]

    after = host.does("configure", title="우리 반", locked=True)["room"]

    assert jun.hears("room-changed", lambda told: told["title"] == "우리 반")["locked"] is True
    assert set(after) == set(before)
    assert (after["id"], after["epoch"]) == (before["id"], before["epoch"])
    said = request(room.url, "GET", "/healthz").json()["room"]
    assert (said["title"], said["locked"]) == ("우리 반", True)
    assert host.does("configure", title=before["title"], locked=False)["room"]["locked"] is False


def test_a_pin_is_set_and_taken_away(room: Company) -> None:
    host, stranger = room.host(), room.arrives()

    assert host.does("configure", pin="2468")["room"]["pin"] is True
    assert stranger.code_of("join", token=stranger.token, name="민지") == "pin-required"
    assert host.does("configure", title=host.welcome["room"]["title"])["room"]["pin"] is True
    assert host.does("configure", pin=None)["room"]["pin"] is False
    assert stranger.joins("민지")["room"]["pin"] is False


def test_the_pin_is_never_told(room: Company) -> None:
    host = room.host()

    host.does("configure", pin="97531864")
    host.settles()
    minji = room.enters("민지", pin="97531864")
    host.does("configure", pin=None)

    assert "97531864" not in str(host.timeline) + str(minji.timeline)


@pytest.mark.parametrize("pin", ["123", "1" * 13, "12a4", "", "１２３４", "1234\n", 1234, True, ["1234"]])
def test_a_pin_is_4_to_12_digits(room: Company, pin: object) -> None:
    assert room.host().code_of("configure", pin=pin) == "malformed"


@pytest.mark.parametrize("fields", [{"locked": 1}, {"locked": None}, {"title": 5}, {"title": None}])
def test_what_is_no_setting_is_malformed(room: Company, fields: dict[str, object]) -> None:
    assert room.host().code_of("configure", **fields) == "malformed"


def test_closing_is_told_to_everyone_and_ends_the_program_with_0(own_room: OwnRoom) -> None:
    room = own_room()
    host, minji = room.host(), room.enters("민지")
    stranger = room.arrives()

    host.does("close")

    for person in (host, minji):
        person.is_cut_off()
        assert person.heard("room-closed") == [{"reason": "closed"}]
    stranger.is_cut_off()
    assert room.server.wait() == 0


def test_the_hosts_powers_do_not_come_with_an_address(room: Company) -> None:
    minji = room.enters("민지")

    assert minji.welcome["you"]["host"] is False
    assert room.host().welcome["you"]["host"] is True
    assert room.arrives(fresh_token()).joins("준", host=True)["you"]["host"] is False
