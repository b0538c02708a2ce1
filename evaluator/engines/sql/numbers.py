"""Exact numbers that may be known only between bounds, as columns: what `evaluator.engines.intervals` says, in SQL.

A bound is a quotient of whole numbers, so nothing is ever divided or rounded: quotients are compared by
cross-multiplication. NULL is no bound. Functions mirror those of `intervals` one by one, under the same names.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from evaluator.engines.sql.ends import End, Ends
from evaluator.engines.sql.nodes import Sql
from evaluator.record import row
from evaluator.rulebook.vocabulary import Exact


@row
class Num:
    """A number between `low` and `high`.

    Where it is `unknown` (nothing is known, not even bounds) or `undefined` (it has no value) both ends are NULL.
    `settled`: no fact narrows it; says nothing where both ends are the same. Never NULL, as `unknown` and `undefined`.
    """

    low: End
    high: End
    unknown: Sql
    undefined: Sql
    settled: Sql


class Numbers(Ends):
    """Arithmetic over one builder's nodes."""

    # ------------------------------------------------------------------ making

    def exact(self, value: Exact) -> Num:
        """A number known when the query is made."""
        fraction = Fraction(value)
        return self.point(End(self.b.integer(fraction.numerator), fraction.denominator))

    def point(self, end: End) -> Num:
        """A number that is surely known."""
        return self.interval(end, end)

    def interval(self, low: End, high: End, *, settled: Sql | None = None) -> Num:
        """A number between two ends that is neither unknown nor undefined."""
        no = self.b.false
        return Num(low, high, no, no, no if settled is None else settled)

    def nothing_known(self) -> Num:
        """A number of which nothing is known, not even bounds."""
        return self._lacking(self.b.true, self.b.false)

    def masked(self, low: End, high: End, unknown: Sql, undefined: Sql, settled: Sql) -> Num:
        """A number whose ends are taken away where it is unknown or undefined; undefined goes before unknown."""
        b = self.b
        unknown = b.and_(unknown, b.not_(undefined))
        without = b.or_(unknown, undefined)
        if without is b.false:
            return Num(low, high, unknown, undefined, settled)
        hidden = End(b.case([(without, b.null(low.num.kind))], low.num), low.den)
        if low is high:
            return Num(hidden, hidden, unknown, undefined, settled)
        return Num(
            hidden, End(b.case([(without, b.null(high.num.kind))], high.num), high.den), unknown, undefined, settled
        )

    # ------------------------------------------------------------------ asking

    def is_exact(self, a: Num) -> Sql:
        """Whether both ends are the same."""
        if a.low is a.high:
            return self.b.is_known(a.low.num)
        return self.b.holds(self.cmp("=", a.low, a.high))

    def is_fixed(self, a: Num) -> Sql:
        """Whether no fact can narrow it: exact, or settled between its bounds."""
        if a.settled is self.b.false:
            return self.is_exact(a)
        return self.b.or_(a.settled, self.is_exact(a))

    def settled(self, *values: Num) -> Sql:
        """Whether what is made of these is settled where it is not exact."""
        if all(value.settled is self.b.false for value in values):
            return self.b.false
        return self.b.and_(*(self.is_fixed(value) for value in values))

    def either(self, *values: Num) -> tuple[Sql, Sql]:
        """(unknown, undefined) of what is made of all these; undefined goes first."""
        undefined = self.b.or_(*(value.undefined for value in values))
        unknown = self.b.or_(*(value.unknown for value in values))
        return self.b.and_(unknown, self.b.not_(undefined)), undefined

    def compare(self, op: str, left: Num, right: Num) -> tuple[Sql, Sql]:
        """(`left op right`, NULL where it is open; whether it is indeterminate)."""
        if op in (">", ">="):
            left, right, op = right, left, "<" if op == ">" else "<="
        b = self.b
        if left.low is left.high and right.low is right.high:
            truth = self.cmp(op, left.low, right.low)
        else:
            negated = ">=" if op == "<" else ">"
            surely = b.holds(self.cmp(op, left.high, right.low))
            never = b.holds(self.cmp(negated, left.low, right.high))
            truth = b.case([(surely, b.true), (never, b.false)], b.boolean(None))
            truth = self._native(truth, surely, never)
        return truth, self._undecided(truth, left, right)

    def _native(self, truth: Sql, surely: Sql, never: Sql) -> Sql:
        """The plain comparison where both ends are one fact, or what its domain says where that is not given."""
        b = self.b
        if surely.op == never.op == "coalesce" and never.args[0] is b.complement(surely.args[0]):
            if surely.args[1] is b.true:
                return surely
            return b.coalesce(surely.args[0], b.false) if never.args[1] is b.true else surely.args[0]
        return truth

    def equal(self, left: Num, right: Num) -> tuple[Sql, Sql]:
        """(whether they are the same, NULL where it is open; whether that is indeterminate)."""
        b = self.b
        if left.low is left.high and right.low is right.high:
            truth = self.cmp("=", left.low, right.low)
        else:
            apart = b.or_(b.holds(self.cmp("<", left.high, right.low)), b.holds(self.cmp(">", left.low, right.high)))
            same = b.and_(b.holds(self.cmp("<=", left.high, right.low)), b.holds(self.cmp(">=", left.low, right.high)))
            truth = b.case([(apart, b.false), (same, b.true)], b.boolean(None))
        return truth, self._undecided(truth, left, right)

    def _undecided(self, truth: Sql, left: Num, right: Num) -> Sql:
        b = self.b
        unknown, undefined = self.either(left, right)
        settled = self.settled(left, right)
        if settled is b.false:
            return undefined
        return b.or_(undefined, b.and_(b.is_null(truth), b.not_(unknown), settled))

    # ------------------------------------------------------------------ arithmetic

    def add(self, left: Num, right: Num) -> Num:
        """The sum."""
        unknown, undefined = self.either(left, right)
        low = self._plus(left.low, right.low)
        high = low if left.low is left.high and right.low is right.high else self._plus(left.high, right.high)
        return Num(low, high, unknown, undefined, self.settled(left, right))

    def negate(self, a: Num) -> Num:
        """The number with its sign changed."""
        low = End(self.b.negate(a.high.num), a.high.den)
        high = low if a.low is a.high else End(self.b.negate(a.low.num), a.low.den)
        return Num(low, high, a.unknown, a.undefined, a.settled)

    def subtract(self, left: Num, right: Num) -> Num:
        """The difference."""
        return self.add(left, self.negate(right))

    def multiply(self, left: Num, right: Num) -> Num:
        """The product."""
        unknown, undefined = self.either(left, right)
        settled = self.settled(left, right)
        if left.low is left.high and right.low is right.high:
            end = self._times(left.low, right.low)
            nothing = [self.sign("=", one.low) for one, other in ((left, right), (right, left)) if _may_lack(other)]
            end = self.choose([(self.b.or_(*map(self.b.holds, nothing)), self.bound(0))], end)
            return self.masked(end, end, unknown, undefined, settled)
        for one, other in ((left, right), (right, left)):
            fixed = one.low
            if one.low is one.high and fixed.num.is_literal and fixed.num.value is not None:
                size = int(fixed.num.value)
                if size > 0:
                    low, high = self._times(other.low, fixed), self._times(other.high, fixed)
                elif size < 0:
                    low, high = self._times(other.high, fixed), self._times(other.low, fixed)
                else:  # nothing times what has no bound is nothing
                    low = high = self.bound(0)
                return self.masked(low, high, unknown, undefined, settled)
        return self._multiplied(left, right, unknown, undefined, settled)

    def _multiplied(self, left: Num, right: Num, unknown: Sql, undefined: Sql, settled: Sql) -> Num:
        """The product of two intervals: of four products of ends the least and the greatest.

        A product with no bound is without end, upwards or downwards by the signs; with zero it is zero.
        """
        b = self.b
        finite: list[End] = []
        below: list[Sql] = []
        above: list[Sql] = []
        for x, i in ((left.low, -1), (left.high, 1)):
            for y, j in ((right.low, -1), (right.high, 1)):
                zero = b.or_(b.holds(self.sign("=", x)), b.holds(self.sign("=", y)))
                product = self._times(x, y)
                finite.append(End(b.case([(zero, b.zero)], product.num), product.den))
                endless = b.or_(self.no_bound(x), self.no_bound(y))
                up = b.or_(
                    b.and_(self._sided(x, i, 1), self._sided(y, j, 1)),
                    b.and_(self._sided(x, i, -1), self._sided(y, j, -1)),
                )
                down = b.or_(
                    b.and_(self._sided(x, i, 1), self._sided(y, j, -1)),
                    b.and_(self._sided(x, i, -1), self._sided(y, j, 1)),
                )
                above.append(b.and_(endless, up))
                below.append(b.and_(endless, down))
        least, greatest = self.least(finite), self.greatest(finite)
        low = self.choose([(b.or_(*below), self.bound(None))], least)
        high = self.choose([(b.or_(*above), self.bound(None))], greatest)
        return self.masked(low, high, unknown, undefined, settled)

    def divide(self, left: Num, right: Num) -> Num:
        """The quotient; undefined where the divisor is zero, unknown where it may be."""
        b = self.b
        if right.low is right.high and right.low.num.is_literal and right.low.num.value is not None:
            value = int(right.low.num.value)
            if value == 0:
                return self._lacking(b.false, b.true)
            assert isinstance(right.low.den, int)
            return self.multiply(left, self.exact(Fraction(right.low.den, value)))
        spans = b.and_(b.coalesce(self.sign("<=", right.low), b.true), b.coalesce(self.sign(">=", right.high), b.true))
        value_known = b.not_(b.or_(right.unknown, right.undefined))
        spans = b.and_(spans, value_known)
        # a side that is undefined goes first; a divisor that is exactly zero comes before an unknown dividend
        zero = b.and_(spans, self.is_exact(right))
        around = b.and_(spans, b.not_(zero))
        partly_unknown, partly_undefined = self.either(left, right)
        undefined = b.or_(partly_undefined, zero, b.and_(around, right.settled, b.not_(partly_unknown)))
        unknown = b.and_(b.or_(partly_unknown, b.and_(around, b.not_(right.settled))), b.not_(undefined))
        positive = b.holds(self.sign(">", right.low))
        if right.low is right.high:
            inverse = self.point(self._inverse(right.low))
        else:
            upper = self._inverse(right.low)
            lower = self._inverse(right.high)
            nothing = self.bound(0)
            lower = self.choose([(b.and_(positive, self.no_bound(right.high)), nothing)], lower)
            upper = self.choose([(b.and_(b.not_(positive), self.no_bound(right.low)), nothing)], upper)
            inverse = Num(lower, upper, b.false, b.false, right.settled)
        plain = Num(left.low, left.high, b.false, b.false, left.settled)
        product = self.multiply(plain, inverse)
        # of an exact divisor only the dividend says whether the quotient is settled, and so does `multiply`
        return self.masked(product.low, product.high, unknown, undefined, product.settled)

    def _lacking(self, unknown: Sql, undefined: Sql) -> Num:
        none = self.bound(None)
        return Num(none, none, unknown, undefined, self.b.false)

    def shortened(self, a: Num) -> Num:
        """The same number over the smallest power of ten that its figures allow, so that its powers stay small."""
        low = self._shortened(a.low)
        high = low if a.low is a.high else self._shortened(a.high)
        return Num(low, high, a.unknown, a.undefined, a.settled)

    # ------------------------------------------------------------------ several

    def extreme(self, how: str, values: Sequence[Num]) -> Num:
        """The least (`min`) or greatest (`max`) of several numbers."""
        if len(values) == 1:
            return values[0]
        unknown, undefined = self.either(*values)
        lows, highs = [value.low for value in values], [value.high for value in values]
        if how == "max":
            low, high = self.greatest(lows), self._unless_open(highs, self.greatest(highs))
        else:
            low, high = self._unless_open(lows, self.least(lows)), self.least(highs)
        if all(value.low is value.high and not _may_lack(value) for value in values):
            one = self._unless_open(lows, self._pick(how, lows))
            low = high = one
        return self.masked(low, high, unknown, undefined, self.settled(*values))

    def hull(self, values: Sequence[Num]) -> Num:
        """The smallest interval that holds all of them; unknown when one may be undefined."""
        b = self.b
        undefined = b.and_(*(value.undefined for value in values))
        lacking = b.or_(*(b.or_(value.unknown, value.undefined) for value in values))
        low, high = self.widest(values)
        return self.masked(low, high, b.and_(lacking, b.not_(undefined)), undefined, b.false)

    def undecidable(self, values: Sequence[Num]) -> Num:
        """One of these values, and no fact says which."""
        b = self.b
        unknown = b.or_(*(value.unknown for value in values))
        undefined = b.and_(b.or_(*(value.undefined for value in values)), b.not_(unknown))
        low, high = self.widest(values)
        fixed = b.and_(*(self.is_fixed(value) for value in values))
        return self.masked(low, high, unknown, undefined, fixed)

    def widest(self, values: Sequence[Num]) -> tuple[End, End]:
        """The ends of the smallest interval around all of them."""
        lows, highs = [value.low for value in values], [value.high for value in values]
        return self._unless_open(lows, self.least(lows)), self._unless_open(highs, self.greatest(highs))

    def same(self, left: Num, right: Num) -> Sql:
        """Whether two numbers are known alike: the same ends, and both settled or neither."""
        b = self.b
        if left == right:
            return b.true

        def alike(a: End, c: End) -> Sql:
            none = b.and_(self.no_bound(a), self.no_bound(c))
            return b.or_(none, b.holds(self.cmp("=", a, c)))

        flags = [
            b.compare("=", left.unknown, right.unknown),
            b.compare("=", left.undefined, right.undefined),
            b.or_(b.compare("=", left.settled, right.settled), self.is_exact(left)),
        ]
        return b.and_(alike(left.low, right.low), alike(left.high, right.high), *flags)

    def pick(self, branches: Sequence[tuple[Sql, Num]], otherwise: Num) -> Num:
        """The number of the first branch whose condition is TRUE."""
        b = self.b
        conditions = [condition for condition, _ in branches]
        values = [value for _, value in branches] + [otherwise]

        def flag(parts: list[Sql]) -> Sql:
            return b.case(list(zip(conditions, parts, strict=False)), parts[-1])

        low = self.choose([(condition, value.low) for condition, value in branches], otherwise.low)
        high = low
        if any(value.low is not value.high for value in values):
            high = self.choose([(condition, value.high) for condition, value in branches], otherwise.high)
        return Num(
            low,
            high,
            flag([value.unknown for value in values]),
            flag([value.undefined for value in values]),
            flag([value.settled for value in values]),
        )

    def joined(self, truth: Sql, indeterminate: Sql, then: Num, otherwise: Num) -> Num:
        """`then` or `otherwise` by a condition; where it is open what both have in common."""
        b = self.b
        if truth.is_literal and truth.value is not None:
            return then if truth.value is True else otherwise
        branches = [(b.holds(truth), then), (b.fails(truth), otherwise)]
        if not truth.nullable:
            return self.pick(branches[:1], otherwise)
        alike = self.same(then, otherwise)
        hull = self.hull((then, otherwise))
        lacking = b.or_(then.unknown, otherwise.unknown)
        branches.append((alike, then))
        if indeterminate is not b.false:
            settled = self.undecidable((then, otherwise))
            branches.append((b.and_(indeterminate, b.not_(lacking)), settled))
        return self.pick(branches, hull)

    # ------------------------------------------------------------------ whole numbers

    def rounded(self, how: str, a: Num) -> Num:
        """`floor`, `ceiling` or `abs`."""
        b = self.b
        if how != "abs":
            whole = self.floor if how == "floor" else self.ceiling
            low = whole(a.low)
            high = low if a.low is a.high else whole(a.high)
            return Num(low, high, a.unknown, a.undefined, a.settled)
        if a.low is a.high and not _may_lack(a):
            end = End(b.absolute(a.low.num), a.low.den)
            return Num(end, end, a.unknown, a.undefined, a.settled)
        sizes = [End(b.absolute(end.num), end.den) for end in (a.low, a.high)]
        inside = b.and_(b.coalesce(self.sign("<=", a.low), b.true), b.coalesce(self.sign(">=", a.high), b.true))
        low = self.choose([(inside, self.bound(0))], self.least(sizes))
        high = self._unless_open(sizes, self.greatest(sizes))
        return self.masked(low, high, a.unknown, a.undefined, a.settled)


def _may_lack(a: Num) -> bool:
    """Whether its ends can be NULL: no bounds, where it is not unknown or undefined."""
    return a.low.num.nullable or a.high.num.nullable
