"""Tables by one choice or yes-no fact: whether some row applies whatever its value, so that none is no end."""

from __future__ import annotations

from evaluator.rulebook import ir, model
from evaluator.rulebook.vocabulary import BoolType, ChoiceType


def always_pays(table: model.Table) -> bool:
    """Whether the rows name every value of one column, so that one of them applies as soon as it is known."""
    column: ir.Expr | None = None
    named: set[object] = set()
    for row in table.rows:
        found = _named(row.condition)
        if found is None or (column is not None and found[0] != column):
            return False
        column = found[0]
        named |= found[1]
    match column:
        case ir.FactRef(type=ChoiceType(choices=choices)) | ir.FieldRef(type=ChoiceType(choices=choices)):
            return named >= {choice.id for choice in choices}
        case ir.FactRef(type=BoolType()) | ir.FieldRef(type=BoolType()):
            return named >= {True, False}
        case _:
            return False


def _named(condition: ir.Expr) -> tuple[ir.Expr, set[object]] | None:
    """The column that a row tests and the values at which it applies; None for any other test."""
    match condition:
        case ir.AllOf(operands=(only,)):
            return _named(only)
        case ir.Equal(left=column, right=ir.Constant(value=value)):
            return column, {value}
        case ir.Not(operand=ir.FactRef(type=BoolType()) | ir.FieldRef(type=BoolType()) as column):
            return column, {False}
        case ir.FactRef(type=BoolType()) | ir.FieldRef(type=BoolType()):
            return condition, {True}
        case ir.AnyOf(operands=operands):
            parts = [_named(operand) for operand in operands]
            known = [part for part in parts if part is not None]
            if len(known) < len(parts) or not known or any(part[0] != known[0][0] for part in known):
                return None
            return known[0][0], set().union(*(part[1] for part in known))
        case _:
            return None
