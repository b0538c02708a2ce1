"""The general path: each node compiled to a function of an `Env`, once, whatever is known or unknown of a profile.

One exhaustive match. What may be partly known goes through `intervals`, `truth` and `operations`, so that its meaning
is written once for all engines.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction
from typing import Final, TypeAlias, assert_never, cast

from evaluator.engines.compiled import lists, members
from evaluator.engines.compiled.env import Env, Read
from evaluator.engines.intervals import (
    Number,
    add,
    between,
    compare,
    divide,
    equal,
    extreme,
    multiply,
    negate,
    rounded,
    subtract,
)
from evaluator.engines.operations import grown, growth_years, joined, same, shifted, unknown_value, year_of
from evaluator.engines.trace import Result
from evaluator.engines.truth import FALSE, INDETERMINATE, TRUE, UNKNOWN, Truth, all_of, at_least, negation
from evaluator.rulebook import ir
from evaluator.rulebook.values import Interval
from evaluator.rulebook.vocabulary import ChoiceType, Exact, Fact, Vocabulary

Numeric: TypeAlias = Callable[[Number, Number], Number]

_ARITHMETIC: Final[dict[ir.ArithmeticOp, Numeric]] = {"+": add, "-": subtract, "*": multiply, "/": divide}
_ORDER: Final[dict[ir.CompareOp, Callable[[int, int], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class General:
    """Compiles nodes for one date of the question; a node that stands in several rules is compiled once."""

    def __init__(self, vocabulary: Vocabulary, as_of: date) -> None:
        self.vocabulary, self.as_of = vocabulary, as_of.toordinal()
        self._known: dict[int, tuple[ir.Expr, Read]] = {}  # by identity, and the nodes are kept alive for it

    def read(self, node: ir.Expr) -> Read:
        """The value of a node."""
        if isinstance(node, ir.FactRef):
            return _fact(node.fact)  # those of pools are made anew for each profile
        known = self._known.get(id(node))
        if known is None:
            known = self._known[id(node)] = (node, self._compiled(node))
        return known[1]

    def truth(self, node: ir.Expr) -> Callable[[Env], Truth]:
        """The value of a condition, which is a truth value whatever is unknown."""
        return cast("Callable[[Env], Truth]", self.read(node))

    def truths(self, nodes: Sequence[ir.Expr]) -> tuple[Callable[[Env], Truth], ...]:
        """The values of several conditions."""
        return tuple(self.truth(node) for node in nodes)

    def number(self, node: ir.Expr) -> Callable[[Env], Number]:
        """The value of a number or a date."""
        return cast("Callable[[Env], Number]", self.read(node))

    def _compiled(self, node: ir.Expr) -> Read:
        match node:
            case ir.Constant(value=value):
                fixed: Result = _truth_of(value) if isinstance(value, bool) else value
                return lambda env: fixed
            case ir.AsOf():
                as_of = self.as_of
                return lambda env: as_of
            case ir.FactRef(fact=fact):
                return _fact(fact)
            case ir.FieldRef():
                return _field(node)
            case ir.MetricRef():
                return _metric(node)
            case ir.Cumulative():
                return _cumulative(node)
            case ir.AllOf(operands=operands):
                return every(self.truths(operands))
            case ir.AnyOf(operands=operands):
                return _any(self.truths(operands))
            case ir.Not(operand=operand):
                holds = self.truth(operand)
                return lambda env: negation(holds(env))
            case ir.AtLeast(n=n, operands=operands):
                several = self.truths(operands)
                return lambda env: at_least(n, [each(env) for each in several])
            case ir.Compare(op=op, left=left, right=right):
                return _compare(op, self.number(left), self.number(right))
            case ir.Equal(left=left, right=right):
                one, other = self.read(left), self.read(right)
                return lambda env: same(one(env), other(env))
            case ir.Rank(operand=operand):
                return _rank(self.read(operand), operand)
            case ir.GrowthTest():
                return _growth(node, self.number(node.value), self.number(node.base), self.number(node.rate))
            case ir.Arithmetic(op=op, left=left, right=right):
                made, a, b = _ARITHMETIC[op], self.number(left), self.number(right)
                return lambda env: made(a(env), b(env))
            case ir.Negate(operand=operand):
                number = self.number(operand)
                return lambda env: negate(number(env))
            case ir.Rounded(how=how, operand=operand):
                inner = self.number(operand)
                return lambda env: rounded(how, inner(env))
            case ir.Extreme(how=least, operands=operands):
                numbers = tuple(self.number(each) for each in operands)
                return lambda env: extreme(least, [each(env) for each in numbers])
            case ir.If():
                return _if(self.truth(node.condition), self.read(node.then), self.read(node.otherwise))
            case ir.MonthsLater() | ir.DaysLater():
                day, moved = self.read(node.operand), node
                return lambda env: shifted(moved, day(env))
            case ir.YearOf(operand=operand):
                of = self.read(operand)
                return lambda env: year_of(of(env))
            case ir.Count(items=items):
                return lists.count(self._items(items))
            case ir.Total(items=items, value=value):
                return lists.total(self._items(items), self.number(value))
            case ir.ExtremeOf(how=how, items=items, value=value):
                return lists.extreme_of(how, self._items(items), self.number(value))
            case ir.Exists(items=items, that=that):
                return lists.exists(self._items(items), self.truth(that))
            case ir.ForAll(items=items, that=that):
                return lists.for_all(self._items(items), self.truth(that))
            case ir.AwardAmount(rule=rule, same_item=same_item):
                if same_item:
                    return lambda env: env.awards.amount(rule, env.items[0].path, env)
                return lambda env: env.awards.amount(rule, None, env)
            case ir.Position():
                return lambda env: env.position
            case ir.KindIn(kinds=kinds):
                return lambda env: TRUE if env.profile.kind in kinds else FALSE
            case ir.PlaceWithin(place=place):
                return self._within(place)
            case ir.EachMember(kind=kind, that=that):
                tested = members.tests(kind, self.truth(that), self.vocabulary, self.as_of)
                return lambda env: _every(*tested(env))
            case ir.MemberShare(kind=kind, where=where):
                return members.share(members.tests(kind, self.truth(where), self.vocabulary, self.as_of))
            case _:
                assert_never(node)

    def _items(self, items: ir.Items) -> lists.Items:
        return lists.Items(items.fact.id, items.depth, None if items.where is None else self.truth(items.where))

    def _within(self, wanted: str) -> Read:
        kinds = self.vocabulary.kinds

        def within(env: Env) -> Result:
            place = env.profile.place
            if place == wanted or place.startswith(f"{wanted}/"):
                return TRUE
            above = not place or wanted.startswith(f"{place}/")
            return UNKNOWN if above and kinds[env.profile.kind].group != "region" else FALSE

        return within


def _truth_of(value: bool) -> Truth:
    return TRUE if value else FALSE


# ------------------------------------------------------------------ leaves


def _fact(fact: Fact) -> Read:
    id, unknown = fact.id, unknown_value(fact)

    def read(env: Env) -> Result:
        value = env.facts.get(id)
        if value is None:
            return unknown
        if isinstance(value, bool):
            return TRUE if value else FALSE
        return value

    return read


def _field(node: ir.FieldRef) -> Read:
    id, depth, unknown = node.field.id, node.depth, unknown_value(node.field)

    def read(env: Env) -> Result:
        value = env.items[depth].values.get(id)
        if value is None:
            return unknown
        if isinstance(value, bool):
            return TRUE if value else FALSE
        return value

    return read


def _figure(metric: ir.MetricRef | ir.Cumulative) -> Callable[[Env, int | None], Result]:
    """The figure of one year."""
    id, unknown = metric.metric.id, unknown_value(metric.metric)

    def read(env: Env, year: int | None) -> Result:
        years = env.metrics.get(id)
        value = None if years is None or year is None else years.get(year)
        if value is None:
            return unknown
        if isinstance(value, bool):
            return TRUE if value else FALSE
        return value

    return read


def _metric(node: ir.MetricRef) -> Read:
    figure, year, offset = _figure(node), node.year, node.offset
    if year is not None:
        return lambda env: figure(env, year)
    return lambda env: figure(env, None if env.period is None else env.period + offset)


def _cumulative(node: ir.Cumulative) -> Read:
    figure, start = _figure(node), node.start

    def summed(env: Env) -> Result:
        result: Number = 0
        last = start if env.period is None else env.period
        for year in range(start, last + 1):
            result = add(result, cast(Number, figure(env, year)))
        return result

    return summed


# ------------------------------------------------------------------ conditions


def every(several: Sequence[Callable[[Env], Truth]]) -> Callable[[Env], Truth]:
    """Several conditions or gates together: false as soon as one is."""

    def holds(env: Env) -> Truth:
        result = TRUE
        for each in several:
            value = each(env)
            if value is FALSE:
                return FALSE
            if value is not TRUE and result is not UNKNOWN:
                result = value
        return result

    return holds


def _any(several: Sequence[Callable[[Env], Truth]]) -> Read:
    def holds(env: Env) -> Result:
        result = FALSE
        for each in several:
            value = each(env)
            if value is TRUE:
                return TRUE
            if value is not FALSE and result is not UNKNOWN:
                result = value
        return result

    return holds


def _compare(op: ir.CompareOp, left: Callable[[Env], Number], right: Callable[[Env], Number]) -> Read:
    ordered = _ORDER[op]

    def holds(env: Env) -> Result:
        a, b = left(env), right(env)
        if type(a) is int and type(b) is int:
            return TRUE if ordered(a, b) else FALSE
        return compare(op, a, b)

    return holds


def _if(condition: Callable[[Env], Truth], then: Read, otherwise: Read) -> Read:
    def chosen(env: Env) -> Result:
        value = condition(env)
        if value is TRUE:
            return then(env)
        if value is FALSE:
            return otherwise(env)
        return joined(then(env), otherwise(env), settled=value is INDETERMINATE)

    return chosen


def _rank(operand: Read, node: ir.Expr) -> Read:
    type_ = node.type
    assert isinstance(type_, ChoiceType)
    ranks = {choice.id: rank for rank, choice in enumerate(type_.choices)}
    last = len(ranks) - 1

    def rank(env: Env) -> Result:
        value = operand(env)
        if isinstance(value, str):
            return ranks[value]
        return between(0, last, settled=value is INDETERMINATE)

    return rank


def _growth(
    node: ir.GrowthTest,
    value: Callable[[Env], Number],
    base: Callable[[Env], Number],
    rate: Callable[[Env], Number],
) -> Read:
    op = node.op

    def holds(env: Env) -> Result:
        known = base(env)
        if isinstance(known, int | Fraction):
            if known == 0:
                return INDETERMINATE
        elif isinstance(known, Interval) and _may_be_zero(known.low, known.high):
            return INDETERMINATE if known.settled else UNKNOWN
        required = grown(known, rate(env), growth_years(node, env.period))
        if op == "=":
            return equal(value(env), required)
        return compare(op, value(env), required)

    return holds


def _may_be_zero(low: Exact | None, high: Exact | None) -> bool:
    return (low is None or low <= 0) and (high is None or high >= 0)


def _every(values: Sequence[Truth], open_end: bool) -> Truth:
    return all_of([*values, UNKNOWN] if open_end else values)
