"""How far a profile is from each figure of the rules, on both sides.

In: an `Asker`. Out: for each fact, figure or field that rules compare with a figure, the next figure at or below it and
the next above it, with the rules that draw the line there.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from evaluator.advise.asking import Asker
from evaluator.advise.figures import HOLDS, TURNED
from evaluator.advise.goals import goals_of, reads_entry, tests_in, tests_of
from evaluator.advise.ways import Entries, Ways
from evaluator.engines.decision import Finding, Outcome
from evaluator.record import row
from evaluator.rulebook import ir, model
from evaluator.rulebook.vocabulary import Exact, NumberType


@row
class Line:
    """A figure that a rule draws: `holds` whether the comparison does; `distance` from the figure to the value."""

    rule: str
    op: str
    figure: Exact
    distance: Exact
    holds: bool


@row
class Measured:
    """One thing that is compared: `node` as the rule reads it, of which entry, its value, and the lines on each side.

    `below` are figures at or under the value, the nearest first; `above` those over it.
    """

    node: ir.Expr
    entry: str
    period: int | None
    value: Exact
    below: tuple[Line, ...]
    above: tuple[Line, ...]


def thresholds(asker: Asker) -> tuple[Measured, ...]:
    """Everything measured that rules applying to the profile compare with a figure."""
    found: dict[tuple[ir.Expr, str, int | None], tuple[Exact, list[Line]]] = {}
    for finding in asker.decision.findings:
        if finding.outcome is Outcome.NOT_APPLICABLE and not _by_condition(finding):
            continue
        for node, entry, period, value, line in _lines(finding, asker):
            lines = found.setdefault((node, entry, period), (value, []))[1]
            if line not in lines:
                lines.append(line)
    return tuple(
        Measured(
            node,
            entry,
            period,
            value,
            tuple(sorted((line for line in lines if line.figure <= value), key=lambda line: -line.figure)),
            tuple(sorted((line for line in lines if line.figure > value), key=lambda line: line.figure)),
        )
        for (node, entry, period), (value, lines) in found.items()
    )


def _by_condition(finding: Finding) -> bool:
    return finding.reason is not None and finding.reason.code == "applies-when"


def _lines(finding: Finding, asker: Asker) -> Iterator[tuple[ir.Expr, str, int | None, Exact, Line]]:
    rule = finding.rule
    for goal in goals_of(rule):
        if goal.finding != finding.id:
            continue
        period = goal.period
        ways = Ways(asker.profile, asker.as_of, asker.rulebook, period=period)
        bindings: list[Entries] = [()]
        if isinstance(rule, model.Award) and rule.each is not None:
            bindings += [(bound,) for bound in ways.entries(rule.each)]
        tests = tests_of(rule) if isinstance(rule, model.Award) else tests_in((*goal.gates, *goal.tests))
        for test in tests:
            if not isinstance(test, ir.Compare) or not isinstance(test.left.type, NumberType):
                continue
            for entries in bindings:
                if reads_entry(test) is bool(entries):
                    yield from _compared(test, entries, ways, finding.id, period)


def _compared(
    test: ir.Compare, entries: Entries, ways: Ways, rule: str, period: int | None
) -> Iterator[tuple[ir.Expr, str, int | None, Exact, Line]]:
    left, right = ways.value(test.left, entries), ways.value(test.right, entries)
    if not isinstance(left, int | Fraction) or not isinstance(right, int | Fraction):
        return
    entry = entries[0].item.path if entries else ""
    for node, value, figure, op in ((test.left, left, right, test.op), (test.right, right, left, TURNED[test.op])):
        if not isinstance(node, ir.Constant) and (isinstance(node, _MEASURED) or node is test.left):
            holds = HOLDS[op](value, figure)
            yield node, entry, period, value, Line(rule, op, figure, value - figure, holds)
            return


_MEASURED = (ir.FactRef, ir.FieldRef, ir.MetricRef, ir.Cumulative, ir.Count, ir.Total, ir.ExtremeOf)
