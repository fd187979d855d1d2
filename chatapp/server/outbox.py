"""What is on its way: the stream, which is for everyone, and of each socket its place there and what is its own."""

from __future__ import annotations

from typing import Final

CHUNK_BYTES: Final = 64 * 1024
"""About how much is joined into one send."""


class Stream:
    """Frames for everyone, in order; each has a place, which it keeps when older ones are forgotten."""

    def __init__(self) -> None:
        self._frames: list[bytes] = []
        self._first = 0
        self.end = 0
        """The place of the next frame."""
        self.size = 0
        """The bytes of all frames there ever were."""

    def add(self, frame: bytes) -> None:
        """One more frame at the end."""
        self._frames.append(frame)
        self.end += 1
        self.size += len(frame)

    def chunk(self, start: int, stop: int, most: int) -> tuple[list[bytes], int]:
        """Frames from `start` on, until they have `most` bytes or `stop` is reached, and their bytes."""
        chunk, size = [], 0
        for frame in self._frames[start - self._first : stop - self._first]:
            chunk.append(frame)
            size += len(frame)
            if size >= most:
                break
        return chunk, size

    def forget(self, before: int) -> None:
        """Let go of the frames before a place."""
        if before > self._first:
            del self._frames[: before - self._first]
            self._first = before


class Outbox:
    """What one socket is owed: the stream from its place on, and between its frames those that are its own."""

    __slots__ = ("_own", "_own_size", "_seen_size", "closing", "groups", "heard", "moved_at", "place", "rest", "slow")

    def __init__(self) -> None:
        self._own: list[tuple[int, bytes]] = []  # an empty deque is ten times as big
        self._own_size = 0
        self._seen_size = 0
        self.place: int | None = None
        """What of the stream comes next for it; None while it hears nothing of the stream."""
        self.groups: tuple[str, ...] = ()
        self.closing = False
        """Nothing comes after what it is owed already."""
        self.rest: memoryview | None = None
        """What the socket did not take of the last send."""
        self.slow = False
        """The socket took less than was sent."""
        self.moved_at = 0.0
        """When a slow socket took something last."""
        self.heard = True
        """Whether its peer gave a sign of life since the last ping."""

    def follow(self, stream: Stream) -> None:
        """Be owed the stream from now on."""
        if self.place is None:
            self.place, self._seen_size = stream.end, stream.size

    def add(self, frame: bytes, stream: Stream) -> None:
        """Be owed a frame of its own, or the next part of one, after what is in the stream by now."""
        self._own.append((stream.end, frame))
        self._own_size += len(frame)

    def behind(self, stream: Stream) -> int:
        """How many bytes it is owed."""
        of_stream = 0 if self.place is None or self.closing else stream.size - self._seen_size
        return self._own_size + of_stream + (len(self.rest) if self.rest else 0)

    @property
    def own_size(self) -> int:
        """The bytes that it is owed for itself alone."""
        return self._own_size

    @property
    def has_own(self) -> bool:
        """Whether it is owed more than the stream."""
        return bool(self._own)

    def is_empty(self, end: int) -> bool:
        """Whether all is sent that it is owed before the stream's place `end`."""
        return not self.rest and not self._own and (self.place is None or self.closing or self.place >= end)

    def advance(self, frames: int, size: int) -> None:
        """Go on in the stream."""
        self.place = (self.place or 0) + frames
        self._seen_size += size

    def take(self, stream: Stream, end: int) -> bytes:
        """What to send next, of the stream only what is before `end`; empty when nothing is left."""
        parts: list[bytes] = []
        size = 0
        while size < CHUNK_BYTES:
            stop = self._next_stop(end)
            if self.place is not None and self.place < stop:
                chunk, chunk_size = stream.chunk(self.place, stop, CHUNK_BYTES - size)
                self.advance(len(chunk), chunk_size)
                parts += chunk
                size += chunk_size
            elif self._own and (self.place is None or self._own[0][0] <= end):
                if parts and len(self._own[0][1]) >= CHUNK_BYTES:
                    break  # others share it, and joined with anything it would be copied for each
                _, frame = self._own.pop(0)
                self._own_size -= len(frame)
                parts.append(frame)
                size += len(frame)
            else:
                break
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _next_stop(self, end: int) -> int:
        """Up to where the stream comes before anything of its own."""
        if self._own:
            return min(self._own[0][0], end)
        return 0 if self.closing else end

    def drop(self) -> None:
        """Be owed nothing any more."""
        self._own.clear()
        self._own_size, self.rest, self.place, self.closing, self.groups = 0, None, None, True, ()
