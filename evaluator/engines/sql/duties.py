"""Targets and obligations in the query; arm for arm `evaluator.engines.decide.duties`, but for gaps and `so_far`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from evaluator.engines.decision import Outcome
from evaluator.engines.sql.amounts import amount_of, payable
from evaluator.engines.sql.awards import Found, gated, gates, outcome
from evaluator.engines.sql.ends import End
from evaluator.engines.sql.layout import periods
from evaluator.engines.sql.lower import kind_of, number, truth, unknown
from evaluator.engines.sql.nodes import Sql
from evaluator.engines.sql.payments import Paid
from evaluator.engines.sql.scope import Env, Word
from evaluator.rulebook import ir, model
from evaluator.rulebook.reads import walk

BINDING = frozenset({"must", "plan"})


def unfinished(rule: model.AnyRule, env: Env, asked: Sql) -> Found:
    """The finding of a drafted rule that nobody has finished."""
    b = env.builder
    return Found(rule=rule, entry="", asked=asked, outcome=b.text(Outcome.INDETERMINATE.value), breach=b.false)


def targets(rule: model.Target, env: Env, asked: Sql) -> Iterator[Found]:
    """One finding per entry."""
    gate = gates(rule, env)
    for entry in rule.entries:
        yield _found(rule, entry.key, gate, _entry(rule, entry, env), entry.modality, env, asked)


def obligations(rule: model.Obligation, env: Env, asked: Sql) -> Iterator[Found]:
    """One finding per time at which the duty is asked."""
    b = env.builder
    gate = gates(rule, env)
    for duty in rule.duties:
        if duty.due is not None and duty.due_on is None and env.layout.as_of < duty.due:
            result = b.text(Outcome.NOT_DUE.value)
        else:
            at = env if duty.year is None else env.in_year(duty.year)
            result = outcome(truth(rule.requires, at), at)
            if rule.member_requires is not None and rule.over is not None:
                member = b.compare("=", kind_of(env), b.text(rule.over.kind))
                result = b.case([(member, outcome(truth(rule.member_requires, at), at))], result)
            if duty.due_on is not None:
                result = _when_due(duty.due_on, result, env)
        found = _found(rule, duty.key, gate, result, rule.modality, env, asked)
        yield found if rule.claw_back is None else replace(found, owed=_owed(rule.claw_back, duty, found, env))


def _owed(amount: model.Amount, duty: model.Duty, found: Found, env: Env) -> Paid:
    """What is to be paid back for a duty that was missed, or may have been."""
    b = env.builder
    if duty.due is not None and env.layout.as_of < duty.due:
        return Paid(low=b.zero, high=b.zero)
    low, high = payable(amount_of(amount, env), env)
    missed = b.compare("=", found.outcome, b.text(Outcome.NOT_SATISFIED.value))
    perhaps = b.one_of(found.outcome, [one.value for one in (Outcome.UNKNOWN, Outcome.INDETERMINATE)])
    return Paid(low=b.case([(missed, low)], b.zero), high=b.case([(b.or_(missed, perhaps), high)], b.zero))


def _when_due(due_on: ir.Expr, result: Sql, env: Env) -> Sql:
    """The outcome of a duty whose day the facts give."""
    b, n = env.builder, env.numbers
    asked = n.point(End(b.day(env.layout.as_of.toordinal())))
    come = Word(*n.compare("<=", number(due_on, env), asked))
    branches = [
        (b.holds(come.value), result),
        (b.fails(come.value), b.text(Outcome.NOT_DUE.value)),
        (come.indeterminate, b.text(Outcome.INDETERMINATE.value)),
    ]
    return b.case(branches, b.text(Outcome.UNKNOWN.value))


def _found(
    rule: model.AnyRule, key: str, gate: Word, result: Sql, modality: model.Modality, env: Env, asked: Sql
) -> Found:
    b = env.builder
    final = gated(gate, result, env)
    breach = b.false
    if modality in BINDING:
        breach = b.compare("=", final, b.text(Outcome.NOT_SATISFIED.value))
    return Found(rule=rule, entry=key, asked=asked, outcome=final, breach=breach)


def _entry(rule: model.Target, entry: model.Entry, env: Env) -> Sql:
    b = env.builder
    if entry.due is None or entry.period is None:
        return _undated(rule, entry, env)
    if env.layout.as_of < entry.due:
        return b.text(Outcome.NOT_DUE.value)
    return _judged(rule, entry, env.in_year(entry.period))


def _undated(rule: model.Target, entry: model.Entry, env: Env) -> Sql:
    """A figure without a date: reached in its year or any closed year since publication, or indeterminate."""
    b = env.builder
    if entry.test is None and entry.holds_if is None:
        return b.text(Outcome.INDETERMINATE.value)
    years = [_judged(rule, entry, env.in_year(year)) for year in periods(rule, entry, env.layout.as_of)]
    reached = b.or_(*(b.compare("=", year, b.text(Outcome.SATISFIED.value)) for year in years))
    open_ = b.or_(*(b.compare("=", year, b.text(Outcome.UNKNOWN.value)) for year in years))
    latest = years[0]
    missed = b.compare("=", latest, b.text(Outcome.NOT_SATISFIED.value))
    return b.case(
        [
            (reached, b.text(Outcome.SATISFIED.value)),
            (open_, b.text(Outcome.UNKNOWN.value)),
            (missed, b.text(Outcome.INDETERMINATE.value)),
        ],
        latest,
    )


def _judged(rule: model.Target, entry: model.Entry, env: Env) -> Sql:
    """An entry judged on the figures of one year: by its members, or by what one of them asks of itself."""
    if entry.over is None or entry.over.kind not in rule.kinds:
        return _tested(entry, entry.test, env, member=False)
    b = env.builder
    own = _tested(entry, entry.test, env, member=False)
    member = b.compare("=", kind_of(env), b.text(entry.over.kind))
    return b.case([(member, _tested(entry, entry.member_test, env, member=True))], own)


def _tested(entry: model.Entry, test: ir.Expr | None, env: Env, *, member: bool) -> Sql:
    if test is None:
        return _vague(entry, env, member=member)
    b = env.builder
    result = outcome(truth(test, env), env)
    shares = [part for part in walk(test) if isinstance(part, ir.MemberShare)]
    if not shares:
        return result
    # a test of shares holds one share against figures, and names it first
    nobody = number(shares[0], env).undefined
    indeterminate = b.compare("=", result, b.text(Outcome.INDETERMINATE.value))
    return b.case([(b.and_(indeterminate, nobody), b.text(Outcome.NOT_APPLICABLE.value))], result)


def _own(test: ir.Expr | None, *, member: bool) -> ir.Expr | None:
    """What a test of every member asks of one that asks for itself."""
    return test.that if isinstance(test, ir.EachMember) and member else test


def _vague(entry: model.Entry, env: Env, *, member: bool) -> Sql:
    """What the words of a vague figure entail; between that, no fact decides."""
    b = env.builder
    entails, suffices = _own(entry.fails_unless, member=member), _own(entry.holds_if, member=member)
    needs = Word(b.true, b.false) if entails is None else truth(entails, env)
    enough = Word(b.false, b.false) if suffices is None else truth(suffices, env)
    return b.case(
        [
            (b.fails(needs.value), b.text(Outcome.NOT_SATISFIED.value)),
            (b.or_(unknown(needs, env), unknown(enough, env)), b.text(Outcome.UNKNOWN.value)),
            (b.holds(enough.value), b.text(Outcome.SATISFIED.value)),
        ],
        b.text(Outcome.INDETERMINATE.value),
    )
