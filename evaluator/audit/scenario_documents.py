"""Scenario files as people write them: pydantic models of `scenarios/<policy>/*.yaml` (docs/format.md, section 4)."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, Discriminator, Field, Tag

from evaluator.rulebook.models import Id, IsoDate, Label, Model, as_list_or_none
from evaluator.rulebook.profile_documents import MemberDocument, MemberList, ProfileDocument
from evaluator.rulebook.yamlfile import SPAN, Text

OutcomeWord = Literal["satisfied", "not_satisfied", "unknown", "not_applicable", "not_due", "indeterminate"]
Number = Annotated[int, Field(strict=True)] | Annotated[Decimal, Field(strict=True)]
Count = Annotated[int, Field(strict=True, ge=0)]


def _without_span(value: object) -> object:
    return {key: entry for key, entry in value.items() if key != SPAN} if isinstance(value, dict) else value


def _profile_shape(value: object) -> str | None:
    if isinstance(value, str):
        return "file"
    return "mapping" if isinstance(value, dict | BaseModel) else None


class ExpectedSum(Model):
    """What a sum must come to, in yuan; null: nothing bounds it."""

    guaranteed: Number | None = None
    potential: Number | None = None


ExpectedParts = Annotated[dict[Text, ExpectedSum], BeforeValidator(_without_span)]
"""What each payer bears, or each recipient gets, by their Chinese names."""


class ExpectedTotals(Model):
    """Sums that must come out, in yuan; null: nothing bounds it. What is not written is not looked at."""

    guaranteed: Number | None = None
    potential: Number | None = None
    unstated: Count | None = None
    unstated_open: Count | None = None
    later: ExpectedSum | None = None
    claw_back: ExpectedSum | None = None


class ExpectedFinding(Model):
    """What must come out of one finding; only the keys that are written are compared."""

    outcome: OutcomeWord | None = None
    breach: bool | None = None
    gap: Number | None = None
    reason: Text | None = None
    guaranteed: Number | None = None
    potential: Number | None = None
    stated: bool | None = None
    later: ExpectedSum | None = None
    claw_back: ExpectedSum | None = None
    payers: ExpectedParts = Field(default_factory=dict)
    recipients: ExpectedParts = Field(default_factory=dict)
    missing: tuple[Text, ...] | None = None
    decisions: tuple[Text, ...] | None = None
    article: Annotated[tuple[Text, ...] | None, BeforeValidator(as_list_or_none)] = None


class ExpectedStacking(Model):
    """What awards must come to together, in yuan; only the keys that are written are compared."""

    guaranteed: Number | None = None
    potential: Number | None = None
    later: ExpectedSum | None = None
    payers: ExpectedParts = Field(default_factory=dict)
    recipients: ExpectedParts = Field(default_factory=dict)


class ExpectedOutcomes(Model):
    """Findings by the outcome that each must have."""

    satisfied: tuple[Text, ...] = ()
    not_satisfied: tuple[Text, ...] = ()
    unknown: tuple[Text, ...] = ()
    not_applicable: tuple[Text, ...] = ()
    not_due: tuple[Text, ...] = ()
    indeterminate: tuple[Text, ...] = ()


class Expectation(Model):
    """All that must come out of a scenario."""

    totals: ExpectedTotals | None = None
    outcomes: ExpectedOutcomes | None = None
    findings: Annotated[dict[Text, ExpectedFinding], BeforeValidator(_without_span)] = Field(default_factory=dict)
    stackings: Annotated[dict[Text, ExpectedStacking], BeforeValidator(_without_span)] = Field(default_factory=dict)


class ProfileChange(Model):
    """What differs from the profile of the `base` scenario: mappings are merged, null removes, the rest replaces."""

    kind: Text | None = None
    name: Text | None = None
    jurisdiction: Text | None = None
    code: Text | None = None
    facts: dict[Text, object] | None = None
    metrics: dict[Text, object] | None = None
    members: tuple[MemberDocument, ...] | MemberList | None = None


class ScenarioDocument(Model):
    """One recorded case: a `profile` (or a `base` with its `change`), a date, and what must come out."""

    id: Id
    purpose: Label
    as_of: IsoDate
    policies: tuple[Id, ...] = ()
    rules: tuple[Text, ...] = ()
    assume: dict[Text, object] = Field(default_factory=dict)
    choose: Annotated[dict[Text, Text], BeforeValidator(_without_span)] = Field(default_factory=dict)
    profile: (
        Annotated[
            Annotated[Text, Tag("file")] | Annotated[ProfileDocument, Tag("mapping")],
            Discriminator(
                _profile_shape, custom_error_type="shape", custom_error_message="should be a profile or a file's name"
            ),
        ]
        | None
    ) = None
    base: Id | None = None
    change: ProfileChange | None = None
    expect: Expectation


class ScenarioFile(Model):
    """One file of recorded cases."""

    scenarios: Annotated[tuple[ScenarioDocument, ...], Field(min_length=1)]
