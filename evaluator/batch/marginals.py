"""What a made-up population looks like: a YAML file of shares, checked against the vocabulary.

In: `population.yaml` of a rulebook, or another file. Out: `Marginals`. Shares are whole per cents, so no draw ever
needs a fraction.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Final

from pydantic import BeforeValidator, Field

from evaluator.diagnostics import Diagnostic, RuleError, did_you_mean
from evaluator.rulebook.model import Rulebook
from evaluator.rulebook.models import IsoDate, Model
from evaluator.rulebook.validate import validate
from evaluator.rulebook.vocabulary import ChoiceType, ListType, NumberType
from evaluator.rulebook.vocabulary import Field as Asked
from evaluator.rulebook.yamlfile import SPAN, Text, read_file

NAME: Final = "population.yaml"


def _named(value: object) -> object:
    """A mapping of names that the file chooses, without its place."""
    return {key: part for key, part in value.items() if key != SPAN} if isinstance(value, dict) else value


Share = Annotated[int, Field(ge=0, le=100)]
Weight = Annotated[int, Field(ge=0, le=1_000_000)]


Weights = Annotated[dict[Text, Weight], BeforeValidator(_named)]


class Dates(Model):
    """From which day to which day dates lie."""

    since: IsoDate
    until: IsoDate

    @property
    def days(self) -> tuple[date, date]:
        """Both ends."""
        return date.fromisoformat(self.since), date.fromisoformat(self.until)


class Marginal(Model):
    """How one fact or field is drawn: the share left open, then the share that holds, of each choice, or of no entry.

    `most` is the greatest number of entries, `low` and `high` bound a number in the unit of its fact.
    """

    unknown: Share | None = None
    holds: Share | None = None
    shares: Weights = Field(default_factory=dict)
    none: Share = 50
    most: Annotated[int, Field(ge=1, le=100)] = 3
    low: Annotated[int, Field(ge=-(10**12), le=10**12)] | None = None
    high: Annotated[int, Field(ge=-(10**12), le=10**12)] | None = None


class Marginals(Model):
    """A whole population. `columns` are texts that are no facts, to group by."""

    kind: Text
    places: Weights = Field(default_factory=dict)
    unknown: Share = 20
    holds: Share = 25
    dates: Dates = Dates(since=Text("2016-01-01"), until=Text("2025-12-31"))
    columns: Annotated[dict[Text, Weights], BeforeValidator(_named)] = Field(default_factory=dict)
    facts: Annotated[dict[Text, Marginal], BeforeValidator(_named)] = Field(default_factory=dict)
    fields: Annotated[dict[Text, Marginal], BeforeValidator(_named)] = Field(default_factory=dict)


def load_marginals(path: Path, rulebook: Rulebook) -> Marginals:
    """The file's marginals. Raises RuleError with everything that is wrong."""
    problems: list[Diagnostic] = []
    documents = read_file(path)
    if len(documents) != 1:
        raise RuleError([Diagnostic("shape", "the file should hold one YAML document", where=str(path))])
    found = validate(Marginals, documents[0], problems)
    if found is not None:
        problems += _wrong(found, rulebook)
    if problems or found is None:
        raise RuleError(problems)
    return found


def plain_marginals(kind: str, rulebook: Rulebook) -> Marginals:
    """A population of which nothing is said: everywhere that the policies speak of, alike."""
    places = {Text.of(policy.jurisdiction): 1 for policy in rulebook.policies.values()}
    return Marginals(kind=Text.of(kind), places=places)


def _wrong(found: Marginals, rulebook: Rulebook) -> list[Diagnostic]:
    problems: list[Diagnostic] = []
    vocabulary = rulebook.vocabulary

    def unknown(code: str, word: Text, words: Mapping[str, object]) -> None:
        message = f"the vocabulary has no {code} `{word}`"
        problems.append(Diagnostic(f"unknown-{code}", message, word.span, did_you_mean(word, words)))

    if found.kind not in vocabulary.kinds:
        unknown("kind", found.kind, vocabulary.kinds)
    for place in found.places:
        if place not in vocabulary.places:
            unknown("place", place, vocabulary.places)
    fields = {field.label.zh: field for record in vocabulary.records.values() for field in record.fields}
    for word, marginal in found.facts.items():
        fact = vocabulary.fact(word)
        if fact is None:
            unknown("fact", word, vocabulary.facts_by_label)
        else:
            problems += _unfit(word, marginal, fact)
    for word, marginal in found.fields.items():
        if word not in fields:
            unknown("field", word, fields)
        else:
            problems += _unfit(word, marginal, fields[word])
    if not any(found.places.values()):
        problems.append(Diagnostic("places", "no place has a weight", found.kind.span, "give one under `places`"))
    for weights in (*found.columns.values(), *(m.shares for m in (*found.facts.values(), *found.fields.values()))):
        if weights and not any(weights.values()):
            first = next(iter(weights))
            problems.append(Diagnostic("weights", "all weights are 0", first.span, "give one of them another"))
    return problems


def _unfit(word: Text, marginal: Marginal, field: Asked) -> list[Diagnostic]:
    """What a marginal says that its fact cannot be."""
    if marginal.shares and not isinstance(field.type, ChoiceType):
        return [Diagnostic("shares", f"`{word}` is no choice, so it has no `shares`", word.span)]
    if (marginal.low is not None or marginal.high is not None) and not isinstance(field.type, NumberType):
        return [Diagnostic("bounds", f"`{word}` is no number, so it has no `low` or `high`", word.span)]
    if isinstance(field.type, ListType) or not isinstance(field.type, ChoiceType):
        return []
    choices = field.type
    return [
        Diagnostic("unknown-choice", f"`{choice}` is no choice of `{word}`", choice.span)
        for choice in marginal.shares
        if choices.find(choice) is None
    ]
