"""What is checked first: unknown-command, malformed, not-joined, slow-down, mid, rights, content."""

from __future__ import annotations

import pytest

from tests.contract.people import Company

MALFORMED: dict[str, dict[str, object]] = {
    "say": {"mid": 0, "text": "x"},
    "rename": {},
    "answer": {"offer": "!", "accept": True},
    "history": {"before": 5, "after": 1},
    "remove": {"member": "!"},
    "configure": {"pin": "1"},
}


@pytest.mark.parametrize("command", MALFORMED)
def test_malformed_comes_before_not_joined_and_before_rights(room: Company, command: str) -> None:
    assert room.arrives().code_of(command, **MALFORMED[command]) == "malformed"
    assert room.enters("민지").code_of(command, **MALFORMED[command]) == "malformed"


def test_not_joined_comes_before_slow_down(room: Company) -> None:
    stranger = room.arrives()

    asked = [stranger.sends("say", {"mid": 1, "text": "x"}) for _ in range(60)]

    assert {each.answer()["code"] for each in asked} == {"not-joined"}


def test_slow_down_comes_before_the_mid_and_the_mid_before_the_content(room: Company) -> None:
    minji = room.enters("민지")

    assert minji.code_of("say", mid=7, text="") == "gap"
    codes = [each.answer()["code"] for each in [minji.sends("say", {"mid": 7, "text": ""}) for _ in range(60)]]

    assert set(codes) == {"gap", "slow-down"}


def test_rights_come_before_content(room: Company) -> None:
    minji, jun = room.enters("민지"), room.enters("준")
    offer = minji.offers(("a.txt", 1))
    minji.does("withdraw", offer=offer["id"])

    assert jun.code_of("withdraw", offer=offer["id"]) == "not-yours"
    assert minji.code_of("answer", offer=offer["id"], accept=True) == "not-yours"
    assert jun.code_of("remove", member="nobody") == "not-host"
