"""From what an entry comes to, to payments, as formulas: arm for arm those of `evaluator.engines.payment`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from evaluator.engines.smt import intervals, terms
from evaluator.engines.smt.intervals import Number
from evaluator.engines.smt.selection import Counted
from evaluator.engines.smt.sums import ZERO, Range, down, plus, up, when
from evaluator.engines.smt.terms import Logic, Quantity, both, choose, either, no, same
from evaluator.engines.smt.truth import TRUE, Truth
from evaluator.engines.smt.walk import Env, number, test
from evaluator.engines.smt.world import Slot
from evaluator.record import row
from evaluator.rulebook import model
from evaluator.rulebook.vocabulary import Fact


@row
class Year:
    """A calendar year, where it is known."""

    number: Quantity
    known: Logic

    def like(self, other: Year) -> Logic:
        """Whether both are known to be one."""
        return both(self.known, other.known, same(self.number, other.number))


@row
class Line:
    """One payment, where it is `there`: for which entry (None: the profile), in which year; `later` than asked."""

    slot: Slot | None
    there: Logic
    year: Year
    range: Range
    later: bool = False


@row
class Share:
    """What one entry comes to before it is split into payments, where it is `there`, and the part that has accrued."""

    slot: Slot | None
    there: Logic
    year: Year
    promised: Range
    accrued: Range


@row
class Paid:
    """The payments of one entry; `open`: a fact can change them."""

    share: Share
    lines: tuple[Line, ...]
    open: Logic


def year(day: Number) -> Year:
    """The year of a day that is known, or known to lie in one."""
    first = terms.year(day.low)
    one = True if day.plain else same(first, terms.year(day.high))
    return Year(first, both(day.ranged, no(day.no_low), no(day.no_high), one))


def day_of(rule: model.Award, env: Env) -> Number:
    """The date that counts, of the entry at hand or of the profile."""
    counted = rule.judged_by
    if counted is None:
        return intervals.known(env.world.as_of)
    value = env.world.fact(counted) if isinstance(counted, Fact) else env.items[0].read(counted)
    assert isinstance(value, Number)
    return value


def pay(rule: model.Award, counted: Counted) -> Paid:
    """What is paid for one entry that counts, or may."""
    env, holds = counted.env, counted.holds
    there = no(holds.false)
    day = day_of(rule, env)
    worth = counted.worth.range
    money = Range(choose(holds.true, worth.low, 0), worth.high, worth.no_high)
    if not (rule.instalments or rule.payers or rule.recipients):
        own = year(day)
        return Paid(Share(counted.slot, there, own, money, money), (Line(counted.slot, there, own, money),), False)
    promised = accrued = ZERO
    lines: list[Line] = []
    opened: Logic = False
    for part, due, holds_, come in _instalments(rule, day, money, env):
        sure = choose(holds_.true, part.low, 0)
        most = Range(sure, part.high, part.no_high)
        here = no(holds_.false)
        now, after = both(here, no(come.false)), both(here, no(come.true))
        promised = plus(promised, when(here, most))
        has_come = Range(choose(come.true, sure, 0), part.high, part.no_high)
        comes = Range(choose(come.false, sure, 0), part.high, part.no_high)
        accrued = plus(accrued, when(now, has_come))
        open_ = either(holds_.unknown, come.unknown)
        opened = either(opened, both(here, open_, no(both(no(part.no_high), same(part.high, 0)))))
        for shown, is_there, later in ((has_come, now, False), (comes, after, True)):
            if is_there is not False:
                borne = [
                    part for payer in _parts(rule.payers, shown, env) for part in _parts(rule.recipients, payer, env)
                ]
                lines += [Line(counted.slot, both(there, is_there), year(due), part, later) for part in borne]
    return Paid(Share(counted.slot, there, year(day), promised, accrued), tuple(lines), both(there, opened))


def _instalments(
    rule: model.Award, day: Number, money: Range, env: Env
) -> Iterator[tuple[Range, Number, Truth, Truth]]:
    """(amount, day, whether it is due at all, whether its day has come) of each instalment."""
    if not rule.instalments:
        yield money, day, TRUE, TRUE
        return
    shares = [intervals.known(entry.share) for entry in rule.instalments]
    for entry, part in zip(rule.instalments, split(money, shares, rounded=env.world.rounded), strict=True):
        due = day if entry.on is None else number(entry.on, env)
        holds = TRUE if entry.when is None else test(entry.when, env)
        yield part, due, holds, intervals.compare("<=", due, intervals.known(env.world.as_of))


def _parts(parts: Sequence[model.Part], money: Range, env: Env) -> list[Range]:
    if not parts:
        return [money]
    return split(money, [number(part.share, env) for part in parts], rounded=env.world.rounded)


def split(money: Range, shares: Sequence[Number], *, rounded: bool) -> list[Range]:
    """`money` by shares of it, to the fen; the first gets what the others leave of their shares together."""
    point = both(money.point, *(share.known for share in shares))
    exact = _exactly(money.low, [share.low for share in shares], rounded=rounded)
    if point is True:
        return exact
    loose = _loosely(money, shares, rounded=rounded)
    return [when(point, one, other) for one, other in zip(exact, loose, strict=True)]


def _exactly(whole: Quantity, shares: Sequence[Quantity], *, rounded: bool) -> list[Range]:
    products = [terms.times(whole, share) for share in shares[1:]]
    others = [down(product) for product in products] if rounded else products
    first = terms.plus(terms.times(whole, terms.total(shares)), terms.minus(terms.total(others)))
    return [Range(part, part) for part in (down(first) if rounded else first, *others)]


def _loosely(money: Range, shares: Sequence[Number], *, rounded: bool) -> list[Range]:
    """Each share of what may be paid, from the least of both to the greatest."""
    known = both(*(share.known for share in shares))
    is_whole = both(known, same(terms.total(share.low for share in shares), 1))
    rest = Fraction(max(len(shares) - 2, 0), 100) if rounded else 0
    found: list[Range] = []
    for index, share in enumerate(shares):
        has_low, has_high = both(share.ranged, no(share.no_low)), both(share.ranged, no(share.no_high))
        least = choose(has_low, terms.greatest(share.low, 0), 0)
        most = choose(has_high, terms.greatest(share.high, 0), 0)
        low, high = terms.times(money.low, least), terms.times(money.high, most)
        if rounded and index == 0:
            low = choose(is_whole, up(low), down(low))
            high = terms.plus(up(high), rest)
        elif rounded:
            low, high = down(low), down(high)
        nothing = both(has_high, same(share.high, 0))
        found.append(Range(low, high, both(no(nothing), either(no(has_high), money.no_high))))
    return found
