"""What the reference engine's walk reads: the question at hand, and the steps that need not be made again.

In: one profile at one date. Out: nothing of its own; the walk and the rules look things up here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TypeAlias

from evaluator.engines.decide.awarded import Awards
from evaluator.engines.intervals import Number
from evaluator.engines.trace import Step
from evaluator.engines.truth import UNKNOWN, Truth
from evaluator.rulebook.profile import Profile
from evaluator.rulebook.values import Item, Value
from evaluator.rulebook.vocabulary import Vocabulary

Gated: TypeAlias = tuple[Truth, list[Step]]
Metrics: TypeAlias = Mapping[str, Mapping[int, Value]]


class Lasting:
    """Steps that are the same in every trace of a rulebook, by the identity of their nodes, which they keep alive.

    There are at most as many as the rules have nodes, and choices to compare with.
    """

    __slots__ = ("absent", "chosen", "constants")

    def __init__(self) -> None:
        self.constants: dict[int, Step] = {}
        self.absent: dict[int, Step] = {}  # of facts that the profile itself does not give
        self.chosen: dict[tuple[int, str], Step] = {}  # of a given choice compared with a constant


class Env:
    """What the walk reads: one profile at one date; `items` are the bound list entries, `period` the finding's year.

    `position` is the place of the entry at hand among those that count.
    """

    __slots__ = (
        "absent",
        "as_of",
        "awards",
        "chosen",
        "constants",
        "facts",
        "gates",
        "items",
        "metrics",
        "period",
        "position",
        "profile",
        "vocabulary",
        "walked",
    )

    def __init__(self, profile: Profile, as_of: date, vocabulary: Vocabulary, lasting: Lasting) -> None:
        self.profile = profile
        self.facts = profile.facts
        self.metrics = profile.metrics
        self.as_of = as_of.toordinal()
        self.vocabulary = vocabulary
        self.period: int | None = None
        self.items: list[Item] = []
        self.position: Number = UNKNOWN
        self.awards: Awards | None = None
        self.constants, self.chosen = lasting.constants, lasting.chosen
        self.absent = {} if profile.path else lasting.absent  # a member's own: its path names it
        self.gates: dict[int, Gated] = {}  # by identity: like rules of one policy share their gates,
        self.walked: dict[int, Step] = {}  # and unlike ones single gates

    def at(self, period: int | None) -> Env:
        """The same question about another year."""
        env = Env.__new__(Env)
        env.profile, env.facts, env.metrics = self.profile, self.facts, self.metrics
        env.as_of, env.vocabulary, env.items = self.as_of, self.vocabulary, self.items
        env.period, env.position, env.awards = period, self.position, self.awards
        env.gates, env.walked = self.gates, self.walked
        env.constants, env.absent, env.chosen = self.constants, self.absent, self.chosen
        return env

    def of(self, member: Profile) -> Env:
        """The same question about a member."""
        env = self.at(self.period)
        env.profile, env.facts, env.metrics = member, member.facts, member.metrics
        env.absent = {}
        env.awards = None if self.awards is None else self.awards.of(env)
        return env
