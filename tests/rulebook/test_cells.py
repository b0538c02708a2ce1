"""Tables taken apart: rows that overlap, values between rows, and what no row takes, against trying every value."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import product

from evaluator.rulebook import ir
from evaluator.rulebook.cells import Cells
from evaluator.rulebook.vocabulary import BOOL, MONEY, PLAIN, Choice, ChoiceType, Fact, Name, NumberType, Type

COLOUR = ChoiceType(
    choices=tuple(Choice(id=id, label=Name(zh=id, en=id)) for id in ("red", "blue", "green")), ordered=False
)
RANKED = ChoiceType(choices=COLOUR.choices, ordered=True)


def fact(id: str, type_: Type, low: int | None = None, high: int | None = None) -> ir.FactRef:
    return ir.FactRef(type=type_, fact=Fact(id=id, label=Name(zh=id, en=id), type=type_, of=("e",), low=low, high=high))


def figure(column: ir.Expr, value: int) -> ir.Constant:
    return ir.Constant(type=column.type, value=value)


def between(column: ir.Expr, low: int | None, high: int | None, *, open_high: bool = True) -> ir.Expr:
    tests: list[ir.Expr] = []
    if low is not None:
        tests.append(ir.Compare(op=">=", left=column, right=figure(column, low)))
    if high is not None:
        tests.append(ir.Compare(op="<" if open_high else "<=", left=column, right=figure(column, high)))
    return ir.AllOf(operands=tuple(tests))


def holds(node: ir.Expr, values: dict[ir.Expr, object]) -> bool:
    """A condition of facts that are known, worked out here by itself."""
    match node:
        case ir.Constant(value=value):
            return bool(value)
        case ir.FactRef():
            return values[node] is True
        case ir.AllOf(operands=operands):
            return all(holds(operand, values) for operand in operands)
        case ir.AnyOf(operands=operands):
            return any(holds(operand, values) for operand in operands)
        case ir.Not(operand=operand):
            return not holds(operand, values)
        case ir.Equal(left=left, right=ir.Constant(value=value)):
            return values[left] == value
        case ir.Compare(op=op, left=left, right=ir.Constant(value=value)):
            known = values[left.operand] if isinstance(left, ir.Rank) else values[left]
            number = [choice.id for choice in COLOUR.choices].index(known) if isinstance(known, str) else known
            assert isinstance(number, int | Fraction)
            assert isinstance(value, int)
            return {"<": number < value, "<=": number <= value, ">": number > value, ">=": number >= value}[op]
        case _:
            raise AssertionError(node)


def test_what_is_left_over_is_what_no_row_takes() -> None:
    choose = random.Random(7)
    number, colour, yes = fact("n", PLAIN, low=0, high=9), fact("c", COLOUR), fact("y", BOOL)
    points = [Fraction(step, 2) for step in range(19)]
    empty = 0
    for _ in range(60):
        rows: list[list[ir.Expr | None]] = []
        for _ in range(choose.randint(1, 4)):
            low = choose.choice([None, 0, 2, 3, 5])
            high = choose.choice([None, 3, 5, 9])
            tests: list[ir.Expr | None] = [
                choose.choice([None, between(number, low, high, open_high=choose.random() < 0.5)]),
                choose.choice([None, ir.Equal(left=colour, right=ir.Constant(type=COLOUR, value="red"))]),
                choose.choice([None, yes, ir.Not(operand=yes)]),
            ]
            rows.append(tests)
        cells = Cells([number, colour, yes], rows)
        rest = cells.rest()
        assert rest is not None
        taken_twice = False
        for values in product(points, [choice.id for choice in COLOUR.choices], [True, False]):
            known: dict[ir.Expr, object] = dict(zip((number, colour, yes), values, strict=True))
            taking = [row for row in rows if all(test is None or holds(test, known) for test in row)]
            assert holds(rest, known) is not bool(taking)
            empty += not taking
            taken_twice = taken_twice or len(taking) > 1
        assert any(True for _ in cells.overlaps()) is taken_twice
    assert empty > 100


def test_a_hole_is_an_end_that_two_rows_leave_out_or_a_range_between_them() -> None:
    money = fact("m", MONEY, low=0)
    for low, high, expected in ((500, 500, 1), (400, 500, 1), (500, 400, 0)):
        rows: list[list[ir.Expr]] = [
            [between(money, None, low)],
            [ir.Compare(op=">", left=money, right=figure(money, high))],
        ]
        assert len(list(Cells([money], rows).holes())) == expected


def test_places_that_are_counted_have_no_hole_between_one_and_two() -> None:
    place = fact("p", PLAIN, low=1)
    one = ir.Equal(left=place, right=figure(place, 1))
    assert not list(Cells([place], [[one], [between(place, 2, 3, open_high=False)]]).holes())
    assert list(Cells([place], [[one], [between(place, 3, 4)]]).holes())


def test_ordered_choices_are_told_apart_by_their_place() -> None:
    grade = fact("g", RANKED)
    at_least = ir.Compare(op=">=", left=ir.Rank(type=PLAIN, operand=grade), right=ir.Constant(type=PLAIN, value=1))
    rest = Cells([grade], [[at_least]]).rest()
    assert rest == ir.Equal(left=grade, right=ir.Constant(type=RANKED, value="red"))


def test_what_is_tested_against_another_fact_is_not_told_apart() -> None:
    money, other = fact("m", MONEY, low=0), fact("o", MONEY, low=0)
    cells = Cells([money], [[ir.Compare(op=">=", left=money, right=other)]])
    assert cells.rest() is None
    assert list(cells.overlaps()) == []
    assert list(cells.holes()) == []


def test_a_text_and_a_very_large_table_are_not_taken_apart() -> None:
    numbers = [fact(f"n{at}", NumberType(dimension="")) for at in range(6)]
    rows = [[between(column, at, at + 2) for column in numbers] for at in range(4)]
    assert Cells(numbers, rows).rest() is None
