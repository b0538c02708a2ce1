"""The part of the text report on other readings: what would come out where the text is read otherwise."""

from __future__ import annotations

from collections.abc import Iterator

from evaluator.engines.decision import Amount, Finding, Totals, UnderReading
from evaluator.report.figures import gap_type
from evaluator.report.region import lacking
from evaluator.report.sheet import Sheet


def readings(sheet: Sheet) -> None:
    """Each reading that changes something, as chosen → under it; the others are counted."""
    found = sheet.decision.readings
    if found is None:
        return
    sheet.section("readings")
    rows: dict[tuple[str, str, str], list[UnderReading]] = {}
    for row in found.rows:
        alternative = row.alternative
        rows.setdefault((alternative.of, alternative.reading.question, alternative.id), []).append(row)
    same = 0
    for group in rows.values():
        if group[0].changes:
            _reading(sheet, group)
        else:
            same += 1
    if same == len(rows):
        sheet.add(sheet.word("readings.nothing"), "  ")
    elif same:
        sheet.add(sheet.word("readings.same").format(n=same), "  ", "  ")
    if found.told_only:
        sheet.add(sheet.word("readings.told").format(n=found.told_only), "  ", "  ")


def _reading(sheet: Sheet, group: list[UnderReading]) -> None:
    alternative = group[0].alternative
    reading = alternative.reading
    other = alternative.id if alternative.label is None else sheet.name(alternative.label)
    shown = sheet.word("readings.if").format(reading=other)
    sheet.add(f"{_title(sheet, group[0])}{sheet.word('colon')}{shown}", "  ", "    ")
    sheet.item(f"question.{reading.question}", sheet.name(reading.note))
    for row in group:
        for key, before, after in _changes(sheet, row):
            label = f"{row.id.partition('#')[2]} " if len(group) > 1 else ""
            sheet.item(key, label + sheet.word("readings.becomes").format(before=before, after=after))
    old, new = _span(sheet, sheet.decision.totals), _span(sheet, group[0].totals)
    if old != new:
        sheet.item("total", sheet.word("readings.becomes").format(before=old, after=new))


def _title(sheet: Sheet, row: UnderReading) -> str:
    """The rule or tree by its title and article."""
    becomes = row.alternative.becomes
    one = row.finding or row.other
    if one is not None:
        return f"{sheet.name(one.rule.title)}{sheet.bracket(sheet.cited(one))}"
    tree = becomes or next(entry.stacking for entry in sheet.decision.stacked if entry.stacking.id == row.id)
    cited = sheet.article(tree.policy, tree.cite)
    return f"{sheet.name(tree.title)}{sheet.bracket(cited) if cited else ''}"


def _changes(sheet: Sheet, row: UnderReading) -> Iterator[tuple[str, str, str]]:
    """Label, before and after of what is another one."""
    old, new = row.finding, row.other
    if (old is None) != (new is None) or (old is not None and new is not None and old.outcome != new.outcome):
        yield "col.outcome", _outcome(sheet, old), _outcome(sheet, new)
    elif old is not None and new is not None and old.gap != new.gap:
        yield "col.gap", _gap(sheet, old), _gap(sheet, new)
    before, after = _money(sheet, row.before), _money(sheet, row.after)
    if before != after:
        yield "question.amount", before, after


def _outcome(sheet: Sheet, finding: Finding | None) -> str:
    return sheet.word("readings.none") if finding is None else sheet.outcome(finding)


def _gap(sheet: Sheet, finding: Finding) -> str:
    if finding.gap is None or finding.target is None:
        return "—"
    return lacking(sheet, finding.gap, gap_type(finding.target))


def _money(sheet: Sheet, amount: Amount | None) -> str:
    if amount is None:
        return "—"
    if not amount.stated:
        return sheet.word("amount.unstated")
    return _span(sheet, amount)


def _span(sheet: Sheet, ends: Amount | Totals) -> str:
    low, high = sheet.money(ends.guaranteed), sheet.money(ends.potential)
    return low if low == high else sheet.word("readings.span").format(low=low, high=high)
