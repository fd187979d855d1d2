"""Tickets: the text itself proves who may send or fetch which file, so none has to be remembered."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from typing import Literal, NamedTuple
from urllib.parse import quote

from chatapp.errors import Refused

SECRET_BYTES = 16
"""The shortest secret that tickets may hang on."""
_PROOF_BYTES = 24
_LONGEST = 200
_ALL = "all"

Kind = Literal["upload", "download", "spool"]


class Ticket(NamedTuple):
    """What a ticket stands for: one file of one offer, and the member who may send or fetch it."""

    offer: str
    file: int
    member: str


class ZipTicket(NamedTuple):
    """What a zip's ticket stands for: all files of one offer, and the member who may fetch them."""

    offer: str
    member: str


class Tickets:
    """Makes and reads the tickets of one room; they hang on its secret alone and outlive a restart."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) < SECRET_BYTES:
            raise ValueError(f"a secret of {len(secret)} bytes")
        self._secret = secret

    def upload(self, offer: str, file: int, member: str) -> str:
        """The path to send to."""
        return f"/uploads/{self._made('upload', offer, file, member)}"

    def download(self, offer: str, file: int, member: str, name: str) -> str:
        """The path to fetch from; the name in it is for people and for programs that save under it."""
        return f"/downloads/{self._made('download', offer, file, member)}/{quote(name, safe='')}"

    def zip(self, offer: str, member: str, name: str) -> str:
        """The path to fetch all files from, as one zip."""
        return f"/downloads/{self._made('download', offer, _ALL, member)}/{quote(name, safe='')}"

    def read_upload(self, ticket: str) -> Ticket:
        """What an upload's ticket stands for; raises not-found for everything else."""
        offer, file, member = self._read("upload", ticket)
        return Ticket(offer, int(file), member)

    def read_download(self, ticket: str) -> Ticket | ZipTicket:
        """What a download's ticket stands for; raises not-found for everything else."""
        offer, file, member = self._read("download", ticket)
        return ZipTicket(offer, member) if file == _ALL else Ticket(offer, int(file), member)

    def spool_name(self, offer: str, file: int) -> str:
        """32 hexadecimal digits that name a file on disk and tell nobody whose it is."""
        return self._digest("spool", f"{offer}.{file}")[:16].hex()

    def _made(self, kind: Kind, offer: str, file: int | str, member: str) -> str:
        # Ids have no dot, so the three can be told apart, in the text and in what is proved.
        claim = f"{offer}.{file}.{member}"
        return f"{claim}.{self._proof(kind, claim)}"

    def _read(self, kind: Kind, ticket: str) -> list[str]:
        claim, _, proof = ticket[:_LONGEST].rpartition(".")
        if not hmac.compare_digest(self._proof(kind, claim).encode(), proof.encode(errors="replace")):
            raise Refused("not-found")
        # Nothing was taken apart before the proof held: from here on it is our own text.
        return claim.split(".")

    def _proof(self, kind: Kind, claim: str) -> str:
        return urlsafe_b64encode(self._digest(kind, claim)[:_PROOF_BYTES]).decode()

    def _digest(self, kind: Kind, claim: str) -> bytes:
        return hmac.digest(self._secret, f"{kind}.{claim}".encode(errors="replace"), "sha256")
