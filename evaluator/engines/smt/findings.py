"""Findings as formulas: when each outcome comes out and what is paid, for every profile of a world at once."""

from __future__ import annotations

from datetime import date
from typing import Final, assert_never

from evaluator.engines.smt import intervals, truth
from evaluator.engines.smt.amounts import amount_of, payable
from evaluator.engines.smt.intervals import Number
from evaluator.engines.smt.nobody import nobody
from evaluator.engines.smt.terms import (
    Logic,
    Quantity,
    at_most,
    below,
    both,
    choose,
    either,
    no,
    pick,
    plus,
    same,
)
from evaluator.engines.smt.truth import FALSE, TRUE, UNKNOWN, Truth
from evaluator.engines.smt.unsupported import refuse
from evaluator.engines.smt.walk import Env, number, test
from evaluator.engines.smt.world import Entry, Slot, World
from evaluator.record import row
from evaluator.rulebook import ir, model

OUTCOMES: Final = ("satisfied", "not_satisfied", "unknown", "not_applicable", "not_due", "indeterminate")


@row
class Paid:
    """What an award pays: from `low` to `high`, the latter nothing bounds where `no_high`; per line beside.

    `more`: other entries may pay anything beside. `open`: a fact can still change it.
    """

    low: Quantity
    high: Quantity
    no_high: Logic
    stated: bool
    lines: tuple[Payment, ...] = ()
    more: Logic = False
    open: Logic = False


@row
class Payment:
    """What is paid for one entry of a list (None: for the profile), where `there`; `open`: a fact can change it."""

    slot: Slot | None
    there: Logic
    low: Quantity
    high: Quantity
    no_high: Logic
    open: Logic


@row
class Answer:
    """One finding: when each outcome comes out (exactly one does), and of an incentive what is paid."""

    rule: model.AnyRule
    key: str
    outcomes: dict[str, Logic]
    paid: Paid | None = None

    @property
    def id(self) -> str:
        """The global id, with the entry where there is one."""
        return f"{self.rule.id}#{self.key}" if self.key else self.rule.id


def answers(rule: model.AnyRule, world: World) -> tuple[Answer, ...]:
    """The findings of a rule in a world. Raises RuleError for a form that the engine cannot answer for."""
    refuse(rule, world.rules)
    if rule.stub:
        return (Answer(rule, "", _outcomes(truth.INDETERMINATE)),)
    env = env_of(world)
    match rule:
        case model.Award():
            return (award(rule, env),)
        case model.Target():
            gate = gates(rule, env)
            return tuple(Answer(rule, entry.key, _entry(rule, entry, gate, env)) for entry in rule.entries)
        case model.Obligation():
            gate = gates(rule, env)
            return tuple(Answer(rule, duty.key, _duty(rule, duty, gate, env)) for duty in rule.duties)
        case _:
            assert_never(rule)


def env_of(world: World, period: int | None = None) -> Env:
    """The question about every profile of a world, in which awards may read awards."""
    return Env(world, period, (), _awarded)


def _awarded(id: str, entry: Entry | None, env: Env) -> Number:
    """What another award comes to in the same world (of one entry only), before stacking."""
    world = env.world
    rule = world.rules[id]
    assert isinstance(rule, model.Award)
    if rule.stub:
        return intervals.interval(0, None, settled=True)
    found = world.awards.get(id)
    if found is None:
        found = world.awards[id] = award(rule, env_of(world))
    assert isinstance(found, Answer)
    paid = found.paid
    assert paid is not None
    due = no(either(found.outcomes["not_satisfied"], found.outcomes["not_applicable"]))
    unknown = found.outcomes["unknown"]
    if not paid.stated:
        return intervals.when(due, intervals.interval(0, None, settled=no(unknown)), intervals.known(0))
    settled = no(either(unknown, paid.open))
    if entry is None:
        return Number(paid.low, paid.high, False, paid.no_high, settled=settled)
    low: Quantity = 0
    high: Quantity = 0
    no_high: Logic = False
    for line in paid.lines:
        if line.slot is None or not isinstance(entry, Slot) or line.slot.index != entry.index:
            continue
        low = plus(low, choose(line.there, line.low, 0))
        high = plus(high, choose(line.there, line.high, 0))
        no_high = either(no_high, both(line.there, line.no_high))
    return Number(low, high, False, no_high, settled=settled)


def gates(rule: model.AnyRule, env: Env) -> Truth:
    """Whether the rule applies."""
    return truth.all_of([test(gate, env) for gate in rule.gates])


def _outcomes(
    value: Truth, *, gate: Truth = TRUE, not_applicable: Logic = False, not_due: Logic = False
) -> dict[str, Logic]:
    """The outcomes of a test behind a gate."""
    open_ = both(gate.true, no(not_due), no(not_applicable))
    return {
        "satisfied": both(open_, value.true),
        "not_satisfied": both(open_, value.false),
        "unknown": either(gate.unknown, both(open_, value.unknown)),
        "not_applicable": either(gate.false, both(gate.true, no(not_due), not_applicable)),
        "not_due": both(gate.true, not_due),
        "indeterminate": either(gate.indeterminate, both(open_, value.indeterminate)),
    }


# ------------------------------------------------------------------ awards


def award(rule: model.Award, env: Env) -> Answer:
    """The finding of an incentive or support."""
    gate = gates(rule, env)
    tests: list[Truth] = []
    payments: list[Payment] = []
    unbounded: Logic = False
    if rule.each is None:
        tests.append(_take(rule, env, None, payments))
    else:
        listed = env.world.listed(rule.each)
        tests += [
            truth.when(slot.present, _take(rule, env.bound(0, slot), slot, payments), FALSE) for slot in listed.slots
        ]
        unbounded = no(listed.complete)
        tests.append(truth.when(listed.complete, FALSE, UNKNOWN))
    holds = truth.any_of(tests)
    paid = None if rule.amount is None else _paid(rule, rule.amount, gate, payments, unbounded)
    return Answer(rule, "", _outcomes(holds, gate=gate), paid)


def _take(rule: model.Award, env: Env, slot: Slot | None, payments: list[Payment]) -> Truth:
    """Whether one entry, or the profile as a whole, counts; what it brings is added to the payments."""
    holds = truth.all_of([test(part, env) for part in (rule.counts, rule.when) if part is not None])
    if rule.amount is not None:
        value = amount_of(rule.amount, env)
        least, high, no_high = payable(value, rounded=env.world.rounded)
        low = choose(holds.true, least, 0)
        there = no(holds.false) if slot is None else both(slot.present, no(holds.false))
        settled = either(value.undefined, both(value.ranged, no(value.known), value.settled))
        apart = both(either(no_high, no(same(low, high))), no(settled))
        changing = both(there, pick(holds.unknown, either(no_high, no(same(high, 0))), apart))
        payments.append(Payment(slot, there, low, high, no_high, changing))
    return holds


def _paid(rule: model.Award, amount: model.Amount, gate: Truth, payments: list[Payment], unbounded: Logic) -> Paid:
    if isinstance(amount, model.Unstated):
        return Paid(0, 0, no(gate.false), stated=False)
    low: Quantity = 0
    high: Quantity = 0
    no_high: Logic = unbounded
    for line in payments:
        low = plus(low, choose(line.there, line.low, 0))
        high = plus(high, choose(line.there, line.high, 0))
        no_high = either(no_high, both(line.there, line.no_high))
    gated = tuple(
        Payment(
            line.slot,
            both(line.there, no(gate.false)),
            choose(gate.true, line.low, 0),
            line.high,
            line.no_high,
            line.open,
        )
        for line in payments
    )
    return Paid(
        choose(gate.true, low, 0),
        choose(gate.false, 0, high),
        both(no(gate.false), no_high),
        True,
        gated,
        both(no(gate.false), unbounded),
        both(no(gate.false), either(unbounded, *(line.open for line in payments))),
    )


# ------------------------------------------------------------------ targets and obligations


def _entry(rule: model.Target, entry: model.Entry, gate: Truth, env: Env) -> dict[str, Logic]:
    if entry.due is None or entry.period is None:
        return _undated(rule, entry, gate, env)
    early = below(env.world.as_of, entry.due.toordinal())
    judged, empty = _judged(entry, env.at(entry.period))
    return _outcomes(judged, gate=gate, not_applicable=empty, not_due=early)


def _judged(entry: model.Entry, env: Env) -> tuple[Truth, Logic]:
    """An entry judged on the figures of one year, and when it is a ratio over nobody."""
    member = entry.over is not None and env.world.kind == entry.over.kind
    condition = entry.member_test if member else entry.test
    if condition is None:
        return _vague(entry, env), False
    value = test(condition, env)
    return value, both(value.indeterminate, nobody(condition, env))


def _vague(entry: model.Entry, env: Env) -> Truth:
    """What the words of a vague figure entail; between that, no fact decides."""
    needs = TRUE if entry.fails_unless is None else test(_own(entry.fails_unless, env), env)
    enough = FALSE if entry.holds_if is None else test(_own(entry.holds_if, env), env)
    unknown = both(no(needs.false), either(needs.unknown, enough.unknown))
    return Truth(both(no(needs.false), no(unknown), enough.true), needs.false, unknown)


def _own(condition: ir.Expr, env: Env) -> ir.Expr:
    """What a test of every member asks of one that asks for itself."""
    if isinstance(condition, ir.EachMember) and condition.kind == env.world.kind:
        return condition.that
    return condition


def _undated(rule: model.Target, entry: model.Entry, gate: Truth, env: Env) -> dict[str, Logic]:
    """A figure without a date: reached in its year or any closed year since publication, or indeterminate."""
    if entry.test is None and entry.holds_if is None:
        return _outcomes(truth.INDETERMINATE, gate=gate)
    world = env.world
    first = rule.policy.published.date.year
    years = [entry.period] if entry.period is not None else list(range(first, _closed(world.days[1]) + 1)) or [first]
    asked: list[tuple[Logic, Truth, Logic]] = []
    for year in years:
        there: Logic = True
        if entry.period is None and year > first:
            there = at_most(date(year, 12, 31).toordinal(), world.as_of)
        judged, nobody_there = _judged(entry, env.at(year))
        asked.append((there, judged, nobody_there))
    reached = either(*(both(there, judged.true) for there, judged, _ in asked))
    unknown = both(no(reached), either(*(both(there, judged.unknown) for there, judged, _ in asked)))
    # neither reached nor unknown: what the latest closed year says
    empty: Logic = False
    for there, _, nobody_there in asked:
        empty = pick(there, nobody_there, empty)
    value = Truth(reached, False, unknown)
    return _outcomes(value, gate=gate, not_applicable=both(no(reached), no(unknown), empty))


def _closed(last: int) -> int:
    asked = date.fromordinal(last)
    return asked.year if (asked.month, asked.day) == (12, 31) else asked.year - 1


def _duty(rule: model.Obligation, duty: model.Duty, gate: Truth, env: Env) -> dict[str, Logic]:
    requires = rule.requires
    if rule.member_requires is not None and rule.over is not None and env.world.kind == rule.over.kind:
        requires = rule.member_requires
    value = test(requires, env if duty.year is None else env.at(duty.year))
    if duty.due_on is None:
        assert duty.due is not None
        return _outcomes(value, gate=gate, not_due=below(env.world.as_of, duty.due.toordinal()))
    come = intervals.compare("<=", number(duty.due_on, env), intervals.known(env.world.as_of))
    judged = truth.when(come.true, value, come)
    return _outcomes(judged, gate=gate, not_due=come.false)
