"""Stacking trees and totals in the query; arm for arm `evaluator.engines.stacking`, in whole fen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import assert_never

from evaluator.engines.decision import Outcome
from evaluator.engines.sql.awards import Found, Paid, any_of_outcomes
from evaluator.engines.sql.lists import Tally
from evaluator.engines.sql.lower import number
from evaluator.engines.sql.numbers import int_of
from evaluator.engines.sql.relation import Scope, Sql
from evaluator.engines.sql.scope import Env, Unsupported
from evaluator.record import record
from evaluator.rulebook import ir, model
from evaluator.rulebook.stacking import leaves
from evaluator.rulebook.vocabulary import RATIO, Fact


@record
class StackedSql:
    """What a tree leaves; `present` where it concerns the profile."""

    stacking: model.Stacking
    members: tuple[str, ...]
    present: Sql
    paid: Paid


@record
class TotalsSql:
    """The totals of a profile."""

    paid: Paid
    unstated: Sql
    unstated_open: Sql


def stack(stackings: Sequence[model.Stacking], found: Sequence[Found], env: Env) -> list[StackedSql]:
    """Every tree that has a member among the findings."""
    b = env.builder
    awards = {entry.rule.id: entry for entry in found if entry.paid is not None}
    result: list[StackedSql] = []
    for stacking in stackings:
        members = [awards[rule] for rule in leaves(stacking.tree) if rule in awards]
        if not members:
            continue
        concerned = b.or_(*(entry.asked for entry in found if entry.rule.policy.id == stacking.policy.id))
        present = b.and_(concerned, b.or_(*(entry.asked for entry in members)))
        match stacking.scope:
            case "entity":
                paid = combine(stacking.tree, {entry.rule.id: counted(entry, env) for entry in members}, env)
            case "item":
                paid = _by_item(stacking, members, env)
            case "period":
                raise Unsupported("stacking by year")
            case _:
                assert_never(stacking.scope)
        paid = Paid(low=b.case([(present, paid.low)], b.zero), high=b.case([(present, paid.high)], b.zero))
        ids = tuple(entry.rule.id for entry in members)
        result.append(StackedSql(stacking=stacking, members=ids, present=present, paid=paid))
    return result


def counted(found: Found, env: Env) -> Paid:
    """The amount as it enters a sum: nothing where not asked; an unstated one may be anything."""
    b = env.builder
    assert found.paid is not None
    if not found.stated:
        assert found.more is not None
        return Paid(low=b.zero, high=b.case([(b.and_(found.asked, found.more), b.null("int"))], b.zero))
    return Paid(
        low=b.case([(found.asked, found.paid.low)], b.zero), high=b.case([(found.asked, found.paid.high)], b.zero)
    )


def combine(tree: model.Stack, amounts: dict[str, Paid], env: Env) -> Paid:
    """What a tree leaves of the amounts of its leaves; an absent leaf is nothing."""
    b = env.builder
    match tree:
        case model.Leaf(rule=rule):
            return amounts.get(rule, Paid(low=b.zero, high=b.zero))
        case model.HighestOf(members=members):
            parts = [combine(member, amounts, env) for member in members]
            highs = [part.high for part in parts]
            return Paid(low=b.greatest(*(part.low for part in parts)), high=_bounded(highs, b.greatest, env))
        case model.Silent(members=members):
            parts = [combine(member, amounts, env) for member in members]
            return Paid(low=b.greatest(*(part.low for part in parts)), high=total([p.high for p in parts], env))
        case model.ChooseOne(members=members):  # no choice given: the best
            return combine(model.HighestOf(members=members), amounts, env)
        case model.FirstOf(members=members):
            return _first([combine(member, amounts, env) for member in members], env)
        case model.SumCap(members=members, cap=cap):
            sums = _together(members, amounts, env)
            low, high = _fen(cap, env)
            most = b.case([(b.is_null(high), b.null("int"))], b.greatest(high, b.zero))
            return Paid(
                low=b.least(sums.low, b.greatest(b.coalesce(low, b.zero), b.zero)), high=b.least(sums.high, most)
            )
        case model.Net(members=members, minus=minus):
            sums = _together(members, amounts, env)
            low, high = _fen(minus, env)
            least = b.greatest(b.subtract(sums.low, b.greatest(high, b.zero)), b.zero)
            most = b.greatest(b.subtract(sums.high, b.greatest(b.coalesce(low, b.zero), b.zero)), b.zero)
            return Paid(
                low=b.case([(b.is_null(high), b.zero)], least),
                high=b.case([(b.is_null(sums.high), b.null("int"))], most),
            )
        case model.Pool(members=members, factor=factor):
            return _shared(_together(members, amounts, env), factor, env)
        case model.Scoped():
            raise Unsupported("a scope within a scope")
        case _:
            assert_never(tree)


def _together(members: Sequence[model.Stack], amounts: dict[str, Paid], env: Env) -> Paid:
    parts = [combine(member, amounts, env) for member in members]
    return Paid(low=total([part.low for part in parts], env), high=total([part.high for part in parts], env))


def _fen(node: ir.Expr, env: Env) -> tuple[Sql, Sql]:
    """The ends of a sum of money that a tree reads, in whole fen; NULL where there is none."""
    found = number(node, env)
    ends: list[Sql] = []
    for end in (found.low, found.high):
        if not isinstance(end.den, int) or 100 % end.den:
            raise Unsupported("a cap or deduction that may be finer than a fen", node)
        ends.append(env.builder.times(end.num, 100 // end.den))
    return ends[0], ends[1]


def _shared(sums: Paid, factor: Fact, env: Env) -> Paid:
    """A share between two bounds of everything, to the fen and rounded down."""
    b = env.builder
    share = number(ir.FactRef(type=RATIO, fact=factor), env)
    whole = int_of(share.low.den)
    one = b.integer(whole)
    least = b.least(b.greatest(b.coalesce(share.low.num, b.zero), b.zero), one)
    most = b.coalesce(b.least(b.greatest(share.high.num, b.zero), one), one)
    if share.high.num.nullable:
        most = b.case([(b.is_null(share.high.num), one)], b.least(b.greatest(share.high.num, b.zero), one))
    low = b.floor_divide(b.multiply(sums.low, least), one)
    high = b.floor_divide(b.multiply(sums.high, most), one)
    return Paid(low=low, high=b.case([(b.compare("=", most, b.zero), b.zero)], high))


def _first(parts: Sequence[Paid], env: Env) -> Paid:
    """The first member that pays anything, from the last to the first."""
    b = env.builder
    result = Paid(low=b.zero, high=b.zero)
    for part in reversed(parts):
        surely = b.compare(">", part.low, b.zero)
        never = b.holds(b.compare("=", part.high, b.zero))
        either = b.case(
            [(b.or_(b.is_null(part.high), b.is_null(result.high)), b.null("int"))], b.greatest(part.high, result.high)
        )
        result = Paid(
            low=b.case([(surely, part.low), (never, result.low)], b.zero),
            high=b.case([(surely, part.high), (never, result.high)], either),
        )
    return result


def total(parts: Sequence[Sql], env: Env) -> Sql:
    """The sum; NULL where one is."""
    result = env.builder.zero
    for part in parts:
        result = env.builder.add(result, part)
    return result


def _bounded(parts: Sequence[Sql], pick: Callable[..., Sql], env: Env) -> Sql:
    """One of the parts; NULL where one is."""
    b = env.builder
    return b.case([(b.or_(*(b.is_null(part) for part in parts)), b.null("int"))], pick(*parts))


def _by_item(stacking: model.Stacking, members: Sequence[Found], env: Env) -> Paid:
    """Combined within each item; the awards without items together."""
    b = env.builder
    groups: dict[Scope | None, list[Found]] = {}
    for entry in members:
        if entry.line is not None:
            groups.setdefault(entry.line.scope, []).append(entry)
    lows, highs = [], []
    for scope, group in groups.items():
        inner = env if scope is None else env.at(scope, (scope,))
        amounts: dict[str, Paid] = {}
        for entry in group:
            assert entry.line is not None
            asked = inner.lifted(entry.asked)
            low, high = b.case([(asked, entry.line.low)], b.zero), b.case([(asked, entry.line.high)], b.zero)
            amounts[entry.rule.id] = Paid(low=low, high=high)
        paid = combine(stacking.tree, amounts, inner)
        if scope is None:
            lows.append(paid.low)
            highs.append(paid.high)
        else:
            tally = Tally(env, scope)
            lows.append(tally.sum(paid.low))
            highs.append(b.case([(tally.any(b.is_null(paid.high)), b.null("int"))], tally.sum(paid.high)))
    more = b.or_(*(b.and_(entry.asked, entry.more) for entry in members if entry.more is not None))
    return Paid(low=total(lows, env), high=b.case([(more, b.null("int"))], total(highs, env)))


def totals(found: Sequence[Found], stacked: Sequence[StackedSql], env: Env) -> TotalsSql:
    """The sum of the stacking roots and of the awards in no tree."""
    b = env.builder
    trees: dict[str, list[Sql]] = {}
    for entry in stacked:
        for rule in entry.members:
            trees.setdefault(rule, []).append(entry.present)
    lows, highs = [entry.paid.low for entry in stacked], [entry.paid.high for entry in stacked]
    unstated = unstated_open = b.zero
    for award in found:
        if award.paid is None:
            continue
        if not award.stated:
            one = b.integer(1)
            due = any_of_outcomes(award, (Outcome.SATISFIED,), env)
            open_ = any_of_outcomes(award, (Outcome.UNKNOWN, Outcome.INDETERMINATE), env)
            unstated = b.add(unstated, b.case([(due, one)], b.zero))
            unstated_open = b.add(unstated_open, b.case([(open_, one)], b.zero))
            continue
        amount = counted(award, env)
        alone = b.not_(b.or_(*trees.get(award.rule.id, ())))
        lows.append(b.case([(alone, amount.low)], b.zero))
        highs.append(b.case([(alone, amount.high)], b.zero))
    return TotalsSql(
        paid=Paid(low=total(lows, env), high=total(highs, env)), unstated=unstated, unstated_open=unstated_open
    )
