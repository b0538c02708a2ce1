"""Readable values on either side of a figure, in the unit in which people give it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from operator import eq, ge, gt, le, lt
from typing import Any, Final, assert_never

from evaluator.rulebook import ir
from evaluator.rulebook.values import Scalar
from evaluator.rulebook.vocabulary import (
    BoolType,
    ChoiceType,
    DateType,
    Exact,
    ListType,
    NumberType,
    TextType,
    Type,
    Vocabulary,
    exact,
)

NEGATED: Final[Mapping[str, str]] = {">=": "<", "<": ">=", "<=": ">", ">": "<="}
HOLDS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {">=": ge, "<=": le, ">": gt, "<": lt, "=": eq}
TURNED: Final[Mapping[str, str]] = {">=": "<=", "<=": ">=", ">": "<", "<": ">", "=": "="}


def step(type_: Type, figure: Exact, vocabulary: Vocabulary) -> Exact:
    """The least difference that people write: a day, one of a count, a tenth of a percent, one unit of money."""
    if not isinstance(type_, NumberType):
        return 1
    unit = vocabulary.units.get(type_.unit)
    factor = Fraction(1 if unit is None else unit.factor)
    shown = figure / factor
    size = Fraction(1, 10) if type_.dimension == "ratio" else Fraction(1)
    while size > Fraction(1, 10**6) and (shown / size).denominator != 1:
        size /= 10
    return exact(size * factor)


def just_past(op: str, figure: Exact | str, node: ir.Expr, vocabulary: Vocabulary) -> list[Exact]:
    """Where `node op figure` just holds: at the figure itself, or one step past it."""
    if isinstance(figure, str):
        return []
    size = step(node.type, figure, vocabulary)
    match op:
        case ">":
            return [exact(figure + size)]
        case "<":
            return [exact(figure - size)]
        case _:
            return [figure]


def ordinary(leaf: ir.FactRef | ir.FieldRef | ir.MetricRef, as_of: date, vocabulary: Vocabulary) -> Scalar:
    """A round value of the leaf's domain: where any will do."""
    field = leaf.fact if isinstance(leaf, ir.FactRef) else leaf.field if isinstance(leaf, ir.FieldRef) else leaf.metric
    match field.type:
        case BoolType():
            return True
        case ChoiceType(choices=choices):
            return choices[0].id
        case DateType():
            return as_of.toordinal()
        case TextType() | ListType():
            return "某"
        case NumberType(dimension=dimension, unit=unit):
            known = vocabulary.units.get(unit)
            size = exact(Fraction(50 if dimension == "ratio" else 100) * (1 if known is None else known.factor))
            if field.high is not None and size > field.high:
                size = field.high
            return field.low if field.low is not None and size < field.low else size
        case _:
            assert_never(field.type)
