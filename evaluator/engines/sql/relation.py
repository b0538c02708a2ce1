"""The expressions of the query: a closed set of operators over columns, shared wherever they are the same.

In: smart constructors of `Builder`, which fold what is known when the query is made. Out: `Sql` nodes, equal ones being
one object, each with its type, whether it can be NULL, and between which whole numbers it lies. What a node means is
SQL's own three-valued logic; `dialects` writes it, `render` places it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final, Literal, TypeAlias

from evaluator.engines.sql.ranges import ANY, MIRRORED, Range, added, decided, extreme, holds, hull, product
from evaluator.rulebook.dates import days_later, months_later

SqlKind: TypeAlias = Literal["bool", "int", "text", "date"]
Atom: TypeAlias = "bool | int | str | Scope | None"

BIGINT: Final = 2**63
MOST_ROWS: Final = 10**9
"""More items than one profile can have: what bounds a sum over them."""
_OPPOSITE: Final = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "<>", "<>": "="}


class Scope:
    """A set of rows: profiles, items of a list, members. `parent` is the one that its aggregates are read from.

    `table` is its staging table, `keys` what makes a row of it its own, `needs` what of the parent's row says
    which rows they are.
    """

    __slots__ = ("fact", "keys", "name", "needs", "parent", "source")

    def __init__(
        self, name: str, source: str, keys: tuple[str, ...], parent: Scope | None = None, fact: str = ""
    ) -> None:
        self.name, self.source, self.keys, self.parent, self.fact = name, source, keys, parent, fact
        self.needs: tuple[Sql, ...] = ()

    def __repr__(self) -> str:
        return f"Scope({self.name})"


class Sql:
    """One node. `args` are nodes, `atoms` what is no node: a literal, a column's scope and name.

    Made for every part of every rule, so it is a plain class; never changed after it was made.
    """

    __slots__ = ("args", "atoms", "kind", "nullable", "op", "range", "scope")

    def __init__(
        self, op: str, args: tuple[Sql, ...], atoms: tuple[Atom, ...], kind: SqlKind, nullable: bool, range: Range
    ) -> None:
        self.op, self.args, self.atoms, self.kind = op, args, atoms, kind
        self.nullable, self.range = nullable, range
        scopes = {arg.scope for arg in args if arg.scope is not None}
        assert len(scopes) <= 1 or op == "up", f"{op} over rows of {scopes}"
        self.scope: Scope | None = next(iter(scopes), None)

    def __repr__(self) -> str:
        return f"{self.op}{[*self.atoms, *self.args]!r}"

    @property
    def is_literal(self) -> bool:
        """Whether its value is known when the query is made; NULL is."""
        return self.op == "lit"

    @property
    def value(self) -> bool | int | str | None:
        """The value of a literal; a date is its ordinal."""
        found = self.atoms[0]
        assert not isinstance(found, Scope)
        return found

    @property
    def is_wide(self) -> bool:
        """Whether a whole number may need more than 64 bits."""
        low, high = self.range
        return self.kind == "int" and (low is None or high is None or low <= -BIGINT or high >= BIGINT)


class Builder:
    """Makes nodes, equal ones once."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], Sql] = {}
        self.true, self.false = self.boolean(True), self.boolean(False)
        self.zero = self.integer(0)

    def _make(
        self,
        op: str,
        args: Sequence[Sql],
        kind: SqlKind,
        *,
        nullable: bool,
        range: Range = ANY,
        atoms: tuple[Atom, ...] = (),
        scope: Scope | None = None,
    ) -> Sql:
        key = (op, kind, tuple(map(id, args)), tuple((type(atom), atom) for atom in atoms))
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = Sql(op, tuple(args), atoms, kind, nullable, range)
            if scope is not None:
                found.scope = scope
        return found

    # ------------------------------------------------------------------ leaves

    def boolean(self, value: bool | None) -> Sql:
        """A truth value; None is NULL."""
        return self._make("lit", (), "bool", nullable=value is None, atoms=(value,))

    def integer(self, value: int | None) -> Sql:
        """A whole number; None is NULL."""
        range = (0, 0) if value is None else (value, value)
        return self._make("lit", (), "int", nullable=value is None, range=range, atoms=(value,))

    def text(self, value: str | None) -> Sql:
        """A text; None is NULL."""
        return self._make("lit", (), "text", nullable=value is None, atoms=(value,))

    def day(self, ordinal: int | None) -> Sql:
        """A date by its ordinal; None is NULL."""
        return self._make("lit", (), "date", nullable=ordinal is None, atoms=(ordinal,))

    def null(self, kind: SqlKind) -> Sql:
        """NULL of that kind."""
        return self._make("lit", (), kind, nullable=True, range=(0, 0), atoms=(None,))

    def column(self, scope: Scope, name: str, kind: SqlKind, *, nullable: bool = True, range: Range = ANY) -> Sql:
        """A column of the rows of `scope`."""
        return self._make("col", (), kind, nullable=nullable, range=range, atoms=(scope, name), scope=scope)

    def up(self, scope: Scope, outer: Sql) -> Sql:
        """A value of the parent's row, read in a row of `scope`; what reads no row is the same in all."""
        if outer.scope is None:
            return outer
        assert outer.scope is scope.parent
        return self._make(
            "up", (outer,), outer.kind, nullable=outer.nullable, range=outer.range, atoms=(scope,), scope=scope
        )

    def other(self, scope: Scope, one: Sql) -> Sql:
        """In a row of pairs of entries, a value of the other entry (`up` reads the one itself)."""
        if one.scope is None:
            return one
        assert one.scope is scope.parent
        return self._make("other", (one,), one.kind, nullable=one.nullable, range=one.range, atoms=(scope,),
                          scope=scope)  # fmt: skip

    def aggregate(self, how: str, scope: Scope, inner: Sql) -> Sql:
        """An aggregate over the rows of `scope` that belong to a row of its parent; NULL where there are none."""
        kind: SqlKind = "int" if how == "count" else inner.kind
        range = ANY
        if how == "count":
            range = (0, MOST_ROWS)
        elif how == "lcm":
            range = (1, None)
        elif how == "sum":
            low, high = inner.range
            range = (
                None if low is None else min(low, 0) * MOST_ROWS,
                None if high is None else max(high, 0) * MOST_ROWS,
            )
        elif how in ("min", "max"):
            range = inner.range
        return self._make(how, (inner,), kind, nullable=True, range=range, atoms=(scope,), scope=scope.parent)

    # ------------------------------------------------------------------ truth

    def not_(self, a: Sql) -> Sql:
        """NOT."""
        if a.is_literal:
            return a if a.value is None else self.boolean(not a.value)
        if a.op == "not":
            return a.args[0]
        return self._make("not", (a,), "bool", nullable=a.nullable)

    def and_(self, *operands: Sql) -> Sql:
        """Kleene AND."""
        return self._joined("and", operands, self.false, self.true)

    def or_(self, *operands: Sql) -> Sql:
        """Kleene OR."""
        return self._joined("or", operands, self.true, self.false)

    def _joined(self, op: str, operands: Iterable[Sql], deciding: Sql, neutral: Sql) -> Sql:
        parts: dict[int, Sql] = {}
        for operand in operands:
            for part in operand.args if operand.op == op else (operand,):
                if part is deciding:
                    return deciding
                if part is not neutral:
                    parts.setdefault(id(part), part)
        if not parts:
            return neutral
        if len(parts) == 1:
            return next(iter(parts.values()))
        return self._make(op, list(parts.values()), "bool", nullable=any(part.nullable for part in parts.values()))

    def is_null(self, a: Sql) -> Sql:
        """IS NULL."""
        if not a.nullable:
            return self.false
        if a.is_literal:
            return self.true
        return self._make("is_null", (a,), "bool", nullable=False)

    def is_known(self, a: Sql) -> Sql:
        """IS NOT NULL."""
        return self.not_(self.is_null(a))

    def holds(self, a: Sql) -> Sql:
        """TRUE, and neither FALSE nor NULL."""
        return self.coalesce(a, self.false)

    def fails(self, a: Sql) -> Sql:
        """FALSE, and neither TRUE nor NULL."""
        return self.holds(self.not_(a))

    def compare(self, op: str, a: Sql, b: Sql) -> Sql:
        """`a op b` with op one of < <= > >= = <>; NULL where either is."""
        if (a.is_literal and a.value is None) or (b.is_literal and b.value is None):
            return self.boolean(None)
        if a.is_literal and b.is_literal:
            return self.boolean(holds(op, a.value, b.value))
        if a is b and not a.nullable:
            return self.boolean(op in ("=", "<=", ">="))
        if a.kind == "int" and not a.nullable and not b.nullable:
            told = decided(op, a.range, b.range)
            if told is not None:
                return self.boolean(told)
        if a.is_literal:
            a, b, op = b, a, MIRRORED[op]
        if a.op == "coalesce" and b.is_literal and a.args[1].is_literal:  # decided at once where it is NULL
            return self.coalesce(self.compare(op, a.args[0], b), self.compare(op, a.args[1], b))
        return self._make(op, (a, b), "bool", nullable=a.nullable or b.nullable)

    def complement(self, a: Sql) -> Sql | None:
        """The comparison of the same operands that is TRUE where `a` is FALSE; None for what is no comparison."""
        opposite = _OPPOSITE.get(a.op)
        return None if opposite is None else self.compare(opposite, *a.args)

    def one_of(self, a: Sql, values: Sequence[str]) -> Sql:
        """Whether a text is one of several; NULL where it is."""
        if not values:
            return self.false
        return (
            self.or_(*(self.compare("=", a, self.text(value)) for value in values))
            if len(values) == 1
            else (self._make("in", (a, *map(self.text, values)), "bool", nullable=a.nullable))
        )

    def starts_with(self, a: Sql, prefix: str) -> Sql:
        """Whether a text begins with `prefix`; NULL where it is."""
        return self._make("starts_with", (a, self.text(prefix)), "bool", nullable=a.nullable)

    # ------------------------------------------------------------------ choice

    def case(self, branches: Sequence[tuple[Sql, Sql]], otherwise: Sql) -> Sql:
        """The value of the first branch whose condition is TRUE, else `otherwise`."""
        kept: list[tuple[Sql, Sql]] = []
        for condition, value in branches:
            if condition.is_literal:
                if condition.value is not True:
                    continue
                otherwise = value
                break
            kept.append((condition, value))
        while kept and kept[-1][1] is otherwise:
            kept.pop()
        if not kept:
            return otherwise
        values = [value for _, value in kept] + [otherwise]
        if otherwise.kind == "bool" and len(kept) == 1:
            condition, value = kept[0]
            if value is self.true and otherwise is self.false:
                return self.holds(condition)
            if value is self.false and otherwise is self.true:
                return self.not_(self.holds(condition))
        flat = [part for branch in kept for part in branch]
        known = [value for value in values if not _is_null(value)]
        return self._make(
            "case",
            [*flat, otherwise],
            otherwise.kind,
            nullable=any(value.nullable for value in values),
            range=hull(value.range for value in known),
        )

    def coalesce(self, a: Sql, otherwise: Sql) -> Sql:
        """`a`, or `otherwise` where it is NULL."""
        if not a.nullable:
            return a
        if a.is_literal:
            return otherwise
        if _is_null(otherwise):
            return a
        return self._make(
            "coalesce", (a, otherwise), a.kind, nullable=otherwise.nullable, range=hull((a.range, otherwise.range))
        )

    def greatest(self, *operands: Sql) -> Sql:
        """The greatest of those that are not NULL; NULL where all are."""
        return self._extreme("greatest", operands)

    def least(self, *operands: Sql) -> Sql:
        """The least of those that are not NULL; NULL where all are."""
        return self._extreme("least", operands)

    def _extreme(self, op: str, operands: Iterable[Sql]) -> Sql:
        pick = max if op == "greatest" else min
        parts: dict[int, Sql] = {}
        constants: list[Sql] = []
        for operand in operands:
            for part in operand.args if operand.op == op else (operand,):
                if _is_null(part):
                    continue
                if part.is_literal:
                    constants.append(part)
                else:
                    parts.setdefault(id(part), part)
        if constants:
            chosen = pick(constants, key=lambda part: int(part.value or 0))
            parts.setdefault(id(chosen), chosen)
        found = list(parts.values())
        if not found:
            return next(iter(operands))
        if len(found) == 1:
            return found[0]
        lows, highs = [part.range[0] for part in found], [part.range[1] for part in found]
        nullable = all(part.nullable for part in found)
        solid = [part for part in found if not part.nullable]
        if op == "greatest":
            low = extreme(max, [part.range[0] for part in solid], some=True) if solid else extreme(min, lows)
            range = (low, extreme(max, highs))
        else:
            high = extreme(min, [part.range[1] for part in solid], some=True) if solid else extreme(max, highs)
            range = (extreme(min, lows), high)
        return self._make(op, found, found[0].kind, nullable=nullable, range=range)

    # ------------------------------------------------------------------ whole numbers

    def add(self, a: Sql, b: Sql) -> Sql:
        """The sum; NULL where either is."""
        if _is_null(a) or _is_null(b):
            return self.null("int")
        if a.is_literal and b.is_literal:
            return self.integer(int(a.value or 0) + int(b.value or 0))
        if a is self.zero:
            return b
        if b is self.zero:
            return a
        range = (added(a.range[0], b.range[0]), added(a.range[1], b.range[1]))
        return self._make("add", (a, b), "int", nullable=a.nullable or b.nullable, range=range)

    def negate(self, a: Sql) -> Sql:
        """The number with its sign changed."""
        if _is_null(a):
            return a
        if a.is_literal:
            return self.integer(-int(a.value or 0))
        if a.op == "negate":
            return a.args[0]
        low, high = a.range
        range = (None if high is None else -high, None if low is None else -low)
        return self._make("negate", (a,), "int", nullable=a.nullable, range=range)

    def subtract(self, a: Sql, b: Sql) -> Sql:
        """The difference."""
        return self.add(a, self.negate(b))

    def multiply(self, a: Sql, b: Sql) -> Sql:
        """The product; NULL where either is."""
        if _is_null(a) or _is_null(b):
            return self.null("int")
        if a.is_literal and b.is_literal:
            return self.integer(int(a.value or 0) * int(b.value or 0))
        for one, other in ((a, b), (b, a)):
            if one.is_literal and one.value == 1:
                return other
            if one is self.zero and not other.nullable:
                return self.zero
        return self._make("multiply", (a, b), "int", nullable=a.nullable or b.nullable, range=product(a.range, b.range))

    def times(self, a: Sql, factor: int) -> Sql:
        """A number times a constant."""
        return self.multiply(a, self.integer(factor))

    def floor_divide(self, a: Sql, b: Sql) -> Sql:
        """The greatest whole number not above a / b, for b > 0; NULL where b is 0 or either is NULL."""
        if a.is_literal and b.is_literal and a.value is not None and b.value:
            return self.integer(int(a.value) // int(b.value))
        if b.is_literal and b.value == 1:
            return a
        low, high = a.range
        range = (None if low is None else min(low, 0), None if high is None else max(high, 0))
        if b.is_literal and isinstance(b.value, int) and b.value > 0:
            range = (None if low is None else low // b.value, None if high is None else high // b.value)
        nullable = a.nullable or not b.is_literal
        return self._make("floor_divide", (a, b), "int", nullable=nullable, range=range)

    def gcd(self, a: Sql, b: Sql) -> Sql:
        """The greatest common divisor of two whole numbers that are not below 0; NULL where either is."""
        if b.is_literal and b.value == 1:
            return b
        return self._make("gcd", (a, b), "int", nullable=a.nullable or b.nullable, range=(0, b.range[1]))

    def rank(self, within: Sequence[Sql], by: Sql, then: Sql, *, greatest_first: bool) -> Sql:
        """The place of a row, from 1, among those alike in `within`: by one value, and then by the least of another."""
        return self._make("rank", (*within, by, then), "int", nullable=False, range=(1, MOST_ROWS),
                          atoms=(greatest_first,))  # fmt: skip

    def absolute(self, a: Sql) -> Sql:
        """The size of a number without its sign."""
        if a.is_literal and a.value is not None:
            return self.integer(abs(int(a.value)))
        low, high = a.range
        if low is not None and low >= 0:
            return a
        top = None if low is None or high is None else max(-low, high, 0)
        return self._make("abs", (a,), "int", nullable=a.nullable, range=(0, top))

    # ------------------------------------------------------------------ dates

    def later(self, op: Literal["add_months", "add_days"], a: Sql, by: int) -> Sql:
        """A date moved by whole months, month-ends clamped, or days; within the calendar."""
        if _is_null(a):
            return a
        if a.is_literal:
            day = int(a.value or 0)
            return self.day(months_later(day, by) if op == "add_months" else days_later(day, by))
        return self._make(op, (a, self.integer(by)), "date", nullable=a.nullable)

    def year(self, a: Sql) -> Sql:
        """The calendar year of a date."""
        if _is_null(a):
            return self.null("int")
        if a.is_literal:
            return self.integer(date.fromordinal(int(a.value or 0)).year)
        return self._make("year", (a,), "int", nullable=a.nullable, range=(1, 9999))

    def words(self, a: Sql, names: Sequence[tuple[str, int]], otherwise: Sql) -> Sql:
        """The number that stands for a text; `otherwise` for any other, and for NULL."""
        return self.case(
            [(self.compare("=", a, self.text(name)), self.integer(number)) for name, number in names], otherwise
        )


def _is_null(a: Sql) -> bool:
    return a.is_literal and a.value is None
