"""What the general path reads: one profile, the list entries bound so far, the year of the finding."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from evaluator.engines.trace import Result
from evaluator.rulebook.profile import Profile
from evaluator.rulebook.values import Item, Scalar, Value


class Env:
    """One profile while a rule is answered; `period` is the finding's year, `items` the bound entries by depth."""

    __slots__ = ("facts", "items", "metrics", "period", "profile")

    def __init__(self, profile: Profile, period: int | None = None) -> None:
        self.profile = profile
        self.facts: Mapping[str, Value] = profile.facts
        self.metrics: Mapping[str, Mapping[int, Scalar]] = profile.metrics
        self.items: list[Item] = []
        self.period = period


Read: TypeAlias = Callable[[Env], Result]
"""A node of a rule, compiled: its value for a profile."""
