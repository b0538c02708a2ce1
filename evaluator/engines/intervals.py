"""Exact numbers that may be known only between bounds: arithmetic and comparison, defined once for all engines.

A number is an `int` or `Fraction` when known, an `Interval` when partly known, UNKNOWN when it may be anything or
undefined, and `Undefined` when it has no value whatever the facts.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Final, TypeAlias

from evaluator.engines.truth import FALSE, INDETERMINATE, TRUE, UNKNOWN, Truth
from evaluator.record import row
from evaluator.rulebook.values import Interval
from evaluator.rulebook.vocabulary import Exact, exact


@row
class Undefined:
    """No value, though the operands are known; `empty` when it is a ratio over nobody."""

    reason: str
    empty: bool = False


Number: TypeAlias = Exact | Interval | Truth | Undefined
Bound: TypeAlias = Exact | None
EXACT: Final = (int, Fraction)  # made once: a union of classes is slow to make, and slower still of an enumeration
_WITHOUT_BOUNDS: Final = (Truth, Undefined)


def ends(value: Number) -> tuple[Bound, Bound]:
    """Lower and upper bound; (None, None) where nothing is known."""
    if isinstance(value, Interval):
        return value.low, value.high
    if isinstance(value, EXACT):
        return value, value
    return None, None


def between(low: Bound, high: Bound, *, settled: bool = False) -> Number:
    """The number known to lie there."""
    if low is not None and low == high:
        return exact(low)
    return Interval(low, high, settled)


def compare(op: str, left: Number, right: Number) -> Truth:
    """`left op right` where all of both agree; else unknown."""
    if isinstance(left, Undefined) or isinstance(right, Undefined):
        return INDETERMINATE
    if isinstance(left, Truth) or isinstance(right, Truth):
        return UNKNOWN
    low, high = ends(left)
    other_low, other_high = ends(right)
    if op in (">", ">="):
        low, high, other_low, other_high = other_low, other_high, low, high
        op = "<" if op == ">" else "<="
    strict = op == "<"
    if high is not None and other_low is not None and (high < other_low or (high == other_low and not strict)):
        return TRUE
    if low is not None and other_high is not None and (low > other_high or (low == other_high and strict)):
        return FALSE
    return _undecided(left, right)


def equal(left: Number, right: Number) -> Truth:
    """Whether two numbers are the same."""
    if isinstance(left, Undefined) or isinstance(right, Undefined):
        return INDETERMINATE
    if isinstance(left, EXACT) and isinstance(right, EXACT):
        return TRUE if left == right else FALSE
    if isinstance(left, Truth) or isinstance(right, Truth):
        return UNKNOWN
    if compare("<", left, right) is TRUE or compare(">", left, right) is TRUE:
        return FALSE
    if compare("<=", left, right) is TRUE and compare(">=", left, right) is TRUE:
        return TRUE
    return _undecided(left, right)


def _undecided(left: Number, right: Number) -> Truth:
    """What an undecided comparison is: indeterminate when no fact can narrow either side."""
    parts = [side for side in (left, right) if isinstance(side, Interval)]
    return INDETERMINATE if all(part.settled for part in parts) else UNKNOWN


def _partly(left: Number, right: Number) -> Number | None:
    """The result when a side has no value or nothing is known of it; None when both have bounds."""
    if isinstance(left, Undefined):
        return left
    if isinstance(right, Undefined):
        return right
    if isinstance(left, Truth) or isinstance(right, Truth):
        return UNKNOWN
    return None


def _settled(*values: Number) -> bool:
    return all(value.settled for value in values if isinstance(value, Interval))


def add(left: Number, right: Number) -> Number:
    """The sum."""
    if isinstance(left, EXACT) and isinstance(right, EXACT):
        return exact(left + right)
    partly = _partly(left, right)
    if partly is not None:
        return partly
    (a, b), (c, d) = ends(left), ends(right)
    low = None if a is None or c is None else a + c
    high = None if b is None or d is None else b + d
    return between(low, high, settled=_settled(left, right))


def negate(value: Number) -> Number:
    """The number with its sign changed; the bounds change places."""
    if isinstance(value, EXACT):
        return -value
    if isinstance(value, Interval):
        low, high = value.low, value.high
        return Interval(None if high is None else -high, None if low is None else -low, value.settled)
    return value


def subtract(left: Number, right: Number) -> Number:
    """The difference."""
    return add(left, negate(right))


def multiply(left: Number, right: Number) -> Number:
    """The product."""
    if isinstance(left, EXACT) and isinstance(right, EXACT):
        return exact(left * right)
    partly = _partly(left, right)
    if partly is not None:
        return partly
    (a, b), (c, d) = ends(left), ends(right)
    products = [_product(x, i, y, j) for x, i in ((a, -1), (b, 1)) for y, j in ((c, -1), (d, 1))]
    low = None if -_INFINITE in products else min(product for product in products if product != _INFINITE)
    high = None if _INFINITE in products else max(product for product in products if product != -_INFINITE)
    return between(low, high, settled=_settled(left, right))


_INFINITE: Final = Fraction(10) ** 400  # larger than any product of two figures that files may hold


def _product(left: Bound, left_sign: int, right: Bound, right_sign: int) -> Exact:
    """The product of two bounds, of which None is infinity with that sign; zero times infinity is zero."""
    if left is not None and right is not None:
        return left * right
    if left == 0 or right == 0:
        return 0
    sign = (left_sign if left is None else 1 if left > 0 else -1) * (
        right_sign if right is None else 1 if right > 0 else -1
    )
    return sign * _INFINITE


def divide(left: Number, right: Number) -> Number:
    """The quotient; undefined where the divisor is zero, unknown where it may be."""
    if isinstance(right, EXACT):
        if isinstance(left, Undefined):
            return left
        return Undefined("division by zero") if right == 0 else multiply(left, Fraction(1) / right)
    partly = _partly(left, right)
    if partly is not None:
        return partly
    assert isinstance(right, Interval)
    low, high = right.low, right.high
    if (low is None or low <= 0) and (high is None or high >= 0):
        return Undefined("division by what may be zero") if right.settled else UNKNOWN
    above = low is not None and low > 0
    upper = Fraction(1) / low if low is not None and low != 0 else None
    lower = Fraction(1) / high if high is not None and high != 0 else None
    if above:
        lower = Fraction(0) if lower is None else lower
    else:
        upper = Fraction(0) if upper is None else upper
    return multiply(left, Interval(lower, upper, right.settled))


def extreme(how: str, values: Sequence[Number]) -> Number:
    """The least (`min`) or greatest (`max`) of several numbers."""
    undefined = next((value for value in values if isinstance(value, Undefined)), None)
    if undefined is not None:
        return undefined
    if all(isinstance(value, EXACT) for value in values):
        known = [value for value in values if isinstance(value, EXACT)]
        return min(known) if how == "min" else max(known)
    if any(isinstance(value, Truth) for value in values):
        return UNKNOWN
    lows, highs = [ends(value)[0] for value in values], [ends(value)[1] for value in values]
    low: Bound
    high: Bound
    if how == "max":
        low, high = _greatest(lows), None if None in highs else _greatest(highs)
    else:
        low, high = None if None in lows else _least(lows), _least(highs)
    return between(low, high, settled=_settled(*values))


def _greatest(bounds: Sequence[Bound]) -> Bound:
    return max((bound for bound in bounds if bound is not None), default=None)


def _least(bounds: Sequence[Bound]) -> Bound:
    return min((bound for bound in bounds if bound is not None), default=None)


def hull(values: Sequence[Number]) -> Number:
    """The smallest interval that holds all of them; unknown when one may be undefined."""
    if all(isinstance(value, Undefined) for value in values):
        return values[0]
    if any(isinstance(value, _WITHOUT_BOUNDS) for value in values):
        return UNKNOWN
    low, high = _widest(values)
    return between(low, high)


def undecidable(values: Sequence[Number]) -> Number:
    """One of these values, and no fact says which: their hull, which only a fact behind a value itself can narrow."""
    if any(isinstance(value, Truth) for value in values):
        return UNKNOWN
    undefined = next((value for value in values if isinstance(value, Undefined)), None)
    if undefined is not None:
        return undefined
    low, high = _widest(values)
    return between(low, high, settled=_settled(*values))


def _widest(values: Sequence[Number]) -> tuple[Bound, Bound]:
    lows, highs = [ends(value)[0] for value in values], [ends(value)[1] for value in values]
    return None if None in lows else _least(lows), None if None in highs else _greatest(highs)


def rounded(how: str, value: Number) -> Number:
    """`floor`, `ceiling` or `abs`."""
    if isinstance(value, EXACT):
        return _whole(how, value)
    if not isinstance(value, Interval):
        return value
    low, high = value.low, value.high
    if how != "abs":
        return between(*(None if end is None else _whole(how, end) for end in (low, high)), settled=value.settled)
    sizes = [_whole("abs", end) for end in (low, high) if end is not None]
    inside = (low is None or low <= 0) and (high is None or high >= 0)
    least = 0 if inside or not sizes else min(sizes)
    return between(least, max(sizes) if len(sizes) == 2 else None, settled=value.settled)


def _whole(how: str, end: Exact) -> Exact:
    """One number after `floor`, `ceiling` or `abs`."""
    if how == "abs":
        return end if end >= 0 else -end
    return end.__floor__() if how == "floor" else end.__ceil__()
