"""Arithmetic on FEEL values: numbers, strings, dates, times and durations.

In: an operator and values. Out: a value, or `UndefinedError` where the standard says null.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import assert_never

from evaluator.feel import temporal
from evaluator.feel.ast import ArithmeticOp
from evaluator.feel.values import NUMBERS, UndefinedError, YearsMonths

MAX_STRING = 1_000_000


def negate(value: object) -> object:
    """`-value` of a number or duration."""
    match value:
        case Decimal():
            return NUMBERS.minus(value)
        case YearsMonths():
            return YearsMonths(-value.months)
        case dt.timedelta():
            return -value
        case _:
            raise UndefinedError


def arithmetic(op: ArithmeticOp, left: object, right: object) -> object:
    """`left op right`."""
    match op:
        case "+":
            return _plus(left, right)
        case "-":
            return _minus(left, right)
        case "*":
            return _times(left, right)
        case "/":
            return _over(left, right)
        case "**":
            if isinstance(left, Decimal) and isinstance(right, Decimal):
                power = NUMBERS.power(left, right)
                if power.is_finite():  # 0 ** -1 is no error to Python
                    return power
            raise UndefinedError
        case _:
            assert_never(op)


def _plus(left: object, right: object) -> object:
    match left, right:
        case Decimal(), Decimal():
            return NUMBERS.add(left, right)
        case str(), str():
            if len(left) + len(right) > MAX_STRING:
                raise UndefinedError
            return left + right
        case _, (dt.timedelta() | YearsMonths()):
            return temporal.add(left, right)
        case ((dt.timedelta() | YearsMonths()), _):
            return temporal.add(right, left)
        case _:
            raise UndefinedError


def _minus(left: object, right: object) -> object:
    match left, right:
        case Decimal(), Decimal():
            return NUMBERS.subtract(left, right)
        case _, dt.timedelta():
            return temporal.add(left, -right)
        case _, YearsMonths():
            return temporal.add(left, YearsMonths(-right.months))
        case _:
            return temporal.difference(left, right)


def _times(left: object, right: object) -> object:
    match left, right:
        case Decimal(), Decimal():
            return NUMBERS.multiply(left, right)
        case ((dt.timedelta() | YearsMonths()), Decimal()):
            return temporal.scale(left, right)
        case Decimal(), (dt.timedelta() | YearsMonths()):
            return temporal.scale(right, left)
        case _:
            raise UndefinedError


def _over(left: object, right: object) -> object:
    match left, right:
        case Decimal(), Decimal():
            return NUMBERS.divide(left, right)
        case ((dt.timedelta() | YearsMonths()), Decimal()):
            return temporal.scale(left, right, divide=True)
        case YearsMonths(), YearsMonths():
            return NUMBERS.divide(Decimal(left.months), Decimal(right.months))
        case dt.timedelta(), dt.timedelta():
            return NUMBERS.divide(temporal.microseconds(left), temporal.microseconds(right))
        case _:
            raise UndefinedError
