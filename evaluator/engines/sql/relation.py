"""The expressions of the query: a closed set of operators over columns, shared wherever they are the same.

In: smart constructors of `Builder`, which fold what is known when the query is made. Out: `Sql` nodes, equal ones being
one object, each with its type, whether it can be NULL, and between which whole numbers it lies. What a node means is
SQL's own three-valued logic; `dialects` writes it, `render` places it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from math import gcd
from typing import Final, Literal

from evaluator.engines.sql.nodes import Scope, Sql, SqlKind, factor, is_nothing
from evaluator.engines.sql.ranges import ANY, added, extreme, product
from evaluator.engines.sql.truths import Truths
from evaluator.rulebook.dates import days_later, months_later

MOST_ROWS: Final = 10**9
"""More items than one profile can have: what bounds a sum over them."""


class Builder(Truths):
    """Makes nodes, equal ones once: also numbers, dates and what is made of many rows."""

    def aggregate(self, how: str, scope: Scope, inner: Sql) -> Sql:
        """An aggregate over the rows of `scope` that belong to a row of its parent; NULL where there are none."""
        if how == "count" and inner is self.false:
            return self.zero
        if how == "sum" and not inner.is_literal:
            counted = self._counted(scope, inner)
            if counted is not None:
                return counted
            common = factor(inner)
            if common > 1:
                return self.times(self.aggregate("sum", scope, self.divided(inner, common)), common)
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

    def _counted(self, scope: Scope, inner: Sql) -> Sql | None:
        """The sum of one constant over some rows, by how many they are; None where it is not that."""
        if inner.op != "case" or len(inner.args) != 3 or inner.nullable:
            return None
        test, value, otherwise = inner.args
        if not value.is_literal or not otherwise.is_literal:
            return None
        if otherwise is self.zero:
            return self.multiply(self.aggregate("count", scope, test), value)
        if value is self.zero and test.op == "not":
            rest = [self.aggregate("count", scope, part) for part in (test.args[0], self.is_null(test.args[0]))]
            return self.multiply(self.add(rest[0], rest[1]), otherwise)
        return None

    # ------------------------------------------------------------------ whole numbers

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
                if is_nothing(part):
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

    def add(self, a: Sql, b: Sql) -> Sql:
        """The sum; NULL where either is."""
        if is_nothing(a) or is_nothing(b):
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
        if is_nothing(a):
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
        if is_nothing(a) or is_nothing(b):
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
        if is_nothing(a) or is_nothing(b) or b is self.zero:
            return self.null("int")
        if a.is_literal and b.is_literal:
            return self.integer(int(a.value or 0) // int(b.value or 0))
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

    def again(self, node: Sql, args: tuple[Sql, ...]) -> Sql:
        """The same operation on other operands."""
        match node.op:
            case "and":
                return self.and_(*args)
            case "or":
                return self.or_(*args)
            case "not":
                return self.not_(*args)
            case "is_null":
                return self.is_null(*args)
            case "<" | "<=" | ">" | ">=" | "=" | "<>":
                return self.compare(node.op, *args)
            case "in":
                return self.one_of(args[0], [str(arg.value) for arg in args[1:]])
            case "case":
                return self.case(list(zip(args[:-1:2], args[1:-1:2], strict=True)), args[-1])
            case "coalesce":
                return self.coalesce(*args)
            case "greatest":
                return self.greatest(*args)
            case "least":
                return self.least(*args)
            case "add":
                return self.add(*args)
            case "multiply":
                return self.multiply(*args)
            case "negate":
                return self.negate(*args)
            case "starts_with":
                return self.starts_with(args[0], str(args[1].value))
            case _:
                return self._make(node.op, args, node.kind, nullable=node.nullable, range=node.range, atoms=node.atoms)

    def outcome(self, word: Sql) -> Sql:
        """An outcome, given as a text, as a value of its own type (`setup.OUTCOME`)."""
        if word.is_literal:
            return self._make("lit", (), "outcome", nullable=word.nullable, atoms=word.atoms)
        if word.op == "case":
            tests, values = word.args[:-1:2], map(self.outcome, word.args[1:-1:2])
            return self.case(list(zip(tests, values, strict=True)), self.outcome(word.args[-1]))
        return self._make("outcome", (word,), "outcome", nullable=word.nullable)

    def yuan(self, fen: Sql) -> Sql:
        """An amount in yuan to the fen, of whole fen; of what is whole yuan by its making nothing is worked out."""
        if is_nothing(fen):
            return self.null("money")
        if factor(fen) % 100 == 0:
            return self._make("yuan", (self.divided(fen, 100),), "money", nullable=fen.nullable)
        return self._make("fen", (fen,), "money", nullable=fen.nullable)

    def divided(self, node: Sql, by: int) -> Sql:
        """A number over a whole number that divides its `factor`."""
        if by == 1:
            return node
        assert by > 0
        match node.op:
            case "lit":
                return node if node.value is None else self.integer(int(node.value) // by)
            case "multiply":
                one, other = node.args
                part = gcd(factor(one), by)
                return self.multiply(self.divided(one, part), self.divided(other, by // part))
            case "case":
                tests, values = node.args[:-1:2], node.args[1:-1:2]
                branches = [(test, self.divided(value, by)) for test, value in zip(tests, values, strict=True)]
                return self.case(branches, self.divided(node.args[-1], by))
            case _:
                return self.again(node, tuple(self.divided(arg, by) for arg in node.args))

    # ------------------------------------------------------------------ dates

    def later(self, op: Literal["add_months", "add_days"], a: Sql, by: int) -> Sql:
        """A date moved by whole months, month-ends clamped, or days; within the calendar."""
        if is_nothing(a):
            return a
        if a.is_literal:
            day = int(a.value or 0)
            return self.day(months_later(day, by) if op == "add_months" else days_later(day, by))
        return self._make(op, (a, self.integer(by)), "date", nullable=a.nullable)

    def year(self, a: Sql) -> Sql:
        """The calendar year of a date."""
        if is_nothing(a):
            return self.null("int")
        if a.is_literal:
            return self.integer(date.fromordinal(int(a.value or 0)).year)
        return self._make("year", (a,), "int", nullable=a.nullable, range=(1, 9999))

    def words(self, a: Sql, names: Sequence[tuple[str, int]], otherwise: Sql) -> Sql:
        """The number that stands for a text; `otherwise` for any other, and for NULL."""
        return self.case(
            [(self.compare("=", a, self.text(name)), self.integer(number)) for name, number in names], otherwise
        )
