"""The first answer to a mid is remembered for an outbox's newest 1,000."""

from __future__ import annotations

from tests.contract.conftest import LongTalk
from tests.contract.people import Company


def test_the_newest_1000_mids_answer_as_they_did_and_an_older_one_adds_nothing(long_talk: LongTalk) -> None:
    seqs = long_talk.seqs.result(timeout=120)
    minji = Company(long_talk.server).enters("민지", long_talk.token)
    head = minji.does("history", limit=1)["head"]

    for mid in (51, 52, 500, 1050):
        assert minji.patiently("say", mid=mid, text="noch einmal") == {"ok": True, "seq": seqs[mid - 1]}
    minji.asks("say", mid=1, text="an older one")

    assert minji.welcome["last_mid"] == 1050
    assert minji.does("history", limit=1)["head"] == head
    minji.closes()
