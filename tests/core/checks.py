"""What must be true of a room after every step, in the eyes of the model."""

from __future__ import annotations

from msgspec.structs import replace

from chatapp.core.names import name_key
from chatapp.errors import Refused
from chatapp.protocol import LedgerState, Offer
from tests.core.actors import Play
from tests.core.model import CONSENTED, Given, Model
from tests.core.people import Person


class Checks:
    """Looks at a room from outside, through the views that its members have."""

    def __init__(self, play: Play, model: Model, people: list[Person]) -> None:
        self.play, self.model, self.people = play, model, people
        self.by_key = {person.key: person for person in people}
        self._closed: dict[str, str] = {}
        self._wanted: set[str] = set()
        self._listening: set[str] = set()

    @property
    def _held(self) -> list[Person]:
        return [person for person in self.people if person.key in self.model.held]

    def everything(self) -> object:
        """All that anybody could notice: what a no must leave as it was."""
        room = self.play.room
        ledgers = [room.offer_seen(offer, self._id(given.by)) for offer, given in self.model.offers.items()]
        mids = [room.log.outbox(person.id, box).last for person in self.people for box in ("main", "second")]
        wire = len(self.play.disk.entries), sum(len(tab.told) for tab in self.play.tabs.values())
        return room.seen(), room.members_seen(), ledgers, mids, room.next_deadline(), set(self.play.tabs), wire

    def lasting(self) -> object:
        """What a restart must not change: not who is online, how many bytes were counted, or why something failed."""
        room = self.play.room
        members = [replace(member, online=False) for member in room.members_seen()]
        views = {person.id: [_lasting_of(offer) for offer in room.offers_seen(person.id)] for person in self._held}
        mids = [room.log.outbox(person.id, box).last for person in self.people for box in ("main", "second")]
        return room.seen(), members, views, mids

    # -- seats and names --------------------------------------------------------------------------

    def names(self) -> None:
        """No two people who hold a seat have the same name."""
        keys = [name_key(member.name) for member in self.play.room.members_seen()]
        assert len(keys) == len(set(keys)), "two people have the same name"

    def seats(self) -> None:
        """Who is here, under which name, and whether online."""
        model = self.model
        should = {self._id(key): (name, key not in model.away) for key, name in model.held.items()}
        seen = {member.id: (member.name, member.online) for member in self.play.room.members_seen()}
        assert seen == should, "other people are here"
        for person in self.people:
            assert bool(person.tabs) == (person.key in model.held and person.key not in model.away)

    def _id(self, key: str) -> str:
        return self.by_key[key].id

    # -- the list ---------------------------------------------------------------------------------

    def lists(self) -> None:
        """The list is 1, 2, 3, ... as it should be, and every client shows it up to its end."""
        entries = self.play.disk.entries
        assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1)), "a hole in the list"
        happened = [(type(entry).__name__.lower(), entry.by) for entry in entries]
        assert happened == [(kind, self._id(key)) for kind, key in self.model.log], "another list"
        assert self.play.room.log.head == len(entries)
        for tab in self.play.tabs.values():
            assert tab.entries == entries[tab.entries[0].seq - 1 :], f"{tab.person} shows another list"

    # -- offers -----------------------------------------------------------------------------------

    def offers(self) -> None:
        """Each offer, as each person sees it, is what the model says; what is closed stays so."""
        for offer, given in self.model.offers.items():
            # What is closed is looked at by its sender alone: the ledger there says it all, and time is short.
            viewers = [self.by_key[given.by]] if offer in self._closed else self._held
            for person in viewers:
                self._check_view(self.play.room.offer_seen(offer, person.id), person, given)
            state = self.play.room.offer(offer).record.state
            before = self._closed.get(offer, state)
            assert (before, state) == ("expired", "withdrawn") or before == state, "a closed offer has another state"
            if state != "open":
                self._closed[offer] = state

    def _check_view(self, seen: Offer, person: Person, given: Given) -> None:
        own = given.by == person.key
        files = range(len(given.sizes))
        assert seen.state == given.state
        assert seen.mine == (None if own else given.of(person.key)), "another state of one's own"
        fetching = not own and given.state == "open" and given.of(person.key) in CONSENTED
        assert [url.file for url in seen.downloads] == (list(files) if fetching else []), "other downloads"
        missing = [file for file in files if file not in given.whole]
        assert [url.file for url in seen.uploads] == (missing if own and given.wanted else []), "other uploads"
        assert seen.ledger == (self._ledger(seen.id) if own else None), "another ledger"

    def _ledger(self, offer: str) -> dict[str, LedgerState]:
        return {self._id(key): row for key, row in self.model.ledger(offer).items()}

    def consent(self) -> None:
        """Bytes may go to those who consented and to nobody else; and are asked for when somebody has."""
        for offer, given in self.model.offers.items():
            for person in self.people:
                may = self.model.may_receive(offer, person.key)
                assert self._lets(offer, person) == may, f"bytes for {person}, who is {given.of(person.key)}"
            yes = given.moves and any(state in CONSENTED for state in given.states.values())
            assert self._takes(offer) == yes, "an upload without consent, or none with it"

    def _lets(self, offer: str, person: Person) -> bool:
        try:
            self.play.room.download_target(offer, person.id)
        except Refused:
            return False
        return True

    def _takes(self, offer: str) -> bool:
        try:
            self.play.room.upload_target(offer)
        except Refused:
            return False
        return True

    # -- events -----------------------------------------------------------------------------------

    def tellings(self) -> None:
        """Answers are told to sender and recipient alone; bytes are asked of the sender, once each time."""
        wanted = {offer for offer, given in self.model.offers.items() if given.wanted}
        for tab in self.play.tabs.values():
            for told in tab.heard("offer-answered"):
                sender = self._id(self.model.offers[told.offer].by)
                assert tab.person.id in (sender, told.member), f"{tab.person} was told of another's answer"
            asked = sorted(told.offer for told in tab.heard("upload-wanted"))
            own = {offer for offer in wanted - self._wanted if self.model.offers[offer].by == tab.person.key}
            assert tab.id not in self._listening or asked == sorted(own), "asked for other bytes than wanted"
            tab.told.clear()
        self._wanted, self._listening = wanted, set(self.play.tabs)


def _lasting_of(offer: Offer) -> Offer:
    ledger = offer.ledger and {member: LedgerState(row.state, 0) for member, row in offer.ledger.items()}
    return replace(offer, ledger=ledger)
