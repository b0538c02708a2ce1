"""Calendar arithmetic on ordinals of dates, once for all engines."""

from __future__ import annotations

from calendar import monthrange
from datetime import MAXYEAR, MINYEAR, date


def months_later(day: int, months: int) -> int:
    """The ordinal `months` calendar months later (earlier when negative), month-ends clamped.

    What lies beyond the calendar is its first or last day.
    """
    start = date.fromordinal(day)
    index = start.year * 12 + start.month - 1 + months
    year, month = index // 12, index % 12 + 1
    if not MINYEAR <= year <= MAXYEAR:
        return (date.min if year < MINYEAR else date.max).toordinal()
    return date(year, month, min(start.day, monthrange(year, month)[1])).toordinal()


def days_later(day: int, days: int) -> int:
    """The ordinal `days` days later (earlier when negative), within the calendar."""
    return min(max(day + days, date.min.toordinal()), date.max.toordinal())
