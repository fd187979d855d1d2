"""Where room and transfers meet: the room says what may move, and hears what has moved."""

from __future__ import annotations

from contextlib import AbstractContextManager

from chatapp.core.changes import BytesDelivered, Change, FileUploaded, OfferRecord, OfferSaved, RecipientSaved
from chatapp.core.offers import CONSENTED, LiveOffer
from chatapp.errors import Refused
from chatapp.protocol import FailedWhy, OfferFile
from chatapp.server.hashing import Hashing
from chatapp.server.host import Host
from chatapp.server.spool import Spool


class Desk:
    """The Relay of one room (see relay.py), and the watcher that stops what the room has ended."""

    def __init__(self, host: Host, spool: Spool) -> None:
        self._host, self._room, self._spool = host, host.room, spool
        live = self._live()
        hashing = Hashing(self, spool)
        for offer, file in spool.sweep(live):
            self._room.apply(FileUploaded(offer, file, True))
            if file not in self._room.offers[offer].hashes:
                hashing.start(offer, file)
        host.watch(self._settle)

    def _live(self) -> dict[tuple[str, int], int]:
        """Every file whose bytes may still move, with its size."""
        offers = [offer for offer in self._room.offers.values() if offer.moves_bytes]
        return {
            (offer.record.id, index): file.size for offer in offers for index, file in enumerate(offer.record.files)
        }

    # -- what the transfers ask -------------------------------------------------------------------

    def upload_target(self, offer: str, file: int) -> OfferFile:
        """The file that is wanted; raises not-found, offer-closed, not-wanted."""
        with self._host.turn():
            live = self._known(offer, file)
            live.check_upload()
            return live.record.files[file]

    def download_target(self, offer: str, file: int, member: str) -> OfferFile:
        """The file that may go to this member, changing nothing; raises not-found, offer-closed."""
        with self._host.turn():
            live = self._known(offer, file)
            live.check_download(member)
            return live.record.files[file]

    def zip_target(self, offer: str, member: str) -> OfferRecord:
        """The offer whose files may go to this member, changing nothing; raises not-found, offer-closed."""
        with self._host.turn():
            live = self._known(offer, 0)
            live.check_download(member)
            return live.record

    def download_started(self, offer: str, file: int, member: str, start: int) -> None:
        """The byte at `start` is about to go; raises not-found, offer-closed, storage-full."""
        with self._host.turn():
            self._known(offer, file)
            self._host.change(self._room.download_started(offer, file, member, start))

    def delivered(self, offer: str, file: int, member: str, start: int, stop: int) -> None:
        """Bytes start <= n < stop were written to this member."""
        with self._host.turn():
            self._host.change(self._room.delivered(BytesDelivered(offer, file, member, start, stop)))

    def turn(self) -> AbstractContextManager[None]:
        """While it is held nobody hears anything of the room."""
        return self._host.turn()

    def uploaded(self, offer: str, file: int) -> None:
        """The whole file is in the spool."""
        with self._host.turn():
            self._host.change(self._room.uploaded(offer, file))

    def hashed(self, offer: str, file: int, sha256: str) -> None:
        """The SHA-256 of a file that is whole in the spool; said again, it changes nothing."""
        with self._host.turn():
            self._host.change(self._room.hashed(offer, file, sha256))

    def upload_lost(self, offer: str, file: int, why: FailedWhy) -> None:
        """What was sent of this file is gone."""
        with self._host.turn():
            self._host.change(self._room.upload_lost(offer, file, why))

    def _known(self, offer: str, file: int) -> LiveOffer:
        live = self._room.offers.get(offer)
        if live is None or file >= len(live.record.files):
            raise Refused("not-found")
        return live

    # -- what the room has ended ------------------------------------------------------------------

    def _settle(self, change: Change) -> None:
        """Stop the bytes that may not move any more; waits for nobody."""
        if isinstance(change, OfferSaved):
            self._close_if_over(self._room.offers[change.offer.id])
        elif isinstance(change, RecipientSaved):
            offer = self._room.offers[change.offer]
            if change.state not in CONSENTED:
                self._spool.stop_member(change.offer, change.member)
            if not any(state in CONSENTED for state in offer.states.values()):
                self._spool.unwanted(change.offer)
            self._close_if_over(offer)

    def _close_if_over(self, offer: LiveOffer) -> None:
        if offer.moves_bytes:
            if not offer.is_open:
                self._stop_all_but_receiving(offer)
            return
        self._spool.close_offer(offer.record.id)

    def _stop_all_but_receiving(self, offer: LiveOffer) -> None:
        """After its expiry an offer goes on only for those who were receiving."""
        for member, state in offer.states.items():
            if state != "receiving":
                self._spool.stop_member(offer.record.id, member)
