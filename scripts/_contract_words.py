"""The contract's types in words, as docs/PROTOCOL.md has them."""

import typing
from collections.abc import Iterable, Iterator

from msgspec import NODEFAULT, Struct, inspect

from chatapp import protocol
from scripts._contract_types import LITERALS, shape, struct_info

NAMED = {"Member", "Room", "Offer", "Limits"} | set(LITERALS.values())
"""The types that have a section of their own."""
PATTERNS = {
    getattr(inspect.type_info(alias), "pattern", None): words
    for alias, words in (
        (protocol.Id, "an id"),
        (protocol.Token, "22 to 128 of [A-Za-z0-9_-]"),
        (protocol.OutboxName, "1 to 32 of [A-Za-z0-9_-]"),
        (protocol.Pin, "4 to 12 digits"),
        (protocol.Text, "a string without control characters but tab and line feed"),
        (protocol.Line, "a string without control characters"),
    )
}
"""What a checked string is, by its pattern."""


def code(word: str) -> str:
    """A word as it stands on the wire."""
    return f"`{word}`"


def marked(kind: type[Struct]) -> list[str]:
    """A struct's fields as the contract names them, those that may be missing with a question mark."""
    own = shape(kind)
    return [field.encode_name + ("?" if own.is_optional(field) else "") for field in own.fields]


def listed(cell: str) -> list[str]:
    """The fields that a cell of the template names."""
    return [word.strip() for word in cell.split(",") if word.strip()]


def field_list(kind: type[Struct], names: Iterable[str]) -> str:
    """Some of a struct's fields, objects with their type."""
    types = {field.encode_name: field.type for field in struct_info(kind).fields}
    return ", ".join(code(name + object_suffix(types[name.rstrip("?")])) for name in names)


def object_suffix(kind: inspect.Type) -> str:
    """What follows a field's name when it is an object or a list of objects."""
    words = type_words(kind)
    return f": {words}" if words[0] in "[{" or words in NAMED else ""


def type_words(kind: inspect.Type) -> str:
    """A type in words; raises KeyError for one that the contract has not had yet."""
    return WORDS[type(kind)](kind)


def string_words(kind: typing.Any) -> str:
    """A string and what it is checked for."""
    words = PATTERNS[kind.pattern] if kind.pattern else "a string"
    return words + (f", at most {kind.max_length} characters" if kind.max_length else "")


def number_words(kind: typing.Any) -> str:
    """An integer and its range."""
    if kind.ge is None:
        return "an integer"
    top = "2^53-1" if kind.le == protocol.MAX_INT else kind.le
    return f"an integer, {kind.ge} to {top}"


def literal_words(kind: typing.Any) -> str:
    """A literal's name, or its words."""
    return LITERALS.get(frozenset(kind.values)) or " or ".join(f'"{value}"' for value in kind.values)


def struct_words(kind: typing.Any) -> str:
    """An object's name, or its fields."""
    return kind.cls.__name__ if kind.cls.__name__ in NAMED else f"{{{', '.join(marked(kind.cls))}}}"


def union_words(kind: typing.Any) -> str:
    """A union's name, or its members."""
    if {each.cls for each in kind.types if hasattr(each, "cls")} == set(typing.get_args(protocol.Entry)):
        return "Entry"
    return " or ".join(map(type_words, kind.types))


WORDS: dict[type[inspect.Type], typing.Callable[[typing.Any], str]] = {
    inspect.IntType: number_words,
    inspect.StrType: string_words,
    inspect.BoolType: lambda _: "true or false",
    inspect.NoneType: lambda _: "null",
    inspect.LiteralType: literal_words,
    inspect.VarTupleType: lambda kind: f"[{type_words(kind.item_type)}]",
    inspect.DictType: lambda kind: f"{{id: {type_words(kind.value_type)}}}",
    inspect.UnionType: union_words,
    inspect.StructType: struct_words,
}


def checked(kind: type[Struct], inside: str = "") -> Iterator[tuple[str, str]]:
    """Each field of a command, and of the objects in its lists, with what it is checked for."""
    for field, name in zip(struct_info(kind).fields, marked(kind), strict=True):
        yield inside + name, type_words(field.type) + default_words(field)
        item = getattr(field.type, "item_type", None)
        if isinstance(item, inspect.StructType):
            yield from checked(item.cls, f"{name}[].")


def default_words(field: inspect.Field) -> str:
    """What a field is when it is missing."""
    return "" if field.default is NODEFAULT else f"; when missing: {field.default}"
