"""The part of the text report on targets and duties."""

from __future__ import annotations

from evaluator.engines.decision import Finding, Outcome
from evaluator.engines.trace import Step
from evaluator.engines.truth import TRUE
from evaluator.report.awards import to_check
from evaluator.report.figures import asked, gap_type
from evaluator.report.sheet import MANY, ORDER, Sheet, by_outcome
from evaluator.report.table import Column, table
from evaluator.report.values import decimal
from evaluator.rulebook import ir
from evaluator.rulebook.values import Interval
from evaluator.rulebook.vocabulary import Exact, NumberType, Type


def targets(sheet: Sheet) -> None:
    """Figures required and reached; those without data apart, by what would have to be given."""
    findings = [finding for finding in sheet.decision.findings if finding.rule.kind == "target"]
    if not findings:
        return
    groups = by_outcome(findings)
    sheet.section("targets")
    counts(sheet, groups)
    order = (Outcome.NOT_SATISFIED, Outcome.SATISFIED, Outcome.INDETERMINATE)
    shown = [finding for outcome in order for finding in groups[outcome]]
    shown += [one for one in groups[Outcome.NOT_DUE] if sheet.everything or _has_figure(one)]
    if shown:
        columns = (
            Column(sheet.word("col.target"), flexible=True, least=16),
            Column(sheet.word("col.due")),
            Column(sheet.word("col.required"), flexible=True, least=10),
            Column(sheet.word("col.value"), right=True, flexible=True, least=8),
            Column(sheet.word("col.gap"), right=True, flexible=True, least=8),
            Column(sheet.word("col.outcome"), flexible=True, least=8),
            Column(sheet.word("col.article"), flexible=True, least=10),
        )
        sheet.lines.extend(table(columns, [_row(sheet, finding) for finding in shown], sheet.cells))
    reasons(sheet, groups[Outcome.INDETERMINATE])
    _without_data(sheet, groups[Outcome.UNKNOWN])
    sheet.not_applicable(groups[Outcome.NOT_APPLICABLE])


def counts(sheet: Sheet, groups: dict[Outcome, list[Finding]]) -> None:
    """How many findings of each outcome there are; left to the reasons where none applies."""
    parts = [
        sheet.word("counts").format(outcome=sheet.outcome_word(group[0].rule.kind, outcome), n=len(group))
        for outcome in ORDER
        if (group := groups[outcome])
    ]
    if any(group for outcome, group in groups.items() if outcome is not Outcome.NOT_APPLICABLE):
        sheet.add(sheet.word("separator").join(parts), "  ")


def _has_figure(finding: Finding) -> bool:
    return finding.so_far is not None and finding.so_far.outcome is not Outcome.UNKNOWN


def _row(sheet: Sheet, finding: Finding) -> tuple[str, ...]:
    entry, so_far = finding.target, finding.so_far
    assert entry is not None
    printer = sheet.wording.printer
    outcome, measured, gap = sheet.outcome(finding), finding.measured, finding.gap
    if so_far is not None:
        measured, gap = so_far.measured, so_far.gap
        key = "so-far" if so_far.period is None else "so-far.year"
        word = sheet.outcome(finding, so_far.outcome)
        outcome = f"{outcome}; " if sheet.lang == "en" else f"{outcome}，"
        outcome += sheet.word(key).format(year=so_far.period, outcome=word)
    value = _members(finding.trace)
    if value is None:
        open_ = isinstance(measured, Interval) and not measured.settled
        value = "" if measured is None or open_ else printer.value(measured, entry.measured.type)
    short = "" if not gap else lacking(sheet, gap, gap_type(entry))
    title = sheet.name(finding.rule.title)
    return title, sheet.due(finding.due), asked(entry, sheet.wording), value, short, outcome, sheet.cited(finding)


def lacking(sheet: Sheet, gap: Exact, type_: Type) -> str:
    """A gap in its unit; between percentages it is counted in points."""
    if isinstance(type_, NumberType) and type_.unit == "%":
        return sheet.word("points").format(n=decimal(gap, type_, sheet.decision.rulebook.vocabulary.units))
    return sheet.wording.printer.number(gap, type_)


def _members(trace: Step) -> str | None:
    """How many members pass, where each one is asked."""
    step = trace.steps[-1] if trace.steps else None
    if step is None or not isinstance(step.node, ir.EachMember):
        return None
    return f"{sum(part.value is TRUE for part in step.steps)}/{len(step.steps)}"


def reasons(sheet: Sheet, findings: list[Finding]) -> None:
    """Why figures cannot be judged, those of one reason together."""
    groups: dict[str, list[str]] = {}
    for finding in findings:
        reason = "" if finding.reason is None else sheet.name(finding.reason.text)
        groups.setdefault(reason, []).append(sheet.titled(finding))
    for reason, named in groups.items():
        text = f"{reason}{sheet.word('colon')}{sheet.word('list').join(dict.fromkeys(named))}"
        sheet.add(text, "  ~ ", "    ")


def _without_data(sheet: Sheet, findings: list[Finding]) -> None:
    """Targets for which no figure is given: one line a rule, with the years that would settle it."""
    if not findings:
        return
    sheet.blank()
    sheet.add(sheet.word("without-data"), "  ")
    rules: dict[str, list[Finding]] = {}
    for finding in findings:
        rules.setdefault(finding.rule.id, []).append(finding)
    for group in rules.values():
        missing = {entry.path: entry for finding in group for entry in finding.missing}
        articles = dict.fromkeys(sheet.cited(finding) for finding in group)
        cited = sheet.word("separator").join(articles)
        title = sheet.name(group[0].rule.title)
        lacking = f"{sheet.word('missing')} {sheet.paths(missing.values())}"
        parts = sheet.word("list").join([_required(sheet, group), lacking])
        sheet.add(f"{title}{sheet.bracket(cited)}{sheet.word('colon')}{parts}", "  ? ", "    ")


def _required(sheet: Sheet, findings: list[Finding]) -> str:
    """What is asked of the entries of one rule, those that ask the same together: `2023、2024 ≥ 98%`."""
    dues: dict[str, list[str]] = {}
    for finding in findings:
        assert finding.target is not None
        dues.setdefault(asked(finding.target, sheet.wording), []).append(sheet.due(finding.due))
    return sheet.word("separator").join(f"{sheet.word('separator').join(days)} {text}" for text, days in dues.items())


def duties(sheet: Sheet) -> None:
    """Breaches and open duties by name, the others counted (all by name with `--all`)."""
    findings = [finding for finding in sheet.decision.findings if finding.rule.kind == "obligation"]
    if not findings:
        return
    groups = by_outcome(findings)
    sheet.section("duties")
    counts(sheet, groups)
    shown = sorted(groups[Outcome.NOT_SATISFIED], key=lambda finding: not finding.breach)
    if sheet.everything:
        shown += [*groups[Outcome.SATISFIED], *groups[Outcome.NOT_DUE]]
    shown += groups[Outcome.INDETERMINATE]
    if shown:
        columns = (
            Column(sheet.word("col.duty"), flexible=True, least=24),
            Column(sheet.word("col.outcome"), flexible=True, least=10),
            Column(sheet.word("col.due")),
            Column(sheet.word("col.article"), flexible=True, least=10),
        )
        rows = [(sheet.name(one.rule.title), sheet.outcome(one), sheet.due(one.due), sheet.cited(one)) for one in shown]
        sheet.lines.extend(table(columns, rows, sheet.cells))
    for finding in findings:
        owed = finding.claw_back
        if owed is not None and owed.potential != 0:
            low, high = sheet.money(owed.guaranteed), sheet.money(owed.potential)
            sum_ = low if low == high else sheet.word("between").format(low=low, high=high)
            sheet.add(
                f"{sheet.word('totals.claw-back')}{sheet.word('colon')}{sheet.titled(finding)} {sum_}", "  ! ", "    "
            )
    to_check(sheet, groups[Outcome.UNKNOWN], MANY)
    sheet.not_applicable(groups[Outcome.NOT_APPLICABLE])
