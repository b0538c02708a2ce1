"""The same question asked again and again: one profile at one date, with other facts laid over it.

In: a rulebook, a profile, a date. Out: the decision, and what it becomes under a sketch. Only the rules that read what
changed are decided again; every answer is `decide`'s own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import cast

from evaluator.advise.sketch import NOTHING, Sketch, lay_over, units
from evaluator.engines.decide import decide
from evaluator.engines.decide.awards import Awards
from evaluator.engines.decide.env import Env, Lasting
from evaluator.engines.decide.walk import walk
from evaluator.engines.decision import Finding
from evaluator.engines.intervals import Number
from evaluator.engines.stacking import stack, totals
from evaluator.record import row
from evaluator.rulebook import ir, model
from evaluator.rulebook.profile import Profile
from evaluator.rulebook.reads import sources
from evaluator.rulebook.references import references
from evaluator.rulebook.vocabulary import Exact


@row
class Worth:
    """Sums over all awards: what is certain, at once or later, how much is open, and how many awards nothing bounds."""

    guaranteed: Exact
    open: Exact
    unbounded: int
    undecided: int


class Asker:
    """Decides one profile under many sketches."""

    def __init__(
        self,
        rulebook: model.Rulebook,
        profile: Profile,
        as_of: date,
        *,
        policies: Collection[str] = (),
        rules: Collection[str] = (),
    ) -> None:
        self.rulebook, self.profile, self.as_of = rulebook, profile, as_of
        self.decision = decide(rulebook, profile, as_of=as_of, policies=policies, rules=rules)
        self.rules = tuple(dict.fromkeys(finding.rule.id for finding in self.decision.findings))
        self.waited: dict[date, tuple[Finding, ...]] = {}
        """What came out at other dates, with nothing changed; for callers to keep."""
        self._parts: dict[tuple[str, ...], model.Rulebook] = {}

    @cached_property
    def readers(self) -> Mapping[str, tuple[str, ...]]:
        """The rules that read each fact or metric, by its id."""
        found: dict[str, dict[str, None]] = {}
        for id in self.rules:
            for field in (field for part in self.needed((id,)) for field in sources(self.rulebook.rules[part])):
                found.setdefault(field.id, {})[id] = None
        return {id: tuple(rules) for id, rules in found.items()}

    def part(self, rules: Collection[str]) -> model.Rulebook:
        """The rulebook with these rules alone."""
        key = tuple(rules)
        if key not in self._parts:
            needed = {id: self.rulebook.rules[id] for id in self.needed(key)}
            self._parts[key] = replace(self.rulebook, rules=needed, stackings=())
        return self._parts[key]

    def needed(self, rules: Collection[str]) -> tuple[str, ...]:
        """These rules and the awards whose amounts they read."""
        return closed(self.rulebook, rules)

    def findings(
        self, rules: Collection[str], sketch: Sketch, *, as_of: date | None = None, profile: Profile | None = None
    ) -> tuple[Finding, ...]:
        """The findings of these rules with the sketch laid over the profile (or over another one)."""
        if not rules:
            return ()
        asked = lay_over(profile or self.profile, sketch)
        return decide(self.part(rules), asked, as_of=as_of or self.as_of, rules=rules).findings

    def finding(self, rule: str, sketch: Sketch, *, as_of: date | None = None) -> Finding:
        """The finding of one award with the sketch laid over the profile."""
        return self.findings((rule,), sketch, as_of=as_of)[0]

    def under(self, sketch: Sketch, *, as_of: date | None = None) -> tuple[Finding, ...]:
        """All findings with the sketch laid over the profile."""
        if as_of not in (None, self.as_of):
            return self.findings(self.rules, sketch, as_of=as_of)
        touched = {id for unit in units(sketch) for id in self.readers.get(unit.of.id, ())}
        again = {found.id: found for found in self.findings([id for id in self.rules if id in touched], sketch)}
        return tuple(again.get(finding.id, finding) for finding in self.decision.findings)

    def worth(self, findings: Iterable[Finding], sketch: Sketch = NOTHING, as_of: date | None = None) -> Worth:
        """What the awards among the findings come to, stacked as for the profile with the sketch laid over it."""
        found = tuple(findings)
        policies = {finding.rule.policy.id for finding in found}
        trees = self.rulebook.trees(policies)
        stacked = stack(trees, found, self.reader(sketch, as_of))
        sums = totals(found, stacked)
        grouped = {rule for entry in stacked for rule in entry.members}
        ranges = [(entry.guaranteed, entry.potential) for entry in stacked]
        for finding in found:
            amount = finding.amount
            if amount is not None and amount.stated and finding.rule.id not in grouped:
                ranges.append((amount.guaranteed, amount.potential))
        open_ = sum(high - low for low, high in ranges if high is not None)
        unbounded = sum(high is None for _, high in ranges)
        undecided = sum(finding.outcome.value == "unknown" for finding in found)
        return Worth(sums.guaranteed + sums.later[0], open_, unbounded, undecided)

    def reader(self, sketch: Sketch = NOTHING, as_of: date | None = None) -> Callable[[ir.Expr], Number]:
        """Reads the numbers of stacking trees from the profile with the sketch laid over it."""
        env = Env(lay_over(self.profile, sketch), as_of or self.as_of, self.rulebook.vocabulary, Lasting())
        env.awards = Awards(self.rulebook.rules, env)
        return lambda node: cast(Number, walk(node, env).value)


def closed(rulebook: model.Rulebook, rules: Collection[str]) -> tuple[str, ...]:
    """These rules and the awards whose amounts they read, directly or through others."""
    found = dict.fromkeys(rules)
    pending = list(rules)
    while pending:
        for node in references(rulebook.rules[pending.pop()]):
            if node.rule not in found:
                found[node.rule] = None
                pending.append(node.rule)
    return tuple(found)
