"""Mistakes to plant into the core, and how: a line is replaced in the source of a module that is imported afresh."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType
from typing import NamedTuple

FRESH = ("chatapp.core.", "tests.core.")
"""What is imported anew for each mutant, so that all of it means the same classes; and never the tests themselves."""


class Mutant(NamedTuple):
    """One mistake: in this module of the core, this text (which is there once) becomes that."""

    name: str
    module: str
    right: str
    wrong: str

    def __str__(self) -> str:
        return self.name


MUTANTS = (
    Mutant(
        "an offer can be accepted after its end",
        "offers",
        "if not self.is_open and (accept or not self._goes_on_for(member)):",
        "if False:",
    ),
    Mutant(
        "who is still receiving after the end cannot cancel",
        "offers",
        "if not self.is_open and (accept or not self._goes_on_for(member)):",
        "if not self.is_open:",
    ),
    Mutant("a taken name is given again", "seats", "    room.members.check_free(cleaned, but)\n", ""),
    Mutant(
        "a look-alike is another name",
        "members",
        "holder = self._seated.get(name_key(name))",
        "holder = self._seated.get(name)",
    ),
    Mutant("a taken mid adds an entry", "log", "if mid == upcoming:", "if mid <= upcoming:"),
    Mutant("a gap is not noticed", "log", "if mid == upcoming:", "if mid >= upcoming:"),
    Mutant("a refused content takes no mid", "posts", "refused.code not in CONTENT_CODES", "True"),
    Mutant(
        "who declined keeps the downloads",
        "offers",
        'CONSENTED: frozenset[RecipientState] = WANTING | {"received"}',
        'CONSENTED: frozenset[RecipientState] = WANTING | {"received", "declined"}',
    ),
    Mutant(
        "bytes go to who has not answered",
        "offers",
        'if state == "pending" or member == self.record.by:',
        'if state == "pending":\n            return\n        if member == self.record.by:',
    ),
    Mutant(
        "bytes go on after the end",
        "offers",
        "if state not in CONSENTED or not (self.is_open or self._goes_on_for(member)):",
        "if state not in CONSENTED:",
    ),
    Mutant(
        "expiry ends what is being received",
        "offers",
        'return self.is_open or (self.record.state == "expired" and "receiving" in self.states.values())',
        "return self.is_open",
    ),
    Mutant("a removed token comes back", "seats", 'known.seat == "removed"', "False"),
    Mutant("a removed person goes on downloading", "room", "if not self.members.is_seated(member):", "if False:"),
    Mutant(
        "an offer outlives its sender's seat",
        "seats",
        "if offer.record.by == member.id and offer.is_open:",
        "if False:",
    ),
    Mutant("a locked room lets strangers in", "seats", "if room.record.locked:", "if False:"),
    Mutant(
        "grace never ends",
        "seats",
        "return member if since + room.rules.grace_ms <= now else None",
        "return None",
    ),
    Mutant(
        "who comes again has still consented",
        "offers",
        '("gone", "come"): "pending"',
        '("gone", "come"): "accepted"',
    ),
    Mutant("consent survives leaving", "offers", '    ("receiving", "go"): "gone",\n', ""),
    Mutant(
        "a lost upload is not told",
        "offers",
        '    ("receiving", "lose"): "failed",\n',
        "",
    ),
    Mutant(
        "what was lost counts as received",
        "offers",
        'if saved.state in ("declined", "failed", "gone"):',
        'if saved.state in ("declined", "gone"):',
    ),
    Mutant("a file with a hole is received", "ranges", "start == 0 and stop >= size", "stop >= size"),
    Mutant(
        "one tab takes the other with it",
        "seats",
        "if room.members.sockets(member.id) != {socket}:",
        "if False:",
    ),
    Mutant(
        "bytes are asked for again and again",
        "state",
        "if before or not offer.wants_bytes:",
        "if not offer.wants_bytes:",
    ),
    Mutant(
        "answers are told to everyone",
        "state",
        "told, to=to) for to in (offer.record.by, member)]",
        "told) for to in (offer.record.by, member)]",
    ),
    Mutant(
        "an author does not hear of the own entry",
        "state",
        'return [Delivery("posted", change.entry)]',
        'return [Delivery("posted", change.entry, but=self.members.sockets(change.entry.by))]',
    ),
    Mutant(
        "a restart forgets the answers",
        "state",
        "self.offers[recipient.offer].recall(recipient)",
        "pass",
    ),
    Mutant(
        "a restart forgets the files that are whole", "state", "self.offers[received.offer].received(received)", "pass"
    ),
    Mutant(
        "one whole file is the whole offer",
        "offers",
        "if all(self._has(change.member, file) for file in others):",
        "if True:",
    ),
    Mutant(
        "a restart keeps empty seats for ever",
        "members",
        "                self._away_since[record.id] = now\n",
        "                pass\n",
    ),
)


class _Planter(MetaPathFinder):
    """Finds one module, and reads it with the mistake in it."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != f"chatapp.core.{self._mutant.module}":
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        assert spec is not None
        assert spec.origin is not None
        spec.loader = _Mistaken(fullname, spec.origin, self._mutant)
        return spec


class _Mistaken(SourceFileLoader):
    def __init__(self, fullname: str, path: str, mutant: Mutant) -> None:
        super().__init__(fullname, path)
        self._mutant = mutant

    def get_code(self, fullname: str) -> CodeType:
        mutant, source = self._mutant, self.get_source(fullname)
        assert source is not None
        assert source.count(mutant.right) == 1, f"{mutant.module} does not have once: {mutant.right}"
        return compile(source.replace(mutant.right, mutant.wrong), self.path, "exec", dont_inherit=True)


@contextmanager
def planted(mutant: Mutant) -> Iterator[ModuleType]:
    """The machine (tests.core.machine) over a core with this mistake; afterwards everything is as before."""
    parents = [sys.modules[name.rstrip(".")] for name in FRESH]
    attributes = [dict(vars(parent)) for parent in parents]
    kept = {name: module for name, module in sys.modules.items() if _is_fresh(name)}
    planter = _Planter(mutant)
    _forget()
    sys.meta_path.insert(0, planter)
    try:
        yield importlib.import_module("tests.core.machine")
    finally:
        sys.meta_path.remove(planter)
        _forget()
        sys.modules.update(kept)
        for parent, before in zip(parents, attributes, strict=True):
            vars(parent).update(before)


def _is_fresh(name: str) -> bool:
    return name.startswith(FRESH) and not name.rpartition(".")[2].startswith("test_") and name != __name__


def _forget() -> None:
    """A package's attribute would bring an old module back: `from package import module` looks there first."""
    for name in [name for name in sys.modules if _is_fresh(name)]:
        del sys.modules[name]
        parent, _, child = name.rpartition(".")
        vars(sys.modules[parent]).pop(child, None)
