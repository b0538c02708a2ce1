"""From what an item comes to, to payments: instalments with their days, payers, recipients, payments received.

Shares are taken to the fen, rounded down, and the first gets what remains.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import TypeAlias, cast

from evaluator.engines import fen
from evaluator.engines.decision import Amount, Line, LineState, Share
from evaluator.engines.intervals import Bound, Number, compare, ends
from evaluator.engines.selection import Read
from evaluator.engines.truth import FALSE, TRUE, UNKNOWN, Truth
from evaluator.rulebook import model
from evaluator.rulebook.history import AWARD, PAID_ON, SUM
from evaluator.rulebook.values import Interval, ItemList, Value
from evaluator.rulebook.vocabulary import Exact, Name, exact

Money: TypeAlias = tuple[Exact, Bound]


def year_of(day: object) -> int | None:
    """The year of a day, where it is known."""
    if isinstance(day, int):
        return date.fromordinal(day).year
    if isinstance(day, Interval) and day.low is not None and day.high is not None:
        first, last = date.fromordinal(int(day.low)).year, date.fromordinal(int(day.high)).year
        return first if first == last else None
    return None


class Paid:
    """The lines of one item's amount, its share before the split, and whether a day or condition leaves it open."""

    __slots__ = ("as_of", "lines", "open", "read", "share")

    def __init__(self, award: model.Award, item: str, day: object, money: Money, as_of: int, read: Read) -> None:
        self.as_of, self.read = as_of, read
        self.lines: list[Line] = []
        self.open = False
        low: Exact = 0
        accrued: Exact = 0
        high: Bound = 0
        accrued_high: Bound = 0
        for part, period, holds, come in self._instalments(award, day, money):
            sure, most = (part[0] if holds is TRUE else 0), part[1]
            low, high = low + sure, _plus(high, most)
            self.open = self.open or (most != 0 and UNKNOWN in (holds, come))
            if come is not FALSE:
                accrued, accrued_high = accrued + (sure if come is TRUE else 0), _plus(accrued_high, most)
                self._lines(award, item, period, (sure if come is TRUE else 0, most), "accrued")
            if come is not TRUE:
                self._lines(award, item, period, (sure if come is FALSE else 0, most), "later")
        self.share = Share(item, year_of(day), low, high, accrued, accrued_high)

    def _lines(self, award: model.Award, item: str, period: int | None, money: Money, state: LineState) -> None:
        for payer, borne in _parts(award.payers, money, self.read):
            for recipient, (low, high) in _parts(award.recipients, borne, self.read):
                self.lines.append(Line(item, period, payer, low, high, state, recipient))

    def _instalments(
        self, award: model.Award, day: object, money: Money
    ) -> Iterator[tuple[Money, int | None, Truth, Truth]]:
        """(amount, year, whether it is due at all, whether its day has come) of each instalment not forfeited."""
        if not award.instalments:
            yield money, year_of(day), TRUE, TRUE
            return
        shares: list[Number] = [entry.share for entry in award.instalments]
        for entry, part in zip(award.instalments, split(money, shares), strict=True):
            due: object = day
            if entry.on is not None:
                due = self.read(entry.on)
            holds = TRUE
            if entry.when is not None:
                holds = cast(Truth, self.read(entry.when))
            if holds is not FALSE:
                yield part, year_of(due), holds, _come(due, self.as_of)


def _come(day: object, as_of: int) -> Truth:
    """Whether a day has come by the date of the question."""
    if day is None:
        return UNKNOWN
    return compare("<=", cast(Number, day), as_of)


def _plus(left: Bound, right: Bound) -> Bound:
    return None if left is None or right is None else left + right


def _parts(parts: Sequence[model.Part], money: Money, read: Read) -> list[tuple[Name | None, Money]]:
    if not parts:
        return [(None, money)]
    shares = [cast(Number, read(part.share)) for part in parts]
    return list(zip([part.name for part in parts], split(money, shares), strict=True))


def split(money: Money, shares: Sequence[Number]) -> list[Money]:
    """`money` by shares of it, to the fen; the first gets what the others leave of their shares together."""
    low, high = money
    known = [share for share in shares if isinstance(share, int | Fraction)]
    if len(known) == len(shares) and low == high:
        return [(part, part) for part in _split(low, known)]
    found: list[Money] = []
    for share in shares:
        least, most = ends(share)
        product = 0 if most == 0 else None if most is None or high is None else high * max(most, 0)
        floor = low * max(least or 0, 0)
        if found:
            found.append((fen.down(floor), None if product is None else fen.down(product)))
            continue
        # what is left for the first does not always grow with the whole: each other part may leave up to a fen
        whole = len(known) == len(shares) and sum(known) == 1
        rest = Fraction(max(len(shares) - 2, 0), 100)
        found.append(
            (fen.up(floor) if whole else fen.down(floor), None if product is None else exact(fen.up(product) + rest))
        )
    return found


def _split(whole: Exact, shares: Sequence[Exact]) -> list[Exact]:
    parts = [fen.down(whole * share) for share in shares]
    rest = whole * sum(shares) - sum(parts)
    return [fen.down(parts[0] + rest), *parts[1:]] if parts else []


def received(award: model.Award, facts: Mapping[str, Value], as_of: int) -> Iterator[Line]:
    """What the list of payments received says was paid for this award by the date of the question."""
    history = facts.get("payments")
    if not isinstance(history, ItemList):
        return
    for entry in history.items:
        paid, day = entry.values.get(SUM.id), entry.values.get(PAID_ON.id)
        if entry.values.get(AWARD.id) != award.id or compare("<=", cast(Number, day), as_of) is not TRUE:
            continue
        low, high = ends(cast(Number, paid)) if paid is not None else (0, None)
        payer, matter = entry.values.get("paid-by"), entry.values.get("paid-for")
        name = Name(zh=payer, en=payer) if isinstance(payer, str) else None
        yield Line(matter if isinstance(matter, str) else "", year_of(day), name, low or 0, high, "paid")


# ------------------------------------------------------------------ together


def summed(
    rule: model.Award,
    gate: Truth,
    lines: Sequence[Line],
    shares: Sequence[Share],
    bounds: Money | None,
    *,
    further: bool,
) -> Amount:
    """The sum of an award's lines; certain only behind an open gate.

    `bounds` are what a limit on the number of entries leaves; `further`: there may be entries that are not listed.
    """
    if gate is not TRUE:
        lines = [
            Line(line.item, line.period, line.payer, 0, line.potential, line.state, line.recipient) for line in lines
        ]
        shares = [Share(part.item, part.period, 0, part.potential, 0, part.accrued_at_most) for part in shares]
    if rule.instalments or rule.payers or rule.recipients:
        low: Exact = sum(part.accrued for part in shares)
        high = upper([part.accrued_at_most for part in shares])
    else:
        low = sum(line.guaranteed for line in lines)
        high = upper([line.potential for line in lines])
    promised: Money | None = None
    if rule.instalments:
        whole = sum(part.guaranteed for part in shares), upper([part.potential for part in shares])
        promised = _within(whole, bounds, further=further)
    elif bounds is not None and gate is TRUE and not (further and bounds[1] is None):
        low = max(low, bounds[0])
    low, high = _within((low, high), bounds, further=further)
    return Amount(low, high, True, tuple(lines), further, tuple(shares), promised)


def _within(money: Money, bounds: Money | None, *, further: bool) -> Money:
    """What a limit on the number of entries leaves; without one, entries that are not listed may pay any amount."""
    low, high = money
    if bounds is None:
        return low, None if further else high
    most = bounds[1]
    if further or high is None:
        return low, most
    return low, high if most is None else min(high, most)


def upper(bounds: Sequence[Bound]) -> Bound:
    """The sum of upper ends; None where one is not bounded."""
    total: Bound = 0
    for bound in bounds:
        total = _plus(total, bound)
    return total
