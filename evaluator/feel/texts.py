"""The text of a FEEL value, as the function `string` gives it. In: a value. Out: its text."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

from evaluator.feel.temporal import text_of
from evaluator.feel.tokens import WORD
from evaluator.feel.values import RangeValue, YearsMonths


def number_text(number: Decimal) -> str:
    """A number without exponent and without zeros at the end of its fraction."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def string_of(value: object) -> str:
    """The text of `value`; strings inside lists and contexts stand in quotes."""
    return value if isinstance(value, str) else _literal(value)


def _key(key: str) -> str:
    """The key of an entry: bare where it is words, else in quotes."""
    return key if re.fullmatch(rf"(?![0-9]){WORD}+(?: {WORD}+)*", key) else _quoted(key)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _literal(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case Decimal():
            return number_text(value)
        case str():
            return _quoted(value)
        case dt.date() | dt.time() | dt.timedelta() | YearsMonths():
            return text_of(value)
        case list():
            return "[" + ", ".join(map(_literal, value)) + "]"
        case dict():
            return "{" + ", ".join(f"{_key(key)}: {_literal(item)}" for key, item in value.items()) + "}"
        case RangeValue():
            low = "" if value.low is None else _literal(value.low)
            high = "" if value.high is None else _literal(value.high)
            return f"{'[' if value.low_closed else '('}{low}..{high}{']' if value.high_closed else ')'}"
        case _:
            return "function"
