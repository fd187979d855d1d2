"""The contract's types as plain facts: their fields, optional or not, and the names that types have."""

import ast
import inspect as source
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from types import ModuleType, UnionType

from msgspec import NODEFAULT, Struct, inspect

from chatapp import errors, protocol

CONSTANTS = ("PROTOCOL", "COLOURS", "OUTBOX_WINDOW", "TITLE_CHARS")
"""Those that a client needs."""
LITERALS = {
    frozenset(typing.get_args(alias)): name
    for name, alias in vars(protocol).items()
    if typing.get_origin(alias) is typing.Literal
}
"""The literal types that have a name of their own, by their words."""


class DriftError(Exception):
    """The written contract and the types name different words, fields or limits."""


@dataclass(frozen=True)
class Shape:
    """One struct as it is on the wire."""

    name: str
    doc: str
    tag: str | None
    fields: tuple[inspect.Field, ...]
    is_input: bool

    def is_optional(self, field: inspect.Field) -> bool:
        """Whether it may be missing: what a client may leave out, and what a server sends only sometimes."""
        unset = field.default is NODEFAULT and field.default_factory is NODEFAULT
        return not field.required and (self.is_input or unset)


def shape(kind: type[Struct]) -> Shape:
    """A struct's facts."""
    info = struct_info(kind)
    is_input = issubclass(kind, protocol.Command) or kind is protocol.FileToOffer
    tag = info.tag if isinstance(info.tag, str) else None
    return Shape(kind.__name__, source.getdoc(kind) or "", tag, info.fields, is_input)


def struct_info(kind: type[Struct]) -> inspect.StructType:
    """What msgspec knows of a struct."""
    info = inspect.type_info(kind)
    if not isinstance(info, inspect.StructType):
        raise TypeError(kind)
    return info


def shapes() -> Iterator[Shape]:
    """All structs that stand on the wire themselves, in the module's order."""
    bases = {protocol.Command, protocol.Posting, protocol.Event}
    for kind in vars(protocol).values():
        if isinstance(kind, type) and issubclass(kind, Struct) and is_own(kind) and kind not in bases:
            yield shape(kind)


def is_own(kind: type[Struct]) -> bool:
    """Whether the protocol defines it, and not for itself alone."""
    return kind.__module__ == protocol.__name__ and not kind.__name__.startswith("_")


def members_of(union: object) -> tuple[type[Struct], ...]:
    """The structs that a payload's type allows: one, or those of a union."""
    if isinstance(union, UnionType):
        return typing.get_args(union)
    if isinstance(union, type) and issubclass(union, Struct):
        return (union,)
    raise TypeError(union)


def name_of(kind: object) -> str:
    """The name of a payload's type."""
    return "Entry" if kind == protocol.Entry else members_of(kind)[0].__name__


def doc_of(module: ModuleType, constant: str) -> str:
    """The text under a constant's assignment, or nothing."""
    body = ast.parse(Path(module.__file__ or "").read_text("utf-8")).body
    for statement, below in pairwise(body):
        if constant in assigned(statement) and isinstance(below, ast.Expr):
            return str(ast.literal_eval(below.value))
    return ""


def assigned(statement: ast.stmt) -> list[str]:
    """The names that a statement sets."""
    if isinstance(statement, ast.Assign):
        return [target.id for target in statement.targets if isinstance(target, ast.Name)]
    return []


def http_codes() -> list[tuple[str, int]]:
    """The codes of HTTP answers with their status, by status."""
    return sorted(errors.HTTP_STATUS.items(), key=lambda item: item[1])
