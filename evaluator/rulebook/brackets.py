"""Amounts by the size of a base: brackets with a rate each, and so much for every further step."""

from __future__ import annotations

from evaluator.rulebook import documents, ir, model
from evaluator.rulebook.expressions import compare_values
from evaluator.rulebook.quantities import describe
from evaluator.rulebook.reader import Reader
from evaluator.rulebook.scope import ExpressionError, Scope
from evaluator.rulebook.vocabulary import MONEY, RATIO, Exact, NumberType, exact


def read_brackets(doc: documents.Brackets, scope: Scope, reader: Reader) -> model.Amount | None:
    """Rates from bounds on, which leave no hole and do not overlap: they begin at 0 and rise."""
    base, cap = reader.money(doc.base, scope), reader.money(doc.cap, scope)
    slices: list[tuple[Exact, Exact]] = []
    for entry in doc.rates:
        over, rate = reader.expression(entry.over, scope, MONEY), reader.expression(entry.rate, scope, RATIO)
        if not isinstance(over, ir.Constant) or not isinstance(rate, ir.Constant):
            if over is not None and rate is not None:
                reader.problem("brackets", "the bounds and rates of brackets are constants", entry.place)
            return None
        bound = _exact(over)
        if slices and bound <= slices[-1][0]:
            reader.problem("brackets", "each bracket begins above the one before", entry.over.span)
        elif not slices and bound != 0:
            help = "begin with `{over: 0元, rate: …}`, with 0% where nothing is paid"
            reader.problem("brackets", "the brackets leave a hole below the first", entry.over.span, help)
        slices.append((bound, _exact(rate)))
    if doc.on == "whole" and doc.edge is None:
        help = "`edge: lower` when the bound belongs to the bracket below (超过), `edge: upper` when above (以上)"
        reader.problem("brackets", "to which bracket a base exactly at a bound belongs is not said", doc.place, help)
        return None
    if doc.on == "slice" and doc.edge is not None:
        message = "on slices both brackets give the same at a bound, so `edge` says nothing"
        reader.problem("brackets", message, doc.place, "drop `edge`")
    if base is None or (doc.cap is not None and cap is None):
        return None
    edge = "lower" if doc.edge is None else doc.edge
    return model.Brackets(base=base, slices=tuple(slices), cap=cap, whole=doc.on == "whole", edge=edge)


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
