"""What the compiled engine answers: findings in brief, without trace, reasons or what is missing."""

from __future__ import annotations

from typing import NamedTuple

from evaluator.engines.decision import Outcome, Totals
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
    """What a stacking tree (its global id) leaves of its members, in yuan."""

    stacking: str
    guaranteed: Exact
    potential: Exact | None


class Briefs(NamedTuple):
    """The findings of one profile in the order of the rulebook, its stacking trees, its totals."""

    findings: tuple[Brief, ...]
    stacked: tuple[StackedBrief, ...]
    totals: Totals
