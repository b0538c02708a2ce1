"""The values that FEEL expressions have, and how they are the same or not.

number `Decimal` (34 digits) · string `str` · boolean `bool` · null `None` · date `datetime.date` · time `datetime.time`
· date and time `datetime.datetime` · days and time duration `datetime.timedelta` · list `list` · context `dict`; and
of our own `YearsMonths`, `RangeValue`, `FunctionValue`. In: any Python object. Out: one of these, or null.
"""

from __future__ import annotations

import datetime as dt
import decimal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evaluator.feel.ast import Type

# decimal128, as the standard wants it; what leaves it (overflow, 0/0) is null.
NUMBERS = decimal.Context(
    prec=34,
    rounding=decimal.ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    traps=[decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow],
)


class UndefinedError(Exception):
    """An operation without a value: it becomes null."""


class ExhaustedError(Exception):
    """An expression that asks for more work than is allowed: the whole of it becomes null."""


@dataclass(frozen=True, slots=True, order=True)
class YearsMonths:
    """A years and months duration, in months."""

    months: int

    def isoformat(self) -> str:
        """As in `P1Y2M`, `-P3M`; zero is `P0M`."""
        years, months = divmod(abs(self.months), 12)
        text = (f"{years}Y" if years else "") + (f"{months}M" if months or not years else "")
        return ("-P" if self.months < 0 else "P") + text

    __str__ = isoformat


def feel_years_months(months: int) -> YearsMonths:
    """The years and months duration of so many months."""
    return YearsMonths(months)


@dataclass(frozen=True, slots=True, eq=False)
class RangeValue:
    """A range; an end that is None is not bounded (and then not closed)."""

    low: object
    high: object
    low_closed: bool
    high_closed: bool


@dataclass(frozen=True, slots=True, eq=False)
class FunctionValue:
    """A function: built in, or written in the expression. `call` takes the values and, if named, their names.

    `types` are those declared for the parameters: None for one without, none at all for a built-in function.
    """

    name: str
    parameters: tuple[str, ...]
    call: Callable[[list[object], tuple[str, ...] | None], object]
    types: tuple[Type | None, ...] = ()


def kind(value: object) -> str:
    """The name of the FEEL type of `value`."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case Decimal():
            return "number"
        case str():
            return "string"
        case dt.datetime():
            return "date and time"
        case dt.date():
            return "date"
        case dt.time():
            return "time"
        case dt.timedelta():
            return "days and time duration"
        case YearsMonths():
            return "years and months duration"
        case list():
            return "list"
        case dict():
            return "context"
        case RangeValue():
            return "range"
        case _:
            return "function"


def import_value(value: object) -> object:
    """The FEEL value of a Python object given by a caller; null where there is none."""
    match value:
        case None | bool() | str() | dt.date() | dt.time() | dt.timedelta():
            return value
        case YearsMonths() | RangeValue() | FunctionValue():
            return value
        case Decimal():
            return value if value.is_finite() else None
        case int():
            return Decimal(value)
        case Fraction():
            return NUMBERS.divide(Decimal(value.numerator), Decimal(value.denominator))
        case float():  # only a caller's own: read by its shortest decimal, so that no float goes further
            number = Decimal(repr(value))
            return number if number.is_finite() else None
        case list() | tuple():
            return [import_value(item) for item in value]
        case Mapping():
            return {str(key): import_value(item) for key, item in value.items()}
        case _:
            return None


def equal(left: object, right: object) -> bool | None:
    """FEEL's `=`: null is only equal to null, and values of different types cannot be compared."""
    if left is None or right is None:
        return left is right
    if kind(left) != kind(right):
        return None
    if left is right:  # also spares walking a list that holds itself many times over
        return True
    match left, right:
        case list(), list():
            pairs = zip(left, right, strict=False)
            return len(left) == len(right) and all(equal(a, b) is True for a, b in pairs)
        case dict(), dict():
            return left.keys() == right.keys() and all(equal(left[key], right[key]) is True for key in left)
        case RangeValue(), RangeValue():
            ends = equal(left.low, right.low) is True and equal(left.high, right.high) is True
            return ends and (left.low_closed, left.high_closed) == (right.low_closed, right.high_closed)
        case dt.datetime(), dt.datetime():
            if (left.utcoffset() is None) != (right.utcoffset() is None):
                return False
            return left.replace(microsecond=0) == right.replace(microsecond=0)  # as the standard has it
        case dt.time(), dt.time():
            return _same_time(left.replace(microsecond=0), right.replace(microsecond=0))
        case _:
            return left == right


def _same_time(left: dt.time, right: dt.time) -> bool:
    if left.tzinfo is None or right.tzinfo is None:
        return left.tzinfo is right.tzinfo and left == right
    if left.utcoffset() is None or right.utcoffset() is None:  # a named zone has no offset without a date
        return str(left.tzinfo) == str(right.tzinfo) and left.replace(tzinfo=None) == right.replace(tzinfo=None)
    return left == right


def less(left: object, right: object) -> bool | None:
    """FEEL's `<`: null where the values are not of one ordered type."""
    match left, right:
        case (bool(), _) | (_, bool()):
            return None
        case (Decimal(), Decimal()):
            return left < right
        case (str(), str()):
            return left < right
        case (YearsMonths(), YearsMonths()):
            return left < right
        case (dt.timedelta(), dt.timedelta()):
            return left < right
        case (dt.datetime(), dt.datetime()):
            return left < right if (left.utcoffset() is None) == (right.utcoffset() is None) else None
        case (dt.datetime(), _) | (_, dt.datetime()):
            return None
        case (dt.date(), dt.date()):
            return left < right
        case (dt.time(), dt.time()):
            return left < right if (left.utcoffset() is None) == (right.utcoffset() is None) else None
        case _:
            return None


def compare(op: str, left: object, right: object) -> bool | None:
    """`left op right` for each of FEEL's comparison operators."""
    match op:
        case "=":
            return equal(left, right)
        case "!=":
            same = equal(left, right)
            return None if same is None else not same
        case "<":
            return less(left, right)
        case ">":
            return less(right, left)
        case "<=":
            greater = less(right, left)
            return None if greater is None else not greater
        case _:
            smaller = less(left, right)
            return None if smaller is None else not smaller


def contains(range_: RangeValue, value: object) -> bool | None:
    """Whether `value` lies in the range; null where it cannot be compared with an end."""
    above = below = True if value is not None else None
    if range_.low is not None:
        above = compare(">=" if range_.low_closed else ">", value, range_.low)
    if range_.high is not None:
        below = compare("<=" if range_.high_closed else "<", value, range_.high)
    if above is None or below is None:
        return None
    return above and below


def whole(value: object) -> int:
    """A number as an index or scale: its fraction is cut off."""
    if not isinstance(value, Decimal) or abs(value) > 10**12:
        raise UndefinedError
    return int(value)
