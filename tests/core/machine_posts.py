"""The machine's steps of posting, and those of the process: a full disk, a restart."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from chatapp.errors import Refused
from chatapp.protocol import Posted
from tests.core.disk import DiskFull
from tests.core.machine_stage import DISK_FULL, Data, Stage
from tests.core.people import Tab


class Posting(Stage):
    """New mids, taken ones and holes."""

    @precondition(lambda self: self.play.tabs)
    @rule(data=st.data())
    def somebody_posts(self, data: Data) -> None:
        steps = [self.says, self.says_nothing, self.skips_a_mid]
        if any(self._taken(tab) for tab in self.play.tabs.values()):
            steps.append(self.says_again)
        self.pick(data, steps)(data)

    def says(self, data: Data) -> None:
        tab, acked = self.a_tab(data), list[Posted]()
        answers = self.model.answers.setdefault((tab.person.key, tab.outbox), [])
        mid = len(answers) + 1
        if self.does(lambda: acked.append(tab.person.says("안녕", mid=mid, tab=tab))):
            self.model.log.append(("said", tab.person.key))
            answers.append(len(self.model.log))
            assert acked[0].seq == len(self.model.log), "the acknowledgement names another entry"

    def says_nothing(self, data: Data) -> None:
        tab = self.a_tab(data)
        answers = self.model.answers.setdefault((tab.person.key, tab.outbox), [])
        try:
            tab.person.says("  ", mid=len(answers) + 1, tab=tab)
        except DiskFull:
            self.reached[f"refused: {DISK_FULL}"] += 1
        except Refused as refused:
            answers.append(refused.code)
            self.reached["refusal took its mid"] += 1
        else:
            raise AssertionError("nothing was said, and taken as a text")
        assert answers[-1:] != ["gap"], "a refused content took no mid"

    def says_again(self, data: Data) -> None:
        tab = self.pick(data, [tab for tab in self.play.tabs.values() if self._taken(tab)])
        taken = self._taken(tab)
        mid = data.draw(st.integers(1, len(taken)))
        answer, before, acked = taken[mid - 1], self.checks.everything(), list[Posted]()
        if self.does(
            lambda: acked.append(tab.person.says("안녕", mid=mid, tab=tab)),
            answer if isinstance(answer, str) else None,
        ):
            assert acked[0].seq == answer, "a taken mid has another answer"
        assert self.checks.everything() == before, "a taken mid changed something"
        self.reached["mid again"] += 1

    def skips_a_mid(self, data: Data) -> None:
        tab = self.a_tab(data)
        mid = len(self._taken(tab)) + 1 + data.draw(st.integers(1, 70))
        self.does(lambda: tab.person.says("안녕", mid=mid, tab=tab), "gap")

    def _taken(self, tab: Tab) -> list[int | str]:
        return self.model.answers.get((tab.person.key, tab.outbox), [])


class Process(Stage):
    """The disk is full for once; the process dies and comes again."""

    @rule(data=st.data())
    def something_happens_to_the_process(self, data: Data) -> None:
        self.pick(data, [self.fails_to_commit, self.dies])(data)

    def fails_to_commit(self, _data: Data) -> None:
        self.play.disk.fails = True

    def dies(self, data: Data) -> None:
        online = [person for person in self.people if person.tabs]
        before = self.checks.lasting()
        self.play.restarts()
        self.model.restarts(self.play.now)
        assert self.checks.lasting() == before, "the room is another one after a restart"
        self.reached["restarted"] += 1
        for person in online if self.pick(data, (True, True, False)) else ():
            person.joins()
            del self.model.away[person.key]
