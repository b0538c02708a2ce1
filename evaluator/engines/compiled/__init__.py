"""The compiled engine: one profile at a time in process, without a trace, fast.

    answer = evaluator.compile(rulebook, as_of=date(2025, 6, 30))
    briefs = answer(profile)                # findings in brief, stacking trees, totals

The date of the question is fixed when compiling: with it publication, periods in force and due dates are decided before
any fact is read. The rest is made when the first profile of its kind at its place asks for it.

    native, payments, source    code for what is exactly known: one Python function per place and kind
    general, lists, members,    everything else, rule by rule: nodes as functions of an `Env`, in terms of `intervals`,
    amounts, awards, duties     `truth` and `operations`, like the reference engine
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from evaluator.engines.compiled.answer import Brief, Briefs, StackedBrief
from evaluator.engines.compiled.decider import Decider
from evaluator.engines.compiled.general import General
from evaluator.rulebook import model
from evaluator.rulebook.profile import Profile

__all__ = ["Brief", "Briefs", "Compiled", "StackedBrief", "compile"]


class Compiled:
    """A rulebook compiled for one date. Called with a profile it gives its `Briefs`: what `decide` says, in brief."""

    def __init__(
        self,
        rulebook: model.Rulebook,
        as_of: date,
        policies: Collection[str] = (),
        rules: Collection[str] = (),
        choices: Mapping[str, str] | None = None,
    ) -> None:
        self.rulebook, self.as_of, self.choices = rulebook, as_of, choices
        self._named: tuple[model.AnyRule, ...] | None = None
        if policies or rules:
            every = rulebook.rules.values()
            self._named = tuple(rule for rule in every if rule.policy.id in policies or rule.id in rules)
        self._general = General(rulebook.vocabulary, as_of)
        self._deciders: dict[tuple[str, str], Decider] = {}
        self._alike: dict[object, Decider] = {}

    def __call__(self, profile: Profile) -> Briefs:
        """The findings of one profile, its stacking trees and totals."""
        decider = self._deciders.get((profile.place, profile.kind))
        return (decider or self.decider(profile)).answer(profile)

    def decider(self, profile: Profile) -> Decider:
        """What answers this profile, and all others of its kind that the same rules concern in the same way."""
        place, kind = profile.place, profile.kind
        known = self._deciders.get((place, kind))
        if known is not None:
            return known
        rules: Sequence[model.AnyRule] = self._named or ()
        if self._named is None:
            rules = self.rulebook.candidates(place, kind)
        made = Decider(self.rulebook, rules, kind, place, self._general, self.choices)
        decider = self._deciders[place, kind] = self._alike.setdefault(made.sort, made)
        return decider


def compile(
    rulebook: model.Rulebook,
    *,
    as_of: date,
    policies: Collection[str] = (),
    rules: Collection[str] = (),
    choices: Mapping[str, str] | None = None,
) -> Compiled:
    """A decider for one date, of every rule that can concern a profile, or of those of the named policies and rules.

    `choices` maps stackings in which the applicant chooses to the awards chosen, both by their global ids.
    It answers what `decide` answers, without trace, reasons and what is missing.
    """
    return Compiled(rulebook, as_of, policies, rules, choices)
