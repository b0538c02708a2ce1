"""What came of asking for a property: it holds, fails with a profile, cannot be compared, or was not decided."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import Enum

from evaluator.record import row
from evaluator.rulebook import ir, model
from evaluator.rulebook.vocabulary import Exact, Name


class Status(Enum):
    """How a property stands for some rules."""

    HOLDS = "holds"
    FAILS = "fails"
    LISTED = "listed"
    NOT_COMPARABLE = "not_comparable"
    UNDECIDED = "undecided"


@row
class Shown:
    """What the reference engine decided of a rule: the outcome and, of an award, the range of the amount."""

    finding: str
    outcome: str
    guaranteed: Exact | None
    potential: Exact | None


@row
class Case:
    """A profile that shows it, as people write it, decided by the reference engine; `note` says which side it is."""

    profile: Mapping[str, object]
    as_of: date
    shown: tuple[Shown, ...]
    note: Name | None = None


@row
class Verdict:
    """How the property `about` stands for `rules` (the first is where it is reported), in one clause, with cases.

    `{part}` in the message stands for the condition `part`, which reports put into words.
    """

    about: str
    status: Status
    rules: tuple[model.AnyRule, ...]
    message: Name
    entry: str = ""
    cases: tuple[Case, ...] = ()
    part: ir.Expr | None = None

    @property
    def policy(self) -> str:
        """The policy that it is reported for."""
        return self.rules[0].policy.id
