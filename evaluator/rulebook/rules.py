"""Rule documents to typed rules: names resolved, dates read, ids made global."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import TypedDict

from evaluator.diagnostics import did_you_mean
from evaluator.rulebook import documents, ir, model, rule_files
from evaluator.rulebook.amounts import read_amount
from evaluator.rulebook.gates import Gates, date_that_counts
from evaluator.rulebook.history import was_paid
from evaluator.rulebook.payment import POSITION, Payment, read_payment, refuse_position
from evaluator.rulebook.reader import Reader, citations, name, readings
from evaluator.rulebook.reads import amount_parts
from evaluator.rulebook.schedules import Schedule
from evaluator.rulebook.scope import ExpressionError, Scope
from evaluator.rulebook.vocabulary import BOOL, DATE, MONEY, PLAIN, Fact, Field, Metric, Name
from evaluator.rulebook.windows import is_day, read_window
from evaluator.source import Span

Awards = Mapping[str, str | None]
"""Every incentive of the rulebook by its global id, with the list of its `each`."""


def read_rules(file: rule_files.RuleFile, gates: Gates, awards: Awards, reader: Reader) -> Iterator[model.AnyRule]:
    """Every rule of a file that is right; problems with the others are kept by the reader."""
    for incentive in file.incentives:
        yield from _award(incentive, "incentive", gates, awards, reader)
    for support in file.supports:
        yield from _award(support, "support", gates, awards, reader)
    for target in file.targets:
        yield from _target(target, gates, reader)
    for obligation in file.obligations:
        yield from _obligation(obligation, gates, awards, reader)


class _Stated(TypedDict):
    """The fields of `model.Rule` that every kind of rule states alike."""

    id: str
    policy: model.Policy
    title: Name
    cite: tuple[model.Citation, ...]
    kinds: tuple[str, ...]
    modality: model.Modality
    in_force: model.Period
    responsible: tuple[str, ...]
    readings: tuple[model.Reading, ...]
    stub: bool
    span: Span | None


def _stated(doc: documents.RuleDocument, kinds: tuple[str, ...], policy: model.Policy, reader: Reader) -> _Stated:
    return {
        "id": f"{policy.id}/{doc.id}",
        "policy": policy,
        "title": name(doc.title),
        "cite": citations(doc.cite),
        "kinds": kinds,
        "modality": doc.modality,
        "in_force": policy.in_force if doc.in_force is None else reader.period(doc.in_force),
        "responsible": tuple(map(str, doc.responsible)),
        "readings": readings(doc.readings),
        "stub": doc.stub,
        "span": doc.id.span,
    }


def _refuse_empty(doc: documents.RuleDocument, reader: Reader) -> None:
    """A key for a condition with nothing after it would quietly be true."""
    for key in ("applies_when", "when"):
        if key in doc.given and getattr(doc, key) is None:
            reader.problem(
                "condition", f"nothing stands after `{key}`", doc.id.span, f"write a condition, or drop `{key}`"
            )


def _award(
    doc: documents.SupportDocument, kind: model.RuleKind, gates: Gates, awards: Awards, reader: Reader
) -> Iterator[model.Award]:
    policy, kinds, before = gates.policy, reader.kinds(doc.for_), len(reader.problems)
    scope = Scope(reader.vocabulary, kinds, awards=awards, policy=policy.id, terms=gates.terms)
    _refuse_empty(doc, reader)
    gate = None if doc.applies_when is None else reader.condition(doc.applies_when, scope)
    each: Fact | None = None
    if doc.each is not None:
        try:
            each = scope.list_fact(doc.each, (0, len(doc.each)))
            scope = replace(scope.bind(each), entry=0)
        except ExpressionError as error:
            reader.problem(error.code, error.message, doc.each.span, error.help)
            return
    judged_by = _judged_by(doc, scope, reader)
    scope = replace(scope, day=date_that_counts(judged_by))
    when = None if doc.when is None else reader.condition(doc.when, scope)
    amount: model.Amount | None = None
    payment: Payment = {"selection": None, "instalments": (), "payers": (), "recipients": ()}
    if isinstance(doc, documents.IncentiveDocument):
        payment = read_payment(doc, scope, reader)
        inner = scope if each is None else replace(scope, special=dict.fromkeys(POSITION, ir.Position(type=PLAIN)))
        amount = read_amount(doc.amount, inner, reader)
        refuse_position(amount, payment["selection"], doc, () if amount is None else amount_parts(amount), reader)
    stated, window = _stated(doc, kinds, policy, reader), None
    if doc.window is not None:
        window, in_time = read_window(doc.window, stated["in_force"], policy, scope, reader)
        if in_time is not None:
            when = in_time if when is None else ir.AllOf(operands=(when, *in_time.operands))
    if len(reader.problems) > before:
        return
    counts = gates.counts(judged_by, stated["in_force"])
    yield model.Award(
        **stated,
        kind=kind,
        gates=gates.of(kinds, gate, None if each is not None and judged_by is not None else counts),
        each=each,
        judged_by=judged_by,
        counts=None if each is None or judged_by is None else counts,
        when=when,
        amount=amount,
        evidence=tuple(name(entry) for entry in doc.evidence),
        window=window,
        **payment,
    )


def _judged_by(doc: documents.SupportDocument, scope: Scope, reader: Reader) -> Fact | Field | None:
    """The date that counts: a field of the item, a fact of the profile, or None for the date of the question."""
    if doc.judged_by is None:
        if doc.each is not None:
            hint = "`judged_by: 日期字段`, or `judged_by: as_of` when the day of the question counts"
            reader.problem("judged-by", "a rule with `each` says which date counts", doc.id.span, hint)
        return None
    if doc.judged_by == "as_of":
        return None
    if scope.bindings:
        record = scope.bindings[0].record
        found = record.find(doc.judged_by)
        dates = [entry.label.zh for entry in record.fields if entry.type == DATE]
        where = f"`{record.label.zh}` has no date field"
    else:
        found = reader.vocabulary.fact(doc.judged_by)
        dates = [fact.label.zh for fact in reader.vocabulary.facts.values() if fact.type == DATE]
        where = "there is no date fact"
    if found is None or found.type != DATE:
        help = did_you_mean(doc.judged_by, [*dates, "as_of"])
        reader.problem("judged-by", f"{where} `{doc.judged_by}`", doc.judged_by.span, help)
        return None
    return found


def _target(doc: documents.TargetDocument, gates: Gates, reader: Reader) -> Iterator[model.Target]:
    policy, kinds, before = gates.policy, reader.kinds(doc.for_), len(reader.problems)
    metric = reader.vocabulary.metric(doc.metric)
    if metric is None:
        help = did_you_mean(doc.metric, reader.vocabulary.metrics_by_label)
        reader.problem("unknown-metric", f"there is no metric `{doc.metric}`", doc.metric.span, help)
        return
    scope = Scope(reader.vocabulary, kinds, metrics=True, terms=gates.terms)
    _refuse_empty(doc, reader)
    gate = None if doc.applies_when is None else reader.condition(doc.applies_when, replace(scope, metrics=False))
    schedule = Schedule(doc, metric, scope, reader)
    schedule.read()
    asked = {kinds if entry.over is None else (entry.over.kind,) for entry in schedule.entries}
    for kind in sorted({kind for group in asked for kind in group} - set(metric.of)):
        help = "it is a metric of " + ", ".join(metric.of)
        reader.problem("wrong-kind", f"`{doc.metric}` is no metric of `{kind}`", doc.metric.span, help)
    if len(reader.problems) > before:
        return
    yield model.Target(
        **_stated(doc, kinds, policy, reader),
        kind="target",
        gates=gates.of(kinds, gate),
        metric=metric,
        entries=tuple(schedule.entries),
        schedule=tuple(schedule.printed),
    )


def _obligation(
    doc: documents.ObligationDocument, gates: Gates, awards: Awards, reader: Reader
) -> Iterator[model.Obligation]:
    policy, kinds, before = gates.policy, reader.kinds(doc.for_), len(reader.problems)
    id = f"{policy.id}/{doc.id}"
    yearly = doc.every is not None
    scope = Scope(reader.vocabulary, kinds, metrics=yearly, awards=awards, policy=policy.id, terms=gates.terms)
    plain = replace(scope, metrics=False)
    _refuse_empty(doc, reader)
    gate = None if doc.applies_when is None else reader.condition(doc.applies_when, plain)
    if doc.follows is not None:
        entitled = _follows(doc.follows, plain, reader)
        gate = entitled if gate is None or entitled is None else ir.AllOf(operands=(entitled, gate))
    claw_back = None if doc.claw_back is None else read_amount(doc.claw_back, plain, reader)
    due_on: ir.Expr | None = None
    if doc.due is not None and not is_day(doc.due):
        due_on = reader.expression(doc.due, plain, DATE)
    over: model.Over | None = None
    if isinstance(doc.over, documents.OverShare):
        reader.problem("over", "a duty is owed by `self` or by `each` member", doc.over.place)
        return
    asked = kinds
    if isinstance(doc.over, documents.OverEach):
        if not reader.kind(doc.over.each):
            return
        over = model.Over(how="each", kind=str(doc.over.each))
        asked = (str(doc.over.each),)
        scope = replace(scope, kinds=asked)
    attested: Fact | Metric | None = None
    requires: ir.Expr | None
    if isinstance(doc.requires, documents.Requires) and doc.requires.attest is not None:
        attested, requires = _attested(id, doc.requires.attest, name(doc.title), asked, yearly=doc.every is not None)
        if any(getattr(doc.requires, part) is not None for part in ("all", "any", "not_", "at_least", "unless")):
            reader.problem("requires", "a duty is either attested or a condition", doc.requires.place)
    else:
        requires = reader.condition(doc.requires, scope)
    if doc.due is not None and doc.every is not None:
        reader.problem("due", "a yearly duty has no `due` of its own", doc.due.span)
    if doc.every is not None and doc.every.to < doc.every.from_:
        reader.problem("due", "the last year lies before the first", doc.every.place)
    if len(reader.problems) > before or requires is None:
        return
    stated = _stated(doc, kinds, policy, reader)
    duties = _duties(doc, policy, stated["in_force"], due_on)
    if not doc.stub and due_on is None:
        _refuse_out_of_force(doc, duties, stated["in_force"], reader)
    yield model.Obligation(
        **stated,
        kind="obligation",
        gates=gates.of(kinds, gate),
        requires=requires if over is None else ir.EachMember(kind=over.kind, that=requires),
        member_requires=None if over is None else requires,
        attested=attested,
        duties=duties,
        over=over,
        claw_back=claw_back,
    )


def _follows(doc: documents.Follows, scope: Scope, reader: Reader) -> ir.Expr | None:
    """Whether the award that a duty follows from is due to the profile, or was paid."""
    try:
        award = scope.award(doc.award, (0, len(doc.award)))
    except ExpressionError as error:
        reader.problem(error.code, error.message, doc.award.span, error.help)
        return None
    if doc.once == "paid":
        return was_paid(scope.vocabulary.facts["payments"], [award])
    amount = ir.AwardAmount(type=MONEY, rule=award, span=doc.award.span)
    return ir.Compare(op=">", left=amount, right=ir.Constant(type=MONEY, value=0))


def _attested(
    id: str, question: documents.Label, title: Name, kinds: tuple[str, ...], *, yearly: bool
) -> tuple[Fact | Metric, ir.Expr]:
    if yearly:
        metric = Metric(id=id, label=title, type=BOOL, question=name(question), of=kinds, flow=True)
        return metric, ir.MetricRef(type=BOOL, metric=metric)
    fact = Fact(id=id, label=title, type=BOOL, question=name(question), of=kinds, attested=True)
    return fact, ir.FactRef(type=BOOL, fact=fact)


def _duties(
    doc: documents.ObligationDocument, policy: model.Policy, period: model.Period, due_on: ir.Expr | None
) -> tuple[model.Duty, ...]:
    """When the duty is asked; without a date from publication, or from when its rule is in force if that is later."""
    if due_on is not None:
        return (model.Duty(key="", due=None, year=None, due_on=due_on),)
    if doc.every is not None:
        years = range(doc.every.from_, doc.every.to + 1)
        return tuple(model.Duty(key=str(year), due=date(year, 12, 31), year=year) for year in years)
    if doc.due is None:
        return (model.Duty(key="", due=max(policy.published.date, period.since.date), year=None),)
    return (model.Duty(key="", due=date.fromisoformat(doc.due), year=None),)


def _refuse_out_of_force(
    doc: documents.ObligationDocument, duties: tuple[model.Duty, ...], period: model.Period, reader: Reader
) -> None:
    """A duty is judged by its due date: one due when its rule is not in force would never be owed."""
    last = date.max if period.until is None else period.until.date
    if (doc.due is None and doc.every is None) or last < period.since.date:  # such a period is refused where it stands
        return
    days = [duty.due for duty in duties if duty.due is not None]
    outside = next((day for day in days if not period.since.date <= day <= last), None)
    if outside is not None:
        span = doc.due.span if doc.due is not None else None if doc.every is None else doc.every.place
        help = "mend the date, or give the rule its own `in_force`"
        reader.problem("due", f"the duty falls due on {outside}, when its rule is not in force", span, help)
