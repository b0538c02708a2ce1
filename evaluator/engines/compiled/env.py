"""What the general path reads: one profile, the list entries bound so far, the year of the finding, other awards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol, TypeAlias

from evaluator.engines.decision import Amount, Outcome
from evaluator.engines.intervals import Number
from evaluator.engines.trace import Result
from evaluator.engines.truth import UNKNOWN
from evaluator.rulebook.profile import Profile
from evaluator.rulebook.values import Item, Scalar, Value

Awarded: TypeAlias = tuple[Outcome, Amount | None, bool]
"""The outcome and amount of an award, and whether a fact can still change either."""


class Awards(Protocol):
    """What awards come to for the profile of an `Env`."""

    def amount(self, rule: str, item: str | None, env: Env) -> Number:
        """The amount of an award (its global id), or of one of its entries."""


class Env:
    """One profile while a rule is answered.

    `period` is the finding's year, `items` the bound entries by depth, `position` the place of the entry at hand among
    those that count; `awarded` are the awards worked out so far, which `awards` reads.
    """

    __slots__ = ("awarded", "awards", "facts", "items", "metrics", "period", "position", "profile")

    def __init__(self, profile: Profile, awards: Awards, period: int | None = None) -> None:
        self.profile, self.awards, self.period = profile, awards, period
        self.facts: Mapping[str, Value] = profile.facts
        self.metrics: Mapping[str, Mapping[int, Scalar]] = profile.metrics
        self.items: list[Item] = []
        self.position: Number = UNKNOWN
        self.awarded: dict[str, Awarded] = {}

    def of(self, member: Profile) -> Env:
        """The same question about a member."""
        return Env(member, self.awards, self.period)


Read: TypeAlias = Callable[[Env], Result]
"""A node of a rule, compiled: its value for a profile."""
