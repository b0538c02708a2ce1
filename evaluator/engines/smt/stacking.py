"""What stacking trees leave of their awards, as formulas: arm for arm those of `evaluator.engines.stacking`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import assert_never

from evaluator.engines.smt import terms
from evaluator.engines.smt.awards import Amount, env_of
from evaluator.engines.smt.findings import Answer
from evaluator.engines.smt.payment import Year
from evaluator.engines.smt.sums import (
    NOTHING,
    Range,
    Sums,
    first,
    highest,
    least_upper,
    less,
    limited,
    rest,
    scaled,
    sums_when,
    together,
    upper,
    when,
    whole,
)
from evaluator.engines.smt.terms import Logic, both, choose, either, greatest, no
from evaluator.engines.smt.walk import Env, number
from evaluator.engines.smt.world import World
from evaluator.record import row
from evaluator.rulebook import ir, model
from evaluator.rulebook.stacking import leaves
from evaluator.rulebook.vocabulary import RATIO


@row
class Stacked:
    """What a tree leaves of its members: by the date of the question, of what comes `later`, and of both together."""

    stacking: model.Stacking
    members: tuple[str, ...]
    range: Range
    later: Range
    promised: Range


@row
class _Part:
    """What one item (empty: the whole profile) of one year brings, where it is `there`."""

    item: str
    year: Year
    there: Logic
    sums: Sums


@row
class _Member:
    """An award in a tree: what it brings as a whole and part by part; `more`: parts not listed may bring something."""

    range: Range
    promised: Range | None
    split: Logic
    more: Logic
    stated: bool
    due: Logic
    parts: tuple[_Part, ...]

    @property
    def sums(self) -> Sums:
        """As a whole."""
        if self.promised is None:
            return whole(self.range)
        return Sums(self.promised, self.range, self.split)


def stacked(
    stackings: Iterable[model.Stacking],
    found: Mapping[str, Answer],
    world: World,
    choices: Mapping[str, str] | None = None,
) -> tuple[Stacked, ...]:
    """Every tree that has a member among the findings (by rule). `choices` maps stackings to the awards chosen."""
    trees: list[Stacked] = []
    for stacking in stackings:
        members = {
            rule: _member(found[rule])
            for rule in leaves(stacking.tree)
            if rule in found and found[rule].paid is not None
        }
        if members:
            work = _Work(members, env_of(world), None if choices is None else choices.get(stacking.id))
            result = work.whole(stacking.tree, stacking.scope)
            comes = either(*(both(member.due, member.promised is not None) for member in members.values()))
            trees.append(Stacked(stacking, tuple(members), result.now, when(comes, later(result)), result.promised))
    return tuple(trees)


def later(sums: Sums) -> Range:
    """What comes after the date of the question."""
    low = choose(sums.now.no_high, 0, rest(sums.promised.low, sums.now.high))
    return Range(low, rest(sums.promised.high, sums.now.low), sums.promised.no_high)


def _member(answer: Answer) -> _Member:
    """An award as it enters a sum: an unstated one may be anything, unless it is surely not due."""
    amount = answer.paid
    assert amount is not None
    if not amount.stated:
        due = no(either(answer.outcomes["not_satisfied"], answer.outcomes["not_applicable"]))
        return _Member(Range(0, 0, due), None, False, due, False, due, ())
    split: Logic = False
    if amount.promised is not None:
        split = both(amount.due, either(amount.more, *(line.there for line in amount.lines if line.later)))
    parts = tuple(_parts(amount, split))
    return _Member(amount.range, amount.promised, split, amount.more, True, amount.due, parts)


def _parts(amount: Amount, split: Logic) -> Iterator[_Part]:
    for share in amount.shares:
        item = "" if share.slot is None else f"{share.slot.fact.id}[{share.slot.index + 1}]"
        sums = whole(share.promised)
        if amount.promised is not None:
            sums = Sums(share.promised, share.accrued, split)
        yield _Part(item, share.year, share.there, sums_when(share.there, sums))


# ------------------------------------------------------------------ trees


@row
class _Group:
    """The group at hand: an item, or the year of a day; `there`: some part of the awards lies in it."""

    there: Logic
    item: str = ""
    of: Year | None = None

    def holds(self, part: _Part) -> Logic:
        """Whether a part lies in the group."""
        if self.of is None:
            return both(part.there, part.item == self.item)
        return both(part.there, part.year.like(self.of))


class _Work:
    """One tree over the amounts of its awards."""

    __slots__ = ("choice", "env", "members")

    def __init__(self, members: Mapping[str, _Member], env: Env, choice: str | None) -> None:
        self.members, self.env, self.choice = members, env, choice

    def whole(self, tree: model.Stack, scope: model.StackScope) -> Sums:
        """What the tree leaves, combined in each item, each year, or once."""
        if scope == "entity":
            return self._combine(tree, scope, None)
        return self._grouped(tree, scope)

    def _grouped(self, tree: model.Stack, scope: model.StackScope) -> Sums:
        """Combined within each item or year; what belongs to no known one can be in any."""
        own = {rule: self.members[rule] for rule in leaves(tree) if rule in self.members}
        groups = _groups([part for member in own.values() for part in member.parts], scope)
        total = together([sums_when(group.there, self._combine(tree, scope, group)) for group in groups])
        if scope == "period":
            total = self._anywhere(total, tree, own)
        more = either(*(member.more for member in own.values()))
        # whatever the groups are, the awards together pay no more than each alone, but one may take another's place
        most = together([member.sums for member in own.values()])
        others = either(*(member.more for member in own.values() if scope == "period" or not member.stated))
        loses = both(others, _can_lose(tree))
        high = when(more, most.promised, least_upper(total.promised, most.promised))
        promised = upper(choose(loses, 0, total.promised.low), high)
        split = either(total.split, most.split)
        if split is False:
            return whole(promised)
        loose = both(split, either(more, scope == "period" and self._loose(own)))
        now = upper(choose(either(loses, loose), 0, total.now.low), least_upper(total.now, most.now))
        return Sums(promised, when(either(more, loose), upper(now.low, most.now), now), split)

    def _loose(self, own: Mapping[str, _Member]) -> Logic:
        """Whether some part belongs to no known year."""
        return either(*(both(part.there, no(part.year.known)) for member in own.values() for part in member.parts))

    def _anywhere(self, total: Sums, tree: model.Stack, own: Mapping[str, _Member]) -> Sums:
        """The years that are known, with parts of years not known: each can be in any, or in one of its own."""
        alone: list[tuple[Logic, Sums]] = []
        for rule, member in own.items():
            for part in member.parts:
                here = both(part.there, no(part.year.known))
                if here is not False:
                    alone.append((here, sums_when(here, self._alone(tree, {rule: part.sums}))))
        if not alone:
            return total
        several = together([total, *(sums for _, sums in alone)])
        low, now = total.promised.low, total.now.low
        for _, sums in alone:
            low, now = greatest(low, sums.promised.low), greatest(now, sums.now.low)
        if _can_lose(tree):  # one part can take the place of all others
            low = now = 0
        joined = Sums(upper(low, several.promised), upper(now, several.now), several.split)
        only = together([sums for _, sums in alone])
        one = both(total.nothing, terms.at_most(terms.how_many(here for here, _ in alone), 1))
        some = either(*(here for here, _ in alone))
        result = sums_when(some, sums_when(one, only, joined), total)
        return whole(result.promised) if several.split is False else result

    def _combine(self, tree: model.Stack, scope: model.StackScope, group: _Group | None) -> Sums:
        match tree:
            case model.Leaf(rule=rule):
                return self._leaf(rule, group)
            case model.Scoped(members=members, scope=inner):
                return together([self._within(member, inner, group) for member in members])
            case _:
                return self._joined(tree, [self._combine(member, scope, group) for member in tree.members])

    def _leaf(self, rule: str, group: _Group | None) -> Sums:
        """What one award brings into the group at hand."""
        member = self.members.get(rule)
        if member is None:
            return NOTHING
        if group is None:
            return member.sums
        return together([sums_when(group.holds(part), part.sums) for part in member.parts])

    def _within(self, tree: model.Stack, inner: model.StackScope, group: _Group | None) -> Sums:
        """`tree` combined within the smaller groups that make up the group at hand."""
        if group is None:
            return self._grouped(tree, inner)
        cut = {rule: _only(member, group) for rule, member in self.members.items()}
        return _Work(cut, self.env, self.choice)._grouped(tree, inner)

    def _alone(self, tree: model.Stack, given: Mapping[str, Sums]) -> Sums:
        """The tree, of whose awards only those given bring anything."""
        if isinstance(tree, model.Leaf):
            return given.get(tree.rule, NOTHING)
        parts = [self._alone(member, given) for member in tree.members]
        if isinstance(tree, model.Scoped):
            return together(parts)
        found = self._joined(tree, parts)
        if isinstance(tree, model.Net):  # what is set off may be used up by another part of the group
            most = together(parts)
            promised, now = upper(found.promised.low, most.promised), upper(found.now.low, most.now)
            return whole(promised) if most.split is False else Sums(promised, now, most.split)
        return found

    def _joined(self, tree: model.Stack, parts: list[Sums]) -> Sums:
        """What a node leaves of its members' sums."""
        rounded = self.env.world.rounded
        match tree:
            case model.HighestOf():
                return highest(parts)
            case model.ChooseOne(members=members):
                chosen = [part for member, part in zip(members, parts, strict=True) if self.choice in leaves(member)]
                return chosen[0] if chosen else highest(parts)
            case model.FirstOf():
                return first(parts)
            case model.Silent():
                one, all_ = highest(parts), together(parts)
                promised = upper(one.promised.low, all_.promised)
                if all_.split is False:
                    return whole(promised)
                return Sums(promised, upper(one.now.low, all_.now), all_.split)
            case model.SumCap(cap=cap):
                return limited(together(parts), number(cap, self.env), rounded=rounded)
            case model.Net(minus=minus):
                return less(together(parts), number(minus, self.env), rounded=rounded)
            case model.Pool(factor=factor):
                share = number(ir.FactRef(type=RATIO, fact=factor), self.env)
                return scaled(together(parts), share, rounded=rounded)
            case model.Leaf() | model.Scoped():
                raise AssertionError(f"{type(tree).__name__} joins nothing")
            case _:
                assert_never(tree)


def _groups(parts: Sequence[_Part], scope: model.StackScope) -> Iterator[_Group]:
    """The items, or for each part its year where no part before it has the same."""
    if scope == "item":
        for item in dict.fromkeys(part.item for part in parts):
            yield _Group(either(*(part.there for part in parts if part.item == item)), item)
        return
    for index, part in enumerate(parts):
        own = part.year
        group = _Group(True, of=own)
        there = both(part.there, own.known, *(no(group.holds(before)) for before in parts[:index]))
        if there is not False:
            yield _Group(there, of=own)


def _only(member: _Member, group: _Group) -> _Member:
    """The part of an award that lies in one group, as an award of its own."""
    parts = tuple(
        _Part(part.item, part.year, group.holds(part), sums_when(group.holds(part), part.sums)) for part in member.parts
    )
    range_ = Range(0, member.range.high, member.range.no_high)
    return _Member(range_, member.promised, member.split, member.more, member.stated, member.due, parts)


def _can_lose(tree: model.Stack) -> bool:
    """Whether one award more can leave less: where the first to pay anything prevails."""
    if isinstance(tree, model.Leaf):
        return False
    return isinstance(tree, model.FirstOf | model.ChooseOne) or any(_can_lose(member) for member in tree.members)
