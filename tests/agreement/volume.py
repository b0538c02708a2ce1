"""Random rules against random profiles, counted: how many, how many open, how many at a figure, which constructs."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import cast

from evaluator.engines.decision import Decision, Finding
from evaluator.engines.trace import Step
from evaluator.rulebook import ir, model
from evaluator.rulebook.profile import Profile, make_profile
from tests.agreement.small import enterprise, rulebook
from tests.agreement.strategies import Data, World, nodes, reveal, value

AS_OF = date(2025, 6, 30)
DAYS = tuple(date(2023, 12, 1) + timedelta(days=31 * step) for step in range(9))
FACTS = (
    *("零", "三", "某数", "任数", "真", "假", "未知", "等级", "颜色"),
    *("成立日期", "投资额", "核定金额", "项目", "其他"),
)
LEVELS = (0.0, 0.5, 0.7, 0.85, 0.95, 1.0, 1.0)


def whole_profiles(number: int, seed: int) -> list[Data]:
    """Complete profiles of enterprises with small figures, so that the figures of rules are often met exactly."""
    choose = random.Random(seed)
    vocabulary = rulebook("supports:\n  - id: a").vocabulary
    world = World(vocabulary, DAYS)
    found: list[Data] = []
    for _ in range(number):
        facts: Data = {}
        for label in FACTS:
            fact = vocabulary.fact(label)
            assert fact is not None
            facts[label] = value(fact, choose, {}, world)
        facts |= {label: choose.choice((0, 0, 1, 2, 3, 5)) for label in ("零", "三", "任数", "某数")}
        facts |= {label: choose.choice((0, 1, 4, 10, 300)) for label in ("投资额", "核定金额")}
        for label in ("项目", "其他"):
            for item in cast("list[Data]", facts[label]):
                item |= {"份数": choose.choice((0, 1, 2, 5)), "增减": choose.choice((-1, 0, 1, 3))}
        found.append({**enterprise(facts), "metrics": {}})
    return found


def shown(whole: Sequence[Data], book: model.Rulebook, seed: int) -> list[Profile]:
    """The profiles as far as they are given, some wholly."""
    choose = random.Random(seed)
    return [make_profile(reveal(data, seed + at, choose.choice(LEVELS)), book) for at, data in enumerate(whole)]


@dataclass
class Volume:
    """What was compared."""

    pairs: int = 0
    open: int = 0
    edge: int = 0
    rules: set[object] = field(default_factory=set)
    constructs: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    differ: list[str] = field(default_factory=list)

    def take(self, book: model.Rulebook, decisions: Sequence[Decision]) -> None:
        """Counts the pairs of a rulebook and its decisions."""
        for rule in {found.rule.id: found.rule for decision in decisions for found in decision.findings}.values():
            self.rules.add(essence(rule))
            for name in {_construct(part) for part in nodes(rule)}:
                self.constructs[name] += len(decisions)
        for decision in decisions:
            for found in decision.findings:
                self.pairs += 1
                self.open += bool(found.missing or found.decisions)
                self.edge += at_edge(found)

    def __str__(self) -> str:
        rare = ", ".join(f"{name} {count}" for name, count in sorted(self.constructs.items(), key=lambda c: c[1])[:6])
        return (
            f"{self.pairs} pairs of {len(self.rules)} rules, {self.open} open, {self.edge} at a figure, "
            f"{len(self.differ)} differ; refused: {dict(self.refused)}; rarest constructs: {rare}"
        )


def essence(rule: model.AnyRule) -> object:
    """What makes a rule another one: two with the same are one."""
    match rule:
        case model.Award():
            return ("award", rule.each, rule.when, rule.amount)
        case _:
            return rule.id


def _construct(part: object) -> str:
    match part:
        case ir.Arithmetic(op=op) | ir.Compare(op=op):
            return f"{type(part).__name__} {op}"
        case ir.Extreme(how=how) | ir.ExtremeOf(how=how) | ir.Rounded(how=how):
            return f"{type(part).__name__} {how}"
        case model.Table(hit=hit):
            return f"Table {hit}"
        case _:
            return type(part).__name__


def at_edge(found: Finding) -> bool:
    """Whether a number was compared with one that it equals."""
    return _edge(found.trace)


def _edge(step: Step) -> bool:
    if isinstance(step.node, ir.Compare | ir.Equal) and len(step.steps) == 2:
        left, right = step.steps[0].value, step.steps[1].value
        if isinstance(left, int | Fraction) and isinstance(right, int | Fraction) and left == right:
            return True
    return any(map(_edge, step.steps))
