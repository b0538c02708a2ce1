"""All rules that concern one kind of body at one place: the generated function, the general path, what is added up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Final, cast

from evaluator.engines.compiled.amounts import amount_of
from evaluator.engines.compiled.answer import Brief, Briefs, FastLine, Payment, StackedBrief, Sums
from evaluator.engines.compiled.awards import AwardsOfRulebook, award
from evaluator.engines.compiled.duties import obligations, targets
from evaluator.engines.compiled.env import Awarded, Env
from evaluator.engines.compiled.general import General
from evaluator.engines.compiled.native import Names, Native, Place
from evaluator.engines.compiled.runtime import Years
from evaluator.engines.compiled.source import Run, Source, brief, paid_brief
from evaluator.engines.decision import Amount, Finding, Line, Outcome, Totals
from evaluator.engines.payable import payable
from evaluator.engines.stacking import stack, totals
from evaluator.engines.trace import Step
from evaluator.engines.truth import TRUE
from evaluator.rulebook import ir, model
from evaluator.rulebook.profile import Profile
from evaluator.rulebook.values import ItemList, Value
from evaluator.rulebook.vocabulary import Exact

_NO_TRACE: Final = Step(ir.AsOf(), TRUE)


class Decider:
    """Answers profiles of one kind at one place."""

    def __init__(
        self,
        rulebook: model.Rulebook,
        rules: Sequence[model.AnyRule],
        kind: str,
        place: str,
        general: General,
        choices: Mapping[str, str] | None = None,
    ) -> None:
        self.rules, self.kind, self.general, self.choices = rules, kind, general, choices
        self.every_award = AwardsOfRulebook(rulebook.rules, general)
        self._years = Years()
        self.native = Native(general, Names(), Place(kind, place))
        concerned = {rule.policy.id for rule in rules}
        self.trees = rulebook.trees(concerned)
        self.awards: list[tuple[int, model.Award]] = []
        self.owing: list[tuple[model.Obligation, int, str]] = []
        at = 0
        for rule in rules:
            if isinstance(rule, model.Obligation) and rule.claw_back is not None and not rule.stub:
                self.owing += [(rule, at + index, duty.key) for index, duty in enumerate(rule.duties)]
            if isinstance(rule, model.Award) and rule.amount is not None and not rule.stub:
                self.awards.append((at, rule))
            at += 1 if rule.stub or isinstance(rule, model.Award) else len(_keys(rule))
        self._slow_awards: dict[int, Callable[[Env], Awarded]] = {}
        self._slow_duties: dict[int, tuple[Callable[[Env], Sequence[Outcome]], list[dict[Outcome, Brief]]]] = {}

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

    def answer(self, profile: Profile) -> Briefs:
        """The answer for one profile."""
        findings, payments = self.run(profile)
        return Briefs(findings, payments, profile, self.add_up)

    # ------------------------------------------------------------------ the general path

    def env(self, profile: Profile) -> Env:
        """What the general path reads of a profile."""
        return Env(profile, self.every_award)

    def slow_award(self, number: int, profile: Profile) -> tuple[Brief, Amount | None]:
        """One award by its number."""
        rule = self.rules[number]
        assert isinstance(rule, model.Award)
        answer = self._slow_awards.get(number)
        if answer is None:
            answer = self._slow_awards[number] = award(rule, self._gates(rule), self.general)
        outcome, amount, _ = answer(self.env(profile))
        return paid_brief(rule, outcome, amount), amount

    def slow_duty(self, number: int, profile: Profile) -> Sequence[Brief]:
        """The findings of one target or obligation by its number."""
        rule = self.rules[number]
        known = self._slow_duties.get(number)
        if known is None:
            made = [{outcome: brief(rule, *key, outcome) for outcome in Outcome} for key in _keys(rule)]
            known = self._slow_duties[number] = (self._duty(rule), made)
        answer, briefs = known
        return [entry[outcome] for entry, outcome in zip(briefs, answer(self.env(profile)), strict=True)]

    def _duty(self, rule: model.AnyRule) -> Callable[[Env], Sequence[Outcome]]:
        assert not isinstance(rule, model.Award)
        if isinstance(rule, model.Target):
            return targets(rule, self._gates(rule), self.kind, self.general)
        return obligations(rule, self._gates(rule), self.kind, self.general)

    def _gates(self, rule: model.AnyRule) -> Sequence[ir.Expr]:
        left = self.native.gates_left(rule)
        return rule.gates if left is None else left

    # ------------------------------------------------------------------ sums

    def add_up(self, findings: tuple[Brief, ...], payments: Sequence[Payment], profile: Profile) -> Sums:
        """Trees and totals: as every engine adds them up, unless there is no tree and every amount is exactly known."""
        if not self.trees and not self.owing and Amount not in map(type, payments):
            return (), self._sum(findings, cast("Sequence[Sequence[FastLine]]", payments))
        whole = [
            self._finding(rule, findings[at], payment, profile)
            for (at, rule), payment in zip(self.awards, payments, strict=True)
        ]
        whole += [self._owed(rule, at, key, findings, profile) for rule, at, key in self.owing]
        env = self.env(profile)
        stacked = stack(self.trees, whole, lambda node: self.general.number(node)(env), self.choices)
        briefs = tuple(
            StackedBrief(entry.stacking.id, entry.guaranteed, entry.potential, entry.later) for entry in stacked
        )
        return briefs, totals(whole, stacked)

    def _owed(self, rule: model.Obligation, at: int, key: str, findings: Sequence[Brief], profile: Profile) -> Finding:
        """What is to be paid back for a duty, as totals read it."""
        assert rule.claw_back is not None
        env, outcome = self.env(profile), findings[at].outcome
        back = Amount(0, 0, stated=True)
        due = next(duty.due for duty in rule.duties if duty.key == key)
        ahead = due is not None and due.toordinal() > self.general.as_of
        if not ahead and outcome in (Outcome.NOT_SATISFIED, Outcome.UNKNOWN, Outcome.INDETERMINATE):
            low, high = payable(amount_of(rule.claw_back, self.general)(env))
            back = Amount(low if outcome is Outcome.NOT_SATISFIED else 0, high, stated=True)
        return Finding(rule, key, None, outcome, False, None, None, (), (), _NO_TRACE, claw_back=back)

    def _sum(self, findings: Sequence[Brief], payments: Sequence[Sequence[FastLine]]) -> Totals:
        """The totals where no interval is added, so that each range is one number."""
        total: Exact = 0
        unstated = 0
        periods: dict[int | None, Exact] = {}
        years, asked = self._years, self._years[self.general.as_of]
        for (at, rule), payment in zip(self.awards, payments, strict=True):
            counted = rule.judged_by
            for read, paid in payment:
                year = asked if counted is None else years[cast(int, read[counted.id])]
                total += paid
                periods[year] = periods.get(year, 0) + paid
            found = findings[at]
            unstated += found.stated is False and found.outcome is Outcome.SATISFIED
        return Totals(total, total, unstated, 0, {year: (paid, paid) for year, paid in periods.items() if paid})

    def _finding(self, rule: model.Award, found: Brief, payment: Payment, profile: Profile) -> Finding:
        """The award as stacking and totals read it."""
        amount = payment
        if not isinstance(amount, Amount):
            assert found.guaranteed is not None
            assert found.stated is not None
            lines = tuple(self._line(rule, read, paid, profile) for read, paid in amount)
            amount = Amount(found.guaranteed, found.potential, found.stated, lines)
        return Finding(rule, "", None, found.outcome, False, None, amount, (), (), _NO_TRACE)

    def _line(self, rule: model.Award, read: Mapping[str, Value], paid: Exact, profile: Profile) -> Line:
        day = self.general.as_of if rule.judged_by is None else read[rule.judged_by.id]
        assert isinstance(day, int)
        return Line(_path(rule, read, profile), self._years[day], None, paid, paid)


def _path(rule: model.Award, read: Mapping[str, Value], profile: Profile) -> str:
    """Where the entry stands that was read."""
    entries = None if rule.each is None else profile.facts.get(rule.each.id)
    if not isinstance(entries, ItemList):
        return ""
    return next(entry.path for entry in entries.items if entry.values is read)


def _keys(rule: model.AnyRule) -> list[tuple[str, model.Modality]]:
    if isinstance(rule, model.Target):
        return [(entry.key, entry.modality) for entry in rule.entries]
    assert isinstance(rule, model.Obligation)
    return [(duty.key, rule.modality) for duty in rule.duties]
