"""What the rules that can concern a profile ask of it: its facts, its figures by year, and those of its members.

In: a rulebook, a kind and a place. Out: `Asked`, in the order of the rules; awards first, then targets, then duties.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from evaluator.rulebook import ir, model
from evaluator.rulebook.reads import children, expressions
from evaluator.rulebook.vocabulary import Fact, Metric


@dataclass(slots=True)
class Sheet:
    """The facts and figures of one kind of profile; metrics with the years asked, yearly questions among them."""

    facts: dict[str, Fact] = field(default_factory=dict)
    metrics: dict[str, tuple[Metric, set[int]]] = field(default_factory=dict)

    def ask(self, metric: Metric, *years: int) -> None:
        """Ask for figures of a metric."""
        self.metrics.setdefault(metric.id, (metric, set()))[1].update(years)


@dataclass(slots=True)
class Asked:
    """What is asked of a profile, and of its members by their kind."""

    rules: int
    own: Sheet
    members: dict[str, Sheet]


def asked(rulebook: model.Rulebook, kind: str, place: str, policies: Collection[str] = ()) -> Asked:
    """Everything that the rules for `kind` at `place` read."""
    rules = [
        rule
        for rule in rulebook.candidates(place, kind)
        if kind in rule.kinds and (not policies or rule.policy.id in policies)
    ]
    sort = {"incentive": 0, "support": 1, "target": 2, "obligation": 3}
    found = Asked(rules=len(rules), own=Sheet(), members={})
    for rule in sorted(rules, key=lambda rule: sort[rule.kind]):
        collector = _Collector(found, rule, kind)
        if isinstance(rule, model.Award) and rule.each is not None:
            found.own.facts.setdefault(rule.each.id, rule.each)
        for expression, period in _timed(rule):
            collector.collect(expression, period, found.own)
    return found


def _timed(rule: model.AnyRule) -> Iterator[tuple[ir.Expr, int | None]]:
    """The expressions of a rule with the year on which each is read."""
    match rule:
        case model.Target():
            for gate in rule.gates:
                yield gate, None
            for entry in rule.entries:
                for part in (entry.measured, entry.test, entry.fails_unless, entry.holds_if, entry.required):
                    if part is not None:
                        yield part, entry.period
        case model.Obligation():
            for gate in rule.gates:
                yield gate, None
            for duty in rule.duties:
                yield rule.requires, duty.year
        case _:
            for expression in expressions(rule):
                yield expression, None


class _Collector:
    def __init__(self, found: Asked, rule: model.AnyRule, kind: str) -> None:
        self.found, self.rule, self.kind = found, rule, kind

    def collect(self, node: ir.Expr, period: int | None, sheet: Sheet) -> None:
        """Put every leaf of `node` on its sheet; what members are asked is theirs, or the profile's as a member."""
        match node:
            case ir.FactRef(fact=fact):
                sheet.facts.setdefault(fact.id, fact)
            case ir.MetricRef(metric=metric):
                year = node.year if node.year is not None else self._period(period) + node.offset
                if self.kind in metric.of or sheet is not self.found.own:
                    sheet.ask(metric, year)
            case ir.Cumulative(metric=metric, start=start):
                sheet.ask(metric, *range(start, max(self._period(period), start) + 1))
            case ir.Count(items=items) | ir.Total(items=items) | ir.ExtremeOf(items=items):
                sheet.facts.setdefault(items.fact.id, items.fact)
            case ir.Exists(items=items) | ir.ForAll(items=items):
                sheet.facts.setdefault(items.fact.id, items.fact)
            case ir.EachMember(kind=kind) | ir.MemberShare(kind=kind) if kind != self.kind:
                sheet = self.found.members.setdefault(kind, Sheet())
            case _:
                pass
        for child in children(node):
            self.collect(child, period, sheet)

    def _period(self, period: int | None) -> int:
        """The year read; of a figure without a date, the first for which it can be asked."""
        return self.rule.policy.published.date.year if period is None else period
