"""Vocabulary and policy files as people write them: pydantic models of `vocabulary/*.yaml` and `policy.yaml`."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from evaluator.rulebook.documents import DatedFrom, Document, Id, InForce, IsoDate, Label, _as_list
from evaluator.rulebook.yamlfile import Text

Number = Annotated[int, Field(strict=True)] | Annotated[Decimal, Field(strict=True)]
ValueType = Literal["bool", "number", "choice", "date", "text"]


class KindDocument(Document):
    """What a profile can be."""

    id: Id
    label: Label
    group: Literal["organisation", "region"]
    level: Annotated[int, Field(strict=True, ge=1, le=9)] | None = None


class UnitDocument(Document):
    """A unit of quantities: `factor` leads to the base unit of its dimension."""

    id: Text
    dimension: Text
    factor: Number = 1
    en: Text | None = None


class PlaceDocument(Document):
    """A jurisdiction by its whole path; `from` and `until` bound its membership in its parent."""

    path: Text
    kind: Id
    en: Text | None = None
    from_: Annotated[IsoDate | None, Field(alias="from")] = None
    until: IsoDate | None = None


class ChoiceDocument(Document):
    """One value of a choice."""

    id: Id
    zh: Text
    en: Text


class TypedDocument(Document):
    """Id, label, type and domain of a fact, a field or a metric."""

    id: Id
    label: Label
    unit: Text | None = None
    min: Number | None = None
    max: Number | None = None
    choices: tuple[ChoiceDocument, ...] = ()
    ordered: bool = False
    question: Label | None = None
    evidence: Label | None = None


class FieldDocument(TypedDocument):
    """A field of a record."""

    type: ValueType = "number"


class RecordDocument(Document):
    """What one entry of a list fact looks like."""

    id: Id
    label: Label
    fields: Annotated[tuple[FieldDocument, ...], Field(min_length=1)]


class FactDocument(TypedDocument):
    """A fact of a profile."""

    of: Annotated[tuple[Id, ...], BeforeValidator(_as_list), Field(min_length=1)]
    type: ValueType | Literal["list"]
    record: Id | None = None
    decision: bool = False


class MetricDocument(TypedDocument):
    """A figure by year."""

    of: Annotated[tuple[Id, ...], BeforeValidator(_as_list), Field(min_length=1)]
    type: Literal["number", "bool", "choice"] = "number"
    flow: bool = False


class VocabularyFile(Document):
    """One file of `rules/vocabulary`."""

    kinds: tuple[KindDocument, ...] = ()
    units: tuple[UnitDocument, ...] = ()
    places: tuple[PlaceDocument, ...] = ()
    records: tuple[RecordDocument, ...] = ()
    facts: tuple[FactDocument, ...] = ()
    metrics: tuple[MetricDocument, ...] = ()


class PolicyDocument(Document):
    """The first document of `policy.yaml`."""

    id: Id
    title: Label
    number: Text | None = None
    issuer: Label
    jurisdiction: Text
    published: DatedFrom
    in_force: InForce
    last_named: DatedFrom
    note: Label | None = None
