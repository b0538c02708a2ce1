"""The cells of a table: which values of its columns each row takes, which two rows take, and which none does.

In: the columns of a table and the tests of its rows. Out: what is left over, as a condition, and cells in which rows
overlap. A column of numbers or dates falls into the figures that its tests name and the ranges between them; what is
tested otherwise than against constants (another fact, the date of the question) is not told apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import product
from typing import Final, TypeAlias

from evaluator.record import row
from evaluator.rulebook import ir
from evaluator.rulebook.possible import bounds
from evaluator.rulebook.vocabulary import BOOL, BoolType, ChoiceType, DateType, Exact, NumberType

MOST_CELLS: Final = 4096
"""Larger tables are not taken apart."""

Value: TypeAlias = "bool | str | Exact"
Tests: TypeAlias = "Sequence[ir.Expr | None]"
"""The tests of one row, one for each column; None where any value will do."""


@row
class _Part:
    """Values of one column that its tests do not tell apart: the figure `low`, or what lies between two figures."""

    sample: Value
    low: ir.Constant | None = None
    high: ir.Constant | None = None


class Cells:
    """A table taken apart; `known` is False where that cannot be done."""

    def __init__(self, columns: Sequence[ir.Expr], rows: Sequence[Tests]) -> None:
        self.columns = columns
        self.parts = [_parts(column, [tests[at] for tests in rows]) for at, column in enumerate(columns)]
        size = 1
        for parts in self.parts:
            size *= len(parts or ())
        self.known = 0 < size <= MOST_CELLS
        self.taken: dict[tuple[int, ...], list[int]] = {}
        if self.known:
            self._take(rows)

    def _take(self, rows: Sequence[Tests]) -> None:
        passing: list[list[list[bool]]] = []
        for tests in rows:
            of_row: list[list[bool]] = []
            for column, parts, test in zip(self.columns, self.parts, tests, strict=True):
                found = [True if test is None else _holds(test, column, part.sample) for part in parts or ()]
                of_row.append([one is True for one in found])
                self.known = self.known and None not in found
            passing.append(of_row)
        for cell in product(*(range(len(parts or ())) for parts in self.parts)):
            self.taken[cell] = [
                number
                for number, of_row in enumerate(passing)
                if all(of_row[column][part] for column, part in enumerate(cell))
            ]

    def rest(self) -> ir.Expr | None:
        """When no row applies; None where that cannot be told."""
        if not self.known:
            return None
        empty = {cell for cell, rows in self.taken.items() if not rows}
        return self._within(empty, 0)

    def _within(self, cells: set[tuple[int, ...]], at: int) -> ir.Expr:
        """The condition for the given ends of cells, from column `at` on; parts with the same ends go together."""
        if at == len(self.columns):
            return ir.Constant(type=BOOL, value=bool(cells))
        ends: dict[frozenset[tuple[int, ...]], list[int]] = {}
        for part in range(len(self.parts[at] or ())):
            tails = frozenset(cell[1:] for cell in cells if cell[0] == part)
            if tails:
                ends.setdefault(tails, []).append(part)
        options: list[ir.Expr] = []
        for tails, parts in ends.items():
            inner = self._within(set(tails), at + 1)
            here = self._in(at, parts)
            both = [node for node in (here, inner) if node != ir.Constant(type=BOOL, value=True)]
            options.append(both[0] if len(both) == 1 else ir.AllOf(operands=tuple(both)))
        if not options:
            return ir.Constant(type=BOOL, value=False)
        return options[0] if len(options) == 1 else ir.AnyOf(operands=tuple(options))

    def _in(self, at: int, wanted: Sequence[int]) -> ir.Expr:
        """That a column has a value of these parts."""
        column, parts = self.columns[at], self.parts[at] or ()
        if len(wanted) == len(parts):
            return ir.Constant(type=BOOL, value=True)
        options: list[ir.Expr] = []
        if isinstance(column.type, BoolType):
            return column if parts[wanted[0]].sample is True else ir.Not(operand=column)
        if isinstance(column.type, ChoiceType):
            for part in wanted:
                value = parts[part].sample
                assert isinstance(value, str)
                options.append(ir.Equal(left=column, right=ir.Constant(type=column.type, value=value)))
        else:
            for first, last in _runs(wanted):
                options.append(_between(column, parts, first, last))
        return options[0] if len(options) == 1 else ir.AnyOf(operands=tuple(options))

    def overlaps(self) -> Iterable[tuple[int, int, tuple[Value, ...]]]:
        """Two rows that apply to one cell, and the values of a case in it."""
        for cell, rows in self.taken.items() if self.known else ():
            sample = tuple((parts or ())[part].sample for parts, part in zip(self.parts, cell, strict=True))
            for first, second in ((one, two) for at, two in enumerate(rows) for one in rows[:at]):
                yield first, second, sample

    def holes(self) -> Iterable[tuple[int, int, int]]:
        """A column of numbers or dates with the first and last of its parts that lie between rows and in none."""
        for at, column in enumerate(self.columns if self.known else ()):
            if isinstance(column.type, ChoiceType | BoolType):
                continue
            others = [range(len(parts or ())) for other, parts in enumerate(self.parts) if other != at]
            for rest in product(*others):
                line = [(*rest[:at], part, *rest[at:]) for part in range(len(self.parts[at] or ()))]
                taken = [bool(self.taken[cell]) for cell in line]
                if True in taken:
                    start, end = taken.index(True), len(taken) - 1 - taken[::-1].index(True)
                    empty = [part for part in range(start, end) if not taken[part]]
                    for first, last in _runs(empty)[:1]:
                        if not _next_whole(column, self.parts[at] or (), first, last):
                            yield at, first, last


def _next_whole(column: ir.Expr, parts: Sequence[_Part], first: int, last: int) -> bool:
    """Whether a hole lies between one whole number and the next, where things are counted and not measured."""
    low, high = parts[first].low, parts[last].high
    measured = isinstance(column.type, NumberType) and column.type.dimension in ("money", "ratio")
    if measured or low is None or high is None or _figure(parts[first]) or _figure(parts[last]):
        return False
    return _value(high) - _value(low) == 1


def _runs(wanted: Sequence[int]) -> list[tuple[int, int]]:
    """Parts that stand next to each other, each run by its first and last."""
    runs: list[tuple[int, int]] = []
    for part in wanted:
        if runs and part == runs[-1][1] + 1:
            runs[-1] = runs[-1][0], part
        else:
            runs.append((part, part))
    return runs


def _between(column: ir.Expr, parts: Sequence[_Part], first: int, last: int) -> ir.Expr:
    """That a number or date lies in a run of parts."""
    tests: list[ir.Expr] = []
    low, high = parts[first].low, parts[last].high
    if first > 0 and low is not None:
        tests.append(ir.Compare(op=">=" if _figure(parts[first]) else ">", left=column, right=low))
    if last + 1 < len(parts) and high is not None:
        tests.append(ir.Compare(op="<=" if _figure(parts[last]) else "<", left=column, right=high))
    return tests[0] if len(tests) == 1 else ir.AllOf(operands=tuple(tests))


def _figure(part: _Part) -> bool:
    return part.low is not None and part.low is part.high


def _parts(column: ir.Expr, tests: Sequence[ir.Expr | None]) -> list[_Part] | None:
    """The values of a column that its tests tell apart, in order; None where they cannot be told."""
    match column.type:
        case ChoiceType(choices=choices):
            return [_Part(choice.id) for choice in choices]
        case BoolType():
            return [_Part(True), _Part(False)]
        case NumberType() | DateType():
            figures: dict[Exact, ir.Constant] = {}
            for test in tests:
                for constant in () if test is None else _constants(test):
                    if not isinstance(constant.value, bool | str):
                        figures.setdefault(constant.value, constant)
            return _ranges(column, [figures[value] for value in sorted(figures)])
        case _:
            return None


def _ranges(column: ir.Expr, figures: Sequence[ir.Constant]) -> list[_Part]:
    """Figures and the ranges between them, as far as the column's domain goes."""
    least, most = bounds(column)
    if not figures:
        return [_Part(_middle(least, most))]
    parts: list[_Part] = []
    before: ir.Constant | None = None
    for figure in figures:
        start, end = None if before is None else _value(before), _value(figure)
        if (least is None or least < end) and (most is None or start is None or start < most):
            low = start if least is None or start is None else max(start, least)
            parts.append(_Part(_middle(least if low is None else low, end), before, figure))
        if (least is None or least <= end) and (most is None or end <= most):
            parts.append(_Part(end, figure, figure))
        before = figure
    if most is None or _value(figures[-1]) < most:
        parts.append(_Part(_middle(_value(figures[-1]), most), before, None))
    return parts


def _middle(low: Exact | None, high: Exact | None) -> Exact:
    """A number between two ends."""
    if low is not None and high is not None:
        return Fraction(low + high) / 2
    return high - 1 if high is not None else 0 if low is None else low + 1


def _value(figure: ir.Constant) -> Exact:
    assert not isinstance(figure.value, bool | str)
    return figure.value


def _constants(test: ir.Expr) -> Iterable[ir.Constant]:
    match test:
        case ir.Constant():
            yield test
        case ir.AllOf(operands=operands) | ir.AnyOf(operands=operands):
            for operand in operands:
                yield from _constants(operand)
        case ir.Not(operand=operand):
            yield from _constants(operand)
        case ir.Compare(left=left, right=right) | ir.Equal(left=left, right=right):
            yield from _constants(left)
            yield from _constants(right)
        case _:
            return


def _holds(test: ir.Expr, column: ir.Expr, value: Value) -> bool | None:
    """Whether a test passes a value; None where it asks about anything else."""
    match test:
        case ir.Constant(value=bool() as constant):
            return constant
        case ir.AllOf(operands=operands) | ir.AnyOf(operands=operands):
            found = [_holds(operand, column, value) for operand in operands]
            if None in found:
                return None
            return all(found) if isinstance(test, ir.AllOf) else any(found)
        case ir.Not(operand=operand):
            inner = _holds(operand, column, value)
            return None if inner is None else not inner
        case ir.Equal(left=left, right=ir.Constant(value=other)) if left == column:
            return value == other
        case ir.Compare(op=op, left=left, right=ir.Constant(value=other)) if not isinstance(other, str):
            if left == column and not isinstance(value, str):
                return _compares(op, value, other)
            if isinstance(left, ir.Rank) and left.operand == column and isinstance(column.type, ChoiceType):
                return _compares(op, column.type.rank(str(value)), other)
            return None
        case _:
            return bool(value) if test == column and isinstance(value, bool) else None


def _compares(op: ir.CompareOp, left: Exact, right: Exact) -> bool:
    match op:
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case ">=":
            return left >= right
