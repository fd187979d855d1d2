"""The log on disk: one SQLite file for a room, with its list, its pictures, and who is who."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from msgspec import MsgspecError

from chatapp.core.changes import Durable, RoomRecord, Snapshot
from chatapp.errors import Refused
from chatapp.protocol import MAX_INT, Entry
from chatapp.server import schema
from chatapp.server.roomfile import ROOM_FILE, FolderLock, Unfit, Unusable, check_whole, set_aside

__all__ = ["Store", "Unusable"]

OLDEST_SQLITE = (3, 37, 0)
"""The first one with STRICT tables."""

BEFORE = "SELECT body FROM entries WHERE seq < ? ORDER BY seq DESC LIMIT ?"
AFTER = "SELECT body FROM entries WHERE seq > ? ORDER BY seq LIMIT ?"
PICTURE = "SELECT url FROM entries JOIN pictures USING (seq) WHERE id = ?"

PASSING_FAULTS = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_READONLY,
    }
)
"""The disk or another program is in the way; what the file holds is as good as before."""

log = logging.getLogger(__name__)


class Store:
    """One room's file; any thread may call, one at a time.

    The caller's lock is for reads as well: between BEGIN and COMMIT they see what may be taken back.
    """

    def __init__(self, connection: sqlite3.Connection, notices: tuple[str, ...], ending: ExitStack) -> None:
        self._connection = connection
        self._ending = ending
        self.notices = notices
        """What became of an earlier file, a line each, for whoever runs the program."""

    @classmethod
    def open(cls, folder: Path, *, ids: Callable[[], str], defaults: RoomRecord) -> Store:
        """Go on with the folder's room, or begin one; a file that is not whole is set aside, see `notices`.

        Raises Unusable when the folder or the file cannot be written, or another program has it.
        """
        if sqlite3.sqlite_version_info < OLDEST_SQLITE:
            raise Unusable(f"a room needs SQLite 3.37 or newer, this Python has {sqlite3.sqlite_version}")
        path = folder / ROOM_FILE
        with ExitStack() as undo, _naming(path):
            undo.callback(FolderLock(folder).release)
            notices = _make_ready(path, ids, defaults)
            connection = schema.connect(path, "rw")
            undo.callback(connection.close)
            connection.execute("PRAGMA journal_mode = WAL")
            # SQLite opens what it may only read without a word; that is told now, and not to who speaks first.
            connection.executescript(f"BEGIN IMMEDIATE; {schema.LATER_TABLES} COMMIT")
            return cls(connection, notices, undo.pop_all())

    def load(self) -> Snapshot:
        """The room as it stands."""
        return schema.read_snapshot(self._connection)

    def commit(self, changes: Sequence[Durable]) -> None:
        """Write all of it, on disk when this returns; raises storage-full, and then none of it is there."""
        try:
            with self._transaction():
                for change in changes:
                    for statement, values in schema.statements(change):
                        self._connection.execute(statement, values)
        except sqlite3.Error as error:
            if not _will_pass(error):
                raise
            log.warning("nothing was stored: %s (%s)", error, error.sqlite_errorname)
            raise Refused("storage-full") from error

    def newest(self, limit: int, max_chars: int) -> tuple[Entry, ...]:
        """The newest page, ascending."""
        return self.before(MAX_INT + 1, limit, max_chars)

    def before(self, seq: int, limit: int, max_chars: int) -> tuple[Entry, ...]:
        """The newest page of the entries before a seq, ascending."""
        return tuple(reversed(self._page(BEFORE, seq, limit, max_chars)))

    def after(self, seq: int, limit: int, max_chars: int) -> tuple[Entry, ...]:
        """The oldest page of the entries after a seq, ascending."""
        return tuple(self._page(AFTER, seq, limit, max_chars))

    def picture(self, entry_id: str) -> str:
        """The picture of a shown entry, as a data URL; raises unknown-entry."""
        row = self._connection.execute(PICTURE, (entry_id,)).fetchone()
        if row is None:
            raise Refused("unknown-entry")
        return str(row[0])

    def close(self) -> None:
        """Bring everything into the one file, and let go of the folder; a second time does nothing."""
        self._ending.close()

    def _page(self, query: str, seq: int, limit: int, max_chars: int) -> list[Entry]:
        """At most `limit` entries and, as a JSON list, `max_chars` characters; one if there is any."""
        page: list[Entry] = []
        chars = len("[")
        for (body,) in self._connection.execute(query, (seq, limit)):
            chars += len(body.decode()) + len(",")
            if page and chars > max_chars:
                break
            page.append(schema.decode_entry(body))
        return page

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            # After some faults of the disk SQLite has rolled back by itself.
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """What the disk refuses becomes one line with the file's name."""
    try:
        yield
    except OSError as error:
        raise Unusable(f"{path} cannot be used: {error.strerror}") from error
    except sqlite3.Error as error:
        raise Unusable(f"{path} cannot be used: {error}") from error


def _make_ready(path: Path, ids: Callable[[], str], defaults: RoomRecord) -> tuple[str, ...]:
    """A sound room file is there when this returns; what was set aside. Raises OSError, sqlite3.Error."""
    try:
        if check_whole(path):
            _check_sound(path)
            return ()
        notices: tuple[str, ...] = ()
    except Unfit as unfit:
        notices = (set_aside(path, unfit),)
    schema.create(path, ids, defaults)
    return notices


def _check_sound(path: Path) -> None:
    """Raises Unfit for what is in the file, sqlite3.Error for what is wrong with the disk."""
    try:
        # Read-only, or closing would write the -wal into a file that has to stay as it was found.
        with closing(schema.connect(path, "ro")) as connection:
            schema.check_sound(connection)
    except (sqlite3.Error, MsgspecError, ValueError, TypeError) as error:
        if isinstance(error, sqlite3.Error) and _will_pass(error):
            raise
        raise Unfit("damaged", f"{path.name} is damaged ({error})") from error


def _will_pass(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF in PASSING_FAULTS
