"""Incentives and supports: gates, items, amounts, and what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import cast

from evaluator.engines.decide.amounts import amount_of, payable
from evaluator.engines.decide.missing import missing_of
from evaluator.engines.decide.walk import Env, Gated, walk
from evaluator.engines.decision import Amount, Finding, Line, Outcome, Reason
from evaluator.engines.intervals import Bound, Undefined
from evaluator.engines.reasons import REASONS, undefined
from evaluator.engines.trace import Step, first_undefined
from evaluator.engines.truth import FALSE, INDETERMINATE, TRUE, UNKNOWN, Truth, all_of, any_of
from evaluator.rulebook import ir, model
from evaluator.rulebook.values import Interval, Item, ItemList

OUTCOMES = {
    TRUE: Outcome.SATISFIED,
    FALSE: Outcome.NOT_SATISFIED,
    UNKNOWN: Outcome.UNKNOWN,
    INDETERMINATE: Outcome.INDETERMINATE,
}


def pass_gates(rule: model.AnyRule, env: Env) -> Gated:
    """The gates in order, up to the first that is false."""
    known = env.gates.get(id(rule.gates))
    if known is None:
        known = env.gates[id(rule.gates)] = _pass_gates(rule.gates, env)
    return known


def _pass_gates(gates: Sequence[ir.Expr], env: Env) -> Gated:
    result = TRUE
    steps: list[Step] = []
    known = env.walked
    for gate in gates:
        step = known.get(id(gate))
        if step is None:
            step = known[id(gate)] = walk(gate, env)
        steps.append(step)
        value = step.value
        if value is FALSE:
            return FALSE, steps
        if value is not TRUE and result is not UNKNOWN:
            result = cast(Truth, value)
    return result, steps


def closed_gate(rule: model.AnyRule, steps: Sequence[Step]) -> Reason:
    """Why the rule does not apply, from the last gate tried."""
    match steps[-1].node:
        case ir.KindIn():
            return REASONS["kind"]
        case ir.PlaceWithin():
            return REASONS["place"]
        case _ if len(steps) == 1:
            return REASONS["published"]
        case _ if len(steps) == 4 and isinstance(rule, model.Award) and rule.counts is None:
            return REASONS["period"]
        case _:
            return REASONS["applies-when"]


def award(rule: model.Award, env: Env) -> Finding:
    """The finding of one incentive or support."""
    gate, gate_steps = pass_gates(rule, env)
    if gate is FALSE:
        amount = None if rule.amount is None else Amount(0, 0, not isinstance(rule.amount, model.Unstated))
        trace = Step(rule, FALSE, gate_steps)
        return _finding(rule, Outcome.NOT_APPLICABLE, closed_gate(rule, gate_steps), amount, (), trace)
    tally = _Tally(rule, env)
    if rule.each is None:
        tally.take(None)
    else:
        tally.take_list(rule.each.id, rule.each.label.zh)
    holds = tally.result()
    outcome = OUTCOMES[gate if gate is not TRUE else holds]
    amount = tally.amount(gate)
    trace = Step(rule, gate if gate is not TRUE else holds, [*gate_steps, *tally.steps])
    is_open = outcome is Outcome.UNKNOWN or (amount is not None and amount.stated and tally.open)
    scanned: Sequence[Step] = ()
    if is_open:
        scanned = tally.scanned if gate is TRUE else [*gate_steps, *tally.scanned]
    reason = None
    if outcome is Outcome.INDETERMINATE:
        found = first_undefined(trace)
        reason = REASONS["undefined"] if found is None else undefined(found.reason)
    elif outcome is Outcome.UNKNOWN:
        reason = REASONS["missing"]
    elif outcome is Outcome.SATISFIED and tally.undefined is not None:
        reason = undefined(tally.undefined.reason)
    return _finding(rule, outcome, reason, amount, scanned, trace)


def _finding(
    rule: model.Award,
    outcome: Outcome,
    reason: Reason | None,
    amount: Amount | None,
    scanned: Sequence[Step],
    trace: Step,
) -> Finding:
    missing, decisions = missing_of(scanned)
    return Finding(
        rule=rule,
        entry="",
        target=None,
        outcome=outcome,
        breach=False,
        reason=reason,
        gap=None,
        measured=None,
        required=None,
        so_far=None,
        amount=amount,
        missing=missing,
        decisions=decisions,
        trace=trace,
    )


class _Tally:
    """Adds up what the items of an award are worth."""

    __slots__ = ("env", "lines", "open", "rule", "scanned", "steps", "truths", "unbounded", "undefined")

    def __init__(self, rule: model.Award, env: Env) -> None:
        self.rule, self.env = rule, env
        self.truths: list[Truth] = []
        self.lines: list[Line] = []
        self.steps: list[Step] = []
        self.scanned: list[Step] = []
        self.open = self.unbounded = False
        self.undefined: Undefined | None = None

    def take_list(self, id: str, label: str) -> None:
        """Every entry of the list; one not given, or not complete, may hold more."""
        value = self.env.facts.get(id)
        if isinstance(value, ItemList):
            for item in value.items:
                self.env.items.append(item)
                self.take(item)
                self.env.items.clear()
            if value.complete:
                return
        assert self.rule.each is not None
        items = ir.Items(fact=self.rule.each, depth=0, where=None)
        prefix = f"{self.env.profile.path}." if self.env.profile.path else ""
        step = Step(items, UNKNOWN, (), f"{prefix}{label}")
        self.truths.append(UNKNOWN)
        self.steps.append(step)
        self.scanned.append(step)
        self.open = self.unbounded = True

    def take(self, item: Item | None) -> None:
        """One entry, or the profile as a whole."""
        rule, env = self.rule, self.env
        read: list[Step] = []
        holds = TRUE
        for test in (rule.counts, rule.when):
            if test is None:
                continue
            step = walk(test, env)
            read.append(step)
            holds = all_of((holds, cast(Truth, step.value)))
            if holds is FALSE:
                break
        if holds is not FALSE and rule.amount is not None:
            value, below = amount_of(rule.amount, env)
            read.extend(below)
            low, high = payable(value)
            self.lines.append(self._line(item, low if holds is TRUE else 0, high))
            settled = isinstance(value, Undefined) or (isinstance(value, Interval) and value.settled)
            if settled and self.undefined is None:
                own = value if isinstance(value, Undefined) else None
                self.undefined = next(filter(None, map(first_undefined, below)), own)
            if high != 0 if holds is UNKNOWN else low != high and not settled:
                self.open = True
        self.truths.append(holds)
        if holds is not FALSE:
            self.scanned.extend(read)
        if item is None:
            self.steps.extend(read)
        else:
            self.steps.append(Step(item, holds, read))

    def _line(self, item: Item | None, low: int | Fraction, high: Bound) -> Line:
        counted = self.rule.judged_by
        day: object = self.env.as_of
        if counted is not None:
            day = item.values.get(counted.id) if item is not None else self.env.facts.get(counted.id)
        period: int | None = None
        if isinstance(day, int):
            period = date.fromordinal(day).year
        elif isinstance(day, Interval) and day.low is not None and day.high is not None:
            first, last = date.fromordinal(int(day.low)).year, date.fromordinal(int(day.high)).year
            period = first if first == last else None
        return Line("" if item is None else item.path, period, None, low, high)

    def result(self) -> Truth:
        """Whether anything counts."""
        return any_of(self.truths)

    def amount(self, gate: Truth) -> Amount | None:
        """The sum of the lines; certain only behind an open gate."""
        if self.rule.amount is None:
            return None
        if isinstance(self.rule.amount, model.Unstated):
            return Amount(0, None, stated=False)
        lines = self.lines
        if gate is not TRUE:
            lines = [Line(line.item, line.period, line.payer, 0, line.potential) for line in lines]
        guaranteed = sum(line.guaranteed for line in lines)
        potential: Bound = 0
        for line in lines:
            potential = None if potential is None or line.potential is None else potential + line.potential
        return Amount(guaranteed, None if self.unbounded else potential, True, tuple(lines), self.unbounded)
