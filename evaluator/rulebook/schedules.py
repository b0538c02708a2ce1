"""Target documents to typed targets: each entry of a schedule, each year of a yearly one, is an `Entry` of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction

from evaluator.feel import ast
from evaluator.record import row
from evaluator.rulebook import documents, ir, model
from evaluator.rulebook.expressions import Compare
from evaluator.rulebook.quantities import describe
from evaluator.rulebook.reader import Reader, citations, readings
from evaluator.rulebook.scope import ExpressionError, Scope
from evaluator.rulebook.vocabulary import RATIO, Exact, Metric, NumberType, exact
from evaluator.rulebook.yamlfile import Text


@row
class Moment:
    """When an entry is judged: its key, due date and period."""

    key: str
    due: date | None
    period: int | None


def moments(doc: documents.ScheduleEntry, reader: Reader) -> tuple[Moment, ...]:
    """The times that `by`, `every` or `hold` names."""
    given = [name for name in ("by", "every", "hold") if getattr(doc, name) is not None]
    if len(given) != 1:
        reader.problem("schedule", "an entry has exactly one of `by`, `every` and `hold`", doc.place)
        return ()
    years = doc.every or doc.hold
    if years is not None:
        if doc.period is not None:
            reader.problem("schedule", "`period` goes with `by`; here each year is its own period", doc.place)
        if years.to < years.from_:
            reader.problem("schedule", "the last year lies before the first", years.place)
        prefix = f"{doc.id}-" if doc.id else ""
        return tuple(Moment(f"{prefix}{year}", date(year, 12, 31), year) for year in range(years.from_, years.to + 1))
    if doc.by == "none":
        return (Moment(str(doc.id or ""), None, doc.period),)
    if isinstance(doc.by, int):
        return (Moment(str(doc.id or doc.by), date(doc.by, 12, 31), doc.period or doc.by),)
    due = date.fromisoformat(str(doc.by))
    return (Moment(str(doc.id or doc.by), due, doc.period or due.year),)


@row
class Measure:
    """What an entry measures, how it is compared, and the names special to it."""

    value: ir.Expr
    compare: Compare | None
    special: Mapping[str, ir.Expr]
    label: str


def measure(metric: Metric, doc: documents.ScheduleEntry, default: object, reader: Reader) -> Measure | None:
    """The quantity of an entry: level, flow, cumulative, growth or average growth."""
    quantity = doc.quantity if doc.quantity is not None else default
    current = ir.MetricRef(type=metric.type, metric=metric)
    special: dict[str, ir.Expr] = {"上期": ir.MetricRef(type=metric.type, metric=metric, offset=-1)}
    if doc.base is not None:
        special["基期"] = ir.MetricRef(type=metric.type, metric=metric, year=doc.base)
    if not isinstance(quantity, documents.QuantityForm):
        if quantity == "flow" and not metric.flow:
            reader.problem(
                "quantity", f"`{metric.label.zh}` is no flow; its vocabulary entry lacks `flow: true`", doc.place
            )
            return None
        return Measure(current, None, special, "flow" if metric.flow else "level")
    forms = [name for name in ("cumulative", "growth", "average_growth") if getattr(quantity, name) is not None]
    if len(forms) != 1:
        reader.problem(
            "quantity", "a quantity is exactly one of `cumulative`, `growth` and `average_growth`", doc.place
        )
        return None
    if not isinstance(metric.type, NumberType):
        reader.problem(
            "quantity", f"`{forms[0]}` needs a number, and `{metric.label.zh}` is {describe(metric.type)}", doc.place
        )
        return None
    if quantity.cumulative is not None:
        if not metric.flow:
            reader.problem(
                "quantity", f"`{metric.label.zh}` is no flow, so it cannot be added up over years", doc.place
            )
            return None
        total = ir.Cumulative(type=metric.type, metric=metric, start=quantity.cumulative)
        return Measure(total, None, special, f"cumulative from {quantity.cumulative}")
    since = quantity.average_growth
    base_year = since if since is not None else quantity.growth
    base: ir.Expr = special["上期"]
    if isinstance(base_year, int):
        base = ir.MetricRef(type=metric.type, metric=metric, year=base_year)

    def grows(op: ast.CompareOp, rate: ir.Expr, at: tuple[int, int]) -> ir.Expr:
        if rate.type != RATIO:
            raise ExpressionError(at, "unlike-types", f"growth is a percentage, and this is {describe(rate.type)}")
        if op == "!=":
            raise ExpressionError(at, "no-order", "growth is compared by an order or `=`")
        return ir.GrowthTest(op=op, value=current, base=base, rate=rate, since=since)

    return Measure(current, grows, special, f"{forms[0].replace('_', ' ')} {base_year}")


class Schedule:
    """Reads the entries of one target."""

    def __init__(self, doc: documents.TargetDocument, metric: Metric, scope: Scope, reader: Reader) -> None:
        self.doc, self.metric, self.scope, self.reader = doc, metric, scope, reader
        self.entries: list[model.Entry] = []
        self.printed: list[model.Scheduled] = []

    def read(self) -> None:
        """All entries; keys are unique within the rule."""
        seen: set[str] = set()
        for entry in self.doc.schedule:
            times = moments(entry, self.reader)
            for time in times:
                if time.key in seen:
                    shown = f"{self.doc.id}#{time.key}" if time.key else self.doc.id
                    help = "give one of the entries an `id`"
                    self.reader.problem("duplicate-entry", f"two entries are called `{shown}`", entry.place, help)
                seen.add(time.key)
            self._entry(entry, times)

    def _entry(self, doc: documents.ScheduleEntry, times: tuple[Moment, ...]) -> None:
        over_doc = self.doc.over if doc.over is None else doc.over
        measured = measure(self.metric, doc, self.doc.quantity, self.reader)
        if measured is None or not self._vague_is_whole(doc):
            return
        scope = replace(self.scope, special={**measured.special})
        over: model.Over | None = None
        value, compare = measured.value, measured.compare
        if not isinstance(over_doc, str):
            kind = over_doc.share if isinstance(over_doc, documents.OverShare) else over_doc.each
            if not self.reader.kind(kind):
                return
            scope = replace(scope, kinds=(str(kind),))
            over = model.Over(how="share" if isinstance(over_doc, documents.OverShare) else "each", kind=str(kind))
        if isinstance(over_doc, documents.OverShare):
            where = self.reader.tests(over_doc.where, value, scope, compare)
            if where is None:
                return
            value, compare = ir.MemberShare(type=RATIO, kind=str(over_doc.share), where=where), None
        parts: dict[str, ir.Expr | None] = {}
        for word in ("test", "fails_unless", "holds_if"):
            text: Text | None = getattr(doc, word)
            parts[word] = None if text is None else self.reader.tests(text, value, scope, compare)
            if text is not None and parts[word] is None:
                return
        member_test = None
        if over is not None and over.how == "each":
            member_test = parts["test"]
            parts = {
                word: None if part is None else ir.EachMember(kind=over.kind, that=part) for word, part in parts.items()
            }
        figure = self._figure(doc, scope, _unit(self.metric) if measured.compare is None else "%")
        printed = _printed(doc, figure, over_doc, measured.label, times)
        self.printed.append(printed)
        for time in times:
            self.entries.append(
                model.Entry(
                    key=time.key,
                    due=time.due,
                    period=time.period,
                    over=over,
                    test=parts["test"],
                    member_test=member_test,
                    fails_unless=parts["fails_unless"],
                    holds_if=parts["holds_if"],
                    measured=value,
                    required=figure.required,
                    figure=printed,
                    vague=doc.vague,
                    modality=doc.modality or self.doc.modality,
                    cite=citations(doc.cite if doc.cite is not None else self.doc.cite),
                    readings=readings(doc.readings),
                    span=doc.place,
                )
            )

    def _vague_is_whole(self, doc: documents.ScheduleEntry) -> bool:
        if (doc.test is None) == (doc.vague is None):
            self.reader.problem("schedule", "an entry has either a `test` or a `vague` figure", doc.place)
            return False
        if doc.vague is None and (doc.value or doc.fails_unless or doc.holds_if):
            message = "`value`, `fails_unless` and `holds_if` belong to a `vague` entry"
            self.reader.problem("schedule", message, doc.place)
            return False
        if doc.vague == "approx" and doc.value is None:
            self.reader.problem("schedule", "an approximate figure needs its `value`", doc.place)
            return False
        return True

    def _figure(self, doc: documents.ScheduleEntry, scope: Scope, given_in: str) -> Figure:
        """Comparator and figure as the file writes them; without a unit of its own it is in `given_in`."""
        if doc.vague is not None:
            named: model.Comparator = "none" if doc.vague == "indefinite" else doc.vague
            if doc.value is None:
                return Figure(comparator=named, unit=given_in)
            figure = ir.MetricRef(type=self.metric.type, metric=self.metric)
            if self.reader.tests(doc.value, figure, scope) is None:
                return Figure(comparator=named, unit=given_in)
            value, unit = _constant(self.reader.parse(doc.value))
            return Figure(comparator=named, value=value, unit=unit or given_in)
        assert doc.test is not None
        tests = self.reader.parse_tests(doc.test)
        if tests is None or len(tests.tests) != 1 or tests.negated:
            return Figure(comparator="none", unit=given_in)
        test = tests.tests[0]
        if isinstance(test, ast.Range):
            (low, unit), (high, _) = _constant(test.low), _constant(test.high)
            upper = high if isinstance(high, int | Fraction) else None
            return Figure(comparator="between", value=low, value_to=upper, unit=unit or given_in)
        operand = test.operand if isinstance(test, ast.Test) else test
        comparator: model.Comparator = "="
        if isinstance(test, ast.Test):
            if test.op == "!=":  # the contract has no word for it
                return Figure(comparator="none", unit=given_in)
            comparator = test.op
        value, unit = _constant(operand)
        reference = None
        required: ir.Expr | None = None
        if isinstance(operand, ast.Name):
            special = scope.special.get(operand.name)
            metric = self.reader.vocabulary.metric(operand.name)
            reference = metric.id if metric is not None else operand.name
            required = special or (None if metric is None else ir.MetricRef(type=metric.type, metric=metric))
        return Figure(comparator, value, None, unit or given_in, reference, required)


@row
class Figure:
    """A figure as printed: comparator, value in its unit, upper value of a range, metric compared with."""

    comparator: model.Comparator
    value: Exact | str | bool | None = None
    value_to: Exact | None = None
    unit: str = ""
    reference: str | None = None
    required: ir.Expr | None = None


def _unit(metric: Metric) -> str:
    return metric.type.unit if isinstance(metric.type, NumberType) else ""


def _constant(node: ast.Node | None) -> tuple[Exact | str | bool | None, str]:
    """(value in its unit, unit) of a literal."""
    match node:
        case ast.Quantity(value=value, unit=unit):
            return exact(Fraction(value)), unit
        case ast.Number(value=value):
            return exact(Fraction(value)), ""
        case ast.Negate(operand=operand):
            found, unit = _constant(operand)
            return (-found, unit) if isinstance(found, int | Fraction) else (None, unit)
        case ast.String(value=text):
            return text, ""
        case ast.Boolean(value=truth):
            return truth, ""
        case _:
            return None, ""


def _printed(
    doc: documents.ScheduleEntry, figure: Figure, over: object, quantity: str, times: tuple[Moment, ...]
) -> model.Scheduled:
    years = doc.every or doc.hold
    shown = "self"
    if isinstance(over, documents.OverShare):
        shown = f"share {over.share} {over.where}"
    elif isinstance(over, documents.OverEach):
        shown = f"each {over.each}"
    return model.Scheduled(
        by=times[-1].due if times and doc.every is None else None,
        every=None if years is None else (years.from_, years.to),
        hold=doc.hold is not None,
        comparator=figure.comparator,
        value=figure.value,
        value_to=figure.value_to,
        unit=figure.unit,
        reference=figure.reference,
        over=shown,
        quantity=quantity,
    )
