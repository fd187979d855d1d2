"""docs/PROTOCOL.md: the template's prose, with its tables checked against the types and filled from them."""

import re
import typing
from collections.abc import Callable, Iterable, Iterator, Sequence

from msgspec import Struct

from chatapp import errors, protocol
from scripts._contract_types import CONSTANTS, DriftError, http_codes, name_of, struct_info
from scripts._contract_words import checked, code, field_list, listed, marked, type_words

BLOCK = re.compile(r"^\{\{(\w[\w-]*) ?(\w*)\}\}\n(.*?)^\{\{end\}\}\n", re.DOTALL | re.MULTILINE)
"""{{commands}} or {{shape Member}}, then rows with cells between bars, then {{end}}."""
CONSTANT = re.compile(r"\{\{([A-Z_]+)\}\}")
SHAPES = ("Member", "Room", "Offer")
COMMON = ("seq", "id", "at", "by", "name", "colour")

Row = Sequence[str]


def document(template: str) -> str:
    """The whole text; raises DriftError where the template and the types differ."""
    blocks = BLOCK.findall(template)
    same("tables", {*TABLES} - {"shape"}, {kind for kind, *_ in blocks} - {"shape"})
    same("shapes", SHAPES, [name for kind, name, _ in blocks if kind == "shape"])
    text = BLOCK.sub(lambda found: table(*found.groups()), template)
    return CONSTANT.sub(lambda found: constant(found.group(1)), text)


def table(kind: str, name: str, body: str) -> str:
    """One block of the template as a Markdown table."""
    headline, fill = TABLES[kind]
    rows = [[cell.strip() for cell in line.split(" | ")] for line in body.splitlines()]
    if any(len(row) not in {len(headline), len(headline) - 1} for row in rows):
        raise DriftError(f"{kind} {name}: a row has too many or too few cells")
    lines = [headline, ["---"] * len(headline), *fill(rows, name)]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def constant(name: str) -> str:
    """A constant's value; raises DriftError for one that a client does not need."""
    same("constants", (), {name} - set(CONSTANTS))
    return str(vars(protocol)[name])


def same(what: str, in_types: Iterable[str], in_template: Iterable[str]) -> None:
    """Nothing when both name the same; raises DriftError with the difference."""
    types, template = set(in_types), set(in_template)
    if types != template:
        raise DriftError(f"{what}: missing {sorted(types - template)}, unknown {sorted(template - types)}")


def commands(rows: Sequence[Row], _: str) -> Iterator[Row]:
    """Each command: its fields, what its acknowledgement carries, notes."""
    same("commands", protocol.COMMANDS, [row[0] for row in rows])
    for word, fields, ack, note in rows:
        asked, given = protocol.COMMANDS[word], protocol.ACKS[word]
        same(f"fields of {word}", marked(asked), listed(fields))
        same_ack(word, given, listed(ack))
        yield code(word), field_list(asked, listed(fields)), field_list(given, listed(ack)), note


def same_ack(word: str, kind: type[Struct], names: Iterable[str]) -> None:
    """Nothing when an acknowledgement has these fields; one that may be missing need not be named."""
    # say, show and offer share a type, so a row may name what the type only allows.
    plain = {name.rstrip("?") for name in names}
    left_out = {name for name in marked(kind) if name.endswith("?") and name[:-1] not in plain}
    has = {name.rstrip("?") for name in {*marked(kind)} - left_out} - {"ok"}
    same(f"acknowledgement of {word}", has, plain)


def events(rows: Sequence[Row], _: str) -> Iterator[Row]:
    """Each event: its payload, and who is told."""
    same("events", protocol.EVENTS, [row[0] for row in rows])
    for word, payload, target in rows:
        yield code(word), carried(word, payload), target


def carried(word: str, payload: str) -> str:
    """What an event carries: a whole object's name, or its fields."""
    kind = protocol.EVENTS[word]
    if payload[:1].isupper():
        same(f"payload of {word}", [name_of(kind)], [payload])
        return payload
    own = typing.cast("type[Struct]", kind)
    same(f"payload of {word}", marked(own), listed(payload))
    return field_list(own, listed(payload))


def entries(rows: Sequence[Row], _: str) -> Iterator[Row]:
    """Each kind of entry: what it has besides what all have."""
    kinds = {str(struct_info(kind).tag): kind for kind in typing.get_args(protocol.Entry)}
    same("kinds of entries", kinds, [row[0] for row in rows])
    for word, fields, note in rows:
        same(f"fields of {word}", marked(kinds[word]), [*COMMON, *listed(fields)])
        yield code(word), field_list(kinds[word], listed(fields)), note


def one_shape(rows: Sequence[Row], name: str) -> Iterator[Row]:
    """Each field of one object."""
    kind: type[Struct] = vars(protocol)[name]
    same(f"fields of {name}", marked(kind), [row[0] for row in rows])
    types = {field.encode_name: field.type for field in struct_info(kind).fields}
    for field, note in rows:
        yield code(field), type_words(types[field]), note


def states(rows: Sequence[Row], _: str) -> Iterator[Row]:
    """Each state of an offer and of a recipient, and each reason of a failure."""
    kinds = ("OfferState", "RecipientState", "FailedWhy")
    of_types = [f"{kind} {word}" for kind in kinds for word in typing.get_args(vars(protocol)[kind])]
    same("states", of_types, [f"{kind} {word}" for kind, word, _ in rows])
    yield from ((kind, code(word), note) for kind, word, note in rows)


def codes(rows: Sequence[Row], _: str) -> Iterator[Row]:
    """Each code of an acknowledgement."""
    same("codes", errors.COMMAND_CODES, [row[0] for row in rows])
    yield from ((code(word), note) for word, note in rows)


def statuses(rows: Sequence[Row], _: str) -> Iterator[Row]:
    """Each code of an HTTP answer with its status."""
    same(
        "HTTP codes",
        [f"{status} {word}" for word, status in http_codes()],
        [" ".join(row[:2]) for row in rows],
    )
    yield from ((status, code(word), note) for status, word, note in rows)


def limits(rows: Sequence[Row], _: str) -> Iterator[Row]:
    """Each limit with its default; that of free_bytes is what the disk says."""
    fields = {field.encode_name: str(field.default) for field in struct_info(protocol.Limits).fields}
    defaults = fields | {"free_bytes": "measured"}
    same("limits", [" ".join(each) for each in defaults.items()], [" ".join(row[:2]) for row in rows])
    yield from ((code(name), value, note) for name, value, note in rows)


def checks(_rows: Sequence[Row], _: str) -> Iterator[Row]:
    """What each field of a command is checked for, from the types alone."""
    for word, kind in protocol.COMMANDS.items():
        yield from ((code(word), code(field), words) for field, words in checked(kind))


TABLES: dict[str, tuple[Row, Callable[[Sequence[Row], str], Iterator[Row]]]] = {
    "commands": (("command", "fields", "ack carries", "notes"), commands),
    "events": (("event", "carries", "to"), events),
    "entries": (("kind", "has besides", "notes"), entries),
    "shape": (("field", "is", "notes"), one_shape),
    "states": (("of", "state", "means"), states),
    "codes": (("code", "when"), codes),
    "http-codes": (("status", "code", "when"), statuses),
    "limits": (("limit", "default", "notes"), limits),
    "checks": (("command", "field", "is"), checks),
}
"""Each table that the template may have: its headline, and what checks and fills its rows."""
