"""Incentives and supports in the query: gates, items, amounts; arm for arm `evaluator.engines.decide.awards`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from evaluator.engines.decision import Outcome
from evaluator.engines.sql.amounts import amount_of, is_open, payable
from evaluator.engines.sql.lists import Tally, is_complete
from evaluator.engines.sql.lower import all_of, kind_of, regions, truth, unknown, within
from evaluator.engines.sql.nodes import Scope, Sql
from evaluator.engines.sql.numbers import Num
from evaluator.engines.sql.payments import Paid, day_of, parted, year_of
from evaluator.engines.sql.scope import Env, Word
from evaluator.engines.sql.sums import Sums
from evaluator.record import record
from evaluator.rulebook import model


@record
class Piece:
    """One payment: of an item of `scope` (None: of the profile), worked out in its row; all 0 where none is due.

    `there`: it may be due; `year` is that of the date that counts, NULL where it is not known.
    """

    scope: Scope | None
    there: Sql
    sums: Sums
    year: Sql


@record
class Found:
    """One finding in the query. `asked`: whether the rule concerns the profile at all; `outcome` is never NULL there.

    `paid` is what enters sums, `stated` whether the text names an amount. Of an award that is stated: `piece` is what
    it is made of, `more` whether there may be lines of items not given, to any amount; `promised` what accrued and what
    comes later together, None without instalments, and `later` whether something comes later; `open` whether a fact can
    still change it. `owed` is what is to be paid back for a missed duty.
    """

    rule: model.AnyRule
    entry: str
    asked: Sql
    outcome: Sql
    breach: Sql
    paid: Paid | None = None
    stated: bool = True
    piece: Piece | None = None
    more: Sql | None = None
    promised: Paid | None = None
    later: Sql | None = None
    open: Sql | None = None
    owed: Paid | None = None

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
    gate = gates(rule, env)
    scope = None if rule.each is None else env.items_of(rule.each)
    inside = env if scope is None else env.at(scope, (scope,))
    taken = _taken(rule, inside, env)
    found, further = outcome(taken.holds, env), b.false
    if scope is not None:
        assert rule.each is not None
        further = b.not_(is_complete(rule.each.id, env))
        found = _of_items(taken, Tally(env, scope), further, env)
    result = gated(gate, found, env)
    if rule.amount is None:
        return Found(rule=rule, entry="", asked=asked, outcome=result, breach=b.false)
    closed = b.fails(gate.value)
    if isinstance(rule.amount, model.Unstated):
        due = b.not_(b.one_of(result, (Outcome.NOT_SATISFIED.value, Outcome.NOT_APPLICABLE.value)))
        paid = Paid(low=b.zero, high=b.case([(closed, b.zero)], b.null("int")))
        return Found(
            rule=rule, entry="", asked=asked, outcome=result, breach=b.false, paid=paid, stated=False, more=due
        )
    return _stated(
        rule, gate, taken, further, Found(rule=rule, entry="", asked=asked, outcome=result, breach=b.false), env
    )


@record
class _Taken:
    """One entry, or the profile as a whole: whether it counts, and what it is worth; `inside` is its row.

    `bounds` are what a limit leaves of all entries, `sure`: it surely leaves one.
    """

    inside: Env
    scope: Scope | None
    holds: Word
    value: Num | None = None
    bounds: Paid | None = None
    sure: Sql


def _taken(rule: model.Award, inside: Env, env: Env) -> _Taken:
    b = env.builder
    scope = None if inside is env else inside.scope
    tests = [test for test in (rule.counts, rule.when) if test is not None]
    holds = all_of([truth(test, inside) for test in tests], inside)
    if rule.amount is None:
        return _Taken(inside=inside, scope=scope, holds=holds, sure=b.false)
    if rule.selection is None:
        value = amount_of(rule.amount, inside)
        return _Taken(inside=inside, scope=scope, holds=holds, value=value, sure=b.false)
    from evaluator.engines.sql.selection import selected

    chosen = selected(rule, inside, holds, env)
    return _Taken(
        inside=chosen.inside,
        scope=scope,
        holds=chosen.holds,
        value=chosen.value,
        bounds=chosen.bounds,
        sure=chosen.sure,
    )


def _of_items(taken: _Taken, tally: Tally, further: Sql, env: Env) -> Sql:
    """The outcome of a rule whose entries count one by one."""
    b, item = env.builder, taken.holds
    some = b.or_(tally.any(item.value), taken.sure)
    open_ = b.or_(tally.any(unknown(item, env)), further)
    undecided = tally.any(item.indeterminate)
    value = b.case([(some, b.true), (b.or_(open_, undecided), b.boolean(None))], b.false)
    return outcome(Word(value, b.and_(undecided, b.not_(some), b.not_(open_))), env)


def _stated(rule: model.Award, gate: Word, taken: _Taken, further: Sql, found: Found, env: Env) -> Found:
    """The finding with what is paid: of an entry, if it counts; certain only behind open gates."""
    b, inside = env.builder, taken.inside
    assert taken.value is not None
    worth = payable(taken.value, inside)
    holds, dropped = b.holds(taken.holds.value), b.fails(taken.holds.value)
    low, high = b.case([(holds, worth[0])], b.zero), b.case([(dropped, b.zero)], worth[1])
    parts = parted(rule, low, high, inside)
    above = _Above(env, taken.scope)
    opened = Word(inside.lifted(gate.value), inside.lifted(gate.indeterminate))
    closed = b.fails(gate.value)
    later = b.and_(b.not_(closed), b.or_(further, above.any(b.and_(b.not_(dropped), parts.later))))
    later = later if rule.instalments else b.false
    now, promised = (parts.sums.now_low, parts.sums.now_high), (parts.sums.low, parts.sums.high)
    paid = _together(above, *now, taken, further, gate, env, sure=not rule.instalments)
    whole = _together(above, *promised, taken, further, gate, env, sure=False) if rule.instalments else None
    there = b.and_(b.not_(b.fails(opened.value)), b.not_(dropped))
    sums = replace(parts.sums, split=b.and_(there, inside.lifted(later)))
    return replace(
        found,
        paid=paid,
        piece=Piece(
            scope=taken.scope, there=there, sums=_behind(opened, sums, env), year=year_of(day_of(rule, inside), inside)
        ),
        more=b.and_(further, b.not_(closed)),
        promised=whole,
        later=later,
        open=b.and_(b.not_(closed), b.or_(further, above.any(_is_open(taken, worth, (low, high), parts.open)))),
    )


def _is_open(taken: _Taken, worth: tuple[Sql, Sql], due: tuple[Sql, Sql], split: Sql) -> Sql:
    """Whether a fact can still change what an entry brings."""
    env = taken.inside
    b = env.builder
    assert taken.value is not None
    low, high = due if taken.bounds is None else worth
    pays = b.coalesce(b.compare("<>", high, b.zero), b.true)
    apart = b.coalesce(b.compare("<>", low, high), b.true)
    loose = b.case([(unknown(taken.holds, env), pays)], b.and_(apart, is_open(taken.value, env)))
    return b.and_(b.not_(b.fails(taken.holds.value)), b.or_(loose, split))


class _Above:
    """What the entries of a list come to in the row above; of the profile as a whole, itself."""

    def __init__(self, env: Env, scope: Scope | None) -> None:
        self.b, self.tally = env.builder, None if scope is None else Tally(env, scope)

    def any(self, test: Sql) -> Sql:
        """Whether `test` is TRUE somewhere."""
        return self.b.holds(test) if self.tally is None else self.tally.any(test)

    def low(self, value: Sql) -> Sql:
        """The sum of lower ends."""
        return value if self.tally is None else self.tally.sum(value)

    def high(self, value: Sql) -> Sql:
        """The sum of upper ends, NULL where one is."""
        if self.tally is None:
            return value
        endless = self.tally.any(self.b.is_null(value))
        return self.b.case([(endless, self.b.null("int"))], self.tally.sum(value))


def _together(
    above: _Above, low: Sql, high: Sql, taken: _Taken, further: Sql, gate: Word, env: Env, *, sure: bool
) -> Paid:
    """The sum of all entries behind the gates, within what a limit leaves; `sure`: what that surely is counts too."""
    b, bounds = env.builder, taken.bounds
    least, most = above.low(low), above.high(high)
    if bounds is None:
        most = b.case([(further, b.null("int"))], most)
    else:
        if sure:
            endless = b.and_(further, b.is_null(bounds.high))
            least = b.case([(endless, least)], b.greatest(least, bounds.low))
        most = b.case([(further, bounds.high)], b.least(most, bounds.high))
    return Paid(low=b.case([(b.holds(gate.value), least)], b.zero), high=b.case([(b.fails(gate.value), b.zero)], most))


def _behind(gate: Word, sums: Sums, env: Env) -> Sums:
    """What is paid behind gates: nothing is certain unless they hold, nothing is possible where they do not."""
    b = env.builder
    sure, never = b.holds(gate.value), b.fails(gate.value)
    low, high = b.case([(sure, sums.low)], b.zero), b.case([(never, b.zero)], sums.high)
    if sums.split is b.false:
        return Sums(low, high, low, high, sums.split)
    now = b.case([(sure, sums.now_low)], b.zero), b.case([(never, b.zero)], sums.now_high)
    return Sums(low, high, *now, sums.split)


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
