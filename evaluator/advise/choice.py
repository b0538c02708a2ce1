"""The best legal choice of awards where rules say how they combine, proved best, and why not the others.

In: an `Asker`. Out: a `Choice` for each group in which a choice is open: the awards to take, every other legal choice
with what it would bring, and whether missing facts could still turn the order. The choices are all enumerated, and the
best of them is what the stacking itself comes to.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import islice, product
from typing import Final, assert_never

from evaluator.advise.asking import Asker
from evaluator.engines.decision import Amount, Finding, Line, Share
from evaluator.engines.stacking import Read, counted, leaves, stack
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
    read = asker.reader()
    found: list[Choice] = []
    for stacked in asker.decision.stacked:
        members = [finding for finding in asker.decision.findings if finding.rule.id in stacked.members]
        for group, own in _groups(stacked.stacking, members):
            choice = _choice(stacked.stacking, group, own, read)
            if choice is not None:
                found.append(choice)
    return tuple(found)


def _groups(
    stacking: model.Stacking, members: Sequence[Finding]
) -> Iterator[tuple[str | int | None, Sequence[Finding]]]:
    """The members with what each brings, together or in one item or one year."""
    if stacking.scope == "entity":
        yield None, members
        return
    keys: dict[str | int, None] = {}
    for finding in members:
        for key in _keys(stacking, counted(finding)):
            keys[key] = None
    for key in keys:
        yield key, [_only(finding, stacking, key) for finding in members]


def _keys(stacking: model.Stacking, amount: Amount) -> Iterator[str | int]:
    for part in amount.shares or amount.lines:
        key = part.item if stacking.scope == "item" else part.period
        if key is not None:
            yield key


def _only(finding: Finding, stacking: model.Stacking, key: str | int) -> Finding:
    """The finding with what its award brings in one item or one year."""
    amount = counted(finding)

    def inside(part: Line | Share) -> bool:
        return key == (part.item if stacking.scope == "item" else part.period)

    lines, shares = tuple(filter(inside, amount.lines)), tuple(filter(inside, amount.shares))
    return replace(finding, amount=replace(amount, lines=lines, shares=shares, more=False))


def _choice(stacking: model.Stacking, group: str | int | None, members: Sequence[Finding], read: Read) -> Choice | None:
    worth = {finding.rule.id for finding in members if _worth(stacking, finding, read)}
    sets = list(islice(_options(stacking.tree, worth), MOST + 1))
    made = {kept: _option(stacking, kept, members, read) for kept in sets[:MOST]}
    options = sorted(made.values(), key=_order)
    if len(options) < 2:
        return None
    best = options[0]
    turned = tuple(option for option in options[1:] if option.potential is None or option.potential > best.guaranteed)
    return Choice(stacking, group, best, tuple(options[1:]), len(sets) <= MOST, turned)


def _worth(stacking: model.Stacking, finding: Finding, read: Read) -> bool:
    """Whether the award brings anything, taken alone."""
    low, high = _comes_to(stacking, [finding], read)
    return (low, high) != (0, 0)


def _comes_to(stacking: model.Stacking, findings: Sequence[Finding], read: Read) -> tuple[Exact, Exact | None]:
    """What the tree leaves of these awards alone, at once and later."""
    for stacked in stack((stacking,), findings, read):
        high = stacked.potential
        later = stacked.later[1]
        return stacked.guaranteed + stacked.later[0], None if high is None or later is None else high + later
    return 0, 0


def _order(option: Option) -> tuple[Exact, bool, Exact, tuple[str, ...]]:
    potential = option.potential
    return (-option.guaranteed, potential is not None, 0 if potential is None else -potential, option.rules)


def _option(stacking: model.Stacking, kept: frozenset[str], members: Sequence[Finding], read: Read) -> Option:
    low, high = _comes_to(stacking, [finding for finding in members if finding.rule.id in kept], read)
    return Option(tuple(rule for rule in leaves(stacking.tree) if rule in kept), low, high)


def _options(tree: model.Stack, worth: Collection[str]) -> Iterator[frozenset[str]]:
    """The sets of awards that may be taken together, none of which could take a further one."""
    match tree:
        case model.Leaf(rule=rule):
            yield frozenset({rule}) if rule in worth else frozenset()
        case model.HighestOf(members=members) | model.ChooseOne(members=members):
            for member in members:
                if any(rule in worth for rule in leaves(member)):
                    yield from _options(member, worth)
        case (
            model.Silent(members=members) | model.SumCap(members=members) | model.FirstOf(members=members)
            | model.Net(members=members) | model.Scoped(members=members) | model.Pool(members=members)
        ):  # fmt: skip
            held = [member for member in members if any(rule in worth for rule in leaves(member))]
            for parts in product(*(list(_options(member, worth)) for member in held)):
                yield frozenset().union(*parts)
        case _:
            assert_never(tree)
