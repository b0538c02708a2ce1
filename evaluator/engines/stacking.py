"""How awards add up: stacking trees and totals over findings, for every engine.

A tree is worked out on what its awards promise, and what of it has accrued by the date of the question follows: it is
split into instalments last. The numbers that a tree reads (caps, what is set off, a pool's factor) come from the
engine, through `Read`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias, assert_never

from evaluator.engines import fen
from evaluator.engines.decision import Amount, Finding, Line, Outcome, Share, Stacked, Totals
from evaluator.engines.intervals import Bound, Number, ends
from evaluator.engines.payment import split
from evaluator.engines.sums import NOTHING, Sums, add, greatest, less, limited, plus, scaled, together
from evaluator.rulebook import ir, model
from evaluator.rulebook.stacking import leaves
from evaluator.rulebook.vocabulary import RATIO, Exact, Name

Read: TypeAlias = Callable[[ir.Expr], Number]
Key: TypeAlias = "str | int | None"
Part: TypeAlias = tuple[str, int | None, Sums]
"""What one item (empty: the whole profile) of one year (None: unknown or several) comes to."""


def stack(
    stackings: Iterable[model.Stacking],
    findings: Sequence[Finding],
    read: Read,
    choices: Mapping[str, str] | None = None,
) -> tuple[Stacked, ...]:
    """Every tree that has a member among the findings. `choices` maps stackings to the awards that were chosen."""
    amounts = {finding.rule.id: counted(finding) for finding in findings if finding.amount is not None}
    stacked: list[Stacked] = []
    for stacking in stackings:
        members = tuple(rule for rule in leaves(stacking.tree) if rule in amounts)
        if not members:
            continue
        work = _Work(amounts, read, None if choices is None else choices.get(stacking.id))
        result = work.whole(stacking.tree, stacking.scope)
        stacked.append(
            Stacked(
                stacking,
                members,
                result.now_low,
                result.now_high,
                later=_later(result) if any(amounts[rule].promised is not None for rule in members) else (0, 0),
                choice=work.choice,
                best=work.best,
                payers=_split(stacking.payers, result, read),
                recipients=_split(stacking.recipients, result, read),
            )
        )
    return tuple(stacked)


def _split(parts: Sequence[model.Part], sums: Sums, read: Read) -> tuple[tuple[Name, Exact, Bound], ...]:
    """What a tree leaves by the date of the question, by the shares of it; the odd fen to the first."""
    found = split((sums.now_low, sums.now_high), [read(part.share) for part in parts])
    return tuple((part.name, low, high) for part, (low, high) in zip(parts, found, strict=True))


def _later(sums: Sums) -> tuple[Exact, Bound]:
    """What comes after the date of the question."""
    low = 0 if sums.now_high is None else max(sums.low - sums.now_high, 0)
    return low, None if sums.high is None else max(sums.high - sums.now_low, 0)


def counted(finding: Finding) -> Amount:
    """The amount as it enters a sum: an unstated one may be anything, unless it is surely not due."""
    amount = finding.amount
    assert amount is not None
    if not amount.stated:
        due = finding.outcome not in (Outcome.NOT_SATISFIED, Outcome.NOT_APPLICABLE)
        return Amount(0, None if due else 0, stated=False, more=due)
    return amount


class _Work:
    """One tree over the amounts of its awards."""

    __slots__ = ("amounts", "best", "choice", "read")

    def __init__(self, amounts: Mapping[str, Amount], read: Read, choice: str | None) -> None:
        self.amounts, self.read, self.choice = amounts, read, choice
        self.best: tuple[str, ...] = ()

    def whole(self, tree: model.Stack, scope: model.StackScope) -> Sums:
        """What the tree leaves, combined in each item, each year, or once."""
        if scope == "entity":
            return self._combine(tree, scope, None)
        return self._grouped(tree, scope)

    def _grouped(self, tree: model.Stack, scope: model.StackScope) -> Sums:
        """Combined within each item or year; what belongs to no known one can be in any."""
        parts = {rule: self._parts(rule) for rule in leaves(tree) if rule in self.amounts}
        keys = list(dict.fromkeys(_key(part, scope) for found in parts.values() for part in found))
        known = [self._combine(tree, scope, key) for key in keys if key is not None]
        total = together(known)
        loose = [(rule, part) for rule, found in parts.items() for part in found if _key(part, scope) is None]
        if loose:
            total = _joined_anywhere(total, [_Alone(self, {rule: part[2]}).combine(tree) for rule, part in loose], tree)
        awards = [self.amounts[rule] for rule in parts]
        more = any(award.more for award in awards)
        # whatever the groups are, the awards together pay no more than each alone, but one may take another's place
        most = together([self.leaf(rule, scope, None) for rule in parts])
        others = more and (scope == "period" or any(award.more and not award.stated for award in awards))
        low, now = (0, 0) if others and _can_lose(tree) else (total.low, total.now_low)
        high, now_high = (most.high, most.now_high) if more else (_least(total.high, most.high), total.now_high)
        if (loose or more) and (total.split or most.split):
            now, now_high = 0, most.now_high
        return Sums(low, high, now, _least(now_high, most.now_high), total.split or most.split)

    def _parts(self, rule: str) -> list[Part]:
        amount = self.amounts[rule]
        if amount.shares:
            split = _comes_later(amount)
            return [
                (
                    part.item,
                    part.period,
                    Sums(part.guaranteed, part.potential, part.accrued, part.accrued_at_most, split),
                )
                for part in amount.shares
            ]
        return [
            (line.item, line.period, Sums(line.guaranteed, line.potential, line.guaranteed, line.potential))
            for line in amount.lines
            if line.state == "accrued"
        ]

    def leaf(self, rule: str, scope: model.StackScope, key: Key) -> Sums:
        """What one award brings into the group at hand."""
        amount = self.amounts.get(rule)
        if amount is None:
            return NOTHING
        if key is None:
            low, high = (amount.guaranteed, amount.potential) if amount.promised is None else amount.promised
            return Sums(low, high, amount.guaranteed, amount.potential, _comes_later(amount))
        return together([part[2] for part in self._parts(rule) if _key(part, scope) == key])

    def _combine(self, tree: model.Stack, scope: model.StackScope, key: Key) -> Sums:
        match tree:
            case model.Leaf(rule=rule):
                return self.leaf(rule, scope, key)
            case model.Scoped(members=members, scope=inner):
                return together([self._within(member, inner, scope, key) for member in members])
            case _:
                parts = [self._combine(member, scope, key) for member in tree.members]
                return self.joined(tree, parts)

    def _within(self, tree: model.Stack, inner: model.StackScope, scope: model.StackScope, key: Key) -> Sums:
        """`tree` combined within the smaller groups that make up the group at hand."""
        if key is None:
            return self._grouped(tree, inner)
        cut = {rule: _only(amount, self._parts(rule), scope, key) for rule, amount in self.amounts.items()}
        work = _Work(cut, self.read, self.choice)
        return work._grouped(tree, inner)

    def joined(self, tree: model.Stack, parts: list[Sums]) -> Sums:
        """What a node leaves of its members' sums."""
        match tree:
            case model.HighestOf():
                return _highest(parts)
            case model.ChooseOne(members=members):
                return self._chosen(members, parts)
            case model.FirstOf():
                return _first(parts)
            case model.Silent():
                one, all_ = _highest(parts), together(parts)
                return Sums(one.low, all_.high, one.now_low, all_.now_high, all_.split)
            case model.SumCap(cap=cap):
                return limited(together(parts), *self._fen(cap))
            case model.Net(minus=minus):
                return less(together(parts), *self._fen(minus))
            case model.Pool(factor=factor):
                share = self.read(ir.FactRef(type=RATIO, fact=factor))
                return scaled(together(parts), *ends(share))
            case model.Leaf() | model.Scoped():
                raise AssertionError(f"{type(tree).__name__} joins nothing")
            case _:
                assert_never(tree)

    def _fen(self, node: ir.Expr) -> tuple[Bound, Bound]:
        """The ends of a cap or deduction, to the fen: nothing finer is paid."""
        low, high = (None if end is None else fen.half_up(end) for end in ends(self.read(node)))
        return low, high

    def _chosen(self, members: Sequence[model.Stack], parts: list[Sums]) -> Sums:
        for member, part in zip(members, parts, strict=True):
            if self.choice in leaves(member):
                return part
        best = _highest(parts)
        top = greatest([part.high for part in parts])
        self.best = tuple(
            rule
            for member, part in zip(members, parts, strict=True)
            if part.high == top and part.high != 0
            for rule in leaves(member)
            if rule in self.amounts
        )
        return best


class _Alone(_Work):
    """The tree over single sums of its awards."""

    __slots__ = ("given",)

    def __init__(self, work: _Work, given: Mapping[str, Sums]) -> None:
        super().__init__(work.amounts, work.read, work.choice)
        self.given = given

    def combine(self, tree: model.Stack) -> Sums:
        """The tree, of whose awards only those given bring anything."""
        if isinstance(tree, model.Leaf):
            return self.given.get(tree.rule, NOTHING)
        parts = [self.combine(member) for member in tree.members]
        if isinstance(tree, model.Scoped):
            return together(parts)
        found = self.joined(tree, parts)
        if isinstance(tree, model.Net):  # what is set off may be used up by another part of the group
            most = together(parts)
            return Sums(found.low, most.high, found.now_low, most.now_high, most.split)
        return found


def _key(part: Part, scope: model.StackScope) -> Key:
    """The group of a part: its item (empty: the whole profile), or its year."""
    return part[0] if scope == "item" else part[1]


def _only(amount: Amount, parts: Iterable[Part], scope: model.StackScope, key: Key) -> Amount:
    """The part of an amount that lies in one group, as an amount of its own."""
    inside = [part for part in parts if _key(part, scope) == key]
    shares = tuple(
        Share(item, period, sums.low, sums.high, sums.now_low, sums.now_high) for item, period, sums in inside
    )
    later = tuple(line for line in amount.lines if line.state == "later")
    return replace(amount, guaranteed=0, lines=later, shares=shares)


def _least(left: Bound, right: Bound) -> Bound:
    """The smaller upper end."""
    return right if left is None else left if right is None else min(left, right)


def _comes_later(amount: Amount) -> bool:
    """Whether a part of it may come after the date of the question."""
    return amount.promised is not None and (amount.more or any(line.state == "later" for line in amount.lines))


def _joined_anywhere(total: Sums, alone: Sequence[Sums], tree: model.Stack) -> Sums:
    """The groups that are known, with parts of groups not known: each can be in any, or in one of its own."""
    if total == NOTHING and len(alone) == 1:
        return alone[0]
    high = together([total, *alone])
    low, now = total.low, total.now_low
    if _can_lose(tree):  # one part can take the place of all others
        low = now = 0
    else:
        low, now = max([low, *(part.low for part in alone)]), max([now, *(part.now_low for part in alone)])
    return Sums(low, high.high, now, high.now_high, high.split)


def _can_lose(tree: model.Stack) -> bool:
    """Whether one award more can leave less: where the first to pay anything prevails."""
    if isinstance(tree, model.Leaf):
        return False
    return isinstance(tree, model.FirstOf | model.ChooseOne) or any(_can_lose(member) for member in tree.members)


def _highest(parts: Sequence[Sums]) -> Sums:
    """The member that promises most; of what has accrued, that of each member which may be the one."""
    if not parts:
        return NOTHING
    candidates = [
        one
        for index, one in enumerate(parts)
        if not any(
            one.high is not None and (other.low > one.high or (other.low == one.high and at < index))
            for at, other in enumerate(parts)
            if at != index
        )
    ]
    low = max(part.low for part in parts)
    return Sums(
        low,
        greatest([part.high for part in parts]),
        min(_accrued_of(part, low) for part in candidates),
        greatest([part.now_high for part in candidates]),
        any(part.split for part in parts),
    )


def _accrued_of(part: Sums, promised: Exact) -> Exact:
    """What has surely accrued of a member that promises at least so much."""
    if not part.split:
        return promised
    return part.now_low if part.high is None else max(part.now_low, promised - (part.high - part.now_low))


def _first(parts: Sequence[Sums]) -> Sums:
    """The first member that pays anything, from the last to the first."""
    result = NOTHING
    for part in reversed(parts):
        if part.low > 0:
            result = part
        elif part.high != 0:
            result = Sums(
                0 if part.high is None or part.high > 0 else result.low,
                greatest([part.high, result.high]),
                0,
                greatest([part.now_high, result.now_high]),
                part.split or result.split,
            )
    return result


def totals(findings: Sequence[Finding], stacked: Sequence[Stacked]) -> Totals:
    """The sum of the stacking roots and of the awards in no tree."""
    grouped = {rule for entry in stacked for rule in entry.members}
    guaranteed: Exact = 0
    potential: Bound = 0
    later: tuple[Exact, Bound] = (0, 0)
    claw_back: tuple[Exact, Bound] = (0, 0)
    unstated = unstated_open = 0
    periods: dict[int | None, tuple[Exact, Bound]] = {}
    by_rule = {finding.rule.id: finding for finding in findings if finding.amount is not None}
    for finding in findings:
        if finding.claw_back is not None:
            claw_back = plus(claw_back, (finding.claw_back.guaranteed, finding.claw_back.potential))
    for finding in by_rule.values():
        amount = finding.amount
        assert amount is not None
        if not amount.stated:
            unstated += finding.outcome is Outcome.SATISFIED
            unstated_open += finding.outcome in (Outcome.UNKNOWN, Outcome.INDETERMINATE)
        if finding.rule.id in grouped or not amount.stated:
            continue
        guaranteed, potential = plus((guaranteed, potential), (amount.guaranteed, amount.potential))
        if amount.promised is not None:
            low, high = amount.promised
            later = plus(later, _later(Sums(low, high, amount.guaranteed, amount.potential)))
        for line in amount.lines:
            if line.state == "accrued":
                part = (line.guaranteed, line.potential)
                periods[line.period] = plus(periods.get(line.period, (0, 0)), part)
        if amount.more:
            periods[None] = plus(periods.get(None, (0, 0)), (0, _beyond(amount)))
    for entry in stacked:
        own = (entry.guaranteed, entry.potential)
        guaranteed, potential = plus((guaranteed, potential), own)
        later = plus(later, entry.later)
        amounts = [counted(by_rule[rule]) for rule in entry.members]
        years = {line.period for amount in amounts for line in _accrued(amount) if line.potential != 0}
        key = next(iter(years)) if len(years) == 1 and not any(amount.more for amount in amounts) else None
        if own != (0, 0):
            periods[key] = plus(periods.get(key, (0, 0)), own)
    shown = {year: part for year, part in periods.items() if part != (0, 0)}
    return Totals(guaranteed, potential, unstated, unstated_open, shown, later, claw_back)


def _beyond(amount: Amount) -> Bound:
    """What entries not given may add to the lines, at most."""
    high: Bound = 0
    for line in _accrued(amount):
        high = add(high, line.potential)
    return None if amount.potential is None or high is None else max(amount.potential - high, 0)


def _accrued(amount: Amount) -> Iterable[Line]:
    return (line for line in amount.lines if line.state == "accrued")


__all__ = ["Read", "counted", "leaves", "stack", "totals"]
