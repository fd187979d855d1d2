"""Payloads to structs and back: the only place that knows JSON.

Strict (RFC 8259, and more): no NaN or Infinity, no lone surrogates, bounded depth and number of containers. One NaN
that is passed on disconnects every browser, and from the history it would do so for ever.
"""

from __future__ import annotations

import re
from typing import Any, Final, TypeVar

import msgspec

from chatapp.errors import Refused

MAX_CONTAINERS = 1024
MAX_DEPTH = 16
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_BRACKET = re.compile(r"[\[\]{}]")
_MISSING = re.compile(r"missing required field `(\w+)`(?: - at `(.*)`)?$")
_WHERE = re.compile(r" - at `(.*)`$")


class Json(bytes):
    """The UTF-8 of a value: encoded once, for whoever asks."""


class Malformed:
    """What a text that is no strict JSON decodes to; it becomes a refusal where the sender can be answered."""


MALFORMED: Final = Malformed()


to_json = msgspec.json.Encoder().encode
"""The UTF-8 of any struct or plain value."""


class StrictJson:
    """The `json` of python-socketio and python-engineio: never raises, so no bad frame leaves a ghost behind."""

    @staticmethod
    def dumps(value: object, **_: object) -> str:
        """The text of any struct or plain value."""
        return to_json(value).decode()

    @staticmethod
    def loads(text: str, **_: object) -> Any:
        """The plain value of a text, or MALFORMED."""
        if not _is_bounded(text):
            return MALFORMED
        try:
            return msgspec.json.decode(text)
        except (msgspec.DecodeError, ValueError, RecursionError):
            return MALFORMED


def _is_bounded(text: str) -> bool:
    """Whether a text has few containers, not deeply nested; cheap for what is usual."""
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return True
    depth = count = 0
    for bracket in _BRACKET.findall(_STRING.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        count += bracket in "[{"
        if depth > MAX_DEPTH or count > MAX_CONTAINERS:
            return False
    return True


T = TypeVar("T")


def decode(payload: object, kind: type[T]) -> T:
    """The struct of a payload; raises malformed with `at`, the JSONPath of what is wrong."""
    try:
        return msgspec.convert(payload, kind)
    except msgspec.ValidationError as error:
        raise Refused("malformed", at=_path(str(error))) from None


def _path(message: str) -> str:
    missing = _MISSING.search(message)
    if missing:
        return f"{missing[2] or '$'}.{missing[1]}"
    where = _WHERE.search(message)
    return where[1] if where else "$"
