"""What the recorded cases cover: the outcomes that rules can have and no scenario asks for, and cases that add nothing.

In: a rulebook and scenarios (for repeated cases: their results). Out: a table by policy and kind, the open outcomes,
the repeated cases.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from evaluator.audit.scenarios import TOTALS, Result, Scenario
from evaluator.engines.decision import Finding
from evaluator.engines.trace import Step
from evaluator.rulebook import ir
from evaluator.rulebook.model import Rulebook, RuleKind
from evaluator.rulebook.outcomes import OUTCOME_NAMES, OutcomeName, outcomes_of

Signature: TypeAlias = tuple[object, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One policy and kind: its rules, their findings, the outcomes these can have, and how many are asked for."""

    policy: str
    kind: RuleKind
    rules: int
    findings: int
    outcomes: int
    asked: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """An outcome that a finding can have and no scenario asks for."""

    finding: str
    outcome: OutcomeName


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """The table, and what is open in the order of the rulebook."""

    rows: tuple[Row, ...]
    open: tuple[Open, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated:
    """A scenario whose every expectation another scenario shows too, from the same facts read."""

    scenario: Scenario
    like: Scenario


def named_rules(scenarios: Iterable[Scenario]) -> frozenset[str]:
    """The rules that a scenario asks about, or expects something of."""
    found: set[str] = set()
    for scenario in scenarios:
        found.update(scenario.rules)
        found.update(expected.finding.partition("#")[0] for expected in scenario.expected)
    return frozenset(found - {TOTALS})


def coverage(rulebook: Rulebook, scenarios: Iterable[Scenario], *, policies: Sequence[str] = ()) -> Coverage:
    """Which outcomes that the rules (of `policies`, or all) can have are asked for."""
    asked = {
        (expected.finding, expected.value)
        for scenario in scenarios
        for expected in scenario.expected
        if expected.field == "outcome"
    }
    counts: dict[tuple[str, RuleKind], list[int]] = {}
    missing: list[Open] = []
    for rule in rulebook.rules.values():
        if policies and rule.policy.id not in policies:
            continue
        count = counts.setdefault((rule.policy.id, rule.kind), [0, 0, 0, 0])
        possible = outcomes_of(rule, rulebook.vocabulary, rulebook.rules)
        count[0] += 1
        count[1] += len(possible)
        for finding, outcomes in possible.items():
            for outcome in OUTCOME_NAMES:
                if outcome in outcomes:
                    count[2] += 1
                    count[3] += (finding, outcome) in asked
                    if (finding, outcome) not in asked:
                        missing.append(Open(finding=finding, outcome=outcome))
    rows = tuple(
        Row(policy=policy, kind=kind, rules=count[0], findings=count[1], outcomes=count[2], asked=count[3])
        for (policy, kind), count in counts.items()
    )
    return Coverage(rows=rows, open=tuple(missing))


# ------------------------------------------------------------------ cases that add nothing


def repeated(results: Iterable[Result]) -> tuple[Repeated, ...]:
    """Scenarios that differ from another one only in facts that do not matter for what they expect."""
    signed = [(result.scenario, frozenset(_signatures(result))) for result in results]
    by_part: dict[Signature, list[int]] = {}
    for index, (_, parts) in enumerate(signed):
        for part in parts:
            by_part.setdefault(part, []).append(index)
    found: list[Repeated] = []
    for index, (scenario, parts) in enumerate(signed):
        for other in min((by_part[part] for part in parts), key=len, default=[]):
            whole = signed[other][1]
            if other != index and (parts < whole or (parts == whole and other < index)):
                found.append(Repeated(scenario=scenario, like=signed[other][0]))
                break
    return tuple(found)


def _signatures(result: Result) -> Iterator[Signature]:
    """Of each finding that is expected: what was read for it, and what came out."""
    as_of = result.scenario.as_of
    for id in dict.fromkeys(expected.finding for expected in result.scenario.expected):
        if id == TOTALS:
            totals = result.decision.totals
            profile = tuple(_finding_signature(finding, as_of) for finding in result.decision.findings)
            sums = (totals.guaranteed, totals.potential, totals.later, totals.claw_back)
            chosen = tuple(sorted(result.scenario.choices.items()))
            yield (id, as_of, chosen, sums, totals.unstated, totals.unstated_open, profile)
        elif id in result.findings:
            yield _finding_signature(result.findings[id], as_of)


def _finding_signature(finding: Finding, as_of: date) -> Signature:
    amount = None if finding.amount is None else (finding.amount.guaranteed, finding.amount.potential)
    owed = None if finding.claw_back is None else (finding.claw_back.guaranteed, finding.claw_back.potential)
    so_far = None if finding.so_far is None else (finding.so_far.outcome, finding.so_far.period, finding.so_far.gap)
    read = tuple(_read(finding.trace))
    return (finding.id, as_of, finding.outcome.value, amount, owed, so_far, finding.gap, read)


def _read(step: Step) -> Iterator[tuple[str, str]]:
    """The leaves of a trace, with their values."""
    match step.node:
        case ir.FactRef() | ir.FieldRef() | ir.MetricRef() | ir.Items() | ir.KindIn() | ir.PlaceWithin():
            yield type(step.node).__name__, f"{step.path}={step.value!r}"
        case _:
            pass
    for child in step.steps:
        yield from _read(child)
