"""Advice for one profile: what is certain, what to ask next, what to change, what to take, how far each line is.

In: a rulebook, a profile, a date. Out: an `Advice`. Everything that it says was decided by the reference engine.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING

from evaluator.record import row

if TYPE_CHECKING:
    from evaluator.advise.certain import Certain
    from evaluator.advise.choice import Choice
    from evaluator.advise.next_questions import Question
    from evaluator.advise.paths import Path
    from evaluator.advise.ranges import Solver, Spread
    from evaluator.advise.thresholds import Measured
    from evaluator.engines.decision import Decision, Finding
    from evaluator.rulebook.model import Rulebook
    from evaluator.rulebook.profile import Profile


@row
class Advice:
    """What is certain, what more of it is settled, what to ask, what to change, what to take, how far each line is."""

    decision: Decision
    certain: tuple[Certain, ...]
    settled: tuple[tuple[Finding, Spread], ...]
    questions: tuple[Question, ...]
    paths: tuple[Path, ...]
    choices: tuple[Choice, ...]
    thresholds: tuple[Measured, ...]


def advise(
    rulebook: Rulebook,
    profile: Profile,
    *,
    as_of: date,
    policies: Collection[str] = (),
    rules: Collection[str] = (),
    solver: Solver | None = None,
) -> Advice:
    """Advise on every rule that can concern the profile, or on those of the named policies and rules."""
    from evaluator.advise.asking import Asker
    from evaluator.advise.certain import certain
    from evaluator.advise.choice import choices
    from evaluator.advise.next_questions import questions
    from evaluator.advise.paths import paths
    from evaluator.advise.ranges import settled
    from evaluator.advise.thresholds import thresholds

    asker = Asker(rulebook, profile, as_of, policies=policies, rules=rules)
    return Advice(
        asker.decision,
        certain(asker),
        settled(asker, solver),
        questions(asker),
        paths(asker),
        choices(asker),
        thresholds(asker),
    )
