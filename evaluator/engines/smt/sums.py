"""Sums of money as formulas, with what of them has accrued: arm for arm those of `evaluator.engines.sums`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Final

from evaluator.engines.smt import terms
from evaluator.engines.smt.intervals import Number
from evaluator.engines.smt.terms import Logic, Quantity, Term, at_most, below, both, choose, either, no, pick, same
from evaluator.record import row
from evaluator.rulebook.vocabulary import Exact

_FEN: Final = Fraction(1, 100)


@row
class Range:
    """From `low` to `high` yuan; where `no_high`, nothing bounds it above."""

    low: Quantity
    high: Quantity
    no_high: Logic = False

    @property
    def nothing(self) -> Logic:
        """When it is surely nothing."""
        return both(no(self.no_high), same(self.low, 0), same(self.high, 0))

    @property
    def point(self) -> Logic:
        """When it is one sum."""
        return both(no(self.no_high), same(self.low, self.high))


ZERO: Final = Range(0, 0)


def plus(left: Range, right: Range) -> Range:
    """The sum of two ranges."""
    return Range(
        terms.plus(left.low, right.low), terms.plus(left.high, right.high), either(left.no_high, right.no_high)
    )


def when(condition: Logic, then: Range, otherwise: Range = ZERO) -> Range:
    """`then` where the condition holds, else `otherwise`."""
    return Range(
        choose(condition, then.low, otherwise.low),
        choose(condition, then.high, otherwise.high),
        pick(condition, then.no_high, otherwise.no_high),
    )


def upper(low: Quantity, of: Range) -> Range:
    """The range from `low` to the upper end of another."""
    return Range(low, of.high, of.no_high)


def least_upper(left: Range, right: Range) -> Range:
    """The first range, with the smaller of both upper ends."""
    high = choose(left.no_high, right.high, choose(right.no_high, left.high, terms.least(left.high, right.high)))
    return Range(left.low, high, both(left.no_high, right.no_high))


def greatest(ranges: Sequence[Range], there: Sequence[Logic] | None = None) -> tuple[Quantity, Logic]:
    """The largest upper end of those that are there (by default all), and when nothing bounds one of them."""
    present: Sequence[Logic] = [True] * len(ranges) if there is None else there
    highs = [choose(here, part.high, 0) for part, here in zip(ranges, present, strict=True)]
    return largest(highs), either(*(both(here, part.no_high) for part, here in zip(ranges, present, strict=True)))


def largest(values: Sequence[Quantity]) -> Quantity:
    """The largest of several; there is one."""
    result = values[0]
    for value in values[1:]:
        result = terms.greatest(result, value)
    return result


# ------------------------------------------------------------------ to the fen


def half_up(value: Quantity) -> Quantity:
    """Rounded half up to 0.01 yuan."""
    return _to_fen(value, Fraction(1, 2))


def down(value: Quantity) -> Quantity:
    """To the fen below."""
    return _to_fen(value, 0)


def up(value: Quantity) -> Quantity:
    """To the fen above."""
    return terms.minus(_to_fen(terms.minus(value), 0))


def _to_fen(value: Quantity, shift: Exact) -> Quantity:
    if isinstance(value, Term):
        if value.sort == "int":
            return value
        if value.op == "choose":
            condition, then, otherwise = value.args
            assert isinstance(condition, Term)
            return choose(condition, _to_fen(then, shift), _to_fen(otherwise, shift))
    elif isinstance(value, int):
        return value
    return terms.times(terms.floor(terms.plus(terms.times(value, 100), shift)), _FEN)


# ------------------------------------------------------------------ promised and accrued


@row
class Sums:
    """Promised and accrued. Where not `split`, what has accrued is what is promised."""

    promised: Range
    now: Range
    split: Logic = False

    @property
    def nothing(self) -> Logic:
        """When nothing is promised, and nothing can come later."""
        return both(no(self.split), self.promised.nothing, self.now.nothing)


NOTHING: Final = Sums(ZERO, ZERO)


def whole(range_: Range) -> Sums:
    """What is paid at once."""
    return Sums(range_, range_)


def sums_when(condition: Logic, then: Sums, otherwise: Sums = NOTHING) -> Sums:
    """`then` where the condition holds, else `otherwise`."""
    promised = when(condition, then.promised, otherwise.promised)
    if then.split is False and otherwise.split is False:
        return whole(promised)
    return Sums(promised, when(condition, then.now, otherwise.now), pick(condition, then.split, otherwise.split))


def together(parts: Iterable[Sums]) -> Sums:
    """The sum."""
    promised = now = ZERO
    split: Logic = False
    for part in parts:
        promised, now = plus(promised, part.promised), plus(now, part.now)
        split = either(split, part.split)
    return whole(promised) if split is False else Sums(promised, now, split)


def limited(sums: Sums, cap: Number, *, rounded: bool) -> Sums:
    """At most a cap, which is to the fen; what has accrued is cut in proportion to what was promised."""
    has_low = both(cap.ranged, no(cap.no_low))
    has_high = both(cap.ranged, no(cap.no_high))
    cap_low, cap_high = (half_up(end) if rounded else end for end in (cap.low, cap.high))
    least = choose(has_low, terms.greatest(cap_low, 0), 0)
    most = Range(0, terms.greatest(cap_high, 0), no(has_high))
    low = terms.least(sums.promised.low, least)
    return _accrued(sums, upper(low, least_upper(sums.promised, most)), rounded=rounded)


def less(sums: Sums, minus: Number, *, rounded: bool) -> Sums:
    """What remains after setting off an amount, which is to the fen; never below nothing."""
    has_low = both(minus.ranged, no(minus.no_low))
    has_high = both(minus.ranged, no(minus.no_high))
    minus_low, minus_high = (half_up(end) if rounded else end for end in (minus.low, minus.high))
    least = choose(has_low, terms.greatest(minus_low, 0), 0)
    most = terms.greatest(minus_high, 0)
    low = choose(has_high, rest(sums.promised.low, most), 0)
    high = rest(sums.promised.high, least)
    return _accrued(sums, Range(low, high, sums.promised.no_high), rounded=rounded)


def rest(value: Quantity, minus: Quantity) -> Quantity:
    """The difference, or nothing."""
    return terms.greatest(terms.plus(value, terms.minus(minus)), 0)


def scaled(sums: Sums, share: Number, *, rounded: bool) -> Sums:
    """A share of everything, to the fen and rounded down, so that all shares keep to the budget."""
    has_low = both(share.ranged, no(share.no_low))
    has_high = both(share.ranged, no(share.no_high))
    least = choose(has_low, terms.least(terms.greatest(share.low, 0), 1), 0)
    most = choose(has_high, terms.least(terms.greatest(share.high, 0), 1), 1)

    def of(part: Range) -> Range:
        low, high = terms.times(part.low, least), terms.times(part.high, most)
        if rounded:
            low, high = down(low), down(high)
        return Range(low, high, both(part.no_high, no(same(most, 0))))

    promised = of(sums.promised)
    return whole(promised) if sums.split is False else Sums(promised, of(sums.now), sums.split)


def _accrued(sums: Sums, cut: Range, *, rounded: bool) -> Sums:
    """The part that has accrued of a sum that was cut: in proportion where all is known, else between the extremes."""
    if sums.split is False:
        return whole(cut)
    before, now = sums.promised, sums.now
    point = both(before.point, cut.point, now.point)
    share = terms.over(terms.times(now.low, cut.low), before.low)
    part = choose(
        same(cut.low, before.low), now.low, choose(same(before.low, 0), 0, half_up(share) if rounded else share)
    )
    lost = choose(before.no_high, now.low, terms.plus(before.high, terms.minus(cut.low)))
    low = terms.least(rest(now.low, lost), cut.low)
    loose = upper(low, least_upper(now, cut))
    apart = when(point, Range(part, part), loose)
    return Sums(cut, when(sums.split, apart, cut), sums.split)


# ------------------------------------------------------------------ the largest, the first


def highest(parts: Sequence[Sums]) -> Sums:
    """The member that promises most; of what has accrued, that of each member which may be the one."""
    if not parts:
        return NOTHING
    low = largest([part.promised.low for part in parts])
    promised = Range(low, *greatest([part.promised for part in parts]))
    split = either(*(part.split for part in parts))
    if split is False:
        return whole(promised)
    candidates = [_may_be_highest(index, parts) for index in range(len(parts))]
    now_low = low  # no member of which less has accrued promises more
    for part, here in zip(parts, candidates, strict=True):
        now_low = terms.least(now_low, choose(here, _accrued_of(part, low), low))
    return Sums(promised, Range(now_low, *greatest([part.now for part in parts], candidates)), split)


def _may_be_highest(index: int, parts: Sequence[Sums]) -> Logic:
    """Whether no other member surely promises more (or as much, and stands before it)."""
    one = parts[index].promised
    surely = [
        (at_most if at < index else below)(one.high, other.promised.low)
        for at, other in enumerate(parts)
        if at != index
    ]
    return either(one.no_high, no(either(*surely)))


def _accrued_of(part: Sums, promised: Quantity) -> Quantity:
    """What has surely accrued of a member that promises at least so much."""
    open_ = terms.plus(part.promised.high, terms.minus(part.now.low))
    bounded = terms.greatest(part.now.low, terms.plus(promised, terms.minus(open_)))
    return choose(part.split, choose(part.promised.no_high, part.now.low, bounded), promised)


def first(parts: Sequence[Sums]) -> Sums:
    """The first member that pays anything, from the last to the first."""
    result = NOTHING
    for part in reversed(parts):
        pays = below(0, part.promised.low)
        may = either(part.promised.no_high, no(same(part.promised.high, 0)))
        open_ = Sums(
            Range(0, *greatest([part.promised, result.promised])),
            Range(0, *greatest([part.now, result.now])),
            either(part.split, result.split),
        )
        result = sums_when(pays, part, sums_when(may, open_, result))
    return result
