"""What nodes do with values that may be partly known, where that is more than arithmetic; the same for every engine."""

from __future__ import annotations

from datetime import date
from typing import cast

from evaluator.engines.intervals import Number, Undefined, add, between, equal, hull, multiply, undecidable
from evaluator.engines.trace import Result
from evaluator.engines.truth import FALSE, INDETERMINATE, TRUE, UNKNOWN, Truth
from evaluator.rulebook.dates import days_later, months_later
from evaluator.rulebook.ir import DaysLater, GrowthTest, MonthsLater
from evaluator.rulebook.values import Interval
from evaluator.rulebook.vocabulary import DateType, Field, NumberType


def unknown_value(field: Field) -> Result:
    """What is known of a value that is not given: the domain of a number, nothing of anything else."""
    match field.type:
        case NumberType():
            return Interval(field.low, field.high)
        case DateType():
            return Interval(None, None)
        case _:
            return UNKNOWN


def same(left: Result, right: Result) -> Truth:
    """Whether two values of one type are equal."""
    if type(left) is str and type(right) is str:
        return TRUE if left == right else FALSE
    if isinstance(left, Undefined) or isinstance(right, Undefined):
        return INDETERMINATE
    if isinstance(left, Truth) and isinstance(right, Truth):
        if left is INDETERMINATE or right is INDETERMINATE:
            return INDETERMINATE
        if left is UNKNOWN or right is UNKNOWN:
            return UNKNOWN
        return TRUE if left is right else FALSE
    if isinstance(left, str) or isinstance(right, str):
        return INDETERMINATE if INDETERMINATE in (left, right) else UNKNOWN
    return equal(cast(Number, left), cast(Number, right))


def joined(left: Result, right: Result, *, settled: bool) -> Result:
    """What two branches have in common: the value when equal, the hull of numbers, else unknown.

    `settled`: no fact can choose between them.
    """
    if left == right:
        return left
    if isinstance(left, Truth | str) or isinstance(right, Truth | str):
        return INDETERMINATE if settled and UNKNOWN not in (left, right) else UNKNOWN
    return (undecidable if settled else hull)([cast(Number, left), cast(Number, right)])


def growth_years(node: GrowthTest, period: int | None) -> int:
    """Over how many years the rate compounds."""
    return 1 if node.since is None or period is None else max(period - node.since, 1)


def grown(base: Number, rate: Number, years: int) -> Number:
    """`base · (1 + rate)^years`."""
    factor = add(1, rate)
    result = base
    for _ in range(years):
        result = multiply(result, factor)
    return result


def shifted(node: MonthsLater | DaysLater, value: Result) -> Result:
    """A date moved as the node says."""

    def move(day: int) -> int:
        if isinstance(node, DaysLater):
            return days_later(day, node.days)
        return months_later(day, node.months)

    if isinstance(value, int):
        return move(value)
    if isinstance(value, Interval):
        low = None if value.low is None else move(int(value.low))
        high = None if value.high is None else move(int(value.high))
        return between(low, high, settled=value.settled)
    return value


def year_of(value: Result) -> Result:
    """The calendar year of a date."""
    if isinstance(value, int):
        return date.fromordinal(value).year
    if isinstance(value, Interval):
        low = None if value.low is None else date.fromordinal(int(value.low)).year
        high = None if value.high is None else date.fromordinal(int(value.high)).year
        return between(low, high, settled=value.settled)
    return value
