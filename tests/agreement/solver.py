"""What the solver engine says of one profile, in the words of the reference engine, and where the two differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import TypeAlias

from evaluator.engines.decision import Decision, Finding
from evaluator.engines.smt import OUTCOMES, Answer, Stacked, Totals, World, answers, stacked, totals, values_of
from evaluator.engines.smt.sums import Range
from evaluator.engines.smt.terms import Logic, Quantity, Term, evaluate
from evaluator.rulebook.model import Rulebook
from evaluator.rulebook.profile import Profile
from evaluator.rulebook.vocabulary import Exact

Of: TypeAlias = "Callable[[Logic | Quantity], bool | Exact]"


class Worlds:
    """The formulas of a rulebook's rules for one kind of profile at one place, asked about many profiles."""

    def __init__(
        self, book: Rulebook, kind: str, place: str, *, bound: int = 3, bounds: Mapping[str, int] | None = None
    ) -> None:
        self.book = book
        days = (date(2000, 1, 1).toordinal(), date(2035, 12, 31).toordinal())
        self.world = World(
            book.vocabulary, kind, place, days, partial=True, bound=bound, bounds=bounds, rules=book.rules
        )
        self.answers: dict[str, Answer] = {}
        self.sums: dict[object, tuple[tuple[Stacked, ...], Totals]] = {}
        self.findings = 0
        """How many findings, trees and totals were compared."""

    def differences(self, profile: Profile, decision: Decision) -> Iterator[str]:
        """Each finding of the decision, each tree and each total that the formulas tell otherwise."""
        for finding in decision.findings:
            if finding.id not in self.answers:
                self.answers.update({answer.id: answer for answer in answers(finding.rule, self.world)})
        trees, together = self._together(decision)
        values = values_of(self.world, profile, decision.as_of)
        known: dict[Term, bool | Exact] = {}

        def of(value: Logic | Quantity) -> bool | Exact:
            return evaluate(value, values, known)

        for constraint in self.world.constraints():
            if not of(constraint):
                yield f"the profile does not satisfy {constraint}"
        for finding in decision.findings:
            yield from _differs(finding, self.answers[finding.id], of)
        for entry, tree in zip(decision.stacked, trees, strict=True):
            yield from _apart(f"{entry.stacking.id}", (entry.guaranteed, entry.potential), tree.range, of)
            yield from _apart(f"{entry.stacking.id} later", entry.later, tree.later, of)
        sums = decision.totals
        yield from _apart("total", (sums.guaranteed, sums.potential), together.range, of)
        yield from _apart("total later", sums.later, together.later, of)
        yield from _apart("total claw-back", sums.claw_back, together.claw_back, of)
        if (of(together.unstated), of(together.unstated_open)) != (sums.unstated, sums.unstated_open):
            yield f"unstated: {sums.unstated}, {sums.unstated_open}"
        for year in dict.fromkeys((None, *range(2020, 2030), *sums.by_period)):
            yield from _apart(f"total of {year}", sums.by_period.get(year, (0, 0)), together.periods.of(year), of)
        self.findings += len(decision.findings) + len(trees) + 1

    def _together(self, decision: Decision) -> tuple[tuple[Stacked, ...], Totals]:
        """What the trees and all awards come to; the same formulas for decisions on the same rules."""
        chosen = {key: str(value) for key, value in decision.choices.items()}
        asked = (tuple(finding.id for finding in decision.findings), tuple(sorted(chosen.items())))
        if asked not in self.sums:
            found = [self.answers[finding.id] for finding in decision.findings]
            by_rule = {answer.rule.id: answer for answer in found}
            trees = stacked([entry.stacking for entry in decision.stacked], by_rule, self.world, chosen)
            self.sums[asked] = trees, totals(found, trees)
        return self.sums[asked]


def _differs(finding: Finding, answer: Answer, of: Of) -> Iterator[str]:
    said = [name for name in OUTCOMES if of(answer.outcomes[name])]
    if said != [finding.outcome.value]:
        yield f"{finding.id}: {finding.outcome.value}, and the formulas say {said}"
    if (finding.amount is None) is not (answer.paid is None):
        yield f"{finding.id}: an amount where there is none"
    elif finding.amount is not None and answer.paid is not None:
        amount = finding.amount
        if answer.paid.stated is not amount.stated:
            yield f"{finding.id}: stated {amount.stated}"
        yield from _apart(finding.id, (amount.guaranteed, amount.potential), answer.paid.range, of)
        if amount.promised is not None:
            yield from _apart(f"{finding.id} promised", amount.promised, answer.paid.whole, of)
    if (finding.claw_back is None) is not (answer.claw_back is None):
        yield f"{finding.id}: a claw-back where there is none"
    elif finding.claw_back is not None and answer.claw_back is not None:
        owed = finding.claw_back
        yield from _apart(f"{finding.id} claw-back", (owed.guaranteed, owed.potential), answer.claw_back, of)


def _apart(what: str, wanted: tuple[Exact, Exact | None], range_: Range, of: Of) -> Iterator[str]:
    found = of(range_.low), None if of(range_.no_high) else of(range_.high)
    if found != wanted:
        yield f"{what}: {wanted}, and the formulas say {found}"
