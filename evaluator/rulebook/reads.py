"""What an expression or a rule reads: the facts, fields and metrics behind its conditions, figures and amounts.

In: typed expressions and rules. Out: nodes in the order in which they are written. One table of children serves every
walk that is not an evaluation (questions to ask, outcomes that can happen, facts that a list of rules prints).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias, assert_never

from evaluator.rulebook import ir, model
from evaluator.rulebook.vocabulary import Fact, Field, Metric

Leaf: TypeAlias = "ir.FactRef | ir.FieldRef | ir.MetricRef | ir.Cumulative | ir.Items"


def children(node: ir.Expr) -> tuple[ir.Expr, ...]:
    """The expressions directly under `node`."""
    match node:
        case ir.Constant() | ir.FactRef() | ir.FieldRef() | ir.MetricRef() | ir.Cumulative() | ir.AsOf():
            return ()
        case ir.KindIn() | ir.PlaceWithin() | ir.AwardAmount() | ir.Position():
            return ()
        case ir.AllOf() | ir.AnyOf() | ir.AtLeast() | ir.Extreme():
            return node.operands
        case ir.Not() | ir.Rank() | ir.Negate() | ir.Rounded() | ir.MonthsLater() | ir.DaysLater() | ir.YearOf():
            return (node.operand,)
        case ir.Compare() | ir.Equal() | ir.Arithmetic():
            return (node.left, node.right)
        case ir.GrowthTest():
            return (node.value, node.base, node.rate)
        case ir.If():
            return (node.condition, node.then, node.otherwise)
        case ir.Count():
            return _filter(node.items)
        case ir.Total() | ir.ExtremeOf():
            return (*_filter(node.items), node.value)
        case ir.Exists() | ir.ForAll():
            return (*_filter(node.items), node.that)
        case ir.EachMember():
            return (node.that,)
        case ir.MemberShare():
            return (node.where,)
        case _:
            assert_never(node)


def _filter(items: ir.Items) -> tuple[ir.Expr, ...]:
    return () if items.where is None else (items.where,)


def walk(node: ir.Expr) -> Iterator[ir.Expr]:
    """`node` and every expression under it."""
    yield node
    for child in children(node):
        yield from walk(child)


def leaves(node: ir.Expr) -> Iterator[Leaf]:
    """Where facts of a profile are read: single ones, fields of items, lists and figures by year."""
    for found in walk(node):
        match found:
            case ir.FactRef() | ir.FieldRef() | ir.MetricRef() | ir.Cumulative():
                yield found
            case ir.Count() | ir.Total() | ir.ExtremeOf() | ir.Exists() | ir.ForAll():
                yield found.items
            case _:
                pass


def amount_parts(amount: model.Amount) -> tuple[ir.Expr, ...]:
    """The expressions of an amount, in the order written."""
    match amount:
        case model.Fixed(value=value):
            return (value,)
        case model.Table(rows=rows):
            return tuple(part for row in rows for part in (row.condition, *amount_parts(row.value)))
        case model.Bounded(low=low, high=high, decided=decided):
            return _given(low, high, decided)
        case model.Brackets(base=base, cap=cap):
            return _given(base, cap)
        case model.Steps(base=base, every=every, amount=amount_, over=over, cap=cap):
            return _given(base, every, amount_, over, cap)
        case model.Sum(parts=parts):
            return tuple(expression for part in parts for expression in amount_parts(part))
        case model.Limited(amount=inner, floor=floor, cap=cap):
            return (*amount_parts(inner), *_given(floor, cap))
        case model.Unstated():
            return ()
        case _:
            assert_never(amount)


def payment_parts(award: model.Award) -> tuple[ir.Expr, ...]:
    """The expressions that select entries and say when and by whom is paid."""
    found: list[ir.Expr] = []
    chosen = award.selection
    if chosen is not None:
        order = None if isinstance(chosen.order, str) else chosen.order
        found += _given(chosen.group, order, chosen.limit)
    for part in award.instalments:
        found += _given(part.on, part.when)
    return (*found, *(part.share for part in (*award.payers, *award.recipients)))


def _given(*parts: ir.Expr | None) -> tuple[ir.Expr, ...]:
    return tuple(part for part in parts if part is not None)


def expressions(rule: model.AnyRule) -> Iterator[ir.Expr]:
    """Every expression of a rule: its gates, then what it tests, then what it pays."""
    yield from rule.gates
    match rule:
        case model.Award():
            yield from _given(rule.counts, rule.when)
            if rule.amount is not None:
                yield from amount_parts(rule.amount)
            yield from payment_parts(rule)
        case model.Target():
            for entry in rule.entries:
                yield from _given(entry.measured, entry.test, entry.fails_unless, entry.holds_if, entry.required)
        case model.Obligation():
            yield rule.requires
            yield from _given(*(duty.due_on for duty in rule.duties))
            if rule.claw_back is not None:
                yield from amount_parts(rule.claw_back)
        case _:
            assert_never(rule)


def stacking_expressions(stacking: model.Stacking) -> Iterator[ir.Expr]:
    """Every expression of a tree, and of the shares into which it is split."""
    yield from tree_expressions(stacking.tree)
    for part in (*stacking.payers, *stacking.recipients):
        yield part.share


def tree_expressions(tree: model.Stack) -> Iterator[ir.Expr]:
    """Every expression of a stacking tree: caps, what is set off, and what puts the claims on a budget in order."""
    match tree:
        case model.Leaf():
            return
        case model.SumCap(cap=read) | model.Net(minus=read):
            yield read
        case model.Pool(order=order):
            yield from _given(order)
        case model.HighestOf() | model.ChooseOne() | model.FirstOf() | model.Silent() | model.Scoped():
            pass
        case _:
            assert_never(tree)
    for member in tree.members:
        yield from tree_expressions(member)


def sources(rule: model.AnyRule) -> tuple[Field, ...]:
    """The facts, fields of items and metrics that a rule reads, each once, in the order read."""
    lists = (rule.each,) if isinstance(rule, model.Award) and rule.each is not None else ()
    return tuple(dict.fromkeys((*lists, *sources_of(expressions(rule)))))


def sources_of(parts: Iterable[ir.Expr]) -> tuple[Field, ...]:
    """The facts, fields of items and metrics that expressions read, each once, in the order read."""
    found: dict[tuple[str, str], Field] = {}

    def keep(field: Field) -> None:
        sort = "fact" if isinstance(field, Fact) else "metric" if isinstance(field, Metric) else "field"
        found.setdefault((sort, field.id), field)

    for expression in parts:
        for leaf in leaves(expression):
            match leaf:
                case ir.FactRef() | ir.Items():
                    keep(leaf.fact)
                case ir.FieldRef():
                    keep(leaf.field)
                case ir.MetricRef() | ir.Cumulative():
                    keep(leaf.metric)
    return tuple(found.values())
