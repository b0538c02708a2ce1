"""Incentives and supports: gates, items, amounts, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from evaluator.engines.decide.env import Env, Gated
from evaluator.engines.decide.missing import missing_of
from evaluator.engines.decide.tally import Tally
from evaluator.engines.decide.walk import walk
from evaluator.engines.decision import Amount, Finding, Outcome, Reason
from evaluator.engines.intervals import Number, between
from evaluator.engines.reasons import REASONS, undefined
from evaluator.engines.trace import Step, first_undefined
from evaluator.engines.truth import FALSE, INDETERMINATE, TRUE, UNKNOWN, Truth
from evaluator.rulebook import ir, model
from evaluator.rulebook.values import Interval

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


class Awards:
    """The findings of a profile's awards, each worked out once, so that one may be read by others."""

    __slots__ = ("env", "found", "rules")

    def __init__(self, rules: Mapping[str, model.AnyRule], env: Env) -> None:
        self.rules, self.env = rules, env
        self.found: dict[str, tuple[Finding, Sequence[Step], bool]] = {}

    def of(self, member: Env) -> Awards:
        """The awards of a member."""
        member.gates, member.walked = {}, {}
        return Awards(self.rules, member)

    def finding(self, rule: model.Award) -> Finding:
        """The finding of one award."""
        return self._found(rule)[0]

    def _found(self, rule: model.Award) -> tuple[Finding, Sequence[Step], bool]:
        known = self.found.get(rule.id)
        if known is None:
            env = self.env
            items, position = env.items, env.position  # another award may be read in the midst of an entry of this one
            env.items = []
            known = self.found[rule.id] = award(rule, env)
            env.items, env.position = items, position
        return known

    def amount(self, rule: str, item: str | None) -> tuple[Number, Sequence[Step]]:
        """What an award comes to, now and later, or what one of its entries does; and what is still open in it."""
        read = self.rules[rule]
        assert isinstance(read, model.Award)
        if read.stub:
            return Interval(0, None, settled=True), ()
        finding, scanned, open_ = self._found(read)
        amount = finding.amount
        assert amount is not None
        if not amount.stated:
            due = finding.outcome not in (Outcome.NOT_SATISFIED, Outcome.NOT_APPLICABLE)
            return Interval(0, None, settled=finding.outcome is not Outcome.UNKNOWN) if due else 0, scanned
        low, high = amount.guaranteed, amount.potential
        if item == "":
            return Interval(0, None), scanned  # of an entry that is not listed
        if item is not None:
            parts = [part for part in amount.shares if part.item == item]
            lines = [line for line in amount.lines if line.item == item and line.state == "accrued"]
            low = sum(part.guaranteed for part in parts or lines)
            highs = [part.potential for part in parts or lines]
            high = None if None in highs else sum(known for known in highs if known is not None)
        elif amount.promised is not None:
            low, high = amount.promised
        return between(low, high, settled=not open_), scanned if low != high else ()


def award(rule: model.Award, env: Env) -> tuple[Finding, Sequence[Step], bool]:
    """The finding of one incentive or support, the steps among which something is open, and whether something is.

    What all entries come to may be known where it is open which of them is paid.
    """
    gate, gate_steps = pass_gates(rule, env)
    if gate is FALSE:
        amount = None if rule.amount is None else Amount(0, 0, not isinstance(rule.amount, model.Unstated))
        trace = Step(rule, FALSE, gate_steps)
        return _finding(rule, Outcome.NOT_APPLICABLE, closed_gate(rule, gate_steps), amount, (), trace), (), False
    tally = Tally(rule, env)
    if rule.each is None:
        tally.take(None)
    else:
        tally.take_list(rule.each.id, rule.each.label.zh)
    holds = tally.result()
    decided = gate if gate is not TRUE else holds
    amount = tally.amount(gate)
    trace = Step(rule, decided, [*gate_steps, *tally.steps])
    open_ = decided is UNKNOWN or (amount is not None and amount.stated and tally.open)
    scanned: Sequence[Step] = ()
    if open_:
        scanned = tally.scanned if gate is TRUE else [*gate_steps, *tally.scanned]
    reason = None
    if decided is INDETERMINATE:
        found = first_undefined(trace)
        reason = REASONS["undefined"] if found is None else undefined(found.reason)
    elif decided is UNKNOWN:
        reason = REASONS["missing"]
    elif decided is TRUE and tally.undefined is not None:
        reason = undefined(tally.undefined.reason)
    told = scanned if decided is UNKNOWN or (amount is not None and _may_change(amount)) else ()
    return _finding(rule, OUTCOMES[decided], reason, amount, told, trace), scanned, open_


def _may_change(amount: Amount) -> bool:
    """Whether a stated amount lies between two ends, now or with what comes later."""
    ranges = ((amount.guaranteed, amount.potential), amount.promised or (0, 0))
    return amount.stated and any(low != high for low, high in ranges)


def _finding(
    rule: model.Award,
    outcome: Outcome,
    reason: Reason | None,
    amount: Amount | None,
    scanned: Sequence[Step],
    trace: Step,
) -> Finding:
    missing, decisions = missing_of(scanned)
    return Finding(rule, "", None, outcome, False, reason, amount, missing, decisions, trace)
