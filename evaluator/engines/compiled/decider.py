"""All rules that concern one kind of body at one place: the generated function, the general path, what is added up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Final

from evaluator.engines.compiled.answer import Brief, Briefs, StackedBrief
from evaluator.engines.compiled.awards import Awarded, award
from evaluator.engines.compiled.duties import obligations, targets
from evaluator.engines.compiled.env import Env
from evaluator.engines.compiled.general import General
from evaluator.engines.compiled.native import Names, Native, Place
from evaluator.engines.compiled.source import Payment, Run, Source, brief, paid_brief
from evaluator.engines.decision import Amount, Finding, Line, Outcome, Totals
from evaluator.engines.stacking import stack, totals
from evaluator.engines.trace import Step
from evaluator.engines.truth import TRUE
from evaluator.rulebook import ir, model
from evaluator.rulebook.profile import Profile
from evaluator.rulebook.vocabulary import Exact

_NO_TRACE: Final = Step(ir.AsOf(), TRUE)


class Decider:
    """Answers profiles of one kind at one place."""

    def __init__(
        self, rulebook: model.Rulebook, rules: Sequence[model.AnyRule], kind: str, place: str, general: General
    ) -> None:
        self.rules, self.kind, self.general = rules, kind, general
        self.native = Native(general, Names(), Place(kind, place))
        concerned = {rule.policy.id for rule in rules}
        self.trees = tuple(tree for tree in rulebook.stackings if tree.policy.id in concerned)
        self.awards = [
            (number, rule)
            for number, rule in enumerate(rules)
            if isinstance(rule, model.Award) and rule.amount is not None and not rule.stub
        ]
        self._slow_awards: dict[int, Callable[[Env], Awarded]] = {}
        self._slow_duties: dict[int, Callable[[Env], Sequence[Outcome]]] = {}

    @property
    def sort(self) -> object:
        """What tells this decider from others: its rules and how place and kind settle their gates."""
        gates = {id(gate): gate for rule in self.rules for gate in rule.gates}
        settled = tuple(self.native.settled(gate) for gate in gates.values())
        return (self.kind, tuple(rule.id for rule in self.rules), settled)

    @cached_property
    def run(self) -> Run:
        """The generated function."""
        return Source(self.native, self.slow_award, self.slow_duty).compile(self.rules)

    def __call__(self, profile: Profile) -> Briefs:
        """The answer for one profile."""
        findings, payments = self.run(profile)
        if self.trees or Amount in map(type, payments):
            return self._added_up(findings, payments)
        return Briefs(findings, (), _sum(findings, payments))

    # ------------------------------------------------------------------ the general path

    def slow_award(self, number: int, profile: Profile) -> tuple[Brief, Amount | None]:
        """One award by its number."""
        rule = self.rules[number]
        assert isinstance(rule, model.Award)
        answer = self._slow_awards.get(number)
        if answer is None:
            answer = self._slow_awards[number] = award(rule, self.general)
        awarded = answer(Env(profile))
        return paid_brief(rule, awarded), awarded[1]

    def slow_duty(self, number: int, profile: Profile) -> Sequence[Brief]:
        """The findings of one target or obligation by its number."""
        rule = self.rules[number]
        answer = self._slow_duties.get(number)
        if answer is None:
            answer = self._slow_duties[number] = self._duty(rule)
        keys = _keys(rule)
        return [brief(rule, *key, outcome) for key, outcome in zip(keys, answer(Env(profile)), strict=True)]

    def _duty(self, rule: model.AnyRule) -> Callable[[Env], Sequence[Outcome]]:
        assert not isinstance(rule, model.Award)
        if isinstance(rule, model.Target):
            return targets(rule, self.kind, self.general)
        return obligations(rule, self.kind, self.general)

    # ------------------------------------------------------------------ sums

    def _added_up(self, findings: tuple[Brief, ...], payments: Sequence[Payment]) -> Briefs:
        """With trees, or with an amount that is not exactly known: as for every engine."""
        by_id = {found.finding: found for found in findings}
        whole = [
            _finding(rule, by_id[rule.id], payment) for (_, rule), payment in zip(self.awards, payments, strict=True)
        ]
        stacked = stack(self.trees, whole)
        briefs = tuple(StackedBrief(entry.stacking.id, entry.guaranteed, entry.potential) for entry in stacked)
        return Briefs(findings, briefs, totals(whole, stacked))


def _keys(rule: model.AnyRule) -> list[tuple[str, model.Modality]]:
    if isinstance(rule, model.Target):
        return [(entry.key, entry.modality) for entry in rule.entries]
    assert isinstance(rule, model.Obligation)
    return [(duty.key, rule.modality) for duty in rule.duties]


def _finding(rule: model.Award, found: Brief, payment: Payment) -> Finding:
    """The award as stacking and totals read it."""
    amount = payment if isinstance(payment, Amount) else _amount(found, payment)
    return Finding(rule, "", None, found.outcome, False, None, None, None, None, None, amount, (), (), _NO_TRACE)


def _amount(found: Brief, payment: Sequence[tuple[str, int | None, Exact]]) -> Amount:
    assert found.guaranteed is not None
    assert found.stated is not None
    lines = tuple(Line(item, period, None, paid, paid) for item, period, paid in payment)
    return Amount(found.guaranteed, found.potential, found.stated, lines)


def _sum(findings: Sequence[Brief], payments: Sequence[Payment]) -> Totals:
    """The totals where every amount is exactly known and stands alone."""
    total: Exact = 0
    periods: dict[int | None, Exact] = {}
    for payment in payments:
        for _, year, paid in payment:  # type: ignore[union-attr]  # no `Amount` is among them
            total += paid
            periods[year] = periods.get(year, 0) + paid
    unstated = 0
    for found in findings:
        if found[5] is False and found[1] is Outcome.SATISFIED:
            unstated += 1
    return Totals(total, total, unstated, 0, {year: (paid, paid) for year, paid in periods.items() if paid})
