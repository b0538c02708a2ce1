"""Interval arithmetic against brute force: every value of the operands lies in the result, and no bound is idle."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluator.engines.intervals import (
    Number,
    Undefined,
    add,
    between,
    compare,
    divide,
    ends,
    equal,
    extreme,
    hull,
    multiply,
    negate,
    rounded,
    subtract,
    undecidable,
)
from evaluator.engines.truth import FALSE, INDETERMINATE, TRUE, UNKNOWN
from evaluator.rulebook.values import Interval

EXAMPLES = settings(derandomize=True, deadline=None, max_examples=100)
HALF = Fraction(1, 2)
UNDEFINED = Undefined("by design")
Operation = Callable[[Number, Number], Number]


@st.composite
def closed(draw: st.DrawFn) -> tuple[Number, list[Fraction]]:
    """A number between two whole bounds, with a grid of its values that holds both bounds."""
    low = draw(st.integers(-4, 4))
    high = draw(st.integers(low, low + 3))
    values = [low + HALF * step for step in range(2 * (high - low) + 1)]
    return between(low, high), values


@st.composite
def half_open(draw: st.DrawFn) -> tuple[Number, list[Fraction]]:
    """A number that may lack a bound, with values that reach far beyond the one it has."""
    low = draw(st.none() | st.integers(-3, 3))
    high = draw(st.none() | st.integers(0 if low is None else low, 3 if low is None else low + 3))
    start, stop = -50 if low is None else low, 50 if high is None else high
    inner = range(max(start, -6), min(stop, 6) + 1)
    return between(low, high), [Fraction(value) for value in {start, stop, *inner}]


def _contains(value: Number, found: Iterable[Fraction]) -> bool:
    low, high = ends(value)
    return all((low is None or low <= entry) and (high is None or entry <= high) for entry in found)


def _pairs(left: Sequence[Fraction], right: Sequence[Fraction], exact: Callable[..., Fraction]) -> list[Fraction]:
    return [exact(a, b) for a, b in product(left, right)]


_EXACT: dict[str, tuple[Operation, Callable[..., Fraction]]] = {
    "+": (add, lambda a, b: a + b),
    "-": (subtract, lambda a, b: a - b),
    "*": (multiply, lambda a, b: a * b),
    "min": (lambda a, b: extreme("min", [a, b]), min),
    "max": (lambda a, b: extreme("max", [a, b]), max),
}


@pytest.mark.parametrize("name", _EXACT)
@EXAMPLES
@given(left=closed(), right=closed())
def test_result_is_the_tightest_interval_around_all_values(
    name: str, left: tuple[Number, list[Fraction]], right: tuple[Number, list[Fraction]]
) -> None:
    operation, exact = _EXACT[name]
    found = _pairs(left[1], right[1], exact)
    assert ends(operation(left[0], right[0])) == (min(found), max(found))


@pytest.mark.parametrize("name", _EXACT)
@EXAMPLES
@given(left=half_open(), right=half_open())
def test_result_holds_every_value_where_bounds_are_absent(
    name: str, left: tuple[Number, list[Fraction]], right: tuple[Number, list[Fraction]]
) -> None:
    operation, exact = _EXACT[name]
    assert _contains(operation(left[0], right[0]), _pairs(left[1], right[1], exact))


@EXAMPLES
@given(left=closed(), right=closed())
def test_quotient_is_tight_away_from_zero_and_unknown_around_it(
    left: tuple[Number, list[Fraction]], right: tuple[Number, list[Fraction]]
) -> None:
    result = divide(left[0], right[0])
    low, high = ends(right[0])
    assert low is not None
    assert high is not None
    if low == high == 0:
        assert isinstance(result, Undefined)
    elif low <= 0 <= high:
        assert result is UNKNOWN
    else:
        found = _pairs(left[1], right[1], lambda a, b: a / b)
        assert ends(result) == (min(found), max(found))


@EXAMPLES
@given(left=half_open(), right=half_open())
def test_quotient_without_bounds_holds_every_value(
    left: tuple[Number, list[Fraction]], right: tuple[Number, list[Fraction]]
) -> None:
    result = divide(left[0], right[0])
    if 0 in right[1]:
        assert result is UNKNOWN or isinstance(result, Undefined)
    else:
        assert _contains(result, _pairs(left[1], right[1], lambda a, b: a / b))


@pytest.mark.parametrize(
    ("how", "exact"),
    [("floor", lambda a: a.__floor__()), ("ceiling", lambda a: a.__ceil__()), ("abs", abs), ("negate", lambda a: -a)],
)
@EXAMPLES
@given(operand=closed(), far=half_open())
def test_one_sided_operations_are_tight(
    how: str,
    exact: Callable[[Fraction], Fraction],
    operand: tuple[Number, list[Fraction]],
    far: tuple[Number, list[Fraction]],
) -> None:
    def apply(value: Number) -> Number:
        return negate(value) if how == "negate" else rounded(how, value)

    found = [exact(value) for value in operand[1]]
    if how != "abs" or 0 in operand[1] or min(operand[1]) > 0 or max(operand[1]) < 0:
        assert ends(apply(operand[0])) == (min(found), max(found))
    assert _contains(apply(far[0]), [exact(value) for value in far[1]])


@pytest.mark.parametrize("op", ["<", "<=", ">", ">=", "="])
@EXAMPLES
@given(left=closed(), right=closed())
def test_comparison_decides_exactly_when_all_values_agree(
    op: str, left: tuple[Number, list[Fraction]], right: tuple[Number, list[Fraction]]
) -> None:
    relation: dict[str, Callable[[Fraction, Fraction], bool]] = {
        "<": lambda a, b: a < b,
        "<=": lambda a, b: a <= b,
        ">": lambda a, b: a > b,
        ">=": lambda a, b: a >= b,
        "=": lambda a, b: a == b,
    }
    found = {relation[op](a, b) for a, b in product(left[1], right[1])}
    result = equal(left[0], right[0]) if op == "=" else compare(op, left[0], right[0])
    assert result is (UNKNOWN if len(found) == 2 else TRUE if True in found else FALSE)


@EXAMPLES
@given(st.lists(half_open(), min_size=1, max_size=3))
def test_hull_and_undecidable_choice_hold_all_values_alike(parts: list[tuple[Number, list[Fraction]]]) -> None:
    values = [part[0] for part in parts]
    assert all(_contains(hull(values), part[1]) for part in parts)
    assert ends(hull(values)) == ends(undecidable(values))


def test_settled_interval_makes_comparison_indeterminate_unless_all_agree() -> None:
    settled = Interval(1, 3, settled=True)
    assert compare(">=", settled, 2) is INDETERMINATE
    assert compare(">=", settled, 1) is TRUE
    assert compare(">", settled, 3) is FALSE
    assert compare(">=", settled, Interval(0, 5)) is UNKNOWN
    assert equal(settled, 2) is INDETERMINATE
    assert equal(settled, 4) is FALSE
    assert equal(Interval(2, 2), 2) is TRUE


def test_settled_stays_settled_through_arithmetic_and_ends_with_an_unknown() -> None:
    settled, open_ = Interval(1, 3, settled=True), Interval(1, 3)
    for result in (add(settled, 1), multiply(settled, 2), negate(settled), rounded("abs", settled), divide(settled, 2)):
        assert isinstance(result, Interval)
        assert result.settled
    for result in (add(settled, open_), extreme("max", [settled, open_]), hull([settled, 2])):
        assert isinstance(result, Interval)
        assert not result.settled


def test_undefined_operand_leaves_no_value_whatever_the_other() -> None:
    for other in (1, Interval(0, 1), UNKNOWN, UNDEFINED):
        for operation in (add, subtract, multiply, divide):
            assert operation(UNDEFINED, other) is UNDEFINED
            assert operation(other, UNDEFINED) is UNDEFINED
        assert extreme("min", [other, UNDEFINED]) is UNDEFINED
        assert compare("<", other, UNDEFINED) is INDETERMINATE
        assert equal(UNDEFINED, other) is INDETERMINATE


def test_unknown_operand_leaves_the_result_unknown() -> None:
    for operation in (add, subtract, multiply):
        assert operation(UNKNOWN, 1) is UNKNOWN
        assert operation(Interval(0, 1), UNKNOWN) is UNKNOWN
    assert divide(UNKNOWN, Interval(1, 2)) is UNKNOWN
    assert negate(UNKNOWN) is UNKNOWN
    assert rounded("floor", UNKNOWN) is UNKNOWN
    assert extreme("max", [1, UNKNOWN]) is UNKNOWN
    assert compare("<", UNKNOWN, 1) is UNKNOWN
    assert equal(1, UNKNOWN) is UNKNOWN


def test_division_by_what_may_be_zero_and_no_fact_can_tell_is_undefined() -> None:
    assert isinstance(divide(1, Interval(0, 2, settled=True)), Undefined)
    assert isinstance(divide(UNKNOWN, 0), Undefined)


def test_choice_between_a_value_and_none_is_unknown_while_facts_lack_and_undefined_when_none_does() -> None:
    assert hull([1, UNDEFINED]) is UNKNOWN
    assert undecidable([1, UNDEFINED]) is UNDEFINED
    assert undecidable([UNDEFINED, UNKNOWN]) is UNKNOWN
    assert hull([UNDEFINED, UNDEFINED]) is UNDEFINED
    assert undecidable([1, 2]) == Interval(1, 2, settled=True)
