"""From what an item comes to, to payments: instalments with their days, payers, recipients, payments received.

Shares are taken to the fen, rounded down, and the first gets what remains.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction
from typing import TypeAlias, cast

from evaluator.engines.decide.env import Env
from evaluator.engines.decide.walk import walk
from evaluator.engines.decision import Line, LineState, Share
from evaluator.engines.intervals import Bound, Number, compare, ends
from evaluator.engines.trace import Step
from evaluator.engines.truth import FALSE, TRUE, UNKNOWN, Truth
from evaluator.rulebook import model
from evaluator.rulebook.history import AWARD, PAID_ON, SUM
from evaluator.rulebook.values import Interval, ItemList
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

    __slots__ = ("lines", "open", "read", "share")

    def __init__(self, award: model.Award, item: str, day: object, money: Money, env: Env) -> None:
        self.read: list[Step] = []
        self.lines: list[Line] = []
        self.open = False
        low: Exact = 0
        accrued: Exact = 0
        high: Bound = 0
        accrued_high: Bound = 0
        for part, period, holds, come in self._instalments(award, day, money, env):
            sure, most = (part[0] if holds is TRUE else 0), part[1]
            low, high = low + sure, _plus(high, most)
            self.open = self.open or (most != 0 and UNKNOWN in (holds, come))
            if come is not FALSE:
                accrued, accrued_high = accrued + (sure if come is TRUE else 0), _plus(accrued_high, most)
                self._lines(award, item, period, (sure if come is TRUE else 0, most), "accrued", env)
            if come is not TRUE:
                self._lines(award, item, period, (sure if come is FALSE else 0, most), "later", env)
        self.share = Share(item, year_of(day), low, high, accrued, accrued_high)

    def _lines(
        self, award: model.Award, item: str, period: int | None, money: Money, state: LineState, env: Env
    ) -> None:
        for payer, borne in _parts(award.payers, money, env, self.read):
            for recipient, (low, high) in _parts(award.recipients, borne, env, self.read):
                self.lines.append(Line(item, period, payer, low, high, state, recipient))

    def _instalments(
        self, award: model.Award, day: object, money: Money, env: Env
    ) -> Iterator[tuple[Money, int | None, Truth, Truth]]:
        """(amount, year, whether it is due at all, whether its day has come) of each instalment not forfeited."""
        if not award.instalments:
            yield money, year_of(day), TRUE, TRUE
            return
        shares: list[Number] = [entry.share for entry in award.instalments]
        for entry, part in zip(award.instalments, split(money, shares), strict=True):
            due: object = day
            if entry.on is not None:
                step = walk(entry.on, env)
                self.read.append(step)
                due = step.value
            holds = TRUE
            if entry.when is not None:
                step = walk(entry.when, env)
                self.read.append(step)
                holds = cast(Truth, step.value)
            if holds is not FALSE:
                yield part, year_of(due), holds, _come(due, env)


def _come(day: object, env: Env) -> Truth:
    """Whether a day has come by the date of the question."""
    if day is None:
        return UNKNOWN
    return compare("<=", cast(Number, day), env.as_of)


def _plus(left: Bound, right: Bound) -> Bound:
    return None if left is None or right is None else left + right


def _parts(parts: Sequence[model.Part], money: Money, env: Env, read: list[Step]) -> list[tuple[Name | None, Money]]:
    if not parts:
        return [(None, money)]
    shares: list[Number] = []
    for part in parts:
        step = walk(part.share, env)
        read.append(step)
        shares.append(cast(Number, step.value))
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
            found.append((_down(floor), None if product is None else _down(product)))
            continue
        # what is left for the first does not always grow with the whole: each other part may leave up to a fen
        whole = len(known) == len(shares) and sum(known) == 1
        rest = Fraction(max(len(shares) - 2, 0), 100)
        found.append((_up(floor) if whole else _down(floor), None if product is None else exact(_up(product) + rest)))
    return found


def _split(whole: Exact, shares: Sequence[Exact]) -> list[Exact]:
    parts = [_down(whole * share) for share in shares]
    rest = whole * sum(shares) - sum(parts)
    return [_down(parts[0] + rest), *parts[1:]] if parts else []


def _down(value: Exact) -> Exact:
    """To the fen, rounded down."""
    return value if isinstance(value, int) else exact(Fraction((value * 100).__floor__(), 100))


def _up(value: Exact) -> Exact:
    """To the fen, rounded up."""
    return value if isinstance(value, int) else exact(Fraction((value * 100).__ceil__(), 100))


def received(award: model.Award, env: Env) -> Iterator[Line]:
    """What the list of payments received says was paid for this award by the date of the question."""
    history = env.facts.get("payments")
    if not isinstance(history, ItemList):
        return
    for entry in history.items:
        paid, day = entry.values.get(SUM.id), entry.values.get(PAID_ON.id)
        if entry.values.get(AWARD.id) != award.id or compare("<=", cast(Number, day), env.as_of) is not TRUE:
            continue
        low, high = ends(cast(Number, paid)) if paid is not None else (0, None)
        payer, matter = entry.values.get("paid-by"), entry.values.get("paid-for")
        name = Name(zh=payer, en=payer) if isinstance(payer, str) else None
        yield Line(matter if isinstance(matter, str) else "", year_of(day), name, low or 0, high, "paid")
