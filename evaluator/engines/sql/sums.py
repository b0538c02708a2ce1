"""Sums of money with what of them has accrued, in whole fen: what `evaluator.engines.sums` says, in SQL.

Where nothing comes later, what has accrued is what is promised: `split` is FALSE then, and the nodes are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from evaluator.engines.sql.nodes import Sql
from evaluator.engines.sql.relation import Builder
from evaluator.record import row


@row
class Sums:
    """Promised at least and at most, and what of it has accrued at least and at most; NULL is not bounded.

    `split`: a part may come later. The lower ends and `split` are never NULL.
    """

    low: Sql
    high: Sql
    now_low: Sql
    now_high: Sql
    split: Sql


class Adding:
    """Arithmetic over one builder's nodes."""

    def __init__(self, builder: Builder) -> None:
        self.b = builder
        self.nothing = self.whole(builder.zero, builder.zero)

    def whole(self, low: Sql, high: Sql) -> Sums:
        """A sum of which nothing comes later."""
        return Sums(low, high, low, high, self.b.false)

    def total(self, parts: Sequence[Sql]) -> Sql:
        """The sum; NULL where one is."""
        result = self.b.zero
        for part in parts:
            result = self.b.add(result, part)
        return result

    def together(self, parts: Sequence[Sums]) -> Sums:
        """The sum."""
        split = self.b.or_(*(part.split for part in parts))
        low, high = self.total([part.low for part in parts]), self.total([part.high for part in parts])
        if split is self.b.false:
            return self.whole(low, high)
        now = self.total([part.now_low for part in parts]), self.total([part.now_high for part in parts])
        return Sums(low, high, *now, split)

    def bounded(self, parts: Sequence[Sql], pick: Callable[..., Sql]) -> Sql:
        """One of the parts; NULL where one is."""
        b = self.b
        return b.case([(b.or_(*(b.is_null(part) for part in parts)), b.null("int"))], pick(*parts))

    def least(self, left: Sql, right: Sql) -> Sql:
        """The smaller upper end; NULL where both are."""
        return left if left is right else self.b.least(left, right)

    def when(self, condition: Sql, sums: Sums, otherwise: Sums) -> Sums:
        """One of two sums."""
        b = self.b

        def of(one: Sql, other: Sql) -> Sql:
            return one if one is other else b.case([(condition, one)], other)

        low, high = of(sums.low, otherwise.low), of(sums.high, otherwise.high)
        split = of(sums.split, otherwise.split)
        if split is b.false:
            return self.whole(low, high)
        return Sums(low, high, of(sums.now_low, otherwise.now_low), of(sums.now_high, otherwise.now_high), split)

    # ------------------------------------------------------------------ caps, deductions, shares

    def limited(self, sums: Sums, cap_low: Sql, cap_high: Sql) -> Sums:
        """At most a cap that lies between the two."""
        b = self.b
        most = b.case([(b.is_null(cap_high), b.null("int"))], b.greatest(cap_high, b.zero))
        low = b.least(sums.low, b.greatest(b.coalesce(cap_low, b.zero), b.zero))
        return self._accrued(sums, low, b.least(sums.high, most))

    def less(self, sums: Sums, minus_low: Sql, minus_high: Sql) -> Sums:
        """What remains after setting off an amount between the two, never below nothing."""
        b = self.b
        least = b.greatest(b.subtract(sums.low, b.greatest(minus_high, b.zero)), b.zero)
        most = b.greatest(b.subtract(sums.high, b.greatest(b.coalesce(minus_low, b.zero), b.zero)), b.zero)
        low = b.case([(b.is_null(minus_high), b.zero)], least)
        return self._accrued(sums, low, b.case([(b.is_null(sums.high), b.null("int"))], most))

    def scaled(self, sums: Sums, least: Sql, most: Sql, of: Sql) -> Sums:
        """From `least` to `most` parts of `of`, to the fen and rounded down."""
        b = self.b

        def high(whole: Sql) -> Sql:
            return b.case([(b.compare("=", most, b.zero), b.zero)], b.floor_divide(b.multiply(whole, most), of))

        def low(whole: Sql) -> Sql:
            return b.floor_divide(b.multiply(whole, least), of)

        if sums.split is b.false:
            return self.whole(low(sums.low), high(sums.high))
        return Sums(low(sums.low), high(sums.high), low(sums.now_low), high(sums.now_high), sums.split)

    def _accrued(self, sums: Sums, low: Sql, high: Sql) -> Sums:
        """The part that has accrued of a sum that was cut: in proportion where all is known, else between extremes."""
        b = self.b
        if sums.split is b.false:
            return self.whole(low, high)
        known = b.and_(
            b.holds(b.compare("=", sums.low, sums.high)),
            b.holds(b.compare("=", low, high)),
            b.holds(b.compare("=", sums.now_low, sums.now_high)),
        )
        doubled = b.add(b.times(b.multiply(sums.now_low, low), 2), sums.low)
        share = b.coalesce(b.floor_divide(doubled, b.times(sums.low, 2)), b.zero)
        cut = b.coalesce(b.greatest(b.subtract(sums.now_low, b.subtract(sums.high, low)), b.zero), b.zero)
        cut = b.case([(b.is_null(sums.high), b.zero)], b.least(cut, low))
        now_high = b.least(sums.now_high, high)
        return Sums(
            low,
            high,
            b.case([(b.not_(sums.split), low), (known, share)], cut),
            b.case([(b.not_(sums.split), high), (known, share)], now_high),
            sums.split,
        )

    # ------------------------------------------------------------------ one of several

    def highest(self, parts: Sequence[Sums]) -> Sums:
        """The member that promises most; of what has accrued, that of each member which may be the one."""
        b = self.b
        if not parts:
            return self.nothing
        low = b.greatest(*(part.low for part in parts))
        high = self.bounded([part.high for part in parts], b.greatest)
        split = b.or_(*(part.split for part in parts))
        if split is b.false:
            return self.whole(low, high)
        lows: list[Sql] = []
        endless: list[Sql] = []
        highs: list[Sql] = []
        for at, one in enumerate(parts):
            beaten = [
                b.holds(b.compare(">=" if index < at else ">", other.low, one.high))
                for index, other in enumerate(parts)
                if index != at
            ]
            may = b.not_(b.or_(*beaten))
            lows.append(b.case([(may, self._accrued_of(one, low))], b.null("int")))
            highs.append(b.case([(may, one.now_high)], b.null("int")))
            endless.append(b.and_(may, b.is_null(one.now_high)))
        now_high = b.case([(b.or_(*endless), b.null("int"))], b.greatest(*highs))
        return Sums(low, high, b.coalesce(b.least(*lows), b.zero), now_high, split)

    def _accrued_of(self, part: Sums, promised: Sql) -> Sql:
        """What has surely accrued of a member that promises at least so much."""
        b = self.b
        later = b.greatest(part.now_low, b.subtract(promised, b.subtract(part.high, part.now_low)))
        return b.case([(b.not_(part.split), promised), (b.is_null(part.high), part.now_low)], later)

    def first(self, parts: Sequence[Sums]) -> Sums:
        """The first member that pays anything, from the last to the first."""
        b = self.b
        result = self.nothing
        for part in reversed(parts):
            surely = b.compare(">", part.low, b.zero)
            never = b.holds(b.compare("=", part.high, b.zero))

            def of(own: Sql, other: Sql, both: Sql, surely: Sql = surely, never: Sql = never) -> Sql:
                return b.case([(surely, own), (never, other)], both)

            either = Sums(
                b.zero,
                self.bounded([part.high, result.high], b.greatest),
                b.zero,
                self.bounded([part.now_high, result.now_high], b.greatest),
                b.or_(part.split, result.split),
            )
            low, high = of(part.low, result.low, either.low), of(part.high, result.high, either.high)
            if either.split is b.false:
                result = self.whole(low, high)
                continue
            now_low = of(part.now_low, result.now_low, either.now_low)
            now_high = of(part.now_high, result.now_high, either.now_high)
            result = Sums(low, high, now_low, now_high, of(part.split, result.split, either.split))
        return result
