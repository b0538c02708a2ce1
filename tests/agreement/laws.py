"""What must hold between decisions, whatever the rules and whatever the engine."""

from __future__ import annotations

from evaluator.engines.decision import Decision, Finding, Outcome
from evaluator.rulebook.model import Award
from evaluator.rulebook.vocabulary import Exact

Range = tuple[Exact, Exact | None]


def within(inner: Range, outer: Range) -> bool:
    """Whether one range lies in another; None is no upper end."""
    return inner[0] >= outer[0] and (outer[1] is None or (inner[1] is not None and inner[1] <= outer[1]))


def amount(finding: Finding) -> Range:
    """The bounds of an award's amount."""
    assert finding.amount is not None
    return finding.amount.guaranteed, finding.amount.potential


def is_closed(finding: Finding) -> bool:
    """Whether neither outcome nor stated amount can change."""
    if finding.outcome is Outcome.UNKNOWN:
        return False
    if finding.claw_back is not None and finding.claw_back.guaranteed != finding.claw_back.potential:
        return False
    if finding.amount is None or not finding.amount.stated:
        return True
    return all(low == high for low, high in (amount(finding), promised(finding)))


def assert_refines(before: Decision, after: Decision) -> None:
    """What was decided stays so, and no amount or total grows wider; what is open names facts that are missing."""
    later = {finding.id: finding for finding in after.findings}
    for finding in before.findings:
        other = later[finding.id]
        if finding.outcome is not Outcome.UNKNOWN:
            assert other.outcome is finding.outcome, f"{finding.id}: {finding.outcome} became {other.outcome}"
        if finding.amount is not None and finding.amount.stated:
            assert within(amount(other), amount(finding)), f"{finding.id}: {amount(finding)} became {amount(other)}"
    for finding in (*before.findings, *after.findings):
        if is_closed(finding):
            assert finding.missing == finding.decisions == (), f"{finding.id} is closed and lacks {finding.missing}"
        elif finding.outcome is Outcome.UNKNOWN:
            assert finding.missing or finding.decisions, f"{finding.id} is unknown and lacks nothing"
    trees = {entry.stacking.id: (entry.guaranteed, entry.potential) for entry in after.stacked}
    for entry in before.stacked:
        assert within(trees[entry.stacking.id], (entry.guaranteed, entry.potential)), entry.stacking.id
    assert within(
        (after.totals.guaranteed, after.totals.potential), (before.totals.guaranteed, before.totals.potential)
    )


def promised(finding: Finding) -> Range:
    """The bounds of what has accrued and what comes later."""
    assert finding.amount is not None
    return amount(finding) if finding.amount.promised is None else finding.amount.promised


def assert_promises_refine(before: Decision, after: Decision) -> None:
    """What is promised, comes later or is owed back never grows wider, and lines of a payment keep their ends apart."""
    later = {finding.id: finding for finding in after.findings}
    for finding in before.findings:
        other = later[finding.id]
        if finding.amount is not None and finding.amount.stated:
            assert within(promised(other), promised(finding)), f"{finding.id}: {finding.amount} became {other.amount}"
        if finding.claw_back is not None:
            assert other.claw_back is not None
            owed, learned = ((found.guaranteed, found.potential) for found in (finding.claw_back, other.claw_back))
            assert within(learned, owed), f"{finding.id}: {owed} to pay back became {learned}"
        for line in () if finding.amount is None else finding.amount.lines:
            assert line.potential is None or line.potential >= line.guaranteed, f"{finding.id}: {line}"
    trees = {entry.stacking.id: entry.later for entry in after.stacked}
    for entry in before.stacked:
        assert within(trees[entry.stacking.id], entry.later), f"{entry.stacking.id}: {entry.later} later"
    for name in ("later", "claw_back"):
        assert within(getattr(after.totals, name), getattr(before.totals, name)), name


def _sum(ranges: list[Range]) -> Range:
    highs = [high for _, high in ranges if high is not None]
    return sum(low for low, _ in ranges), sum(highs) if len(highs) == len(ranges) else None


def _is_limited(finding: Finding) -> bool:
    rule = finding.rule
    return isinstance(rule, Award) and rule.selection is not None and rule.selection.limit is not None


def assert_totals_add_up(decision: Decision) -> None:
    """The total is the sum of the trees' roots and of the stated awards in no tree, and so are the years."""
    grouped = {rule for entry in decision.stacked for rule in entry.members}
    parts: list[Range] = [(entry.guaranteed, entry.potential) for entry in decision.stacked]
    stated = [finding for finding in decision.findings if finding.amount is not None and finding.amount.stated]
    parts += [amount(finding) for finding in stated if finding.rule.id not in grouped]
    totals = decision.totals
    assert (totals.guaranteed, totals.potential) == _sum(parts)
    years = _sum(list(totals.by_period.values()))
    if any(_is_limited(finding) for finding in decision.findings):  # a limit on entries goes over all years
        assert within((totals.guaranteed, totals.potential), years)
    else:
        assert (totals.guaranteed, totals.potential) == years
    for low, high in parts:
        assert low >= 0
        assert high is None or high >= low
