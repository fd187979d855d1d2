"""The contract as TypeScript, for the page."""

import typing
from collections.abc import Callable, Iterable, Iterator, Sequence

from msgspec import inspect

from chatapp import errors, protocol
from scripts._contract_types import CONSTANTS, LITERALS, Shape, doc_of, http_codes, name_of, shapes

HEADER = "// Generated from chatapp/protocol.py by scripts/contract.py. Do not edit: change it there.\n"
WIDTH = 100


def typescript() -> str:
    """The whole text of web/src/contract.ts."""
    parts = [HEADER, *constants(), *unions(), codes(), *map(interface, shapes()), entry(), refusal(), *maps()]
    return "\n".join(parts)


def constants() -> Iterator[str]:
    """The numbers that a client needs."""
    for name in CONSTANTS:
        yield f"{tsdoc(doc_of(protocol, name))}export const {name} = {vars(protocol)[name]};\n"


def unions() -> Iterator[str]:
    """The literal types that have a name."""
    for name in LITERALS.values():
        yield union(name, typing.get_args(vars(protocol)[name]))


def codes() -> str:
    """The codes of acknowledgements and of HTTP answers, as arrays and as types."""
    both = (
        ("Code", "CODES", errors.COMMAND_CODES, "COMMAND_CODES"),
        ("HttpCode", "HTTP_CODES", [code for code, _ in http_codes()], "HTTP_STATUS"),
    )
    return "\n".join(array(*each) for each in both)


def array(kind: str, name: str, words: Sequence[str], constant: str) -> str:
    """A list of words, and the type of one of them."""
    lines = "".join(f"  {quoted(word)},\n" for word in words)
    doc = tsdoc(doc_of(errors, constant))
    return f"{doc}export const {name} = [\n{lines}] as const;\nexport type {kind} = (typeof {name})[number];\n"


def interface(shape: Shape) -> str:
    """One struct."""
    if not shape.fields and shape.tag is None:
        return f"{tsdoc(shape.doc)}export type {shape.name} = Record<string, never>;\n"
    tag = f"  kind: {quoted(shape.tag)};\n" if shape.tag else ""
    lines = "".join(
        f"  {field.encode_name}{'?' if shape.is_optional(field) else ''}: {type_text(field.type)};\n"
        for field in shape.fields
    )
    return f"{tsdoc(shape.doc)}export interface {shape.name} {{\n{tag}{lines}}}\n"


def entry() -> str:
    """What stands in the log, told apart by `kind`."""
    return f"{tsdoc('One line of the room. It never changes.')}export type Entry = {entry_kinds()};\n"


def entry_kinds() -> str:
    """The interfaces that an entry can be."""
    return " | ".join(kind.__name__ for kind in typing.get_args(protocol.Entry))


def refusal() -> str:
    """The acknowledgement of what was not done."""
    doc = "A command was refused: `at` with malformed, `expected` with gap, `retry_ms` with slow-down."
    fields = ("ok: false", "code: Code", "at?: string", "expected?: number", "retry_ms?: number")
    lines = "".join(f"  {field};\n" for field in fields)
    return f"{tsdoc(doc)}export interface Refusal {{\n{lines}}}\n"


def maps() -> Iterator[str]:
    """What each word on the wire carries."""
    commands = (
        f"{word}: {{ fields: {kind.__name__}; ack: {protocol.ACKS[word].__name__} }}"
        for word, kind in protocol.COMMANDS.items()
    )
    yield table("Commands", "Each command: what it carries, and its acknowledgement.", commands)
    events = (f"{quoted(word)}: {name_of(kind)}" for word, kind in protocol.EVENTS.items())
    yield table("Events", "Each event with its payload.", events)


def table(name: str, doc: str, lines: Iterable[str]) -> str:
    """A map of types."""
    body = "".join(f"  {line};\n" for line in lines)
    return f"{tsdoc(doc)}export interface {name} {{\n{body}}}\n"


def union(name: str, words: Sequence[str]) -> str:
    """A type that is one of some words."""
    line = f"export type {name} = {' | '.join(map(quoted, words))};\n"
    if len(line) <= WIDTH:
        return line
    body = "\n".join(f"  | {quoted(word)}" for word in words)
    return f"export type {name} =\n{body};\n"


def tsdoc(text: str) -> str:
    """A documentation comment; nothing for no text."""
    lines = text.splitlines()
    if len(lines) < 2:
        return f"/** {text} */\n" if text else ""
    return "/**\n" + "".join(f" * {line}".rstrip() + "\n" for line in lines) + " */\n"


def type_text(kind: inspect.Type) -> str:
    """A type in TypeScript; raises TypeError for one that the contract has not had yet."""
    for python, write in WRITERS.items():
        if isinstance(kind, python):
            return write(kind)
    raise TypeError(kind)


def list_text(kind: typing.Any) -> str:
    """A list's type."""
    item = type_text(kind.item_type)
    return f"({item})[]" if " " in item else f"{item}[]"


def union_text(kind: typing.Any) -> str:
    """A union's name, or its members."""
    text = " | ".join(map(type_text, kind.types))
    return "Entry" if text == entry_kinds() else text


def literal_text(kind: typing.Any) -> str:
    """A literal's name, or its words."""
    words = [f'"{word}"' if isinstance(word, str) else str(word).lower() for word in kind.values]
    return LITERALS.get(frozenset(kind.values)) or " | ".join(words)


def quoted(word: str) -> str:
    """A word in double quotes."""
    return f'"{word}"'


WRITERS: dict[type[inspect.Type], Callable[[typing.Any], str]] = {
    inspect.IntType: lambda _: "number",
    inspect.StrType: lambda _: "string",
    inspect.BoolType: lambda _: "boolean",
    inspect.NoneType: lambda _: "null",
    inspect.LiteralType: literal_text,
    inspect.VarTupleType: list_text,
    inspect.DictType: lambda kind: f"Record<string, {type_text(kind.value_type)}>",
    inspect.UnionType: union_text,
    inspect.StructType: lambda kind: kind.cls.__name__,
}
