"""Which entries of a list are paid when not all are, and the place of each: bounds where keys are uncertain.

Every bound holds over all ways of learning what is open: a place lies between one past the entries that surely come
before and one past those that may; at most the limit is paid in each group.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias, cast

from evaluator.engines.intervals import Bound, Number, between, compare, ends
from evaluator.engines.operations import same
from evaluator.engines.trace import Result, Step
from evaluator.engines.truth import FALSE, INDETERMINATE, TRUE, UNKNOWN, Truth, all_of, any_of, negation, truth
from evaluator.rulebook import ir, model
from evaluator.rulebook.values import Interval, Item
from evaluator.rulebook.vocabulary import ChoiceType, Exact

Read: TypeAlias = Callable[[ir.Expr], Result]
"""The value of a node for the profile and the entry at hand."""


class Entry:
    """One entry of a list on its way to being paid."""

    __slots__ = ("group", "high", "holds", "item", "key", "limit", "low", "position", "read", "settled")

    def __init__(self, item: Item, holds: Truth, read: list[Step]) -> None:
        self.item, self.holds, self.read = item, holds, read
        self.key: Result = 0
        self.group: Result = TRUE
        self.limit: Number | None = None
        self.position: Number = UNKNOWN
        self.low: Exact = 0
        self.high: Bound = 0
        self.settled = False


def read_keys(entry: Entry, selection: model.Selection, read: Read) -> None:
    """Group, order and limit of an entry that may count, while the entry is bound."""
    if entry.holds is FALSE:
        return
    if selection.group is not None:
        entry.group = read(selection.group)
    if isinstance(selection.order, ir.Node):
        entry.key = _ordered(selection.order, read(selection.order))
    if selection.limit is not None:
        entry.limit = cast(Number, read(selection.limit))


def _ordered(order: ir.Expr, value: Result) -> Result:
    """A choice as its rank, so that keys are numbers."""
    if isinstance(order.type, ChoiceType):
        if isinstance(value, str):
            return order.type.rank(value)
        return Interval(0, len(order.type.choices) - 1, settled=value is INDETERMINATE)
    return value


def place(entries: Sequence[Entry], selection: model.Selection, *, complete: bool) -> None:
    """The position of every entry that may count; those not listed may come before, unless the list decides."""
    for index, entry in enumerate(entries):
        if entry.holds is FALSE:
            continue
        before = [
            all_of((other.holds, same(entry.group, other.group), _precedes(other, entry, selection, at < index)))
            for at, other in enumerate(entries)
            if at != index
        ]
        certain, open_, undecided = (before.count(value) for value in (TRUE, UNKNOWN, INDETERMINATE))
        more = not complete and selection.order != "listed"
        high = None if more else 1 + certain + open_ + undecided
        entry.position = between(1 + certain, high, settled=not more and open_ == 0)


def _precedes(one: Entry, other: Entry, selection: model.Selection, listed_first: bool) -> Truth:
    """Whether `one` comes before `other`."""
    if selection.order == "listed":
        return truth(listed_first)
    if selection.order == "amount":
        left, right = between(one.low, one.high), between(other.low, other.high)
        first = compare(">", left, right)
        level = all_of((negation(first), compare(">=", left, right)))
    else:
        left, right = cast(Number, one.key), cast(Number, other.key)
        first = compare(">" if selection.greatest_first else "<", left, right)
        level = all_of((compare("<=", left, right), compare(">=", left, right)))
    return any_of((first, all_of((level, truth(listed_first)))))


def within_limit(entry: Entry) -> Truth:
    """Whether the entry is among those that are paid."""
    return TRUE if entry.limit is None else compare("<=", entry.position, entry.limit)


def at_least(entries: Sequence[Entry], selection: model.Selection, further: Exact | None) -> Exact:
    """What is surely paid under a limit; `further` is the least that an entry not listed may pay, None for no more.

    In a group as many are paid as surely count, up to the limit: by amount the largest, else perhaps the least.
    """
    total: Exact = 0
    loose = [entry for entry in entries if entry.holds is not FALSE and not _known(entry.group)]
    for members in _groups(entries):
        certain = [entry for entry in members if entry.holds is TRUE]
        count = min(len(certain), _least_limit(members))
        if selection.order == "amount":
            total += sum(sorted((entry.low for entry in certain), reverse=True)[:count])
            continue
        lows = sorted(entry.low for entry in (*members, *loose) if entry.holds is not FALSE)
        if further is not None:
            lows = sorted([*lows, *[further] * count])
        total += sum(lows[:count])
    return total


def at_most(entries: Sequence[Entry], further: Bound, *, more: bool) -> Bound:
    """What is paid at most under a limit; `more`: entries not listed may pay up to `further` each."""
    total: Exact = 0
    groups = _groups(entries)
    if more and (not groups or any(entry.group is not TRUE for entry in entries)):
        groups = []
    for members in groups:
        highs = [entry.high for entry in members if entry.holds is not FALSE]
        count = _most_limit(members)
        if more:
            highs += [further] * (count if count is not None else 0)
        if None in highs or count is None:
            return None
        total += sum(sorted((high for high in highs if high is not None), reverse=True)[:count])
    if more and not groups:
        return None
    for entry in entries:
        if entry.holds is not FALSE and not _known(entry.group):
            if entry.high is None:
                return None
            total += entry.high
    return total


def _known(group: Result) -> bool:
    return not isinstance(group, Interval) and group is not UNKNOWN and group is not INDETERMINATE


def _groups(entries: Sequence[Entry]) -> list[list[Entry]]:
    """Entries by group, those whose group is known."""
    found: dict[object, list[Entry]] = {}
    for entry in entries:
        if entry.holds is not FALSE and _known(entry.group):
            found.setdefault(entry.group, []).append(entry)
    return list(found.values())


def _least_limit(members: Sequence[Entry]) -> int:
    lows = [0 if low is None else max(low.__floor__(), 0) for low in (ends(_limit(entry))[0] for entry in members)]
    return min(lows)


def _most_limit(members: Sequence[Entry]) -> int | None:
    highs = [ends(_limit(entry))[1] for entry in members]
    known = [max(high.__floor__(), 0) for high in highs if high is not None]
    return max(known) if len(known) == len(highs) else None


def _limit(entry: Entry) -> Number:
    return 0 if entry.limit is None else entry.limit
