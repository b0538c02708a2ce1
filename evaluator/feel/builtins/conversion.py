"""Built-in functions that make a value of one type from values of others, and `not`."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

from evaluator.feel import temporal
from evaluator.feel.ast import At, Call, Name, Negate, Node, Number, String
from evaluator.feel.builtins.signature import Overload, overload
from evaluator.feel.errors import FeelError
from evaluator.feel.parser import parse
from evaluator.feel.texts import string_of
from evaluator.feel.values import NUMBERS, RangeValue, UndefinedError, YearsMonths, kind, less, whole

_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_OPEN_RANGE = re.compile(r"\s*([\[\](])\s*(.*?)\s*\.\.\s*(.*?)\s*([\[\])])\s*", re.DOTALL)


def _date_of_text(text: str) -> dt.date | None:
    return temporal.parse_date(text)


def _date_of_date(value: dt.date) -> dt.date:
    return value.date() if isinstance(value, dt.datetime) else value


def _time_of_text(text: str) -> dt.time | None:
    return temporal.parse_time(text)


def _time_of_moment(value: dt.time | dt.date) -> dt.time:
    if isinstance(value, dt.datetime):
        return value.timetz()
    return dt.time(tzinfo=dt.UTC) if isinstance(value, dt.date) else value


def _time_of_parts(hour: Decimal, minute: Decimal, second: Decimal, offset: dt.timedelta | None = None) -> dt.time:
    whole_second = whole(second)
    fraction = int((second - whole_second).scaleb(6))
    zone = None if offset is None else temporal.offset_zone(int(offset.total_seconds()))
    return dt.time(whole(hour), whole(minute), whole_second, fraction, zone)


def _moment_of_text(text: str) -> dt.datetime | None:
    return temporal.parse_date_and_time(text)


def _moment_of_parts(date: dt.date, time: dt.time) -> dt.datetime:
    return dt.datetime.combine(_date_of_date(date), time)


def _duration(text: str) -> object:
    return temporal.parse_duration(text)


def _years_and_months(start: dt.date, end: dt.date) -> YearsMonths:
    return temporal.years_and_months_between(start, end)


def _number(text: str, grouping: str | None = None, point: str | None = None) -> Decimal:
    clash = point is not None and grouping == point
    if grouping not in (None, " ", ",", ".") or point not in (None, ",", ".") or clash:
        raise UndefinedError
    if grouping is not None:
        text = text.replace(grouping, "")
    if point is not None and point != ".":
        if "." in text:
            raise UndefinedError
        text = text.replace(point, ".")
    if not _NUMBER.fullmatch(text):
        raise UndefinedError
    return NUMBERS.create_decimal(text)


def _string(value: object) -> str | None:
    return None if value is None else string_of(value)


def _not(value: bool | None) -> bool | None:
    return None if value is None else not value


def _range(text: str) -> RangeValue:
    """A range whose ends are literals; an end may be left out, which leaves it unbounded."""
    found = _OPEN_RANGE.fullmatch(text)
    if found is None:
        raise UndefinedError
    low, high = _literal(found[2]), _literal(found[3])
    if found[2] and found[3] and (kind(low) != kind(high) or less(high, low) is not False):
        raise UndefinedError
    low_closed, high_closed = found[1] == "[", found[4] == "]"
    if (low is None and (low_closed or high is None)) or (high is None and high_closed):
        raise UndefinedError
    return RangeValue(low, high, low_closed, high_closed)


def _literal(text: str) -> object:
    if not text:
        return None
    try:
        value = _literal_value(parse(text))
    except FeelError as error:
        raise UndefinedError from error
    if value is None:
        raise UndefinedError
    return value


def _literal_value(node: Node) -> object:
    match node:
        case Number(value=value) | String(value=value):
            return value
        case Negate(operand=Number(value=value)):
            return -value
        case At(text=text):
            return temporal.parse_at(text)
        case Call(function=Name(name="date"), args=(String(value=text),)):
            return temporal.parse_date(text)
        case Call(function=Name(name="time"), args=(String(value=text),)):
            return temporal.parse_time(text)
        case Call(function=Name(name="date and time"), args=(String(value=text),)):
            return temporal.parse_date_and_time(text)
        case Call(function=Name(name="duration"), args=(String(value=text),)):
            return temporal.parse_duration(text)
        case _:
            return None


_FROM = "from: string"
FUNCTIONS: dict[str, tuple[Overload, ...]] = {
    "date": (
        overload(_date_of_text, _FROM),
        overload(_date_of_date, "from: date|date and time"),
        overload(temporal.checked_date, "year: number", "month: number", "day: number"),
    ),
    "time": (
        overload(_time_of_text, _FROM),
        overload(_time_of_moment, "from: time|date|date and time"),
        overload(_time_of_parts, "hour: number", "minute: number", "second: number", "offset?: days|null"),
    ),
    "date and time": (
        overload(_moment_of_text, _FROM),
        overload(_moment_of_parts, "date: date|date and time", "time: time"),
    ),
    "duration": (overload(_duration, _FROM),),
    "years and months duration": (overload(_years_and_months, "from: date|date and time", "to: date|date and time"),),
    "number": (
        overload(_number, _FROM),
        overload(_number, _FROM, "grouping separator: string|null", "decimal separator: string|null"),
    ),
    "string": (overload(_string, "from: any"),),
    "range": (overload(_range, _FROM),),
    "not": (overload(_not, "negand: boolean|null"),),
}
