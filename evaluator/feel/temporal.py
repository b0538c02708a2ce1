"""Dates, times and durations: from ISO 8601 text and back, their fields, and their arithmetic.

In: text or values. Out: values, or None where there is none. Dates run from year 1 to 9999 and fractions of a second
have six digits, as in Python's `datetime`; what lies beyond is null.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal

from evaluator.feel.values import NUMBERS, UndefinedError, YearsMonths, whole

_DATE = re.compile(r"(-?(?:[1-9][0-9]{4,}|[0-9]{4}))-([0-9]{2})-([0-9]{2})")
_TIME = re.compile(r"([0-9]{2}):([0-9]{2}):([0-9]{2})(\.[0-9]+)?([zZ]|[+-][0-9]{2}:[0-9]{2}(?::[0-9]{2})?)?(?:@(.+))?")
_MONTHS = re.compile(r"(-)?P(?=[0-9])(?:([0-9]+)Y)?(?:([0-9]+)M)?")
_DAYS = re.compile(
    r"(-)?P(?=[0-9T])(?:([0-9]+)D)?"
    r"(?:T(?=[0-9])(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+)(\.[0-9]+)?S)?)?"
)
_WIDEST_OFFSET = 18 * 3600
_DAY = dt.timedelta(days=1)
_MICROSECOND = dt.timedelta(microseconds=1)


def parse_date(text: str) -> dt.date | None:
    """`2017-12-31`."""
    found = _DATE.fullmatch(text)
    try:
        return dt.date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


def parse_time(text: str) -> dt.time | None:
    """`23:59:00`, with an offset `+08:00`, `Z` or a zone `@Asia/Shanghai`; `24:00:00` is midnight."""
    found = _time_of_day(text)
    return found[0] if found is not None else None


def parse_date_and_time(text: str) -> dt.datetime | None:
    """A date, `T` and a time, or a date alone; `24:00:00` is midnight of the next day."""
    date_text, letter, time_text = text.partition("T")
    date = parse_date(date_text)
    found = _time_of_day(time_text) if letter else (dt.time(), False)
    if date is None or found is None:
        return None
    try:
        moment = dt.datetime.combine(date, found[0])
        return moment + _DAY if found[1] else moment
    except OverflowError:
        return None


def _time_of_day(text: str) -> tuple[dt.time, bool] | None:
    found = _TIME.fullmatch(text)
    if found is None or (found[5] and found[6]):
        return None
    hour, minute, second = int(found[1]), int(found[2]), int(found[3])
    fraction = int((found[4] or ".0")[1:7].ljust(6, "0"))
    end_of_day = (hour, minute, second, fraction) == (24, 0, 0, 0)
    try:
        zone = _offset(found[5]) if found[5] else _zone(found[6]) if found[6] else None
        return dt.time(0 if end_of_day else hour, minute, second, fraction, zone), end_of_day
    except (ValueError, OSError):
        return None


def _offset(text: str) -> dt.tzinfo:
    if text in "zZ":
        return dt.UTC
    hours, minutes, seconds = (int(part) for part in (text[1:] + ":00").split(":")[:3])
    total = hours * 3600 + minutes * 60 + seconds
    if minutes > 59 or seconds > 59:
        raise ValueError(text)
    return offset_zone(-total if text[0] == "-" else total)


def offset_zone(seconds: int) -> dt.tzinfo:
    """The zone so many seconds ahead of UTC."""
    if abs(seconds) > _WIDEST_OFFSET:
        raise ValueError(seconds)
    return dt.timezone(dt.timedelta(seconds=seconds)) if seconds else dt.UTC


def _zone(name: str) -> dt.tzinfo:
    import zoneinfo  # few expressions name a zone

    try:
        return zoneinfo.ZoneInfo(name)
    except zoneinfo.ZoneInfoNotFoundError as error:
        raise ValueError(name) from error


def parse_duration(text: str) -> YearsMonths | dt.timedelta | None:
    """`P1Y2M`, a years and months duration, or `P1DT2H3M4.5S`, a days and time duration; `-` negates."""
    found = _MONTHS.fullmatch(text)
    try:
        if found is not None:
            months = int(found[2] or 0) * 12 + int(found[3] or 0)
            return YearsMonths(-months if found[1] else months)
        found = _DAYS.fullmatch(text)
        if found is None:
            return None
        length = dt.timedelta(
            days=int(found[2] or 0),
            hours=int(found[3] or 0),
            minutes=int(found[4] or 0),
            seconds=int(found[5] or 0),
            microseconds=int((found[6] or ".0")[1:7].ljust(6, "0")),
        )
        return -length if found[1] else length
    except (OverflowError, ValueError):
        return None


def parse_at(text: str) -> object:
    """The value of `@"text"`."""
    if text.startswith(("P", "-P")):
        return parse_duration(text)
    if "T" in text:
        return parse_date_and_time(text)
    return parse_time(text) if ":" in text else parse_date(text)


def text_of(value: dt.date | dt.time | dt.timedelta | YearsMonths) -> str:
    """The text from which the value would be read again."""
    match value:
        case YearsMonths():
            return value.isoformat()
        case dt.timedelta():
            return _text_of_days(value)
        case dt.datetime():
            return value.date().isoformat() + "T" + text_of(value.timetz())
        case dt.date():
            return value.isoformat()
        case dt.time():
            text = value.replace(tzinfo=None).isoformat()
            text = text.rstrip("0") if "." in text else text
            if value.tzinfo is None:
                return text
            if value.tzinfo is dt.UTC:
                return text + "Z"
            offset = value.replace(tzinfo=value.tzinfo).isoformat()[len(value.replace(tzinfo=None).isoformat()) :]
            return text + (offset if isinstance(value.tzinfo, dt.timezone) else f"@{value.tzinfo}")


def _text_of_days(value: dt.timedelta) -> str:
    length = abs(value)
    minutes, seconds = divmod(length.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = f".{length.microseconds:06d}".rstrip("0") if length.microseconds else ""
    time = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    time += f"{seconds}{fraction}S" if seconds or fraction else ""
    days = f"{length.days}D" if length.days else ""
    return ("-P" if value < dt.timedelta() else "P") + ((days + (f"T{time}" if time else "")) or "T0S")


def field(value: object, name: str) -> object:
    """The field `name` of a date, time or duration: `year`, `time offset`, `hours`; None if it has none."""
    found: object = None
    if isinstance(value, YearsMonths) and name in _MONTHS_FIELDS:
        found = _MONTHS_FIELDS[name](value)
    elif isinstance(value, dt.timedelta) and name in _DAYS_FIELDS:
        found = _DAYS_FIELDS[name](value)
    elif isinstance(value, dt.date) and name in _DATE_FIELDS:
        found = _DATE_FIELDS[name](value)
    elif isinstance(value, dt.time | dt.datetime) and name in _TIME_FIELDS:
        found = _TIME_FIELDS[name](value)
    return Decimal(found) if isinstance(found, int) else found


def _part(length: int, divisor: int, modulus: int | None = None) -> int:
    """A part of a length that has the sign of the length."""
    whole_part = abs(length) // divisor
    if modulus is not None:
        whole_part %= modulus
    return -whole_part if length < 0 else whole_part


def _seconds(value: dt.timedelta) -> int:
    """The whole seconds of a duration, cut towards zero."""
    return (-1 if value < dt.timedelta() else 1) * (abs(value) // dt.timedelta(seconds=1))


def _fraction(value: dt.timedelta) -> Decimal:
    rest = abs(value) % dt.timedelta(minutes=1)
    seconds = microseconds(rest).scaleb(-6)
    return -seconds if value < dt.timedelta() else seconds


_MONTHS_FIELDS: dict[str, Callable[[YearsMonths], object]] = {
    "years": lambda value: _part(value.months, 12),
    "months": lambda value: _part(value.months, 1, 12),
}
_DAYS_FIELDS: dict[str, Callable[[dt.timedelta], object]] = {
    "days": lambda value: _part(_seconds(value), 86400),
    "hours": lambda value: _part(_seconds(value), 3600, 24),
    "minutes": lambda value: _part(_seconds(value), 60, 60),
    "seconds": _fraction,
}
_DATE_FIELDS: dict[str, Callable[[dt.date], object]] = {
    "year": lambda value: value.year,
    "month": lambda value: value.month,
    "day": lambda value: value.day,
    "weekday": lambda value: value.isoweekday(),
}
_TIME_FIELDS: dict[str, Callable[[dt.time | dt.datetime], object]] = {
    "hour": lambda value: value.hour,
    "minute": lambda value: value.minute,
    "second": lambda value: Decimal(value.second) + Decimal(value.microsecond).scaleb(-6),
    "time offset": lambda value: value.utcoffset(),
    "timezone": lambda value: None if isinstance(value.tzinfo, dt.timezone | None) else str(value.tzinfo),
}


# ------------------------------------------------------------------ arithmetic
def add_months(date: dt.date, months: int) -> dt.date:
    """The same day so many months later, or the last one of that month; keeps the time of day."""
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise UndefinedError
    return date.replace(year=year, month=month + 1, day=min(date.day, calendar.monthrange(year, month + 1)[1]))


def add(value: object, duration: dt.timedelta | YearsMonths) -> object:
    """A date, time, date and time or duration, and a duration."""
    match value, duration:
        case YearsMonths(), YearsMonths():
            return YearsMonths(value.months + duration.months)
        case dt.timedelta(), dt.timedelta():
            return value + duration
        case dt.date(), YearsMonths():
            return add_months(value, duration.months)
        case dt.datetime(), dt.timedelta():
            return value + duration
        case dt.date(), dt.timedelta():
            return (dt.datetime.combine(value, dt.time()) + duration).date()
        case dt.time(), dt.timedelta():
            # Any day will do; a year in the middle cannot overflow, nor can less than a day.
            moment = dt.datetime.combine(dt.date(2000, 1, 1), value.replace(tzinfo=None)) + duration % _DAY
            return moment.time().replace(tzinfo=value.tzinfo)
        case _:
            raise UndefinedError


def difference(left: object, right: object) -> dt.timedelta:
    """The time from `right` to `left`, which must both have a zone or both have none."""
    mixed = isinstance(left, dt.datetime) != isinstance(right, dt.datetime)
    first, second = _moment(left, mixed), _moment(right, mixed)
    if isinstance(left, dt.time) != isinstance(right, dt.time):
        raise UndefinedError
    if (first.utcoffset() is None) != (second.utcoffset() is None):
        raise UndefinedError
    if first.utcoffset() is not None:  # Python takes two moments of one zone by their wall clocks
        first, second = first.astimezone(dt.UTC), second.astimezone(dt.UTC)
    return first - second


def _moment(value: object, mixed: bool) -> dt.datetime:
    """A point on the line of time; a date among dates and times is its midnight, UTC."""
    match value:
        case dt.datetime():
            return value
        case dt.date():
            return dt.datetime.combine(value, dt.time(), dt.UTC if mixed else None)
        case dt.time():
            return dt.datetime.combine(dt.date(2000, 1, 1), value)
        case _:
            raise UndefinedError


def microseconds(value: dt.timedelta) -> Decimal:
    """The exact length of a duration in microseconds."""
    return Decimal(value // _MICROSECOND)


def scale(value: dt.timedelta | YearsMonths, factor: Decimal, divide: bool = False) -> dt.timedelta | YearsMonths:
    """A duration times (or divided by) a number, cut to whole months or microseconds."""
    amount = Decimal(value.months) if isinstance(value, YearsMonths) else microseconds(value)
    result = NUMBERS.divide(amount, factor) if divide else NUMBERS.multiply(amount, factor)
    if abs(result) > Decimal(10) ** 30:
        raise UndefinedError
    return YearsMonths(int(result)) if isinstance(value, YearsMonths) else dt.timedelta(microseconds=int(result))


def years_and_months_between(start: dt.date, end: dt.date) -> YearsMonths:
    """The whole months from one date to another, negative when `end` is the earlier one; the time of day is ignored."""
    if (end.year, end.month, end.day) < (start.year, start.month, start.day):
        return YearsMonths(-years_and_months_between(end, start).months)
    return YearsMonths((end.year - start.year) * 12 + end.month - start.month - (end.day < start.day))


def checked_date(year: object, month: object, day: object) -> dt.date:
    """The date of three whole numbers."""
    return dt.date(whole(year), whole(month), whole(day))
