"""A decision as text for people, in Chinese or English, fitted to the width of a terminal.

In: a `Decision`, a language, a width in terminal cells. Out: one text. Awards come first, then supports, targets and
duties; every line names its article, and what is missing names the question that would settle it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial

from evaluator.engines.decision import Decision, Finding
from evaluator.report.awards import awards, stackings, supports
from evaluator.report.operations import ORDER, operations
from evaluator.report.payment_text import payment
from evaluator.report.phrases import Lang
from evaluator.report.plain import plain_data
from evaluator.report.readings import readings
from evaluator.report.region import duties, targets
from evaluator.report.sentences import amount
from evaluator.report.sheet import Sheet
from evaluator.rulebook import ir, model

NARROWEST, WIDEST = 60, 120
_ALWAYS = ("edition", "item")


def decision_text(
    decision: Decision, *, lang: Lang = "zh", cells: int = 80, everything: bool = False, explained: bool = False
) -> str:
    """The report; `everything` names what is otherwise counted, `explained` adds how each finding was decided."""
    sheet = Sheet(decision, lang, min(max(cells, NARROWEST), WIDEST), everything)
    _head(sheet)
    if not decision.findings:
        sheet.blank()
        sheet.add(sheet.word("nothing"))
    awards(sheet)
    stackings(sheet)
    supports(sheet)
    targets(sheet)
    duties(sheet)
    if explained:
        _explained(sheet)
    readings(sheet)
    _suppositions(sheet)
    sheet.blank()
    sheet.add(sheet.word("disclaimer"))
    return "\n".join(sheet.lines) + "\n"


def _head(sheet: Sheet) -> None:
    """Who, where, as of when, and the documents asked, with how long they are in force."""
    decision, profile = sheet.decision, sheet.decision.profile
    kind = sheet.name(decision.rulebook.vocabulary.kinds[profile.kind].label)
    who = profile.name or sheet.word("unnamed")
    sheet.add(" · ".join((who, kind, profile.place or sheet.word("no-place"))))
    sheet.add(sheet.word("as-of").format(date=decision.as_of.isoformat()))
    if decision.policies:
        sheet.add(sheet.word("policies") + sheet.word("colon").rstrip())
    for policy in decision.policies:
        title = sheet.name(policy.title) + (f" {policy.number}" if policy.number else "")
        sheet.add(title, f"  {sheet.marks[policy.id]}")
        sheet.item("valid", _validity(sheet, policy))


def _validity(sheet: Sheet, policy: model.Policy) -> str:
    """From when until when, and whether the text states it."""
    since = sheet.word("in-force").format(since=_dated(sheet, policy.in_force.since))
    until = policy.in_force.until
    if until is None:
        end = sheet.word("until.open").format(last=policy.last_named.date.isoformat())
    else:
        end = sheet.word("until").format(until=_dated(sheet, until))
    return f"{since}{'，' if sheet.lang == 'zh' else ', '}{end}"


def _dated(sheet: Sheet, day: model.PolicyDate) -> str:
    return day.date.isoformat() + (sheet.word("inferred") if day.basis == "inferred" else "")


def _suppositions(sheet: Sheet) -> None:
    """What was supposed with the question: facts, and changed rules as before → after."""
    decision = sheet.decision
    if decision.assumptions:
        sheet.section("assumptions")
        for path, value in decision.assumptions.items():
            sheet.add(f"{path} = {_shown(value)}", "  ", "    ")
    if decision.changes:
        sheet.section("changes")
        for change in decision.changes:
            target = f"{change.rule}.{'.'.join(change.path)}"
            before, after = _shown(change.before), _shown(change.value)
            sheet.add(f"{target}{sheet.word('colon')}{before} → {after}", "  ", "    ")


def _shown(value: object) -> str:
    """Data of a YAML file in one line, as one would write it there."""
    plain = plain_data(value)
    match plain:
        case None:
            return "null"
        case bool():
            return "true" if plain else "false"
        case dict():
            return "{" + ", ".join(f"{key}: {_shown(part)}" for key, part in plain.items()) + "}"
        case list():
            return "[" + ", ".join(_shown(part) for part in plain) + "]"
        case _:
            return str(plain)


def _members(decision: Decision, finding: Finding, node: ir.EachMember | ir.MemberShare) -> Sequence[str]:
    """The members that a finding asks one by one, in the order of its trace: the registered ones, else those given."""
    year = None
    if finding.target is not None:
        year = finding.target.period
    elif isinstance(finding.rule, model.Obligation):
        year = next(duty.year for duty in finding.rule.duties if duty.key == finding.entry)
    day = decision.as_of if year is None else date(year, 12, 31)
    register = decision.rulebook.vocabulary.members(decision.profile.place, node.kind, day)
    if register is None:
        return [member.name for member in decision.profile.members if member.kind == node.kind]
    return [place.path.rpartition("/")[2] for place in register]


def _explained(sheet: Sheet) -> None:
    """The tree of every finding, under its title, outcome and sentence, and how open points were read."""
    from evaluator.report.explain import explain

    sheet.section("explain")
    for finding in sheet.decision.findings:
        rule = finding.rule
        title = sheet.titled(finding, sentence=True)
        sheet.add(f"{title}{sheet.word('colon')}{sheet.outcome(finding)}", "▸ ")
        if finding.reason is not None:
            sheet.item("reason", sheet.name(finding.reason.text), "  ")
        if isinstance(rule, model.Award) and rule.amount is not None:
            steps = operations(rule, sheet.decision.rulebook.stackings)
            if len(steps) > len(_ALWAYS):
                sheet.item("operations", " → ".join(sheet.name(ORDER[step]) for step in steps), "  ")
            sheet.item("worth", amount(rule.amount, sheet.wording), "  ")
            for clause in payment(rule, sheet.wording):
                sheet.item("payment", clause, "  ")
        sheet.lines.extend(explain(finding, sheet.wording, sheet.cells, partial(_members, sheet.decision, finding)))
        told = (*rule.readings, *(finding.target.readings if finding.target is not None else ()))
        for reading in dict.fromkeys(told):
            sheet.item("reading", sheet.name(reading.note), "  ")
