"""What an engine answers: findings with outcomes, amounts and citations, and their totals; one form for all engines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from enum import Enum
from types import MappingProxyType
from typing import Literal, TypeAlias

from evaluator.engines.trace import Step
from evaluator.engines.truth import Truth
from evaluator.record import record, row
from evaluator.rulebook.model import Alternative, AnyRule, Citation, Entry, Policy, Rulebook, Stacking
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
    """One payment: for which item, in which year, by and to whom; yuan, `potential` None where nothing bounds it.

    It has accrued by the date of the question, comes later, or was paid as the list of payments received says.
    """

    item: str
    period: int | None
    payer: Name | None
    guaranteed: Exact
    potential: Exact | None
    state: LineState = "accrued"
    recipient: Name | None = None


@row
class Share:
    """What one item (or the profile as a whole) comes to before it is split into payments; yuan.

    `period` is the year of the date that counts. The last two are the part that has accrued.
    """

    item: str
    period: int | None
    guaranteed: Exact
    potential: Exact | None
    accrued: Exact
    accrued_at_most: Exact | None


@row
class Amount:
    """What is certain and what is at most possible by the date of the question, in yuan.

    Not stated: the text names no amount. `lines` are the payments, `shares` what was split into them (none where the
    lines are as they came). `more`: beside them there may be others, of entries not given. `promised`
    is what accrued and what comes later together, where something comes later.
    """

    guaranteed: Exact
    potential: Exact | None
    stated: bool
    lines: tuple[Line, ...] = ()
    more: bool = False
    shares: tuple[Share, ...] = ()
    promised: tuple[Exact, Exact | None] | None = None

    @property
    def whole(self) -> tuple[Exact, Exact | None]:
        """What is certain and what is at most possible, now and later."""
        return self.promised or (self.guaranteed, self.potential)


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
    amount: Amount | None
    missing: tuple[Missing, ...]
    decisions: tuple[Missing, ...]
    trace: Step
    due: date | None = None
    claw_back: Amount | None = None
    so_far: SoFar | None = None
    gap: Exact | None = None
    measured: object = None
    required: object = None

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
    """What a stacking tree leaves of its members: by the date of the question, and of what comes `later`.

    `choice` is the member that the applicant chose, or None; `best` those that pay most where the applicant may choose.
    `payers` and `recipients` have the shares of what it leaves by the date of the question, by name.
    """

    stacking: Stacking
    members: tuple[str, ...]
    guaranteed: Exact
    potential: Exact | None
    later: tuple[Exact, Exact | None] = (0, 0)
    choice: str | None = None
    best: tuple[str, ...] = ()
    missing: tuple[Missing, ...] = ()
    decisions: tuple[Missing, ...] = ()
    payers: tuple[tuple[Name, Exact, Exact | None], ...] = ()
    recipients: tuple[tuple[Name, Exact, Exact | None], ...] = ()


@row
class Totals:
    """Sums over stacking roots and the awards in no tree. `by_period` is by year; None is the undated rest.

    `later` is what is promised for after the date of the question, `claw_back` what is to be paid back.
    """

    guaranteed: Exact
    potential: Exact | None
    unstated: int
    unstated_open: int
    by_period: Mapping[int | None, tuple[Exact, Exact | None]]
    later: tuple[Exact, Exact | None] = (0, 0)
    claw_back: tuple[Exact, Exact | None] = (0, 0)


@record
class UnderReading:
    """One finding, or what a tree leaves, as chosen and under another reading; `totals` are those under it.

    `finding` and `other` are None for a tree, and where only one of the readings has that entry. `changes`: something
    in the whole answer is another than as chosen.
    """

    alternative: Alternative
    id: str
    finding: Finding | None
    other: Finding | None
    before: Amount | None
    after: Amount | None
    totals: Totals
    changes: bool

    @property
    def differs(self) -> bool:
        """Whether this finding or tree itself is another one."""
        outcomes = [None if one is None else (one.outcome, one.gap) for one in (self.finding, self.other)]
        amounts = [
            None if one is None else (one.stated, one.guaranteed, one.potential) for one in (self.before, self.after)
        ]
        return outcomes[0] != outcomes[1] or amounts[0] != amounts[1]


@row
class OtherReadings:
    """The answer under other readings, and how many are told but cannot be worked out."""

    rows: tuple[UnderReading, ...]
    told_only: int


@row
class Decision:
    """Everything that was decided about one profile at one date; `readings` where other ones were asked for."""

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
    readings: OtherReadings | None = None


__all__ = [
    "Amount",
    "Decision",
    "Finding",
    "Line",
    "Missing",
    "OtherReadings",
    "Outcome",
    "Reason",
    "Share",
    "SoFar",
    "Stacked",
    "Totals",
    "Truth",
    "UnderReading",
]
