"""The room's tables: how they are made, when they are sound, how a change is written and all is read."""

from __future__ import annotations

import secrets
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TypeVar, assert_never

import msgspec

from chatapp import __version__
from chatapp.core.changes import (
    Durable,
    EntryAdded,
    FileHashed,
    FileReceived,
    MemberRecord,
    MemberSaved,
    MidAnswer,
    MidTaken,
    OfferRecord,
    OfferSaved,
    RecipientSaved,
    RoomRecord,
    RoomSaved,
    Snapshot,
)
from chatapp.protocol import REMEMBERED_MIDS, Entry
from chatapp.server.roomfile import APPLICATION_ID, FORMAT, PARTS, beside, sync_folder, uri

SECRET_BYTES = 32
BUSY_SECONDS = 1.0
"""How long another program (a backup) may hold the file before a commit is refused."""

TABLES = """
BEGIN;
CREATE TABLE meta (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    program TEXT NOT NULL,
    created INTEGER NOT NULL,
    room    TEXT NOT NULL,
    epoch   TEXT NOT NULL,
    secret  BLOB NOT NULL CHECK (length(secret) = 32),
    title   TEXT NOT NULL,
    pin     TEXT,
    locked  INTEGER NOT NULL CHECK (locked IN (0, 1))
) STRICT;
CREATE TABLE entries (
    seq  INTEGER PRIMARY KEY,
    id   TEXT NOT NULL UNIQUE,
    body BLOB NOT NULL
) STRICT;
CREATE TRIGGER the_list_has_no_holes BEFORE INSERT ON entries
WHEN NEW.seq <> 1 + (SELECT coalesce(max(seq), 0) FROM entries)
BEGIN SELECT raise(ABORT, 'the list has no holes'); END;
CREATE TRIGGER an_entry_never_changes BEFORE UPDATE ON entries
BEGIN SELECT raise(ABORT, 'an entry never changes'); END;
CREATE TRIGGER an_entry_never_goes BEFORE DELETE ON entries
BEGIN SELECT raise(ABORT, 'an entry never goes'); END;
CREATE TABLE pictures (
    seq INTEGER PRIMARY KEY REFERENCES entries (seq) DEFERRABLE INITIALLY DEFERRED,
    url TEXT NOT NULL
) STRICT;
CREATE TABLE members (
    place  INTEGER PRIMARY KEY,
    id     TEXT NOT NULL UNIQUE,
    key    TEXT NOT NULL UNIQUE,
    name   TEXT NOT NULL,
    colour INTEGER NOT NULL,
    host   INTEGER NOT NULL CHECK (host IN (0, 1)),
    seat   TEXT NOT NULL CHECK (seat IN ('held', 'left', 'removed'))
) STRICT;
CREATE TABLE mids (
    member TEXT NOT NULL REFERENCES members (id) DEFERRABLE INITIALLY DEFERRED,
    outbox TEXT NOT NULL,
    mid    INTEGER NOT NULL,
    answer ANY NOT NULL CHECK (typeof(answer) IN ('integer', 'text')),
    PRIMARY KEY (member, outbox, mid)
) STRICT, WITHOUT ROWID;
CREATE TABLE offers (
    seq  INTEGER PRIMARY KEY REFERENCES entries (seq) DEFERRABLE INITIALLY DEFERRED,
    id   TEXT NOT NULL UNIQUE,
    body BLOB NOT NULL
) STRICT;
CREATE TABLE recipients (
    offer  TEXT NOT NULL REFERENCES offers (id) DEFERRABLE INITIALLY DEFERRED,
    member TEXT NOT NULL REFERENCES members (id) DEFERRABLE INITIALLY DEFERRED,
    state  TEXT NOT NULL,
    PRIMARY KEY (offer, member)
) STRICT, WITHOUT ROWID;
"""

LATER_TABLES = """
CREATE TABLE IF NOT EXISTS received (
    offer  TEXT NOT NULL REFERENCES offers (id) DEFERRABLE INITIALLY DEFERRED,
    member TEXT NOT NULL REFERENCES members (id) DEFERRABLE INITIALLY DEFERRED,
    file   INTEGER NOT NULL,
    PRIMARY KEY (offer, member, file)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS hashes (
    offer  TEXT NOT NULL REFERENCES offers (id) DEFERRABLE INITIALLY DEFERRED,
    file   INTEGER NOT NULL,
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
    PRIMARY KEY (offer, file)
) STRICT, WITHOUT ROWID;
"""
"""What the first version had not: an older program reads past it, so the format is still the first one."""

ADD_ENTRY = "INSERT INTO entries VALUES (?, ?, ?)"
ADD_PICTURE = "INSERT INTO pictures VALUES (?, ?)"
SAVE_MEMBER = """
INSERT INTO members (id, key, name, colour, host, seat) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE
SET name = excluded.name, colour = excluded.colour, host = excluded.host, seat = excluded.seat
"""
TAKE_MID = "INSERT INTO mids VALUES (?, ?, ?, ?)"
FORGET_MIDS = "DELETE FROM mids WHERE member = ? AND outbox = ? AND mid <= ?"
SAVE_OFFER = "INSERT INTO offers VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body"
SAVE_RECIPIENT = """
INSERT INTO recipients VALUES (?, ?, ?) ON CONFLICT (offer, member) DO UPDATE SET state = excluded.state
"""
ADD_RECEIVED = "INSERT OR IGNORE INTO received VALUES (?, ?, ?)"
READ_RECEIVED = "SELECT offer, member, file FROM received"
FORGET_RECEIVED = "DELETE FROM received WHERE offer = ? AND member = ?"
SAVE_HASH = "INSERT OR REPLACE INTO hashes VALUES (?, ?, ?)"
READ_HASHES = "SELECT offer, file, sha256 FROM hashes"
FORGET_HASH = "DELETE FROM hashes WHERE offer = ? AND file = ?"
SAVE_ROOM = "UPDATE meta SET title = ?, pin = ?, locked = ?"

decode_entry = msgspec.json.Decoder(Entry).decode
"""An entry's body as that entry; raises msgspec.DecodeError."""
_decode_offer = msgspec.json.Decoder(OfferRecord).decode

Statement = tuple[str, tuple[object, ...]]
R = TypeVar("R", bound=msgspec.Struct)


def connect(path: Path, mode: str) -> sqlite3.Connection:
    """Open the file with mode ro or rw; what a COMMIT has done is on disk when it returns.

    Any thread may use it, one at a time.
    """
    where = uri(path, f"mode={mode}")
    connection = sqlite3.connect(where, uri=True, isolation_level=None, check_same_thread=False, timeout=BUSY_SECONDS)
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        # Without it macOS leaves the newest bytes in the drive's own memory.
        connection.execute("PRAGMA fullfsync = ON")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def create(path: Path, ids: Callable[[], str], room: RoomRecord) -> None:
    """Make the file of a new room; it gets its name when it is whole. Raises OSError, sqlite3.Error."""
    unfinished = beside(path, ".new")
    for part in PARTS:
        beside(unfinished, part).unlink(missing_ok=True)
    # SQLite would take 0644, and gives the -wal what the file has.
    unfinished.touch(mode=0o600, exist_ok=False)
    with closing(connect(unfinished, "rw")) as connection:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {FORMAT}")
        connection.executescript(TABLES + LATER_TABLES)
        history = (ids(), ids(), secrets.token_bytes(SECRET_BYTES))
        values = (1, __version__, int(time.time() * 1000), *history, room.title, room.pin, room.locked)
        connection.execute("INSERT INTO meta VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
        connection.execute("COMMIT")
        # Done on the finished file, a kill at this moment would leave a -journal that nobody expects.
        connection.execute("PRAGMA journal_mode = WAL")
    unfinished.rename(path)
    sync_folder(path.parent)


def check_sound(connection: sqlite3.Connection) -> None:
    """Read everything that a room will ask for; raises ValueError, TypeError, MsgspecError or sqlite3.Error.

    Of the pictures only that SQLite can read them: what they show is not checked.
    """
    (words,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if words != "ok":
        raise ValueError(" ".join(words.split()))
    if connection.execute("PRAGMA foreign_key_check").fetchone():
        raise ValueError("a row refers to one that is not there")
    rows = connection.execute("SELECT seq, id, body FROM entries ORDER BY seq")
    for place, (seq, entry_id, body) in enumerate(rows, start=1):
        entry = decode_entry(body)
        if (place, entry_id) != (seq, entry.id) or seq != entry.seq:
            raise ValueError(f"entry {place} is not itself")
    read_snapshot(connection)


def statements(change: Durable) -> Iterator[Statement]:
    """A change in SQL."""
    match change:
        case EntryAdded(entry=entry, image=image):
            yield ADD_ENTRY, (entry.seq, entry.id, msgspec.json.encode(entry))
            if image is not None:
                yield ADD_PICTURE, (entry.seq, image)
        case MemberSaved(member=record):
            yield SAVE_MEMBER, msgspec.structs.astuple(record)
        case MidTaken(member=member, outbox=outbox, mid=mid, answer=answer):
            yield TAKE_MID, (member, outbox, mid, answer)
            if mid > REMEMBERED_MIDS:
                yield FORGET_MIDS, (member, outbox, mid - REMEMBERED_MIDS)
        case RoomSaved(room=room):
            yield SAVE_ROOM, (room.title, room.pin, room.locked)
        case _:
            yield from _offer_statements(change)


def _offer_statements(change: OfferSaved | RecipientSaved | FileReceived | FileHashed) -> Iterator[Statement]:
    match change:
        case OfferSaved(offer=saved):
            yield SAVE_OFFER, (saved.seq, saved.id, msgspec.json.encode(saved))
        case RecipientSaved(offer=offer, member=member, state=state):
            yield SAVE_RECIPIENT, (offer, member, state)
            # What is whole for it is a matter of a transfer that runs.
            if state != "receiving":
                yield FORGET_RECEIVED, (offer, member)
        case FileReceived(offer=offer, member=member, file=file):
            yield ADD_RECEIVED, (offer, member, file)
        case FileHashed(offer=offer, file=file, sha256=sha256):
            yield (FORGET_HASH, (offer, file)) if sha256 is None else (SAVE_HASH, (offer, file, sha256))
        case _:
            assert_never(change)


def read_snapshot(connection: sqlite3.Connection) -> Snapshot:
    """The room as it stands in the tables."""
    query = connection.execute
    about = query("SELECT room, epoch, secret, title, pin, locked FROM meta").fetchone()
    room, epoch, secret, title, pin, locked = about
    (head,) = query("SELECT coalesce(max(seq), 0) FROM entries").fetchone()
    members = query("SELECT id, key, name, colour, host, seat FROM members ORDER BY place")
    offers = query("SELECT body FROM offers ORDER BY seq")
    recipients = query("SELECT offer, member, state FROM recipients")
    return Snapshot(
        id=room,
        epoch=epoch,
        secret=secret,
        head=head,
        room=RoomRecord(title, pin, bool(locked)),
        members=_records(MemberRecord, members),
        outboxes=_outboxes(connection),
        offers=tuple(_decode_offer(body) for (body,) in offers),
        recipients=_records(RecipientSaved, recipients),
        received=_records(FileReceived, query(READ_RECEIVED)) if _has(connection, "received") else (),
        hashes=_records(FileHashed, query(READ_HASHES)) if _has(connection, "hashes") else (),
    )


def _has(connection: sqlite3.Connection, table: str) -> bool:
    """Whether there is one of the later tables: not yet in an older file that is only looked at."""
    found = connection.execute("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?", (table,))
    return found.fetchone() is not None


def _records(kind: type[R], rows: sqlite3.Cursor) -> tuple[R, ...]:
    """Rows as records, every field checked; SQLite's 0 and 1 are booleans where one is due."""
    fields = [column[0] for column in rows.description]
    return tuple(msgspec.convert(dict(zip(fields, row, strict=True)), kind, strict=False) for row in rows)


def _outboxes(connection: sqlite3.Connection) -> dict[tuple[str, str], dict[int, MidAnswer]]:
    outboxes: dict[tuple[str, str], dict[int, MidAnswer]] = {}
    rows = connection.execute("SELECT member, outbox, mid, answer FROM mids ORDER BY member, outbox, mid")
    for member, outbox, mid, answer in rows:
        outboxes.setdefault((member, outbox), {})[mid] = answer
    return outboxes
