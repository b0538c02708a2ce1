"""The tables that the query reads and those that it yields: names and types.

In: a rulebook and the date of the question. Out: a `Layout`, data only. Whoever fills the tables in another way need
only keep to it:

- A number is a whole one, BIGINT, in units of 10^-scale of the base unit (`scale_of`): 12.5 yuan is 125000.
- A choice is its id, a date is a DATE; a date of which only the year or month is known is given by its first day
  (`:from`) and its last (`:to`), a whole one by the same day twice.
- NULL is unknown. A list that was not given has NULL in its `list:` column and no rows; FALSE says that there may be
  more entries than its rows, TRUE that there are no others.
- `profile` is any BIGINT that is a profile's own; `item` and `member` count from 1 within a profile.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Final, Literal, TypeAlias, assert_never

from evaluator.record import record
from evaluator.rulebook import ir, model
from evaluator.rulebook.reads import amount_parts, children, payment_parts
from evaluator.rulebook.stacking import leaves
from evaluator.rulebook.vocabulary import (
    RATIO,
    BoolType,
    ChoiceType,
    DateType,
    Fact,
    Field,
    ListType,
    Metric,
    NumberType,
    Record,
    TextType,
)

SqlType: TypeAlias = Literal["BIGINT", "INTEGER", "BOOLEAN", "VARCHAR", "DATE", "DECIMAL(38,2)"]
Cell: TypeAlias = int | bool | str | date | None
Row: TypeAlias = tuple[Cell, ...]

PROFILES: Final = "profiles"
MEMBERS: Final = "members"
LIMIT: Final = 10**18
"""Numbers in tables lie strictly between -LIMIT and LIMIT."""

_SCALES: Final = {"money": 4, "ratio": 10}
_SCALE: Final = 6


def scale_of(dimension: str) -> int:
    """How many decimal places of the base unit a number of that dimension has in a table."""
    return _SCALES.get(dimension, _SCALE)


@record
class Column:
    """One column; `scale` is that of a number, None for everything else. NULL is unknown unless `required`."""

    name: str
    type: SqlType
    scale: int | None = None
    required: bool = False


@record
class Read:
    """A fact, a metric in one year, or a field, and its columns: one, or first and last day of a date."""

    field: Field
    year: int | None
    columns: tuple[Column, ...]


@record
class Table:
    """A staging table: its key columns, then those of what is read, then those that say how much of a list is known."""

    name: str
    keys: tuple[Column, ...]
    reads: tuple[Read, ...]
    lists: tuple[Column, ...] = ()

    @property
    def columns(self) -> tuple[Column, ...]:
        """All columns, in the order in which `rows` writes them."""
        return (*self.keys, *(column for read in self.reads for column in read.columns), *self.lists)


PROFILE: Final = Column(name="profile", type="BIGINT", required=True)
KIND: Final = Column(name="kind", type="VARCHAR", required=True)
PLACE: Final = Column(name="place", type="VARCHAR", required=True)
ITEM: Final = Column(name="item", type="INTEGER", required=True)
MEMBER: Final = Column(name="member", type="INTEGER", required=True)
MEMBERS_COMPLETE: Final = Column(name="members:complete", type="BOOLEAN", required=True)

FINDINGS: Final = (
    PROFILE,
    Column(name="rule", type="VARCHAR", required=True),
    Column(name="entry", type="VARCHAR", required=True),
    Column(name="outcome", type="VARCHAR", required=True),
    Column(name="breach", type="BOOLEAN", required=True),
    Column(name="stated", type="BOOLEAN"),
    Column(name="guaranteed", type="DECIMAL(38,2)"),
    Column(name="potential", type="DECIMAL(38,2)"),
)
"""The long result, a row for each profile and finding. `rule` is the global id, `entry` '' where a rule has but one.

`stated` and `guaranteed` are NULL for what pays no money; `potential` is NULL there, and where nothing bounds it.
"""

STACKINGS: Final = (
    PROFILE,
    Column(name="stacking", type="VARCHAR", required=True),
    Column(name="guaranteed", type="DECIMAL(38,2)", required=True),
    Column(name="potential", type="DECIMAL(38,2)"),
)
"""What each stacking tree leaves, a row for each profile and tree that concerns it."""

TOTALS: Final = (
    PROFILE,
    Column(name="guaranteed", type="DECIMAL(38,2)", required=True),
    Column(name="potential", type="DECIMAL(38,2)"),
    Column(name="unstated", type="INTEGER", required=True),
    Column(name="unstated_open", type="INTEGER", required=True),
)
"""The totals, a row for each profile."""


def wide_finding(id: str, *, amount: bool) -> tuple[Column, ...]:
    """The columns of one finding (`rule` or `rule#entry`) in the wide result; all NULL where it is not asked."""
    columns = [Column(name=f"{id}:outcome", type="VARCHAR"), Column(name=f"{id}:breach", type="BOOLEAN")]
    if amount:
        columns += [
            Column(name=f"{id}:stated", type="BOOLEAN"),
            Column(name=f"{id}:guaranteed", type="DECIMAL(38,2)"),
            Column(name=f"{id}:potential", type="DECIMAL(38,2)"),
        ]
    return tuple(columns)


def wide_stacking(id: str) -> tuple[Column, ...]:
    """The columns of one stacking tree in the wide result."""
    return (
        Column(name=f"stacking:{id}:guaranteed", type="DECIMAL(38,2)"),
        Column(name=f"stacking:{id}:potential", type="DECIMAL(38,2)"),
    )


WIDE_TOTALS: Final = tuple(
    Column(name=f"total:{column.name}", type=column.type, required=column.required) for column in TOTALS[1:]
)
"""The columns of the totals in the wide result; after them only those of what comes later and what is owed back."""


def sums_of(prefix: str, *, required: bool = False) -> tuple[Column, Column]:
    """The two ends of a sum beside the amounts: `later`, promised for after the question, or `claw_back`, owed back.

    Such columns are there where a rule of the query has instalments, or a claw-back.
    """
    return (
        Column(name=f"{prefix}:guaranteed", type="DECIMAL(38,2)", required=required),
        Column(name=f"{prefix}:potential", type="DECIMAL(38,2)"),
    )


LATER: Final = (PROFILE, *sums_of("later", required=True), *sums_of("claw_back", required=True))
"""What comes after the date of the question and what is owed back, in all; a row for each profile."""

CLAW_BACKS: Final = (
    PROFILE,
    Column(name="rule", type="VARCHAR", required=True),
    Column(name="entry", type="VARCHAR", required=True),
    *STACKINGS[2:],
)
"""What is owed back for each duty that asks for it, a row for each profile and such a finding."""


@record
class Layout:
    """All tables that a query over these rules reads: `profiles`, one per list fact (`items_<id>`), and `members`.

    `member_items` are those of list facts that are read of members (`member_items_<id>`).
    """

    as_of: date
    profiles: Table
    items: Mapping[str, Table]
    members: Table
    member_items: Mapping[str, Table]

    @property
    def tables(self) -> tuple[Table, ...]:
        """Every table, in a fixed order."""
        return (self.profiles, *self.items.values(), self.members, *self.member_items.values())


def items_table(fact: str) -> str:
    """The name of the table of a list fact's entries."""
    return f"items_{fact}"


def member_items_table(fact: str) -> str:
    """The name of the table of the entries of a list fact of members."""
    return f"member_items_{fact}"


def list_column(fact: str) -> Column:
    """Whether all entries of a list are in its table: TRUE, FALSE, or NULL where the list was not given."""
    return Column(name=f"list:{fact}", type="BOOLEAN")


def read_of(field: Field, year: int | None = None) -> Read:
    """The columns of a scalar fact, of a metric in a year, or of a field of an item."""
    if isinstance(field, Fact):
        name = f"fact:{field.id}"
    elif isinstance(field, Metric):
        name = f"metric:{field.id}:{year}"
    else:
        name = f"field:{field.id}"
    match field.type:
        case BoolType():
            columns: tuple[Column, ...] = (Column(name=name, type="BOOLEAN"),)
        case ChoiceType() | TextType():
            columns = (Column(name=name, type="VARCHAR"),)
        case NumberType(dimension=dimension):
            columns = (Column(name=name, type="BIGINT", scale=scale_of(dimension)),)
        case DateType():
            columns = (Column(name=f"{name}:from", type="DATE"), Column(name=f"{name}:to", type="DATE"))
        case ListType():
            raise AssertionError(f"{field.id} is a list, with a table of its own")
        case _:
            assert_never(field.type)
    return Read(field=field, year=year, columns=columns)


# ------------------------------------------------------------------ what rules read


def layout(rulebook: model.Rulebook, as_of: date, rules: Iterable[model.AnyRule] | None = None) -> Layout:
    """The tables for these rules of the rulebook (by default all), asked at `as_of`."""
    needs = _Needs(as_of, rulebook.rules)
    chosen = tuple(rulebook.rules.values() if rules is None else rules)
    for rule in chosen:
        if not rule.stub:
            needs.rule(rule)
    asked = {rule.id for rule in chosen}
    for stacking in rulebook.stackings:
        if any(rule in asked for rule in leaves(stacking.tree)):
            for part in tree_parts(stacking.tree):
                needs.expression(part, None)
    records = rulebook.vocabulary.records
    items = {fact.id: _items(fact, records) for fact in needs.own.lists.values()}
    below = {fact.id: _items(fact, records, of_members=True) for fact in needs.members.lists.values()}
    return Layout(
        as_of=as_of,
        profiles=Table(
            name=PROFILES,
            keys=(PROFILE, KIND, PLACE),
            reads=needs.own.reads,
            lists=(*map(list_column, items), MEMBERS_COMPLETE),
        ),
        items=items,
        members=Table(
            name=MEMBERS,
            keys=(PROFILE, MEMBER, KIND, PLACE),
            reads=needs.members.reads,
            lists=tuple(map(list_column, below)),
        ),
        member_items=below,
    )


def _items(fact: Fact, records: Mapping[str, Record], *, of_members: bool = False) -> Table:
    assert isinstance(fact.type, ListType)
    fields = records[fact.type.record].fields
    return Table(
        name=member_items_table(fact.id) if of_members else items_table(fact.id),
        keys=(PROFILE, PLACE, ITEM) if of_members else (PROFILE, ITEM),
        reads=tuple(read_of(field) for field in fields if not isinstance(field.type, ListType)),
    )


def _given(*parts: ir.Expr | None) -> tuple[ir.Expr, ...]:
    return tuple(part for part in parts if part is not None)


def tree_parts(tree: model.Stack) -> Iterator[ir.Expr]:
    """The expressions that a stacking tree reads: caps, what is set off, the factor of a pool."""
    match tree:
        case model.Leaf():
            return
        case model.SumCap(cap=cap):
            yield cap
        case model.Net(minus=minus):
            yield minus
        case model.Pool(factor=factor):
            yield ir.FactRef(type=RATIO, fact=factor)
        case model.HighestOf() | model.Silent() | model.ChooseOne() | model.FirstOf() | model.Scoped():
            pass
        case _:
            assert_never(tree)
    for member in tree.members:
        yield from tree_parts(member)


class _Asked:
    """What is read of profiles, or of their members: facts, metrics by year and lists, each once, in the order read."""

    def __init__(self) -> None:
        self.fields: dict[tuple[str, str, int | None], tuple[Field, int | None]] = {}
        self.lists: dict[str, Fact] = {}
        self.awards: set[str] = set()

    @property
    def reads(self) -> tuple[Read, ...]:
        """The columns."""
        return tuple(read_of(field, year) for field, year in self.fields.values())

    def keep(self, field: Field, year: int | None = None) -> None:
        """One more field."""
        if isinstance(field.type, ListType):
            assert isinstance(field, Fact)
            self.lists.setdefault(field.id, field)
        else:
            self.fields.setdefault(("metric" if isinstance(field, Metric) else "fact", field.id, year), (field, year))


class _Needs:
    """Collects the columns that rules read, each once, in the order read."""

    def __init__(self, as_of: date, rules: Mapping[str, model.AnyRule]) -> None:
        self.as_of, self.rules = as_of, rules
        self.own, self.members = _Asked(), _Asked()

    def rule(self, rule: model.AnyRule) -> None:
        if isinstance(rule, model.Award):
            self._award(rule, self.own)
            return
        for gate in rule.gates:
            self.expression(gate, None)
        match rule:
            case model.Target():
                for entry in rule.entries:
                    for year in periods(rule, entry, self.as_of):
                        for part in _given(entry.test, entry.member_test, entry.fails_unless, entry.holds_if):
                            self.expression(part, year)
                            if isinstance(part, ir.EachMember):  # what a member asks for itself
                                self.expression(part.that, year)
            case model.Obligation():
                for duty in rule.duties:
                    for part in _given(rule.requires, rule.member_requires, duty.due_on):
                        self.expression(part, duty.year)
                if rule.claw_back is not None:
                    for part in amount_parts(rule.claw_back):
                        self.expression(part, None)
            case _:
                assert_never(rule)

    def _award(self, rule: model.Award, into: _Asked) -> None:
        """What an award reads of the profile, or of a member whose award it is."""
        if rule.id in into.awards or rule.stub:
            return
        into.awards.add(rule.id)
        for gate in rule.gates:
            self._read(gate, None, into)
        if rule.each is not None:
            into.keep(rule.each)
        elif isinstance(rule.judged_by, Fact):
            into.keep(rule.judged_by)
        paid = payment_parts(replace(rule, payers=(), recipients=()))  # who pays whom is not asked
        for part in (
            *_given(rule.counts, rule.when),
            *(() if rule.amount is None else amount_parts(rule.amount)),
            *paid,
        ):
            self._read(part, None, into)

    def expression(self, node: ir.Expr, period: int | None) -> None:
        """What an expression reads, judged at `period`."""
        self._read(node, period, self.own)

    def _read(self, node: ir.Expr, period: int | None, into: _Asked) -> None:
        match node:
            case ir.EachMember(that=that) | ir.MemberShare(where=that):
                self._read(that, period, self.members)
                return
            case ir.FactRef(fact=fact):
                into.keep(fact)
            case ir.MetricRef(metric=metric, year=year, offset=offset):
                asked = year if year is not None else None if period is None else period + offset
                if asked is not None:
                    into.keep(metric, asked)
            case ir.Cumulative(metric=metric, start=start):
                for asked in range(start, (start if period is None else period) + 1):
                    into.keep(metric, asked)
            case ir.Count() | ir.Total() | ir.ExtremeOf() | ir.Exists() | ir.ForAll():
                into.keep(node.items.fact)
            case ir.AwardAmount(rule=rule):
                read = self.rules[rule]
                assert isinstance(read, model.Award)
                self._award(read, into)
            case _:
                pass
        for child in children(node):
            self._read(child, period, into)


def periods(rule: model.Target, entry: model.Entry, as_of: date) -> tuple[int, ...]:
    """The years on whose figures an entry is judged at `as_of`; the latest first where it has no date."""
    if entry.period is not None:
        return (entry.period,)
    first = rule.policy.published.date.year
    closed = as_of.year if (as_of.month, as_of.day) == (12, 31) else as_of.year - 1
    return tuple(range(max(closed, first), first - 1, -1))
