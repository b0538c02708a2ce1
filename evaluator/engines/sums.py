"""Sums of money with what of them has accrued: how they are added, capped, set off and scaled, with bounds.

Four ends: what is promised at least and at most, and what of it has accrued at least and at most; None is not bounded.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Final

from evaluator.engines import fen
from evaluator.engines.intervals import Bound
from evaluator.record import row
from evaluator.rulebook.vocabulary import Exact


@row
class Sums:
    """Promised and accrued, in yuan. `split`: a part may come later; else what has accrued is what is promised."""

    low: Exact
    high: Bound
    now_low: Exact
    now_high: Bound
    split: bool = False


NOTHING: Final = Sums(0, 0, 0, 0)


def add(left: Bound, right: Bound) -> Bound:
    """The sum of two upper ends."""
    return None if left is None or right is None else left + right


def plus(left: tuple[Exact, Bound], right: tuple[Exact, Bound]) -> tuple[Exact, Bound]:
    """The sum of two ranges."""
    return left[0] + right[0], add(left[1], right[1])


def greatest(bounds: Sequence[Bound]) -> Bound:
    """The largest upper end; None where one is not bounded."""
    known = [bound for bound in bounds if bound is not None]
    return max(known) if len(known) == len(bounds) else None


def together(parts: Iterable[Sums]) -> Sums:
    """The sum."""
    low: Exact = 0
    now_low: Exact = 0
    high: Bound = 0
    now_high: Bound = 0
    split = False
    for part in parts:
        split = split or part.split
        low, now_low = low + part.low, now_low + part.now_low
        high, now_high = add(high, part.high), add(now_high, part.now_high)
    return Sums(low, high, now_low, now_high, split)


def limited(sums: Sums, cap_low: Bound, cap_high: Bound) -> Sums:
    """At most a cap that lies between the two; what has accrued is cut in proportion to what was promised."""
    least = max(cap_low or 0, 0)
    low = min(sums.low, least)
    high = (
        sums.high if cap_high is None else max(cap_high, 0) if sums.high is None else min(sums.high, max(cap_high, 0))
    )
    return _accrued(sums, low, high)


def less(sums: Sums, minus_low: Bound, minus_high: Bound) -> Sums:
    """What remains after setting off an amount between the two, never below nothing."""
    low = 0 if minus_high is None else max(sums.low - max(minus_high, 0), 0)
    high = None if sums.high is None else max(sums.high - max(minus_low or 0, 0), 0)
    return _accrued(sums, low, high)


def scaled(sums: Sums, low: Bound, high: Bound) -> Sums:
    """A share between the two of everything, to the fen and rounded down, so that all shares keep to the budget."""
    least = min(max(low or 0, 0), 1)
    most = 1 if high is None else min(max(high, 0), 1)

    def of(whole: Bound, share: Exact) -> Bound:
        return 0 if share == 0 else None if whole is None else fen.down(whole * share)

    now = of(sums.now_low, least) or 0, of(sums.now_high, most)
    return Sums(of(sums.low, least) or 0, of(sums.high, most), *now, sums.split)


def _accrued(sums: Sums, low: Exact, high: Bound) -> Sums:
    """The part that has accrued of a sum that was cut: in proportion where all is known, else between the extremes."""
    if not sums.split:
        return Sums(low, high, low, high)
    if sums.low == sums.high and low == high and sums.now_low == sums.now_high:
        now = fen.half_up(Fraction(sums.now_low) * low / sums.low) if sums.low else 0
        return Sums(low, high, now, now, True)
    cut = None if sums.high is None else sums.high - low
    now_low = 0 if cut is None else max(sums.now_low - cut, 0)
    now_high = high if sums.now_high is None else sums.now_high if high is None else min(sums.now_high, high)
    return Sums(low, high, min(now_low, low), now_high, True)
