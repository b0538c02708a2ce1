"""Every built-in function of DMN 1.5, written from the standard: `expression => what it equals`, or null."""

from __future__ import annotations

import datetime as dt

import pytest

from evaluator.feel import evaluate
from evaluator.feel.builtins import BUILTINS
from evaluator.feel.tokens import SPACED_BUILTINS

CASES: dict[str, str] = {
    "date": """
        date("2017-12-31").day => 31
        date(from: date and time("2017-12-31T10:00:00")) => date(2017, 12, 31)
        date(date("2017-12-31")) => @"2017-12-31"
        date(2017, 2, 30) => null
        date("2017-2-3") => null
        date("0000-01-01") => null
        date(null) => null
        date(2017, null, 1) => null""",
    "time": """
        time("23:59:01.5") => time(23, 59, 1.5)
        time("24:00:00") => time(0, 0, 0)
        time(hour: 1, minute: 2, second: 3, offset: duration("PT1H")) => time("01:02:03+01:00")
        time(12, 0, 0, null) => time("12:00:00")
        time(12, 0, 0, duration("P1D")) => null
        time(date and time("2017-01-01T10:00:00")) => time("10:00:00")
        time(date("2017-01-01")) => time("00:00:00Z")
        time("10:00") => null
        time("10:00:00+19:00") => null
        time("10:00:00+01:60") => null
        time("10:00:00@Nowhere/None") => null
        time("10:00:00@../etc") => null
        time("10:00:00Z@UTC") => null
        time("10:00:00@UTC") => time("10:00:00z")
        time("25:00:00") => null""",
    "date and time": """
        date and time("2017-12-31") => date and time("2017-12-31T00:00:00")
        date and time(date("2017-12-31"), time("10:00:00")) => @"2017-12-31T10:00:00"
        date and time(date: @"2017-12-31T11:00:00", time: @"10:00:00") => @"2017-12-31T10:00:00"
        date and time("2017-12-31T24:00:00") => @"2018-01-01T00:00:00"
        date and time("9999-12-31T24:00:00") => null
        date and time("2017-12-31T") => null
        date and time(1) => null""",
    "duration": """
        duration("P1Y2M").months => 2
        duration("-P1DT2H3M4.5S").seconds => -4.5
        duration("PT36H") => @"P1DT12H"
        duration("P1Y2D") => null
        duration("P") => null
        duration("PT") => null
        duration("P99999999999D") => null
        duration(from: "P3D").days => 3""",
    "years and months duration": """
        years and months duration(@"2011-12-22", @"2013-08-24") => @"P1Y8M"
        years and months duration(@"2013-08-24", @"2011-12-22") => @"-P1Y8M"
        years and months duration(from: @"2014-01-31", to: @"2014-02-28T23:00:00") => @"P0M"
        years and months duration(@"2014-01-31") => null""",
    "number": """
        number("1 000,5", " ", ",") => 1000.5
        number(from: "1.000,5", grouping separator: ".", decimal separator: ",") => 1000.5
        number("1,000", ",", null) => 1000
        number("1,000", ",", ",") => null
        number("1.5", null, ",") => null
        number("1;5", ";", null) => null
        number("-2e2") => -200
        number("x") => null
        number("1e99999") => null
        number(null) => null""",
    "string": """
        string(1.10) => "1.1"
        string(-0.0) => "0"
        string(100) => "100"
        string("a") => "a"
        string(true) => "true"
        string(@"PT36H") => "P1DT12H"
        string(@"-PT0.5S") => "-PT0.5S"
        string(@"PT0S") => "PT0S"
        string(@"P14M") => "P1Y2M"
        string(@"10:00:00.5+05:00") => "10:00:00.5+05:00"
        string(@"2017-12-31T10:00:00Z") => "2017-12-31T10:00:00Z"
        string(@"10:00:00@Asia/Shanghai") => "10:00:00@Asia/Shanghai"
        string([1, "a\\"b", {k: null}, false]) => "[1, \\"a\\\\\\"b\\", {k: null}, false]"
        string([1..2]) => "[1..2]"
        string((<2)) => "(..2)"
        string((>=2)) => "[2..)"
        string(abs) => "function"
        string(null) => null""",
    "not": """
        not(true) => false
        not(negand: false) => true
        not(null) => null
        not("a") => null""",
    "range": """
        range("[1..3]") => [1..3]
        range("(..3]") => (<= 3)
        range("[-1..)") => (>= -1)
        range("[\\"a\\"..\\"b\\")").start => "a"
        range("[@\\"2020-01-01\\"..date(\\"2020-02-01\\")]").end => @"2020-02-01"
        range("[time(\\"10:00:00\\")..time(\\"11:00:00\\")]").start => @"10:00:00"
        range("[date and time(\\"2020-01-01\\")..date and time(\\"2020-01-02\\")]").start included => true
        range("[duration(\\"P1D\\")..duration(\\"P2D\\")]").end included => true
        range("[3..1]") => null
        range("[1..\\"a\\"]") => null
        range("[..]") => null
        range("[1..]") => null
        range("[..1]") => null
        range("[x..1]") => null
        range("[1+..2]") => null
        range("1..2") => null""",
    "decimal": """
        decimal(1/3, 2) => 0.33
        decimal(2.5, 0) => 2
        decimal(n: 15, scale: -1) => 20
        decimal(1, null) => null
        decimal(1.5, 6177) => null
        decimal(1, 1e20) => null""",
    "floor": "floor(-1.5) => -2; floor(1.56, 1) => 1.5; floor(n: null) => null",
    "ceiling": "ceiling(1.2) => 2; ceiling(-1.56, 1) => -1.5; ceiling() => null",
    "round up": "round up(5.5, 0) => 6; round up(-1.126, 2) => -1.13; round up(5.5, 6177) => null",
    "round down": "round down(5.5, 0) => 5; round down(-1.126, 2) => -1.12; round down(1) => null",
    "round half up": "round half up(-5.5, 0) => -6; round half up(1.125, 2) => 1.13; round half up(1, -6112) => null",
    "round half down": """
        round half down(5.5, 0) => 5
        round half down(1.126, 2) => 1.13
        round half down('', 0) => null""",
    "abs": """
        abs(-10) => 10
        abs(@"-PT5H") => @"PT5H"
        abs(n: @"-P1Y") => @"P1Y"
        abs([-1]) => 1
        abs("-1") => null
        abs(1, 2) => null
        abs(number: 1) => null
        abs(n: 1, n: 2) => null""",
    "modulo": """
        modulo(12, 5) => 2
        modulo(-12, 5) => 3
        modulo(12, -5) => -3
        modulo(10.1, 4.5) => 1.1
        modulo(1, 0) => null""",
    "sqrt": "sqrt(16) => 4; sqrt(-1) => null; sqrt(number: 2.25) => 1.5",
    "log": "decimal(log(10), 8) => 2.30258509; log(0) => null; log(1) => 0",
    "exp": "decimal(exp(5), 8) => 148.41315910; exp(0) => 1; exp(1e9) => null",
    "odd": "odd(5) => true; odd(-3) => true; odd(2) => false; odd(1.5) => false",
    "even": "even(4) => true; even(-5) => false; even(0) => true; even(null) => null",
    "substring": """
        substring("foobar", 3) => "obar"
        substring("foobar", 3, 3) => "oba"
        substring("foobar", -2, 1) => "a"
        substring("🐎ab", 2) => "ab"
        substring("foobar", 0) => null
        substring("foobar", 9) => null
        substring("foobar", 1, 0) => null
        substring("", 1) => "" """,
    "string length": 'string length("foo") => 3; string length("🐎质") => 2; string length(null) => null',
    "upper case": 'upper case("aBc4") => "ABC4"; upper case(string: "é") => "É"; upper case(1) => null',
    "lower case": 'lower case("aBc4") => "abc4"; lower case("") => ""; lower case(["A"]) => "a"',
    "substring before": """
        substring before("foobar", "bar") => "foo"
        substring before("foobar", "xyz") => ""
        substring before(string: "foobar", match: "") => "" """,
    "substring after": """
        substring after("foobar", "ob") => "ar"
        substring after("", "a") => ""
        substring after("foobar", "") => "foobar" """,
    "contains": 'contains("foobar", "of") => false; contains("foobar", "") => true; contains("a", 1) => null',
    "starts with": 'starts with("foobar", "fo") => true; starts with("a", "b") => false; starts with("a") => null',
    "ends with": 'ends with("foobar", "r") => true; ends with("a", "b") => false; ends with(null, "a") => null',
    "matches": """
        matches("foobar", "^fo*b") => true
        matches("FOO", "foo", "i") => true
        matches("a\\nb", "a.b", "s") => true
        matches("a\\nb", "^b$", "m") => true
        matches("a\\n", "a$") => false
        matches("ab c", "a b[ ]c", "x") => true
        matches("a.c", "a.c", "q") => true
        matches("abc", "a.c", "q") => false
        matches("x", "x", "y") => null
        matches("x", "(") => null
        matches("Ä1", "\\\\p{Lu}\\\\d") => true
        matches("ä", "[\\\\p{Ll}]") => true
        matches("1", "\\\\P{L}") => true
        matches("a", "\\\\p{Qq}") => null
        matches("a", "[\\\\P{L}]") => false
        matches("b", "^[^\\\\P{L}a]$") => true
        matches("a", "^[^\\\\P{L}a]$") => false
        matches("^", "^[\\\\P{L}^]$") => true
        matches("5", "^[\\\\p{Lu}\\\\D\\\\d]$") => true
        matches("a-b", "^\\\\i[\\\\c]+$") => true
        matches("-", "\\\\I") => true
        matches("-", "[\\\\I]") => true
        matches("a", "[\\\\D]") => true
        matches("aa", "(a)[\\\\1]") => null
        matches("a/b", "a\\\\/b") => true
        matches("aa", "(a)\\\\1") => true
        matches("a", "\\\\y") => null
        matches("a", "(?=a)") => null
        matches("a", "(?:a)") => true
        matches("a", "[a-z-[b]]") => true
        matches("b", "[a-z-[b]]") => false
        matches("i", "[A-Z-[OI]]", "i") => false
        matches("y", "^[^a-c-[x]]$") => true
        matches("x", "^[^a-c-[x]]$") => false
        matches("e", "[a-z-[aeiou-[e]]]") => true
        matches("a-b", "^[a-z-]+$") => true
        matches("a", "[a-[b]c]") => null
        matches("a", "[[a]]") => null
        matches("a", "[]") => null
        matches("a", "[a") => null
        matches("aa", "^a{2,}$") => true
        matches("aa", "a{,2}") => null
        matches("aa", "a}") => null
        matches("aa", "a{2}+") => null
        matches("aa", "a++") => null
        matches("a", "a]") => null
        matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", "(a+)+$") => null
        matches("a", "a", null) => true""",
    "replace": """
        replace("abracadabra", "bra", "*") => "a*cada*"
        replace("darted", "^(.*?)d(.*)$", "$1c$2") => "carted"
        replace("a.b", ".", "$0", "q") => "a$0b"
        replace("ab", "(a)|(z)", "[$1$2$3]") => "[a]b"
        replace("ab", "b", "\\\\$\\\\\\\\") => "a$\\\\"
        replace("ab", "b", "$") => null
        replace("ab", "b", "\\\\n") => null
        replace("ab", "x*", "-") => null""",
    "split": """
        split("John Doe", "\\\\s") => ["John", "Doe"]
        split("a;b;;", ";") => ["a","b","",""]
        split(1, "") => null""",
    "string join": """
        string join(["a", "b"], ", ") => "a, b"
        string join(["a", null, "b"]) => "ab"
        string join(list: [], delimiter: "x") => ""
        string join([1], "x") => null""",
    "list contains": """
        list contains([1, 2], 2) => true
        list contains([1, null], null) => true
        list contains(list: 1, element: "1") => false
        list contains(null, 1) => null""",
    "count": "count([1, null]) => 2; count([]) => 0; count(null) => null; count('a') => 1",
    "min": 'min([1, 2]) => 1; min("b", "a") => "a"; min([]) => null; min(1, "a") => null; min([true]) => null',
    "max": 'max(@"2020-01-01", @"2021-01-01") => @"2021-01-01"; max([3]) => 3; max(null) => null',
    "sum": "sum([1, 2]) => 3; sum(1, 2, 3) => 6; sum([]) => null; sum([1, 'a']) => null; sum() => null",
    "mean": "mean([1, 2]) => 1.5; mean(2, 4) => 3; mean([]) => null",
    "product": "product([2, 3]) => 6; product(2, 3, 4) => 24; product([]) => null",
    "median": "median(8, 2, 5, 3, 4) => 4; median([6, 1, 2, 3]) => 2.5; median([]) => null",
    "stddev": "stddev([4, 7, 10]) => 3; stddev(47) => null; stddev([]) => null",
    "mode": "mode(6, 3, 9, 6, 6) => [6]; mode([6, 1, 9, 6, 1]) => [1, 6]; mode([]) => []",
    "all": """
        all([true, true]) => true
        all(true, null) => null
        all(false, null) => false
        all([]) => true
        all(1) => null""",
    "any": "any([false, true]) => true; any(false, null) => null; any([]) => false; any('a') => null",
    "sublist": """
        sublist([4, 5, 6], 1, 2) => [4, 5]
        sublist([4, 5, 6], -2) => [5, 6]
        sublist([4, 5, 6], 3, 2) => null
        sublist([4, 5, 6], 0) => null""",
    "append": """
        append([1], 2, 3) => [1, 2, 3]
        append([], [1]) => [[1]]
        append(1, null) => [1, null]
        append([]) => null""",
    "concatenate": "concatenate([1], [2, 3]) => [1, 2, 3]; concatenate([[1]]) => [[1]]; concatenate([1], null) => null",
    "insert before": """
        insert before([1, 3], 1, 2) => [2, 1, 3]
        insert before([1, 3], -1, 2) => [1, 2, 3]
        insert before([1, 3], 4, 2) => null""",
    "remove": "remove([1, 2, 3], 2) => [1, 3]; remove([1], -1) => []; remove([1], 0) => null",
    "list replace": """
        list replace([2, 4, 7, 8], 3, 6) => [2, 4, 6, 8]
        list replace([2, 4, 7, 8], function(item, newItem) item < newItem, 5) => [5, 5, 7, 8]
        list replace(list: [1], position: -1, newItem: null) => [null]
        list replace([1], function(a, b) null, 5) => null
        list replace([1], 2, 6) => null""",
    "reverse": "reverse([1, 2]) => [2, 1]; reverse([]) => []; reverse(null) => null",
    "index of": "index of([1, 2, 3, 2], 2) => [2, 4]; index of([1], 5) => []; index of([null], null) => [1]",
    "union": "union([1, 2], [2, 3]) => [1, 2, 3]; union([1, 1]) => [1]; union() => null",
    "distinct values": """
        distinct values([1, 2, 1]) => [1, 2]
        distinct values(1) => [1]
        distinct values([null, null]) => [null]""",
    "flatten": "flatten([[1, [2]], 3]) => [1, 2, 3]; flatten(1) => [1]; flatten(null) => null",
    "sort": """
        sort([3, 1, 2], function(x, y) x < y) => [1, 2, 3]
        sort(list: ["a", "c"], precedes: function(x, y) x > y) => ["c", "a"]
        sort([3, 1]) => [1, 3]
        sort([3, "a"], function(x, y) x < y) => null""",
    "get value": """
        get value({a: 1}, "a") => 1
        get value({a: {b: 1}}, ["a", "b"]) => 1
        get value({a: 1}, ["a", "b"]) => null
        get value({a: 1}, "b") => null""",
    "get entries": """
        get entries({a: 1}) => [{key: "a", value: 1}]
        get entries({}) => []
        get entries(m: null) => null""",
    "context put": """
        context put({a: 1}, "b", 2) => {a: 1, b: 2}
        context put({a: {b: 1}}, ["a", "b"], 2) => {a: {b: 2}}
        context put({a: 1}, ["a", "b"], 2) => null
        context put({a: 1}, [], 2) => null
        context put({a: 1}, [1, 2], 2) => null
        context put(context: {}, key: "a", value: null) => {a: null}""",
    "context merge": """
        context merge([{a: 1}, {a: 2, b: 3}]) => {a: 2, b: 3}
        context merge({a: 1}) => {a: 1}
        context merge([1, 2]) => null""",
    "context": """
        context([{key: "a", value: 1}]) => {a: 1}
        context({key: "a", value: null}) => {a: null}
        context([{key: "a", value: 1}, {key: "a", value: 2}]) => null
        context([{key: 1, value: 1}]) => null
        context([{key: "a"}]) => null""",
    "day of year": """
        day of year(@"2019-09-17") => 260
        day of year(@"2020-12-31T10:00:00") => 366
        day of year(1) => null""",
    "day of week": """
        day of week(@"2019-09-17") => "Tuesday"
        day of week(date: @"2019-09-15") => "Sunday"
        day of week() => null""",
    "month of year": """
        month of year(@"2019-09-17") => "September"
        month of year(@"2019-12-01") => "December"
        month of year("") => null""",
    "week of year": 'week of year(@"2003-12-29") => 1; week of year(@"2010-01-01") => 53; week of year(null) => null',
    "now": 'now() > @"2020-01-01T00:00:00Z" => true; now() instance of date and time => true; now(1) => null',
    "today": 'today() > @"2020-01-01" => true; today() instance of date => true; today(1) => null',
    "is": 'is(1, 1.0) => true; is(@"10:00:00Z", @"10:00:00") => false; is(1, "1") => false; is(null, null) => true',
    "before": """
        before(1, 10) => true
        before(1, (1..10]) => true
        before([1..10], 10) => false
        before([1..10), [10..20]) => true
        before([1..10], [10..20]) => false
        before(1, (< 5)) => false
        before((> 5), 9) => false
        before((> 5), [1..2]) => false
        before(1, "a") => null""",
    "after": """
        after(10, 1) => true
        after(12, [2..12)) => true
        after([11..20], 10) => true
        after([2..3], [1..2)) => true""",
    "meets": "meets([1..5], [5..10]) => true; meets([1..5), [5..10]) => false; meets([1..5], [6..10]) => false",
    "met by": "met by([5..10], [1..5]) => true; met by([5..10], [1..5)) => false; met by(1, 2) => null",
    "overlaps": """
        overlaps([1..5], [3..8]) => true
        overlaps([1..5), [5..8]) => false
        overlaps([1..2], [6..8]) => false""",
    "overlaps before": """
        overlaps before([1..5], [3..8]) => true
        overlaps before([3..8], [1..5]) => false
        overlaps before([1..5], [1..5]) => false
        overlaps before((< 5), [3..8]) => true
        overlaps before([1..5], (< 8)) => false""",
    "overlaps after": """
        overlaps after([3..8], [1..5]) => true
        overlaps after([1..5], [3..8]) => false
        overlaps after(1) => null""",
    "finishes": "finishes(10, [1..10]) => true; finishes([5..10), [1..10]) => false; finishes((> 5), (> 1)) => true",
    "finished by": """
        finished by([1..10], 10) => true
        finished by([1..10], [5..10]) => true
        finished by([1..10), 10) => false""",
    "includes": """
        includes([1..10], 5) => true
        includes([1..10], [1..10]) => true
        includes((1..10], [1..10]) => false
        includes([1..10], (> 2)) => false
        includes((> 2), [3..10]) => true
        includes([1..10], "a") => null""",
    "during": "during(5, [1..10]) => true; during([4..6], [1..10]) => true; during([1..10], (1..10)) => false",
    "starts": "starts(1, [1..10]) => true; starts([1..5], [1..10]) => true; starts((1..5], [1..10]) => false",
    "started by": """
        started by([1..10], 1) => true
        started by([1..10], [1..5]) => true
        started by((1..10], 1) => false""",
    "coincides": "coincides(5, 5) => true; coincides([1..5], [1..5]) => true; coincides([1..5], [1..5)) => false",
}


def rows() -> list[tuple[str, str]]:
    table: list[tuple[str, str]] = []
    for text in CASES.values():
        lines = text.strip().splitlines() if "\n" in text else text.split("; ")
        table.extend(
            (left.strip().replace("''", '""').replace("'a'", '"a"'), right.strip())
            for left, _, right in (line.partition("=> ") for line in lines)
        )
    return table


@pytest.mark.parametrize(("expression", "expected"), rows())
def test_built_in_function_gives_what_the_standard_says(expression: str, expected: str) -> None:
    if expected == "null":
        assert evaluate(expression) is None
    else:
        found, wanted = evaluate(expression), evaluate(expected)
        assert wanted is not None
        assert type(found) is type(wanted)
        same = found == wanted or evaluate("a = b", {"a": found, "b": wanted}) is True
        assert same, f"{found!r} is not {wanted!r}"


def test_every_built_in_function_has_three_cases() -> None:
    assert set(CASES) == set(BUILTINS)
    for name in BUILTINS:
        assert CASES[name].count(f"{name}(") >= 3, name


def test_the_parser_knows_the_names_that_hold_a_space() -> None:
    assert {name for name in BUILTINS if " " in name} == SPACED_BUILTINS


def test_values_from_python_are_taken_exactly() -> None:
    context = {"a": 0.1, "b": 2, "c": (1, float("nan")), "d": {"e": dt.date(2020, 1, 1)}, "f": object()}
    assert evaluate("[a + b = 2.1, c, d.e.year, f]", context) == evaluate("[true, [1, null], 2020, null]")
