"""What the solver engine says of one profile, in the words of the reference engine, and where the two differ."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from evaluator.engines.decision import Decision, Finding
from evaluator.engines.smt import OUTCOMES, Answer, World, answers, values_of
from evaluator.engines.smt.terms import Logic, Quantity, Term, evaluate
from evaluator.rulebook.model import Rulebook
from evaluator.rulebook.profile import Profile
from evaluator.rulebook.vocabulary import Exact


class Worlds:
    """The formulas of a rulebook's rules for one kind of profile at one place, asked about many profiles."""

    def __init__(self, book: Rulebook, kind: str, place: str, *, bound: int = 3) -> None:
        self.book = book
        days = (date(2000, 1, 1).toordinal(), date(2035, 12, 31).toordinal())
        self.world = World(book.vocabulary, kind, place, days, partial=True, bound=bound, rules=book.rules)
        self.answers: dict[str, Answer] = {}

    def differences(self, profile: Profile, decision: Decision) -> Iterator[str]:
        """Each finding of the decision that the formulas tell otherwise."""
        for finding in decision.findings:
            if finding.id not in self.answers:
                self.answers.update({answer.id: answer for answer in answers(finding.rule, self.world)})
        values = values_of(self.world, profile, decision.as_of)
        known: dict[Term, bool | Exact] = {}

        def of(value: Logic | Quantity) -> bool | Exact:
            return evaluate(value, values, known)

        for constraint in self.world.constraints():
            if not of(constraint):
                yield f"the profile does not satisfy {constraint}"
        for finding in decision.findings:
            yield from _differs(finding, self.answers[finding.id], of)


def _differs(finding: Finding, answer: Answer, of: object) -> Iterator[str]:
    assert callable(of)
    said = [name for name in OUTCOMES if of(answer.outcomes[name])]
    if said != [finding.outcome.value]:
        yield f"{finding.id}: {finding.outcome.value}, and the formulas say {said}"
    if (finding.amount is None) is not (answer.paid is None):
        yield f"{finding.id}: an amount where there is none"
    elif finding.amount is not None and answer.paid is not None:
        high = None if of(answer.paid.no_high) else of(answer.paid.high)
        found = (of(answer.paid.low), high, answer.paid.stated)
        wanted = (finding.amount.guaranteed, finding.amount.potential, finding.amount.stated)
        if found != wanted:
            yield f"{finding.id}: {wanted}, and the formulas say {found}"
