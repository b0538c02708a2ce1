"""Which entries of a list are paid when not all are, and the place of each: bounds where keys are uncertain.

Every bound holds over all ways of learning what is open: a place lies between one past the entries that surely come
before and one past those that may; at most the limit is paid in each group.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias, cast

from evaluator.engines.intervals import Bound, Number, between, compare, ends
from evaluator.engines.operations import same
from evaluator.engines.trace import Result, Step
from evaluator.engines.truth import FALSE, INDETERMINATE, TRUE, UNKNOWN, Truth, all_of, truth
from evaluator.rulebook import ir, model
from evaluator.rulebook.values import Interval, Item, ItemList
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

    def take(self, low: Exact, high: Bound, settled: bool) -> None:
        """What the entry comes to if it is paid; only what surely counts is certain."""
        self.low, self.high, self.settled = low, high, settled


class Till(Protocol):
    """What an engine does with an entry at hand: reads it, values it, pays it."""

    def bind(self, item: Item | None, position: Number = UNKNOWN) -> None:
        """Put an entry at hand in its place, or none."""

    def entry(self, item: Item) -> Entry:
        """The entry at hand, with whether it counts."""

    def reading(self, steps: list[Step]) -> Read:
        """Reads nodes for the entry at hand, and notes the steps where the engine keeps them."""

    def worth(self, steps: list[Step]) -> tuple[Exact, Bound, bool]:
        """(at least, at most, whether no fact can narrow it) of the entry at hand, if it counts."""

    def unlisted(self) -> tuple[Exact, Bound]:
        """(at least, at most) of the entry at hand, which is not in the list."""

    def pay(self, entry: Entry, holds: Truth) -> None:
        """Pay an entry that is, or may be, among those that are paid."""

    def note(self, entry: Entry, holds: Truth) -> None:
        """Keep whether an entry is among those that are paid."""


def pay_selected(till: Till, items: ItemList, selection: model.Selection) -> tuple[tuple[Exact, Bound] | None, bool]:
    """Pay entries in their order, at most so many of each group.

    Gives (at least, at most) of what a limit leaves of them together, None without one, and whether it surely pays one.
    """
    entries: list[Entry] = []
    by_amount = selection.order == "amount"
    for item in items.items:
        till.bind(item)
        entry = till.entry(item)
        read_keys(entry, selection, till.reading(entry.read))
        if by_amount and entry.holds is not FALSE:
            entry.take(*till.worth(entry.read))
            entry.key = between(entry.low, entry.high, settled=entry.settled)
        till.bind(None)
        entries.append(entry)
    place(entries, selection, complete=items.complete)
    for entry in entries:
        till.bind(entry.item, entry.position)
        holds = entry.holds
        if holds is not FALSE and not by_amount:
            entry.take(*till.worth(entry.read))
        if holds is not FALSE:
            holds = all_of((holds, within_limit(entry)))
        if holds is not FALSE:
            till.pay(entry, holds)
        till.bind(None)
        till.note(entry, holds)
    if selection.limit is None:
        return None, False
    further: Entry | None = None  # stands for the entries that are not listed
    if not items.complete:
        further = Entry(Item({}, ""), UNKNOWN, [])
        till.bind(further.item)
        read_keys(further, selection, till.reading([]))
        further.low, further.high = till.unlisted()
        till.bind(None)
    bounds = at_least(entries, selection, further), at_most(entries, selection, further)
    return bounds, pays_one(entries, further)


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
    op = ">" if selection.order == "amount" or selection.greatest_first else "<"
    return compare(f"{op}=" if listed_first else op, cast(Number, one.key), cast(Number, other.key))


def within_limit(entry: Entry) -> Truth:
    """Whether the entry is among those that are paid."""
    return TRUE if entry.limit is None else compare("<=", entry.position, entry.limit)


def pays_one(entries: Sequence[Entry], further: Entry | None) -> bool:
    """Whether the limit surely leaves one of the entries that count."""
    counting = [entry for entry in entries if entry.holds is not FALSE]
    if further is not None:
        counting.append(further)
    return any(entry.holds is TRUE for entry in counting) and _least_limit(counting) >= 1


def at_least(entries: Sequence[Entry], selection: model.Selection, further: Entry | None) -> Exact:
    """What is surely paid under a limit; `further` stands for the entries not listed, None for no more.

    In a group as many are paid as surely count, up to the limit: by amount the largest, else perhaps the least.
    """
    total: Exact = 0
    loose = [entry for entry in entries if entry.holds is not FALSE and not _known(entry.group)]
    others = loose if further is None or selection.order == "listed" else [*loose, further]
    for members in _groups(entries):
        certain = [entry for entry in members if entry.holds is TRUE]
        count = min(len(certain), _least_limit([*members, *others]))
        if selection.order == "amount":
            total += sum(sorted((entry.low for entry in certain), reverse=True)[:count])
            continue
        lows = [entry.low for entry in (*members, *loose)]
        if further is not None and selection.order != "listed":
            lows += [further.low] * count
        total += sum(sorted(lows)[:count])
    return total


def at_most(entries: Sequence[Entry], selection: model.Selection, further: Entry | None) -> Bound:
    """What is paid at most under a limit; `further` stands for the entries not listed, None for no more."""
    total: Exact = 0
    groups = _groups(entries)
    if further is not None:
        if selection.group is not None:
            return None
        groups = [[*(groups[0] if groups else ()), further]]
    for members in groups:
        count = _most_limit(members)
        if count is None:
            return None
        highs = [entry.high for entry in members]
        if further is not None:
            highs += [further.high] * (count - 1)
        if None in highs:
            if count:
                return None
            continue
        total += sum(sorted((high for high in highs if high is not None), reverse=True)[:count])
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
