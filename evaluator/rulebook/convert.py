"""One value as people write it to the value that engines see, or a problem in words."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
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
_LONG = re.compile(r"\s*[-+]?(?:\d{31}|\d+\.\d{31})")
_FIRST_YEAR = 1000  # of a year written as a number: `24` is meant as 2024, and says it of another century
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
MAX_DIGITS = 40  # before or after the point: what the files of `yamlfile` can hold


class ValueProblem(Exception):  # noqa: N818 - a problem found, not a fault of the program
    """Why a value does not fit its fact."""

    def __init__(self, code: str, message: str, help: str | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.help = code, message, help


def shown(raw: object) -> str:
    """What was given, short enough to stand in a message."""
    if isinstance(raw, dict | list | tuple):
        return "a mapping" if isinstance(raw, dict) else "a list"
    if raw is None:
        return "nothing"
    if isinstance(raw, bool):
        return "`true`" if raw else "`false`"
    if isinstance(raw, int) and abs(raw) > 10**MAX_DIGITS:
        return f"a number of more than {MAX_DIGITS} digits"
    text = str(raw)
    return f"`{text}`" if len(text) <= 60 else f"`{text[:60]}…`"


def read_value(fact: Field, raw: object, units: Mapping[str, Unit]) -> Scalar:
    """`raw` (bool, int, Decimal or text) as a value of `fact`; a date may be a year or a month."""
    label = fact.label.zh
    if isinstance(raw, float):
        raise ValueProblem("float", f"`{label}` got a binary fraction", "give an int, a Decimal or a text")
    match fact.type:
        case BoolType():
            found = raw if isinstance(raw, bool) else _WORDS.get(raw) if isinstance(raw, str) else None
            if found is None:
                raise ValueProblem(
                    "value",
                    f"`{label}` is true or false, and {shown(raw)} is neither",
                    "write true or false, or 是 or 否",
                )
            return found
        case NumberType() as type_:
            return _number(fact, type_, raw, units)
        case ChoiceType() as type_:
            word = raw if isinstance(raw, str) else shown(raw).strip("`")
            choice = type_.find(word)
            if choice is None:
                choice = next((entry for entry in type_.choices if entry.label.en == word), None)
            if choice is None or isinstance(raw, bool):
                words = [entry.label.zh for entry in type_.choices]
                hint = did_you_mean(word, words) or "expected one of " + ", ".join(f"`{word}`" for word in words)
                raise ValueProblem("unknown-choice", f"{shown(raw)} is no choice of `{label}`", hint)
            return choice.id
        case DateType():
            return _date(label, raw)
        case TextType():
            huge = isinstance(raw, int) and abs(raw) > 10**MAX_DIGITS
            if not isinstance(raw, str | int | Decimal) or isinstance(raw, bool) or huge:
                raise ValueProblem("value", f"`{label}` is a text, and {shown(raw)} is not")
            return str(raw)
        case _:
            raise ValueProblem("value", f"`{label}` is a list, and {shown(raw)} is not")


def _number(fact: Field, type_: NumberType, raw: object, units: Mapping[str, Unit]) -> Exact:
    label = fact.label.zh
    measured = f" in {type_.unit}" if type_.unit else ""
    wrong = ValueProblem(
        "value",
        f"`{label}` is a number{measured}, and {shown(raw)} is not",
        f"write the digits only, or the digits and a unit such as `3{type_.unit}`"
        if measured
        else "write the digits only",
    )
    long = ValueProblem("value", f"`{label}` is given with too many digits: {shown(raw)}", "round it, or check it")
    unit = units.get(type_.unit)
    number: Exact
    if isinstance(raw, bool) or not isinstance(raw, int | Decimal | Fraction | str):
        raise wrong
    if isinstance(raw, str):
        found = _QUANTITY.fullmatch(raw)
        if found is None or re.match(r"[\d.,，eE+-]", found[2]):  # a rest of digits is no unit
            raise long if _LONG.match(raw) else wrong
        if found[2]:
            unit = units.get(found[2])
            if unit is None or unit.dimension != type_.dimension:
                fitting = [known.id for known in units.values() if known.dimension == type_.dimension]
                hint = did_you_mean(found[2], fitting) or (f"give it{measured}" if measured else "give the bare number")
                message = f"`{label}` is a number{measured}, and {shown(raw)} has another unit"
                raise ValueProblem("unlike-types", message, hint)
        number = Fraction(found[1])
    else:
        if isinstance(raw, Decimal) and not (raw.is_finite() and -MAX_DIGITS <= _exponent(raw) <= MAX_DIGITS):
            raise long if raw.is_finite() else wrong
        number = Fraction(raw)
        if abs(number) > 10**MAX_DIGITS or number.denominator > 10**MAX_DIGITS:
            raise long
    value = exact(number * (unit.factor if unit is not None else 1))
    if (fact.low is not None and value < fact.low) or (fact.high is not None and value > fact.high):
        factor = units[type_.unit].factor if type_.unit else 1
        low = "" if fact.low is None else f"at least {plain(Fraction(fact.low) / factor)}{type_.unit}"
        high = "" if fact.high is None else f"at most {plain(Fraction(fact.high) / factor)}{type_.unit}"
        bounds = " and ".join(part for part in (low, high) if part)
        raise ValueProblem("out-of-range", f"`{label}` is {bounds}, and {shown(raw)} is not")
    return value


def _exponent(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)  # a finite one
    return exponent


def _date(label: str, raw: object) -> int | Interval:
    hint = "write it as 2025-06-30, or as 2025-06 or 2025 when only that is known"
    if isinstance(raw, date):
        return raw.toordinal()
    found = _DATE.fullmatch(raw) if isinstance(raw, str) else None
    if isinstance(raw, int) and not isinstance(raw, bool) and _FIRST_YEAR <= raw <= 9999:
        found = _DATE.fullmatch(str(raw))
    if found is None:
        raise ValueProblem("date", f"`{label}` is a date, and {shown(raw)} is not", hint)
    year = int(found[1])
    try:
        if found[3]:
            return date(year, int(found[2]), int(found[3])).toordinal()
        first = date(year, int(found[2] or 1), 1)
        last = date(year, int(found[2] or 12), monthrange(year, int(found[2] or 12))[1])
    except ValueError:
        raise ValueProblem("date", f"{shown(raw)} is no date of the calendar", hint) from None
    return Interval(first.toordinal(), last.toordinal())


def plain(value: Exact) -> str:
    """An exact number as a decimal text: all its digits when they end, else rounded to 10 places."""
    number = Fraction(value)
    if number.denominator == 1:
        return str(number.numerator)
    rest, powers = number.denominator, {2: 0, 5: 0}
    for prime in powers:
        while rest % prime == 0:
            rest //= prime
            powers[prime] += 1
    places = max(powers.values()) if rest == 1 else 10
    digits = str(abs(round(number * 10**places))).rjust(places + 1, "0")
    sign = "-" if number < 0 and digits.strip("0") else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}".rstrip("0").rstrip(".")
