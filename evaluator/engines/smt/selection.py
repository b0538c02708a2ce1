"""Which entries of a list are paid when not all are, and the place of each, as `evaluator.engines.selection` has it.

Nothing is sorted: the place of an entry is one more than the number of entries that come before it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from evaluator.engines.smt import intervals, terms, truth
from evaluator.engines.smt.intervals import Number
from evaluator.engines.smt.sums import ZERO, Range, plus, rest, when
from evaluator.engines.smt.terms import Logic, Quantity, at_most, below, both, choose, either, how_many, no, same
from evaluator.engines.smt.truth import FALSE, Truth
from evaluator.engines.smt.walk import Env, equal_values, number, rank_of, test, walk
from evaluator.engines.smt.world import Blank, Code, Slot, Value
from evaluator.record import row
from evaluator.rulebook import ir, model
from evaluator.rulebook.vocabulary import ChoiceType, TextType


@row
class Worth:
    """What an entry comes to if it counts; `settled`: no fact can narrow it."""

    range: Range
    settled: Logic


Valued: TypeAlias = Callable[[Env], Worth]
"""What an entry at hand comes to if it counts."""


@row
class Counted:
    """One possible entry (`slot` None: the profile itself): the question about it, whether it is paid, and how much."""

    slot: Slot | None
    env: Env
    holds: Truth
    worth: Worth


@row
class Selected:
    """The entries, what a limit leaves of them together (None: no limit), and when it surely leaves one."""

    entries: tuple[Counted, ...]
    bounds: Range | None
    sure: Logic


@row
class _Entry:
    """An entry that may count, with the keys by which it is ordered, grouped and limited."""

    env: Env
    holds: Truth
    key: Number
    group: Value
    limit: Number | None

    @property
    def counts(self) -> Logic:
        """When it counts or may."""
        return no(self.holds.false)


def selected(rule: model.Award, selection: model.Selection, env: Env, worth: Valued) -> Selected:
    """The entries of the rule's list in their order, at most so many of each group."""
    assert rule.each is not None
    listed = env.world.listed(rule.each)
    by_amount = selection.order == "amount"
    entries: list[_Entry] = []
    known: list[Worth] = []
    for slot in listed.slots:
        inside = env.bound(0, slot)
        holds = truth.when(slot.present, counts(rule, inside), FALSE)
        key = intervals.known(0)
        if by_amount:
            known.append(worth(inside))
            key = _as_number(known[-1])
        elif isinstance(selection.order, ir.Node):
            key = _key(selection.order, inside)
        entries.append(_keyed(selection, inside, holds, key))
    more = no(listed.complete)
    found: list[Counted] = []
    for index, slot in enumerate(listed.slots):
        entry = entries[index]
        placed = entry.env.placed(_place(index, entries, selection, more))
        value = known[index] if by_amount else worth(placed)
        holds = truth.all_of([entry.holds, _within_limit(placed.position, entry.limit)])
        found.append(Counted(slot, placed, holds, value))
    if selection.limit is None:
        return Selected(tuple(found), None, False)
    if more is False and all(_certain(entry) for entry in entries):
        return Selected(tuple(found), None, False)  # the entries themselves say what the limit leaves
    blank = env.bound(0, Blank(rule.each, unlisted=True))
    further = _keyed(selection, blank, truth.UNKNOWN, intervals.known(0))
    limits = _Limits(selection, entries, [counted.worth.range for counted in found], further, worth(blank).range, more)
    return Selected(tuple(found), Range(limits.least(), *limits.most()), limits.pays_one())


def counts(rule: model.Award, env: Env) -> Truth:
    """Whether the entry at hand counts."""
    return truth.all_of([test(part, env) for part in (rule.counts, rule.when) if part is not None])


def _keyed(selection: model.Selection, env: Env, holds: Truth, key: Number) -> _Entry:
    group: Value = truth.TRUE if selection.group is None else walk(selection.group, env)
    limit = None if selection.limit is None else number(selection.limit, env)
    return _Entry(env, holds, key, group, limit)


def _as_number(worth: Worth) -> Number:
    paid = worth.range
    return Number(paid.low, paid.high, False, paid.no_high, settled=worth.settled)


def _key(order: ir.Expr, env: Env) -> Number:
    """What entries are ordered by, as a number: a choice by its rank; what has no order compares as unknown."""
    value = walk(order, env)
    match value:
        case Number():
            return value
        case Code() if isinstance(order.type, ChoiceType):
            return rank_of(value, order.type)
        case Code():
            assert isinstance(order.type, TextType)
            missing = either(value.unknown, value.indeterminate)
            return Number(0, 0, True, True, False, missing, settled=no(missing))
        case Truth():
            return intervals.UNKNOWN


def _certain(entry: _Entry) -> bool:
    """Whether nothing about the entry's place can be open."""
    plain = entry.holds.unknown is False and entry.holds.indeterminate is False
    limit = entry.limit is not None and entry.limit.plain
    return plain and limit and entry.key.plain and _always_known(entry.group)


def _always_known(group: Value) -> bool:
    match group:
        case Truth():
            return group.unknown is False and group.indeterminate is False
        case Code():
            return group.unknown is False and group.indeterminate is False
        case Number():
            return group.plain


def _place(index: int, entries: Sequence[_Entry], selection: model.Selection, more: Logic) -> Number:
    """The place of an entry; those not listed may come before, unless the list decides."""
    one = entries[index]
    before = [
        truth.all_of(
            [
                other.holds,
                equal_values(one.group, other.group),
                _precedes(other, one, selection, listed_first=at < index),
            ]
        )
        for at, other in enumerate(entries)
        if at != index
    ]
    certain = how_many(found.true for found in before)
    open_ = either(*(found.unknown for found in before))
    further = False if selection.order == "listed" else more
    if open_ is False and further is False and all(found.indeterminate is False for found in before):
        return intervals.known(terms.plus(certain, 1))
    most = how_many(no(found.false) for found in before)
    return Number(terms.plus(certain, 1), terms.plus(most, 1), False, further, settled=both(no(further), no(open_)))


def _precedes(one: _Entry, other: _Entry, selection: model.Selection, *, listed_first: bool) -> Truth:
    """Whether `one` comes before `other`."""
    if selection.order == "listed":
        return truth.known(listed_first)
    if selection.order == "amount" or selection.greatest_first:
        return intervals.compare(">=" if listed_first else ">", one.key, other.key)
    return intervals.compare("<=" if listed_first else "<", one.key, other.key)


def _within_limit(position: Number, limit: Number | None) -> Truth:
    """Whether an entry at that place is among those that are paid."""
    return truth.TRUE if limit is None else intervals.compare("<=", position, limit)


class _Limits:
    """What a limit leaves of entries whose places are uncertain, at least and at most.

    `further` stands for the entries that are not listed, where there may be `more`.
    """

    def __init__(
        self,
        selection: model.Selection,
        entries: Sequence[_Entry],
        worths: Sequence[Range],
        further: _Entry,
        unlisted: Range,
        more: Logic,
    ) -> None:
        self.selection, self.entries, self.worths = selection, entries, worths
        self.further, self.unlisted, self.more = further, unlisted, more
        self.known = [_group_known(entry.group) for entry in entries]
        self.loose = [both(entry.counts, no(known)) for entry, known in zip(entries, self.known, strict=True)]
        self.groups = list(self._groups())

    def _groups(self) -> list[tuple[Logic, list[Logic]]]:
        """For each entry: when it is the first of its group, and the members of that group."""
        found: list[tuple[Logic, list[Logic]]] = []
        for index, one in enumerate(self.entries):
            members = [
                both(one.counts, other.counts, self.known[index], self.known[at], _same_group(one.group, other.group))
                for at, other in enumerate(self.entries)
            ]
            found.append((both(members[index], *(no(before) for before in members[:index])), members))
        return found

    # ------------------------------------------------------------------ how many

    def _least_limit(self, there: Sequence[Logic], further: Logic) -> Quantity:
        """The smallest limit of those that are there."""
        result: Quantity | None = None
        some: Logic = False
        for entry, here in zip((*self.entries, self.further), (*there, further), strict=True):
            assert entry.limit is not None
            low = choose(both(entry.limit.ranged, no(entry.limit.no_low)), _whole(entry.limit.low), 0)
            result = (
                low if result is None else choose(both(some, here), terms.least(result, low), choose(here, low, result))
            )
            some = either(some, here)
        assert result is not None
        return result

    def _most_limit(self, there: Sequence[Logic], further: Logic) -> tuple[Quantity, Logic]:
        """The largest limit of those that are there, and when one has none."""
        highs: list[Quantity] = [0]
        unbounded: list[Logic] = []
        for entry, here in zip((*self.entries, self.further), (*there, further), strict=True):
            assert entry.limit is not None
            has = both(entry.limit.ranged, no(entry.limit.no_high))
            highs.append(choose(both(here, has), _whole(entry.limit.high), 0))
            unbounded.append(both(here, no(has)))
        result = highs[0]
        for high in highs[1:]:
            result = terms.greatest(result, high)
        return result, either(*unbounded)

    def pays_one(self) -> Logic:
        """When the limit surely leaves one of the entries that count."""
        counting = [entry.counts for entry in self.entries]
        sure = either(*(entry.holds.true for entry in self.entries))
        return both(sure, at_most(1, self._least_limit(counting, self.more)))

    # ------------------------------------------------------------------ how much

    def least(self) -> Quantity:
        """What is surely paid."""
        total: Quantity = 0
        beside = self.more if self.selection.order != "listed" else False
        lows = [worth.low for worth in self.worths]
        for first, members in self.groups:
            certain = [both(here, entry.holds.true) for here, entry in zip(members, self.entries, strict=True)]
            there = [either(here, loose) for here, loose in zip(members, self.loose, strict=True)]
            count = terms.least(how_many(certain), self._least_limit(there, beside))
            if self.selection.order == "amount":
                part = _sum_of(lows, certain, count, greatest_first=True)
            else:
                cut = [choose(beside, terms.least(low, self.unlisted.low), low) for low in lows]
                part = _sum_of(cut, there, count, greatest_first=False)
            total = terms.plus(total, choose(first, part, 0))
        return total

    def most(self) -> tuple[Quantity, Logic]:
        """What is paid at most, and when nothing bounds it."""
        alone = self._most_of_groups()
        if self.more is False:
            return alone.high, alone.no_high
        beside = Range(0, 0, True) if self.selection.group is not None else self._most_with_further()
        result = when(self.more, beside, alone)
        return result.high, result.no_high

    def _most_of_groups(self) -> Range:
        total = ZERO
        for first, members in self.groups:
            count, unlimited = self._most_limit(members, False)
            total = plus(total, when(first, self._largest(members, count, unlimited)))
        for loose, worth in zip(self.loose, self.worths, strict=True):
            total = plus(total, when(loose, worth))
        return total

    def _largest(self, members: Sequence[Logic], count: Quantity, unlimited: Logic) -> Range:
        """The `count` largest upper ends of the members."""
        highs = [worth.high for worth in self.worths]
        unbounded = either(*(both(here, worth.no_high) for here, worth in zip(members, self.worths, strict=True)))
        none = no(same(count, 0))
        high = choose(unbounded, 0, _sum_of(highs, members, count, greatest_first=True))
        return Range(0, high, either(unlimited, both(unbounded, none)))

    def _most_with_further(self) -> Range:
        """Without groups, and with any number of entries like one of which nothing is known."""
        members = [both(entry.counts, known) for entry, known in zip(self.entries, self.known, strict=True)]
        count, unlimited = self._most_limit(members, True)
        one = self.unlisted
        above = [rest(worth.high, one.high) for worth in self.worths]
        high = terms.plus(terms.times(count, one.high), _sum_of(above, members, count, greatest_first=True))
        unbounded = either(
            one.no_high, *(both(here, worth.no_high) for here, worth in zip(members, self.worths, strict=True))
        )
        total = Range(0, high, either(unlimited, both(unbounded, no(same(count, 0)))))
        for loose, worth in zip(self.loose, self.worths, strict=True):
            total = plus(total, when(loose, worth))
        return total


def _whole(limit: Quantity) -> Quantity:
    return terms.greatest(terms.floor(limit), 0)


def _sum_of(values: Sequence[Quantity], there: Sequence[Logic], count: Quantity, *, greatest_first: bool) -> Quantity:
    """The sum of the `count` greatest (or least) of those that are there."""
    total: Quantity = 0
    for index, value in enumerate(values):
        before = how_many(
            both(there[at], _first_of(other, value, greatest_first=greatest_first, listed_first=at < index))
            for at, other in enumerate(values)
            if at != index
        )
        total = terms.plus(total, choose(both(there[index], below(before, count)), value, 0))
    return total


def _first_of(one: Quantity, other: Quantity, *, greatest_first: bool, listed_first: bool) -> Logic:
    left, right = (other, one) if greatest_first else (one, other)
    return at_most(left, right) if listed_first else below(left, right)


def _group_known(group: Value) -> Logic:
    """Whether an entry surely belongs to one group."""
    match group:
        case Truth():
            return either(group.true, group.false)
        case Code():
            return no(either(group.unknown, group.indeterminate))
        case Number():
            return either(group.undefined, group.known)


def _same_group(one: Value, other: Value) -> Logic:
    """Whether two known groups are one; those that cannot be computed are."""
    same_value = equal_values(one, other).true
    if isinstance(one, Number) and isinstance(other, Number):
        return either(same_value, both(one.undefined, other.undefined))
    return same_value
