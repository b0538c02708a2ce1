"""Printing FEEL: what is printed reads back as the same tree, whatever the tree."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluator.feel import ast as tree
from evaluator.feel import parse, parse_unary_tests, unparse

AT = (0, 0)
NAMES = ["a", "级别", "profit - loss", "Monthly Salary", "x1", "?", "item", "abs", "date and time"]
DECLARED = frozenset({"profit - loss", "Monthly Salary"})
UNITS = frozenset({"%", "万元", "元"})

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
names = st.sampled_from(NAMES)
path_names = st.sampled_from(NAMES[:5])
numbers = st.decimals(0, 10**6, allow_nan=False, places=2) | st.sampled_from([Decimal("1E+5"), Decimal("0E-9")])
types = st.recursive(
    st.sampled_from(["number", "Any", "date and time", "list", "t.x", "days and time duration"]).map(
        lambda name: tree.NamedType(name=name, at=AT)
    ),
    lambda inner: (
        st.builds(tree.ListType, item=inner, at=st.just(AT))
        | st.builds(tree.RangeType, item=inner, at=st.just(AT))
        | st.builds(
            tree.ContextType,
            entries=st.lists(st.tuples(st.sampled_from(["k", "a b"]), inner), min_size=1, max_size=2).map(tuple),
            at=st.just(AT),
        )
        | st.builds(tree.FunctionType, parameters=st.lists(inner, max_size=2).map(tuple), result=inner, at=st.just(AT))
    ),
    max_leaves=3,
)
leaves: st.SearchStrategy[tree.Node] = st.one_of(
    st.builds(tree.Null, at=st.just(AT)),
    st.builds(tree.Boolean, value=st.booleans(), at=st.just(AT)),
    st.builds(tree.Number, value=numbers, at=st.just(AT)),
    st.builds(tree.Quantity, value=numbers, unit=st.sampled_from(sorted(UNITS)), at=st.just(AT)),
    st.builds(tree.String, value=texts, at=st.just(AT)),
    st.builds(tree.At, text=texts, at=st.just(AT)),
    st.builds(tree.Name, name=names, at=st.just(AT)),
)


def several(inner: st.SearchStrategy[tree.Node], least: int = 0) -> st.SearchStrategy[tuple[tree.Node, ...]]:
    return st.lists(inner, min_size=least, max_size=3).map(tuple)


def branches(inner: st.SearchStrategy[tree.Node]) -> st.SearchStrategy[tree.Node]:
    at = st.just(AT)
    iterators = st.lists(
        st.builds(tree.Iterator, name=st.sampled_from(["i", "j k"]), source=inner, end=inner | st.none(), at=at),
        min_size=1,
        max_size=2,
    ).map(tuple)
    comparators = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
    named = st.lists(st.tuples(st.sampled_from(["n", "start position"]), inner), min_size=1, max_size=2)
    parameters = st.lists(
        st.builds(tree.Parameter, name=st.sampled_from(["p", "q r"]), type=types | st.none(), at=at), max_size=2
    ).map(tuple)
    return st.one_of(
        st.builds(tree.Path, base=inner, name=path_names, at=at),
        st.builds(tree.Filter, base=inner, predicate=inner, at=at),
        st.builds(tree.Call, function=inner, args=several(inner), names=st.none(), at=at),
        st.builds(
            lambda function, pairs: tree.Call(
                function=function, args=tuple(arg for _, arg in pairs), names=tuple(name for name, _ in pairs), at=AT
            ),
            inner,
            named,
        ),
        st.builds(tree.Negate, operand=inner, at=at),
        st.builds(tree.Arithmetic, op=st.sampled_from(["+", "-", "*", "/", "**"]), left=inner, right=inner, at=at),
        st.builds(tree.Compare, op=comparators, left=inner, right=inner, at=at),
        st.builds(tree.Conjunction, operands=several(inner, 2), at=at),
        st.builds(tree.Disjunction, operands=several(inner, 2), at=at),
        st.builds(tree.Between, value=inner, low=inner, high=inner, at=at),
        st.builds(tree.In, value=inner, tests=several(inner, 1), at=at),
        st.builds(tree.If, condition=inner, then=inner, otherwise=inner, at=at),
        st.builds(tree.For, iterators=iterators, body=inner, at=at),
        st.builds(
            tree.Quantified, kind=st.sampled_from(["some", "every"]), iterators=iterators, satisfies=inner, at=at
        ),
        st.builds(tree.Range, low=inner, high=inner, low_closed=st.booleans(), high_closed=st.booleans(), at=at),
        st.builds(tree.Test, op=comparators, operand=inner, at=at),
        st.builds(tree.ListLiteral, items=several(inner), at=at),
        st.builds(
            tree.ContextLiteral,
            entries=st.lists(st.builds(tree.Entry, key=texts | names, value=inner, at=at), max_size=2).map(tuple),
            at=at,
        ),
        st.builds(tree.FunctionLiteral, parameters=parameters, body=inner, at=at),
        st.builds(tree.InstanceOf, value=inner, type=types, at=at),
    )


nodes = st.recursive(leaves, branches, max_leaves=8)


@settings(max_examples=300, deadline=None)
@given(nodes)
def test_what_is_printed_reads_back_the_same(node: tree.Node) -> None:
    text = unparse(node)
    again = parse(text, names=DECLARED, units=UNITS)
    assert again == node
    assert unparse(again) == text


@settings(max_examples=100, deadline=None)
@given(st.builds(tree.UnaryTests, tests=several(nodes, 1), negated=st.booleans(), at=st.just(AT)))
def test_printed_unary_tests_read_back_the_same(node: tree.UnaryTests) -> None:
    assert parse_unary_tests(unparse(node), names=DECLARED, units=UNITS) == node


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("角色＝“主持”", '角色 = "主持"'),
        ("x in (1，2)", "x in (1, 2)"),
        ("x in ((1..2))", "x in (1..2)"),
        ("]1..2[", "(1..2)"),
        ("((a+b))*c", "(a + b) * c"),
        ("{'a': 1}".replace("'", '"'), "{a: 1}"),
        ("a=b=c", "(a = b) = c"),
    ],
)
def test_canonical_text(text: str, printed: str) -> None:
    assert unparse(parse(text)) == printed


def test_no_tests_print_as_a_dash() -> None:
    assert unparse(parse_unary_tests(" - ")) == "-"
    assert unparse(parse_unary_tests("(not(a))")) == "(not(a))"
