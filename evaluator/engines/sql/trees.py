"""What a stacking tree leaves of its awards, in whole fen; arm for arm `evaluator.engines.stacking`.

A tree is combined in the row of the profile, or in rows of its own: those of a list's entries, of the years in which
something is paid, of the entries within a year. What such rows come to is added up in the row above.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias, assert_never

from evaluator.engines.sql.awards import Found, Piece
from evaluator.engines.sql.derived import number_of
from evaluator.engines.sql.ends import int_of
from evaluator.engines.sql.groups import Column, GroupScope, Payments, Source
from evaluator.engines.sql.lists import Tally
from evaluator.engines.sql.lower import number
from evaluator.engines.sql.nodes import Scope, Sql
from evaluator.engines.sql.scope import Env
from evaluator.engines.sql.sums import Adding, Sums
from evaluator.rulebook import ir, model
from evaluator.rulebook.stacking import leaves
from evaluator.rulebook.vocabulary import RATIO, Fact

Leaf: TypeAlias = Callable[[str], Sums]
"""What an award, by its id, brings into the row at hand."""
_ENDS = ("low", "high", "now-low", "now-high")


class Tree:
    """One tree over its awards, in the rows of the profiles. `choice` is the award that the applicant chose."""

    def __init__(self, awards: Mapping[str, Found], env: Env, choice: str | None) -> None:
        self.awards, self.env, self.choice = awards, env, choice
        self.b, self.adding = env.builder, Adding(env.builder)

    def whole(self, tree: model.Stack, scope: model.StackScope) -> Sums:
        """What the tree leaves, combined in each item, each year, or once."""
        match scope:
            case "entity":
                return self._combine(tree, self._whole, self.env, self._within)
            case "item" | "period":
                return self._within(tree, scope)
            case _:
                assert_never(scope)

    def _within(self, tree: model.Stack, scope: model.StackScope) -> Sums:
        return self._by_item(tree) if scope == "item" else self._by_year(tree)

    def _of(self, tree: model.Stack) -> list[Found]:
        return [self.awards[rule] for rule in leaves(tree) if rule in self.awards]

    # ------------------------------------------------------------------ what an award brings

    def _whole(self, rule: str) -> Sums:
        """All of it."""
        found = self.awards.get(rule)
        if found is None:
            return self.adding.nothing
        b, asked = self.b, found.asked
        assert found.paid is not None
        assert found.more is not None
        if not found.stated:  # it may be anything, unless it is surely not due
            return self.adding.whole(b.zero, b.case([(b.and_(asked, found.more), b.null("int"))], b.zero))
        whole = found.paid if found.promised is None else found.promised
        assert found.later is not None
        sums = Sums(whole.low, whole.high, found.paid.low, found.paid.high, found.later)
        return self.adding.when(asked, sums, self.adding.nothing)

    def _piece(self, found: Found, piece: Piece) -> Sums:
        """The payment in the row at hand."""
        inner = self._row(piece)
        return self.adding.when(inner.lifted(found.asked), piece.sums, self.adding.nothing)

    def _row(self, piece: Piece) -> Env:
        return self.env if piece.scope is None else self.env.at(piece.scope, (piece.scope,))

    def _there(self, found: Found, piece: Piece) -> Sql:
        return self.b.and_(self._row(piece).lifted(found.asked), piece.there)

    # ------------------------------------------------------------------ in one row

    def _combine(
        self, tree: model.Stack, leaf: Leaf, row: Env, within: Callable[[model.Stack, model.StackScope], Sums]
    ) -> Sums:
        """What the tree leaves in a row of `row`; `within` combines what stands in a smaller scope."""
        match tree:
            case model.Leaf(rule=rule):
                return leaf(rule)
            case model.Scoped(members=members, scope=scope):
                return self.adding.together([within(member, scope) for member in members])
            case _:
                return self._joined(tree, [self._combine(member, leaf, row, within) for member in tree.members], row)

    def _joined(self, tree: model.Stack, parts: list[Sums], row: Env) -> Sums:
        """What a node leaves of its members' sums."""
        adding = self.adding
        match tree:
            case model.HighestOf():
                return adding.highest(parts)
            case model.ChooseOne(members=members):
                chosen = [part for member, part in zip(members, parts, strict=True) if self.choice in leaves(member)]
                return chosen[0] if chosen else adding.highest(parts)
            case model.FirstOf():
                return adding.first(parts)
            case model.Silent():
                one, all_ = adding.highest(parts), adding.together(parts)
                return Sums(one.low, all_.high, one.now_low, all_.now_high, all_.split)
            case model.SumCap(cap=cap):
                return adding.limited(adding.together(parts), *self._fen(cap, row))
            case model.Net(minus=minus):
                return adding.less(adding.together(parts), *self._fen(minus, row))
            case model.Pool(factor=factor):
                return adding.scaled(adding.together(parts), *self._share(factor, row))
            case model.Leaf() | model.Scoped():
                raise AssertionError(f"{type(tree).__name__} joins nothing")
            case _:
                assert_never(tree)

    def _fen(self, node: ir.Expr, row: Env) -> tuple[Sql, Sql]:
        """The ends of a sum of money that a tree reads, in whole fen; NULL where there is none."""
        found = number(node, self.env)
        low, high = (row.lifted(self.env.numbers.fen(end)) for end in (found.low, found.high))
        return low, high

    def _share(self, factor: Fact, row: Env) -> tuple[Sql, Sql, Sql]:
        """Between how many parts of how many a share lies, from none to all."""
        b = self.b
        share = number(ir.FactRef(type=RATIO, fact=factor), self.env)
        one = b.integer(int_of(share.low.den))
        least = b.least(b.greatest(b.coalesce(share.low.num, b.zero), b.zero), one)
        most = b.least(b.greatest(share.high.num, b.zero), one)
        most = b.case([(b.is_null(share.high.num), one)], most)
        return row.lifted(least), row.lifted(most), one

    # ------------------------------------------------------------------ by item

    def _by_item(self, tree: model.Stack) -> Sums:
        """Combined within each entry; the awards without entries together."""
        scopes: dict[Scope | None, None] = {}
        for found in self._of(tree):
            if found.piece is not None:
                scopes.setdefault(found.piece.scope)
        totals: list[Sums] = []
        for scope in scopes:

            def leaf(rule: str, scope: Scope | None = scope) -> Sums:
                found = self.awards.get(rule)
                piece = None if found is None else found.piece
                if found is None or piece is None or piece.scope is not scope:
                    return self.adding.nothing
                return self._piece(found, piece)

            row = self.env if scope is None else self.env.at(scope, (scope,))
            sums = self._combine(tree, leaf, row, _refused)
            totals.append(sums if scope is None else self._sum_over(sums, Tally(self.env, scope)))
        return self._finished(self.adding.together(totals), tree, "item", self.env, self.b.false)

    def _sum_over(self, sums: Sums, tally: Tally) -> Sums:
        """The sum over rows, in the row above."""
        b = self.b

        def high(value: Sql) -> Sql:
            return b.case([(tally.any(b.is_null(value)), b.null("int"))], tally.sum(value))

        low, most = tally.sum(sums.low), high(sums.high)
        if sums.split is b.false:
            return self.adding.whole(low, most)
        return Sums(low, most, tally.sum(sums.now_low), high(sums.now_high), tally.any(sums.split))

    # ------------------------------------------------------------------ by year

    def _by_year(self, tree: model.Stack) -> Sums:
        """Combined within each year; what belongs to no known one can be in any."""
        awards = [(found, found.piece) for found in self._of(tree) if found.piece is not None]
        if not awards:
            return self._finished(self.adding.nothing, tree, "period", self.env, self.b.false)
        payments = Payments(self.env.root, [self._source(found, piece) for found, piece in awards], self.b)
        years = self._groups(payments, self.env.root)
        row = self.env.at(years, ())

        def in_items(member: model.Stack, scope: model.StackScope) -> Sums:
            assert scope == "item"
            return self._by_item_of_year(member, payments, years)

        sums = self._combine(tree, self._grouped(years), row, in_items)
        total = self._sum_over(sums, Tally(self.env, years))
        alone = [self._alone(tree, found, piece) for found, piece in awards]
        total, loose = self._anywhere(total, alone, tree)
        return self._finished(total, tree, "period", self.env, loose)

    def _by_item_of_year(self, tree: model.Stack, payments: Payments, years: GroupScope) -> Sums:
        """Combined within each entry for which something is paid in the year at hand."""
        items = self._groups(payments, years)
        row = self.env.at(years, ())
        sums = self._combine(tree, self._grouped(items), self.env.at(items, ()), _refused)
        return self._finished(self._sum_over(sums, Tally(row, items)), tree, "item", row, self.b.false)

    def _groups(self, payments: Payments, parent: Scope) -> GroupScope:
        key = ("group", payments, parent)
        found = self.env.made.get(key)
        if found is None:
            found = self.env.made[key] = GroupScope(f"g{len(self.env.made)}", parent, payments)
        assert isinstance(found, GroupScope)
        return found

    def _source(self, found: Found, piece: Piece) -> Source:
        """An award's payments in the table of all."""
        b = self.b
        sums, id = self._piece(found, piece), found.rule.id
        ends = (sums.low, sums.high, sums.now_low, sums.now_high)
        columns: list[Column] = []
        for name, end in list(zip(_ENDS, ends, strict=True))[: 2 if sums.split is b.false else 4]:
            columns.append(Column(name=f"{id}:{name}", how="sum", value=b.coalesce(end, b.zero)))
            if name.endswith("high"):
                columns.append(Column(name=f"{id}:{name}:open", how="some", value=b.is_null(end)))
        if sums.split is not b.false:
            columns.append(Column(name=f"{id}:split", how="some", value=sums.split))
        scope = self.env.root if piece.scope is None else piece.scope
        return Source(
            scope=scope,
            there=self._there(found, piece),
            year=piece.year,
            matter=b.text(scope.fact),
            item=b.zero if piece.scope is None else number_of(scope, b),
            columns=tuple(columns),
        )

    def _grouped(self, group: GroupScope) -> Leaf:
        """What awards bring into a row of payments that belong together."""
        b = self.b

        def leaf(rule: str) -> Sums:
            found = self.awards.get(rule)
            if found is None or found.piece is None:
                return self.adding.nothing

            def high(name: str) -> Sql:
                open_ = group.value(f"{rule}:{name}:open")
                return b.case([(open_, b.null("int"))], group.value(f"{rule}:{name}"))

            low, most = group.value(f"{rule}:low"), high("high")
            if f"{rule}:split" not in group.payments.columns:
                return self.adding.whole(low, most)
            return Sums(low, most, group.value(f"{rule}:now-low"), high("now-high"), group.value(f"{rule}:split"))

        return leaf

    def _alone(self, tree: model.Stack, found: Found, piece: Piece) -> tuple[Sql, Sums, Sql, Sql]:
        """Payments of which the year is not known, each as the only one of its group.

        (How many; the sum of what the tree leaves of them; the largest lower end, the largest that has accrued.)
        """
        b, row = self.b, self._row(piece)
        loose = b.and_(self._there(found, piece), b.is_null(piece.year))
        own = self._piece(found, piece)
        sums = self._only(tree, found.rule.id, own, row)
        sums = self.adding.when(loose, sums, self.adding.nothing)
        one = b.case([(loose, b.integer(1))], b.zero)
        if piece.scope is None:
            return one, sums, sums.low, sums.now_low
        tally = Tally(self.env, piece.scope)
        best = [b.coalesce(tally.best("max", end), b.zero) for end in (sums.low, sums.now_low)]
        return tally.count(loose), self._sum_over(sums, tally), best[0], best[1]

    def _only(self, tree: model.Stack, rule: str, sums: Sums, row: Env) -> Sums:
        """The tree, of whose awards only one brings anything."""
        if isinstance(tree, model.Leaf):
            return sums if tree.rule == rule else self.adding.nothing
        parts = [self._only(member, rule, sums, row) for member in tree.members]
        if isinstance(tree, model.Scoped):
            return self.adding.together(parts)
        found = self._joined(tree, parts, row)
        if isinstance(tree, model.Net):  # what is set off may be used up by another part of the group
            most = self.adding.together(parts)
            return Sums(found.low, most.high, found.now_low, most.now_high, most.split)
        return found

    def _anywhere(
        self, total: Sums, alone: Sequence[tuple[Sql, Sums, Sql, Sql]], tree: model.Stack
    ) -> tuple[Sums, Sql]:
        """The years that are known, with payments of years not known: each can be in any, or in one of its own.

        Also whether there is such a payment.
        """
        b, adding = self.b, self.adding
        count = adding.total([number for number, _, _, _ in alone])
        loose = b.compare(">", count, b.zero)
        added = adding.together([sums for _, sums, _, _ in alone])
        all_ = adding.together([total, added])
        low, now = b.zero, b.zero
        if not _can_lose(tree):  # else one part can take the place of all others
            low = b.greatest(total.low, *(least for _, _, least, _ in alone))
            now = b.greatest(total.now_low, *(least for _, _, _, least in alone))
        joined = Sums(low, all_.high, low if all_.split is b.false else now, all_.now_high, all_.split)
        nothing = b.and_(*(b.holds(b.compare("=", end, b.zero)) for end in _ends(total)), b.not_(total.split))
        single = b.and_(nothing, b.compare("=", count, b.integer(1)))
        return adding.when(loose, adding.when(single, added, joined), total), loose

    # ------------------------------------------------------------------ together

    def _finished(self, total: Sums, tree: model.Stack, scope: model.StackScope, row: Env, loose: Sql) -> Sums:
        """What groups come to together, with what is not listed, in a row of `row`."""
        b, awards = self.b, self._of(tree)
        further = [(found, b.and_(found.asked, found.more)) for found in awards if found.more is not None]
        more = row.lifted(b.or_(*(flag for _, flag in further)))
        # whatever the groups are, the awards together pay no more than each alone, but one may take another's place
        most = self.adding.together([self._whole(found.rule.id) for found in awards])
        most = Sums(
            row.lifted(most.low),
            row.lifted(most.high),
            row.lifted(most.now_low),
            row.lifted(most.now_high),
            row.lifted(most.split),
        )
        others = more
        if scope == "item":
            others = row.lifted(b.or_(*(flag for found, flag in further if not found.stated)))
        low, now = total.low, total.now_low
        if _can_lose(tree):
            low, now = b.case([(others, b.zero)], low), b.case([(others, b.zero)], now)
        split = b.or_(total.split, most.split)
        limited = any(isinstance(found.rule, model.Award) and found.rule.selection is not None for found in awards)
        least = self.adding.least if limited or split is not b.false else _left  # a sum of all is no less without
        high = b.case([(more, most.high)], least(total.high, most.high))
        if split is b.false:
            return self.adding.whole(low, high)
        open_ = b.and_(b.or_(loose, more), split)
        now_high = b.case([(b.or_(more, open_), most.now_high)], least(total.now_high, most.now_high))
        return Sums(low, high, b.case([(open_, b.zero)], now), now_high, split)


def _left(left: Sql, right: Sql) -> Sql:
    return left


def _ends(sums: Sums) -> tuple[Sql, Sql, Sql, Sql]:
    return sums.low, sums.high, sums.now_low, sums.now_high


def _refused(tree: model.Stack, scope: model.StackScope) -> Sums:
    raise AssertionError("nothing is combined within an item")


def _can_lose(tree: model.Stack) -> bool:
    """Whether one award more can leave less: where the first to pay anything prevails."""
    if isinstance(tree, model.Leaf):
        return False
    return isinstance(tree, model.FirstOf | model.ChooseOne) or any(_can_lose(member) for member in tree.members)
