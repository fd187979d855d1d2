"""A room's real file with real content, whole or not, for the tests of the store."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from chatapp.core.changes import (
    Durable,
    EntryAdded,
    MemberRecord,
    MemberSaved,
    MidTaken,
    OfferRecord,
    OfferSaved,
    RecipientSaved,
    RoomRecord,
    RoomSaved,
    Snapshot,
)
from chatapp.protocol import Entry, Offered, OfferFile, OfferHead, Said, Shown
from chatapp.server.roomfile import PARTS, ROOM_FILE, beside
from chatapp.server.store import Store

ALL = 1_000_000
NEW_ROOM = RoomRecord("A room", None, False)
MINJI = MemberRecord("minji", "digest-of-minjis-token", "민지", 3, True, "held")
JUN = MemberRecord("jun", "digest-of-juns-token", "준", 10, False, "held")
SORA = MemberRecord("sora", "digest-of-soras-token", "Sora", 17, False, "left")
HOMEWORK = (OfferFile("과제.pdf", 50_000_000, "application/pdf"),)
OFFER = OfferRecord("offer-1", 3, "minji", HOMEWORK, 1003, 9003, "open")
PICTURE = "data:image/png;base64," + "A" * 300_000


class Kept(Struct, frozen=True):
    """Everything that a store can tell, but for what the next history has anew."""

    snapshot: Snapshot
    entries: tuple[Entry, ...]
    pictures: tuple[str, ...]


@contextmanager
def room_in(folder: Path) -> Iterator[Store]:
    """The folder's store, closed at the end."""
    store = Store.open(folder, ids=lambda: secrets.token_urlsafe(12), defaults=NEW_ROOM)
    try:
        yield store
    finally:
        store.close()


def kept(store: Store) -> Kept:
    """All that is in a store, read page by page."""
    entries: list[Entry] = []
    while page := store.after(len(entries), 100, ALL):
        entries.extend(page)
    pictures = tuple(store.picture(entry.id) for entry in entries if isinstance(entry, Shown))
    return Kept(store.load(), tuple(entries), pictures)


def said(seq: int, text: str) -> EntryAdded:
    """민지 says a text."""
    return EntryAdded(Said(seq, f"entry-{seq}", 1000 + seq, "minji", "민지", 3, text=text))


def shown(seq: int, image: str = PICTURE) -> EntryAdded:
    """민지 shows a picture that is too large to ride along."""
    entry = Shown(seq, f"entry-{seq}", 1000 + seq, "minji", "민지", 3, image=None, width=640, height=480, bytes=9)
    return EntryAdded(entry, image=image)


def offered(offer: OfferRecord) -> tuple[Durable, ...]:
    """민지 offers files."""
    head = OfferHead(offer.id, offer.files, offer.expires_at)
    entry = Offered(offer.seq, f"entry-{offer.seq}", offer.at, "minji", "민지", 3, offer=head)
    return (EntryAdded(entry), OfferSaved(offer))


STORY: tuple[tuple[Durable, ...], ...] = (
    (MemberSaved(MINJI), MemberSaved(JUN), MemberSaved(SORA)),
    (said(1, "안녕하세요"), MidTaken("minji", "main", 1, 1)),
    (MidTaken("minji", "main", 2, "text-empty"),),
    (shown(2), MidTaken("minji", "main", 3, 2)),
    (*offered(OFFER), MidTaken("minji", "second-tab", 1, 3)),
    (RecipientSaved("offer-1", "jun", "accepted"), RecipientSaved("offer-1", "sora", "declined")),
    (RoomSaved(RoomRecord("우리 방", "270272", True)),),
    *((said(seq, f"{seq} 👋 " * seq), MidTaken("minji", "main", seq, seq)) for seq in range(4, 23)),
    # The last one, so that its pages are the file's last.
    (shown(23), MidTaken("minji", "main", 23, 23)),
)
"""A short life of a room, each line a commit."""


def live(store: Store) -> Kept:
    """Let the story happen; what is kept of it."""
    for changes in STORY:
        store.commit(changes)
    return kept(store)


def closed_room(folder: Path) -> Kept:
    """Make the folder of a room that ended in order; all that is in it."""
    with room_in(folder) as store:
        return live(store)


def killed_room(folder: Path) -> Kept:
    """Make the folder of a room that was killed with its newest entries in the -wal alone; all that is in it."""
    alive = folder.with_name("alive")
    with room_in(alive) as store:
        live(store)
        # The -wal begins again at its front; behind the new pages lie the old ones, which count no more.
        store._connection.execute("PRAGMA wal_checkpoint(RESTART)")
        for seq in range(24, 40):
            store.commit((said(seq, "늦은 말 " * 90),))
        folder.mkdir()
        for part in ("", "-wal"):
            shutil.copyfile(beside(alive / ROOM_FILE, part), beside(folder / ROOM_FILE, part))
        return kept(store)


def put(source: Path, data: Path) -> Path:
    """A fresh copy of a folder, and its room file."""
    shutil.rmtree(data, ignore_errors=True)
    shutil.copytree(source, data)
    return data / ROOM_FILE


def parts(path: Path) -> dict[str, bytes]:
    """What a room's file and its -wal hold (the -shm is SQLite's scratch paper)."""
    there = {part: beside(path, part) for part in PARTS if part != "-shm"}
    return {part: file.read_bytes() for part, file in there.items() if file.is_file() and file.stat().st_size}


def set_aside_by(store: Store, reason: str = "") -> str:
    """The name of the file that a store has set aside, as its one notice says; what it began is a new history."""
    (notice,) = store.notices
    assert notice.startswith(f"{ROOM_FILE} ")
    assert "\n" not in notice
    name = notice.split("set aside as ")[1].split(",")[0]
    assert name.startswith(f"{ROOM_FILE}.{reason}")
    assert (store.load().head, store.newest(100, ALL)) == (0, ())
    return name


def is_all_there(data: Path, everything: Kept) -> bool:
    """Whether the folder's room is all there; if not, it has to be set aside byte by byte, and reported once."""
    found = parts(data / ROOM_FILE)
    with room_in(data) as store:
        if not store.notices:
            assert kept(store) == everything
            return True
        assert parts(data / set_aside_by(store)) == found
        assert store.load().epoch != everything.snapshot.epoch
    with room_in(data) as again:
        assert again.notices == ()
    return False
