"""One value as people write it to the value that engines see, or a problem in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from evaluator.diagnostics import did_you_mean
from evaluator.rulebook.values import Interval, Scalar
from evaluator.rulebook.vocabulary import (
    BoolType,
    ChoiceType,
    DateType,
    Exact,
    Field,
    NumberType,
    TextType,
    Unit,
    exact,
)

_WORDS = {"是": True, "否": False, "true": True, "false": False, "yes": True, "no": False}
_QUANTITY = re.compile(r"\s*([-+]?\d{1,30}(?:\.\d{1,30})?)\s*(.*?)\s*", re.DOTALL)
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


class ValueProblem(Exception):  # noqa: N818 - a problem found, not a fault of the program
    """Why a value does not fit its fact."""

    def __init__(self, code: str, message: str, help: str | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.help = code, message, help


def read_value(fact: Field, raw: object, units: Mapping[str, Unit]) -> Scalar:
    """`raw` (bool, int, Decimal or text) as a value of `fact`; a date may be a year or a month."""
    label = fact.label.zh
    if isinstance(raw, float):
        raise ValueProblem("float", f"`{label}` got a binary fraction", "give an int, a Decimal or a text")
    match fact.type:
        case BoolType():
            found = raw if isinstance(raw, bool) else _WORDS.get(raw) if isinstance(raw, str) else None
            if found is None:
                raise ValueProblem("value", f"`{label}` is true or false, and `{raw}` is neither")
            return found
        case NumberType() as type_:
            return _number(fact, type_, raw, units)
        case ChoiceType() as type_:
            choice = type_.find(str(raw))
            if choice is None:
                choice = next((entry for entry in type_.choices if entry.label.en == str(raw)), None)
            if choice is None or isinstance(raw, bool):
                words = [entry.label.zh for entry in type_.choices]
                hint = did_you_mean(str(raw), words) or "expected one of " + ", ".join(f"`{word}`" for word in words)
                raise ValueProblem("unknown-choice", f"`{raw}` is no choice of `{label}`", hint)
            return choice.id
        case DateType():
            return _date(label, raw)
        case TextType():
            if not isinstance(raw, str | int | Decimal) or isinstance(raw, bool):
                raise ValueProblem("value", f"`{label}` is a text")
            return str(raw)
        case _:
            raise ValueProblem("value", f"`{label}` is a list")


def _number(fact: Field, type_: NumberType, raw: object, units: Mapping[str, Unit]) -> Exact:
    label = fact.label.zh
    shown = f" in {type_.unit}" if type_.unit else ""
    unit = units.get(type_.unit)
    number: Exact
    if isinstance(raw, bool) or not isinstance(raw, int | Decimal | Fraction | str):
        raise ValueProblem("value", f"`{label}` is a number{shown}, and `{raw}` is not")
    if isinstance(raw, str):
        found = _QUANTITY.fullmatch(raw)
        if found is None:
            raise ValueProblem("value", f"`{label}` is a number{shown}, and `{raw}` is not")
        if found[2]:
            unit = units.get(found[2])
            if unit is None or unit.dimension != type_.dimension:
                fitting = [known.id for known in units.values() if known.dimension == type_.dimension]
                hint = did_you_mean(found[2], fitting) or (f"give it{shown}" if shown else "give the bare number")
                raise ValueProblem("unlike-types", f"`{label}` is a number{shown}, and `{raw}` has another unit", hint)
        number = Fraction(found[1])
    else:
        try:
            number = Fraction(raw)
        except (InvalidOperation, ValueError, OverflowError):
            raise ValueProblem("value", f"`{label}` is a number{shown}, and `{raw}` is not") from None
    value = exact(number * (unit.factor if unit is not None else 1))
    if (fact.low is not None and value < fact.low) or (fact.high is not None and value > fact.high):
        factor = units[type_.unit].factor if type_.unit else 1
        low = "" if fact.low is None else f"at least {plain(Fraction(fact.low) / factor)}"
        high = "" if fact.high is None else f"at most {plain(Fraction(fact.high) / factor)}"
        bounds = " and ".join(part for part in (low, high) if part)
        raise ValueProblem("out-of-range", f"`{label}` is {bounds}{shown}, and `{raw}` is not")
    return value


def _date(label: str, raw: object) -> int | Interval:
    hint = "write it as 2025-06-30, or as 2025-06 or 2025 when only that is known"
    found = None if isinstance(raw, bool | Decimal) else _DATE.fullmatch(str(raw))
    if isinstance(raw, date):
        return raw.toordinal()
    if found is None:
        raise ValueProblem("date", f"`{label}` is a date, and `{raw}` is not", hint)
    year, month, day = int(found[1]), int(found[2] or 0), int(found[3] or 0)
    try:
        if day:
            return date(year, month, day).toordinal()
        first = date(year, month or 1, 1)
        following = date(year + 1, 1, 1) if not month else date(year + month // 12, month % 12 + 1, 1)
        return Interval(first.toordinal(), (following - timedelta(days=1)).toordinal())
    except ValueError:
        raise ValueProblem("date", f"`{raw}` is no date of the calendar", hint) from None


def plain(value: Exact) -> str:
    """An exact number as a decimal text: all its digits when they end, else rounded to 10 places."""
    number = Fraction(value)
    rest = number.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest == 1:
        places = 0
        while (number * 10**places).denominator != 1:
            places += 1
        digits = Decimal(int(number * 10**places)).scaleb(-places)
        return format(digits, "f")
    scaled = round(number * 10**10)
    return format(Decimal(scaled).scaleb(-10).normalize(), "f")
