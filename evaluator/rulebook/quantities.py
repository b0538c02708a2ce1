"""Numbers with dimensions: which may be added, multiplied and compared, and what comes out."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from evaluator.rulebook import ir
from evaluator.rulebook.scope import ExpressionError
from evaluator.rulebook.vocabulary import (
    MONEY,
    PLAIN,
    BoolType,
    ChoiceType,
    DateType,
    ListType,
    NumberType,
    TextType,
    Type,
    Unit,
    exact,
)

MAX_DIGITS = 40


def describe(type_: Type) -> str:
    """A type in words, for a message."""
    match type_:
        case BoolType():
            return "true or false"
        case NumberType(dimension=""):
            return "a bare number"
        case NumberType(dimension="money"):
            return "an amount of money"
        case NumberType(dimension="ratio"):
            return "a percentage"
        case NumberType(dimension=dimension):
            return f"a number of `{dimension}`"
        case ChoiceType():
            return "a choice"
        case DateType():
            return "a date"
        case TextType():
            return "a text"
        case ListType():
            return "a list"


def printable(value: Decimal, at: tuple[int, int]) -> Decimal:
    """The number as it is. Raises ExpressionError when it has so many digits that only arithmetic could suffer."""
    exponent = value.as_tuple().exponent
    if value and not (int(exponent) >= -MAX_DIGITS and value.adjusted() < MAX_DIGITS):
        message = f"a number of a rule has at most {MAX_DIGITS} digits on either side of the point"
        raise ExpressionError(at, "number", message, "round it, or use a larger unit")
    return value


def literal(value: Decimal, unit: Unit) -> ir.Constant:
    """A quantity in the base unit of its dimension."""
    return ir.Constant(
        type=NumberType(dimension=unit.dimension, unit=unit.id), value=exact(Fraction(value) * unit.factor)
    )


def negated(operand: ir.Expr) -> ir.Expr:
    """The number with its sign changed; a constant at once."""
    if isinstance(operand, ir.Constant) and not isinstance(operand.value, str):
        return ir.Constant(type=operand.type, value=-operand.value, span=operand.span)
    return ir.Negate(type=operand.type, operand=operand)


def combine(op: ir.ArithmeticOp, left: ir.Expr, right: ir.Expr, at: tuple[int, int]) -> ir.Expr:
    """`left op right` with the dimension that comes out; constants are folded, exactly."""
    assert isinstance(left.type, NumberType)
    assert isinstance(right.type, NumberType)
    type_ = _dimension(op, left.type, right.type, at)
    if op == "/" and isinstance(right, ir.Constant) and right.value == 0:
        raise ExpressionError(at, "division-by-zero", "this divides by zero")
    if isinstance(left, ir.Constant) and isinstance(right, ir.Constant):
        a, b = Fraction(left.value), Fraction(right.value)
        value = a + b if op == "+" else a - b if op == "-" else a * b if op == "*" else a / b
        return ir.Constant(type=type_, value=exact(value))
    return ir.Arithmetic(type=type_, op=op, left=left, right=right)


def _dimension(op: ir.ArithmeticOp, left: NumberType, right: NumberType, at: tuple[int, int]) -> NumberType:
    """The type of `left op right`.

    Sums need one dimension; a percentage or bare number scales anything; money times or per a count is money.
    """
    scalars = ("", "ratio")
    a, b = left.dimension, right.dimension
    if op in ("+", "-"):
        if a == b:
            return left
    elif op == "*":
        if a in scalars and b in scalars:
            return left if a == b else PLAIN
        if a in scalars:
            return right
        if b in scalars:
            return left
        if "money" in (a, b) and a != b:
            return MONEY
    elif a == b:
        return PLAIN
    elif b in scalars:
        return left
    elif a == "money":
        return MONEY
    raise ExpressionError(at, "unlike-types", f"`{op}` does not join {describe(left)} and {describe(right)}")
