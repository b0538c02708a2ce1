"""Calendar arithmetic on days that are variables: years and months by tables over the years that worlds know."""

from __future__ import annotations

from datetime import date
from functools import cache

from evaluator.engines.smt.terms import Quantity, Term, at_most, choose, plus
from evaluator.rulebook.dates import months_later as months_later_of

_FIRST_YEAR, _LAST_YEAR = 1980, 2110


def year_of(day: Quantity) -> Quantity:
    """The calendar year of a day."""
    if not isinstance(day, Term):
        return date.fromordinal(int(day)).year
    starts = [(date(year, 1, 1).toordinal(), year) for year in range(_FIRST_YEAR, _LAST_YEAR)]
    return _found(day, tuple(starts))


def months_later(day: Quantity, months: int) -> Quantity:
    """The day that many calendar months later (earlier when negative), month-ends clamped."""
    if not isinstance(day, Term):
        return months_later_of(int(day), months)
    return plus(day, _found(day, _moves(months)))


@cache
def _moves(months: int) -> tuple[tuple[int, int], ...]:
    """From which day on a shift by months is how many days, over all years known: only where it changes."""
    moves: list[tuple[int, int]] = []
    first, last = date(_FIRST_YEAR, 1, 1).toordinal(), date(_LAST_YEAR, 1, 1).toordinal()
    for day in range(first, last):
        moved = months_later_of(day, months) - day
        if not moves or moves[-1][1] != moved:
            moves.append((day, moved))
    return tuple(moves)


def _found(day: Quantity, table: tuple[tuple[int, int], ...]) -> Quantity:
    """The value of the last row whose day is not after, found by halving."""
    if len(table) == 1:
        return table[0][1]
    middle = len(table) // 2
    return choose(at_most(table[middle][0], day), _found(day, table[middle:]), _found(day, table[:middle]))
