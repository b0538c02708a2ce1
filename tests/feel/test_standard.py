"""The standard, case by case: overloads, nulls, wrong types, named parameters, brackets, leap years, offsets.

`standard.txt` holds `expression => value` under headings, written from the standard and not from what came out;
`⏎` is a line break. A value is a number, a JSON string, list or object, `true`, `false`, `null`, `error` for a text
that is not FEEL, or `date:`, `time:`, `dt:` and `dur:` with ISO text (inside a list as a string that begins with `#`).
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from evaluator.feel import FeelError, YearsMonths, evaluate

TEXTS = (Path(__file__).parent / "standard.txt").read_text(encoding="utf-8").splitlines()


def rows() -> list[tuple[str, str]]:
    pairs = (line.rpartition(" => ") for line in TEXTS if not line.startswith("#"))
    return [(expression.replace("⏎", "\n"), expected) for expression, _, expected in pairs]


def value_of(text: str) -> object:
    form, _, iso = text.partition(":")
    match form:
        case "date":
            return dt.date.fromisoformat(iso)
        case "time":
            return dt.time.fromisoformat(iso)
        case "dt":
            return dt.datetime.fromisoformat(iso)
        case "dur":
            return duration_of(iso)
        case _:
            value: object = json.loads(text, parse_int=Decimal, parse_float=Decimal)
            return [item_of(item) for item in value] if isinstance(value, list) else value


def item_of(value: object) -> object:
    return value_of(value[1:]) if isinstance(value, str) and value.startswith("#") else value


def duration_of(iso: str) -> object:
    date, _, time = iso.removeprefix("-").removeprefix("P").partition("T")
    sign = -1 if iso.startswith("-") else 1

    def part(text: str, letter: str) -> Decimal:
        found = re.search(rf"([0-9.]+){letter}", text)
        return Decimal(found[1]) if found else Decimal(0)

    if not time and "D" not in date:
        return YearsMonths(sign * int(part(date, "Y") * 12 + part(date, "M")))
    seconds = part(date, "D") * 86400 + part(time, "H") * 3600 + part(time, "M") * 60 + part(time, "S")
    return sign * dt.timedelta(microseconds=int(seconds * 1_000_000))


def same(found: object, wanted: object) -> bool:
    if type(found) is not type(wanted):
        return False
    match found, wanted:
        case Decimal(), Decimal():
            return abs(found - wanted) <= Decimal("1e-8") * max(Decimal(1), abs(wanted))
        case list(), list():
            return len(found) == len(wanted) and all(map(same, found, wanted))
        case dict(), dict():
            return found.keys() == wanted.keys() and all(same(found[key], wanted[key]) for key in wanted)
        case dt.time() | dt.datetime(), dt.time() | dt.datetime():
            return found.isoformat() == wanted.isoformat()
        case _:
            return found == wanted


@pytest.mark.parametrize(("expression", "expected"), rows())
def test_expression_has_the_value_that_the_standard_gives_it(expression: str, expected: str) -> None:
    if expected == "error":
        with pytest.raises(FeelError):
            evaluate(expression)
        return
    found, wanted = evaluate(expression), value_of(expected)
    assert same(found, wanted), f"{found!r} is not {wanted!r}"


# ------------------------------------------------------------------ operators on every pair of types
VALUES = {
    "number": "10",
    "string": '"10"',
    "boolean": "true",
    "date": '@"2021-01-01"',
    "date and time": '@"2021-01-01T10:10:10"',
    "time": '@"10:10:10"',
    "days": '@"P1D"',
    "months": '@"P1Y"',
    "list": "[10]",
    "context": "{a: 10}",
    "range": "[1..2]",
    "function": "abs",
    "null": "null",
}
DEFINED = {
    "*": "number number, number days, days number, number months, months number",
    "/": "number number, days number, months number, days days, months months",
    "**": "number number",
    "+": "number number, string string, date days, days date, date months, months date, date and time days, "
    "days date and time, date and time months, months date and time, time days, days time, days days, months months",
    "-": "number number, date date, date and time date and time, time time, date days, date months, "
    "date and time days, date and time months, time days, days days, months months",
    "<": "number number, string string, date date, date and time date and time, time time, days days, months months",
}


@pytest.mark.parametrize("operator", DEFINED)
def test_operator_is_null_for_every_pair_of_types_that_it_is_not_defined_for(operator: str) -> None:
    pairs = itertools.product(VALUES, repeat=2)
    valued = {f"{a} {b}" for a, b in pairs if evaluate(f"{VALUES[a]} {operator} {VALUES[b]}") is not None}
    assert valued == set(DEFINED[operator].split(", "))


ORDERED = {
    "number": "%d",
    "string": '"%d"',
    "date": 'date("2018-12-0%d")',
    "time": 'time("10:30:0%d")',
    "date and time": 'date and time("2018-12-08T10:30:0%d")',
    "months": 'duration("P%dY")',
    "days": 'duration("P%dD")',
}


@pytest.mark.parametrize("kind", ORDERED)
def test_range_holds_its_ends_where_its_brackets_say_so(kind: str) -> None:
    low, high = ORDERED[kind] % 2, ORDERED[kind] % 4
    for opening, closing, number in itertools.product("[(]", "])[", range(1, 6)):
        value, range_ = ORDERED[kind] % number, f"{opening}{low}..{high}{closing}"
        inside = (2 - (opening == "[")) < number < (4 + (closing == "]"))
        for test in (range_, f"[{range_}]") if opening == "[" else (range_,):
            assert evaluate(f"{value} in {test}") is inside, f"{value} in {test}"


HOLDS = {"<": (2,), "<=": (2, 3), "=": (3,), "!=": (2, 4), ">=": (3, 4), ">": (4,)}


@pytest.mark.parametrize("kind", ORDERED)
@pytest.mark.parametrize("operator", HOLDS)
def test_comparison_holds_alike_as_an_operator_and_as_a_unary_test(kind: str, operator: str) -> None:
    end = ORDERED[kind] % 3
    for number in (2, 3, 4):
        for test in (
            f"{operator} {end}",
            f"in {operator} {end}",
            f"in ({operator}{end})",
            f"in ({end}, {operator}{end})",
        ):
            holds = number in HOLDS[operator] or (number == 3 and ", " in test)
            assert evaluate(f"{ORDERED[kind] % number} {test}") is holds, test


# ------------------------------------------------------------------ values and names from outside
@pytest.mark.parametrize(
    ("expression", "context", "expected"),
    [
        ("a + 1", {"a": Fraction(1, 2)}, Decimal("1.5")),
        ("for sale + 1", {"for sale": 1}, Decimal(2)),
        ("if in stock then for sale else 0", {"in stock": True, "for sale": 3}, Decimal(3)),
        ("terms and conditions or x", {"terms and conditions": False, "x": True}, True),
        ("a-b + 1", {"a-b": 1, "a": 5, "b": 3}, Decimal(2)),
        ("c.a-b", {"c": {"a-b": 1}}, Decimal(1)),
    ],
)
def test_context_gives_values_and_names(expression: str, context: dict[str, object], expected: object) -> None:
    assert evaluate(expression, context) == expected
