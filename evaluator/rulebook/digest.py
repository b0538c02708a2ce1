"""A SHA-256 of what the rules say, whatever they look like.

In: a rulebook and the policies that matter. Out: a digest over a canonical form of their typed rules, sorted by id,
and of the facts, metrics and places that those rules read. Spans, comments, the order of keys and files, the spelling
of a name (id or label) and the unit in which a figure is written leave it as it is; any figure, test, date, citation,
reading or text for people changes it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import fields
from datetime import date
from fractions import Fraction
from operator import attrgetter
from typing import Final, TypeAlias

from evaluator.rulebook import ir, model
from evaluator.rulebook.vocabulary import Fact, Field, ListType, Metric, NumberType, Vocabulary

FORMAT: Final = 1  # raise it when the canonical form changes

Canonical: TypeAlias = "str | int | bool | list[Canonical] | None"

_WRITTEN: Final = {
    model.Row: {"label"},  # the cell as its file writes it; `condition` says the same
    model.Entry: {"figure"},  # the figure as its file writes it; told apart, in base units, for a vague one has no test
    model.Target: {"schedule"},
    Field: {"span", "changeable"},  # what can be changed, and how soon, is advice and no rule
}
"""Fields that repeat, as written, what another field holds in typed form."""


def rulebook_digest(rulebook: model.Rulebook, policies: Collection[str]) -> str:
    """The digest of the rules of `policies` (ids); other policies that were read do not matter."""
    wanted = set(policies)
    canon = _Canon(rulebook.vocabulary)
    parts: list[Canonical] = [FORMAT]
    parts.append([canon.whole(rulebook.policies[id]) for id in sorted(wanted)])
    rules = sorted((rule for rule in rulebook.rules.values() if rule.policy.id in wanted), key=lambda rule: rule.id)
    parts.append([canon.whole(rule) for rule in rules])
    stackings = sorted((tree for tree in rulebook.stackings if tree.policy.id in wanted), key=lambda tree: tree.id)
    parts.append([canon.whole(tree) for tree in stackings])
    others = [entry for entry in rulebook.alternatives if entry.of.partition("/")[0] in wanted]
    if others:
        parts.append([canon.whole(entry) for entry in sorted(others, key=lambda entry: (entry.of, entry.id))])
    parts.append(canon.vocabulary([rulebook.policies[id].jurisdiction for id in wanted]))
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def bytes_digest(rulebook: model.Rulebook, policies: Collection[str]) -> str:
    """The digest of the bytes of those policies' files and of the shared vocabulary."""
    folders = {"vocabulary", *policies}
    return files_digest({name: sha for name, sha in rulebook.files.items() if name.split("/", 1)[0] in folders})


def files_digest(files: Mapping[str, str]) -> str:
    """One SHA-256 over the names and digests of files."""
    whole = hashlib.sha256()
    for name in sorted(files):
        whole.update(f"{name}\0{files[name]}\n".encode())
    return whole.hexdigest()


class _Canon:
    """Dataclasses to nested lists; facts, metrics and policies are named, and collected to be told once."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.words = vocabulary
        self.named: dict[str, Fact | Metric] = {}
        self.known: dict[int, Canonical] = {}

    def whole(self, value: object) -> Canonical:
        """A dataclass with all its compared fields."""
        name, values = _reader(type(value))
        canon = self.value
        told = [name, *[canon(part) for part in values(value)]]
        if isinstance(value, model.Entry):
            told.append(self._figure(value.figure))
        if isinstance(value, model.Table):  # under each hit policy the order of rows says nothing; they may be keys
            told[-1] = sorted((canon(row) for row in value.rows), key=json.dumps)
        return told

    def _figure(self, figure: model.Scheduled) -> Canonical:
        """Bounds of a scheduled figure in the base unit."""
        unit = self.words.units.get(figure.unit)
        factor = 1 if unit is None else unit.factor
        ends = (figure.value, figure.value_to)
        exact = [end if isinstance(end, bool | str) or end is None else str(Fraction(end) * factor) for end in ends]
        return [figure.comparator, *exact]

    def value(self, value: object) -> Canonical:
        """Any value that a typed rule holds."""
        kind = type(value)
        if kind is str or kind is int or kind is bool or value is None:
            return value  # type: ignore[return-value]  # narrowed by identity of the class, which mypy does not follow
        if kind is tuple:
            canon = self.value
            return [canon(part) for part in value]  # type: ignore[attr-defined]  # as above
        if kind is Fact or kind is Metric:
            assert isinstance(value, Fact | Metric)
            self.named[f"{kind.__name__}:{value.id}"] = value
            return value.id
        if kind is Field:
            assert isinstance(value, Field)
            return value.id
        if kind is model.Policy:
            assert isinstance(value, model.Policy)
            return value.id
        if isinstance(value, Fraction | date | str):
            return str(value)
        if kind is ir.Constant:
            assert isinstance(value, ir.Constant)
            return ["Constant", self.type(value.type), self.value(value.value)]
        # parts that many rules share (a period, a gate) are told from memory; the rulebook keeps them alive
        found = self.known.get(id(value))
        if found is None:
            found = self.known[id(value)] = self.whole(value)
        return found

    def type(self, type_: object) -> Canonical:
        """The type of a constant, without the unit it is written in."""
        if isinstance(type_, NumberType):
            return type_.dimension
        return type(type_).__name__

    def vocabulary(self, jurisdictions: Collection[str]) -> Canonical:
        """The facts and metrics that were named, their records, and the places of the jurisdictions."""
        vocabulary = self.words
        named = [self._field(key, self.named[key]) for key in sorted(self.named)]
        lists = {fact.type.record for fact in self.named.values() if isinstance(fact.type, ListType)}
        records: list[Canonical] = [
            [id, *(self._field(field.id, field) for field in vocabulary.records[id].fields)] for id in sorted(lists)
        ]
        places = [
            self.whole(place)
            for path, place in sorted(vocabulary.places.items())
            if any(path == root or path.startswith(f"{root}/") for root in jurisdictions)
        ]
        kinds = [self.whole(kind) for _, kind in sorted(vocabulary.kinds.items())]
        return [named, records, places, kinds]

    def _field(self, key: str, field: Field) -> Canonical:
        unit = field.type.unit if isinstance(field.type, NumberType) else None
        return [key, unit, self.whole(field)]


Reader: TypeAlias = tuple[str, Callable[[object], tuple[object, ...]]]
_READERS: dict[type, Reader] = {}


def _reader(kind: type) -> Reader:
    """The class's name, and how to read its fields at once; the type of a node follows from its leaves."""
    found = _READERS.get(kind)
    if found is None:
        left_out: set[str] = set()
        for base, names in _WRITTEN.items():
            if issubclass(kind, base):
                left_out |= names
        if issubclass(kind, ir.Node):
            left_out.add("type")
        kept = [entry.name for entry in fields(kind) if entry.compare and entry.name not in left_out]
        get = attrgetter(*kept) if kept else lambda _: ()
        found = _READERS[kind] = (kind.__name__, get if len(kept) != 1 else lambda value: (get(value),))
    return found


__all__ = ["bytes_digest", "files_digest", "rulebook_digest"]
