"""Amounts of rule files to typed amounts."""

from __future__ import annotations

from evaluator.feel.ast import String, UnaryTests
from evaluator.rulebook import documents, ir, model
from evaluator.rulebook.expressions import compare_values, lower_tests
from evaluator.rulebook.quantities import combine, describe
from evaluator.rulebook.reader import Reader
from evaluator.rulebook.scope import ExpressionError, Scope
from evaluator.rulebook.vocabulary import MONEY, RATIO, ChoiceType, Exact, ListType, NumberType, exact
from evaluator.rulebook.yamlfile import Text

ZERO = ir.Constant(type=MONEY, value=0)


def read_amount(doc: Text | documents.AmountForm, scope: Scope, reader: Reader) -> model.Amount | None:
    """The typed amount, or None when something in it is wrong."""
    if isinstance(doc, Text):
        if doc == "unstated":
            return model.Unstated()
        value = reader.expression(doc, scope, MONEY)
        return None if value is None else model.Fixed(value=value)
    given = [
        name for name in ("table", "rate", "brackets", "steps", "up_to", "between") if getattr(doc, name) is not None
    ]
    if len(given) != 1:
        found = "none" if not given else " and ".join(f"`{name}`" for name in given)
        message = f"an amount has exactly one form, and this has {found}"
        reader.problem("amount", message, doc.place, "one of `table`, `rate`, `brackets`, `steps`, `up_to`, `between`")
        return None
    for extra, owners in (
        ("base", ("rate",)),
        ("cap", ("rate",)),
        ("floor", ("rate",)),
        ("decided", ("up_to", "between")),
    ):
        if getattr(doc, extra) is not None and given[0] not in owners:
            reader.problem("amount", f"`{extra}` does not go with `{given[0]}`", doc.place)
            return None
    if doc.table is not None:
        return _table(doc.table, scope, reader)
    if doc.brackets is not None:
        return _brackets(doc.brackets, scope, reader)
    if doc.steps is not None:
        return _steps(doc.steps, scope, reader)
    if doc.rate is not None:
        return _rate(doc, scope, reader)
    return _bounded(doc, scope, reader)


def _money(text: Text | None, scope: Scope, reader: Reader) -> ir.Expr | None:
    return None if text is None else reader.expression(text, scope, MONEY)


def _bounded(doc: documents.AmountForm, scope: Scope, reader: Reader) -> model.Amount | None:
    decided = _money(doc.decided, scope, reader)
    if doc.between is not None:
        low, high = (_money(end, scope, reader) for end in doc.between)
    else:
        low, high = ZERO, _money(doc.up_to, scope, reader)
    if low is None or high is None or (doc.decided is not None and decided is None):
        return None
    if isinstance(low, ir.Constant) and isinstance(high, ir.Constant) and _number(high) < _number(low):
        reader.problem("amount", "the upper end lies below the lower end", doc.place)
    return model.Bounded(low=low, high=high, decided=decided)


def _rate(doc: documents.AmountForm, scope: Scope, reader: Reader) -> model.Amount | None:
    assert doc.rate is not None
    if doc.base is None:
        reader.problem("amount", "`rate` needs its `base`", doc.rate.span)
        return None
    rate, base = reader.expression(doc.rate, scope), _money(doc.base, scope, reader)
    cap, floor = _money(doc.cap, scope, reader), _money(doc.floor, scope, reader)
    if rate is None or base is None or (doc.cap and cap is None) or (doc.floor and floor is None):
        return None
    if not isinstance(rate.type, NumberType) or rate.type.dimension not in ("", "ratio"):
        reader.problem("unlike-types", "a rate is a percentage or a bare number", doc.rate.span, "write it as `5%`")
        return None
    value: ir.Expr = combine("*", rate, base, (0, 0))
    if floor is not None:
        value = ir.Extreme(type=MONEY, how="max", operands=(value, floor))
    if cap is not None:
        value = ir.Extreme(type=MONEY, how="min", operands=(value, cap))
    if isinstance(cap, ir.Constant) and isinstance(floor, ir.Constant) and _number(cap) < _number(floor):
        reader.problem("cap-below-floor", "the cap lies below the floor", doc.cap.span if doc.cap else doc.place)
    return model.Fixed(value=value)


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
            condition, value = _cell(word, columns[0], scope, reader), _money(text, scope, reader)
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
            value = _money(row.then, scope, reader)
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
    return model.Table(hit=doc.hit, rows=tuple(rows)) if complete else None


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


def _brackets(doc: documents.Brackets, scope: Scope, reader: Reader) -> model.Amount | None:
    base, cap = _money(doc.base, scope, reader), _money(doc.cap, scope, reader)
    slices: list[tuple[Exact, Exact]] = []
    for entry in doc.rates:
        over, rate = reader.expression(entry.over, scope, MONEY), reader.expression(entry.rate, scope, RATIO)
        if not isinstance(over, ir.Constant) or not isinstance(rate, ir.Constant):
            if over is not None and rate is not None:
                reader.problem("brackets", "the bounds and rates of brackets are constants", entry.place)
            return None
        if slices and _number(over) <= slices[-1][0]:
            reader.problem("brackets", "each bracket begins above the one before", entry.over.span)
        slices.append((exact(_number(over)), exact(_number(rate))))
    if base is None or (doc.cap is not None and cap is None):
        return None
    return model.Brackets(base=base, slices=tuple(slices), cap=cap)


def _steps(doc: documents.Steps, scope: Scope, reader: Reader) -> model.Amount | None:
    base, every = reader.expression(doc.base, scope), reader.expression(doc.every, scope)
    over = None if doc.over is None else reader.expression(doc.over, scope)
    amount, cap = _money(doc.amount, scope, reader), _money(doc.cap, scope, reader)
    if base is None or every is None or amount is None or (doc.over and over is None) or (doc.cap and cap is None):
        return None
    if not isinstance(base.type, NumberType):
        message = f"steps are of a number, and this is {describe(base.type)}"
        reader.problem("not-a-number", message, doc.base.span)
        return None
    for other, text in ((every, doc.every), (over, doc.over)):
        if other is not None and text is not None:
            try:
                compare_values(">=", base, other, (0, len(text)))
            except ExpressionError as error:
                reader.problem(error.code, error.message, text.span, error.help)
                return None
    if isinstance(every, ir.Constant) and _number(every) <= 0:
        reader.problem("steps", "a step is larger than nothing", doc.every.span)
        return None
    return model.Steps(base=base, every=every, amount=amount, whole=doc.count == "whole", over=over, cap=cap)


def _number(node: ir.Constant) -> Exact:
    assert not isinstance(node.value, str)
    return node.value
