"""Postings that gathered share one commit: nothing is told before it is on disk, and a full disk leaves nothing."""

from __future__ import annotations

import itertools
import json
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from chatapp.core.changes import Durable, EntryAdded
from chatapp.protocol import RoomClosed
from chatapp.server.serving import Serving
from chatapp.server.sockets import MOST_IN_ONE_COMMIT, Asked, Lost
from chatapp.settings import Settings
from tests.server.transport_house import TEXT, Client, event, frame, until


class Member(Client):
    """Somebody who has joined, or without a name has not."""

    def __init__(self, port: int, name: str | None) -> None:
        super().__init__(port, enters=None)
        self.speaks(b"40")
        while not self.hears().startswith("40"):
            pass
        if name is None:
            return
        self.speaks(event("join", {"token": secrets.token_urlsafe(24), "name": name}, ack=0))
        assert self.answers(1)[0]["ok"]

    def asks(self, *commands: tuple[str, dict[str, Any]]) -> None:
        """Commands one after the other, in one segment, without waiting; their ack ids are 1, 2, 3, ..."""
        self.sends(*(frame(TEXT, event(name, asked, ack=n)) for n, (name, asked) in enumerate(commands, start=1)))

    def says(self, *mids: int, text: str = "말") -> None:
        self.asks(*(("say", {"mid": mid, "text": text}) for mid in mids))

    def answers(self, count: int) -> list[dict[str, Any]]:
        """The next acknowledgements, whatever comes between them."""
        return [self.until_("43") for _ in range(count)]

    def until_(self, kind: str) -> dict[str, Any]:
        while not (heard := self.hears()).startswith(kind):
            pass
        answer: dict[str, Any] = json.loads(heard[heard.index("[") :])[0]
        return answer

    def outline(self, count: int) -> list[str]:
        """What comes next, coming and going aside: `ack` or the kind of an entry."""
        outline: list[str] = []
        while len(outline) < count:
            kind = self._outlined(self.hears())
            if kind not in {"None", "joined"}:
                outline.append(kind)
        return outline

    def _outlined(self, heard: str) -> str:
        return "ack" if heard.startswith("43") else str(json.loads(heard[2:])[1].get("kind"))


class Room:
    """A whole room in this process, of which the test can hold the turn."""

    def __init__(self, folder: Path) -> None:
        self.serving = Serving(Settings(data=folder, port=0))
        self.host, self.store = self.serving.room.host, self.serving.room.store
        self.inbox = self.serving.room.listening._inbox
        self.commits: list[list[Durable]] = []
        self.takes = 0
        self._commit, self._take = self.store.commit, self.inbox.take
        self.store.commit, self.inbox.take = self._counted, self._noted  # type: ignore[method-assign]  # they count alone
        self.members: list[Member] = []
        self.serving.start()

    def _counted(self, changes: Sequence[Durable]) -> None:
        self._commit(changes)
        self.commits.append(list(changes))

    def _noted(self) -> list[Asked | Lost]:
        taken = self._take()
        self.takes += 1
        return taken

    def enters(self, *names: str | None) -> list[Member]:
        new = [Member(self.serving.port, name) for name in names]
        self.members += new
        until(lambda: not self.inbox._things)
        self.commits.clear()
        return new

    @contextmanager
    def busy(self) -> Iterator[None]:
        """What is asked meanwhile gathers."""
        with self.host.turn():
            takes = self.takes
            self.members[0].asks(("history", {"limit": 1}))
            until(lambda: self.takes > takes)
            yield

    def gathers(self, count: int) -> None:
        until(lambda: len(self.inbox._things) == count)

    @property
    def head(self) -> int:
        with self.host.turn():
            return self.host.room.log.head

    def closes(self) -> None:
        for member in self.members:
            member.closes()
        self.serving.stop(RoomClosed("stopping"))


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    opened = Room(tmp_path / "data")
    # The first one takes the take that began before the test could count.
    opened.enters("문지기")
    yield opened
    opened.closes()


def test_what_gathered_shares_one_commit(room: Room) -> None:
    people = room.enters("민지", "준", "Sora")
    with room.busy():
        for person in people:
            person.says(*range(1, 11))
        room.gathers(30)

    seqs = [[answer["seq"] for answer in person.answers(10)] for person in people]

    assert len(room.commits) == 1
    assert all(own == sorted(own) for own in seqs)
    assert sorted(itertools.chain(*seqs)) == [
        change.entry.seq for change in room.commits[0] if isinstance(change, EntryAdded)
    ]


def test_an_ack_comes_before_what_it_is_of_and_before_the_others_of_its_commit(room: Room) -> None:
    minji, jun, _ = room.enters("민지", "준", "Sora")
    with room.busy():
        minji.says(1, 2)
        jun.says(1, 2)
        room.gathers(4)

    assert jun.outline(6) == ["ack", "ack", "said", "said", "said", "said"]


def test_one_outbox_goes_on_within_a_commit_and_a_repeated_mid_adds_nothing(room: Room) -> None:
    (minji,) = room.enters("민지")
    with room.busy():
        minji.says(1, 2, 2, 9, 3, 1)
        room.gathers(6)

    first, second, again, hole, third, first_again = minji.answers(6)

    assert (again, first_again) == (second, first)
    assert third["seq"] == second["seq"] + 1
    assert hole == {"ok": False, "code": "gap", "expected": 3}
    assert len(room.commits) == 1


def test_a_refused_content_takes_its_mid_within_a_commit(room: Room) -> None:
    (minji,) = room.enters("민지")
    with room.busy():
        minji.asks(
            ("say", {"mid": 1, "text": ""}), ("say", {"mid": 2, "text": "둘"}), ("say", {"mid": 1, "text": "하나"})
        )
        room.gathers(3)

    answers = minji.answers(3)

    assert [answer.get("code") for answer in answers] == ["text-empty", None, "text-empty"]


def test_what_is_no_posting_keeps_its_place_among_them(room: Room) -> None:
    minji, _ = room.enters("민지", "준")
    with room.busy():
        minji.asks(
            ("say", {"mid": 1, "text": "안녕"}),
            ("rename", {"name": "미나"}),
            ("say", {"mid": 2, "text": "이제 미나"}),
            ("leave", {}),
            ("say", {"mid": 3, "text": "누구?"}),
        )
        room.gathers(5)
    answers = minji.answers(4)

    assert [answer["ok"] for answer in answers] == [True] * 4
    entries = [entry for entry in room.store.newest(5, 100_000) if entry.by == room.store.newest(1, 1000)[0].by]
    assert [type(entry).__name__ for entry in entries[-4:]] == ["Said", "Renamed", "Said", "Left"]
    assert [entry.name for entry in entries[-4:]] == ["민지", "미나", "미나", "미나"]
    assert len(room.commits) == 4


def test_what_was_said_before_a_connection_broke_is_kept(room: Room) -> None:
    minji, jun = room.enters("민지", "준")
    with room.busy():
        minji.says(1, 2, 3)
        room.gathers(3)
        minji.closes(abruptly=True)

    assert jun.outline(3) == ["said", "said", "said"]


def test_on_a_full_disk_all_that_share_the_commit_are_refused_and_nothing_of_it_is_there(room: Room) -> None:
    minji, jun, stranger = room.enters("민지", "준", None)
    minji.says(1)
    assert minji.answers(1)[0]["ok"]
    head = room.head
    room.store._connection.execute("PRAGMA query_only = ON")
    with room.busy():
        minji.says(2, 3, 9)
        stranger.says(1)
        jun.says(1)
        room.gathers(5)

    assert [answer["code"] for answer in minji.answers(3)] == ["storage-full"] * 3
    assert stranger.answers(1) == [{"ok": False, "code": "not-joined"}]
    assert jun.answers(1)[0]["code"] == "storage-full"
    assert room.head == head == room.store.newest(1, 1000)[0].seq

    room.store._connection.execute("PRAGMA query_only = OFF")
    minji.says(2, 3)
    jun.says(1)
    assert sorted(answer["seq"] for answer in [*minji.answers(2), *jun.answers(1)]) == [head + 1, head + 2, head + 3]
    assert room.head == room.store.newest(1, 1000)[0].seq == head + 3


def test_nothing_is_told_before_it_is_on_disk(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    (minji,) = room.enters("민지")
    happened: list[str] = []
    transport, commit = room.host.transport, room.store.commit

    def committed(changes: Sequence[Durable]) -> None:
        happened.append(f"head is {room.host.room.log.head - head}")
        commit(changes)
        happened.append(f"on disk, head is {room.host.room.log.head - head}")

    head = room.head
    with room.busy():
        minji.says(1, 2, 3)
        room.gathers(3)
        monkeypatch.setattr(transport, "tell", lambda *_: happened.append("told"))
        monkeypatch.setattr(room.store, "commit", committed)

    minji.answers(3)
    until(lambda: len(happened) == 5)
    assert happened == ["head is 0", "on disk, head is 0", "told", "told", "told"]


def test_very_many_do_not_make_one_endless_commit(room: Room) -> None:
    people = room.enters(*(f"사람 {n}" for n in range(20)))
    with room.busy():
        for person in people:
            person.says(*range(1, 16))
        room.gathers(300)

    for person in people:
        assert all(answer["ok"] for answer in person.answers(15))
    sizes = [sum(isinstance(change, EntryAdded) for change in commit) for commit in room.commits]
    assert sum(sizes) == 300
    assert max(sizes) <= MOST_IN_ONE_COMMIT
