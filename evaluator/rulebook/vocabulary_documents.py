"""Vocabulary and policy files as people write them: the documents of `vocabulary/*.yaml` and `policy.yaml`."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal, TypeAlias

from evaluator.rulebook.documents import DatedFrom, Id, InForce, IsoDate, Label, OneOrSeveral, Several
from evaluator.rulebook.forms import NAMES, Document, document, words
from evaluator.rulebook.yamlfile import Text

Number: TypeAlias = int | Decimal
Level: TypeAlias = int
Months: TypeAlias = int
ValueType = Literal["bool", "number", "choice", "date", "text"]
NAMES["ValueType"] = words(ValueType)


@document
class KindDocument(Document):
    """What a profile can be."""

    id: Id
    label: Label
    group: Literal["organisation", "region"]
    level: Level | None = None


@document
class UnitDocument(Document):
    """A unit of quantities: `factor` leads to the base unit of its dimension."""

    id: Text
    dimension: Text
    factor: Number = 1
    en: Text | None = None


@document
class PlaceDocument(Document):
    """A jurisdiction by its whole path; `from` and `until` bound its membership in its parent."""

    path: Text
    kind: Id
    en: Text | None = None
    from_: IsoDate | None = None
    until: IsoDate | None = None


@document
class ChoiceDocument(Document):
    """One value of a choice."""

    id: Id
    zh: Text
    en: Text


@document
class ChangeableDocument(Document):
    """In which direction an applicant can change a value, and in how many months at the earliest."""

    direction: Literal["up", "down", "any"] = "up"
    months: Months = 0


@document
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
    changeable: ChangeableDocument | None = None


@document
class FieldDocument(TypedDocument):
    """A field of a record."""

    type: ValueType = "number"


@document
class RecordDocument(Document):
    """What one entry of a list fact looks like."""

    id: Id
    label: Label
    fields: Several[FieldDocument]


@document
class FactDocument(TypedDocument):
    """A fact of a profile."""

    of: OneOrSeveral[Id]
    type: ValueType | Literal["list"]
    record: Id | None = None
    decision: bool = False


@document
class MetricDocument(TypedDocument):
    """A figure by year."""

    of: OneOrSeveral[Id]
    type: Literal["number", "bool", "choice"] = "number"
    flow: bool = False


@document
class DatedValue(Document):
    """The value of a parameter from a day on."""

    from_: IsoDate
    value: Number
    note: Label | None = None


@document
class ParameterDocument(Document):
    """A figure that changes by date; after `until` it is not known."""

    id: Id
    label: Label
    unit: Text | None = None
    values: Several[DatedValue]
    until: IsoDate | None = None
    question: Label | None = None
    evidence: Label | None = None


@document
class VocabularyFile(Document):
    """One file of `rules/vocabulary`."""

    kinds: tuple[KindDocument, ...] = ()
    units: tuple[UnitDocument, ...] = ()
    places: tuple[PlaceDocument, ...] = ()
    records: tuple[RecordDocument, ...] = ()
    facts: tuple[FactDocument, ...] = ()
    metrics: tuple[MetricDocument, ...] = ()
    parameters: tuple[ParameterDocument, ...] = ()


@document
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
    stub: bool = False
