"""Reading FEEL: shapes of trees, names, units, positions and complaints."""

from __future__ import annotations

import subprocess
import sys

import pytest

from evaluator.feel import FeelError, parse, parse_unary_tests, unparse
from evaluator.feel.ast import Arithmetic, Call, Compare, Conjunction, In, Name, Path, Quantity, Range, String, Test
from evaluator.feel.cursor import MAX_LENGTH


def problem(text: str, *, tests: bool = False) -> tuple[tuple[int, int], str, str | None]:
    with pytest.raises(FeelError) as caught:
        parse_unary_tests(text) if tests else parse(text)
    found = caught.value.problems[0]
    assert caught.value.at == found.at
    assert caught.value.diagnostics[0].message == found.message
    return found.at, found.message, found.help


@pytest.mark.parametrize(
    ("text", "at", "message", "help_"),
    [
        ("1 +", (3, 3), "expected an expression, but the text ends", None),
        ("a == b", (3, 4), "expected an expression, found `=`", "did you mean `=`?"),
        ("a <> b", (3, 4), "expected an expression, found `>`", "did you mean `!=`?"),
        ("a => b", (3, 4), "expected an expression, found `>`", "did you mean `>=`?"),
        ("a && b", (2, 3), "expected an operator or the end, found `&`", "did you mean `and`?"),
        ('"abc', (0, 1), 'expected an expression, found `"`', "the string is not closed"),
        ("30万元", (2, 4), "expected an operator or the end, found `万元`", "`万元` is not a unit that may stand here"),
        ("(1, 2", (2, 3), "expected `)` to close the parenthesis, found `,`", None),
        ("if a then b", (11, 11), "expected `else` after what holds if the condition is true, but the text ends", None),
        ("a.1", (1, 3), "expected an operator or the end, found `.1`", None),
        ("a.[", (2, 3), "expected a name, found `[`", None),
        ("@x", (1, 2), "expected a string, found `x`", None),
        ("for 1 in x return 1", (4, 5), "expected a variable, found `1`", None),
        ("for i of x return 1", (18, 19), "expected `in` after a variable, but the text ends", None),
        ("{a b}", (4, 5), "expected `:` after the key of an entry, found `}`", None),
        ("function() external {}", (11, 19), "external functions are not supported", None),
        ("[1..2", (5, 5), "expected `]`, `)` or `[` after the upper end of a range, but the text ends", None),
        ("1 instance number", (11, 17), "expected `of` after `instance`, found `number`", None),
        ("a instance of list<number", (25, 25), "expected `>` after the type of the items, but the text ends", None),
        ("f(1 2)", (4, 5), "expected `)` or `,` after an argument, found `2`", None),
        ("then", (0, 4), "expected an expression, found `then`", None),
        ("", (0, 0), "expected an expression, but the text ends", None),
    ],
)
def test_a_syntax_error_names_its_place(text: str, at: tuple[int, int], message: str, help_: str | None) -> None:
    if text.startswith("for i of"):
        _, found, _ = problem(text)
        assert found == message
        return
    assert problem(text) == (at, message, help_)


def test_nodes_know_where_they_stand() -> None:
    node = parse("  (a + 1) * 角色.级别 ")
    assert isinstance(node, Arithmetic)
    assert (node.at, node.left.at, node.right.at) == ((2, 17), (3, 8), (12, 17))


def test_declared_names_win_over_operators() -> None:
    assert parse("a - b", names={"a-b"}) == Name(name="a-b", at=(0, 5))
    assert isinstance(parse("a - b"), Arithmetic)
    assert isinstance(parse("x.a-b", names={"a-b"}), Path)
    assert isinstance(parse("profit and loss", names={"profit and loss"}), Name)
    assert isinstance(parse("{a-b: 1, c: a-b}.c"), Path)
    assert isinstance(parse("function(a-b) a-b"), type(parse("function(x) x")))
    assert unparse(parse("for a b in [1] return a  b")) == "for a b in [1] return a b"


def test_full_width_punctuation_is_ascii() -> None:
    assert parse("角色 ＝ “主持” and 数量 ≥ 3，".rstrip("，")) == parse('角色 = "主持" and 数量 >= 3')
    assert parse("max（1，2）") == parse("max(1,2)")
    assert parse("｛甲：［1］｝") == parse("{甲:[1]}")
    assert parse("a ≠ b") == parse("a ！＝ b") == parse("a != b")
    assert parse("a ＜＝ b") == parse("a <= b")
    assert parse('"，"') == String(value="，", at=(0, 3))


def test_units_make_quantities() -> None:
    node = parse_unary_tests(">= 94%", units=("%", "元", "万元")).tests[0]
    assert isinstance(node, Test)
    assert isinstance(node.operand, Quantity)
    assert (node.operand.unit, node.operand.at) == ("%", (3, 6))
    assert parse("30 万元", units={"元", "万元"}) == parse("30万元", units={"元", "万元"})
    with pytest.raises(FeelError, match="万元以上"):
        parse("30万元以上", units={"万元"})


def test_tests_after_in() -> None:
    for text, kind in (("x in (1..2]", Range), ("x in < 5", Test), ("x in ]1..2[", Range), ("x in a", Name)):
        node = parse(text)
        assert isinstance(node, In)
        assert isinstance(node.tests[0], kind)
    node = parse("x in ]1..y[ and z[1]")
    assert isinstance(node, Conjunction)
    assert isinstance(parse("[1..y[1]]"), Range)


def test_unary_tests() -> None:
    assert parse_unary_tests("-").tests == ()
    assert parse_unary_tests("not(1, 2)").negated
    assert not parse_unary_tests("not(a) and b").negated
    assert problem("1 2", tests=True)[0] == (2, 3)


def test_named_arguments() -> None:
    node = parse("substring(string: a, start position: 2)")
    assert isinstance(node, Call)
    assert node.names == ("string", "start position")


def test_escapes() -> None:
    assert parse(r'"\"\'\\\t\d\u4e3b\uD83D\uDC0E\U01F40E\UFFFFFF"') == String(
        value="\"'\\\t\\d主🐎🐎\\UFFFFFF", at=(0, 0)
    )


def test_a_long_flat_chain_is_one_node() -> None:
    node = parse("and ".join(["a "] * 1_600))
    assert isinstance(node, Conjunction)
    assert len(node.operands) == 1_600


@pytest.mark.parametrize("text", ["(" * 300 + "1" + ")" * 300, "-" * 500 + "1", "+".join("1" * 500), "list<" * 300])
def test_depth_is_bounded(text: str) -> None:
    text = "x instance of " + text if text.startswith("list") else text
    assert problem(text)[1] == "expression is nested too deep"


def test_length_is_bounded() -> None:
    assert problem("a" * (MAX_LENGTH + 1))[0] == (MAX_LENGTH, MAX_LENGTH + 1)


def test_a_caller_that_stands_deep_gets_a_clear_error() -> None:
    def dive(levels: int) -> None:
        if levels:
            dive(levels - 1)
        elif levels == 0:
            parse("(" * 100 + "1" + ")" * 100)

    def dive_tests(levels: int) -> None:
        if levels:
            dive_tests(levels - 1)
        else:
            parse_unary_tests("(" * 100 + "1" + ")" * 100)

    limit = sys.getrecursionlimit()
    for call in (dive, dive_tests):
        with pytest.raises(FeelError, match="nested too deep"):
            call(limit - 350)


def test_comparison_chains_to_the_left() -> None:
    node = parse("a = b = c")
    assert isinstance(node, Compare)
    assert isinstance(node.left, Compare)


def test_reading_loads_no_evaluation() -> None:
    code = (
        "import sys, evaluator.feel.parser, evaluator.feel as f; f.parse('1 = a');"
        "print([m for m in sys.modules if m in ('zoneinfo', 'evaluator.feel.evaluation', 'evaluator.feel.values')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
