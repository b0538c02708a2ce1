"""Targets and obligations: gates, due dates, tests, gaps, and what stands before the due date."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction
from typing import Final, cast

from evaluator.engines.decide.amounts import amount_of, payable
from evaluator.engines.decide.awards import OUTCOMES, closed_gate, pass_gates
from evaluator.engines.decide.env import Env
from evaluator.engines.decide.missing import missing_of
from evaluator.engines.decide.walk import grown, growth_years, walk
from evaluator.engines.decision import Amount, Finding, Outcome, Reason, SoFar
from evaluator.engines.intervals import Number, compare, subtract
from evaluator.engines.reasons import REASONS, undefined
from evaluator.engines.trace import Step, first_undefined
from evaluator.engines.truth import FALSE, INDETERMINATE, TRUE, UNKNOWN, Truth
from evaluator.rulebook import ir, model
from evaluator.rulebook.reads import walk as nodes
from evaluator.rulebook.vocabulary import Exact

BINDING = frozenset({"must", "plan"})


def unfinished(rule: model.AnyRule) -> Finding:
    """The finding of a drafted rule that nobody has finished: it decides nothing."""
    return _finding(rule, "", None, Outcome.INDETERMINATE, REASONS["stub"], (), None)


def targets(rule: model.Target, env: Env) -> Iterator[Finding]:
    """One finding per entry."""
    gate, gate_steps = pass_gates(rule, env)
    for entry in rule.entries:
        if gate is not TRUE:
            yield _gated(rule, entry.key, entry, gate, gate_steps, entry.due)
            continue
        yield _entry(rule, entry, env, gate_steps)


def obligations(rule: model.Obligation, env: Env) -> Iterator[Finding]:
    """One finding per time at which the duty is asked."""
    gate, gate_steps = pass_gates(rule, env)
    requires = rule.requires
    if rule.member_requires is not None and rule.over is not None and env.profile.kind == rule.over.kind:
        requires = rule.member_requires
    for duty in rule.duties:
        if gate is not TRUE:
            yield _gated(rule, duty.key, None, gate, gate_steps, duty.due, env)
            continue
        step = walk(requires, env if duty.year is None else env.at(duty.year))
        holds = cast(Truth, step.value)
        so_far = None
        outcome, reason = OUTCOMES[holds], _reason(holds, step)
        due, come, steps = _due(duty, env)
        if come is FALSE:
            so_far = SoFar(outcome, duty.year, None, None)
            outcome, reason = Outcome.NOT_DUE, REASONS["not-due"]
        elif come is not TRUE:
            outcome, reason = OUTCOMES[come], _reason(come, Step(rule, come, steps))
        steps = [*gate_steps, *steps, step]
        yield _finding(rule, duty.key, None, outcome, reason, steps, due, so_far=so_far, env=env)


def _due(duty: model.Duty, env: Env) -> tuple[date | None, Truth, list[Step]]:
    """The due date where it is known, whether it has come, and what was read for it."""
    if duty.due_on is None:
        assert duty.due is not None
        return duty.due, TRUE if duty.due.toordinal() <= env.as_of else FALSE, []
    step = walk(duty.due_on, env)
    come = compare("<=", cast(Number, step.value), env.as_of)
    return date.fromordinal(step.value) if isinstance(step.value, int) else None, come, [step]


def _claw_back(
    rule: model.AnyRule, outcome: Outcome, due: date | None, env: Env | None
) -> tuple[Amount | None, list[Step]]:
    """What is to be paid back for a duty that was missed, or may have been."""
    if env is None or not isinstance(rule, model.Obligation) or rule.claw_back is None:
        return None, []
    ahead = due is not None and due.toordinal() > env.as_of
    if ahead or outcome not in (Outcome.NOT_SATISFIED, Outcome.UNKNOWN, Outcome.INDETERMINATE):
        return Amount(0, 0, stated=True), []
    value, steps = amount_of(rule.claw_back, env)
    low, high = payable(value)
    return Amount(low if outcome is Outcome.NOT_SATISFIED else 0, high, stated=True), steps


def _gated(
    rule: model.AnyRule,
    key: str,
    entry: model.Entry | None,
    gate: Truth,
    steps: Sequence[Step],
    due: date | None,
    env: Env | None = None,
) -> Finding:
    outcome = Outcome.NOT_APPLICABLE if gate is FALSE else OUTCOMES[gate]
    reason = closed_gate(rule, steps) if gate is FALSE else _reason(gate, Step(rule, gate, steps))
    return _finding(rule, key, entry, outcome, reason, steps, due, env=env)


def _entry(rule: model.Target, entry: model.Entry, env: Env, gate_steps: Sequence[Step]) -> Finding:
    if entry.due is None or entry.period is None:
        return _undated(rule, entry, env, gate_steps)
    if env.as_of < entry.due.toordinal():
        latest = _latest(rule, entry, entry.period, env)
        so_far = None
        if latest is not None:
            judged = _Judged(entry, env.at(latest))
            so_far = SoFar(judged.outcome, latest, judged.gap, judged.measured)
        return _finding(
            rule, entry.key, entry, Outcome.NOT_DUE, REASONS["not-due"], gate_steps, entry.due, so_far=so_far
        )
    judged = _Judged(entry, env.at(entry.period))
    steps = [*gate_steps, *judged.steps]
    return _finding(rule, entry.key, entry, judged.outcome, judged.reason, steps, entry.due, judged=judged)


def _latest(rule: model.Target, entry: model.Entry, period: int, env: Env) -> int | None:
    """The latest year, after the base and up to question and period, for which the metric is given."""
    last = min(date.fromordinal(env.as_of).year, period)
    tests = [test for test in (entry.test, entry.fails_unless, entry.holds_if) if test is not None]
    bases = [node.year for test in tests for node in nodes(test) if isinstance(node, ir.MetricRef) and node.year]
    first = max(bases, default=0)
    profiles = env.profile.members if entry.over is not None and entry.over.kind != env.profile.kind else (env.profile,)
    years = [year for profile in profiles for year in profile.metrics.get(rule.metric.id, ()) if first < year <= last]
    return max(years, default=None)


def _undated(rule: model.Target, entry: model.Entry, env: Env, gate_steps: Sequence[Step]) -> Finding:
    """A figure without a date: reached in its year or any closed year since publication, or indeterminate."""
    if entry.test is None and entry.holds_if is None:  # whatever the figures are, no fact can settle it
        vague = REASONS["approx" if entry.vague == "approx" else "vague"]
        return _finding(rule, entry.key, entry, Outcome.INDETERMINATE, vague, gate_steps, None)
    asked = date.fromordinal(env.as_of)
    first = rule.policy.published.date.year
    closed = asked.year if (asked.month, asked.day) == (12, 31) else asked.year - 1
    years = range(max(closed, first), first - 1, -1) if entry.period is None else (entry.period,)
    judged = [_Judged(entry, env.at(year)) for year in years]
    best = next((found for found in judged if found.outcome is Outcome.SATISFIED), None)
    steps = [] if best is None else best.steps
    if best is None:
        unknown = [found for found in judged if found.outcome is Outcome.UNKNOWN]
        best = unknown[0] if unknown else judged[0]
        steps = [step for found in unknown or judged for step in found.steps]
    outcome, reason = best.outcome, best.reason
    if outcome is Outcome.NOT_SATISFIED:
        outcome, reason = Outcome.INDETERMINATE, REASONS["no-deadline"]
    return _finding(rule, entry.key, entry, outcome, reason, [*gate_steps, *steps], None, judged=best)


class _Judged:
    """An entry judged on the figures of one year."""

    __slots__ = ("gap", "measured", "outcome", "reason", "required", "steps")

    def __init__(self, entry: model.Entry, env: Env) -> None:
        member = entry.over is not None and env.profile.kind == entry.over.kind
        test = entry.member_test if member else entry.test
        self.steps: list[Step] = []
        self.reason: Reason | None = None
        self.measured: object = None
        self.required: object = None
        self.gap: Exact | None = None
        if entry.over is None or entry.over.how == "share" or member:
            self.measured = walk(entry.measured, env).value
            self.required = None if entry.required is None else walk(entry.required, env).value
        if test is None:
            self.outcome = self._vague(entry, env)
        else:
            step = walk(test, env)
            self.steps.append(step)
            holds = cast(Truth, step.value)
            self.outcome, self.reason = OUTCOMES[holds], _reason(holds, step)
            found = first_undefined(step) if holds is INDETERMINATE else None
            if found is not None and found.empty:
                self.outcome, self.reason = Outcome.NOT_APPLICABLE, REASONS["nobody"]
            self.gap = gap(test, step, env)

    def _vague(self, entry: model.Entry, env: Env) -> Outcome:
        """What the words of a vague figure entail; between that, no fact decides."""
        entails, suffices = _own(entry.fails_unless, env), _own(entry.holds_if, env)
        needs = TRUE if entails is None else self._test(entails, env)
        enough = FALSE if suffices is None else self._test(suffices, env)
        if needs is FALSE:
            assert entails is not None
            self.gap = gap(entails, self.steps[0], env)
            return Outcome.NOT_SATISFIED
        if UNKNOWN in (needs, enough):
            self.reason = REASONS["missing"]
            return Outcome.UNKNOWN
        if enough is TRUE:
            assert suffices is not None
            self.gap = gap(suffices, self.steps[-1], env)
            return Outcome.SATISFIED
        self.reason = REASONS["approx" if entry.vague == "approx" else "vague"]
        return Outcome.INDETERMINATE

    def _test(self, test: ir.Expr, env: Env) -> Truth:
        step = walk(test, env)
        self.steps.append(step)
        return cast(Truth, step.value)


def _own(test: ir.Expr | None, env: Env) -> ir.Expr | None:
    """What a test of every member asks of one that asks for itself."""
    return test.that if isinstance(test, ir.EachMember) and test.kind == env.profile.kind else test


def gap(test: ir.Expr, step: Step, env: Env) -> Exact | None:
    """What is still lacking for `test` to hold, in the base unit; 0 where nothing is, None where it cannot be said."""
    if step.value is not TRUE and step.value is not FALSE:
        return None
    match test:
        case ir.Compare(left=ir.Rank()):
            return None
        case ir.Compare(op=op):
            left, right = step.steps[0].value, step.steps[1].value
            return _lacking(op, cast(Number, left), cast(Number, right))
        case ir.Equal():
            left, right = step.steps[0].value, step.steps[1].value
            if isinstance(left, int | Fraction) and isinstance(right, int | Fraction):
                return max(left - right, right - left)
            return None
        case ir.GrowthTest(op=op):
            value, base, rate = (cast(Number, part.value) for part in step.steps[:3])
            return _lacking(op, value, grown(base, rate, growth_years(test, env.period)))
        case ir.AllOf(operands=operands) if len(step.steps) == len(operands):
            parts = [gap(operand, below, env) for operand, below in zip(operands, step.steps, strict=True)]
            known = [part for part in parts if part is not None]
            return max(known) if len(known) == len(parts) else None
        case ir.AllOf(operands=operands):
            return gap(operands[len(step.steps) - 1], step.steps[-1], env)
        case _:
            return None


def _lacking(op: str, left: Number, right: Number) -> Exact | None:
    difference = subtract(left, right) if op in ("<", "<=") else subtract(right, left)
    if not isinstance(difference, int | Fraction):
        return None
    return max(difference, 0)


def _reason(holds: Truth, step: Step) -> Reason | None:
    if holds is UNKNOWN:
        return REASONS["missing"]
    if holds is INDETERMINATE:
        found = first_undefined(step)
        return REASONS["undefined"] if found is None else undefined(found.reason)
    return None


def _finding(
    rule: model.AnyRule,
    key: str,
    entry: model.Entry | None,
    outcome: Outcome,
    reason: Reason | None,
    steps: Sequence[Step],
    due: date | None,
    *,
    so_far: SoFar | None = None,
    judged: _Judged | None = None,
    env: Env | None = None,
) -> Finding:
    claw_back, owed = _claw_back(rule, outcome, due, env)
    steps = [*steps, *owed] if owed else steps
    is_open = outcome is _UNKNOWN or (claw_back is not None and claw_back.guaranteed != claw_back.potential)
    missing, decisions = missing_of(steps) if is_open else ((), ())
    breach = outcome is _NOT_SATISFIED and (rule.modality if entry is None else entry.modality) in BINDING
    trace = Step(rule, _TRUTHS[outcome], steps)
    figures = (None, None, None) if judged is None else (judged.gap, judged.measured, judged.required)
    return Finding(
        rule, key, entry, outcome, breach, reason, None, missing, decisions, trace, due, claw_back, so_far, *figures
    )


_UNKNOWN: Final = Outcome.UNKNOWN  # an enumeration is slow to give its members
_NOT_SATISFIED: Final = Outcome.NOT_SATISFIED
_TRUTHS = {
    Outcome.SATISFIED: TRUE,
    Outcome.NOT_SATISFIED: FALSE,
    Outcome.UNKNOWN: UNKNOWN,
    Outcome.NOT_APPLICABLE: FALSE,
    Outcome.NOT_DUE: UNKNOWN,
    Outcome.INDETERMINATE: INDETERMINATE,
}
