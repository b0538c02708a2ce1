"""The language itself: operators, null, lists, contexts, functions, and the bounds on what a text may ask for."""

from __future__ import annotations

from decimal import Decimal

import pytest

import evaluator.feel
from evaluator.feel import FeelError, YearsMonths, evaluate, feel_years_months, parse, parse_unary_tests
from evaluator.feel.evaluation import evaluate_node

SAME = """
1 + 2 * 3 => 7
-3 ** 2 => 9
2 ** 3 ** 2 => 64
10 - 2 - 3 => 5
"a" + "b" => "ab"
1 = 1.0 => true
[1, 2] = [1, 2] => true
[1, "a"] = [1, 2] => false
{a: 1} = {a: 1} => true
[1..2] = [1..2] => true
[1..2] = [1..2) => false
null = null => true
null != 1 => true
1 != 2 => true
"b" > "a" => true
true and null or true => true
5 between 1 and 5 => true
5 in (< 3, > 4) => true
5 in (? > 4) => true
5 in [1, [4..6]] => true
[1..2] in [[1..2]] => true
1 in [] => false
null in null => true
3 in ]1..3] => true
3 in ]1..3[ => false
3 in (= 3) => true
if null then 1 else 2 => 2
for i in 3..1 return i => [3, 2, 1]
for i in (1..4) return i => [2, 3]
for i in 5 return i => [5]
for i in 1..4 return if i = 1 then 1 else partial[-1] * i => [1, 2, 6, 24]
for x in [1, 2], y in [x, 10] return x * y => [1, 10, 4, 20]
for d in @"2020-01-01"..@"2020-01-02" return d.day => [1, 2]
some x in [1, 5] satisfies x > 4 => true
every x in [], y in [1] satisfies false => true
[1, 2, 3][item > 1] => [2, 3]
[{a: 1}, {a: 2}][a = 2].a => [2]
[{a: 1}, {a: 2}][2].a => 2
[1, 2][-1] => 2
5[1] => 5
[1, 2]["a"] => []
{a: 1, b: a + 1}.b => 2
{a b: 1, "c-d": 2}.a b => 1
(< 5).end => 5
[1..3).end included => false
@"P1Y2M".years => 1
@"-P14M".months => -2
@"P1DT2H3M".hours => 2
@"P1DT2H3M".minutes => 3
@"2020-01-06".weekday => 1
@"2020-01-06T10:11:12.5".second => 12.5
@"10:11:12".minute => 11
@"10:11:12+01:00".time offset => @"PT1H"
@"10:11:12@Asia/Shanghai".timezone => "Asia/Shanghai"
@"2020-01-31" + @"P1M" => @"2020-02-29"
@"P1D" + @"10:00:00" => @"10:00:00"
@"10:00:00" - @"11:00:00" => @"-PT1H"
@"2020-01-02T00:00:00Z" - @"2020-01-01" => @"P1D"
@"2020-01-01T08:00:00@Asia/Shanghai" - @"2020-01-01T00:00:00Z" => @"PT0S"
@"P1Y" - @"P1M" => @"P11M"
@"P1Y" / @"P1M" => 12
@"PT3H" / @"PT2H" => 1.5
@"PT3H" / 2 => @"PT1H30M"
2 * @"P1Y" => @"P2Y"
-@"P1D" => @"-P1D"
10:00 => null
1 instance of number => true
null instance of Null => true
"a" instance of Any => true
[1, null] instance of list<number> => true
[1..2] instance of range<number> => true
1 instance of range<number> => false
{a: 1} instance of context<a: number> => true
{a: 1} instance of context<b: number> => false
1 instance of context<b: number> => false
abs instance of function<number> -> number => true
(@"P1Y") instance of years and months duration => true
true instance of boolean => true
(function(a, b) a - b)(b: 1, a: 3) => 2
(function(a: number) a)([3]) => 3
(function(a: list<number>) a)(3) => [3]
{f: function(n) if n = 0 then 1 else n * f(n - 1)}.f(5) => 120
@"2020-01-01T10:00:00Z" = @"2020-01-01T18:00:00+08:00" => true
@"2020-01-01T10:00:00Z" = @"2020-01-01T10:00:00" => false
@"10:00:00" = @"10:00:00Z" => false
@"10:00:00@Asia/Shanghai" = @"10:00:00@Asia/Shanghai" => true
@"10:00:00@Asia/Shanghai" = @"10:00:00Z" => false
@"10:00:00Z" < @"10:00:01Z" => true
@"P1Y" < @"P13M" => true
@"P1D" < @"PT25H" => true
@"2020-01-01T00:00:00" < @"2020-01-02T00:00:00" => true
"🐎\\u00e9\\n" => "🐎é\\n"
/* a comment */ 1 // another => 1
（1 ＋ 2）× 3 ÷ 3 ≥ 3 => true
"""

NULL = r"""
1 / 0 | 0 ** -1 | "a" + 1 | 1 + true | -"a" | -null | 10 ** 999999999 | 1e7000 | (-8) ** 0.5 | "a" ** 2
1 < null | 1 < "a" | true < false | [1] = 1 | 1 = "1" | @"2020-01-01" < @"2020-01-01T00:00:00"
@"10:00:00Z" < @"10:00:00" | @"2020-01-01T00:00:00Z" < @"2020-01-01T00:00:00" | @"P1Y" = @"P12D"
5 in [1..null] | null in [1..2] | "a" in [1..2] | null in (> 1) | [1..2] > 1 | 5 in (? + 1) | (!= 5) | (< true)
["a"..1] | null[1] | [1][0] | [1][2] | [1][1.5] | [][1] | 1.a | @"P1D".years | @"2020-01-01".hour | x.y | unknown
for i in null return i | for i in 1..1e12 return i | for i in 1.5..3 return i | for i in 1.."a" return i
for i in [3..1] return i | some x in null satisfies true | some x in [1, null] satisfies x > 4
every x in [null] satisfies x | {a: 1, a: 2} | unknown(1) | (function(a) a)() | (function(a) a)(b: 1)
(function(a: number) a)("x") | {f: function(n) f(n)}.f(1) | 1 instance of nonsense
@"nonsense" | @"2020-13-01T00:00:00"
@"2020-01-01" + 1 | @"2020-01-01" * 2 | @"9999-12-31" + @"P1D" | @"9999-12-31" + @"P1M" | @"10:00:00" + @"P1Y"
@"2020-01-02T00:00:00" - @"2020-01-01" | @"10:00:00" - @"2020-01-01" | @"P1D" + @"P1Y"
1e40 * @"P1D" | "a" * 2 | "a" / 2
[1, "a"] < [2] | @"P1D" / 0 | 1 between null and 2 | 1 between 0 and "a" | false = 0 | not(1) | {a: 1}.b
for i in 1..300 return for j in 1..1000 return 1
"""


@pytest.mark.parametrize("row", SAME.strip().splitlines())
def test_expression_has_the_value_of_another(row: str) -> None:
    expression, _, expected = row.rpartition(" => ")
    if expected == "null":
        with pytest.raises(FeelError):
            evaluate(expression)
        return
    expression = expression.replace("// another", "// another\n")
    found, wanted = evaluate(expression), evaluate(expected)
    same = evaluate("a = b", {"a": found, "b": wanted})
    assert wanted is not None
    assert same is True, f"{found!r} is not {wanted!r}"


@pytest.mark.parametrize("expression", [part for row in NULL.strip().splitlines() for part in row.split(" | ")])
def test_what_has_no_value_is_null(expression: str) -> None:
    assert evaluate(expression) is None


def test_names_with_spaces_and_signs_come_from_the_context() -> None:
    context = {"Monthly Salary": 10, "profit-loss": 3, "in": {"a+b": [{"c d": 4}]}, "x": {"e.f": 5}}
    assert evaluate("12 * Monthly  Salary + profit - loss", context) == 123
    assert evaluate("x.e.f", context) == 5


def test_string_growth_is_bounded() -> None:
    doubling = 'for i in 1..40 return if i = 1 then "ab" else partial[-1] + partial[-1]'
    assert evaluate(f"count({doubling})") == 40
    assert evaluate(f"({doubling})[-1]") is None


def test_list_growth_is_bounded() -> None:
    assert evaluate("for i in 1..40 return if i = 1 then [1] else concatenate(partial[-1], partial[-1])[1]") is not None
    nested = "(for i in 1..60 return if i = 1 then [1] else [partial[-1], partial[-1]])[-1]"
    assert evaluate(f"flatten({nested})") is None
    assert evaluate(f"concatenate(({doubled(18)})[-1], [1])") is None


def doubled(times: int) -> str:
    return f"for i in 1..{times} return if i = 1 then [1] else concatenate(partial[-1], partial[-1])"


def test_replacement_growth_is_bounded() -> None:
    text = "a" * 2_000
    assert evaluate(f'replace("{text}", "a", "{"b" * 1_000}")') is None
    assert evaluate('matches(a, "a")', {"a": "a" * 30_000}) is None
    joined = evaluate("string join(a, b)", {"a": ["x" * 10] * 50_000, "b": "y" * 20})
    assert joined is None


def test_quantities_are_refused_by_plain_feel() -> None:
    with pytest.raises(FeelError) as caught:
        evaluator.feel.evaluation.refuse_quantities(parse("a + 5%", units={"%"}), "a + 5%")
    assert caught.value.at == (4, 6)
    assert evaluate_node(parse("5%", units={"%"}), {}) is None


@pytest.mark.parametrize(
    ("tests", "value", "holds"),
    [("-", 1, True), ("< 5, 9", 9, True), ("not(1, 2)", 2, False), ("not(1)", 2, True), ("not(< 1)", "a", None)],
)
def test_unary_tests_read_the_question_mark(tests: str, value: object, holds: bool | None) -> None:
    values = {"?": Decimal(value) if isinstance(value, int) else value}
    assert evaluate_node(parse_unary_tests(tests), values) is holds


def test_years_and_months_duration_prints_as_iso_text() -> None:
    assert [feel_years_months(n).isoformat() for n in (0, 14, -3)] == ["P0M", "P1Y2M", "-P3M"]
    assert evaluate('@"P1Y"') == YearsMonths(12)


def test_unknown_attribute_of_the_package_is_an_error() -> None:
    with pytest.raises(AttributeError, match="no attribute"):
        _ = evaluator.feel.nothing
