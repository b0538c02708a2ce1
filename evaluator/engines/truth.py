"""Four truth values and how they combine: the one table that every engine follows.

UNKNOWN: a fact is missing. INDETERMINATE: no fact can settle it. UNKNOWN is also the value of any other type of
which nothing is known.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Final


class Truth(Enum):
    """True, false, unknown (a fact is missing), indeterminate (no fact can settle it)."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"
    INDETERMINATE = "indeterminate"

    __hash__ = object.__hash__  # identity is enough, and Enum's own is slow


TRUE: Final = Truth.TRUE
FALSE: Final = Truth.FALSE
UNKNOWN: Final = Truth.UNKNOWN
INDETERMINATE: Final = Truth.INDETERMINATE


def all_of(values: Iterable[Truth]) -> Truth:
    """False > unknown > indeterminate > true."""
    result = TRUE
    for value in values:
        if value is FALSE:
            return FALSE
        if value is UNKNOWN or (value is INDETERMINATE and result is TRUE):
            result = value
    return result


def any_of(values: Iterable[Truth]) -> Truth:
    """True > unknown > indeterminate > false."""
    result = FALSE
    for value in values:
        if value is TRUE:
            return TRUE
        if value is UNKNOWN or (value is INDETERMINATE and result is FALSE):
            result = value
    return result


def negation(value: Truth) -> Truth:
    """Swaps true and false, keeps the other two."""
    if value is TRUE:
        return FALSE
    return TRUE if value is FALSE else value


def at_least(n: int, values: Iterable[Truth]) -> Truth:
    """Whether `n` or more hold: what all ways of settling the unknown ones agree on, else unknown."""
    true = unknown = indeterminate = 0
    for value in values:
        true += value is TRUE
        unknown += value is UNKNOWN
        indeterminate += value is INDETERMINATE
    low, high = _settled(n, true, indeterminate), _settled(n, true + unknown, indeterminate)
    return low if low is high else UNKNOWN


def _settled(n: int, true: int, indeterminate: int) -> Truth:
    if true >= n:
        return TRUE
    return FALSE if true + indeterminate < n else INDETERMINATE


def truth(value: bool) -> Truth:
    """A known truth value."""
    return TRUE if value else FALSE
