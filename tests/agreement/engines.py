"""What an engine answers in the agreement tests, and where two answers differ.

An engine is a function of a rulebook, profiles and one date. Its answer leaves out what only the reference engine has
(trace, reasons, what is missing): outcomes, breaches and exact amounts in yuan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from evaluator.engines.compiled import compile
from evaluator.engines.decide import decide
from evaluator.engines.decision import Decision, Totals
from evaluator.rulebook.model import Rulebook
from evaluator.rulebook.profile import Profile
from evaluator.rulebook.vocabulary import Exact

Range: TypeAlias = tuple[Exact, Exact | None]
Row: TypeAlias = tuple[str, str, bool, Exact | None, Exact | None, bool | None]
"""(finding id, outcome, breach, guaranteed, potential, stated); the last three None where there is no amount."""


@dataclass(frozen=True, slots=True)
class Sums:
    """The totals of one profile."""

    guaranteed: Exact
    potential: Exact | None
    unstated: int
    unstated_open: int
    by_period: Mapping[int | None, Range]
    later: Range = (0, 0)
    claw_back: Range = (0, 0)


@dataclass(frozen=True, slots=True)
class Answer:
    """One profile's findings in any order, its stacking trees by id (from, to, later), its totals.

    None: the engine has no such thing.
    """

    rows: tuple[Row, ...]
    stacked: Mapping[str, tuple[Exact, Exact | None, Range]] | None
    totals: Sums | None


Answering: TypeAlias = Callable[[Rulebook, Sequence[Profile], date], Sequence[Answer]]


def nothing(rulebook: Rulebook) -> Mapping[str, str]:
    """An engine that can do everything."""
    return {}


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine by name; `unsupported` maps the ids of rules that it cannot do to the reason it gives."""

    name: str
    answer: Answering
    unsupported: Callable[[Rulebook], Mapping[str, str]] = nothing


@dataclass(frozen=True, slots=True)
class Batch:
    """Profiles asked at one date about one rulebook, with what `decide` answers."""

    name: str
    rulebook: Rulebook
    profiles: tuple[Profile, ...]
    as_of: date
    expected: tuple[Answer, ...]


def answer_of(decision: Decision) -> Answer:
    """The answer in a decision of the reference engine."""
    rows: list[Row] = []
    for found in decision.findings:
        paid = found.amount
        amount = (None, None, None) if paid is None else (paid.guaranteed, paid.potential, paid.stated)
        rows.append((found.id, found.outcome.value, found.breach, *amount))
    stacked = {entry.stacking.id: (entry.guaranteed, entry.potential, entry.later) for entry in decision.stacked}
    return Answer(tuple(rows), stacked, _sums(decision.totals))


def _sums(totals: Totals) -> Sums:
    return Sums(
        totals.guaranteed,
        totals.potential,
        totals.unstated,
        totals.unstated_open,
        dict(totals.by_period),
        totals.later,
        totals.claw_back,
    )


def by_decide(rulebook: Rulebook, profiles: Sequence[Profile], as_of: date) -> list[Answer]:
    """The reference engine's answers."""
    return [answer_of(decide(rulebook, profile, as_of=as_of)) for profile in profiles]


def by_compiled(rulebook: Rulebook, profiles: Sequence[Profile], as_of: date) -> list[Answer]:
    """The compiled engine's answers."""
    compiled = compile(rulebook, as_of=as_of)
    answers: list[Answer] = []
    for profile in profiles:
        briefs = compiled(profile)
        rows = tuple((found.finding, found.outcome.value, *found[2:]) for found in briefs.findings)
        stacked = {entry.stacking: (entry.guaranteed, entry.potential, entry.later) for entry in briefs.stacked}
        answers.append(Answer(rows, stacked, _sums(briefs.totals)))
    return answers


REFERENCE = Engine("decide", by_decide)
COMPILED = Engine("compiled", by_compiled)


def disagreements(engine: Engine, batch: Batch) -> Iterator[str]:
    """One line for each thing that the engine answers otherwise than `decide`, with the profile and the rule."""
    without = engine.unsupported(batch.rulebook)
    answers = engine.answer(batch.rulebook, batch.profiles, batch.as_of)
    if len(answers) != len(batch.profiles):
        yield f"{batch.name}: {len(answers)} answers for {len(batch.profiles)} profiles"
        return
    for number, (expected, found) in enumerate(zip(batch.expected, answers, strict=True)):
        place = f"{engine.name}, {batch.name}, profile {number}, {batch.as_of}"
        for what in _differences(expected, found, without):
            yield f"{place}: {what}"


def _differences(expected: Answer, found: Answer, without: Mapping[str, str]) -> Iterator[str]:
    wanted = {row[0]: row for row in expected.rows if _rule(row[0]) not in without}
    given = {row[0]: row for row in found.rows if _rule(row[0]) not in without}
    for id in wanted.keys() | given.keys():
        if wanted.get(id) != given.get(id):
            yield f"{given.get(id)} where decide says {wanted.get(id)}"
    if without:
        return  # what is added up lacks the rules left out
    if found.stacked is not None and dict(found.stacked) != dict(expected.stacked or {}):
        yield f"stacked {found.stacked} where decide says {expected.stacked}"
    if found.totals is not None and found.totals != expected.totals:
        yield f"{found.totals} where decide says {expected.totals}"


def _rule(finding: str) -> str:
    return finding.partition("#")[0]
