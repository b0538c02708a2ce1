"""Incentives and supports on the general path: gates, items, amounts, as `Award` answers of one profile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeAlias

from evaluator.engines.compiled.amounts import amount_of
from evaluator.engines.compiled.env import Env
from evaluator.engines.compiled.general import General
from evaluator.engines.decision import Amount, Line, Outcome
from evaluator.engines.intervals import Bound
from evaluator.engines.payable import payable
from evaluator.engines.truth import FALSE, INDETERMINATE, TRUE, UNKNOWN, Truth, all_of, any_of
from evaluator.rulebook import ir, model
from evaluator.rulebook.values import Interval, Item, ItemList
from evaluator.rulebook.vocabulary import Exact

OUTCOMES = {
    TRUE: Outcome.SATISFIED,
    FALSE: Outcome.NOT_SATISFIED,
    UNKNOWN: Outcome.UNKNOWN,
    INDETERMINATE: Outcome.INDETERMINATE,
}
Awarded: TypeAlias = tuple[Outcome, Amount | None]


def gate_of(left: Sequence[ir.Expr], general: General) -> Callable[[Env], Truth]:
    """Several gates together: false as soon as one is."""
    gates = general.truths(left)

    def passes(env: Env) -> Truth:
        result = TRUE
        for gate in gates:
            value = gate(env)
            if value is FALSE:
                return FALSE
            if value is not TRUE and result is not UNKNOWN:
                result = value
        return result

    return passes


def award(rule: model.Award, gates: Sequence[ir.Expr], general: General) -> Callable[[Env], Awarded]:
    """The outcome and amount of one incentive or support; `gates` are those not settled before any fact is read."""
    gate = gate_of(gates, general)
    tests = general.truths([test for test in (rule.counts, rule.when) if test is not None])
    paid = None if rule.amount is None else amount_of(rule.amount, general)
    unstated = isinstance(rule.amount, model.Unstated)
    shut = None if rule.amount is None else Amount(0, 0, not unstated)
    year = _year_of(rule, general.as_of)
    each = None if rule.each is None else rule.each.id

    def take(item: Item | None, env: Env, lines: list[Line]) -> Truth:
        """One entry, or the profile as a whole."""
        holds = TRUE
        for test in tests:
            holds = all_of((holds, test(env)))
            if holds is FALSE:
                return FALSE
        if paid is not None:
            low, high = payable(paid(env))
            lines.append(
                Line("" if item is None else item.path, year(item, env), None, low if holds is TRUE else 0, high)
            )
        return holds

    def answered(env: Env) -> Awarded:
        open_gate = gate(env)
        if open_gate is FALSE:
            return Outcome.NOT_APPLICABLE, shut
        lines: list[Line] = []
        more = False
        if each is None:
            truths = [take(None, env, lines)]
        else:
            value = env.facts.get(each)
            truths = []
            for item in value.items if isinstance(value, ItemList) else ():
                env.items.append(item)
                truths.append(take(item, env, lines))
                env.items.clear()
            more = not (isinstance(value, ItemList) and value.complete)
            if more:
                truths.append(UNKNOWN)
        outcome = OUTCOMES[any_of(truths) if open_gate is TRUE else open_gate]
        if paid is None:
            return outcome, None
        if unstated:
            return outcome, Amount(0, None, stated=False)
        return outcome, summed(lines, open_gate, more=more)

    return answered


def summed(lines: Sequence[Line], gate: Truth, *, more: bool) -> Amount:
    """The sum of the lines; certain only behind an open gate."""
    if gate is not TRUE:
        lines = [Line(line.item, line.period, line.payer, 0, line.potential) for line in lines]
    guaranteed: Exact = sum(line.guaranteed for line in lines)
    potential: Bound = 0
    for line in lines:
        potential = None if potential is None or line.potential is None else potential + line.potential
    return Amount(guaranteed, None if more else potential, True, tuple(lines), more)


def _year_of(rule: model.Award, as_of: int) -> Callable[[Item | None, Env], int | None]:
    """The year in which an entry is paid."""
    if rule.judged_by is None:
        asked = date.fromordinal(as_of).year
        return lambda item, env: asked
    id = rule.judged_by.id

    def year(item: Item | None, env: Env) -> int | None:
        day: object = env.facts.get(id) if item is None else item.values.get(id)
        if isinstance(day, int):
            return date.fromordinal(day).year
        if isinstance(day, Interval) and day.low is not None and day.high is not None:
            first, last = date.fromordinal(int(day.low)).year, date.fromordinal(int(day.high)).year
            return first if first == last else None
        return None

    return year
