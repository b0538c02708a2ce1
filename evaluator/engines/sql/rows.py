"""Profiles as rows of the tables that the query reads.

In: a `layout` and profiles with their keys. Out: rows, one at a time; a number that no table holds is refused by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from evaluator.diagnostics import Diagnostic, RuleError
from evaluator.engines.sql.layout import LIMIT, MEMBERS, PROFILES, Cell, Column, Layout, Read, Row, Table
from evaluator.rulebook.profile import Profile
from evaluator.rulebook.values import Interval, Item, ItemList, Value
from evaluator.rulebook.vocabulary import Exact


def rows(tables: Layout, profiles: Iterable[tuple[int, Profile]]) -> Iterator[tuple[str, Row]]:
    """Every row of every table, with the table's name, profile by profile.

    Raises RuleError for a number with more places, or a larger one, than a table holds.
    """
    for key, profile in profiles:
        writer = _Writer(key, profile)
        yield PROFILES, writer.profile(tables.profiles)
        for id, table in tables.items.items():
            for row in writer.items(table, id):
                yield table.name, row
        for row in writer.members(tables.members):
            yield MEMBERS, row
        for id, table in tables.member_items.items():
            for row in writer.member_items(table, id):
                yield table.name, row


class _Writer:
    """Writes one profile."""

    def __init__(self, key: int, profile: Profile) -> None:
        self.key, self.given = key, profile

    def profile(self, table: Table) -> Row:
        given = self.given
        lists = _lists(table.lists[:-1], given)
        return (self.key, given.kind, given.place, *_body(table, given), *lists, given.members_complete)

    def items(self, table: Table, fact: str) -> Iterator[Row]:
        for number, item in _entries(self.given, fact):
            yield (self.key, number, *_fields(table, item))

    def members(self, table: Table) -> Iterator[Row]:
        for number, member in enumerate(self.given.members, 1):
            lists = _lists(table.lists, member)
            yield (self.key, number, member.kind, member.place, *_body(table, member), *lists)

    def member_items(self, table: Table, fact: str) -> Iterator[Row]:
        for member in self.given.members:
            for number, item in _entries(member, fact):
                yield (self.key, member.place, number, *_fields(table, item))


def _entries(profile: Profile, fact: str) -> Iterator[tuple[int, Item]]:
    """The entries of a list, counted from 1."""
    found = profile.facts.get(fact)
    if isinstance(found, ItemList):
        yield from enumerate(found.items, 1)


def _lists(columns: Iterable[Column], profile: Profile) -> Iterator[Cell]:
    """How much of each list is known."""
    for column in columns:
        found = profile.facts.get(column.name.removeprefix("list:"))
        yield found.complete if isinstance(found, ItemList) else None


def _body(table: Table, profile: Profile) -> Iterator[Cell]:
    for read in table.reads:
        value: Value | None
        if read.year is not None:
            value = profile.metrics.get(read.field.id, {}).get(read.year)
            where = f"{read.field.label.zh}[{read.year}]"
        else:
            value, where = profile.facts.get(read.field.id), read.field.label.zh
        yield from _cells(read, value, f"{profile.path}.{where}" if profile.path else where)


def _fields(table: Table, item: Item) -> Iterator[Cell]:
    for read in table.reads:
        yield from _cells(read, item.values.get(read.field.id), f"{item.path}.{read.field.label.zh}")


def _cells(read: Read, value: Value | None, path: str) -> Iterator[Cell]:
    column = read.columns[0]
    if value is None:
        yield from (None for _ in read.columns)
    elif len(read.columns) == 2:
        first, last = (value.low, value.high) if isinstance(value, Interval) else (value, value)
        assert isinstance(first, int)
        assert isinstance(last, int)
        yield date.fromordinal(first)
        yield date.fromordinal(last)
    elif column.scale is not None:
        assert not isinstance(value, bool | str | Interval | ItemList)
        yield stored(value, column.scale, path)
    else:
        assert isinstance(value, bool | str)
        yield value


def stored(value: Exact, scale: int, path: str) -> int:
    """A number as its table holds it. Raises RuleError where it does not fit."""
    scaled = value * 10**scale
    if isinstance(scaled, int) or scaled.denominator == 1:
        whole = int(scaled)
        if -LIMIT < whole < LIMIT:
            return whole
        message = f"`{path}` is too large for a table of profiles"
    else:
        message = f"`{path}` has more than {scale} decimal places in its base unit"
    help = "ask about this profile alone, with `evaluator decide`"
    raise RuleError([Diagnostic("sql-number", message, help=help)])
