"""What the batches exercise, counted: pairs of rule and profile, rules, constructs, unknowns that matter, edges.

A pair is counted when the rule was really asked: not when its kind, its place or its date of publication shut it out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final, get_args

from evaluator.engines.decision import Decision, Finding, Outcome
from evaluator.engines.trace import Step
from evaluator.rulebook import ir, model
from evaluator.rulebook.model import Rulebook
from evaluator.rulebook.values import Interval
from tests.agreement.strategies import nodes

CONSTRUCTS: Final = (
    *get_args(ir.Expr),
    ir.Items,
    *get_args(model.Amount),
    model.Row,
    *get_args(model.AnyRule),
    model.Entry,
    model.Over,
    model.Duty,
    model.Selection,
    model.Instalment,
    model.Part,
    model.Rounding,
    model.Stacking,
    *get_args(model.Stack),
)
"""Every class of typed node; whatever is added to the unions has to be drawn too."""

OPERATORS: Final = (
    (ir.Compare, "op", get_args(ir.CompareOp)),
    (ir.GrowthTest, "op", ("<", "<=", ">", ">=", "=")),
    (ir.Arithmetic, "op", get_args(ir.ArithmeticOp)),
    (ir.Rounded, "how", get_args(ir.Rounding)),
    (ir.Extreme, "how", get_args(ir.Least)),
    (ir.ExtremeOf, "how", get_args(ir.Least)),
    (model.Table, "hit", ("U", "A", "C+", "C<", "C>")),
    (model.Steps, "whole", (True, False)),
    (model.Brackets, "whole", (True, False)),
    (model.Rounding, "how", ("half-up", "down", "up")),
    (ir.AwardAmount, "same_item", (True, False)),
    (model.Over, "how", ("each", "share")),
    (model.Entry, "vague", ("approx", "increase", "decrease", "indefinite", None)),
    (model.Stacking, "scope", ("entity", "item", "period")),
)
"""Fields of nodes that choose what they do, with every value that they have."""

_SHUT_OUT: Final = frozenset({"published", "kind", "place"})


@dataclass
class Census:
    """The counts of one or several batches."""

    pairs: int = 0
    open: int = 0
    edges: int = 0
    findings: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    rules: set[str] = field(default_factory=set)
    constructs: Counter[str] = field(default_factory=Counter)
    operators: Counter[str] = field(default_factory=Counter)

    def add(self, other: Census) -> None:
        """Count another batch's in."""
        self.pairs += other.pairs
        self.open += other.open
        self.edges += other.edges
        self.findings += other.findings
        self.outcomes += other.outcomes
        self.rules |= other.rules
        self.constructs += other.constructs
        self.operators += other.operators

    def count_rules(self, rulebook: Rulebook) -> None:
        """Every node of the rules and trees, and every choice of their operators."""
        for part in nodes((*rulebook.rules.values(), *rulebook.stackings)):
            if isinstance(part, CONSTRUCTS):
                self.constructs[type(part).__name__] += 1
            for sort, name, _ in OPERATORS:
                if isinstance(part, sort):
                    self.operators[f"{sort.__name__}.{name}={getattr(part, name)}"] += 1

    def count_answers(self, decision: Decision) -> None:
        """Every rule that was asked of the profile."""
        asked: dict[str, list[Finding]] = {}
        for found in decision.findings:
            if found.reason is None or found.reason.code not in _SHUT_OUT:
                asked.setdefault(found.rule.id, []).append(found)
                self.outcomes[found.outcome.value] += 1
                self.findings += 1
        for several in asked.values():
            self.pairs += 1
            self.open += any(_is_open(found) for found in several)
            self.edges += any(touches(found.trace) for found in several)

    def lines(self) -> Iterator[str]:
        """The counts for people."""
        yield f"pairs {self.pairs:,}, distinct rules {len(self.rules):,}, findings {self.findings:,}"
        yield f"an unknown matters in {_share(self.open, self.pairs)} of the pairs"
        yield f"a comparison meets at its very edge in {_share(self.edges, self.pairs)} of the pairs"
        for counted in (self.outcomes, self.constructs, self.operators):
            yield ", ".join(f"{word} {number:,}" for word, number in sorted(counted.items()))


def _share(part: int, whole: int) -> str:
    return f"{100 * part // whole} %"


def _is_open(found: Finding) -> bool:
    return found.outcome is Outcome.UNKNOWN or bool(found.missing or found.decisions)


def touches(step: Step) -> bool:
    """Whether somewhere a comparison's two sides meet: equal when known, else in an end."""
    waiting = [step]
    while waiting:
        step = waiting.pop()
        if isinstance(step.node, ir.Compare | ir.Equal | ir.GrowthTest) and _meet(step.steps):
            return True
        waiting += step.steps
    return False


def _meet(sides: Sequence[Step]) -> bool:
    left, right = sides[0], sides[1]
    if isinstance(left.node, ir.AsOf) and isinstance(right.node, ir.Constant):
        return False  # a gate of the policy, the same for every profile
    return bool(_ends(left.value) & _ends(right.value))


def _ends(value: object) -> set[object]:
    if isinstance(value, Interval):
        return {end for end in (value.low, value.high) if end is not None}
    return {value} if isinstance(value, int | Fraction) else set()
