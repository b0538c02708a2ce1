"""Tables of rule files to typed tables: overlapping rows and missing cells are refused where that can be told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from itertools import product
from typing import TypeAlias

from evaluator.feel.ast import String, UnaryTests
from evaluator.rulebook import documents, ir, model
from evaluator.rulebook.cells import Cells
from evaluator.rulebook.convert import plain
from evaluator.rulebook.expressions import lower_tests
from evaluator.rulebook.formulas import floored
from evaluator.rulebook.reader import Reader
from evaluator.rulebook.scope import ExpressionError, Scope
from evaluator.rulebook.vocabulary import ChoiceType, DateType, Exact, ListType, NumberType, exact
from evaluator.rulebook.yamlfile import Text
from evaluator.source import Span

ReadAmount: TypeAlias = Callable[["Text | documents.AmountForm", Scope, Reader], "model.Amount | None"]


def read_table(doc: documents.Table, read: ReadAmount, scope: Scope, reader: Reader) -> model.Amount | None:
    """The typed table, or None when something in it is wrong; `read` reads what a row pays."""
    keys = [reader.expression(text, scope) for text in doc.by]
    if any(key is None for key in keys):
        return None
    columns = [key for key in keys if key is not None]
    for column, word in zip(columns, doc.by, strict=True):
        if isinstance(column.type, ListType):
            message = f"a table looks up one value, and `{word}` is a list"
            reader.problem("table", message, word.span, "use `each`, and look up a field of its entries")
            return None
    rows: list[model.Row] = []
    tested: list[list[ir.Expr | None]] = []
    complete = True
    if isinstance(doc.rows, dict):
        if len(columns) != 1:
            reader.problem("table", "rows written as `value: amount` need exactly one fact in `by`", doc.place)
            return None
        for word, text in doc.rows.items():
            condition, value = _cell(word, columns[0], scope, reader), _paid(text, read, scope, reader)
            if condition is None or value is None:
                complete = False
            else:
                rows.append(model.Row(condition=condition, value=value, label=str(word)))
                tested.append([condition])
    else:
        for row in doc.rows:
            if len(row.if_) != len(columns):
                message = f"the row has {len(row.if_)} tests for {len(columns)} facts"
                reader.problem("table", message, row.place, "write `-` where any value will do")
                complete = False
                continue
            tests = [reader.tests(text, column, scope) for text, column in zip(row.if_, columns, strict=True)]
            value = _paid(row.then, read, scope, reader)
            if value is None or any(test is None for test in tests):
                complete = False
                continue
            tested.append([None if isinstance(test, ir.Constant) else test for test in tests])
            parts = tuple(test for test in tested[-1] if test is not None)
            label = " · ".join(row.if_)
            rows.append(model.Row(condition=ir.AllOf(operands=parts, span=row.place), value=value, label=label))
    if not complete:
        return None
    cells = Cells(columns, tested)
    if doc.hit == "U":
        _tell_overlap(doc, columns, rows, cells, reader)
    _tell_holes(doc, columns, cells, reader)
    if len(columns) > 1:
        _refuse_holes(doc, columns, rows, reader)
    if doc.hit == "C+":
        rows = [model.Row(condition=row.condition, value=floored(row.value), label=row.label) for row in rows]
    return model.Table(hit=doc.hit, rows=tuple(rows), rest=cells.rest())


def _tell_overlap(
    doc: documents.Table, columns: list[ir.Expr], rows: list[model.Row], cells: Cells, reader: Reader
) -> None:
    """Two rows that pay differently in one case; columns that depend on each other may never meet there."""
    for at, entry in enumerate(rows):
        if any(entry.condition == other.condition for other in rows[:at]):
            reader.problem("table-overlap", f"two rows apply to `{entry.label}`", doc.place)
            return
    if not all(isinstance(column, ir.FactRef | ir.FieldRef) for column in columns) or len(set(columns)) < len(columns):
        return
    for first, second, case in cells.overlaps():
        one, other = rows[first], rows[second]
        if one.value != other.value:
            shown = " · ".join(_shown(value, column, reader) for value, column in zip(case, columns, strict=True))
            message = f"the rows `{one.label}` and `{other.label}` both apply to {shown}"
            help = "part them, or say by `hit` what both come to: `C>` the greatest, `C<` the least, `C+` the sum"
            reader.doubt("table-overlap", message, _place(doc, second), help)
            return


def _tell_holes(doc: documents.Table, columns: list[ir.Expr], cells: Cells, reader: Reader) -> None:
    """Figures between two rows that belong to neither, such as exactly 500万元 between `< 500万元` and `> 500万元`."""
    for at, first, last in cells.holes():
        column, parts = columns[at], cells.parts[at] or ()
        ends = [parts[first].low, parts[last].high]
        shown = [_shown(end.value, column, reader) for end in ends if end is not None]
        where = (
            f"exactly {shown[0]}"
            if first == last and ends[0] is ends[1]
            else f"what lies between {shown[0]} and {shown[-1]}"
        )
        help = "let a row before or after it include it; where nothing is to be paid write a row of `0元`"
        reader.doubt("table-hole", f"no row applies to {where}", doc.place, help)
        return


def _place(doc: documents.Table, at: int) -> Span | None:
    """Where a row stands."""
    return list(doc.rows)[at].span if isinstance(doc.rows, dict) else doc.rows[at].place


def _shown(value: bool | str | Exact, column: ir.Expr, reader: Reader) -> str:
    """A value of a column as a person writes it."""
    match column.type:
        case ChoiceType() as choice:
            return next(entry.label.zh for entry in choice.choices if entry.id == value)
        case DateType():
            return date.fromordinal(int(value)).isoformat()
        case NumberType(unit=unit) if not isinstance(value, str):
            factor = reader.vocabulary.units[unit].factor if unit else 1
            return f"{plain(exact(Fraction(value) / factor))}{unit}"
        case _:
            return "true" if value is True else "false"


def _paid(doc: Text | documents.AmountForm, read: ReadAmount, scope: Scope, reader: Reader) -> model.Amount | None:
    """What a row pays; `unstated` would make the whole table bound nothing, so a row names a ceiling or nothing."""
    if isinstance(doc, Text) and doc == "unstated":
        reader.problem("table", "a row of a table names an amount", doc.span, "write `up_to`, or a rule of its own")
        return None
    return read(doc, scope, reader)


def _refuse_holes(doc: documents.Table, columns: list[ir.Expr], rows: list[model.Row], reader: Reader) -> None:
    """A grid of choices has a row for every pair of the values it names; one left out would quietly pay nothing."""
    if not isinstance(doc.rows, tuple) or not all(isinstance(column.type, ChoiceType) for column in columns):
        return
    covered = [tuple(_choices(text, column) for text, column in zip(row.if_, columns, strict=True)) for row in doc.rows]
    if any(cell is None for row in covered for cell in row):
        return
    known = [[cell for cell in row if cell is not None] for row in covered]
    everything = [len(column.type.choices) for column in columns if isinstance(column.type, ChoiceType)]
    named = [
        sorted({value for row in known if len(row[index]) < everything[index] for value in row[index]})
        for index in range(len(columns))
    ]
    for cell in product(*named):
        if not any(all(value in part for value, part in zip(cell, row, strict=True)) for row in known):
            labels = [
                next(choice.label.zh for choice in column.type.choices if choice.id == value)
                for value, column in zip(cell, columns, strict=True)
                if isinstance(column.type, ChoiceType)
            ]
            message = f"the table has no row for {' · '.join(labels)}"
            reader.problem("table-cell-missing", message, doc.place, "add the row, with `0元` when it pays nothing")


def _choices(text: Text, column: ir.Expr) -> frozenset[str] | None:
    """The choices that a cell names by their labels; None for any other test."""
    assert isinstance(column.type, ChoiceType)
    if text == "-":
        return frozenset(choice.id for choice in column.type.choices)
    found = [column.type.find(word.strip().strip('"“”')) for word in text.replace("，", ",").split(",")]
    return None if any(choice is None for choice in found) else frozenset(choice.id for choice in found if choice)


def _cell(word: Text, column: ir.Expr, scope: Scope, reader: Reader) -> ir.Expr | None:
    """The test that a key of `rows` stands for: a choice by its label, or a unary test."""
    if not isinstance(column.type, ChoiceType):
        return reader.tests(word, column, scope)
    try:
        tree = String(value=str(word), at=(0, len(word)))
        return lower_tests(UnaryTests(tests=(tree,), negated=False, at=tree.at), column, scope)
    except ExpressionError as error:
        reader.problem(error.code, error.message, word.span, error.help)
        return None
