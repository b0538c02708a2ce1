"""Rule files as people write them: the documents of `incentives.yaml`, `targets.yaml` and their kin.

In: the plain data of `yamlfile`. Out: frozen documents whose texts know their place; expressions are still strings.
The JSON Schemas that editors use are generated from these documents (`evaluator schema`).
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias, TypeVar

from evaluator.rulebook.forms import ID, NAMES, TEXT, Document, Form, document, reference, tagged, words
from evaluator.rulebook.yamlfile import Text

T = TypeVar("T")
Id: TypeAlias = Text
IsoDate: TypeAlias = Text
Expression: TypeAlias = Text
"""A FEEL expression, still unparsed."""
Figure: TypeAlias = Text
"""A number as it is, or an expression, still unparsed."""
Due: TypeAlias = Text
"""A date as it is, or an expression for one, still unparsed."""
Data: TypeAlias = object
"""Whatever YAML can hold; checked where it is put."""
Count: TypeAlias = Text
"""A whole number, or an expression for one, still unparsed."""
Year: TypeAlias = int
Positive: TypeAlias = int
Several: TypeAlias = tuple[T, ...]
"""At least one."""
OneOrSeveral: TypeAlias = tuple[T, ...]
"""At least one; a single one may stand without the list."""
Listed: TypeAlias = tuple[T, ...]
"""Any number; a single one may stand without the list."""

Modality = Literal["must", "plan", "strive", "encourage", "explore"]
Question = Literal[
    "unit",
    "period",
    "counting-date",
    "recipient",
    "combination",
    "edge",
    "base",
    "scope",
    "measure",
    "deadline",
    "amount",
]
HitPolicy = Literal["U", "A", "C+", "C<", "C>"]


@document
class Label(Document):
    """A text for people."""

    zh: Text
    en: Text


@document
class Citation(Document):
    """The sentence that a rule rests on, and the figures as printed there."""

    article: Text
    sentence: Positive
    figures: tuple[Text, ...] = ()


@document
class OtherReading(Document):
    """Another reading with what it changes: values of the rule by dotted path, null to take a key away."""

    id: Id
    set: dict[Text, Data]
    label: Label | None = None


Alternative: TypeAlias = Id | OtherReading


@document
class Reading(Document):
    """How an open point of the text was read, and how else it could be."""

    question: Question
    chosen: Id
    alternatives: Several[Alternative]
    note: Label


@document
class DatedFrom(Document):
    """A date of the policy with where it comes from."""

    date: IsoDate
    basis: Literal["stated", "inferred"]
    note: Label | None = None


@document
class InForce(Document):
    """First and last day (both count) on which what happens counts."""

    from_: DatedFrom
    until: DatedFrom | Literal["open"]


@document
class Years(Document):
    """First and last year, both included."""

    from_: Year
    to: Year


# ------------------------------------------------------------------ conditions


@document
class Combination(Document):
    """A node of a condition: one of `all`, `any`, `not`, `at_least`; `unless` lists exceptions to it."""

    all: tuple[Condition, ...] | None = None
    any: tuple[Condition, ...] | None = None
    not_: Condition | None = None
    at_least: AtLeast | None = None
    unless: Listed[Condition] | None = None


@document
class AtLeast(Document):
    """At least `n` of the conditions hold."""

    n: Positive
    of: tuple[Condition, ...]


Condition: TypeAlias = Text | Combination


# ------------------------------------------------------------------ amounts


@document
class TableRow(Document):
    """One row of a table: a unary test per column (`-` for any), and the amount."""

    if_: Listed[Text]
    then: Amount


@document
class Table(Document):
    """An amount looked up by one or more facts."""

    by: OneOrSeveral[Text]
    hit: HitPolicy = "U"
    rows: dict[Text, Amount] | tuple[TableRow, ...]


@document
class Slice(Document):
    """The part of a base above `over` has this rate."""

    over: Figure
    rate: Expression


@document
class Brackets(Document):
    """Rates by the size of a base: each slice at its own rate, or one rate on the whole base.

    `edge` says to which bracket a whole base exactly at a bound belongs. Of money a rate is a percentage; of any other
    base it is a sum for each `per`.
    """

    base: Expression
    per: Figure | None = None
    on: Literal["slice", "whole"]
    edge: Literal["lower", "upper"] | None = None
    rates: Several[Slice]
    cap: Expression | None = None


@document
class Steps(Document):
    """So much for every further step of a base, in whole steps or pro rata."""

    base: Expression
    every: Figure
    amount: Expression
    count: Literal["whole", "pro-rata"]
    over: Figure | None = None
    cap: Expression | None = None


@document
class Match(Document):
    """A share of what another award comes to."""

    award: Text
    share: Expression


@document
class Rounding(Document):
    """To whole multiples of an amount of money."""

    to: Expression
    how: Literal["half-up", "down", "up"]


@document
class AmountForm(Document):
    """Exactly one form of amount, `times` a factor, rounded, at least `floor`, at most `cap`, less `minus`.

    What then comes to less than `nothing_below` is not paid. `decided` names the fact that holds the later decision.
    """

    table: Table | None = None
    rate: Expression | None = None
    base: Expression | None = None
    brackets: Brackets | None = None
    steps: Steps | None = None
    match: Match | None = None
    sum: tuple[Amount, ...] | None = None
    of: Amount | None = None
    up_to: Expression | None = None
    between: tuple[Expression, Expression] | None = None
    decided: Text | None = None
    times: Figure | None = None
    round: Rounding | None = None
    floor: Expression | None = None
    cap: Expression | None = None
    minus: Expression | None = None
    nothing_below: Expression | None = None


Amount: TypeAlias = Text | AmountForm


# ------------------------------------------------------------------ rules


@document
class Window(Document):
    """When to apply; both days included. With `applied`, the day of the application, applying late forfeits.

    The ends are days (2025-03-01), the same days of every year (03-01), or expressions for days.
    """

    from_: Due
    until: Due
    applied: Expression | None = None


@document
class Limit(Document):
    """At most so many entries are paid, of all or of each group."""

    count: Count
    per: Literal["all", "group"]


@document
class OrderBy(Document):
    """Entries in the order of a key."""

    by: Expression
    first: Literal["least", "greatest"]


Order: TypeAlias = Literal["listed", "amount"] | OrderBy


@document
class Instalment(Document):
    """A share of what is paid, from a day on and on a condition."""

    share: Expression
    on: Expression | None = None
    when: Condition | None = None


@document
class Payer(Document):
    """Who bears which share."""

    payer: Label
    share: Expression


@document
class Recipient(Document):
    """Who gets which share."""

    recipient: Label
    share: Expression


@document
class RuleDocument(Document):
    """What every rule states."""

    id: Id
    title: Label
    cite: OneOrSeveral[Citation]
    for_: OneOrSeveral[Id]
    modality: Modality
    responsible: tuple[Text, ...] = ()
    in_force: InForce | None = None
    readings: tuple[Reading, ...] = ()
    note: Label | None = None
    stub: bool = False


@document
class SupportDocument(RuleDocument):
    """A benefit without money."""

    applies_when: Condition | None = None
    each: Text | None = None
    judged_by: Text | None = None
    when: Condition | None = None
    evidence: tuple[Label, ...] = ()
    window: Window | None = None


@document
class IncentiveDocument(SupportDocument):
    """A payment."""

    group: Expression | None = None
    order: Order | None = None
    limit: Limit | None = None
    amount: Amount
    instalments: tuple[Instalment, ...] = ()
    payers: tuple[Payer, ...] = ()
    recipients: tuple[Recipient, ...] = ()


@document
class OverEach(Document):
    """Every member of that kind."""

    each: Id


@document
class OverShare(Document):
    """The share of members of that kind that pass `where`."""

    share: Id
    where: Expression


Over: TypeAlias = Literal["self"] | OverEach | OverShare


@document
class QuantityForm(Document):
    """What of the metric is measured, when not its level: exactly one of these."""

    cumulative: Year | None = None
    growth: Year | Literal["previous"] | None = None
    average_growth: Year | None = None


Quantity: TypeAlias = Literal["level", "flow"] | QuantityForm


@document
class ScheduleEntry(Document):
    """One figure with its time. Exactly one of `by`, `every`, `hold`; and `test` or `vague`."""

    id: Text | None = None
    by: Year | Literal["none"] | IsoDate | None = None
    every: Years | None = None
    hold: Years | None = None
    period: Year | None = None
    test: Expression | None = None
    vague: Literal["approx", "increase", "decrease", "indefinite"] | None = None
    value: Expression | None = None
    base: Year | None = None
    fails_unless: Expression | None = None
    holds_if: Expression | None = None
    cite: Listed[Citation] | None = None
    modality: Modality | None = None
    quantity: Quantity | None = None
    over: Over | None = None
    readings: tuple[Reading, ...] = ()
    note: Label | None = None


@document
class TargetDocument(RuleDocument):
    """A figure to be reached."""

    applies_when: Condition | None = None
    metric: Text
    over: Over = "self"
    quantity: Quantity | None = None
    schedule: Several[ScheduleEntry]


@document
class Requires(Combination):
    """A condition, or an attested question."""

    attest: Label | None = None


Requirement: TypeAlias = Text | Requires


@document
class Follows(Document):
    """The award that a duty follows from: as soon as it is due to the profile, or once it was paid."""

    award: Text
    once: Literal["entitled", "paid"]


@document
class ObligationDocument(RuleDocument):
    """A duty. `due` is a date, or an expression for one."""

    follows: Follows | None = None
    applies_when: Condition | None = None
    requires: Requirement
    due: Due | None = None
    every: Years | None = None
    over: Over = "self"
    claw_back: Amount | None = None


def shape(value: object) -> str | None:
    """Which of two shapes a value has: a text or a mapping."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        return "text"
    return "mapping" if isinstance(value, dict | Document) else None


def _overshape(value: object) -> str | None:
    if value == "self":
        return "self"
    if isinstance(value, OverEach | OverShare):
        return "share" if isinstance(value, OverShare) else "each"
    if isinstance(value, dict):
        return "share" if "share" in value else "each"
    return None


_CONDITION: Final = (
    "a condition: an expression in a string, or a mapping with `all`, `any`, `not`, `at_least` or `unless`"
)
_AMOUNT: Final = "an amount: an expression such as `30万元`, `unstated`, or a mapping with `table`, `rate`, `up_to` …"
_ORDER: Final = "`listed`, `amount` or a mapping such as `{by: 发布日期, first: least}`"
_QUANTITY: Final = "`level`, `flow` or a mapping with `cumulative`, `growth` or `average_growth`"
_REQUIREMENT: Final = "a condition, or `{attest: {zh: …, en: …}}`"
_ALTERNATIVE: Final = "the id of a reading, or `{id: …, set: {PATH: VALUE}}`"
_OVER: Final = "`self`, `{each: KIND}` or `{share: KIND, where: TEST}`"

NAMES["Modality"] = words(Modality)
NAMES["Question"] = words(Question)
NAMES["HitPolicy"] = words(HitPolicy)
NAMES["Data"] = Form({"type": "any"})
NAMES["Alternative"] = tagged(_ALTERNATIVE, shape, text=ID, mapping=reference("OtherReading"))
NAMES["Condition"] = tagged(_CONDITION, shape, text=TEXT, mapping=reference("Combination"))
NAMES["Amount"] = tagged(_AMOUNT, shape, text=TEXT, mapping=reference("AmountForm"))
NAMES["Order"] = tagged(_ORDER, shape, text=words(Literal["listed", "amount"]), mapping=reference("OrderBy"))
NAMES["Requirement"] = tagged(_REQUIREMENT, shape, text=TEXT, mapping=reference("Requires"))
NAMES["Quantity"] = tagged(_QUANTITY, shape, text=words(Literal["level", "flow"]), mapping=reference("QuantityForm"))
NAMES["Over"] = tagged(
    _OVER, _overshape, "over", self=words(Literal["self"]), each=reference("OverEach"), share=reference("OverShare")
)
