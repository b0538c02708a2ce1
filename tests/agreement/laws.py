"""What must hold between decisions, whatever the rules and whatever the engine."""

from __future__ import annotations

from evaluator.engines.decision import Decision, Finding, Outcome
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
    return finding.amount is None or not finding.amount.stated or amount(finding)[0] == amount(finding)[1]


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


def assert_totals_add_up(decision: Decision) -> None:
    """The total is the sum of the trees' roots and of the stated awards in no tree, and so are the years."""
    grouped = {rule for entry in decision.stacked for rule in entry.members}
    parts: list[Range] = [(entry.guaranteed, entry.potential) for entry in decision.stacked]
    stated = [finding for finding in decision.findings if finding.amount is not None and finding.amount.stated]
    parts += [amount(finding) for finding in stated if finding.rule.id not in grouped]
    totals = decision.totals
    for ranges in (parts, list(totals.by_period.values())):
        assert totals.guaranteed == sum(low for low, _ in ranges)
        highs = [high for _, high in ranges if high is not None]
        assert totals.potential == (sum(highs) if len(highs) == len(ranges) else None)
    for low, high in parts:
        assert low >= 0
        assert high is None or high >= low
