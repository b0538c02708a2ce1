"""The typed expressions of rules: what `check` makes of FEEL, and what every engine reads.

Each node carries its type and its place; the place is no part of its identity. Names are resolved, units are gone
(money is in yuan, a percentage is a ratio), overloads are decided: an engine never asks for a type again. `Expr` is
the union of all nodes, so an engine is one exhaustive `match`.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from evaluator.record import field, record
from evaluator.rulebook.vocabulary import BOOL, DATE, MONEY, PLAIN, Exact, Fact, Field, Metric, Type
from evaluator.source import Span

CompareOp: TypeAlias = Literal["<", "<=", ">", ">="]
ArithmeticOp: TypeAlias = Literal["+", "-", "*", "/"]
Least: TypeAlias = Literal["min", "max"]
Rounding: TypeAlias = Literal["floor", "ceiling", "abs"]


@record
class Node:
    """What every node has: the type of its value and where it was written."""

    type: Type
    span: Span | None = field(default=None, compare=False, repr=False)


# ------------------------------------------------------------------ leaves


@record
class Constant(Node):
    """A constant: a bool, an exact number, a choice id, a text, or a date as its ordinal."""

    value: bool | Exact | str


@record
class FactRef(Node):
    """A fact of the profile."""

    fact: Fact


@record
class FieldRef(Node):
    """A field of the item bound at `depth` (0 is the outermost binding of the rule)."""

    field: Field
    depth: int


@record
class MetricRef(Node):
    """A metric: at the finding's period plus `offset`, or at the fixed `year`."""

    metric: Metric
    year: int | None = None
    offset: int = 0


@record
class Cumulative(Node):
    """The sum of a flow over the years from `start` to the finding's period."""

    metric: Metric
    start: int


@record
class AsOf(Node):
    """The date of the question."""

    type: Type = DATE


@record
class AwardAmount(Node):
    """What another award (its global id) comes to for the same profile, in yuan: accrued and later, before stacking.

    `same_item`: only for the entry at hand, which both awards have in their `each`.
    """

    rule: str
    same_item: bool = False
    type: Type = MONEY


@record
class Position(Node):
    """The place of the entry at hand among those that count, in the order and group of its award, from 1."""

    type: Type = PLAIN


# ------------------------------------------------------------------ truth


@record
class AllOf(Node):
    """Every operand holds."""

    operands: tuple[Expr, ...]
    type: Type = BOOL


@record
class AnyOf(Node):
    """Some operand holds."""

    operands: tuple[Expr, ...]
    type: Type = BOOL


@record
class Not(Node):
    """The operand does not hold."""

    operand: Expr
    type: Type = BOOL


@record
class AtLeast(Node):
    """At least `n` operands hold."""

    n: int
    operands: tuple[Expr, ...]
    type: Type = BOOL


@record
class Compare(Node):
    """Numbers of one dimension, dates, or ordered choices (as ranks, see `Rank`) in order."""

    op: CompareOp
    left: Expr
    right: Expr
    type: Type = BOOL


@record
class Equal(Node):
    """Two values of one type are the same."""

    left: Expr
    right: Expr
    type: Type = BOOL


@record
class Rank(Node):
    """The place of an ordered choice in its order, from 0, as a bare number."""

    operand: Expr


@record
class GrowthTest(Node):
    """`value` against `base · (1 + rate)^n`, n the years from `since` to the finding's period (1 when `since` is None).

    Undefined where the base is zero.
    """

    op: Literal["<", "<=", ">", ">=", "="]
    value: Expr
    base: Expr
    rate: Expr
    since: int | None
    type: Type = BOOL


# ------------------------------------------------------------------ numbers and dates


@record
class Arithmetic(Node):
    """Exact arithmetic; division by zero is undefined."""

    op: ArithmeticOp
    left: Expr
    right: Expr


@record
class Negate(Node):
    """The number with its sign changed."""

    operand: Expr


@record
class Rounded(Node):
    """The number rounded to whole ones: `floor`, `ceiling`, or `abs` for its size without the sign."""

    how: Rounding
    operand: Expr


@record
class Extreme(Node):
    """The least or greatest of its operands."""

    how: Least
    operands: tuple[Expr, ...]


@record
class If(Node):
    """`then` where the condition holds, else `otherwise`."""

    condition: Expr
    then: Expr
    otherwise: Expr


@record
class MonthsLater(Node):
    """A date moved by whole months (back when negative), month-ends clamped."""

    operand: Expr
    months: int
    type: Type = DATE


@record
class DaysLater(Node):
    """A date moved by whole days."""

    operand: Expr
    days: int
    type: Type = DATE


@record
class YearOf(Node):
    """The calendar year of a date."""

    operand: Expr
    type: Type = PLAIN


# ------------------------------------------------------------------ lists


@record
class Items:
    """The entries of a list fact for which `where` holds, each bound at `depth`; no node of its own."""

    fact: Fact
    depth: int
    where: Expr | None
    span: Span | None = field(default=None, compare=False, repr=False)


@record
class Count(Node):
    """How many items there are."""

    items: Items


@record
class Total(Node):
    """The sum of `value` over the items; of none 0."""

    items: Items
    value: Expr


@record
class ExtremeOf(Node):
    """The least or greatest `value` among the items; of none undefined."""

    how: Least
    items: Items
    value: Expr


@record
class Exists(Node):
    """`that` holds for some item."""

    items: Items
    that: Expr
    type: Type = BOOL


@record
class ForAll(Node):
    """`that` holds for every item."""

    items: Items
    that: Expr
    type: Type = BOOL


# ------------------------------------------------------------------ who and where


@record
class KindIn(Node):
    """The profile is of one of these kinds."""

    kinds: tuple[str, ...]
    type: Type = BOOL


@record
class PlaceWithin(Node):
    """The profile's place lies in this jurisdiction; open when its path ends above it (a region's never does)."""

    place: str
    type: Type = BOOL


# ------------------------------------------------------------------ members of a region


@record
class EachMember(Node):
    """`that` holds for every registered member of the kind, each read as a profile of its own."""

    kind: str
    that: Expr
    type: Type = BOOL


@record
class MemberShare(Node):
    """The share of the registered members of the kind for which `where` holds; of no members it does not apply."""

    kind: str
    where: Expr


Expr: TypeAlias = (
    Constant
    | FactRef
    | FieldRef
    | MetricRef
    | Cumulative
    | AsOf
    | AwardAmount
    | Position
    | AllOf
    | AnyOf
    | Not
    | AtLeast
    | Compare
    | Equal
    | Rank
    | GrowthTest
    | Arithmetic
    | Negate
    | Rounded
    | Extreme
    | If
    | MonthsLater
    | DaysLater
    | YearOf
    | Count
    | Total
    | ExtremeOf
    | Exists
    | ForAll
    | KindIn
    | PlaceWithin
    | EachMember
    | MemberShare
)
