"""What the transfers ask of the room: it decides, they move bytes."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from chatapp.core.changes import OfferRecord
from chatapp.protocol import FailedWhy, OfferFile


class Relay(Protocol):
    """The room as the transfers see it; it calls the spool, so none may call it with a lock of the spool."""

    def upload_target(self, offer: str, file: int) -> OfferFile:
        """The file that is wanted; raises not-found, offer-closed, not-wanted."""

    def download_target(self, offer: str, file: int, member: str) -> OfferFile:
        """The file that may go to this member, changing nothing; raises not-found, offer-closed."""

    def zip_target(self, offer: str, member: str) -> OfferRecord:
        """The offer whose files may go to this member, changing nothing; raises not-found, offer-closed."""

    def download_started(self, offer: str, file: int, member: str, start: int) -> None:
        """The byte at `start` is about to go (or the end of an empty file); raises not-found, offer-closed."""

    def delivered(self, offer: str, file: int, member: str, start: int, stop: int) -> None:
        """Bytes start <= n < stop were written to this member."""

    def turn(self) -> AbstractContextManager[None]:
        """While it is held nobody hears anything of the room; for what takes as long as a copy, no longer."""

    def uploaded(self, offer: str, file: int) -> None:
        """The whole file is in the spool; said again, it changes nothing."""

    def hashed(self, offer: str, file: int, sha256: str) -> None:
        """The SHA-256 of a file that is whole in the spool; said again, it changes nothing."""

    def upload_lost(self, offer: str, file: int, why: FailedWhy) -> None:
        """What was sent of this file is gone."""
