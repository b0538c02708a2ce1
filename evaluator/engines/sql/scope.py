"""Where an expression is worked out: in a profile's row, in an item's, in a member's; and what it reads there.

`Env` is to the lowering what `Env` of the reference engine is to its walk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from evaluator.engines.sql.derived import PairScope
from evaluator.engines.sql.ends import End
from evaluator.engines.sql.layout import LIMIT, Layout, Read, items_table, member_items_table, read_of
from evaluator.engines.sql.nodes import Scope, Sql, SqlKind
from evaluator.engines.sql.numbers import Num, Numbers
from evaluator.engines.sql.relation import Builder
from evaluator.record import field, record, row
from evaluator.rulebook import ir, model
from evaluator.rulebook.vocabulary import BoolType, DateType, Fact, Field, NumberType, Vocabulary

if TYPE_CHECKING:
    from evaluator.engines.sql.awards import Found


@row
class Word:
    """A truth value, a choice or a text: `value` NULL is unknown, or indeterminate where `open` is TRUE."""

    value: Sql
    indeterminate: Sql


Value: TypeAlias = Word | Num


class Unsupported(Exception):  # noqa: N818 - a refusal, not a fault of the program
    """A construct that this engine does not know, with its node."""

    def __init__(self, what: str, node: ir.Node | None = None) -> None:
        super().__init__(what)
        self.what, self.node = what, node


@record
class Env:
    """What an expression reads: `person` holds the profile's own facts (a member's where one is asked).

    `items` are the rows bound by depth (None: an entry of which nothing is known), `scope` the row in which the
    expression is worked out. `position` is the place of the entry at hand among those that count, in its row. For rules
    of one shape `constants` are the columns that stand for the constants of the first, and `folded` is the place of its
    policy. `rules` are all of the rulebook, for awards that others read.
    """

    builder: Builder
    numbers: Numbers
    layout: Layout
    vocabulary: Vocabulary
    root: Scope
    person: Scope
    scope: Scope
    rules: Mapping[str, model.AnyRule]
    items: tuple[Scope | None, ...] = ()
    period: int | None = None
    position: Num | None = None
    constants: Mapping[int, Num] | None = None
    folded: str = ""
    made: dict[tuple[object, ...], Scope] = field(compare=False, repr=False)
    awards: dict[tuple[Scope, str], Found] = field(compare=False, repr=False)

    def at(self, scope: Scope, items: tuple[Scope | None, ...]) -> Env:
        """The same question in another row."""
        return replace(self, scope=scope, items=items)

    def in_year(self, period: int | None) -> Env:
        """The same question about another year."""
        return replace(self, period=period)

    def items_of(self, fact: Fact) -> Scope:
        """The rows of a list's entries, under the row at hand."""
        key = ("items", self.scope, fact.id)
        found = self.made.get(key)
        if found is None:
            keys = (*self.scope.keys, "item" if "item" not in self.scope.keys else f"item_{len(self.scope.keys)}")
            table = items_table(fact.id) if self.person is self.root else member_items_table(fact.id)
            found = self.made[key] = Scope(f"i{len(self.made)}", table, keys, self.scope, fact.id)
        return found

    def pairs_of(self, entries: Scope) -> PairScope:
        """Each entry of a list beside each entry of it."""
        found = self.made.get(("pairs", entries))
        if found is None:
            found = self.made["pairs", entries] = PairScope(f"w{len(self.made)}", entries)
        assert isinstance(found, PairScope)
        return found

    def lifted(self, node: Sql, scope: Scope | None = None) -> Sql:
        """A value of an outer row as it is read in the row at hand; what reads no row is the same in all."""
        here = self.scope if scope is None else scope
        if node.scope is None or node.scope is here:
            return node
        assert here.parent is not None, f"{node} is not above {here}"
        return self.builder.up(here, self.lifted(node, here.parent))

    def lift(self, value: Value) -> Value:
        """A value of an outer row, whole."""
        if isinstance(value, Word):
            return Word(self.lifted(value.value), self.lifted(value.indeterminate))
        low = self._end(value.low)
        high = low if value.high is value.low else self._end(value.high)
        return Num(low, high, *(self.lifted(part) for part in (value.unknown, value.undefined, value.settled)))

    def _end(self, end: End) -> End:
        return End(self.lifted(end.num), end.den if isinstance(end.den, int) else self.lifted(end.den))

    # ------------------------------------------------------------------ leaves

    def unknown(self, what: Field) -> Value:
        """What is known of a value that is not given."""
        b = self.builder
        match what.type:
            case NumberType():
                return self.numbers.interval(self.numbers.bound(what.low), self.numbers.bound(what.high))
            case DateType():
                none = End(b.null("date"))
                return self.numbers.interval(none, none)
            case _:
                return Word(b.null("bool" if isinstance(what.type, BoolType) else "text"), b.false)

    def read(self, what: Field, year: int | None, scope: Scope) -> Value:
        """A fact, metric or field from the columns of its row."""
        read = read_of(what, year)
        return self.lift(self._columns(read, scope))

    def _columns(self, read: Read, scope: Scope) -> Value:
        b, what = self.builder, read.field
        column = read.columns[0]
        if isinstance(what.type, NumberType):
            assert column.scale is not None
            den = 10**column.scale
            low, high = what.low, what.high
            smallest = -LIMIT if low is None else max(-LIMIT, int(low * den))
            largest = LIMIT if high is None else min(LIMIT, -int(-high * den))
            point = b.column(scope, column.name, "int", range=(smallest, largest))
            ends = [
                End(point if bound is None else b.coalesce(point, b.integer(int(bound * den))), den)
                for bound in (low, high)
            ]
            return self.numbers.interval(ends[0], ends[0] if low is None and high is None else ends[1])
        if isinstance(what.type, DateType):
            first, last = (b.column(scope, part.name, "date") for part in read.columns)
            return self.numbers.interval(End(first), End(last))
        kind: SqlKind = "bool" if isinstance(what.type, BoolType) else "text"
        return Word(b.column(scope, column.name, kind), b.false)
