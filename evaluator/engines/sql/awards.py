"""Incentives and supports in the query: gates, items, amounts; arm for arm `evaluator.engines.decide.awards`."""

from __future__ import annotations

from collections.abc import Sequence

from evaluator.engines.decision import Outcome
from evaluator.engines.sql.amounts import amount_of, payable
from evaluator.engines.sql.lists import Tally, is_complete
from evaluator.engines.sql.lower import all_of, kind_of, regions, truth, unknown, within
from evaluator.engines.sql.relation import Scope, Sql
from evaluator.engines.sql.scope import Env, Unsupported, Word
from evaluator.record import record
from evaluator.rulebook import model


@record
class Paid:
    """What an award pays, in whole fen: `low` guaranteed, `high` potential (NULL: not bounded)."""

    low: Sql
    high: Sql


@record
class Line:
    """One payment: of an item of `scope` (None: of the profile), worked out in its row; both 0 where none is due."""

    scope: Scope | None
    low: Sql
    high: Sql


@record
class Found:
    """One finding in the query. `asked`: whether the rule concerns the profile at all; `outcome` is never NULL there.

    `paid` is what enters sums, `stated` whether the text names an amount; `line` and `more` (lines of items not given,
    to any amount) serve stacking by item.
    """

    rule: model.AnyRule
    entry: str
    asked: Sql
    outcome: Sql
    breach: Sql
    paid: Paid | None = None
    stated: bool = True
    line: Line | None = None
    more: Sql | None = None

    @property
    def id(self) -> str:
        """The global id, with the entry where there is one."""
        return f"{self.rule.id}#{self.entry}" if self.entry else self.rule.id


def gates(rule: model.AnyRule, env: Env) -> Word:
    """The gates together: false > unknown > indeterminate > true."""
    return all_of([truth(gate, env) for gate in rule.gates], env)


def outcome(word: Word, env: Env) -> Sql:
    """The outcome of a test."""
    b = env.builder
    branches = [
        (b.holds(word.value), b.text(Outcome.SATISFIED.value)),
        (b.fails(word.value), b.text(Outcome.NOT_SATISFIED.value)),
        (word.indeterminate, b.text(Outcome.INDETERMINATE.value)),
    ]
    if not word.value.nullable:
        return b.case(branches[:1], b.text(Outcome.NOT_SATISFIED.value))
    return b.case(branches, b.text(Outcome.UNKNOWN.value))


def gated(gate: Word, then: Sql, env: Env) -> Sql:
    """The outcome `then` behind its gates."""
    b = env.builder
    branches = [
        (b.fails(gate.value), b.text(Outcome.NOT_APPLICABLE.value)),
        (gate.indeterminate, b.text(Outcome.INDETERMINATE.value)),
        (b.is_null(gate.value), b.text(Outcome.UNKNOWN.value)),
    ]
    return b.case(branches, then)


def award(rule: model.Award, env: Env, asked: Sql) -> Found:
    """The finding of one incentive or support."""
    b = env.builder
    if rule.selection is not None:
        raise Unsupported("a limit on how many entries are paid")
    if rule.instalments:
        raise Unsupported("instalments")
    gate = gates(rule, env)
    if rule.each is None:
        holds, low, high = _take(rule, env)
        line, unbounded = None, b.false
        if low is not None and high is not None:
            line = Line(scope=None, low=low, high=high)
        found = outcome(holds, env)
    else:
        scope = env.items_of(rule.each)
        inside = env.at(scope, (scope,))
        item, low, high = _take(rule, inside)
        tally = Tally(env, scope)
        unbounded = b.not_(is_complete(rule.each.id, env))
        some = tally.any(item.value)
        open_ = b.or_(tally.any(unknown(item, env)), unbounded)
        undecided = tally.any(item.indeterminate)
        value = b.case([(some, b.true), (b.or_(open_, undecided), b.boolean(None))], b.false)
        found = outcome(Word(value, b.and_(undecided, b.not_(some), b.not_(open_))), env)
        line = None
        if low is not None and high is not None:
            line = Line(scope=scope, low=low, high=high)
            endless = b.or_(unbounded, tally.any(b.is_null(high)))
            low, high = tally.sum(low), b.case([(endless, b.null("int"))], tally.sum(high))
    closed = b.fails(gate.value)
    result = gated(gate, found, env)
    if rule.amount is None:
        return Found(rule=rule, entry="", asked=asked, outcome=result, breach=b.false)
    assert low is not None
    assert high is not None
    if isinstance(rule.amount, model.Unstated):
        due = b.not_(b.one_of(result, (Outcome.NOT_SATISFIED.value, Outcome.NOT_APPLICABLE.value)))
        paid = Paid(low=b.zero, high=b.case([(closed, b.zero)], b.null("int")))
        return Found(
            rule=rule, entry="", asked=asked, outcome=result, breach=b.false, paid=paid, stated=False, more=due
        )
    paid = _behind(gate, low, high, env)
    if line is not None:
        inner = env if line.scope is None else env.at(line.scope, (line.scope,))
        word = Word(inner.lifted(gate.value), inner.lifted(gate.indeterminate))
        one = _behind(word, line.low, line.high, inner)
        line = Line(scope=line.scope, low=one.low, high=one.high)
    more = b.and_(unbounded, b.not_(closed))
    return Found(rule=rule, entry="", asked=asked, outcome=result, breach=b.false, paid=paid, line=line, more=more)


def _behind(gate: Word, low: Sql, high: Sql, env: Env) -> Paid:
    """What is paid behind gates: nothing is certain unless they hold, nothing is possible where they do not."""
    b = env.builder
    return Paid(low=b.case([(b.holds(gate.value), low)], b.zero), high=b.case([(b.fails(gate.value), b.zero)], high))


def _take(rule: model.Award, env: Env) -> tuple[Word, Sql | None, Sql | None]:
    """One entry, or the profile as a whole: whether it counts, and what it is worth."""
    b = env.builder
    tests = [test for test in (rule.counts, rule.when) if test is not None]
    holds = all_of([truth(test, env) for test in tests], env)
    if rule.amount is None:
        return holds, None, None
    low, high = payable(amount_of(rule.amount, env), env)
    low = b.case([(b.holds(holds.value), low)], b.zero)
    high = b.case([(b.fails(holds.value), b.zero)], high)
    return holds, low, high


def asked_of(rule: model.AnyRule, env: Env) -> Sql:
    """Whether a rule can concern the profile: the rulebook's `candidates`, as a condition."""
    b, kinds = env.builder, env.vocabulary.kinds
    named = {kind for kind in rule.kinds if kinds[kind].group == "region"}
    if any(kinds[kind].group == "organisation" for kind in rule.kinds):
        named |= {kind.id for kind in kinds.values() if kind.group == "organisation"}
    if env.folded:  # rows are joined by place, so they are near
        near = b.or_(b.is_known(within(env.folded, env)), b.not_(b.one_of(kind_of(env), regions(env))))
        return b.and_(b.one_of(kind_of(env), sorted(named)), near)
    of_kind = b.one_of(kind_of(env), sorted(named))
    near = b.not_(b.fails(within(rule.policy.jurisdiction, env)))
    return b.and_(of_kind, near)


def any_of_outcomes(found: Found, outcomes: Sequence[Outcome], env: Env) -> Sql:
    """Whether the rule was asked and came out as one of these."""
    b = env.builder
    return b.and_(found.asked, b.one_of(found.outcome, [entry.value for entry in outcomes]))
