"""What the batches exercise, counted: pairs of rule and profile, rules, constructs, unknowns that matter, edges.

A pair is counted when the rule was really asked: not when its kind, its place or its date of publication shut it out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from typing import Final, get_args

from evaluator.engines.decision import Decision, Finding, Outcome
from evaluator.engines.trace import Step
from evaluator.rulebook import ir, model
from evaluator.rulebook.model import Rulebook
from evaluator.rulebook.reads import walk
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


def _quotients(node: object, sort: type[ir.Total] | type[ir.ExtremeOf]) -> bool:
    return isinstance(node, sort) and any(
        isinstance(part, ir.Arithmetic) and part.op == "/" for part in walk(node.value)
    )


def _ordered(node: object, *, by: str) -> bool:
    order = node.order if isinstance(node, model.Selection) else ""
    return order == by if isinstance(order, str) else by == "key"


def _limited(node: object, *, grouped: bool) -> bool:
    return isinstance(node, model.Selection) and node.limit is not None and (node.group is not None) is grouped


FEATURES: Final[dict[str, Callable[[object], bool]]] = {
    "a sum of quotients over entries": partial(_quotients, sort=ir.Total),
    "an extreme of quotients over entries": partial(_quotients, sort=ir.ExtremeOf),
    "entries as they are listed": partial(_ordered, by="listed"),
    "entries by their amount": partial(_ordered, by="amount"),
    "entries by a key": partial(_ordered, by="key"),
    "a limit in each group": partial(_limited, grouped=True),
    "a limit over all": partial(_limited, grouped=False),
    "an instalment on a day of its own": lambda node: isinstance(node, model.Instalment) and node.on is not None,
    "an instalment on a condition": lambda node: isinstance(node, model.Instalment) and node.when is not None,
    "money to be paid back": lambda node: isinstance(node, model.Obligation) and node.claw_back is not None,
    "a duty whose day the facts give": lambda node: isinstance(node, model.Duty) and node.due_on is not None,
    "a cap that the facts give": lambda node: isinstance(node, model.SumCap) and not isinstance(node.cap, ir.Constant),
    "entries within years": lambda node: (
        isinstance(node, model.Stacking)
        and node.scope == "period"
        and any(isinstance(part, model.Scoped) for part in nodes(node.tree))
    ),
}
"""What nodes of one class may or may not say, by name."""

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
    features: Counter[str] = field(default_factory=Counter)

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
        self.features += other.features

    def count_rules(self, rulebook: Rulebook) -> None:
        """Every node of the rules and trees, and every choice of their operators."""
        for part in nodes((*rulebook.rules.values(), *rulebook.stackings)):
            if isinstance(part, CONSTRUCTS):
                self.constructs[type(part).__name__] += 1
            for sort, name, _ in OPERATORS:
                if isinstance(part, sort):
                    self.operators[f"{sort.__name__}.{name}={getattr(part, name)}"] += 1
            self.features.update(feature for feature, has in FEATURES.items() if has(part))

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
        for counted in (self.outcomes, self.constructs, self.operators, self.features):
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
