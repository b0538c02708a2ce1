"""Stacking trees that concern a profile, and its totals; arm for arm `evaluator.engines.stacking`, in whole fen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evaluator.engines.decision import Outcome
from evaluator.engines.sql.awards import Found, any_of_outcomes
from evaluator.engines.sql.nodes import Sql
from evaluator.engines.sql.payments import Paid
from evaluator.engines.sql.scope import Env
from evaluator.engines.sql.simplify import where
from evaluator.engines.sql.sums import Adding, Sums
from evaluator.engines.sql.trees import Tree
from evaluator.record import record
from evaluator.rulebook import model
from evaluator.rulebook.stacking import leaves


@record
class StackedSql:
    """What a tree leaves; `present` where it concerns the profile. `later`: of what comes later, if anything can."""

    stacking: model.Stacking
    members: tuple[str, ...]
    present: Sql
    paid: Paid
    later: Paid | None


@record
class TotalsSql:
    """The totals of a profile; what comes later and what is owed back are None where no rule has such."""

    paid: Paid
    unstated: Sql
    unstated_open: Sql
    later: Paid | None
    owed: Paid | None


def stack(
    stackings: Sequence[model.Stacking], found: Sequence[Found], env: Env, choices: Mapping[str, str]
) -> list[StackedSql]:
    """Every tree that has a member among the findings."""
    b, adding = env.builder, Adding(env.builder)
    awards = {entry.rule.id: entry for entry in found if entry.paid is not None}
    result: list[StackedSql] = []
    for stacking in stackings:
        members = [awards[rule] for rule in leaves(stacking.tree) if rule in awards]
        if not members:
            continue
        concerned = b.or_(*(entry.asked for entry in found if entry.rule.policy.id == stacking.policy.id))
        present = b.and_(concerned, b.or_(*(entry.asked for entry in members)))
        own = {entry.rule.id: entry for entry in members}
        sums = Tree(own, env, choices.get(stacking.id)).whole(stacking.tree, stacking.scope)
        sums = adding.when(present, sums, adding.nothing)
        promised = [b.and_(entry.asked, _promises(entry, env)) for entry in members if entry.promised is not None]
        result.append(
            StackedSql(
                stacking=stacking,
                members=tuple(own),
                present=present,
                paid=Paid(low=sums.now_low, high=sums.now_high),
                later=_later(sums, b.or_(*promised), env) if promised else None,
            )
        )
    return result


def _promises(found: Found, env: Env) -> Sql:
    """Whether an award in instalments is not out of the question."""
    return env.builder.not_(env.builder.compare("=", found.outcome, env.builder.text(Outcome.NOT_APPLICABLE.value)))


def _later(sums: Sums, there: Sql, env: Env) -> Paid:
    """What comes after the date of the question, where it is `there`."""
    b = env.builder
    low = b.greatest(b.subtract(sums.low, sums.now_high), b.zero)
    low = b.case([(b.is_null(sums.now_high), b.zero)], low)
    high = b.greatest(b.subtract(sums.high, sums.now_low), b.zero)
    high = b.case([(b.is_null(sums.high), b.null("int"))], high)
    return Paid(low=b.case([(there, low)], b.zero), high=b.case([(there, high)], b.zero))


def totals(found: Sequence[Found], stacked: Sequence[StackedSql], env: Env) -> TotalsSql:
    """The sum of the stacking roots and of the awards in no tree."""
    b, adding = env.builder, Adding(env.builder)
    trees: dict[str, list[Sql]] = {}
    for entry in stacked:
        for rule in entry.members:
            trees.setdefault(rule, []).append(entry.present)
    parts = [entry.paid for entry in stacked]
    later = [entry.later for entry in stacked if entry.later is not None]
    owed: list[Paid] = []
    unstated = unstated_open = b.zero
    for award in found:
        if award.owed is not None:
            owed.append(_where(award.asked, award.owed, env))
        if award.paid is None:
            continue
        if not award.stated:
            one = b.integer(1)
            due = any_of_outcomes(award, (Outcome.SATISFIED,), env)
            open_ = any_of_outcomes(award, (Outcome.UNKNOWN, Outcome.INDETERMINATE), env)
            unstated = b.add(unstated, b.case([(due, one)], b.zero))
            unstated_open = b.add(unstated_open, b.case([(open_, one)], b.zero))
            continue
        alone = b.and_(award.asked, b.not_(b.or_(*trees.get(award.rule.id, ()))))
        parts.append(_where(alone, award.paid, env))
        if award.promised is not None:
            assert award.later is not None
            sums = Sums(award.promised.low, award.promised.high, award.paid.low, award.paid.high, award.later)
            later.append(_later(sums, alone, env))
    return TotalsSql(
        paid=_summed(parts, adding),
        unstated=unstated,
        unstated_open=unstated_open,
        later=_summed(later, adding) if later else None,
        owed=_summed(owed, adding) if owed else None,
    )


def _where(condition: Sql, paid: Paid, env: Env) -> Paid:
    """The sum where a condition holds, else nothing."""
    b = env.builder
    low, high = where(b, condition, paid.low), where(b, condition, paid.high)
    return Paid(low=b.case([(condition, low)], b.zero), high=b.case([(condition, high)], b.zero))


def _summed(parts: Sequence[Paid], adding: Adding) -> Paid:
    return Paid(low=adding.total([part.low for part in parts]), high=adding.total([part.high for part in parts]))
