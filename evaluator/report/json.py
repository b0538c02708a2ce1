"""A decision as plain data for JSON: the contract that scripts and other programs rely on.

In: a `Decision`. Out: a `dict` of texts, whole numbers, booleans, lists and dicts. Decimals are strings; money is in
yuan; figures of a metric are in its unit (92.4 for 92.4 %), named in `unit`. Texts for people are in Chinese.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from evaluator._version import __version__
from evaluator.engines.decision import Amount, Decision, Finding, Line, Missing, Stacked, UnderReading
from evaluator.engines.intervals import Undefined
from evaluator.engines.reasons import undefined
from evaluator.engines.trace import Step
from evaluator.engines.truth import Truth
from evaluator.report.figures import asked, gap_type
from evaluator.report.operations import operations
from evaluator.report.plain import Json, plain_data
from evaluator.report.values import decimal, yuan
from evaluator.report.wording import Wording
from evaluator.rulebook import ir, model
from evaluator.rulebook.digest import bytes_digest, rulebook_digest
from evaluator.rulebook.values import Interval, Item, ItemList
from evaluator.rulebook.vocabulary import MONEY, PLAIN, Exact, Name, Type

if TYPE_CHECKING:
    from evaluator.rulebook.overrides import Override

SCHEMA_VERSION: Final = 1


def decision_json(decision: Decision) -> dict[str, Json]:
    """Everything that was decided, as DESIGN's contract names it."""
    policies = [policy.id for policy in decision.policies]
    writer = _Writer(decision)
    return {
        "schema_version": SCHEMA_VERSION,
        "rulebook": {
            "version": __version__,
            "sha256": rulebook_digest(decision.rulebook, policies),
            "files_sha256": bytes_digest(decision.rulebook, policies),
        },
        "as_of": decision.as_of.isoformat(),
        "policies": [_policy(policy) for policy in decision.policies],
        "profile": plain_data({"kind": decision.profile.kind, **decision.profile.given}),
        "assumptions": plain_data(decision.assumptions),
        "choices": plain_data(decision.choices),
        "changes": [_change(change) for change in decision.changes],
        "findings": [writer.finding(finding) for finding in decision.findings],
        "stackings": [writer.stacked(stacked) for stacked in decision.stacked],
        "totals": _totals(decision),
        "questions": _questions((*decision.findings, *decision.stacked)),
        "readings": None if decision.readings is None else [_reading(row) for row in decision.readings.rows],
    }


def _policy(policy: model.Policy) -> Json:
    until = policy.in_force.until
    return {
        "id": policy.id,
        "title": policy.title.zh,
        "number": policy.number,
        "issuer": policy.issuer.zh,
        "jurisdiction": policy.jurisdiction,
        "published": _dated(policy.published),
        "in_force": {"from": _dated(policy.in_force.since), "until": None if until is None else _dated(until)},
        "last_named": _dated(policy.last_named),
    }


def _dated(day: model.PolicyDate) -> Json:
    return {"date": day.date.isoformat(), "basis": day.basis}


def _change(change: Override) -> Json:
    return {
        "rule": change.rule,
        "path": ".".join(change.path),
        "before": plain_data(change.before),
        "after": plain_data(change.value),
    }


def _money(value: Exact | None) -> str | None:
    return None if value is None else yuan(value)


def _totals(decision: Decision) -> Json:
    totals = decision.totals
    by_period: dict[str, Json] = {
        "undated" if year is None else str(year): {"guaranteed": _money(low), "potential": _money(high)}
        for year, (low, high) in sorted(totals.by_period.items(), key=lambda entry: entry[0] or 9999)
    }
    return {
        "guaranteed": _money(totals.guaranteed),
        "potential": _money(totals.potential),
        "unstated": totals.unstated,
        "unstated_open": totals.unstated_open,
        "by_period": by_period,
        "later": _range(totals.later),
        "claw_back": _range(totals.claw_back),
    }


def _range(ends: tuple[Exact, Exact | None]) -> Json:
    return {"guaranteed": _money(ends[0]), "potential": _money(ends[1])}


def _share(name: Name, low: Exact, high: Exact | None) -> Json:
    """What one payer bears or one recipient gets, by its Chinese name."""
    return {"name": name.zh, "guaranteed": _money(low), "potential": _money(high)}


def _reading(row: UnderReading) -> Json:
    """A finding or tree under another reading; without an outcome where that reading has no such entry."""
    alternative, amount = row.alternative, row.after
    stated = amount is not None and amount.stated
    return {
        "rule": alternative.of,
        "finding": row.id,
        "question": alternative.reading.question,
        "chosen": alternative.reading.chosen,
        "alternative": alternative.id,
        "outcome": None if row.other is None else row.other.outcome.value,
        "guaranteed": _money(amount.guaranteed) if amount is not None and stated else None,
        "potential": _money(amount.potential) if amount is not None and stated else None,
        "stated": stated,
        "totals": {"guaranteed": _money(row.totals.guaranteed), "potential": _money(row.totals.potential)},
        "changes": row.changes,
    }


def _questions(findings: Iterable[Finding | Stacked]) -> Json:
    """What asks for each missing fact and each open decision, once."""
    told: dict[str, Json] = {}
    for finding in findings:
        for missing in (*finding.missing, *finding.decisions):
            if missing.path not in told:
                told[missing.path] = {
                    "label": missing.label.zh,
                    "question": None if missing.question is None else missing.question.zh,
                    "evidence": None if missing.evidence is None else missing.evidence.zh,
                }
    return told


def _paths(missing: Iterable[Missing]) -> list[Json]:
    return [entry.path for entry in missing]


def _line(line: Line) -> Json:
    return {
        "item": line.item or None,
        "period": line.period,
        "payer": None if line.payer is None else line.payer.zh,
        "recipient": None if line.recipient is None else line.recipient.zh,
        "guaranteed": _money(line.guaranteed),
        "potential": _money(line.potential),
        "state": line.state,
    }


def _amount(amount: Amount | None) -> Json:
    if amount is None:
        return None
    return {
        "guaranteed": _money(amount.guaranteed) if amount.stated else None,
        "potential": _money(amount.potential) if amount.stated else None,
        "stated": amount.stated,
        "lines": [_line(line) for line in amount.lines if line.state != "later"] if amount.stated else [],
    }


class _Writer:
    """Findings and traces of one decision."""

    def __init__(self, decision: Decision) -> None:
        self.decision = decision
        self.units = decision.rulebook.vocabulary.units
        self.words = Wording("zh", decision.rulebook.vocabulary, signs=True)

    def finding(self, finding: Finding) -> Json:
        """One finding."""
        rule, entry = finding.rule, finding.target
        citations = [_citation(rule.policy, cite) for cite in finding.cite]
        measured = None if entry is None else entry.measured.type
        required = None if entry is None or entry.required is None else entry.required.type
        later = () if finding.amount is None else finding.amount.lines
        return {
            "id": finding.id,
            "rule": rule.id,
            "entry": finding.entry or None,
            "kind": rule.kind,
            "title": rule.title.zh,
            "modality": rule.modality if entry is None else entry.modality,
            "outcome": finding.outcome.value,
            "breach": finding.breach,
            "reason": None if finding.reason is None else finding.reason.text.zh,
            "reason_code": None if finding.reason is None else finding.reason.code,
            "due": None if finding.due is None else finding.due.isoformat(),
            "asked": None if entry is None else asked(entry, self.words),
            "unit": None if measured is None else self.words.printer.unit(measured) or None,
            "measured": None if measured is None else self.value(finding.measured, measured),
            "required": None if required is None else self.value(finding.required, required),
            "gap": None if entry is None else self.gap(finding.gap, entry),
            "so_far": self.so_far(finding),
            "amount": _amount(finding.amount),
            "later": [_line(line) for line in later if line.state == "later"],
            "operations": list(operations(rule, self.decision.rulebook.stackings))
            if isinstance(rule, model.Award) and rule.amount is not None
            else [],
            "claw_back": None
            if finding.claw_back is None
            else _range((finding.claw_back.guaranteed, finding.claw_back.potential)),
            "citation": citations[0],
            "citations": list(citations),
            "missing": _paths(finding.missing),
            "decisions": _paths(finding.decisions),
            "trace": self.step(finding.trace, PLAIN),
        }

    def gap(self, gap: Exact | None, entry: model.Entry) -> str | None:
        """What is lacking, in the unit of what is compared."""
        return None if gap is None else decimal(gap, gap_type(entry), self.units)

    def so_far(self, finding: Finding) -> Json:
        """The test today, before the due date."""
        entry, so_far = finding.target, finding.so_far
        if so_far is None:
            return None
        return {
            "outcome": so_far.outcome.value,
            "period": so_far.period,
            "gap": None if entry is None else self.gap(so_far.gap, entry),
            "measured": None if entry is None else self.value(so_far.measured, entry.measured.type),
        }

    def stacked(self, stacked: Stacked) -> Json:
        """What a stacking tree leaves of its members."""
        stacking = stacked.stacking
        return {
            "id": stacking.id,
            "title": stacking.title.zh,
            "scope": stacking.scope,
            "members": list(stacked.members),
            "guaranteed": _money(stacked.guaranteed),
            "potential": _money(stacked.potential),
            "later": _range(stacked.later),
            "payers": [_share(*part) for part in stacked.payers],
            "recipients": [_share(*part) for part in stacked.recipients],
            "choice": stacked.choice,
            "best": list(stacked.best),
            "missing": _paths(stacked.missing),
            "decisions": _paths(stacked.decisions),
            "citation": _citation(stacking.policy, stacking.cite[0]) if stacking.cite else None,
        }

    def step(self, step: Step, outer: Type) -> Json:
        """One step of the trace with those below it; `path` only where a fact was not (wholly) given."""
        node = step.node
        told: dict[str, Json]
        match node:
            case Item():
                told = {"node": "item", "text": node.path, "value": self.value(step.value, outer)}
                below = outer
            case ir.Items():
                told = {"node": "items", "text": self.words.items(node), "value": self.value(step.value, PLAIN)}
                below = PLAIN
            case model.Row():
                told = {"node": "row", "text": node.label, "value": self.value(step.value, MONEY)}
                below = MONEY
            case model.Award() | model.Target() | model.Obligation():
                told = {"node": node.kind, "text": node.title.zh, "value": self.value(step.value, PLAIN)}
                below = PLAIN
            case _:
                text = self.words.word(node)
                told = {"node": _snake(type(node).__name__), "text": text, "value": self.value(step.value, node.type)}
                below = node.type
        if step.path:
            told["path"] = step.path
        told["steps"] = [self.step(part, below) for part in step.steps]
        return told

    def value(self, value: object, type_: Type) -> Json:
        """A value: truth as a word, numbers and dates as text in their unit, what is partly known by its bounds."""
        match value:
            case None:
                return None
            case Truth():
                return value.value
            case Undefined():
                return {"undefined": undefined(value.reason).text.zh}
            case bool():
                return "true" if value else "false"
            case int() | Fraction():
                return decimal(value, type_, self.units)
            case Interval(low=low, high=high):
                return {
                    "low": None if low is None else decimal(low, type_, self.units),
                    "high": None if high is None else decimal(high, type_, self.units),
                }
            case ItemList():
                return {"items": len(value.items), "complete": value.complete}
            case _:
                return str(value)


def _citation(policy: model.Policy, cite: model.Citation) -> Json:
    return {
        "policy": policy.id,
        "title": policy.title.zh,
        "number": policy.number,
        "article": cite.article,
        "sentence": cite.sentence,
        "figures": list(cite.figures),
    }


_SNAKE: dict[str, str] = {}


def _snake(name: str) -> str:
    """`GrowthTest` as `growth_test`."""
    found = _SNAKE.get(name)
    if found is None:
        found = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")
        _SNAKE[name] = found
    return found
