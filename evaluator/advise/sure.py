"""Whether learning can widen what a tree leaves, whatever its awards are: asked of ranges that narrow, not of facts.

Each award's own range narrows with learning (the property `refinement` of its rule). What a tree makes of ranges that
narrow is a question about numbers alone. It is asked of one step at a time (one entry of one award becomes known more
exactly, appears, falls away; a list turns out to be complete), for all learning is made of such steps. Only where
numbers do not settle it, the facts behind them are asked about (`trees`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count, pairwise
from typing import Final

from evaluator.engines.smt import Answer, Stacked, World, stacked
from evaluator.engines.smt.awards import Amount
from evaluator.engines.smt.payment import Line, Share, Year
from evaluator.engines.smt.sums import ZERO, Range, plus, when
from evaluator.engines.smt.terms import Logic, Sort, Term, at_most, below, both, either, no, same, variable
from evaluator.engines.smt.world import Slot
from evaluator.record import row
from evaluator.rulebook import model

_NO_YEAR: Final = Year(0, False)


def steps(tree: model.Stacking, members: Sequence[model.Award], worlds: tuple[World, World]) -> Iterator[Step]:
    """Every step of learning about the awards of a tree."""
    parts = tree.scope != "entity" or not _as_wholes(tree.tree)
    for rule in members:
        yield Step(tree, members, worlds, rule, None, parts=parts)
        if parts and not isinstance(rule.amount, model.Unstated):  # of all entries alike the last stands for any
            yield Step(tree, members, worlds, rule, len(_slots(rule, tree, worlds[0])) - 1, parts=parts)


def _as_wholes(tree: model.Stack) -> bool:
    """Whether a tree combines its awards as wholes, not item by item or year by year."""
    if isinstance(tree, model.Leaf):
        return True
    return not isinstance(tree, model.Scoped) and all(_as_wholes(member) for member in tree.members)


def _by_year(tree: model.Stack, scope: model.StackScope) -> bool:
    """Whether something in a tree is combined year by year."""
    if isinstance(tree, model.Scoped):
        scope = tree.scope
    below = () if isinstance(tree, model.Leaf) else tree.members
    return scope == "period" or any(_by_year(member, scope) for member in below)


BY_YEAR: Final = 2
"""How many entries of each award are looked at where awards are combined year by year."""


def _slots(rule: model.Award, tree: model.Stacking, world: World) -> Sequence[Slot | None]:
    """The entries of an award that are looked at."""
    if rule.each is None:
        return [None]
    slots = world.listed(rule.each).slots
    return slots[:BY_YEAR] if _by_year(tree.tree, tree.scope) else slots


@row
class _Sides:
    """Something before and after a step."""

    before: Range
    after: Range


class Step:
    """The awards of a tree before and after one step: what is learned is about one of them, about one entry or (None)
    about it as a whole. `constraints` say what their amounts can be.
    """

    def __init__(
        self,
        tree: model.Stacking,
        members: Sequence[model.Award],
        worlds: tuple[World, World],
        about: model.Award,
        entry: int | None,
        *,
        parts: bool,
    ) -> None:
        self.tree, self.worlds, self.about, self.entry, self.parts = tree, worlds, about, entry, parts
        self.constraints: list[Logic] = []
        self.numbers = count()
        self.pairs = [self._pair(rule) for rule in members]

    def left(self) -> tuple[Stacked, Stacked]:
        """What the tree leaves, before and after."""
        found = ({pair[side].rule.id: pair[side] for pair in self.pairs} for side in (0, 1))
        before, after = (stacked((self.tree,), one, world)[0] for one, world in zip(found, self.worlds, strict=True))
        return before, after

    def _new(self, sort: Sort) -> Term:
        return variable(f"range:{next(self.numbers)}", sort)

    def _require(self, *conditions: Logic) -> None:
        self.constraints += conditions

    def _turned(self, *, moves: bool) -> tuple[Logic, Logic]:
        """Something that is so before and, where it moves, perhaps not after."""
        before = self._new("bool")
        return (before, both(before, self._new("bool"))) if moves else (before, before)

    # ------------------------------------------------------------------ one award

    def _pair(self, rule: model.Award) -> tuple[Answer, Answer]:
        """An award before and after the step."""
        whole_moves = rule is self.about and self.entry is None
        due = self._turned(moves=whole_moves)
        if isinstance(rule.amount, model.Unstated):
            amounts = [Amount(0, 0, here, stated=False, due=here) for here in due]
        else:
            amounts = list(self._amounts(rule, due, whole_moves=whole_moves))
        before, after = (
            Answer(rule, "", {"not_satisfied": no(here), "not_applicable": False}, amount)
            for here, amount in zip(due, amounts, strict=True)
        )
        return before, after

    def _amounts(self, rule: model.Award, due: tuple[Logic, Logic], *, whole_moves: bool) -> Iterator[Amount]:
        listed = rule.each is not None
        more = self._turned(moves=whole_moves) if listed else (False, False)
        self._require(*(either(here, no(open_)) for here, open_ in zip(due, more, strict=True)))
        splits = self._turned(moves=rule is self.about) if rule.instalments else (False, False)
        shares: list[tuple[Share, ...]] = [(), ()]
        if self.parts:
            pairs = [
                self._share(rule, slot, due, more[0], splits, moves=rule is self.about and self.entry == index)
                for index, slot in enumerate(_slots(rule, self.tree, self.worlds[0]))
            ]
            shares = [tuple(pair[side] for pair in pairs) for side in (0, 1)]
            if self.tree.scope == "period" and not _by_item(self.tree.tree):
                still = [pair[0] for index, pair in enumerate(pairs) if rule is not self.about or self.entry != index]
                self._require(*_in_row(still))
        whole, now = self._ranges(rule, due, more, splits, shares)
        for side in (0, 1):
            here, range_ = due[side], (now.before, now.after)[side]
            line = Line(None, both(here, splits[side]), _NO_YEAR, ZERO, later=True)
            promised = (whole.before, whole.after)[side] if rule.instalments else None
            ends = range_.low, range_.high, range_.no_high
            yield Amount(*ends, True, more[side], due=here, shares=shares[side], lines=(line,), promised=promised)

    def _ranges(
        self,
        rule: model.Award,
        due: tuple[Logic, Logic],
        more: tuple[Logic, Logic],
        splits: tuple[Logic, Logic],
        shares: Sequence[tuple[Share, ...]],
    ) -> tuple[_Sides, _Sides]:
        """What the award comes to: the sum of its parts, or what a limit leaves of them; else any range."""
        limit = rule.selection is not None and rule.selection.limit is not None
        if self.parts and not limit:
            sums = [
                [
                    _total(((share.there, of(share)) for share in side), open_)
                    for side, open_ in zip(shares, more, strict=True)
                ]
                for of in (_promised, _accrued)
            ]
            return _Sides(*sums[0]), _Sides(*sums[1])
        moves = rule is self.about
        whole, now = self._narrowing(due, splits, moves=moves, instalments=bool(rule.instalments))
        if self.parts:
            for of, sides in ((_promised, whole), (_accrued, now)):
                for side, range_ in enumerate((sides.before, sides.after)):
                    total = _total(((share.there, of(share)) for share in shares[side]), False)
                    self._require(at_most(total.low, range_.low))
                    upper = both(no(range_.no_high), at_most(range_.high, total.high))
                    self._require(either(more[side], total.no_high, upper))
        return whole, now

    def _share(
        self,
        rule: model.Award,
        slot: Slot | None,
        due: tuple[Logic, Logic],
        more: Logic,
        splits: tuple[Logic, Logic],
        *,
        moves: bool,
    ) -> tuple[Share, Share]:
        """A part of the award before and after: it can appear in a list that may hold more, and fall away."""
        here = self._new("bool")
        there = (here, self._new("bool") if moves else here)
        self._require(*(either(no(one), own) for one, own in zip(there, due, strict=True)))
        whole, now = self._narrowing(there, splits, moves=moves, instalments=bool(rule.instalments), only=both(*there))
        number, known = self._new("int"), self._new("bool")
        year = (Year(number, known), Year(number, self._new("bool") if moves else known))
        if moves:
            self._require(either(no(there[1]), there[0], more))
            self._require(either(no(there[0]), there[1], same(whole.before.low, 0)))
            self._require(either(no(known), year[1].known))
        return (
            Share(slot, there[0], year[0], whole.before, now.before),
            Share(slot, there[1], year[1], whole.after, now.after),
        )

    # ------------------------------------------------------------------ ranges

    def _narrowing(
        self, there: tuple[Logic, Logic], splits: tuple[Logic, Logic], *, moves: bool, instalments: bool,
        only: Logic = True,
    ) -> tuple[_Sides, _Sides]:  # fmt: skip
        """What is promised and what of it has accrued, each no wider after than before (`only` where that is asked)."""
        whole, now = self._both(there[0], splits[0], instalments=instalments)
        if not moves:
            return _Sides(whole, whole), _Sides(now, now)
        then, by_then = self._both(there[1], splits[1], instalments=instalments)
        for before, after in ((whole, then), (now, by_then)):
            self._require(*(either(no(only), narrow) for narrow in _inside(before, after)))
        return _Sides(whole, then), _Sides(now, by_then)

    def _both(self, there: Logic, splits: Logic, *, instalments: bool) -> tuple[Range, Range]:
        """What is promised, and what of it has accrued."""
        whole = self._range(there)
        if not instalments:
            return whole, whole
        now = self._range(there)
        self._require(at_most(now.low, whole.low))
        self._require(either(whole.no_high, both(no(now.no_high), at_most(now.high, whole.high))))
        equal = either(both(now.no_high, whole.no_high), both(no(whole.no_high), same(now.high, whole.high)))
        self._require(either(splits, both(same(now.low, whole.low), equal)))
        return whole, now

    def _range(self, there: Logic) -> Range:
        low, high, no_high = self._new("real"), self._new("real"), both(there, self._new("bool"))
        self._require(at_most(0, low), either(no_high, at_most(low, high)))
        self._require(either(there, both(same(low, 0), same(high, 0))))
        return Range(low, high, no_high)


def _by_item(tree: model.Stack) -> bool:
    if isinstance(tree, model.Leaf):
        return False
    return isinstance(tree, model.Scoped) or any(_by_item(member) for member in tree.members)


def _in_row(shares: Sequence[Share]) -> Iterator[Logic]:
    """One of all the ways of naming the entries of an award by which no year is told apart."""
    for one, other in pairwise(shares):
        yield either(one.there, no(other.there))
        yield either(no(other.there), one.year.known, no(other.year.known))
        yield either(no(other.there), no(other.year.known), below(one.year.number, other.year.number))


def _promised(share: Share) -> Range:
    return share.promised


def _accrued(share: Share) -> Range:
    return share.accrued


def _total(parts: Iterator[tuple[Logic, Range]], more: Logic) -> Range:
    total = ZERO
    for there, part in parts:
        total = plus(total, when(there, part))
    return Range(total.low, total.high, either(total.no_high, more))


def _inside(before: Range, after: Range) -> Iterator[Logic]:
    yield at_most(before.low, after.low)
    yield either(before.no_high, both(no(after.no_high), at_most(after.high, before.high)))
