"""The exact range of an open award: what it can come to over every completion of the facts.

In: an `Asker`, a rule, and optionally a solver. Out: a `Spread` that lies within `decide`'s interval. Missing facts of
few values (yes or no, choices) are gone through one by one, each time by `decide`; where numbers, dates or lists are
missing too, the ends are exact only when a solver says so. What `decide` must leave unknown though every completion
agrees (a fact or its opposite) is settled here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final, Protocol

from evaluator.advise.asking import Asker
from evaluator.advise.next_questions import is_open, slots_of
from evaluator.advise.sketch import Sketch, Slot, unit_of
from evaluator.engines.decision import Finding, Outcome
from evaluator.record import row
from evaluator.rulebook import model
from evaluator.rulebook.profile import Profile
from evaluator.rulebook.values import Scalar
from evaluator.rulebook.vocabulary import BoolType, ChoiceType, Exact

MOST: Final = 4096


class Solver(Protocol):
    """What a solver answers about all completions of a profile; None where it cannot say."""

    def spread(
        self, rulebook: model.Rulebook, profile: Profile, as_of: date, rule: str
    ) -> tuple[frozenset[Outcome], Exact, Exact | None] | None:
        """The outcomes of an award, the least amount and the greatest (None: nothing bounds it)."""
        ...


@row
class Spread:
    """What an award can come to: `outcomes` that some completion brings, and the ends of its amount.

    `exact`: each end is reached by some completion; else the truth lies between. None for an amount that has no ends.
    """

    outcomes: frozenset[Outcome]
    low: Exact
    high: Exact | None
    exact: bool


def spread(asker: Asker, finding: Finding, solver: Solver | None = None) -> Spread:
    """The range of one award's amount over every completion of the facts, as narrow as can be proved."""
    found = _Completions(asker, finding.rule.id).spread(finding)
    if found.exact or solver is None:
        return found
    answer = solver.spread(asker.rulebook, asker.profile, asker.as_of, finding.rule.id)
    if answer is None:
        return found
    outcomes, low, high = answer
    return Spread(outcomes, low, high, exact=True)


def settled(asker: Asker, solver: Solver | None = None) -> tuple[tuple[Finding, Spread], ...]:
    """Open awards of which more is certain than `decide` can say."""
    found: list[tuple[Finding, Spread]] = []
    for finding in asker.decision.findings:
        if isinstance(finding.rule, model.Award) and is_open(finding):
            over = spread(asker, finding, solver)
            amount = finding.amount
            narrower = (
                amount is not None and amount.stated and (over.low, over.high) != (amount.guaranteed, amount.potential)
            )
            agreed = finding.outcome is Outcome.UNKNOWN and len(over.outcomes) == 1
            if narrower or (agreed and Outcome.UNKNOWN not in over.outcomes):
                found.append((finding, over))
    return tuple(found)


class _Completions:
    """Goes through the completions of one award's missing facts, as far as they have few values."""

    def __init__(self, asker: Asker, rule: str) -> None:
        self.asker, self.rule = asker, rule
        self.left = MOST

    def spread(self, finding: Finding) -> Spread:
        ends = [_ends(leaf) for leaf in self._leaves(finding, {})]
        outcomes = frozenset().union(*(part.outcomes for part in ends))
        highs = [part.high for part in ends]
        bounded = [high for high in highs if high is not None]
        high = max(bounded) if len(bounded) == len(highs) else None
        return Spread(outcomes, min(part.low for part in ends), high, all(part.exact for part in ends))

    def _leaves(self, finding: Finding, sketch: Sketch) -> Iterator[Finding]:
        slot = None if not is_open(finding) or self.left <= 0 else self._next(finding, sketch)
        if slot is None:
            self.left -= 1
            yield finding
            return
        for value in _values(slot):
            more = {**sketch, slot: value}
            yield from self._leaves(self.asker.finding(self.rule, more), more)

    def _next(self, finding: Finding, sketch: Sketch) -> Slot | None:
        """A missing fact of few values."""
        for _, slot in slots_of(finding.trace, self.asker):
            if slot not in sketch and _values(slot):
                return slot
        return None


def _values(slot: Slot) -> list[Scalar]:
    match unit_of(slot).changed.type:
        case BoolType():
            return [True, False]
        case ChoiceType(choices=choices):
            return [choice.id for choice in choices]
        case _:
            return []


def _ends(finding: Finding) -> Spread:
    amount = finding.amount
    if amount is None or not amount.stated:
        return Spread(frozenset({finding.outcome}), 0, 0, exact=not is_open(finding))
    return Spread(frozenset({finding.outcome}), amount.guaranteed, amount.potential, exact=not is_open(finding))
