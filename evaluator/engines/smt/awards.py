"""Incentives and supports as formulas: which entries count, which of them are paid, and what that comes to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evaluator.engines.smt import intervals, terms, truth
from evaluator.engines.smt.amounts import amount_of, payable
from evaluator.engines.smt.intervals import Number
from evaluator.engines.smt.payment import Line, Paid, Share, pay
from evaluator.engines.smt.selection import Counted, Worth, counts, selected
from evaluator.engines.smt.sums import ZERO, Range, least_upper, plus, upper, when
from evaluator.engines.smt.terms import Logic, both, choose, either, no, pick, same
from evaluator.engines.smt.truth import FALSE, TRUE, UNKNOWN, Truth
from evaluator.engines.smt.walk import Env, test
from evaluator.engines.smt.world import Blank, Entry, Slot, World
from evaluator.record import row
from evaluator.rulebook import model


@row
class Award:
    """What an award comes to: `holds` when something counts, and what is paid where it names an amount.

    `entries` are those of its list in their places, or the profile.
    """

    gate: Truth
    holds: Truth
    amount: Amount | None
    entries: tuple[Counted, ...]


@row
class Amount:
    """What an award pays by the date of the question: from `low` to `high`, the latter nothing bounds where `no_high`.

    `more`: entries that are not listed may pay beside. `open`: a fact can still change it. `promised` is what accrued
    and what comes later together, where it is paid in instalments and `due` at all. Shares and lines are those of
    `evaluator.engines.decision`, without the payments received.
    """

    low: terms.Quantity
    high: terms.Quantity
    no_high: Logic
    stated: bool
    more: Logic = False
    open: Logic = False
    due: Logic = True
    shares: tuple[Share, ...] = ()
    lines: tuple[Line, ...] = ()
    promised: Range | None = None

    @property
    def range(self) -> Range:
        """Both ends."""
        return Range(self.low, self.high, self.no_high)

    @property
    def whole(self) -> Range:
        """What is paid by the date of the question and after it."""
        return self.range if self.promised is None else self.promised


def env_of(world: World, period: int | None = None) -> Env:
    """The question about every profile of a world, in which awards may read awards."""
    return Env(world, period, (), _awarded)


def award(rule: model.Award, env: Env) -> Award:
    """What an award comes to in the world of `env`, worked out once."""
    world = env.world
    found = world.awards.get(rule.id)
    if found is None:
        found = world.awards[rule.id] = _award(rule, env_of(world))
    assert isinstance(found, Award)
    return found


def gates(rule: model.AnyRule, env: Env) -> Truth:
    """Whether the rule applies."""
    return truth.all_of([test(gate, env) for gate in rule.gates])


def at_hand(rule: model.Award, env: Env, index: int | None = None) -> tuple[Env, Truth]:
    """One possible entry that stands for all, in its place, and whether it is paid; without a list, the profile.

    Where entries are ordered it is the last, which can come out in every place; `index` names another.
    """
    if rule.each is None:
        return env, counts(rule, env)
    if rule.selection is not None:
        entry = award(rule, env).entries[-1 if index is None else index]
        return entry.env, entry.holds
    slot = env.world.listed(rule.each).slots[index or 0]
    inside = env.bound(0, slot)
    return inside, truth.when(slot.present, counts(rule, inside), FALSE)


def _award(rule: model.Award, env: Env) -> Award:
    gate = gates(rule, env)
    counted, bounds, sure = _counted(rule, env)
    tests = [entry.holds for entry in counted]
    tests.append(truth.when(sure, TRUE, FALSE))
    more: Logic = False
    if rule.each is not None:
        more = no(env.world.listed(rule.each).complete)
        tests.append(truth.when(more, UNKNOWN, FALSE))
    amount = None if rule.amount is None else _amount(rule, rule.amount, gate, counted, bounds, more)
    return Award(gate, truth.any_of(tests), amount, tuple(counted))


def _counted(rule: model.Award, env: Env) -> tuple[Sequence[Counted], Range | None, Logic]:
    """The entries, what a limit leaves of them together, and when it surely leaves one."""

    def worth(inside: Env) -> Worth:
        if rule.amount is None:
            return Worth(ZERO, True)
        value = amount_of(rule.amount, inside)
        return Worth(Range(*payable(value, rounded=inside.world.rounded)), either(value.undefined, value.closed))

    if rule.each is None:
        return [Counted(None, env, counts(rule, env), worth(env))], None, False
    if rule.selection is not None:
        found = selected(rule, rule.selection, env, worth)
        return found.entries, found.bounds, found.sure
    listed: list[Counted] = []
    for slot in env.world.listed(rule.each).slots:
        inside = env.bound(0, slot)
        holds = truth.when(slot.present, counts(rule, inside), FALSE)
        listed.append(Counted(slot, inside, holds, worth(inside)))
    return listed, None, False


# ------------------------------------------------------------------ together


def _amount(
    rule: model.Award,
    amount: model.Amount,
    gate: Truth,
    counted: Sequence[Counted],
    bounds: Range | None,
    more: Logic,
) -> Amount:
    """The sum of what the entries bring; certain only behind an open gate."""
    due = no(gate.false)
    if isinstance(amount, model.Unstated):
        return Amount(0, 0, due, stated=False, due=due)
    paid = [pay(rule, entry) for entry in counted]
    shares = tuple(_behind(gate, one.share) for one in paid)
    lines = tuple(_line_behind(gate, line) for one in paid for line in one.lines)
    now = promised = ZERO
    for share in shares:
        now = plus(now, when(share.there, share.accrued))
        promised = plus(promised, when(share.there, share.promised))
    if not rule.instalments and bounds is not None:
        low = terms.greatest(now.low, bounds.low)
        sound = both(gate.true, no(both(more, bounds.no_high)))
        now = upper(choose(sound, low, now.low), now)
    now = when(due, _within(now, bounds, more))
    whole = when(due, _within(promised, bounds, more)) if rule.instalments else None
    opened = both(due, _may_change(now, whole), either(more, *_opened(rule, counted, paid)))
    return Amount(now.low, now.high, now.no_high, True, both(due, more), opened, due, shares, lines, whole)


def _behind(gate: Truth, share: Share) -> Share:
    there = both(share.there, no(gate.false))
    return Share(share.slot, there, share.year, _sure(gate, share.promised), _sure(gate, share.accrued))


def _line_behind(gate: Truth, line: Line) -> Line:
    return Line(line.slot, both(line.there, no(gate.false)), line.year, _sure(gate, line.range), line.later)


def _sure(gate: Truth, range_: Range) -> Range:
    return Range(choose(gate.true, range_.low, 0), range_.high, range_.no_high)


def _within(range_: Range, bounds: Range | None, more: Logic) -> Range:
    """What a limit on the number of entries leaves; without one, entries that are not listed may pay any amount."""
    if bounds is None:
        return Range(range_.low, range_.high, either(range_.no_high, more))
    limit = upper(range_.low, bounds)
    return when(more, limit, least_upper(range_, bounds))


def _may_change(now: Range, whole: Range | None) -> Logic:
    """Whether it lies between two ends, now or with what comes later."""
    return no(both(now.point, True if whole is None else whole.point))


def _opened(rule: model.Award, counted: Sequence[Counted], paid: Sequence[Paid]) -> Iterator[Logic]:
    """When a fact can change what an entry brings."""
    for entry, one in zip(counted, paid, strict=True):
        worth, holds = entry.worth, entry.holds
        some = no(both(no(worth.range.no_high), same(worth.range.high, 0)))
        brought = worth.range if rule.selection is not None else _sure(holds, worth.range)
        apart = both(no(brought.point), no(worth.settled))
        yield either(both(no(holds.false), pick(holds.unknown, some, apart)), one.open)


# ------------------------------------------------------------------ read by other awards


def _awarded(id: str, entry: Entry | None, env: Env) -> Number:
    """What another award comes to in the same world (of one entry only), before stacking."""
    world = env.world
    rule = world.rules[id]
    assert isinstance(rule, model.Award)
    if rule.stub:
        return intervals.interval(0, None, settled=True)
    found = award(rule, env)
    amount = found.amount
    assert amount is not None
    decided = _decided(found)
    if not amount.stated:
        due = no(either(found.gate.false, decided.false))
        return intervals.when(due, intervals.interval(0, None, settled=no(decided.unknown)), intervals.known(0))
    settled = no(either(decided.unknown, amount.open))
    part = amount.whole if entry is None else _of_entry(amount, entry)
    if isinstance(entry, Blank) and entry.unlisted:
        part, settled = Range(0, 0, True), False
    return Number(part.low, part.high, False, part.no_high, settled=settled)


def _decided(found: Award) -> Truth:
    """What the finding comes to: a gate that is not open decides."""
    return truth.when(found.gate.true, found.holds, Truth(False, False, found.gate.unknown))


def _of_entry(amount: Amount, entry: Entry) -> Range:
    total = ZERO
    for share in amount.shares:
        if isinstance(entry, Slot) and share.slot is not None and share.slot.index == entry.index:
            total = plus(total, when(share.there, share.promised))
    return total
