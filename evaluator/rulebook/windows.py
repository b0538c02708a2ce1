"""When to apply: windows of rule files to typed ones, and the test that an application came in time."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from evaluator.rulebook import documents, ir, model
from evaluator.rulebook.reader import Reader
from evaluator.rulebook.scope import Scope
from evaluator.rulebook.vocabulary import DATE
from evaluator.rulebook.yamlfile import Text
from evaluator.source import Span

LATER: Final = 20
"""For how many years after the last date it names a text without an end is taken to open its window."""

_OF_EVERY_YEAR: Final = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")


def is_day(text: Text) -> bool:
    """Whether a date is written as a day; anything else is an expression."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == 10


def read_window(
    doc: documents.Window, period: model.Period, policy: model.Policy, scope: Scope, reader: Reader
) -> tuple[model.Window | None, ir.AllOf | None]:
    """The window, and that the day of the application lies in it where that day is named; applying late forfeits.

    A window of every year opens in the years of the measure and in the one after, for what was done in the last.
    """
    opens, closes = _end(doc.from_, scope, reader), _end(doc.until, scope, reader)
    applied = None if doc.applied is None else reader.expression(doc.applied, scope, DATE)
    if opens is None or closes is None or (doc.applied is not None and applied is None):
        return None, None
    if isinstance(opens, tuple) is not isinstance(closes, tuple):
        help = "write both as 2025-03-01, or both as 03-01 for every year"
        reader.problem("window", "one end of the window is of every year, and the other is not", doc.place, help)
        return None, None
    window = model.Window(opens=opens, closes=closes)
    if isinstance(opens, date) and isinstance(closes, date):
        if closes < opens:
            reader.problem("window", "the window closes before it opens", doc.place)
            return None, None
        _refuse_early(doc, closes, period, reader)
    if applied is None:
        return window, None
    before_now = ir.Compare(op="<=", left=applied, right=ir.AsOf(), span=doc.place)
    if not isinstance(opens, tuple) and not isinstance(closes, tuple):
        ends = _day(opens), _day(closes)
        return window, ir.AllOf(operands=(*_within(applied, *ends, doc.place), before_now))
    assert isinstance(opens, tuple)
    assert isinstance(closes, tuple)
    last = policy.last_named.date.year + LATER if period.until is None else period.until.date.year + 1
    further = closes < opens
    years = [
        ir.AllOf(operands=_within(applied, _on(year, opens), _on(year + further, closes), doc.place))
        for year in range(period.since.date.year - further, last + 1)
    ]
    return window, ir.AllOf(operands=(ir.AnyOf(operands=tuple(years), span=doc.place), before_now))


def _refuse_early(doc: documents.Window, closes: date, period: model.Period, reader: Reader) -> None:
    """A window that closes before anything can count admits nobody."""
    if closes < period.since.date:
        since = period.since.date.isoformat()
        message = f"the window closes before the rule is in force, which is from {since} on"
        reader.problem("window", message, doc.until.span)


def _end(text: Text, scope: Scope, reader: Reader) -> date | tuple[int, int] | ir.Expr | None:
    """One end of a window: a day, a day of every year, or an expression."""
    if is_day(text):
        return date.fromisoformat(text)
    yearly = _OF_EVERY_YEAR.fullmatch(text)
    if yearly is not None:
        month, day = int(yearly[1]), int(yearly[2])
        try:
            date(2000, month, day)
        except ValueError:
            reader.problem("window", f"`{text}` is no day of a year", text.span, "write it as 03-01")
            return None
        return month, day
    if re.fullmatch(r"[\d-]+", text):
        message = f"`{text}` is no date"
        reader.problem("window", message, text.span, "write it as 2025-06-30, or as 06-30 for every year")
        return None
    return reader.expression(text, scope, DATE)


def _within(applied: ir.Expr, first: ir.Expr, last: ir.Expr, span: Span | None) -> tuple[ir.Expr, ir.Expr]:
    return (
        ir.Compare(op=">=", left=applied, right=first, span=span),
        ir.Compare(op="<=", left=applied, right=last, span=span),
    )


def _on(year: int, day: tuple[int, int]) -> ir.Expr:
    """That day in a year; the last of February where there is no 29th."""
    month, number = day
    if (month, number) == (2, 29) and (year % 4 or (year % 100 == 0 and year % 400)):
        number = 28
    return _day(date(year, month, number))


def _day(end: date | ir.Expr) -> ir.Expr:
    return ir.Constant(type=DATE, value=end.toordinal()) if isinstance(end, date) else end
