"""What a fact can hold, as engines see it: exact numbers, ordinals of dates, choice ids, what is only partly known."""

from __future__ import annotations

from typing import TypeAlias

from evaluator.record import row
from evaluator.rulebook.vocabulary import Exact


@row
class Interval:
    """A number (or the ordinal of a date) known to lie from `low` to `high`; None is no bound.

    `settled`: no fact can narrow it, because what keeps it open is undefined.
    """

    low: Exact | None
    high: Exact | None
    settled: bool = False


@row
class Item:
    """One entry of a list; absent fields are unknown. `path` is how people find it, such as `标准[3]`."""

    values: dict[str, Value]
    path: str


@row
class ItemList:
    """The entries of a list fact; unless `complete`, there may be more."""

    items: tuple[Item, ...]
    complete: bool


Scalar: TypeAlias = bool | Exact | str | Interval
Value: TypeAlias = Scalar | ItemList
