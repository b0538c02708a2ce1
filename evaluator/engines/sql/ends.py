"""Bounds of numbers as columns: exact quotients of whole numbers, compared by cross-multiplication.

In: nodes of one builder. Out: nodes. Nothing is divided or rounded unless a function says so. NULL is no bound.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import gcd, lcm
from typing import TypeAlias

from evaluator.engines.sql.nodes import Sql
from evaluator.engines.sql.relation import Builder
from evaluator.record import row
from evaluator.rulebook.vocabulary import Exact

Denominator: TypeAlias = "int | Sql"


@row
class End:
    """A bound: `num / den`, with `den` positive, known when the query is made or a column. NULL `num`: no bound.

    A bound of a date is the date itself, over 1.
    """

    num: Sql
    den: Denominator = 1


class Ends:
    """Bounds over one builder's nodes."""

    def __init__(self, builder: Builder) -> None:
        self.b = builder

    def bound(self, value: Exact | None) -> End:
        """A bound known when the query is made; None is none."""
        if value is None:
            return End(self.b.null("int"))
        fraction = Fraction(value)
        return End(self.b.integer(fraction.numerator), fraction.denominator)

    def aligned(self, ends: Sequence[End]) -> tuple[list[Sql], Denominator] | None:
        """Numerators over one denominator, where all denominators are known or the same column."""
        dens = {(isinstance(end.den, int), end.den) for end in ends if not _is_null(end.num)}
        if len(dens) <= 1:
            den: Denominator = next((end.den for end in ends if not _is_null(end.num)), 1)
            return [end.num for end in ends], den
        whole = [end.den for end in ends if isinstance(end.den, int) and not _is_null(end.num)]
        if len(whole) < sum(not _is_null(end.num) for end in ends):
            return None
        common = lcm(*whole)
        nums = [end.num if _is_null(end.num) else self.b.times(end.num, common // int_of(end.den)) for end in ends]
        return nums, common

    def cross(self, left: End, right: End) -> tuple[Sql, Sql]:
        """Two whole numbers that stand to each other as the two ends do."""
        found = self.aligned((left, right))
        if found is not None:
            return found[0][0], found[0][1]
        return self._scaled(left.num, right.den), self._scaled(right.num, left.den)

    def _scaled(self, num: Sql, den: Denominator) -> Sql:
        return self.b.times(num, den) if isinstance(den, int) else self.b.multiply(num, den)

    def _den(self, left: Denominator, right: Denominator) -> Denominator:
        if isinstance(left, int) and isinstance(right, int):
            return left * right
        return self.b.multiply(self.node(left), self.node(right))

    def node(self, den: Denominator) -> Sql:
        """A denominator as a node."""
        return self.b.integer(den) if isinstance(den, int) else den

    def cmp(self, op: str, left: End, right: End) -> Sql:
        """One bound against another; NULL where either is none."""
        if isinstance(left.den, int) and left.den > 1 and right.num is self.b.zero:
            return self.b.compare(op, left.num, self.b.zero)
        return self.b.compare(op, *self.cross(left, right))

    def sign(self, op: str, end: End) -> Sql:
        """A bound against zero."""
        return self.b.compare(op, end.num, self.b.zero)

    def no_bound(self, end: End) -> Sql:
        """Whether there is none."""
        return self.b.is_null(end.num)

    def choose(self, branches: Sequence[tuple[Sql, End]], otherwise: End) -> End:
        """The end of the first branch whose condition is TRUE."""
        b = self.b
        ends = [end for _, end in branches] + [otherwise]
        found = self.aligned(ends)
        conditions = [condition for condition, _ in branches]
        if found is not None:
            nums, den = found
            return End(b.case(list(zip(conditions, nums, strict=False)), nums[-1]), den)
        dens = [b.integer(end.den) if isinstance(end.den, int) else end.den for end in ends]
        nums = [end.num for end in ends]
        return End(
            b.case(list(zip(conditions, nums, strict=False)), nums[-1]),
            b.case(list(zip(conditions, dens, strict=False)), dens[-1]),
        )

    def _pick(self, how: str, ends: Sequence[End]) -> End:
        """The least or greatest of those that are bounds."""
        given = [end for end in ends if not _is_null(end.num)]
        if not given:
            return ends[0]
        found = self.aligned(given)
        if found is not None:
            nums, den = found
            return End(self.b.greatest(*nums) if how == "max" else self.b.least(*nums), den)
        result = given[0]
        for other in given[1:]:
            better = self.cmp(">" if how == "max" else "<", other, result)
            result = self.choose([(self.b.or_(self.no_bound(result), better), other)], result)
        return result

    def greatest(self, ends: Sequence[End]) -> End:
        """The greatest of those that are bounds; none of none."""
        return self._pick("max", ends)

    def least(self, ends: Sequence[End]) -> End:
        """The least of those that are bounds; none of none."""
        return self._pick("min", ends)

    def _unless_open(self, ends: Sequence[End], result: End) -> End:
        """`result`, or no bound where one of the ends is none."""
        open_ = self.b.or_(*(self.no_bound(end) for end in ends))
        return End(self.b.case([(open_, self.b.null(result.num.kind))], result.num), result.den)

    def _plus(self, left: End, right: End) -> End:
        found = self.aligned((left, right))
        if found is not None:
            return End(self.b.add(found[0][0], found[0][1]), found[1])
        a, c = self.cross(left, right)
        return End(self.b.add(a, c), self._den(left.den, right.den))

    def _times(self, left: End, right: End) -> End:
        left, right = self._cancelled(left, right)
        right, left = self._cancelled(right, left)
        den = self._den(left.den, right.den)
        num = self.b.multiply(left.num, right.num)
        if isinstance(den, int) and den > 1:
            for one, other in ((left, right), (right, left)):
                if one.num.is_literal and one.num.value:
                    shared = gcd(int(one.num.value), den)
                    return End(self.b.times(other.num, int(one.num.value) // shared), den // shared)
        return End(num, den)

    def _cancelled(self, left: End, right: End) -> tuple[End, End]:
        """Both ends without what the denominator of the left and the numerator of the right have in common."""
        if not isinstance(left.den, int) or left.den == 1:
            return left, right
        shared = gcd(left.den, _factor(right.num))
        if shared == 1:
            return left, right
        return End(left.num, left.den // shared), End(self._divided(right.num, shared), right.den)

    def _divided(self, a: Sql, by: int) -> Sql:
        """A number of which `_factor` is a multiple of `by`, divided by it."""
        b = self.b
        if a.is_literal:
            return a if a.value is None else b.integer(int(a.value) // by)
        conditions, values = a.args[0:-1:2], [self._divided(value, by) for value in (*a.args[1:-1:2], a.args[-1])]
        return b.case(list(zip(conditions, values, strict=False)), values[-1])

    def _sided(self, end: End, infinite: int, side: int) -> Sql:
        """Whether an end lies on that side of zero; one without bound lies on its `infinite` side."""
        truth = self.sign(">" if side > 0 else "<", end)
        return self.b.coalesce(truth, self.b.boolean(infinite == side))

    def _inverse(self, end: End) -> End:
        """1 / end, over a positive denominator; no bound of none, and of zero, which nobody reads."""
        b = self.b
        den = b.integer(end.den) if isinstance(end.den, int) else end.den
        num = b.case([(b.compare(">", end.num, b.zero), den), (b.compare("<", end.num, b.zero), b.negate(den))],
                     b.null("int"))  # fmt: skip
        least = end.num.range[0]
        if least is not None and least > 0 and not end.num.nullable:
            num = den
        return self.reduced(num, b.greatest(b.absolute(end.num), b.integer(1)))

    def reduced(self, num: Sql, den: Sql) -> End:
        """A quotient of columns in lowest terms, so that what is made of it stays small; `den` is positive."""
        b = self.b
        shared = b.greatest(b.gcd(b.coalesce(b.absolute(num), b.zero), den), b.integer(1))
        return End(b.floor_divide(num, shared), b.greatest(b.floor_divide(den, shared), b.integer(1)))

    def _shortened(self, end: End) -> End:
        b = self.b
        if end.num.is_literal or not isinstance(end.den, int):
            return end
        branches = []
        for places in (8, 6, 4, 2):
            if end.den % 10**places == 0:
                cut = b.floor_divide(end.num, b.integer(10**places))
                same = b.holds(b.compare("=", b.times(cut, 10**places), end.num))
                branches.append((same, End(cut, end.den // 10**places)))
        if not branches:
            return end
        dens = [(b.is_null(end.num), b.integer(1))]
        dens += [(condition, b.integer(int_of(short.den))) for condition, short in branches]
        nums = [(condition, short.num) for condition, short in branches]
        return End(b.case(nums, end.num), b.case(dens, b.integer(end.den)))

    def floor(self, end: End) -> End:
        """The greatest whole number not above an end."""
        if end.den == 1:
            return end
        den = self.b.integer(end.den) if isinstance(end.den, int) else end.den
        return End(self.b.floor_divide(end.num, den))

    def ceiling(self, end: End) -> End:
        """The least whole number not below an end."""
        down = self.floor(End(self.b.negate(end.num), end.den))
        return End(self.b.negate(down.num), down.den)

    def fen(self, end: End) -> Sql:
        """An amount in whole fen, rounded half up."""
        if isinstance(end.den, int):
            shared = gcd(100, end.den)
            times, rest = 100 // shared, end.den // shared
            if rest == 1:
                return self.b.times(end.num, times)
            doubled = self.b.add(self.b.times(end.num, 2 * times), self.b.integer(rest))
            return self.b.floor_divide(doubled, self.b.integer(2 * rest))
        doubled = self.b.add(self.b.times(end.num, 200), end.den)
        return self.b.floor_divide(doubled, self.b.times(end.den, 2))


def int_of(den: Denominator) -> int:
    """A denominator that is known when the query is made."""
    assert isinstance(den, int)
    return den


def _factor(a: Sql) -> int:
    """What `a` can be divided by whatever it is: a constant by itself, a choice of constants by what they share."""
    if a.is_literal:
        return abs(int(a.value or 0))
    if a.op == "case" and all(value.is_literal for value in (*a.args[1:-1:2], a.args[-1])):
        return gcd(*(abs(int(value.value or 0)) for value in (*a.args[1:-1:2], a.args[-1])))
    return 1


def _is_null(a: Sql) -> bool:
    return a.is_literal and a.value is None
