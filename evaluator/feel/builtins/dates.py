"""Built-in functions on dates and times."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from evaluator.feel.builtins.signature import Overload, overload
from evaluator.feel.values import equal, kind

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def _day_of_year(date: dt.date) -> Decimal:
    return Decimal(date.timetuple().tm_yday)


def _day_of_week(date: dt.date) -> str:
    return _DAYS[date.weekday()]


def _month_of_year(date: dt.date) -> str:
    return _MONTHS[date.month - 1]


def _week_of_year(date: dt.date) -> Decimal:
    return Decimal(date.isocalendar().week)


def _now() -> dt.datetime:
    return dt.datetime.now().astimezone()


def _today() -> dt.date:
    return dt.date.today()


def _is(left: object, right: object) -> bool:
    """Whether two values are one element of FEEL's domain: for times that is more than to be equal."""
    if kind(left) != kind(right) or equal(left, right) is not True:
        return False
    if isinstance(left, dt.time | dt.datetime) and isinstance(right, dt.time | dt.datetime):
        clocks = (left.replace(tzinfo=None), right.replace(tzinfo=None))
        return clocks[0] == clocks[1] and left.utcoffset() == right.utcoffset()
    return True


_DATE = "date: date|date and time"
FUNCTIONS: dict[str, tuple[Overload, ...]] = {
    "day of year": (overload(_day_of_year, _DATE),),
    "day of week": (overload(_day_of_week, _DATE),),
    "month of year": (overload(_month_of_year, _DATE),),
    "week of year": (overload(_week_of_year, _DATE),),
    "now": (overload(_now),),
    "today": (overload(_today),),
    "is": (overload(_is, "value1: any", "value2: any"),),
}
