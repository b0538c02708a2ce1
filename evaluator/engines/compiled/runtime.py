"""What generated code calls. Anything that is not exactly known raises one of `OPEN`, and the general path answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Final

from evaluator.engines import fen
from evaluator.rulebook.dates import months_later
from evaluator.rulebook.values import Item
from evaluator.rulebook.vocabulary import Exact


class Open(Exception):  # noqa: N818 - no fault: it says that the general path has to answer
    """Something is not exactly known, or has no value."""


OPEN: Final = (KeyError, TypeError, AttributeError, ValueError, ArithmeticError, Open)
"""A fact that is absent, an interval where a number is needed, an empty minimum, a division by zero.

`Interval` has neither order nor arithmetic, so Python refuses it wherever generated code computes.
"""

_FIRST, _LAST = date.min.toordinal(), date.max.toordinal()


class Years(dict[int, int]):
    """The calendar year of each day that was asked for."""

    def __missing__(self, day: int) -> int:
        year = self[day] = date.fromordinal(day).year
        return year


def full(value: object) -> Sequence[Item]:
    """The entries of a list that holds no more than is given."""
    if not value.complete:  # type: ignore[attr-defined]  # what is no list has no such attribute: it is open
        raise Open
    items: Sequence[Item] = value.items  # type: ignore[attr-defined]  # as above
    return items


def divide(left: Exact, right: Exact) -> Exact:
    """The exact quotient."""
    return Fraction(left) / right


def months(day: int, by: int) -> int:
    """A day moved by months."""
    if type(day) is not int:
        raise Open
    return months_later(day, by)


def days(day: int, by: int) -> int:
    """A day moved by days, within the calendar."""
    return min(max(day + by, _FIRST), _LAST)


def nonzero(base: Exact) -> Exact:
    """The base of a growth rate."""
    if base == 0:
        raise Open
    return base


def pay(value: Exact) -> Exact:
    """What is payable of a known amount: never below nothing, rounded half up to the fen."""
    if type(value) is int:
        return value if value > 0 else 0
    if value <= 0:
        return 0
    return fen.half_up(value)


def only(values: Sequence[Exact]) -> Exact:
    """The value of the rows that hold, which agree; nothing of no row."""
    if not values:
        return 0
    first = values[0]
    if len(values) > 1 and any(value != first for value in values):
        raise Open
    return first
