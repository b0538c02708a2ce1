"""What all awards of a profile come to, as formulas: the sums that `evaluator.engines.stacking.totals` makes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from evaluator.engines.smt.awards import Amount
from evaluator.engines.smt.findings import Answer
from evaluator.engines.smt.payment import Line, Year
from evaluator.engines.smt.stacking import Stacked, later
from evaluator.engines.smt.sums import ZERO, Range, Sums, plus, rest, when
from evaluator.engines.smt.terms import Logic, Quantity, both, choose, either, how_many, no, same
from evaluator.record import row


@row
class Totals:
    """The sum of the stacking roots and of the awards in no tree; of `unstated` ones how many are due or may be."""

    range: Range
    later: Range
    claw_back: Range
    unstated: Quantity
    unstated_open: Quantity
    periods: Periods


@row
class Periods:
    """What the totals are made of, each part with its year."""

    parts: tuple[tuple[Year, Range], ...]

    def of(self, year: int | None) -> Range:
        """What falls into a year; of None, into no known one."""
        total = ZERO
        for own, range_ in self.parts:
            here = no(own.known) if year is None else own.like(Year(year, True))
            total = plus(total, when(here, range_))
        return total


def totals(found: Sequence[Answer], trees: Sequence[Stacked]) -> Totals:
    """The totals of these findings, with the trees over them."""
    grouped = {rule for tree in trees for rule in tree.members}
    range_ = later_ = claw_back = ZERO
    unstated: list[Logic] = []
    unstated_open: list[Logic] = []
    parts: list[tuple[Year, Range]] = []
    for answer in found:
        if answer.claw_back is not None:
            claw_back = plus(claw_back, answer.claw_back)
        amount = answer.paid
        if amount is None:
            continue
        if not amount.stated:
            unstated.append(answer.outcomes["satisfied"])
            unstated_open.append(either(answer.outcomes["unknown"], answer.outcomes["indeterminate"]))
        elif answer.rule.id not in grouped:
            range_ = plus(range_, amount.range)
            if amount.promised is not None:
                later_ = plus(later_, when(amount.due, later(Sums(amount.promised, amount.range))))
            parts += _by_year(amount)
    by_rule = {answer.rule.id: answer for answer in found}
    for tree in trees:
        range_, later_ = plus(range_, tree.range), plus(later_, tree.later)
        parts.append((_year_of(tree, by_rule), tree.range))
    return Totals(range_, later_, claw_back, how_many(unstated), how_many(unstated_open), Periods(tuple(parts)))


def _by_year(amount: Amount) -> Iterator[tuple[Year, Range]]:
    """The lines of an award; and what entries not given may add to them, at most."""
    lines = ZERO
    for line in _accrued(amount):
        own = when(line.there, line.range)
        lines = plus(lines, own)
        yield line.year, own
    if amount.more is not False:
        none = either(amount.no_high, lines.no_high)
        yield Year(0, False), when(amount.more, Range(0, rest(amount.high, lines.high), none))


def _accrued(amount: Amount) -> Iterator[Line]:
    return (line for line in amount.lines if not line.later)


def _year_of(tree: Stacked, found: Mapping[str, Answer]) -> Year:
    """The one year in which all that its awards pay falls, where there is one."""
    amounts = [found[rule].paid for rule in tree.members]
    more: list[Logic] = []
    lines: list[tuple[Logic, Year]] = []
    for rule, amount in zip(tree.members, amounts, strict=True):
        assert amount is not None
        if amount.stated:
            more.append(amount.more)
            lines += [(_pays(line), line.year) for line in _accrued(amount)]
        else:
            outcomes = found[rule].outcomes
            more.append(no(either(outcomes["not_satisfied"], outcomes["not_applicable"])))
    first: Quantity = 0
    some: Logic = False
    for pays, own in reversed(lines):
        first, some = choose(pays, own.number, first), either(some, pays)
    one = both(*(either(no(pays), own.like(Year(first, True))) for pays, own in lines))
    return Year(first, both(some, one, no(either(*more))))


def _pays(line: Line) -> Logic:
    """Whether the line may pay anything."""
    return both(line.there, either(line.range.no_high, no(same(line.range.high, 0))))
