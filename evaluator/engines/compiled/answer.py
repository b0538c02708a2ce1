"""What the compiled engine answers: findings in brief, without trace, reasons or what is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from evaluator.engines.decision import Amount, Outcome, Totals
from evaluator.rulebook.profile import Profile
from evaluator.rulebook.values import Value
from evaluator.rulebook.vocabulary import Exact


class Brief(NamedTuple):
    """A finding in brief; yuan, the last three None where there is no amount.

    A tuple and no record: one is made for each finding of each profile, and those without an amount are made once.
    """

    finding: str
    outcome: Outcome
    breach: bool
    guaranteed: Exact | None = None
    potential: Exact | None = None
    stated: bool | None = None


class StackedBrief(NamedTuple):
    """What a stacking tree (its global id) leaves of its members, in yuan; `later` after the date of the question."""

    stacking: str
    guaranteed: Exact
    potential: Exact | None
    later: tuple[Exact, Exact | None] = (0, 0)


class Briefs:
    """The findings of one profile in the order of the rulebook; trees and totals are added up when first asked for."""

    __slots__ = ("_add_up", "_payments", "_profile", "_sums", "findings")

    def __init__(
        self, findings: tuple[Brief, ...], payments: Sequence[Payment], profile: Profile, add_up: AddUp
    ) -> None:
        self.findings = findings
        self._payments, self._profile, self._add_up = payments, profile, add_up
        self._sums: Sums | None = None

    @property
    def stacked(self) -> tuple[StackedBrief, ...]:
        """The stacking trees that have a member among the findings."""
        return self._added_up()[0]

    @property
    def totals(self) -> Totals:
        """The sums over the roots of the trees and the awards in no tree."""
        return self._added_up()[1]

    def _added_up(self) -> Sums:
        if self._sums is None:
            self._sums = self._add_up(self.findings, self._payments, self._profile)
        return self._sums

    def __repr__(self) -> str:
        return f"Briefs({self.findings!r})"


FastLine: TypeAlias = tuple[Mapping[str, Value], Exact]
"""What was read (the fields of an entry, or the facts of the profile), and what is paid for it."""
Payment: TypeAlias = Amount | Sequence[FastLine]
"""What an award pays: by entry where all is known, else with everything that is open in it."""
Sums: TypeAlias = tuple[tuple[StackedBrief, ...], Totals]
AddUp: TypeAlias = Callable[[tuple[Brief, ...], Sequence[Payment], Profile], Sums]
