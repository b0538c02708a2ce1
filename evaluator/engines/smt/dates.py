"""Calendar arithmetic on days that are variables: years and months by tables over the years that worlds know.

A bound that is not there stands as day 0, whose year and months nobody looks at.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache, lru_cache

from evaluator.engines.smt.terms import Quantity, Term, at_most, choose, plus
from evaluator.rulebook.dates import months_later as months_later_of

_FIRST_YEAR, _LAST_YEAR = 1980, 2110


def months_later(day: Quantity, months: int) -> Quantity:
    """The day that many calendar months later (earlier when negative), month-ends clamped."""
    if not isinstance(day, Term):
        return months_later_of(int(day), months) if day else 0
    return _months_later(day, months)


@lru_cache(1024)
def _months_later(day: Term, months: int) -> Quantity:
    if day.op == "choose":
        return _either(day, lambda one: months_later(one, months))
    return plus(day, _found(day, _moves(months)))


def _either(day: Term, of: Callable[[Quantity], Quantity]) -> Quantity:
    """What either of the two days that it may be comes to."""
    condition, then, otherwise = day.args
    assert isinstance(condition, Term)
    return choose(condition, of(then), of(otherwise))


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
