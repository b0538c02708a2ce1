"""Amounts of rule files to typed amounts."""

from __future__ import annotations

from fractions import Fraction

from evaluator.rulebook import documents, ir, model
from evaluator.rulebook.brackets import read_brackets, read_steps
from evaluator.rulebook.convert import plain
from evaluator.rulebook.formulas import ZERO, floored, largest_figure, less, nothing_below, number, scaled
from evaluator.rulebook.quantities import combine
from evaluator.rulebook.reader import Reader
from evaluator.rulebook.scope import ExpressionError, Scope
from evaluator.rulebook.tables import read_table
from evaluator.rulebook.vocabulary import MONEY, exact
from evaluator.rulebook.yamlfile import Text

FORMS = ("table", "rate", "brackets", "steps", "match", "sum", "of", "up_to", "between")
_EXTRAS = (("base", ("rate",)), ("decided", ("up_to", "between")))


def read_amount(doc: Text | documents.AmountForm, scope: Scope, reader: Reader) -> model.Amount | None:
    """The typed amount, or None when something in it is wrong."""
    if isinstance(doc, Text):
        if doc == "unstated":
            return model.Unstated()
        value = reader.expression(doc, scope, scope.worth)
        if isinstance(value, ir.Constant) and number(value) < 0:
            reader.problem("amount", "an amount is not below nothing", doc.span, "take it off by `minus: …`")
            return None
        return None if value is None else model.Fixed(value=value)
    around, reader.near = reader.near, doc.place
    try:
        return _read(doc, scope, reader)
    finally:
        reader.near = around


def _read(doc: documents.AmountForm, scope: Scope, reader: Reader) -> model.Amount | None:
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
    amount = _limited(doc, _times(doc, _form(doc, scope, reader), scope, reader), scope, reader)
    return _enough(doc, _less(doc, amount, scope, reader), scope, reader)


def _form(doc: documents.AmountForm, scope: Scope, reader: Reader) -> model.Amount | None:
    """The one form of an amount, without what bounds it."""
    if doc.table is not None:
        return read_table(doc.table, read_amount, scope, reader)
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
        known = tuple(floored(part) for part in parts if part is not None)
        return model.Sum(parts=known) if known and len(known) == len(parts) else None
    return _bounded(doc, scope, reader)


def _times(doc: documents.AmountForm, amount: model.Amount | None, scope: Scope, reader: Reader) -> model.Amount | None:
    """The amount by its factor."""
    if doc.times is None:
        return amount
    factor = reader.rate(doc.times, scope)
    if amount is None or factor is None:
        return None
    if isinstance(factor, ir.Constant) and number(factor) < 0:
        reader.problem("amount", "a factor is not below 0", doc.times.span)
        return None
    if isinstance(amount, model.Unstated):
        reader.problem("amount", "the text names no amount that could be multiplied", doc.times.span, "drop `times`")
        return None
    found = scaled(amount, factor)
    if found is None:
        message = "what is rounded is not multiplied by what facts decide"
        reader.problem("amount", message, doc.times.span, "multiply first: put `round` around it by `of`")
    return found


def _less(doc: documents.AmountForm, amount: model.Amount | None, scope: Scope, reader: Reader) -> model.Amount | None:
    """What is left of the amount when something is taken off."""
    if doc.minus is None:
        return amount
    minus = reader.money(doc.minus, scope)
    return None if amount is None or minus is None else less(amount, minus)


def _enough(
    doc: documents.AmountForm, amount: model.Amount | None, scope: Scope, reader: Reader
) -> model.Amount | None:
    """The amount where it is not too small to be paid."""
    if doc.nothing_below is None:
        return amount
    least = reader.money(doc.nothing_below, scope)
    if amount is None or least is None:
        return None
    found = nothing_below(amount, least)
    if found is None:
        message = "what is open until somebody decides cannot be held against a figure"
        reader.problem("amount", message, doc.nothing_below.span, "write `between`, from that figure on")
    return found


def _limited(
    doc: documents.AmountForm, amount: model.Amount | None, scope: Scope, reader: Reader
) -> model.Amount | None:
    """The amount rounded and bounded as its keys say."""
    floor, cap = reader.money(doc.floor, scope), reader.money(doc.cap, scope)
    rounding = None if doc.round is None else _rounding(doc.round, scope, reader)
    if isinstance(cap, ir.Constant) and isinstance(floor, ir.Constant) and number(cap) < number(floor):
        reader.problem("cap-below-floor", "the cap lies below the floor", doc.cap.span if doc.cap else doc.place)
    elif isinstance(cap, ir.Constant) and amount is not None and number(cap) < (figure := largest_figure(amount)):
        message = f"the cap lies below an amount of {plain(exact(Fraction(figure) / 10000))}万元 that it bounds"
        help = "see whether figure and unit are right"
        reader.doubt("cap-below-amount", message, doc.cap.span if doc.cap else doc.place, help)
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
    if isinstance(decided, ir.FactRef) and not decided.fact.decision and doc.decided is not None:
        help = "mark it `decision: true` in the vocabulary, so that reports say who is waited for"
        reader.doubt("decided", f"`{doc.decided}` is no fact that somebody decides", doc.decided.span, help)
    return model.Bounded(low=low, high=high, decided=decided)


def _rate(rate_: Text, base_: Text | None, scope: Scope, reader: Reader) -> model.Amount | None:
    if base_ is None:
        reader.problem("amount", "`rate` needs its `base`", rate_.span)
        return None
    rate, base = reader.rate(rate_, scope), reader.money(base_, scope)
    if rate is None or base is None:
        return None
    if isinstance(rate, ir.Constant) and number(rate) > 1:
        reader.doubt("rate", f"`{rate_}` is more than the whole base", rate_.span, "see whether the point is right")
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
