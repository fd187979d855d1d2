"""What each command does: its pace is checked, the room decides, the host carries it out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from msgspec import UNSET

from chatapp.core.changes import Decision
from chatapp.core.room import TYPING_MS
from chatapp.core.state import HangUp
from chatapp.errors import Refused
from chatapp.protocol import (
    Ack,
    Answer,
    Close,
    Command,
    Configure,
    Entry,
    History,
    Join,
    Leave,
    OfferFiles,
    Page,
    PictureData,
    PictureOf,
    Remove,
    Rename,
    RoomClosed,
    Say,
    Show,
    Typing,
    Welcome,
    Withdraw,
)
from chatapp.server.codec import Json, to_json
from chatapp.server.host import Host, digest, fresh_id, milliseconds
from chatapp.server.limits import Bucket, Guesses

PICTURES_AT_HAND = 2
"""A picture is asked for by all at once: so many answers are kept as they go out."""
BASE64_RATIO = 3 / 4
"""Bytes of a picture for each character of its data URL."""


class Commands:
    """The commands of one room; each raises its refusal."""

    def __init__(self, host: Host, *, free_bytes: Callable[[], int], addresses: Callable[[], tuple[str, ...]]) -> None:
        limits = host.room.rules.limits
        self._host, self._room = host, host.room
        self._free_bytes, self._addresses = free_bytes, addresses
        self._guesses = Guesses()
        self._pace = defaultdict[str, Bucket](lambda: Bucket(limits.rate, limits.burst))
        self._pictures = defaultdict[str, Bucket](lambda: Bucket(limits.image_bytes, limits.image_bytes))
        self._picture_of = lru_cache(PICTURES_AT_HAND)(self._read_picture)
        self._typed: dict[str, int] = {}
        self._deciders: dict[type, Callable[[str, Any], Decision]] = {
            Say: self._say,
            Show: self._show,
            OfferFiles: self._offer,
        }
        self._handlers: dict[type, Callable[[str, Any], object]] = {
            Join: self._join,
            Answer: self._answer,
            Withdraw: self._withdraw,
            Rename: self._rename,
            History: self._history,
            PictureOf: self._picture,
            Typing: self._typing,
            Leave: self._leave,
            Remove: self._remove,
            Configure: self._configure,
            Close: self._close,
        }

    def handle(self, socket: str, command: Command) -> object:
        """Do one command of a socket that is no posting, and return its acknowledgement."""
        return self._handlers[type(command)](socket, command)

    def decide(self, socket: str, posting: Command) -> Decision:
        """Decide a posting, and do nothing of it yet."""
        return self._deciders[type(posting)](socket, posting)

    def _do(self, decision: Decision) -> object:
        return self._host.carry_out(decision)

    def _take_pace(self, socket: str) -> None:
        """Raise not-joined, or slow-down when this member asks too often."""
        self._pace[self._room.speaker(socket).member.id].take(1, milliseconds())

    def _note_free_bytes(self) -> None:
        self._room.free_bytes = self._free_bytes()

    # -- coming and going -------------------------------------------------------------------------

    def _join(self, socket: str, asked: Join) -> Welcome:
        key = digest(asked.token)
        guess = self._room.record.pin is not None and asked.pin is not UNSET and not self._room.admits(key)
        address = self._host.transport.address(socket)
        if guess:
            self._guesses.check(address, milliseconds())
        try:
            changes = self._room.join(socket, asked, key, (fresh_id(), fresh_id()), milliseconds())
        except Refused as refused:
            if refused.code == "pin-wrong":
                self._guesses.wrong(address, milliseconds())
            raise
        self._host.change(changes)
        member = self._room.speaker(socket).member
        self._host.transport.enter(socket, member.id)
        self._note_free_bytes()
        return self._welcome(socket, asked)

    def _welcome(self, socket: str, asked: Join) -> Welcome:
        member, outbox = self._room.speaker(socket)
        return Welcome(
            you=self._room.members.seen(member),
            room=self._room.seen(),
            members=self._room.members_seen(),
            entries=self._missed(asked),
            offers=self._room.offers_seen(member.id),
            last_mid=self._room.log.outbox(member.id, outbox).last,
            addresses=self._addresses() if member.host else UNSET,
        )

    def _missed(self, asked: Join) -> tuple[Entry, ...]:
        """The oldest entries after what the client has, or the newest page."""
        limits, store = self._room.rules.limits, self._host.store
        since = asked.since if asked.epoch == self._room.epoch else UNSET
        if since is not UNSET and since <= self._room.log.head:
            return store.after(since, limits.page_entries, limits.page_bytes)
        return store.newest(limits.page_entries, limits.page_bytes)

    def _leave(self, socket: str, _asked: Leave) -> object:
        ack = self._do(self._room.leave(socket, fresh_id(), milliseconds()))
        self._host.tell(HangUp(frozenset({socket})))
        return ack

    def _rename(self, socket: str, asked: Rename) -> object:
        self._take_pace(socket)
        return self._do(self._room.rename(socket, asked, fresh_id(), milliseconds()))

    # -- posting ----------------------------------------------------------------------------------

    def _say(self, socket: str, asked: Say) -> Decision:
        self._take_pace(socket)
        return self._room.say(socket, asked, fresh_id(), milliseconds())

    def _show(self, socket: str, asked: Show) -> Decision:
        self._take_pace(socket)
        size = min(len(asked.image) * BASE64_RATIO, self._room.rules.limits.image_bytes)
        self._pictures[self._room.speaker(socket).member.id].take(size, milliseconds())
        return self._room.show(socket, asked, fresh_id(), milliseconds())

    def _offer(self, socket: str, asked: OfferFiles) -> Decision:
        self._take_pace(socket)
        self._note_free_bytes()
        return self._room.offer_files(socket, asked, (fresh_id(), fresh_id()), milliseconds())

    # -- offers -----------------------------------------------------------------------------------

    def _answer(self, socket: str, asked: Answer) -> object:
        self._take_pace(socket)
        return self._do(self._room.answer(socket, asked))

    def _withdraw(self, socket: str, asked: Withdraw) -> object:
        return self._do(self._room.withdraw(socket, asked.offer))

    # -- reading ----------------------------------------------------------------------------------

    def _history(self, socket: str, asked: History) -> Page:
        if asked.before is not UNSET and asked.after is not UNSET:
            raise Refused("malformed", at="$.after")
        self._room.speaker(socket)
        store, limit, size = self._host.store, asked.limit, self._room.rules.limits.page_bytes
        if asked.before is not UNSET:
            entries = store.before(asked.before, limit, size)
        elif asked.after is not UNSET:
            entries = store.after(asked.after, limit, size)
        else:
            entries = store.newest(limit, size)
        return Page(entries=entries, head=self._room.log.head)

    def _picture(self, socket: str, asked: PictureOf) -> Json:
        self._room.speaker(socket)
        return self._picture_of(asked.id)

    def _read_picture(self, entry: str) -> Json:
        return Json(to_json(PictureData(image=self._host.store.picture(entry))))

    def _typing(self, socket: str, _asked: Typing) -> Ack:
        member, now = self._room.speaker(socket).member.id, milliseconds()
        if now - self._typed.get(member, 0) >= TYPING_MS:
            self._typed[member] = now
            self._host.tell(self._room.typing(socket))
        return Ack()

    # -- the host ---------------------------------------------------------------------------------

    def _remove(self, socket: str, asked: Remove) -> object:
        return self._do(self._room.remove(socket, asked.member, fresh_id(), milliseconds()))

    def _configure(self, socket: str, asked: Configure) -> object:
        self._note_free_bytes()
        return self._do(self._room.configure(socket, asked))

    def _close(self, socket: str, _asked: Close) -> Ack:
        self._room.check_host(socket)
        self._host.end(RoomClosed("closed"))
        return Ack()
