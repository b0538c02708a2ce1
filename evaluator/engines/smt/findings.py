"""Findings as formulas: when each outcome comes out and what is paid, for every profile of a world at once."""

from __future__ import annotations

from datetime import date
from typing import Final, assert_never

from evaluator.engines.smt import intervals, truth
from evaluator.engines.smt.amounts import amount_of, payable
from evaluator.engines.smt.awards import Amount, award, env_of, gates
from evaluator.engines.smt.nobody import nobody
from evaluator.engines.smt.sums import Range, when
from evaluator.engines.smt.terms import Logic, at_most, below, both, choose, either, no, pick
from evaluator.engines.smt.truth import FALSE, TRUE, Truth
from evaluator.engines.smt.walk import Env, number, test
from evaluator.engines.smt.world import World
from evaluator.record import row
from evaluator.rulebook import ir, model

OUTCOMES: Final = ("satisfied", "not_satisfied", "unknown", "not_applicable", "not_due", "indeterminate")


@row
class Answer:
    """One finding: when each outcome comes out (exactly one does), what is paid, and what of a duty is paid back."""

    rule: model.AnyRule
    key: str
    outcomes: dict[str, Logic]
    paid: Amount | None = None
    claw_back: Range | None = None

    @property
    def id(self) -> str:
        """The global id, with the entry where there is one."""
        return f"{self.rule.id}#{self.key}" if self.key else self.rule.id


def answers(rule: model.AnyRule, world: World) -> tuple[Answer, ...]:
    """The findings of a rule in a world."""
    if rule.stub:
        return (Answer(rule, "", _outcomes(truth.INDETERMINATE)),)
    env = env_of(world)
    match rule:
        case model.Award():
            return (_award(rule, env),)
        case model.Target():
            gate = gates(rule, env)
            return tuple(Answer(rule, entry.key, _entry(rule, entry, gate, env)) for entry in rule.entries)
        case model.Obligation():
            gate = gates(rule, env)
            return tuple(_obligation(rule, duty, gate, env) for duty in rule.duties)
        case _:
            assert_never(rule)


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


def _award(rule: model.Award, env: Env) -> Answer:
    found = award(rule, env)
    return Answer(rule, "", _outcomes(found.holds, gate=found.gate), found.amount)


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


def _obligation(rule: model.Obligation, duty: model.Duty, gate: Truth, env: Env) -> Answer:
    outcomes = _duty(rule, duty, gate, env)
    if rule.claw_back is None:
        return Answer(rule, duty.key, outcomes)
    return Answer(rule, duty.key, outcomes, claw_back=_claw_back(rule.claw_back, duty, outcomes, env))


def _claw_back(amount: model.Amount, duty: model.Duty, outcomes: dict[str, Logic], env: Env) -> Range:
    """What is to be paid back for a duty that was missed, or may have been."""
    ahead: Logic = False if duty.due is None else below(env.world.as_of, duty.due.toordinal())
    owed = both(no(ahead), either(*(outcomes[name] for name in ("not_satisfied", "unknown", "indeterminate"))))
    low, high, no_high = payable(amount_of(amount, env), rounded=env.world.rounded)
    return when(owed, Range(choose(outcomes["not_satisfied"], low, 0), high, no_high))


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
