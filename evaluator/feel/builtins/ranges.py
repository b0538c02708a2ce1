"""Built-in functions on points and ranges: how they lie to each other.

A range without a lower or upper bound starts before, or ends after, everything.
"""

from __future__ import annotations

from collections.abc import Callable

from evaluator.feel.builtins.signature import Overload, overload
from evaluator.feel.values import RangeValue, UndefinedError, contains, equal, less


def _lt(left: object, right: object) -> bool:
    found = less(left, right)
    if found is None:
        raise UndefinedError
    return found


def _eq(left: object, right: object) -> bool:
    if left is None or right is None:
        return False  # an open end meets nothing
    found = equal(left, right)
    if found is None:
        raise UndefinedError
    return found


def _before_points(a: object, b: object) -> bool:
    return _lt(a, b)


def _before_range(point: object, range_: RangeValue) -> bool:
    if range_.low is None:
        return False
    return _lt(point, range_.low) or (_eq(point, range_.low) and not range_.low_closed)


def _range_before(range_: RangeValue, point: object) -> bool:
    if range_.high is None:
        return False
    return _lt(range_.high, point) or (_eq(range_.high, point) and not range_.high_closed)


def _before_ranges(a: RangeValue, b: RangeValue) -> bool:
    if a.high is None or b.low is None:
        return False
    return _lt(a.high, b.low) or (_eq(a.high, b.low) and not (a.high_closed and b.low_closed))


def _meets(a: RangeValue, b: RangeValue) -> bool:
    return a.high_closed and b.low_closed and _eq(a.high, b.low)


def _overlaps(a: RangeValue, b: RangeValue) -> bool:
    return not _before_ranges(a, b) and not _before_ranges(b, a)


def _starts_first(a: RangeValue, b: RangeValue) -> bool:
    """Whether `a` holds points below all those of `b`."""
    if b.low is None:
        return False
    return a.low is None or _lt(a.low, b.low) or (_eq(a.low, b.low) and a.low_closed and not b.low_closed)


def _ends_last(a: RangeValue, b: RangeValue) -> bool:
    """Whether `a` holds points above all those of `b`."""
    if b.high is None:
        return False
    return a.high is None or _lt(b.high, a.high) or (_eq(a.high, b.high) and a.high_closed and not b.high_closed)


def _overlaps_before(a: RangeValue, b: RangeValue) -> bool:
    return _starts_first(a, b) and _overlaps(a, b) and not _ends_last(a, b)


def _finishes_point(point: object, range_: RangeValue) -> bool:
    return range_.high_closed and _eq(point, range_.high)


def _same_high(a: RangeValue, b: RangeValue) -> bool:
    same = a.high is b.high is None or _eq(a.high, b.high)
    return same and a.high_closed == b.high_closed


def _same_low(a: RangeValue, b: RangeValue) -> bool:
    same = a.low is b.low is None or _eq(a.low, b.low)
    return same and a.low_closed == b.low_closed


def _finishes(a: RangeValue, b: RangeValue) -> bool:
    return _same_high(a, b) and not _starts_first(a, b)


def _includes_point(range_: RangeValue, point: object) -> bool:
    found = contains(range_, point)
    if found is None:
        raise UndefinedError
    return found


def _includes(a: RangeValue, b: RangeValue) -> bool:
    return not _starts_first(b, a) and not _ends_last(b, a)


def _starts_point(point: object, range_: RangeValue) -> bool:
    return range_.low_closed and _eq(point, range_.low)


def _starts(a: RangeValue, b: RangeValue) -> bool:
    return _same_low(a, b) and not _ends_last(a, b)


def _coincides_points(a: object, b: object) -> bool:
    return _eq(a, b)


def _coincides(a: RangeValue, b: RangeValue) -> bool:
    return _same_low(a, b) and _same_high(a, b)


def _turned(function: Callable[..., bool]) -> Callable[..., bool]:
    def turned(a: object, b: object) -> bool:
        return function(b, a)

    return turned


_SCALAR = "number|string|date|date and time|time|days|months"
_POINT, _POINT1, _POINT2 = f"point: {_SCALAR}", f"point1: {_SCALAR}", f"point2: {_SCALAR}"
_RANGE, _RANGE1, _RANGE2 = "range: range", "range1: range", "range2: range"

FUNCTIONS: dict[str, tuple[Overload, ...]] = {
    "before": (
        overload(_before_points, _POINT1, _POINT2),
        overload(_before_range, _POINT, _RANGE),
        overload(_range_before, _RANGE, _POINT),
        overload(_before_ranges, _RANGE1, _RANGE2),
    ),
    "after": (
        overload(_turned(_before_points), _POINT1, _POINT2),
        overload(_turned(_range_before), _POINT, _RANGE),
        overload(_turned(_before_range), _RANGE, _POINT),
        overload(_turned(_before_ranges), _RANGE1, _RANGE2),
    ),
    "meets": (overload(_meets, _RANGE1, _RANGE2),),
    "met by": (overload(_turned(_meets), _RANGE1, _RANGE2),),
    "overlaps": (overload(_overlaps, _RANGE1, _RANGE2),),
    "overlaps before": (overload(_overlaps_before, _RANGE1, _RANGE2),),
    "overlaps after": (overload(_turned(_overlaps_before), _RANGE1, _RANGE2),),
    "finishes": (
        overload(_finishes_point, _POINT, _RANGE),
        overload(_finishes, _RANGE1, _RANGE2),
    ),
    "finished by": (
        overload(_turned(_finishes_point), _RANGE, _POINT),
        overload(_turned(_finishes), _RANGE1, _RANGE2),
    ),
    "includes": (
        overload(_includes_point, _RANGE, _POINT),
        overload(_includes, _RANGE1, _RANGE2),
    ),
    "during": (
        overload(_turned(_includes_point), _POINT, _RANGE),
        overload(_turned(_includes), _RANGE1, _RANGE2),
    ),
    "starts": (
        overload(_starts_point, _POINT, _RANGE),
        overload(_starts, _RANGE1, _RANGE2),
    ),
    "started by": (
        overload(_turned(_starts_point), _RANGE, _POINT),
        overload(_turned(_starts), _RANGE1, _RANGE2),
    ),
    "coincides": (
        overload(_coincides_points, _POINT1, _POINT2),
        overload(_coincides, _RANGE1, _RANGE2),
    ),
}
