"""Amounts of rule files to typed amounts."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

from evaluator.feel.ast import String, UnaryTests
from evaluator.rulebook import documents, ir, model
from evaluator.rulebook.brackets import read_brackets, read_steps
from evaluator.rulebook.expressions import lower_tests
from evaluator.rulebook.quantities import combine
from evaluator.rulebook.reader import Reader
from evaluator.rulebook.scope import ExpressionError, Scope
from evaluator.rulebook.vocabulary import MONEY, ChoiceType, Exact, ListType, NumberType
from evaluator.rulebook.yamlfile import Text

ZERO = ir.Constant(type=MONEY, value=0)
FORMS = ("table", "rate", "brackets", "steps", "match", "sum", "of", "up_to", "between")
_EXTRAS = (("base", ("rate",)), ("decided", ("up_to", "between")))


def read_amount(doc: Text | documents.AmountForm, scope: Scope, reader: Reader) -> model.Amount | None:
    """The typed amount, or None when something in it is wrong."""
    if isinstance(doc, Text):
        if doc == "unstated":
            return model.Unstated()
        value = reader.expression(doc, scope, MONEY)
        return None if value is None else model.Fixed(value=value)
    given = [name for name in FORMS if getattr(doc, name) is not None]
    if len(given) != 1:
        found = "none" if not given else " and ".join(f"`{name}`" for name in given)
        message = f"an amount has exactly one form, and this has {found}"
        reader.problem("amount", message, doc.place, "one of " + ", ".join(f"`{name}`" for name in FORMS))
        return None
    for extra, owners in _EXTRAS:
        if getattr(doc, extra) is not None and given[0] not in owners:
            reader.problem("amount", f"`{extra}` does not go with `{given[0]}`", doc.place)
            return None
    return _limited(doc, _form(doc, scope, reader), scope, reader)


def _form(doc: documents.AmountForm, scope: Scope, reader: Reader) -> model.Amount | None:
    """The one form of an amount, without what bounds it."""
    if doc.table is not None:
        return _table(doc.table, scope, reader)
    if doc.brackets is not None:
        return read_brackets(doc.brackets, scope, reader)
    if doc.steps is not None:
        return read_steps(doc.steps, scope, reader)
    if doc.rate is not None:
        return _rate(doc.rate, doc.base, scope, reader)
    if doc.match is not None:
        return _match(doc.match, scope, reader)
    if doc.of is not None:
        return read_amount(doc.of, scope, reader)
    if doc.sum is not None:
        if not doc.sum:
            reader.problem("amount", "a sum of nothing pays nothing", doc.place)
        parts = [read_amount(part, scope, reader) for part in doc.sum]
        return model.Sum(parts=_whole(parts)) if parts and all(parts) else None
    return _bounded(doc, scope, reader)


def _whole(parts: Iterable[model.Amount | None]) -> tuple[model.Amount, ...]:
    return tuple(part for part in parts if part is not None)


def _limited(
    doc: documents.AmountForm, amount: model.Amount | None, scope: Scope, reader: Reader
) -> model.Amount | None:
    """The amount rounded and bounded as its keys say."""
    floor, cap = reader.money(doc.floor, scope), reader.money(doc.cap, scope)
    rounding = None if doc.round is None else _rounding(doc.round, scope, reader)
    if isinstance(cap, ir.Constant) and isinstance(floor, ir.Constant) and number(cap) < number(floor):
        reader.problem("cap-below-floor", "the cap lies below the floor", doc.cap.span if doc.cap else doc.place)
    wrong = (doc.cap and cap is None) or (doc.floor and floor is None) or (doc.round and rounding is None)
    if amount is None or wrong:
        return None
    if floor is None and cap is None and rounding is None:
        return amount
    if isinstance(amount, model.Fixed) and rounding is None:
        value = amount.value
        if floor is not None:
            value = ir.Extreme(type=MONEY, how="max", operands=(value, floor))
        if cap is not None:
            value = ir.Extreme(type=MONEY, how="min", operands=(value, cap))
        return model.Fixed(value=value)
    return model.Limited(amount=amount, rounding=rounding, floor=floor, cap=cap)


def _rounding(doc: documents.Rounding, scope: Scope, reader: Reader) -> model.Rounding | None:
    to = reader.money(doc.to, scope)
    if to is None:
        return None
    if not isinstance(to, ir.Constant) or number(to) <= 0:
        reader.problem("round", "one rounds to a fixed amount above nothing, such as `100元`", doc.to.span)
        return None
    return model.Rounding(to=number(to), how=doc.how)


def _bounded(doc: documents.AmountForm, scope: Scope, reader: Reader) -> model.Amount | None:
    decided = reader.money(doc.decided, scope)
    if doc.between is not None:
        low, high = (reader.money(end, scope) for end in doc.between)
    else:
        low, high = ZERO, reader.money(doc.up_to, scope)
    if low is None or high is None or (doc.decided is not None and decided is None):
        return None
    if isinstance(low, ir.Constant) and isinstance(high, ir.Constant) and number(high) < number(low):
        reader.problem("amount", "the upper end lies below the lower end", doc.place)
    return model.Bounded(low=low, high=high, decided=decided)


def _rate(rate_: Text, base_: Text | None, scope: Scope, reader: Reader) -> model.Amount | None:
    if base_ is None:
        reader.problem("amount", "`rate` needs its `base`", rate_.span)
        return None
    rate, base = reader.rate(rate_, scope), reader.money(base_, scope)
    if rate is None or base is None:
        return None
    return model.Fixed(value=combine("*", rate, base, (0, 0)))


def _match(doc: documents.Match, scope: Scope, reader: Reader) -> model.Amount | None:
    share = reader.rate(doc.share, scope)
    try:
        other = scope.award_amount(doc.award, (0, len(doc.award)), doc.award.span)
    except ExpressionError as error:
        reader.problem(error.code, error.message, doc.award.span, error.help)
        return None
    if share is None:
        return None
    return model.Fixed(value=combine("*", share, other, (0, 0)))


# ------------------------------------------------------------------ tables


def _table(doc: documents.Table, scope: Scope, reader: Reader) -> model.Amount | None:
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
    complete = True
    if isinstance(doc.rows, dict):
        if len(columns) != 1:
            reader.problem("table", "rows written as `value: amount` need exactly one fact in `by`", doc.place)
            return None
        for word, text in doc.rows.items():
            condition, value = _cell(word, columns[0], scope, reader), _paid(text, scope, reader)
            if condition is None or value is None:
                complete = False
            else:
                rows.append(model.Row(condition=condition, value=value, label=str(word)))
    else:
        for row in doc.rows:
            if len(row.if_) != len(columns):
                message = f"the row has {len(row.if_)} tests for {len(columns)} facts"
                reader.problem("table", message, row.place, "write `-` where any value will do")
                complete = False
                continue
            tests = [reader.tests(text, column, scope) for text, column in zip(row.if_, columns, strict=True)]
            value = _paid(row.then, scope, reader)
            if value is None or any(test is None for test in tests):
                complete = False
                continue
            parts = tuple(test for test in tests if test is not None and not isinstance(test, ir.Constant))
            label = " · ".join(row.if_)
            rows.append(model.Row(condition=ir.AllOf(operands=parts, span=row.place), value=value, label=label))
    seen: dict[object, str] = {}
    for entry in rows:
        if doc.hit == "U" and entry.condition in seen:
            reader.problem("table-overlap", f"two rows apply to `{entry.label}`", doc.place)
        seen[entry.condition] = entry.label
    if complete and len(columns) > 1:
        _refuse_holes(doc, columns, rows, reader)
    return model.Table(hit=doc.hit, rows=tuple(rows)) if complete else None


def _paid(doc: Text | documents.AmountForm, scope: Scope, reader: Reader) -> model.Amount | None:
    """What a row pays; `unstated` would make the whole table bound nothing, so a row names a ceiling or nothing."""
    if isinstance(doc, Text) and doc == "unstated":
        reader.problem("table", "a row of a table names an amount", doc.span, "write `up_to`, or a rule of its own")
        return None
    return read_amount(doc, scope, reader)


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


def number(node: ir.Constant) -> Exact:
    """The number of a constant that is one."""
    assert isinstance(node.type, NumberType)
    assert not isinstance(node.value, str)
    return node.value
