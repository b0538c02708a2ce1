"""What an engine answers: findings with outcomes, amounts and citations, and their totals; one form for all engines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from enum import Enum
from types import MappingProxyType
from typing import Literal, TypeAlias

from evaluator.engines.trace import Step
from evaluator.engines.truth import Truth
from evaluator.record import row
from evaluator.rulebook.model import AnyRule, Citation, Entry, Policy, Rulebook, Stacking
from evaluator.rulebook.overrides import Override
from evaluator.rulebook.profile import Profile
from evaluator.rulebook.vocabulary import Exact, Field, Name


class Outcome(Enum):
    """One set of outcomes for all kinds of rule."""

    SATISFIED = "satisfied"
    NOT_SATISFIED = "not_satisfied"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"
    NOT_DUE = "not_due"
    INDETERMINATE = "indeterminate"

    __hash__ = object.__hash__


PLACE = Name(zh="所在地（到市、县）", en="place (city and county)")
MEMBERS = Name(zh="成员名单及其情况", en="the members and their figures")
LineState: TypeAlias = Literal["accrued", "later", "paid"]


@row
class Line:
    """One payment: for which item, in which year, by whom; yuan, `potential` None where nothing bounds it."""

    item: str
    period: int | None
    payer: str | None
    guaranteed: Exact
    potential: Exact | None
    state: LineState = "accrued"


@row
class Amount:
    """What is certain and what is at most possible, in yuan; not stated: the text names no amount.

    `more`: beside `lines` there may be others, of entries not given, to any amount.
    """

    guaranteed: Exact
    potential: Exact | None
    stated: bool
    lines: tuple[Line, ...] = ()
    more: bool = False


@row
class Missing:
    """A fact that is not given: its path, the question that asks for it, and which record would prove it."""

    path: str
    field: Field | None
    place: bool = False

    @property
    def label(self) -> Name:
        """What is asked for."""
        if self.field is not None:
            return self.field.label
        return PLACE if self.place else MEMBERS

    @property
    def question(self) -> Name | None:
        """The question as the vocabulary or the rule words it."""
        if self.field is not None:
            return self.field.question
        return Name(zh=f"请补充{self.label.zh}。", en=f"Which is the {self.label.en}?")

    @property
    def evidence(self) -> Name | None:
        """Which record would prove the answer."""
        return None if self.field is None else self.field.evidence


@row
class Reason:
    """Why an outcome is what it is: a code for programs, a clause for people."""

    code: str
    text: Name


@row
class SoFar:
    """A figure before its due date, judged as if it were due today, on the latest period given."""

    outcome: Outcome
    period: int | None
    gap: Exact | None
    measured: object


@row
class Finding:
    """The answer of one rule, or of one entry of its schedule. `id` is `rule` or `rule#entry`."""

    rule: AnyRule
    entry: str
    target: Entry | None
    outcome: Outcome
    breach: bool
    reason: Reason | None
    gap: Exact | None
    measured: object
    required: object
    so_far: SoFar | None
    amount: Amount | None
    missing: tuple[Missing, ...]
    decisions: tuple[Missing, ...]
    trace: Step
    due: date | None = None

    @property
    def id(self) -> str:
        """The global id, with the entry where there is one."""
        return f"{self.rule.id}#{self.entry}" if self.entry else self.rule.id

    @property
    def cite(self) -> tuple[Citation, ...]:
        """The entry's own citations, else the rule's."""
        return self.target.cite if self.target is not None else self.rule.cite


@row
class Stacked:
    """What a stacking tree leaves of its members."""

    stacking: Stacking
    members: tuple[str, ...]
    guaranteed: Exact
    potential: Exact | None


@row
class Totals:
    """Sums over stacking roots and the awards in no tree. `by_period` is by year; None is the undated rest."""

    guaranteed: Exact
    potential: Exact | None
    unstated: int
    unstated_open: int
    by_period: Mapping[int | None, tuple[Exact, Exact | None]]


@row
class Decision:
    """Everything that was decided about one profile at one date."""

    rulebook: Rulebook
    policies: tuple[Policy, ...]
    profile: Profile
    as_of: date
    findings: tuple[Finding, ...]
    stacked: tuple[Stacked, ...]
    totals: Totals
    assumptions: Mapping[str, object] = MappingProxyType({})
    choices: Mapping[str, object] = MappingProxyType({})
    changes: Sequence[Override] = ()


__all__ = [
    "Amount",
    "Decision",
    "Finding",
    "Line",
    "Missing",
    "Outcome",
    "Reason",
    "SoFar",
    "Stacked",
    "Totals",
    "Truth",
]
