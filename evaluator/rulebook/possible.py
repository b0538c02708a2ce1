"""Which truth values an expression can take over all profiles, from its form and the domains of the vocabulary.

In: a typed condition. Out: a set of `true`, `false`, `unknown`, `indeterminate`. Operands are taken as independent of
one another, so the set may be too large where two of them read the same fact, and is never too small.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import product
from typing import Final, Literal, TypeAlias, assert_never

from evaluator.rulebook import ir
from evaluator.rulebook.reads import children, walk
from evaluator.rulebook.vocabulary import BoolType, ChoiceType, Exact, Field, NumberType

Value: TypeAlias = Literal["true", "false", "unknown", "indeterminate"]
Values: TypeAlias = frozenset[Value]
Bounds: TypeAlias = tuple[Exact | None, Exact | None]

TRUE: Final[Values] = frozenset({"true"})
FALSE: Final[Values] = frozenset({"false"})
UNKNOWN: Final[Values] = frozenset({"unknown"})
INDETERMINATE: Final[Values] = frozenset({"indeterminate"})
ANY_FACT: Final[Values] = TRUE | FALSE | UNKNOWN
NOTHING: Final[Values] = frozenset()


def values(node: ir.Expr, *, organisation: bool = True, loose: Collection[str] = ()) -> Values:
    """The truth values of `node`; only an organisation's place can be unknown below what is given.

    `loose` names the awards whose amount may stay open though everything is known.
    """

    def of(part: ir.Expr) -> Values:
        return values(part, organisation=organisation, loose=loose)

    match node:
        case ir.Constant(value=value):
            return TRUE if value is True else FALSE
        case ir.FactRef() | ir.FieldRef() | ir.MetricRef():
            return ANY_FACT
        case ir.AllOf(operands=operands):
            return every([of(operand) for operand in operands])
        case ir.AnyOf(operands=operands):
            return negated(every([negated(of(operand)) for operand in operands]))
        case ir.Not(operand=operand):
            return negated(of(operand))
        case ir.AtLeast(n=n, operands=operands):
            return _at_least(n, [of(operand) for operand in operands])
        case ir.Compare():
            return _compared(node) | _undefined(node, loose)
        case ir.Equal():
            return _equal(node) | _undefined(node, loose)
        case ir.GrowthTest(base=base):
            low, high = bounds(base)
            zero = (low is None or low <= 0) and (high is None or high >= 0)
            return ANY_FACT | _undefined(node, loose) | (INDETERMINATE if zero else NOTHING)
        case ir.If(condition=condition, then=then, otherwise=otherwise):
            return _if(of(condition), of(then), of(otherwise))
        case ir.Exists(items=items, that=that):
            both = every([TRUE if items.where is None else of(items.where), of(that)])
            return both | FALSE | UNKNOWN
        case ir.ForAll(items=items, that=that):
            passing = TRUE if items.where is None else of(items.where)
            return negated(every([passing, negated(of(that))])) | TRUE | UNKNOWN
        case ir.KindIn():
            return TRUE | FALSE
        case ir.PlaceWithin():
            return ANY_FACT if organisation else TRUE | FALSE
        case ir.EachMember(that=that):
            return of(that) | TRUE | UNKNOWN
        case (
            ir.Cumulative() | ir.AsOf() | ir.AwardAmount() | ir.Position() | ir.Rank() | ir.Arithmetic() | ir.Negate()
            | ir.Rounded() | ir.Extreme() | ir.MonthsLater() | ir.DaysLater() | ir.YearOf() | ir.Count()
            | ir.Total() | ir.ExtremeOf() | ir.MemberShare()
        ):  # fmt: skip
            raise AssertionError(f"{type(node).__name__} has no truth value")
        case _:
            assert_never(node)


def every(operands: Iterable[Values]) -> Values:
    """What `all` can come to: false > unknown > indeterminate > true."""
    result: Values = TRUE
    for operand in operands:
        result = frozenset(_both(left, right) for left, right in product(result, operand))
    return result


def _both(left: Value, right: Value) -> Value:
    for value in ("false", "unknown", "indeterminate"):
        if value in (left, right):
            return value
    return "true"


def negated(operand: Values) -> Values:
    """True and false swapped."""
    swap: dict[Value, Value] = {"true": "false", "false": "true"}
    return frozenset(swap.get(value, value) for value in operand)


def _at_least(n: int, operands: list[Values]) -> Values:
    can_hold = sum("true" in operand for operand in operands)
    must_hold = sum(operand == TRUE for operand in operands)
    found: Values = TRUE if can_hold >= n else NOTHING
    if must_hold < n:
        found |= FALSE
        for value in (UNKNOWN, INDETERMINATE):
            if sum(bool(operand & (TRUE | value)) for operand in operands) >= n and any(
                operand & value for operand in operands
            ):
                found |= value
    return found


def _if(condition: Values, then: Values, otherwise: Values) -> Values:
    found: Values = (then if "true" in condition else NOTHING) | (otherwise if "false" in condition else NOTHING)
    if "unknown" in condition:
        found |= (then & otherwise) | (UNKNOWN if then != otherwise or len(then) > 1 else NOTHING)
    return found | (condition & INDETERMINATE)


# ------------------------------------------------------------------ comparisons


def _compared(node: ir.Compare) -> Values:
    (a, b), (c, d) = bounds(node.left), bounds(node.right)
    if node.op in (">", ">="):
        a, b, c, d = c, d, a, b
    strict = node.op in ("<", ">")
    holds = a is None or d is None or a < d or (a == d and not strict)
    fails = b is None or c is None or b > c or (b == c and strict)
    return _open(node, holds=holds, fails=fails)


def _equal(node: ir.Equal) -> Values:
    type_ = node.left.type
    if isinstance(type_, NumberType):
        (a, b), (c, d) = bounds(node.left), bounds(node.right)
        holds = not (b is not None and c is not None and b < c) and not (a is not None and d is not None and a > d)
        fixed = a is not None and a == b == c == d
        return _open(node, holds=holds, fails=not fixed)
    several = not isinstance(type_, ChoiceType) or len(type_.choices) > 1
    return _open(node, holds=True, fails=several)


def _open(node: ir.Expr, *, holds: bool, fails: bool) -> Values:
    found: Values = (TRUE if holds else NOTHING) | (FALSE if fails else NOTHING)
    if holds and fails and any(_can_be_missing(part) for part in walk(node)):
        found |= UNKNOWN
    return found


def _can_be_missing(node: ir.Expr) -> bool:
    return isinstance(
        node,
        ir.FactRef | ir.FieldRef | ir.MetricRef | ir.Cumulative | ir.Count | ir.Total | ir.ExtremeOf
        | ir.Exists | ir.ForAll | ir.MemberShare | ir.EachMember | ir.AwardAmount | ir.Position,
    )  # fmt: skip


def _undefined(node: ir.Expr, loose: Collection[str]) -> Values:
    return INDETERMINATE if any(undefinable(child, loose) for child in children(node)) else NOTHING


def undefinable(node: ir.Expr, loose: Collection[str] = ()) -> bool:
    """Whether `node` can lack a single value though everything is known.

    A share of nobody does not count: its rule is not applicable.
    """
    if isinstance(node.type, BoolType):
        return "indeterminate" in values(node, loose=loose)
    here = isinstance(node, ir.ExtremeOf) or (isinstance(node, ir.AwardAmount) and node.rule in loose)
    if isinstance(node, ir.Arithmetic) and node.op == "/":
        low, high = bounds(node.right)
        here = (low is None or low <= 0) and (high is None or high >= 0)
    return here or any(undefinable(child, loose) for child in children(node))


def bounds(node: ir.Expr) -> Bounds:
    """Between which values a number, date or rank can lie, in base units; None where nothing is known to bound it."""
    match node:
        case ir.Constant(value=value) if not isinstance(value, bool | str):
            return value, value
        case ir.FactRef(fact=field) | ir.FieldRef(field=field) | ir.MetricRef(metric=field):
            return _domain(field)
        case ir.Cumulative(metric=metric):
            return (0 if metric.low is not None and metric.low >= 0 else None), None
        case ir.Count() | ir.AwardAmount():
            return 0, None
        case ir.Position():
            return 1, None
        case ir.MemberShare():
            return 0, 1
        case ir.Rank(operand=operand):
            type_ = operand.type
            assert isinstance(type_, ChoiceType)
            return 0, len(type_.choices) - 1
        case _:
            return None, None


def _domain(field: Field) -> Bounds:
    return field.low, field.high
