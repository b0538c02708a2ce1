"""Rule files as people write them: pydantic models of `incentives.yaml`, `targets.yaml` and their kin.

In: the plain data of `yamlfile`. Out: frozen documents whose texts know their place; expressions are still strings.
The JSON Schemas that editors use are generated from these models (`evaluator schema`).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal, NoReturn

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag
from pydantic_core import PydanticCustomError, PydanticOmit

from evaluator.rulebook.yamlfile import SPAN, Text
from evaluator.source import Span

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


class _Hidden:
    """Keeps a field out of JSON Schemas (as pydantic's SkipJsonSchema does, whose module is slow to import)."""

    def __get_pydantic_json_schema__(self, schema: object, handler: object) -> NoReturn:
        raise PydanticOmit


class Document(BaseModel):
    """What every mapping of a file shares: no unknown keys, no later change, and its place."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, arbitrary_types_allowed=True, defer_build=True, populate_by_name=True
    )

    span: Annotated[Any, Field(alias=SPAN, repr=False, exclude=True), _Hidden()] = None

    @property
    def place(self) -> Span | None:
        """Where the mapping stands, when it was read from a file."""
        return self.span if isinstance(self.span, Span) else None


def _without_span(value: object) -> object:
    if isinstance(value, dict) and SPAN in value:
        return {key: entry for key, entry in value.items() if key != SPAN}
    return value


def _kebab(value: Text) -> Text:
    if value and not value.strip("abcdefghijklmnopqrstuvwxyz0123456789-") and value[0] != "-" and value[-1] != "-":
        return value
    raise PydanticCustomError("id", "should be an id of small letters, digits and hyphens")


def _iso_date(value: Text) -> Text:
    from datetime import date

    try:
        date.fromisoformat(value)
    except ValueError:
        raise PydanticCustomError("date", "should be a date such as 2025-06-30") from None
    if len(value) != 10 or value[7] != "-":  # a week date of ISO 8601 is as long
        raise PydanticCustomError("date", "should be a date such as 2025-06-30")
    return value


def _as_list(value: object) -> object:
    return value if isinstance(value, list | tuple) else [value]


def _as_list_or_none(value: object) -> object:
    return value if value is None else _as_list(value)


def accepts_one(validator: object) -> bool:
    """Whether a field's validator takes one entry for a list of one, so that a schema can say so."""
    return validator in (_as_list, _as_list_or_none)


Id = Annotated[Text, AfterValidator(_kebab)]
IsoDate = Annotated[Text, AfterValidator(_iso_date)]
Year = Annotated[int, Field(strict=True, ge=1949, le=2200)]
Expression = Text
"""A FEEL expression, still unparsed."""


class Label(Document):
    """A text for people."""

    zh: Text
    en: Text


class Citation(Document):
    """The sentence that a rule rests on, and the figures as printed there."""

    article: Text
    sentence: Annotated[int, Field(strict=True, ge=1)]
    figures: tuple[Text, ...] = ()


class Reading(Document):
    """How an open point of the text was read, and how else it could be."""

    question: Question
    chosen: Id
    alternatives: Annotated[tuple[Id, ...], Field(min_length=1)]
    note: Label


class DatedFrom(Document):
    """A date of the policy with where it comes from."""

    date: IsoDate
    basis: Literal["stated", "inferred"]
    note: Label | None = None


class InForce(Document):
    """First and last day (both count) on which what happens counts."""

    from_: Annotated[DatedFrom, Field(alias="from")]
    until: DatedFrom | Literal["open"]


class Years(Document):
    """First and last year, both included."""

    from_: Annotated[Year, Field(alias="from")]
    to: Year


# ------------------------------------------------------------------ conditions


class Combination(Document):
    """A node of a condition: one of `all`, `any`, `not`, `at_least`; `unless` lists exceptions to it."""

    all: tuple[Condition, ...] | None = None
    any: tuple[Condition, ...] | None = None
    not_: Annotated[Condition | None, Field(alias="not")] = None
    at_least: AtLeast | None = None
    unless: Annotated[tuple[Condition, ...] | None, BeforeValidator(_as_list)] = None


class AtLeast(Document):
    """At least `n` of the conditions hold."""

    n: Annotated[int, Field(strict=True, ge=1)]
    of: tuple[Condition, ...]


def _shape(value: object) -> str | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        return "text"
    return "mapping" if isinstance(value, dict | BaseModel) else None


def _shapes(what: str) -> Discriminator:
    return Discriminator(_shape, custom_error_type="shape", custom_error_message=f"should be {what}")


Condition = Annotated[
    Annotated[Text, Tag("text")] | Annotated[Combination, Tag("mapping")],
    _shapes("a condition: an expression in a string, or a mapping with `all`, `any`, `not`, `at_least` or `unless`"),
]


# ------------------------------------------------------------------ amounts


class TableRow(Document):
    """One row of a table: a unary test per column (`-` for any), and the amount."""

    if_: Annotated[tuple[Text, ...], Field(alias="if"), BeforeValidator(_as_list)]
    then: Expression


class Table(Document):
    """An amount looked up by one or more facts."""

    by: Annotated[tuple[Text, ...], BeforeValidator(_as_list), Field(min_length=1)]
    hit: HitPolicy = "U"
    rows: Annotated[dict[Text, Expression] | tuple[TableRow, ...], BeforeValidator(_without_span)]


class Rate(Document):
    """A rate times a base, between a floor and a cap."""

    rate: Expression
    base: Expression
    cap: Expression | None = None
    floor: Expression | None = None


class Slice(Document):
    """The part of a base above `over` has this rate."""

    over: Expression
    rate: Expression


class Brackets(Document):
    """Marginal brackets: each slice of the base has its own rate."""

    base: Expression
    rates: Annotated[tuple[Slice, ...], Field(min_length=1)]
    cap: Expression | None = None


class Steps(Document):
    """So much for every further step of a base, in whole steps or pro rata."""

    base: Expression
    every: Expression
    amount: Expression
    count: Literal["whole", "pro-rata"]
    over: Expression | None = None
    cap: Expression | None = None


class AmountForm(Document):
    """Exactly one form of amount; `decided` names the fact that holds the later decision on it."""

    table: Table | None = None
    rate: Expression | None = None
    base: Expression | None = None
    cap: Expression | None = None
    floor: Expression | None = None
    brackets: Brackets | None = None
    steps: Steps | None = None
    up_to: Expression | None = None
    between: tuple[Expression, Expression] | None = None
    decided: Text | None = None


Amount = Annotated[
    Annotated[Text, Tag("text")] | Annotated[AmountForm, Tag("mapping")],
    _shapes("an amount: an expression such as `30万元`, `unstated`, or a mapping with `table`, `rate`, `up_to` …"),
]


# ------------------------------------------------------------------ rules


class Window(Document):
    """When to apply; both days included."""

    from_: Annotated[IsoDate, Field(alias="from")]
    until: IsoDate


class RuleDocument(Document):
    """What every rule states."""

    id: Id
    title: Label
    cite: Annotated[tuple[Citation, ...], BeforeValidator(_as_list), Field(min_length=1)]
    for_: Annotated[tuple[Id, ...], Field(alias="for", min_length=1), BeforeValidator(_as_list)]
    modality: Modality
    responsible: tuple[Text, ...] = ()
    in_force: InForce | None = None
    readings: tuple[Reading, ...] = ()
    note: Label | None = None
    stub: bool = False


class SupportDocument(RuleDocument):
    """A benefit without money."""

    applies_when: Condition | None = None
    each: Text | None = None
    judged_by: Text | None = None
    when: Condition | None = None
    evidence: tuple[Label, ...] = ()
    window: Window | None = None


class IncentiveDocument(SupportDocument):
    """A payment."""

    amount: Amount


class OverEach(Document):
    """Every member of that kind."""

    each: Id


class OverShare(Document):
    """The share of members of that kind that pass `where`."""

    share: Id
    where: Expression


def _over_shape(value: object) -> str | None:
    if value == "self":
        return "self"
    if isinstance(value, dict | BaseModel):
        keys = value.keys() if isinstance(value, dict) else type(value).model_fields
        return "share" if "share" in keys else "each"
    return None


Over = Annotated[
    Annotated[Literal["self"], Tag("self")] | Annotated[OverEach, Tag("each")] | Annotated[OverShare, Tag("share")],
    Discriminator(
        _over_shape,
        custom_error_type="over",
        custom_error_message="should be `self`, `{each: KIND}` or `{share: KIND, where: TEST}`",
    ),
]


class QuantityForm(Document):
    """What of the metric is measured, when not its level: exactly one of these."""

    cumulative: Year | None = None
    growth: Year | Literal["previous"] | None = None
    average_growth: Year | None = None


Quantity = Annotated[
    Annotated[Literal["level", "flow"], Tag("text")] | Annotated[QuantityForm, Tag("mapping")],
    _shapes("`level`, `flow` or a mapping with `cumulative`, `growth` or `average_growth`"),
]


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
    cite: Annotated[tuple[Citation, ...] | None, BeforeValidator(_as_list_or_none)] = None
    modality: Modality | None = None
    quantity: Quantity | None = None
    over: Over | None = None
    readings: tuple[Reading, ...] = ()
    note: Label | None = None


class TargetDocument(RuleDocument):
    """A figure to be reached."""

    applies_when: Condition | None = None
    metric: Text
    over: Over = "self"
    quantity: Quantity | None = None
    schedule: Annotated[tuple[ScheduleEntry, ...], Field(min_length=1)]


class Attestation(Document):
    """A yes/no question that the duty itself declares; the fact is `policy/rule-id`."""

    attest: Label


class Requires(Combination):
    """A condition, or an attested question."""

    attest: Label | None = None


class ObligationDocument(RuleDocument):
    """A duty."""

    applies_when: Condition | None = None
    requires: Annotated[
        Annotated[Text, Tag("text")] | Annotated[Requires, Tag("mapping")],
        _shapes("a condition, or `{attest: {zh: …, en: …}}`"),
    ]
    due: IsoDate | None = None
    every: Years | None = None
    over: Over = "self"


class SumCap(Document):
    """The sum of the members, at most `cap`."""

    of: tuple[StackMember, ...]
    cap: Expression


class StackNode(Document):
    """Exactly one way in which the members combine."""

    highest_of: tuple[StackMember, ...] | None = None
    silent: tuple[StackMember, ...] | None = None
    sum: SumCap | None = None


StackMember = Annotated[
    Annotated[Text, Tag("text")] | Annotated[StackNode, Tag("mapping")],
    _shapes("the id of an incentive, or a nested mapping with `highest_of`, `sum` or `silent`"),
]


class StackingDocument(StackNode):
    """How awards combine."""

    id: Id
    title: Label
    cite: Annotated[tuple[Citation, ...], BeforeValidator(_as_list)] = ()
    scope: Literal["item", "entity", "period"]
    readings: tuple[Reading, ...] = ()


class RuleFile(Document):
    """One rule file of a policy folder."""

    incentives: tuple[IncentiveDocument, ...] = ()
    supports: tuple[SupportDocument, ...] = ()
    targets: tuple[TargetDocument, ...] = ()
    obligations: tuple[ObligationDocument, ...] = ()
    stacking: tuple[StackingDocument, ...] = ()


Number = int | Decimal
