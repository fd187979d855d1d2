"""Everything that can be set, in one frozen object, built once and passed down."""

from __future__ import annotations

from pathlib import Path

from msgspec import UNSET, Struct, UnsetType

from chatapp import packed
from chatapp.protocol import Limits

DEFAULT_PORT = 27272
LOOPBACK = "127.0.0.1"
ANYWHERE = ("0.0.0.0", "::")  # noqa: S104  # what to listen on is the person's choice


def page_folder() -> Path:
    """Where the built page lies: in the executable's bundle, else in the checkout."""
    bundle = packed.bundle()
    return bundle / "web" if bundle else Path(__file__).resolve().parent.parent / "web" / "dist"


class Settings(Struct, frozen=True, kw_only=True):
    """How a room is hosted; `port` None is the default port or the next free one, 0 is any.

    title, pin: UNSET keeps what the room's data say. data: None is a temporary room. reserve: bytes of disk left alone.
    quota: bytes that one member may have on offer at once.
    announce: let others on the network find the room by itself. shelves: folders where the program's archives may lie.
    """

    name: str | None = None
    title: str | UnsetType = UNSET
    port: int | None = None
    bind: str = "0.0.0.0"  # noqa: S104  # a room is for the whole network; --bind narrows it
    pin: str | UnsetType = UNSET
    data: Path | None = None
    grace: float = 60.0
    offer_ttl: float = 3600.0
    reserve: int = 512 * 2**20
    quota: int = 100 * 2**30
    members: int = 500
    window: bool = True
    announce: bool = False
    page: Path = page_folder()
    shelves: tuple[Path, ...] = packed.own_shelves()

    @property
    def limits(self) -> Limits:
        """The limits of the contract with this room's number of members."""
        return Limits(members=self.members)
