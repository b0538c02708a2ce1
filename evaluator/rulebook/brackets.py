"""Amounts by the size of a base: brackets with a rate each, and so much for every further step."""

from __future__ import annotations

from fractions import Fraction

from evaluator.rulebook import documents, ir, model
from evaluator.rulebook.expressions import compare_values
from evaluator.rulebook.quantities import describe
from evaluator.rulebook.reader import Reader
from evaluator.rulebook.scope import ExpressionError, Scope
from evaluator.rulebook.vocabulary import Exact, NumberType, exact


def read_brackets(doc: documents.Brackets, scope: Scope, reader: Reader) -> model.Amount | None:
    """Rates from bounds on, which leave no hole and do not overlap: they begin at 0 and rise."""
    base, cap = reader.expression(doc.base, scope), reader.money(doc.cap, scope)
    if base is None:
        return None
    if not isinstance(base.type, NumberType):
        message = f"brackets are of a number, and this is {describe(base.type)}"
        reader.problem("not-a-number", message, doc.base.span)
        return None
    unit = _per(doc, base.type, scope, reader)
    if unit is None:
        return None
    slices: list[tuple[Exact, Exact]] = []
    for entry in doc.rates:
        over = reader.expression(entry.over, scope, base.type)
        rate = reader.rate(entry.rate, scope) if doc.per is None else reader.money(entry.rate, scope)
        if not isinstance(over, ir.Constant) or not isinstance(rate, ir.Constant):
            if over is not None and rate is not None:
                span = (entry.rate if isinstance(over, ir.Constant) else entry.over).span
                help = "multiply the whole by `times: …`, or write a table whose rows hold brackets"
                reader.problem("brackets", "the bounds and rates of brackets are constants", span, help)
            return None
        bound = _exact(over)
        if slices and bound <= slices[-1][0]:
            reader.problem("brackets", "each bracket begins above the one before", entry.over.span)
        elif not slices and bound != 0:
            help = f"begin with `{{over: 0{base.type.unit}, rate: …}}`, with 0 where nothing is paid"
            reader.problem("brackets", "the brackets leave a hole below the first", entry.over.span, help)
        slices.append((bound, exact(Fraction(_exact(rate)) / unit)))
    if doc.on == "whole" and doc.edge is None:
        help = "`edge: lower` when the bound belongs to the bracket below (超过), `edge: upper` when above (以上)"
        reader.problem("brackets", "to which bracket a base exactly at a bound belongs is not said", doc.place, help)
        return None
    if doc.on == "slice" and doc.edge is not None:
        message = "on slices both brackets give the same at a bound, so `edge` says nothing"
        reader.problem("brackets", message, doc.place, "drop `edge`")
    if doc.cap is not None and cap is None:
        return None
    edge = "lower" if doc.edge is None else doc.edge
    return model.Brackets(base=base, slices=tuple(slices), cap=cap, whole=doc.on == "whole", edge=edge)


def _per(doc: documents.Brackets, base: NumberType, scope: Scope, reader: Reader) -> Exact | None:
    """How much of the base a rate is for: all of it where rates are shares of money."""
    if doc.per is None:
        if base.dimension == "money":
            return 1
        help = f"such as `per: 1{base.unit}`; of money the rates are percentages"
        reader.problem("brackets", "for how much of the base a rate is paid is not said", doc.base.span, help)
        return None
    if base.dimension == "money":
        reader.problem("brackets", "of money the rates are percentages", doc.per.span, "drop `per`")
        return None
    per = reader.expression(doc.per, scope, base)
    if per is None:
        return None
    if not isinstance(per, ir.Constant) or _exact(per) <= 0:
        reader.problem("brackets", "a rate is for a fixed quantity above nothing", doc.per.span)
        return None
    return _exact(per)


def read_steps(doc: documents.Steps, scope: Scope, reader: Reader) -> model.Amount | None:
    """So much for every step of a number, all of one unit."""
    base, every = reader.expression(doc.base, scope), reader.expression(doc.every, scope)
    over = None if doc.over is None else reader.expression(doc.over, scope)
    amount, cap = reader.money(doc.amount, scope), reader.money(doc.cap, scope)
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
    if isinstance(every, ir.Constant) and _exact(every) <= 0:
        reader.problem("steps", "a step is larger than nothing", doc.every.span)
        return None
    return model.Steps(base=base, every=every, amount=amount, whole=doc.count == "whole", over=over, cap=cap)


def _exact(node: ir.Constant) -> Exact:
    assert not isinstance(node.value, str)
    return exact(node.value)
