"""mid: 1, 2, 3, ... for each (token, outbox), so that nothing is said twice and nothing is lost."""

from __future__ import annotations

import pytest

from tests.contract.people import Company, Person
from tests.contract.pictures import data_url, png

ONE_FILE = [{"name": "a.txt", "size": 1, "type": "text/plain"}]


def head(person: Person) -> int:
    return int(person.does("history", limit=1)["head"])


def test_a_taken_mid_answers_as_it_did_the_first_time_and_adds_nothing(room: Company) -> None:
    minji = room.enters("민지")
    first = minji.asks("say", mid=1, text="하나")

    again = minji.asks("say", mid=1, text="하나")

    assert again == first
    assert head(minji) == first["seq"]


def test_a_taken_mid_answers_the_same_to_other_words_and_other_commands(room: Company) -> None:
    minji = room.enters("민지")
    first = minji.asks("say", mid=1, text="하나")

    assert minji.asks("say", mid=1, text="다른 말")["seq"] == first["seq"]
    assert minji.asks("show", mid=1, image=data_url(png(1, 1)))["seq"] == first["seq"]
    assert head(minji) == first["seq"]


def test_a_taken_mid_of_an_offer_answers_with_the_offer_again(room: Company) -> None:
    minji = room.enters("민지")
    first = minji.does("offer", mid=1, files=ONE_FILE)

    again = minji.does("offer", mid=1, files=ONE_FILE)

    assert (again["seq"], again["offer"]["id"]) == (first["seq"], first["offer"]["id"])
    assert head(minji) == first["seq"]


def test_a_hole_answers_gap_with_the_expected_mid_and_takes_nothing(room: Company) -> None:
    minji = room.enters("민지")
    minji.does("say", mid=1, text="하나")

    ack = minji.asks("say", mid=3, text="셋")

    assert ack == {"ok": False, "code": "gap", "expected": 2}
    assert minji.does("say", mid=2, text="둘")
    assert minji.does("say", mid=3, text="셋")


def test_say_show_and_offer_share_one_sequence(room: Company) -> None:
    minji = room.enters("민지")

    minji.does("say", mid=1, text="하나")
    minji.does("show", mid=2, image=data_url(png(1, 1)))
    minji.does("offer", mid=3, files=ONE_FILE)

    assert minji.asks("say", mid=5, text="다섯")["expected"] == 4


def test_two_outboxes_of_one_person_have_two_sequences(room: Company) -> None:
    tab = room.enters("민지")
    other = room.enters("민지", tab.token, outbox="tab-2")

    seqs = [tab.does("say", mid=1, text="하나")["seq"], other.does("say", mid=1, text="둘")["seq"]]

    assert seqs[0] != seqs[1]
    assert room.arrives(tab.token).joins("민지", outbox="tab-2")["last_mid"] == 1
    assert room.arrives(tab.token).joins("민지", outbox="tab-3")["last_mid"] == 0


def test_two_sockets_on_one_outbox_share_its_sequence_and_main_is_the_default(room: Company) -> None:
    tab = room.enters("민지")
    tab.does("say", mid=1, text="하나")
    other = room.enters("민지", tab.token, outbox="main")

    assert other.mid == 1
    assert other.asks("say", mid=3, text="셋")["expected"] == 2


def test_the_same_mid_of_two_people_has_nothing_in_common(room: Company) -> None:
    minji, jun = room.enters("민지"), room.enters("준")

    assert minji.does("say", mid=1, text="하나")["seq"] != jun.does("say", mid=1, text="하나")["seq"]


@pytest.mark.parametrize(
    ("command", "fields", "code"),
    [
        ("say", {"text": " "}, "text-empty"),
        ("say", {"text": "x" * 4001}, "text-too-long"),
        ("show", {"image": "data:image/png;base64,AAAA"}, "image-type"),
        ("show", {"image": data_url(png(7000, 7000))}, "image-too-large"),
        ("offer", {"files": [{"name": "...", "size": 1, "type": ""}]}, "file-name"),
        ("offer", {"files": [{"name": "a", "size": 2**53 - 1, "type": ""}]}, "file-size"),
        ("offer", {"files": ONE_FILE * 101}, "too-many-files"),
    ],
)
def test_a_refusal_of_the_content_takes_its_mid(
    room: Company, command: str, fields: dict[str, object], code: str
) -> None:
    minji = room.enters("민지")
    before = head(minji)

    assert minji.code_of(command, mid=1, **fields) == code
    assert minji.code_of("say", mid=1, text="이제 좋은 말") == code
    assert head(minji) == before
    assert minji.does("say", mid=2, text="둘")
    assert room.arrives(minji.token).joins("민지")["last_mid"] == 2


@pytest.mark.parametrize("mid", [True, 1.5, "1", None, 0, -1, 2**53, [1]])
def test_a_mid_that_is_not_one_is_malformed_and_takes_none(room: Company, mid: object) -> None:
    minji = room.enters("민지")

    ack = minji.asks("say", mid=mid, text="안녕")

    assert (ack["code"], ack["at"]) == ("malformed", "$.mid")
    assert minji.does("say", mid=1, text="안녕")


@pytest.mark.parametrize(
    ("command", "fields"),
    [
        ("say", {"text": 5}),
        ("say", {}),
        ("say", {"text": "a\0b"}),
        ("show", {"image": None}),
        ("offer", {"files": []}),
        ("offer", {"files": "a"}),
        ("offer", {"files": [{"name": "a", "size": True, "type": ""}]}),
        ("offer", {"files": [{"name": "a", "size": 1.5, "type": ""}]}),
        ("offer", {"files": [{"name": "a", "size": -1, "type": ""}]}),
        ("offer", {"files": [{"name": "a", "type": ""}]}),
    ],
)
def test_what_is_malformed_takes_no_mid(room: Company, command: str, fields: dict[str, object]) -> None:
    minji = room.enters("민지")

    ack = minji.asks(command, mid=1, **fields)

    assert ack["code"] == "malformed"
    assert ack["at"].startswith("$")
    assert minji.does("say", mid=1, text="안녕")


def test_the_ack_comes_before_its_posted_on_that_socket(room: Company) -> None:
    minji = room.enters("민지")

    pipelined = [minji.sends("say", {"mid": minji.next_mid(), "text": f"{n}"}) for n in range(30)]
    seqs = [asked.answer()["seq"] for asked in pipelined]
    minji.settles()

    posted = {payload["seq"]: place for place, (what, payload) in enumerate(minji.timeline) if what == "posted"}
    assert seqs == list(range(seqs[0], seqs[0] + 30))
    for asked, seq in zip(pipelined, seqs, strict=True):
        assert asked.place < posted[seq]


def test_what_slow_down_refuses_takes_no_mid_and_goes_through_later(room: Company) -> None:
    minji, jun = room.enters("민지"), room.enters("준")

    pipelined = [minji.sends("say", {"mid": n, "text": f"{n}"}) for n in range(1, 61)]
    acks = [asked.answer() for asked in pipelined]
    refused = next(ack for ack in acks if not ack["ok"])
    done = acks.index(refused)

    assert refused["code"] == "slow-down"
    assert type(refused["retry_ms"]) is int
    assert 0 < refused["retry_ms"] <= 2000
    assert 40 <= done < 60
    assert jun.says("나는 아직 말할 수 있다") > 0
    minji.patiently("say", mid=done + 1, text="다시")
    texts = [entry["text"] for entry in minji.reads() if entry["by"] == minji.id and entry["kind"] == "said"]
    assert texts == [f"{n}" for n in range(1, done + 1)] + ["다시"]


@pytest.mark.parametrize("command", ["rename", "answer"])
def test_rename_and_answer_count_in_the_rate_as_well(room: Company, command: str) -> None:
    minji = room.enters("민지")
    fields = {"rename": {"name": "민지"}, "answer": {"offer": "nothing", "accept": True}}[command]

    acks = [asked.answer() for asked in [minji.sends(command, fields) for _ in range(60)]]

    assert "slow-down" in {ack.get("code") for ack in acks}
    assert [ack.get("code") for ack in acks[:40]].count("slow-down") == 0
