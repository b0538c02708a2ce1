"""How awards add up: stacking trees and totals over findings, for every engine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias, assert_never

from evaluator.engines.decision import Amount, Finding, Outcome, Stacked, Totals
from evaluator.rulebook import model
from evaluator.rulebook.vocabulary import Exact

Range: TypeAlias = tuple[Exact, Exact | None]
NOTHING: Range = (0, 0)


def stack(stackings: Iterable[model.Stacking], findings: Sequence[Finding]) -> tuple[Stacked, ...]:
    """Every tree that has a member among the findings."""
    amounts = {finding.rule.id: counted(finding) for finding in findings if finding.amount is not None}
    stacked: list[Stacked] = []
    for stacking in stackings:
        members = tuple(rule for rule in leaves(stacking.tree) if rule in amounts)
        if not members:
            continue
        if stacking.scope == "entity":
            low, high = combine(stacking.tree, {rule: _range(amounts[rule]) for rule in members})
        else:
            low, high = _by_group(stacking, {rule: amounts[rule] for rule in members})
        stacked.append(Stacked(stacking, members, low, high))
    return tuple(stacked)


def counted(finding: Finding) -> Amount:
    """The amount as it enters a sum: an unstated one may be anything, unless it is surely not due."""
    amount = finding.amount
    assert amount is not None
    if not amount.stated:
        due = finding.outcome not in (Outcome.NOT_SATISFIED, Outcome.NOT_APPLICABLE)
        return Amount(0, None if due else 0, stated=False, more=due)
    return amount


def leaves(tree: model.Stack) -> tuple[str, ...]:
    """The rule ids of a tree, in order."""
    if isinstance(tree, model.Leaf):
        return (tree.rule,)
    return tuple(rule for member in tree.members for rule in leaves(member))


def combine(tree: model.Stack, amounts: Mapping[str, Range]) -> Range:
    """What a tree leaves of the amounts of its leaves; an absent leaf is nothing."""
    match tree:
        case model.Leaf(rule=rule):
            return amounts.get(rule, NOTHING)
        case model.HighestOf(members=members):
            parts = [combine(member, amounts) for member in members]
            return max(low for low, _ in parts), _greatest([high for _, high in parts])
        case model.Silent(members=members):
            parts = [combine(member, amounts) for member in members]
            return max(low for low, _ in parts), _sum([high for _, high in parts])
        case model.SumCap(members=members, cap=cap):
            parts = [combine(member, amounts) for member in members]
            high = _sum([high for _, high in parts])
            return min(sum(low for low, _ in parts), cap), cap if high is None else min(high, cap)
        case _:
            assert_never(tree)


def _by_group(stacking: model.Stacking, amounts: Mapping[str, Amount]) -> Range:
    """Combined within each item or year; what belongs to no known one can be in any."""
    groups: dict[object, dict[str, Range]] = {}
    alone: list[Range] = []
    for rule, amount in amounts.items():
        for line in amount.lines:
            key = line.item if stacking.scope == "item" else line.period
            if key is None:
                alone.append(combine(stacking.tree, {rule: (line.guaranteed, line.potential)}))
                continue
            group = groups.setdefault(key, {})
            group[rule] = _plus(group.get(rule, NOTHING), (line.guaranteed, line.potential))
    parts = [combine(stacking.tree, group) for group in groups.values()]
    low, high = sum(part[0] for part in parts), _sum([part[1] for part in parts])
    low, high = max([low, *(part[0] for part in alone)]), _sum([high, *(part[1] for part in alone)])
    return low, None if any(amount.more for amount in amounts.values()) else high


def totals(findings: Sequence[Finding], stacked: Sequence[Stacked]) -> Totals:
    """The sum of the stacking roots and of the awards in no tree."""
    grouped = {rule for entry in stacked for rule in entry.members}
    guaranteed: Exact = 0
    potential: Exact | None = 0
    unstated = unstated_open = 0
    periods: dict[int | None, Range] = {}
    by_rule = {finding.rule.id: finding for finding in findings if finding.amount is not None}
    for finding in by_rule.values():
        amount = finding.amount
        assert amount is not None
        if not amount.stated:
            unstated += finding.outcome is Outcome.SATISFIED
            unstated_open += finding.outcome in (Outcome.UNKNOWN, Outcome.INDETERMINATE)
        if finding.rule.id in grouped or not amount.stated:
            continue
        guaranteed += amount.guaranteed
        potential = _sum([potential, amount.potential])
        for line in amount.lines:
            periods[line.period] = _plus(periods.get(line.period, NOTHING), (line.guaranteed, line.potential))
        if amount.more:
            periods[None] = _plus(periods.get(None, NOTHING), (0, None))
    for entry in stacked:
        guaranteed += entry.guaranteed
        potential = _sum([potential, entry.potential])
        amounts = [counted(by_rule[rule]) for rule in entry.members]
        years = {line.period for amount in amounts for line in amount.lines if line.potential != 0}
        key = next(iter(years)) if len(years) == 1 and not any(amount.more for amount in amounts) else None
        if (entry.guaranteed, entry.potential) != NOTHING:
            periods[key] = _plus(periods.get(key, NOTHING), (entry.guaranteed, entry.potential))
    shown = {year: part for year, part in periods.items() if part != NOTHING}
    return Totals(guaranteed, potential, unstated, unstated_open, shown)


def _range(amount: Amount) -> Range:
    return amount.guaranteed, amount.potential


def _plus(left: Range, right: Range) -> Range:
    return left[0] + right[0], _sum([left[1], right[1]])


def _sum(bounds: Iterable[Exact | None]) -> Exact | None:
    total: Exact = 0
    for bound in bounds:
        if bound is None:
            return None
        total += bound
    return total


def _greatest(bounds: Sequence[Exact | None]) -> Exact | None:
    known = [bound for bound in bounds if bound is not None]
    return max(known) if len(known) == len(bounds) else None
