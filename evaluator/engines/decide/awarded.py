"""What the walk asks about other awards of the same profile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from evaluator.engines.intervals import Number
from evaluator.engines.trace import Step

if TYPE_CHECKING:
    from evaluator.engines.decide.env import Env


class Awards(Protocol):
    """What other awards of the same profile come to."""

    def amount(self, rule: str, item: str | None) -> tuple[Number, Sequence[Step]]:
        """The amount of an award (of one entry only), and what is still open in it."""

    def of(self, member: Env) -> Awards:
        """The same for a member."""
