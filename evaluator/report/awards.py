"""The part of the text report on awards, supports and how awards combine."""

from __future__ import annotations

from collections.abc import Iterator

from evaluator.engines.decision import Finding, Line, Outcome
from evaluator.engines.trace import Step
from evaluator.report.sheet import ORDER, Sheet, by_outcome
from evaluator.report.table import Column, table
from evaluator.rulebook import ir, model
from evaluator.rulebook.vocabulary import Name


def awards(sheet: Sheet) -> None:
    """The table of awards with its total, then what each rests on and still lacks."""
    findings = [finding for finding in sheet.decision.findings if finding.rule.kind == "incentive"]
    if not findings:
        return
    groups = by_outcome(findings)
    shown = [finding for outcome in ORDER[:-1] for finding in groups[outcome]]
    sheet.section("awards")
    if shown:
        _table(sheet, shown)
    sheet.not_applicable(groups[Outcome.NOT_APPLICABLE])
    _totals(sheet)
    open_or_granted = [finding for finding in shown if finding.outcome is not Outcome.NOT_SATISFIED]
    if open_or_granted:
        sheet.section("details")
        for number, finding in enumerate(open_or_granted, 1):
            _details(sheet, finding, f"{number}. ")


def _table(sheet: Sheet, findings: list[Finding]) -> None:
    columns = (
        Column(sheet.word("col.award"), flexible=True, least=16),
        Column(sheet.word("col.outcome"), flexible=True, least=8),
        Column(sheet.word("col.certain"), right=True, flexible=True, least=12),
        Column(sheet.word("col.at-most"), right=True, flexible=True, least=12),
        Column(sheet.word("col.article"), flexible=True, least=10),
    )
    rows = []
    for finding in findings:
        certain, most = _ends(sheet, finding)
        rows.append((sheet.name(finding.rule.title), sheet.outcome(finding), certain, most, sheet.cited(finding)))
    totals = sheet.decision.totals
    rows.append((sheet.word("total"), "", sheet.money(totals.guaranteed), sheet.money(totals.potential), ""))
    sheet.lines.extend(table(columns, rows, sheet.cells, rule_above=1))


def _ends(sheet: Sheet, finding: Finding) -> tuple[str, str]:
    amount = finding.amount
    if amount is None:
        return "", ""
    if not amount.stated:
        return sheet.word("amount.unstated"), "—"
    return sheet.money(amount.guaranteed), sheet.money(amount.potential)


def _totals(sheet: Sheet) -> None:
    """What the total leaves out, and its years."""
    totals = sheet.decision.totals
    if totals.unstated:
        sheet.add(sheet.word("unstated").format(n=totals.unstated), "  ", "  ")
    if totals.unstated_open:
        sheet.add(sheet.word("unstated.open").format(n=totals.unstated_open), "  ", "  ")
    if len(totals.by_period) > 1:
        parts = []
        for year, (low, high) in sorted(totals.by_period.items(), key=lambda part: part[0] or 9999):
            label = sheet.word("undated") if year is None else str(year)
            parts.append(f"{label} {_span(sheet, low, high)}")
        sheet.item("by-period", sheet.word("list").join(parts), "  ")
    for key, part in (("totals.later", totals.later), ("totals.claw-back", totals.claw_back)):
        if part != (0, 0):
            sheet.item(key, _span(sheet, *part), "  ")


def _span(sheet: Sheet, low: object, high: object) -> str:
    """An amount, or from its certain to its possible end."""
    first, last = sheet.money(low), sheet.money(high)  # type: ignore[arg-type]  # both are bounds of one amount
    return first if first == last else sheet.word("between").format(low=first, high=last)


def _details(sheet: Sheet, finding: Finding, number: str) -> None:
    """One award: its article, its lines, what is missing, what to bring, when to apply."""
    rule = finding.rule
    assert isinstance(rule, model.Award)
    sheet.add(f"{sheet.titled(finding, sentence=True)}{sheet.word('colon')}{sheet.outcome(finding)}", number)
    if finding.reason is not None and finding.outcome is Outcome.INDETERMINATE:
        sheet.item("reason", sheet.name(finding.reason.text))
    lines = () if finding.amount is None or not finding.amount.stated else finding.amount.lines
    split = any((line.payer or line.recipient) is not None for line in lines)
    for state, key in (("accrued", "line"), ("later", "line.later"), ("paid", "line.paid")):
        own = [line for line in lines if line.state == state]
        shown = [_line(sheet, line) for line in own if line.item or split or state != "accrued"]
        if shown:
            sheet.item(key, sheet.word("list").join(shown))
    sheet.questions(finding)
    proofs = list(dict.fromkeys(sheet.name(name) for name in evidence(finding)))
    if proofs:
        sheet.item("evidence", sheet.word("list").join(proofs))
    if rule.window is not None:
        since, until = sheet.wording.window(rule.window)
        sheet.item("window", sheet.word("window.range").format(since=since, until=until))


def _line(sheet: Sheet, line: Line) -> str:
    year = "" if line.period is None else sheet.bracket(str(line.period))
    names = " → ".join(sheet.name(name) for name in (line.payer, line.recipient) if name is not None)
    who = " ".join(part for part in (line.item, names) if part)
    return f"{who} {_span(sheet, line.guaranteed, line.potential)}{year}".strip()


def evidence(finding: Finding) -> Iterator[Name]:
    """What proves an award: the rule's own papers, then those of the facts that it read."""
    rule = finding.rule
    if isinstance(rule, model.Award):
        yield from rule.evidence
        if rule.each is not None and rule.each.evidence is not None:
            yield rule.each.evidence
    yield from _read(finding.trace)


def _read(step: Step) -> Iterator[Name]:
    node = step.node
    if isinstance(node, ir.FactRef) and node.fact.evidence is not None:
        yield node.fact.evidence
    if isinstance(node, ir.FieldRef) and node.field.evidence is not None:
        yield node.field.evidence
    for below in step.steps:
        yield from _read(below)


def supports(sheet: Sheet) -> None:
    """Benefits without money: what is granted, and what would settle the rest."""
    findings = [finding for finding in sheet.decision.findings if finding.rule.kind == "support"]
    if not findings:
        return
    groups = by_outcome(findings)
    sheet.section("supports")
    columns = (
        Column(sheet.word("col.support"), flexible=True, least=24),
        Column(sheet.word("col.outcome"), flexible=True, least=8),
        Column(sheet.word("col.article"), flexible=True, least=10),
    )
    settled = [*groups[Outcome.SATISFIED], *groups[Outcome.INDETERMINATE], *groups[Outcome.NOT_SATISFIED]]
    if settled:
        rows = [(sheet.name(one.rule.title), sheet.outcome(one), sheet.cited(one)) for one in settled]
        sheet.lines.extend(table(columns, rows, sheet.cells))
    to_check(sheet, groups[Outcome.UNKNOWN], len(findings))
    sheet.not_applicable(groups[Outcome.NOT_APPLICABLE])


def to_check(sheet: Sheet, findings: list[Finding], most: int) -> None:
    """Open rules, each with its article and its questions; those beyond `most` are counted."""
    if not findings:
        return
    sheet.blank()
    sheet.add(sheet.word("to-check"), "  ")
    for finding in findings if sheet.everything else findings[:most]:
        sheet.add(sheet.titled(finding), "  ? ", "    ")
        sheet.questions(finding, "      ")
    if len(findings) > most and not sheet.everything:
        sheet.add(sheet.word("more").format(n=len(findings) - most), "    ")


def stackings(sheet: Sheet) -> None:
    """How awards combine, where the documents speak of it or leave it open."""
    stacked = [entry for entry in sheet.decision.stacked if entry.potential != 0 or entry.later != (0, 0)]
    if not stacked:
        return
    sheet.section("stackings")
    titles = {finding.rule.id: sheet.name(finding.rule.title) for finding in sheet.decision.findings}
    for entry in stacked:
        stacking = entry.stacking
        cited = sheet.article(stacking.policy, stacking.cite, sentence=True)
        low, high = sheet.money(entry.guaranteed), sheet.money(entry.potential)
        span = sheet.word("stacking.range").format(low=low, high=high)
        sheet.add(f"{sheet.name(stacking.title)}{sheet.bracket(cited)}{sheet.word('colon')}{span}", "  ", "    ")
        members = sheet.word("separator").join(titles[rule] for rule in entry.members)
        sheet.item("stacking.members", members)
        if entry.choice is not None:
            sheet.item("stacking.choice", titles.get(entry.choice, entry.choice))
        elif entry.best:
            sheet.item("stacking.best", sheet.word("separator").join(titles[rule] for rule in entry.best))
        for key, parts in (("stacking.payers", entry.payers), ("stacking.recipients", entry.recipients)):
            if parts:
                shares = [f"{sheet.name(name)} {_span(sheet, low, high)}" for name, low, high in parts]
                sheet.item(key, sheet.word("list").join(shares))
        if entry.later != (0, 0):
            sheet.item("totals.later", _span(sheet, *entry.later))
        open_ = [missing.label for missing in (*entry.missing, *entry.decisions)]
        if open_:
            sheet.item("stacking.open", sheet.word("separator").join(map(sheet.name, open_)))
        for reading in stacking.readings:
            sheet.item("reading", sheet.name(reading.note))
