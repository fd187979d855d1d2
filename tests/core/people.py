"""People of a play: what they do is a verb, what their sockets are told is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import UNSET, UnsetType

from chatapp.core.changes import BytesDelivered
from chatapp.core.state import Delivery
from chatapp.protocol import (
    Answer,
    Configure,
    Entry,
    FailedWhy,
    FileToOffer,
    Join,
    Offer,
    OfferFiles,
    Posted,
    Rename,
    Room,
    Say,
    Show,
    Welcome,
    You,
)

if TYPE_CHECKING:
    from tests.core.actors import Play


class Tab:
    """One socket of a person, and the list that its client shows."""

    def __init__(self, person: Person, socket: str, outbox: str) -> None:
        self.person, self.id, self.outbox = person, socket, outbox
        self.member = ""
        self.told: list[Delivery] = []
        self.entries = person.lists.setdefault(outbox, [])

    def __repr__(self) -> str:
        return f"{self.person}'s {self.outbox}"

    @property
    def last(self) -> int:
        """The seq of the newest entry that it shows."""
        return self.entries[-1].seq if self.entries else 0

    def hear(self, delivery: Delivery) -> None:
        """Keep what is told; an entry is applied as the contract's section 1 says."""
        self.told.append(delivery)
        if delivery.event == "posted":
            self._apply(delivery.payload)

    def take_over(self, welcome: Welcome) -> None:
        """Apply the page that came with the acknowledgement of a join."""
        if welcome.entries and not self.entries:
            self.entries.append(welcome.entries[0])
        for entry in welcome.entries:
            self._apply(entry)

    def _apply(self, entry: Any) -> None:
        if entry.seq > self.last:
            assert entry.seq == self.last + 1, f"a hole before {entry} for a socket that missed nothing"
            self.entries.append(entry)

    def heard(self, event: str) -> list[Any]:
        """The payloads of all events of that name, in their order."""
        return [delivery.payload for delivery in self.told if delivery.event == event]


class Person:
    """Somebody with one token; the verbs speak through the first tab unless another is named."""

    def __init__(self, play: Play, name: str, key: str) -> None:
        self.play, self.name, self.key = play, name, key
        self.id = ""
        self.tabs: list[Tab] = []
        self.lists: dict[str, list[Entry]] = {}
        """What each outbox's tab shows: it outlives the socket, as a page outlives its connection."""

    def __repr__(self) -> str:
        return self.name

    @property
    def tab(self) -> Tab:
        """The first tab."""
        return self.tabs[0]

    def heard(self, event: str) -> list[Any]:
        """What the first tab was told under this name."""
        return self.tab.heard(event)

    @property
    def shown(self) -> list[Entry]:
        """The list that the first tab shows."""
        return self.tab.entries

    # -- coming and going -------------------------------------------------------------------------

    def joins(self, name: str | None = None, *, pin: str | UnsetType = UNSET, outbox: str = "main") -> Welcome:
        """A new socket takes the seat, or comes back to it."""
        tab = Tab(self, self.play.fresh("socket"), outbox)
        welcome = self._join(tab, name or self.name, pin)
        self.tabs.append(tab)
        return welcome

    def resyncs(self, tab: Tab | None = None) -> Welcome:
        """A second join on a socket that has joined."""
        return self._join(tab or self.tab, self.name, UNSET)

    def _join(self, tab: Tab, name: str, pin: str | UnsetType) -> Welcome:
        play = self.play
        asked = Join(token="t" * 22, name=name, outbox=tab.outbox, pin=pin)
        ids = (play.fresh("member"), play.fresh("entry"))
        changes = play.room.join(tab.id, asked, self.key, ids, play.now)
        welcome = play.welcome(tab, changes, tab.last or None)
        self.id = welcome.you.id
        return welcome

    def opens_a_tab(self, outbox: str = "second") -> Tab:
        """One more socket of the same person."""
        self.joins(outbox=outbox)
        return self.tabs[-1]

    def loses(self, tab: Tab | None = None) -> None:
        """The connection is lost."""
        tab = tab or self.tab
        self.play.hang_up(tab.id)
        self.play.change(self.play.room.lost(tab.id, self.play.now))
        self.play.deliver()

    def leaves(self, tab: Tab | None = None) -> None:
        """This socket goes, and its connection ends after the acknowledgement."""
        tab, play = tab or self.tab, self.play
        play.carry_out(play.room.leave(tab.id, play.fresh("entry"), play.now))
        play.hang_up(tab.id)

    def renames(self, name: str, tab: Tab | None = None) -> You:
        """Take another name."""
        play, asked = self.play, Rename(name=name)
        acked: You = play.carry_out(play.room.rename((tab or self.tab).id, asked, play.fresh("entry"), play.now))
        return acked

    # -- posting ----------------------------------------------------------------------------------

    def next_mid(self, tab: Tab | None = None) -> int:
        """The mid that this tab's client sends next."""
        return self.play.room.log.outbox(self.id, (tab or self.tab).outbox).last + 1

    def says(self, text: str, *, mid: int | None = None, tab: Tab | None = None) -> Posted:
        """Say a text to everyone."""
        play, tab = self.play, tab or self.tab
        asked = Say(mid=self.next_mid(tab) if mid is None else mid, text=text)
        acked: Posted = play.carry_out(play.room.say(tab.id, asked, play.fresh("entry"), play.now))
        return acked

    def shows(self, image: str, *, mid: int | None = None) -> Posted:
        """Show a picture to everyone."""
        play = self.play
        asked = Show(mid=self.next_mid() if mid is None else mid, image=image)
        acked: Posted = play.carry_out(play.room.show(self.tab.id, asked, play.fresh("entry"), play.now))
        return acked

    def offers(self, *files: tuple[str, int], mid: int | None = None, tab: Tab | None = None) -> str:
        """Offer files (name, size) to everyone; the offer's id."""
        play, tab = self.play, tab or self.tab
        named = tuple(FileToOffer(name, size, "application/octet-stream") for name, size in files)
        asked = OfferFiles(mid=self.next_mid(tab) if mid is None else mid, files=named)
        ids = (play.fresh("offer"), play.fresh("entry"))
        acked = play.carry_out(play.room.offer_files(tab.id, asked, ids, play.now))
        return str(acked.offer.id)

    # -- offers -----------------------------------------------------------------------------------

    def answers(self, offer: str, accept: bool, tab: Tab | None = None) -> Offer:
        """Accept or decline."""
        play = self.play
        acked = play.carry_out(play.room.answer((tab or self.tab).id, Answer(offer=offer, accept=accept)))
        seen: Offer = acked.offer
        return seen

    def accepts(self, offer: str) -> Offer:
        """Give the consent."""
        return self.answers(offer, True)

    def declines(self, offer: str) -> Offer:
        """Refuse it, or take it back."""
        return self.answers(offer, False)

    def withdraws(self, offer: str, tab: Tab | None = None) -> Any:
        """Take an own offer back; the acknowledgement."""
        return self.play.carry_out(self.play.room.withdraw((tab or self.tab).id, offer))

    def sees(self, offer: str) -> Offer:
        """The offer as this person sees it now."""
        return self.play.room.offer_seen(offer, self.id)

    def ledger(self, offer: str) -> dict[str, tuple[str, int]]:
        """The ledger of an own offer, by the others' names."""
        members = self.play.room.members
        rows = self.sees(offer).ledger or {}
        return {members._by_id[member].name: (row.state, row.bytes) for member, row in rows.items()}

    # -- transfers --------------------------------------------------------------------------------

    def starts(self, offer: str, file: int = 0, start: int = 0) -> None:
        """Ask for the bytes from `start` on with the download's ticket."""
        self.play.change(self.play.room.download_started(offer, file, self.id, start))
        self.play.deliver()

    def gets(self, offer: str, start: int, stop: int, file: int = 0) -> None:
        """Bytes start..stop of a file were written to this person."""
        self.play.change(self.play.room.delivered(BytesDelivered(offer, file, self.id, start, stop)))
        self.play.deliver()

    def uploads(self, offer: str, file: int = 0) -> None:
        """The whole of a file is in the spool."""
        self.play.change(self.play.room.uploaded(offer, file))
        self.play.deliver()

    def hashes(self, offer: str, file: int = 0, sha256: str = "a" * 64) -> None:
        """The hash of a whole file is known."""
        self.play.change(self.play.room.hashed(offer, file, sha256))
        self.play.deliver()

    def loses_upload(self, offer: str, file: int = 0, why: FailedWhy = "spool") -> None:
        """What was sent of a file is lost."""
        self.play.change(self.play.room.upload_lost(offer, file, why))
        self.play.deliver()

    # -- the host, and small talk -----------------------------------------------------------------

    def removes(self, person: Person, tab: Tab | None = None) -> None:
        """Remove somebody for good."""
        play = self.play
        play.carry_out(play.room.remove((tab or self.tab).id, person.id, play.fresh("entry"), play.now))

    def configures(self, tab: Tab | None = None, **fields: Any) -> Room:
        """Change title, PIN or lock; the room as it is then."""
        acked = self.play.carry_out(self.play.room.configure((tab or self.tab).id, Configure(**fields)))
        seen: Room = acked.room
        return seen

    def types(self) -> None:
        """Is typing."""
        self.play.tell(self.play.room.typing(self.tab.id))
