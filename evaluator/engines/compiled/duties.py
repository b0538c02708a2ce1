"""Targets and obligations on the general path: gates, due dates, tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from evaluator.engines.compiled.awards import OUTCOMES, gate_of
from evaluator.engines.compiled.env import Env, Read
from evaluator.engines.compiled.general import General
from evaluator.engines.decision import Outcome
from evaluator.engines.intervals import Number, Undefined, compare
from evaluator.engines.truth import FALSE, INDETERMINATE, TRUE, UNKNOWN, Truth
from evaluator.rulebook import ir, model
from evaluator.rulebook.reads import walk

Judge = Callable[[Env], Outcome]


def targets(
    rule: model.Target, gates: Sequence[ir.Expr], kind: str, general: General
) -> Callable[[Env], Sequence[Outcome]]:
    """The outcome of each entry, for a profile of that kind."""
    gate = gate_of(gates, general)
    judges = [_entry(rule, entry, kind, general) for entry in rule.entries]
    return lambda env: _behind(gate(env), judges, env)


def obligations(
    rule: model.Obligation, gates: Sequence[ir.Expr], kind: str, general: General
) -> Callable[[Env], Sequence[Outcome]]:
    """The outcome of each time at which the duty is asked, for a profile of that kind."""
    gate = gate_of(gates, general)
    requires = general.truth(required_of(rule, kind))
    judges = [_duty(duty, requires, general) for duty in rule.duties]
    return lambda env: _behind(gate(env), judges, env)


def required_of(rule: model.Obligation, kind: str) -> ir.Expr:
    """What a profile of that kind has to do: a member asks for itself."""
    if rule.member_requires is not None and rule.over is not None and kind == rule.over.kind:
        return rule.member_requires
    return rule.requires


def _behind(gate: Truth, judges: Sequence[Judge], env: Env) -> Sequence[Outcome]:
    if gate is not TRUE:
        shut = Outcome.NOT_APPLICABLE if gate is FALSE else OUTCOMES[gate]
        return [shut] * len(judges)
    return [judge(env) for judge in judges]


def _duty(duty: model.Duty, requires: Callable[[Env], Truth], general: General) -> Judge:
    if duty.due_on is not None:
        return _due_on(general.number(duty.due_on), requires, general.as_of)
    assert duty.due is not None
    if general.as_of < duty.due.toordinal():
        return lambda env: Outcome.NOT_DUE
    year = duty.year
    if year is None:
        return lambda env: OUTCOMES[requires(env)]

    def judged(env: Env) -> Outcome:
        env.period = year
        outcome = OUTCOMES[requires(env)]
        env.period = None
        return outcome

    return judged


def _due_on(day: Callable[[Env], Number], requires: Callable[[Env], Truth], as_of: int) -> Judge:
    """A duty whose day the facts of the profile give."""

    def judged(env: Env) -> Outcome:
        come = compare("<=", day(env), as_of)
        if come is FALSE:
            return Outcome.NOT_DUE
        return OUTCOMES[requires(env) if come is TRUE else come]

    return judged


def _entry(rule: model.Target, entry: model.Entry, kind: str, general: General) -> Judge:
    if entry.due is None or entry.period is None:
        return _undated(rule, entry, kind, general)
    if general.as_of < entry.due.toordinal():
        return lambda env: Outcome.NOT_DUE
    judge, period = _judge(entry, kind, general), entry.period
    return lambda env: _at(period, judge, env)


def _at(period: int, judge: Judge, env: Env) -> Outcome:
    env.period = period
    outcome = judge(env)
    env.period = None
    return outcome


def undated_years(rule: model.Target, entry: model.Entry, as_of: date) -> Sequence[int]:
    """When a figure without a date may have been reached: its own year, or the closed ones since publication."""
    if entry.period is not None:
        return (entry.period,)
    first = rule.policy.published.date.year
    closed = as_of.year if (as_of.month, as_of.day) == (12, 31) else as_of.year - 1
    return range(max(closed, first), first - 1, -1)


def _undated(rule: model.Target, entry: model.Entry, kind: str, general: General) -> Judge:
    """A figure without a date: reached in one of its years, or indeterminate."""
    if entry.test is None and entry.holds_if is None:
        return lambda env: Outcome.INDETERMINATE
    judge = _judge(entry, kind, general)
    years = undated_years(rule, entry, date.fromordinal(general.as_of))

    def judged(env: Env) -> Outcome:
        found = [_at(year, judge, env) for year in years]
        if Outcome.SATISFIED in found:
            return Outcome.SATISFIED
        best = Outcome.UNKNOWN if Outcome.UNKNOWN in found else found[0]
        return Outcome.INDETERMINATE if best is Outcome.NOT_SATISFIED else best

    return judged


def tests_of(entry: model.Entry, kind: str) -> tuple[ir.Expr | None, ir.Expr | None, ir.Expr | None]:
    """(test, fails unless, holds if) as a profile of that kind is asked them: a member asks for itself."""
    member = entry.over is not None and kind == entry.over.kind
    return entry.member_test if member else entry.test, _own(entry.fails_unless, kind), _own(entry.holds_if, kind)


def _own(test: ir.Expr | None, kind: str) -> ir.Expr | None:
    return test.that if isinstance(test, ir.EachMember) and test.kind == kind else test


def _judge(entry: model.Entry, kind: str, general: General) -> Judge:
    """An entry judged on the figures of one year."""
    test, entails, suffices = tests_of(entry, kind)
    if test is None:
        return _vague(entails, suffices, general)
    holds = general.truth(test)
    shares = [general.read(node) for node in walk(test) if isinstance(node, ir.MemberShare)]

    def judged(env: Env) -> Outcome:
        value = holds(env)
        if value is INDETERMINATE and any(_of_nobody(share, env) for share in shares):
            return Outcome.NOT_APPLICABLE
        return OUTCOMES[value]

    return judged


def _of_nobody(share: Read, env: Env) -> bool:
    """Whether a share, which stands first in its comparison, is one of no members."""
    value = share(env)
    return isinstance(value, Undefined) and value.empty


def _vague(entails: ir.Expr | None, suffices: ir.Expr | None, general: General) -> Judge:
    """What the words of a vague figure entail; between that, no fact decides."""
    needs = None if entails is None else general.truth(entails)
    enough = None if suffices is None else general.truth(suffices)

    def judged(env: Env) -> Outcome:
        least, most = TRUE if needs is None else needs(env), FALSE if enough is None else enough(env)
        if least is FALSE:
            return Outcome.NOT_SATISFIED
        if UNKNOWN in (least, most):
            return Outcome.UNKNOWN
        return Outcome.SATISFIED if most is TRUE else Outcome.INDETERMINATE

    return judged
