"""Tests of the members of a region, each read as a profile of its own, and the share of those that pass."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeAlias, cast

from evaluator.engines.compiled.env import Env, Read
from evaluator.engines.intervals import Undefined, divide
from evaluator.engines.trace import Result
from evaluator.engines.truth import INDETERMINATE, TRUE, UNKNOWN, Truth
from evaluator.rulebook.profile import Profile
from evaluator.rulebook.values import Interval
from evaluator.rulebook.vocabulary import Vocabulary

Tests: TypeAlias = "Callable[[Env], tuple[Sequence[Truth], bool]]"
"""The test of every member, and whether there may be more members than are known."""


def tests(kind: str, that: Callable[[Env], Truth], vocabulary: Vocabulary, as_of: int) -> Tests:
    """The test of every registered member of a kind; of those given where no register is kept."""
    registers: dict[tuple[str, int], Sequence[str] | None] = {}

    def register(place: str, day: int) -> Sequence[str] | None:
        if (place, day) not in registers:
            found = vocabulary.members(place, kind, date.fromordinal(day))
            registers[place, day] = None if found is None else [member.path for member in found]
        return registers[place, day]

    def tested(env: Env) -> tuple[Sequence[Truth], bool]:
        profile = env.profile
        day = as_of if env.period is None else date(env.period, 12, 31).toordinal()
        places = register(profile.place, day)
        if places is None:
            given = [member for member in profile.members if member.kind == kind]
            return [that(env.of(member)) for member in given], not profile.members_complete
        by_place = {member.place: member for member in profile.members}
        return [that(env.of(by_place.get(place) or _absent(kind, place))) for place in places], False

    return tested


def _absent(kind: str, place: str) -> Profile:
    """A registered member of which nothing is given."""
    return Profile(kind=kind, name="", place=place, code=None, facts={}, metrics={})


def share(tested: Tests) -> Read:
    """The share of members that pass, between bounds where some are open; undefined of nobody."""

    def found(env: Env) -> Result:
        values, open_end = tested(env)
        if open_end:
            return Interval(0, 1)
        if not values:
            return Undefined("a share of nobody", empty=True)
        passed, unknown = values.count(TRUE), values.count(UNKNOWN)
        undecided = values.count(INDETERMINATE)
        low = cast(int, divide(passed, len(values)))
        if unknown == 0 and undecided == 0:
            return low
        return Interval(low, cast(int, divide(passed + unknown + undecided, len(values))), settled=unknown == 0)

    return found
