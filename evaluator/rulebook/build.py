"""Vocabulary and policy documents to their typed forms, with every clash of names reported."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import TypeVar

from evaluator.diagnostics import Diagnostic, did_you_mean
from evaluator.rulebook import model, vocabulary_documents
from evaluator.rulebook.history import PAYMENT, payments
from evaluator.rulebook.reader import dated, name
from evaluator.rulebook.vocabulary import (
    BOOL,
    DATE,
    TEXT,
    Changeable,
    Choice,
    ChoiceType,
    Exact,
    Fact,
    Field,
    Kind,
    ListType,
    Metric,
    Name,
    NumberType,
    Parameter,
    Place,
    Record,
    Type,
    Unit,
    Vocabulary,
    exact,
)
from evaluator.rulebook.yamlfile import Text

T = TypeVar("T")


class Builder:
    """Collects the documents of all vocabulary files into one vocabulary."""

    def __init__(self) -> None:
        self.problems: list[Diagnostic] = []
        self.kinds: dict[str, Kind] = {}
        self.units: dict[str, Unit] = {}
        self.places: dict[str, Place] = {}
        self.records: dict[str, Record] = {}
        self.facts: dict[str, Fact] = {}
        self.metrics: dict[str, Metric] = {}
        self.parameters: dict[str, Parameter] = {}
        self.labels: dict[str, Text] = {}

    def build(self, files: Iterable[vocabulary_documents.VocabularyFile]) -> Vocabulary:
        """The vocabulary of all files; problems are in `problems`."""
        documents = list(files)
        for file in documents:
            for kind in file.kinds:
                if kind.group == "region" and kind.level is None:
                    self.problem("level", f"the region `{kind.id}` has no `level`", kind.id, "1 is the province's")
                typed = Kind(id=str(kind.id), label=name(kind.label), group=kind.group, level=kind.level)
                self._add(self.kinds, kind.id, typed, "kind")
            for unit in file.units:
                factor = exact(Fraction(unit.factor))
                if factor <= 0:
                    self.problem("unit", f"the factor of `{unit.id}` is not above 0", unit.id)
                made = Unit(
                    id=str(unit.id),
                    dimension=str(unit.dimension),
                    factor=factor,
                    en=str(unit.id if unit.en is None else unit.en),
                )
                self._add(self.units, unit.id, made, "unit")
            for place in file.places:
                self._add(self.places, place.path, _place(place), "place")
        for file in documents:
            for place in file.places:
                self._registered(place)
        for file in documents:
            for record in file.records:
                fields = tuple(self._field(field) for field in record.fields)
                self._unique_fields(record)
                typed_record = Record(id=str(record.id), label=name(record.label), fields=fields)
                self._add(self.records, record.id, typed_record, "record")
        for file in documents:
            for fact in file.facts:
                self._label(fact.label.zh, self.facts, fact.id)
                self._add(self.facts, fact.id, self._fact(fact), "fact")
            for metric in file.metrics:
                self._label(metric.label.zh, self.metrics, metric.id)
                self._add(self.metrics, metric.id, self._metric(metric), "metric")
            for parameter in file.parameters:
                self._label(parameter.label.zh, self.facts, parameter.id)
                self._add(self.parameters, parameter.id, self._parameter(parameter), "parameter")
        self._built_in()
        return Vocabulary(self.kinds, self.units, self.places, self.records, self.facts, self.metrics, self.parameters)

    def _built_in(self) -> None:
        """Add the list of payments received, which no vocabulary declares."""
        organisations = [kind.id for kind in self.kinds.values() if kind.group == "organisation"]
        fact = payments(organisations)
        help = "the list of payments received is built in; use it as it is, or choose another word"
        if PAYMENT.id in self.records:
            where = f"record `{PAYMENT.id}`"
            self.problems.append(Diagnostic("duplicate-id", f"`{PAYMENT.id}` is built in", None, help, where=where))
        if fact.id in self.facts:
            self.problems.append(Diagnostic("duplicate-id", f"`{fact.id}` is built in", self.facts[fact.id].span, help))
        if fact.label.zh in self.labels:
            self.problem("duplicate-label", f"`{fact.label.zh}` is built in", self.labels[fact.label.zh], help)
        self.units.setdefault("元", Unit(id="元", dimension="money", factor=1, en="yuan"))
        self.records[PAYMENT.id] = PAYMENT
        self.facts[fact.id] = fact

    def problem(self, code: str, message: str, text: Text, help: str | None = None) -> None:
        """Keep one problem."""
        self.problems.append(Diagnostic(code, message, text.span, help))

    def _add(self, table: dict[str, T], id: Text, value: T, what: str) -> None:
        if id in table:
            self.problem("duplicate-id", f"there are two {what}s `{id}`", id)
        table[str(id)] = value

    def _label(self, label: Text, table: dict[str, T], id: Text) -> None:
        if label in self.labels:
            first = self.labels[label].span
            help = None if first is None else f"the other stands at {first}"
            self.problem("duplicate-label", f"two facts or metrics are labelled `{label}`", label, help)
        self.labels[str(label)] = label

    def _unique_fields(self, record: vocabulary_documents.RecordDocument) -> None:
        seen: set[str] = set()
        for field in record.fields:
            words = {str(field.id): field.id, str(field.label.zh): field.label.zh}
            for word, text in words.items():
                if word in seen:
                    self.problem("duplicate-label", f"two fields of `{record.id}` are called `{word}`", text)
            seen.update(words)

    def _registered(self, doc: vocabulary_documents.PlaceDocument) -> None:
        """A place lies in a registered one, as deep as its kind says."""
        path, kind = str(doc.path), self.kinds.get(doc.kind)
        if kind is None:
            help = did_you_mean(doc.kind, self.kinds)
            self.problem("unknown-kind", f"`{doc.kind}` is no kind of profile", doc.kind, help)
        elif kind.group != "region":
            self.problem("level", f"`{kind.id}` is no kind of region", doc.kind)
        elif kind.level is not None and kind.level != path.count("/") + 1:
            message = f"`{path}` has {path.count('/') + 1} levels, which no {kind.id} has"
            self.problem("level", message, doc.path, "write the path from the province down, such as 河北省/承德市")
        parent = path.rpartition("/")[0]
        if parent and parent not in self.places:
            help = did_you_mean(parent, [known for known in self.places if known != path])
            self.problem("unknown-place", f"the vocabulary has no place `{parent}`", doc.path, help)
        if doc.from_ is not None and doc.until is not None and doc.until <= doc.from_:
            self.problem("period", f"`{path}` ends before it begins", doc.until)

    def _extras(self, doc: vocabulary_documents.TypedDocument, sort: str) -> None:
        """Refuse what only another type could have."""
        if doc.choices and sort != "choice":
            self.problem("choices", f"only a choice has `choices`, and `{doc.id}` is a {sort}", doc.id)
        if doc.unit is not None and sort != "number":
            self.problem("unit", f"only a number has a `unit`, and `{doc.id}` is a {sort}", doc.unit)
        if (doc.min is not None or doc.max is not None) and sort != "number":
            self.problem("bounds", f"only a number has `min` and `max`, and `{doc.id}` is a {sort}", doc.id)
        if doc.ordered and sort != "choice":
            self.problem("choices", f"only a choice is `ordered`, and `{doc.id}` is a {sort}", doc.id)

    def _type(self, doc: vocabulary_documents.TypedDocument, sort: str) -> Type:
        self._extras(doc, sort)
        match sort:
            case "number":
                if doc.unit is None:
                    return NumberType(dimension="")
                unit = self.units.get(doc.unit)
                if unit is None:
                    help = did_you_mean(doc.unit, self.units)
                    self.problem("unknown-unit", f"there is no unit `{doc.unit}`", doc.unit, help)
                    return NumberType(dimension="")
                return NumberType(dimension=unit.dimension, unit=unit.id)
            case "choice":
                if not doc.choices:
                    self.problem("choices", f"the choice `{doc.id}` has no `choices`", doc.id)
                self._unique_choices(doc)
                choices = tuple(
                    Choice(id=str(entry.id), label=Name(zh=str(entry.zh), en=str(entry.en))) for entry in doc.choices
                )
                return ChoiceType(choices=choices, ordered=doc.ordered)
            case "bool":
                return BOOL
            case "date":
                return DATE
            case _:
                return TEXT

    def _unique_choices(self, doc: vocabulary_documents.TypedDocument) -> None:
        seen: set[str] = set()
        for choice in doc.choices:
            words = {str(choice.id): choice.id, str(choice.zh): choice.zh}
            for word, text in words.items():
                if word in seen:
                    self.problem("duplicate-choice", f"two choices of `{doc.id}` are called `{word}`", text)
            seen.update(words)

    def _field(self, doc: vocabulary_documents.FieldDocument) -> Field:
        return self._common(doc, self._type(doc, doc.type))

    def _common(self, doc: vocabulary_documents.TypedDocument, type_: Type) -> Field:
        low = high = None
        if isinstance(type_, NumberType):
            low = self._bound(doc.min, type_)
            high = self._bound(doc.max, type_)
            if low is None and type_.dimension not in ("", "ratio"):
                low = 0  # money and counts do not go below nothing
            if low is not None and high is not None and high < low:
                self.problem("bounds", f"the `max` of `{doc.id}` lies below its `min`", doc.id)
        return Field(
            id=str(doc.id),
            label=name(doc.label),
            type=type_,
            low=low,
            high=high,
            question=None if doc.question is None else name(doc.question),
            evidence=None if doc.evidence is None else name(doc.evidence),
            changeable=None if doc.changeable is None else _changeable(doc.changeable),
            span=doc.place,
        )

    def _bound(self, value: object, type_: NumberType) -> Exact | None:
        if value is None:
            return None
        assert not isinstance(value, str)
        factor = self.units[type_.unit].factor if type_.unit else 1
        return exact(Fraction(str(value)) * factor)

    def _fact(self, doc: vocabulary_documents.FactDocument) -> Fact:
        self._kinds(doc.of)
        type_: Type
        if doc.type == "list":
            self._extras(doc, "list")
            if doc.record is None or doc.record not in self.records:
                word = doc.record or doc.id
                help = did_you_mean(word, self.records)
                self.problem("unknown-record", f"the list `{doc.id}` names no record that exists", word, help)
            type_ = ListType(record=str(doc.record))
        else:
            type_ = self._type(doc, doc.type)
        if doc.record is not None and doc.type != "list":
            self.problem("unknown-record", f"only a list has a `record`, and `{doc.id}` is a {doc.type}", doc.record)
        common = self._common(doc, type_)
        return _as_fact(common, tuple(map(str, doc.of)), decision=doc.decision)

    def _parameter(self, doc: vocabulary_documents.ParameterDocument) -> Parameter:
        """The dated values in base units, and the fact that stands for the days without one."""
        typed = vocabulary_documents.FieldDocument(
            id=doc.id, label=doc.label, unit=doc.unit, question=doc.question, evidence=doc.evidence, span=doc.place
        )
        common = self._common(typed, self._type(typed, "number"))
        assert isinstance(common.type, NumberType)
        values: list[tuple[date, Exact]] = []
        for entry in doc.values:
            day = date.fromisoformat(entry.from_)
            if values and day <= values[-1][0]:
                help = "write the values in the order of their days"
                self.problem("parameter", f"`{doc.label.zh}` has a value that begins no later than the one before",
                             entry.from_, help)  # fmt: skip
            values.append((day, self._bound(entry.value, common.type) or 0))
        until = None if doc.until is None else date.fromisoformat(doc.until)
        if until is not None and doc.until is not None and until < values[-1][0]:
            self.problem("parameter", f"`{doc.label.zh}` ends before its last value begins", doc.until)
        fact = _as_fact(common, tuple(self.kinds))
        if fact.id in self.facts:
            self.problem("duplicate-id", f"there is a fact `{fact.id}` too", doc.id)
        self.facts[fact.id] = fact
        return Parameter(fact=fact, values=tuple(values), until=until)

    def _metric(self, doc: vocabulary_documents.MetricDocument) -> Metric:
        self._kinds(doc.of)
        common = self._common(doc, self._type(doc, doc.type))
        return Metric(
            id=common.id,
            label=common.label,
            type=common.type,
            low=common.low,
            high=common.high,
            question=common.question,
            evidence=common.evidence,
            changeable=common.changeable,
            of=tuple(map(str, doc.of)),
            flow=doc.flow,
            span=common.span,
        )

    def _kinds(self, words: Iterable[Text]) -> None:
        for word in words:
            if word not in self.kinds:
                self.problem("unknown-kind", f"`{word}` is no kind of profile", word, did_you_mean(word, self.kinds))


def _as_fact(field: Field, kinds: tuple[str, ...], *, decision: bool = False) -> Fact:
    """A field as a fact that profiles of these kinds have."""
    return Fact(
        id=field.id,
        label=field.label,
        type=field.type,
        low=field.low,
        high=field.high,
        question=field.question,
        evidence=field.evidence,
        changeable=field.changeable,
        of=kinds,
        decision=decision,
        span=field.span,
    )


def _changeable(doc: vocabulary_documents.ChangeableDocument) -> Changeable:
    return Changeable(direction=doc.direction, months=doc.months)


def _place(doc: vocabulary_documents.PlaceDocument) -> Place:
    return Place(
        path=str(doc.path),
        kind=str(doc.kind),
        en=str(doc.en or doc.path),
        since=None if doc.from_ is None else date.fromisoformat(doc.from_),
        until=None if doc.until is None else date.fromisoformat(doc.until),
    )


def build_policy(doc: vocabulary_documents.PolicyDocument, vocabulary: Vocabulary) -> model.Policy:
    """The typed policy; its fact `policy/in-force` settles an open end after `last_named`."""
    title = name(doc.title)
    last = doc.last_named.date
    still = Fact(
        id=f"{doc.id}/in-force",
        label=Name(zh=f"{title.zh}继续有效", en=f"{title.en} still in force"),
        type=BOOL,
        question=Name(
            zh=f"《{title.zh}》在 {last} 之后直至所问之日是否一直有效？",
            en=f"Has “{title.en}” stayed in force from {last} to the date of the question?",
        ),
        evidence=Name(zh="发文机关的有效性公示或规范性文件清理结果", en="the issuer's notice of validity"),
        of=tuple(vocabulary.kinds),
        attested=True,
    )
    return model.Policy(
        id=str(doc.id),
        title=title,
        number=None if doc.number is None else str(doc.number),
        issuer=name(doc.issuer),
        jurisdiction=str(doc.jurisdiction),
        published=dated(doc.published),
        in_force=model.Period(
            since=dated(doc.in_force.from_),
            until=None if isinstance(doc.in_force.until, str) else dated(doc.in_force.until),
        ),
        last_named=dated(doc.last_named),
        still_in_force=still,
        span=doc.id.span,
    )
