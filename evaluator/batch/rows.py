"""Rows to profiles, or the reasons why not: the same values accepted and refused as in a profile file.

Every cell goes through `evaluator.rulebook.convert.read_value`, lists and what stands at the head of a profile through
`evaluator.rulebook.profile.make_profile`; what was read once is remembered, for most cells of a column are alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, TypeAlias

from evaluator.batch.cells import BLANKS, OPEN_LIST, CellProblem, from_text, list_data
from evaluator.batch.columns import Column, Columns, meaning
from evaluator.batch.tables import Row
from evaluator.diagnostics import Diagnostic, RuleError
from evaluator.record import record, row
from evaluator.rulebook.convert import ValueProblem, read_value, shown
from evaluator.rulebook.history import AWARD, PAYMENT
from evaluator.rulebook.model import Rulebook
from evaluator.rulebook.profile import Profile, make_profile
from evaluator.rulebook.values import Item, ItemList, Scalar, Value
from evaluator.rulebook.vocabulary import ChoiceType, Fact, Field, ListType, Metric, TextType

REMEMBERED: Final = 50_000
_ALIKE: Final = frozenset({str, bool, int})
"""Types of cells of which equal ones are read alike (a decimal is not: 1.0 is another text than 1)."""
MAX_ITEMS: Final = 100_000
PROFILE_KEYS: Final = frozenset({"facts", "metrics", "members"})
Items: TypeAlias = Sequence[Mapping[str, object]]


@row
class Rejection:
    """Why a row was set aside. `table` is empty for the profiles, else the name of a child table."""

    table: str
    row: int
    line: int
    column: str
    code: str
    reason: str
    help: str | None = None


@row
class Case:
    """A profile of the population, with what was carried along: the texts of the columns to group by or keep."""

    row: int
    profile: Profile
    kept: tuple[str | None, ...]


@row
class Refused:
    """What is wrong with a cell, to be told again for the next one like it."""

    code: str
    message: str
    help: str | None


@record
class Defaults:
    """What a row that says nothing about it is: its kind and its place."""

    kind: str | None
    place: str | None


class Rows:
    """Reads the rows of one table."""

    def __init__(
        self,
        rulebook: Rulebook,
        columns: Columns,
        headings: Sequence[str],
        *,
        texts: bool,
        defaults: Defaults,
        kept: Sequence[str],
        where: str,
    ) -> None:
        self.rulebook, self.vocabulary, self.units = rulebook, rulebook.vocabulary, rulebook.vocabulary.units
        self.columns, self.where, self.texts, self.defaults, self.kept = columns, where, texts, defaults, tuple(kept)
        self.fixed = columns.of_table(headings, where) if headings else ()
        self.awards = frozenset(id for id, rule in rulebook.rules.items() if rule.kind == "incentive")
        self._heads: dict[tuple[object, ...], Profile | tuple[Diagnostic, ...]] = {}
        self._accepted: dict[str, dict[tuple[str, type, object], Scalar]] = {}
        self._read: dict[tuple[int, str, object], Scalar | Refused] = {}

    def read(self, row: Row, children: Mapping[str, Items] | None = None) -> Case | list[Rejection]:
        """The profile of a row, or everything that is wrong with it.

        `children` holds the entries that child tables give for it, by the id of the list.
        """
        if row.problem is not None:
            problem = row.problem
            return [Rejection("", row.number, row.line, "", problem.code, str(problem), problem.help)]
        given = row.cells
        if isinstance(given, Mapping) and PROFILE_KEYS & given.keys():
            return self._whole(row, given)
        reading = _Reading(self, row)
        reading.take(self._pairs(reading, given))
        return reading.finish(children or {})

    def _pairs(self, reading: _Reading, given: Sequence[object] | Mapping[str, object]) -> list[tuple[Column, object]]:
        """Columns with their cells; the keys of a JSON line are looked up one by one."""
        if not isinstance(given, Mapping):
            return list(zip(self.fixed, given, strict=True))
        pairs: list[tuple[Column, object]] = []
        told: dict[object, str] = {}
        for key, value in given.items():
            found = self.columns.find(key, self.where)
            if isinstance(found, Diagnostic):
                reading.problem(key, found.code, found.message, found.help)
                continue
            meant = meaning(found)
            if meant is not None and meant in told:
                message = f"`{told[meant]}` and `{key}` name the same"
                reading.problem(key, "duplicate-column", message, "leave one of them out")
            elif meant is not None:
                told[meant] = key
            pairs.append((found, value))
        return pairs

    def _whole(self, row: Row, given: Mapping[str, object]) -> Case | list[Rejection]:
        """A JSON line in the form of a profile file."""
        data = dict(given)
        if "kind" not in data and self.defaults.kind is not None:
            data["kind"] = self.defaults.kind
        if "jurisdiction" not in data and self.defaults.place is not None:
            data["jurisdiction"] = self.defaults.place
        try:
            profile = make_profile(data, self.rulebook)
        except RuleError as error:
            return [
                Rejection("", row.number, row.line, _place(found), found.code, found.message, found.help)
                for found in error.diagnostics
            ]
        return Case(row.number, profile, tuple(self._kept_fact(name, profile) for name in self.kept))

    def _kept_fact(self, name: str, profile: Profile) -> str | None:
        """A fact to group by, of a profile that was read whole."""
        found = self.columns.find(name, self.where)
        if isinstance(found, Diagnostic) or found.fact is None:
            return None
        value = profile.facts.get(found.fact.id)
        if value is None or isinstance(value, ItemList):
            return None
        choice = (
            found.fact.type.find(value) if isinstance(found.fact.type, ChoiceType) and isinstance(value, str) else None
        )
        return choice.label.zh if choice is not None else str(value)

    # ------------------------------------------------------------------ values

    def scalar(self, field: Field, raw: object) -> Scalar:
        """`raw` as a value of `field`. Raises ValueProblem; what was read before is not read again."""
        if type(raw) not in _ALIKE:
            return read_value(field, raw, self.units)
        key = (id(field), type(raw).__name__, raw)  # fields of two records may have one id
        known = self._read.get(key)
        if known is None:
            if len(self._read) >= REMEMBERED:
                self._read.clear()
            known = self._read[key] = self._read_value(field, raw)
        if isinstance(known, Refused):
            raise ValueProblem(known.code, known.message, known.help)
        return known

    def _read_value(self, field: Field, raw: object) -> Scalar | Refused:
        try:
            return read_value(field, raw, self.units)
        except ValueProblem as problem:  # which holds on to everything that was at hand when it was raised
            return Refused(problem.code, str(problem), problem.help)

    def accepted(self, kind: str) -> dict[tuple[str, type, object], Scalar]:
        """Cells of profiles of that kind that were read before, with their values."""
        found = self._accepted.setdefault(kind, {})
        if len(found) >= REMEMBERED:
            found.clear()
        return found

    def items(self, fact: Fact, raw: object) -> Value | None:
        """A list without anything unusual about it; None: ask `make_profile`, which also says what is wrong."""
        assert isinstance(fact.type, ListType)
        if not isinstance(raw, list):
            return None
        record = self.vocabulary.records[fact.type.record]
        items: list[Item] = []
        for entry in raw:
            if not isinstance(entry, Mapping):
                return None
            values: dict[str, Value] = {}
            for word, value in entry.items():
                field = record.find(word)
                if field is None or field.id in values:
                    return None
                if value is not None:
                    try:
                        values[field.id] = self.scalar(field, value)
                    except ValueProblem:
                        return None
                    if record.id == PAYMENT.id and field.id == AWARD.id and values[field.id] not in self.awards:
                        return None
            items.append(Item(values, f"{fact.label.zh}[{len(items) + 1}]"))
        return ItemList(tuple(items), True)

    def head(self, kind: object, place: object, code: object) -> Profile | tuple[Diagnostic, ...]:
        """Who and where, as a profile without facts."""
        key = (kind, place, code)
        known = self._heads.get(key)
        if known is None:
            data = {"kind": kind, "jurisdiction": place, "code": code}
            try:
                known = make_profile({name: part for name, part in data.items() if part is not None}, self.rulebook)
            except RuleError as error:
                known = error.diagnostics
            if len(self._heads) >= REMEMBERED:
                self._heads.clear()
            self._heads[key] = known
        return known


class _Reading:
    """One row while it is read: its values and its problems."""

    def __init__(self, rows: Rows, row: Row) -> None:
        self.rows, self.row = rows, row
        self.problems: list[Rejection] = []
        self.heads: dict[str, object] = {}
        self.headings: dict[str, str] = {}
        self.facts: list[tuple[Column, object]] = []
        self.lists: list[tuple[Column, object]] = []
        self.figures: list[tuple[Column, object]] = []
        self.texts: dict[str, str] = {}

    def problem(self, column: str, code: str, message: str, help: str | None = None) -> None:
        self.problems.append(Rejection("", self.row.number, self.row.line, column, code, message, help))

    def take(self, pairs: Iterable[tuple[Column, object]]) -> None:
        """Sort the cells by what their columns are."""
        kept, texts = self.rows.kept, self.rows.texts
        for column, raw in pairs:
            if raw is None or raw == "":
                continue
            role = column.role
            if kept and column.heading in kept:
                self.texts[column.heading] = str(raw).strip(BLANKS)
            if role == "fact":
                self.facts.append((column, raw))
            elif role == "list":
                self.lists.append((column, raw))
            elif role == "figure":
                self.figures.append((column, raw))
            elif role == "blank":
                if str(raw).strip(BLANKS):
                    self.problem("", "heading", f"{shown(raw)} stands in a column without a heading")
            elif role not in ("kept", "ignored"):
                value = from_text(str(raw), words=True) if texts else raw
                if value is not None:
                    self.heads[role], self.headings[role] = value, column.heading

    def finish(self, children: Mapping[str, Items]) -> Case | list[Rejection]:
        """The profile, or all problems."""
        head = self._head()
        facts: dict[str, Value] = {}
        metrics: dict[str, dict[int, Scalar]] = {}
        if head is not None:
            self._facts(head.kind, facts)
            for column, raw in self.figures:
                self._figure(column, raw, head.kind, metrics)
            self._lists(head.kind, children, facts)
        if self.problems or head is None:
            return self.problems
        name = self.heads.get("name")
        told = "" if name is None or not str(name).strip(BLANKS) else str(name)
        profile = Profile(
            kind=head.kind, name=told, place=head.place, code=head.code, facts=facts,
            metrics=metrics,
        )  # fmt: skip
        return Case(self.row.number, profile, tuple(self.texts.get(kept) or None for kept in self.rows.kept))

    def _head(self) -> Profile | None:
        defaults = self.rows.defaults
        kind = self.heads.get("kind", defaults.kind)
        place = self.heads.get("jurisdiction", defaults.place)
        name = self.heads.get("name")
        if name is not None and not isinstance(name, str):
            self.problem(self.headings["name"], "value", f"`name` should be a text, and {shown(name)} is not")
        if (
            isinstance(kind, list | dict)
            or isinstance(place, list | dict)
            or isinstance(self.heads.get("code"), list | dict)
        ):
            self.problem("", "value", "`kind`, `jurisdiction` and `code` are texts, and a list or mapping is not")
            return None
        found = self.rows.head(kind, place, self.heads.get("code"))
        if isinstance(found, Profile):
            return found
        for diagnostic in found:
            at = _place(diagnostic)
            self.problem(self.headings.get(at, at), diagnostic.code, diagnostic.message, diagnostic.help)
        return None

    def _facts(self, kind: str, facts: dict[str, Value]) -> None:
        """Single facts. A cell that was accepted before is not looked at again: there are many and few differ."""
        accepted = self.rows.accepted(kind)
        for column, raw in self.facts:
            key = (column.heading, raw.__class__, raw) if raw.__class__ in _ALIKE else None
            known = None if key is None else accepted.get(key)
            fact = column.fact
            assert fact is not None
            if known is not None:
                facts[fact.id] = known
                continue
            value = self._scalar(column, fact, raw, kind)
            if value is not None:
                facts[fact.id] = value
                if key is not None:
                    accepted[key] = value

    def _figure(self, column: Column, raw: object, kind: str, metrics: dict[str, dict[int, Scalar]]) -> None:
        metric = column.metric
        assert metric is not None
        value = self._scalar(column, metric, raw, kind)
        if value is not None:
            metrics.setdefault(metric.id, {})[column.year] = value

    def _scalar(self, column: Column, field: Fact | Metric, raw: object, kind: str) -> Scalar | None:
        given = raw
        if self.rows.texts and isinstance(raw, str):
            given = from_text(raw, words=isinstance(field.type, TextType))
        if given is None:
            return None
        if self._is_elsewhere(column, field, kind):
            return None
        try:
            return self.rows.scalar(field, given)
        except ValueProblem as problem:
            self.problem(column.heading, problem.code, str(problem), problem.help)
            return None

    def _is_elsewhere(self, column: Column, field: Fact | Metric, kind: str) -> bool:
        """Whether a profile of that kind has no such fact, after telling so."""
        if kind in field.of:
            return False
        what = "metric" if isinstance(field, Metric) else "fact"
        message = f"`{field.label.zh}` is no {what} of `{kind}`"
        self.problem(column.heading, "wrong-kind", message, f"it is a {what} of " + ", ".join(field.of))
        return True

    # ------------------------------------------------------------------ lists

    def _lists(self, kind: str, children: Mapping[str, Items], facts: dict[str, Value]) -> None:
        """Lists from cells and child tables; one may say in its cell that what the child table gives is not all."""
        given = {column.fact.id: (column, raw) for column, raw in self.lists if column.fact is not None}
        for id in dict.fromkeys([*given, *children]):
            entries = children.get(id)
            column, raw = given.get(id, (None, None))
            fact = self.rows.rulebook.facts[id]
            heading = fact.label.zh if column is None else column.heading
            try:
                data = _joined(heading, raw, entries)
            except CellProblem as problem:
                self.problem(heading, problem.code, str(problem), problem.help)
                continue
            if data is None:
                continue
            if len(entries or ()) > MAX_ITEMS or (isinstance(data, list) and len(data) > MAX_ITEMS):
                self.problem(heading, "too-large", f"`{fact.label.zh}` has more than {MAX_ITEMS} entries")
                continue
            value = self.rows.items(fact, data) if kind in fact.of else None
            if value is None:
                value = self._list(heading, fact, data, kind)
            if value is not None:
                facts[id] = value

    def _list(self, heading: str, fact: Fact, data: object, kind: str) -> Value | None:
        """A list as `make_profile` reads it, with its problems."""
        try:
            place = _example(self.rows, kind)
            profile = make_profile({"kind": kind, **place, "facts": {fact.label.zh: data}}, self.rows.rulebook)
        except RuleError as error:
            for found in error.diagnostics:
                inside = _place(found).partition(".")[2]
                at = f"{_items_path(inside)}: " if inside else ""
                self.problem(heading, found.code, f"{at}{found.message}", found.help)
            return None
        return profile.facts.get(fact.id)


def _example(rows: Rows, kind: str) -> Mapping[str, object]:
    """A place for a kind that needs one."""
    if rows.vocabulary.kinds[kind].level is None:
        return {}
    known = next((place.path for place in rows.vocabulary.places.values() if place.kind == kind), None)
    return {} if known is None else {"jurisdiction": known}


def _joined(heading: str, raw: object, entries: Items | None) -> object:
    """What cell and child table say together; None is nothing."""
    word = raw.strip(BLANKS) if isinstance(raw, str) else raw
    data = None if word is None or word == "" else list_data(word)
    if entries is None:
        if word in OPEN_LIST if isinstance(word, str) else False:
            return {"complete": False, "items": []}
        return data
    if data is None:
        return list(entries)
    if isinstance(word, str) and word in OPEN_LIST:
        return {"complete": False, "items": list(entries)}
    message = f"`{heading}` has entries in its own table, and {shown(raw)} in its cell"
    raise CellProblem("list", message, "leave the cell empty, or write 不全 when there may be more")


def _place(diagnostic: Diagnostic) -> str:
    """Where in a profile a problem is: `facts.标准.0.级别` without its first word, or the key of its head."""
    path = (diagnostic.where or "").partition(": ")[2]
    first, _, rest = path.partition(".")
    return rest if first in PROFILE_KEYS and rest else path


def _items_path(path: str) -> str:
    """`0.级别` as people count: `[1].级别`."""
    first, dot, rest = path.removeprefix("items.").partition(".")
    return f"[{int(first) + 1}]{dot}{rest}" if first.isdecimal() else path


Reader: TypeAlias = Callable[[Row, Mapping[str, Items]], "Case | list[Rejection]"]
