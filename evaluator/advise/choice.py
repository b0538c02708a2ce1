"""The best legal choice of awards where rules say how they combine, proved best, and why not the others.

In: an `Asker`. Out: a `Choice` for each group in which a choice is open: the awards to take, every other legal choice
with what it would bring, and whether missing facts could still turn the order. The choices are all enumerated, and the
best of them is what the stacking itself comes to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice, product
from typing import Final, assert_never

from evaluator.advise.asking import Asker
from evaluator.engines.decision import Amount, Stacked
from evaluator.engines.stacking import NOTHING, Range, combine, counted, leaves
from evaluator.record import row
from evaluator.rulebook import model
from evaluator.rulebook.vocabulary import Exact

MOST: Final = 512


@row
class Option:
    """Awards that may be taken together, and what they then bring."""

    rules: tuple[str, ...]
    guaranteed: Exact
    potential: Exact | None


@row
class Choice:
    """The legal choices of one tree, in one group (an item's path, a year, or None for the whole profile).

    `best` brings most for certain; `proved`: every legal choice was looked at and none brings more. `turned` are the
    choices that could bring more once missing facts are known.
    """

    stacking: model.Stacking
    group: str | int | None
    best: Option
    others: tuple[Option, ...]
    proved: bool
    turned: tuple[Option, ...]


def choices(asker: Asker) -> tuple[Choice, ...]:
    """Every group with more than one award to choose between."""
    amounts = {finding.rule.id: counted(finding) for finding in asker.decision.findings if finding.amount is not None}
    found: list[Choice] = []
    for stacked in asker.decision.stacked:
        for group, ranges in _groups(stacked, amounts):
            choice = _choice(stacked.stacking, group, ranges)
            if choice is not None:
                found.append(choice)
    return tuple(found)


def _groups(stacked: Stacked, amounts: Mapping[str, Amount]) -> Iterator[tuple[str | int | None, dict[str, Range]]]:
    """What each member brings, together or item by item or year by year."""
    members = {rule: amounts[rule] for rule in stacked.members}
    if stacked.stacking.scope == "entity":
        yield None, {rule: (amount.guaranteed, amount.potential) for rule, amount in members.items()}
        return
    groups: dict[str | int, dict[str, Range]] = {}
    for rule, amount in members.items():
        for line in amount.lines:
            key: str | int | None = line.item if stacked.stacking.scope == "item" else line.period
            if key is not None:
                low, high = groups.setdefault(key, {}).get(rule, NOTHING)
                more = None if high is None or line.potential is None else high + line.potential
                groups[key][rule] = (low + line.guaranteed, more)
    yield from groups.items()


def _choice(stacking: model.Stacking, group: str | int | None, ranges: Mapping[str, Range]) -> Choice | None:
    worth = {rule: ends for rule, ends in ranges.items() if ends != NOTHING}
    sets = list(islice(_options(stacking.tree, worth), MOST + 1))
    made = {option.rules: option for option in (_option(stacking.tree, kept, worth) for kept in sets[:MOST])}
    options = sorted(made.values(), key=_order)
    if len(options) < 2:
        return None
    best = options[0]
    turned = tuple(option for option in options[1:] if option.potential is None or option.potential > best.guaranteed)
    return Choice(stacking, group, best, tuple(options[1:]), len(sets) <= MOST, turned)


def _order(option: Option) -> tuple[Exact, bool, Exact, tuple[str, ...]]:
    potential = option.potential
    return (-option.guaranteed, potential is not None, 0 if potential is None else -potential, option.rules)


def _option(tree: model.Stack, kept: frozenset[str], worth: Mapping[str, Range]) -> Option:
    low, high = combine(tree, {rule: worth[rule] for rule in kept})
    return Option(tuple(rule for rule in leaves(tree) if rule in kept), low, high)


def _options(tree: model.Stack, worth: Mapping[str, Range]) -> Iterator[frozenset[str]]:
    """The sets of awards that may be taken together, none of which could take a further one."""
    match tree:
        case model.Leaf(rule=rule):
            yield frozenset({rule}) if rule in worth else frozenset()
        case model.HighestOf(members=members):
            for member in members:
                if any(rule in worth for rule in leaves(member)):
                    yield from _options(member, worth)
        case model.Silent(members=members) | model.SumCap(members=members):
            held = [member for member in members if any(rule in worth for rule in leaves(member))]
            for parts in product(*(list(_options(member, worth)) for member in held)):
                yield frozenset().union(*parts)
        case _:
            assert_never(tree)
