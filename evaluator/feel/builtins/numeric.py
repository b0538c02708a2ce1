"""Built-in functions on numbers."""

from __future__ import annotations

import datetime as dt
import decimal
from collections.abc import Callable
from decimal import Decimal

from evaluator.feel.builtins.signature import Overload, overload
from evaluator.feel.values import NUMBERS, UndefinedError, YearsMonths, whole

_LEAST_SCALE, _GREATEST_SCALE = -6111, 6176
_WIDE = decimal.Context(prec=20_000, Emin=-30_000, Emax=30_000)  # rounding must not itself run out of digits


def _rounded(number: Decimal, scale: Decimal, rounding: str) -> Decimal:
    digits = whole(scale)
    if not _LEAST_SCALE <= digits <= _GREATEST_SCALE:
        raise UndefinedError
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -exponent <= digits:
        return number
    return NUMBERS.plus(number.quantize(Decimal((0, (1,), -digits)), rounding, _WIDE))


def _rounder(rounding: str) -> Callable[..., Decimal]:
    def rounded(number: Decimal, scale: Decimal = Decimal(0)) -> Decimal:
        return _rounded(number, scale, rounding)

    return rounded


def _absolute(value: Decimal | dt.timedelta | YearsMonths) -> object:
    return YearsMonths(abs(value.months)) if isinstance(value, YearsMonths) else abs(value)


def _modulo(dividend: Decimal, divisor: Decimal) -> Decimal:
    rest = NUMBERS.remainder(dividend, divisor)
    return NUMBERS.add(rest, divisor) if rest and (rest < 0) != (divisor < 0) else rest


def _square_root(number: Decimal) -> Decimal:
    return NUMBERS.sqrt(number)


def _logarithm(number: Decimal) -> Decimal:
    if number <= 0:
        raise UndefinedError
    return NUMBERS.ln(number)


def _exponential(number: Decimal) -> Decimal:
    return NUMBERS.exp(number)


def _odd(number: Decimal) -> bool:
    return NUMBERS.remainder(abs(number), Decimal(2)) == 1


def _even(number: Decimal) -> bool:
    return NUMBERS.remainder(number, Decimal(2)) == 0


_EVEN = _rounder(decimal.ROUND_HALF_EVEN)

FUNCTIONS: dict[str, tuple[Overload, ...]] = {
    "decimal": (overload(_EVEN, "n: number", "scale: number"),),
    "floor": (overload(_rounder(decimal.ROUND_FLOOR), "n: number", "scale?: number"),),
    "ceiling": (overload(_rounder(decimal.ROUND_CEILING), "n: number", "scale?: number"),),
    "round up": (overload(_rounder(decimal.ROUND_UP), "n: number", "scale: number"),),
    "round down": (overload(_rounder(decimal.ROUND_DOWN), "n: number", "scale: number"),),
    "round half up": (overload(_rounder(decimal.ROUND_HALF_UP), "n: number", "scale: number"),),
    "round half down": (overload(_rounder(decimal.ROUND_HALF_DOWN), "n: number", "scale: number"),),
    "abs": (overload(_absolute, "n: number|days|months"),),
    "modulo": (overload(_modulo, "dividend: number", "divisor: number"),),
    "sqrt": (overload(_square_root, "number: number"),),
    "log": (overload(_logarithm, "number: number"),),
    "exp": (overload(_exponential, "number: number"),),
    "odd": (overload(_odd, "number: number"),),
    "even": (overload(_even, "number: number"),),
}
