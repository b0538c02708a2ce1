"""The typed vocabulary: every kind, unit, place, record, fact and metric that rules and profiles may name.

In: validated vocabulary documents. Out: one frozen `Vocabulary`, or diagnostics. Amounts are kept in base units (yuan;
a percentage as a ratio), exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as with_default
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Literal

from evaluator.record import field, record
from evaluator.source import Span

Exact = int | Fraction
"""An exact number; whole numbers are always `int`."""


def exact(value: Exact) -> Exact:
    """A fraction without denominator as an `int`, anything else as it is."""
    return value if isinstance(value, int) or value.denominator != 1 else value.numerator


@record
class Name:
    """A text for people in both languages."""

    zh: str
    en: str

    def text(self, lang: str) -> str:
        """The text in `lang` (`zh` or `en`)."""
        return self.en if lang == "en" else self.zh


@record
class Kind:
    """What a profile can be; a region kind has a level (1 province, 2 city, 3 county)."""

    id: str
    label: Name
    group: Literal["organisation", "region"]
    level: int | None


@record
class Unit:
    """A unit: a value in it times `factor` is the value in the base unit of `dimension`."""

    id: str
    dimension: str
    factor: Exact
    en: str


@record
class Place:
    """A jurisdiction; `path` runs from the province down, joined by `/`."""

    path: str
    kind: str
    en: str
    since: date | None
    until: date | None


# ------------------------------------------------------------------ types


@record
class BoolType:
    """True or false."""


@record
class NumberType:
    """A number of a dimension (`money`, `ratio`, `件` …, empty for a bare number), given and printed in `unit`."""

    dimension: str
    unit: str = field(default="", compare=False)


@record
class Choice:
    """One value of a choice."""

    id: str
    label: Name


@record
class ChoiceType:
    """One of a closed list; `ordered` from worst to best when ≥ makes sense."""

    choices: tuple[Choice, ...]
    ordered: bool

    def rank(self, choice: str) -> int:
        """The place of a choice id in the order, from 0."""
        return next(index for index, entry in enumerate(self.choices) if entry.id == choice)

    def find(self, word: str) -> Choice | None:
        """The choice with that id or Chinese label."""
        return next((entry for entry in self.choices if word in (entry.id, entry.label.zh)), None)


@record
class DateType:
    """A calendar date."""


@record
class TextType:
    """Free text: it can be shown and compared for equality."""


@record
class ListType:
    """A list of records."""

    record: str


ScalarType = BoolType | NumberType | ChoiceType | DateType | TextType
Type = ScalarType | ListType

BOOL, DATE, TEXT, PLAIN, RATIO, MONEY = (
    BoolType(),
    DateType(),
    TextType(),
    NumberType(dimension=""),
    NumberType(dimension="ratio", unit="%"),
    NumberType(dimension="money", unit="元"),
)


# ------------------------------------------------------------------ facts


@record
class Changeable:
    """That an applicant can change a value, in which direction, and in how many months at the earliest.

    `up`: more, true, a better choice, a further entry of a list; `down` the opposite; `any`: both.
    """

    direction: Literal["up", "down", "any"]
    months: int


@record
class Field:
    """A field of a record, or what a fact and a metric share: type, domain in base units, question."""

    id: str
    label: Name
    type: Type
    low: Exact | None = None
    high: Exact | None = None
    question: Name | None = None
    evidence: Name | None = None
    changeable: Changeable | None = None
    span: Span | None = field(default=None, compare=False, repr=False)


@record
class Record:
    """The shape of one entry of a list fact."""

    id: str
    label: Name
    fields: tuple[Field, ...]

    def find(self, word: str) -> Field | None:
        """The field with that id or Chinese label."""
        return next((entry for entry in self.fields if word in (entry.id, entry.label.zh)), None)


@record
class Fact(Field):
    """A fact of a profile of the kinds `of`; `decision` marks what somebody decides later."""

    of: tuple[str, ...]
    decision: bool = False
    attested: bool = False


@record
class Metric(Field):
    """A figure by year; a flow is what was added within the year, anything else stands at its end."""

    of: tuple[str, ...]
    flow: bool


@record
class Parameter:
    """A figure that changes by date (a reference rate, an exchange rate): each value goes from its day to the next.

    Before the first day, and after `until`, it is `fact`, which a profile may give.
    """

    fact: Fact
    values: tuple[tuple[date, Exact], ...]
    until: date | None


@dataclass(frozen=True)
class Vocabulary:
    """Everything that can be named; each mapping is by id."""

    kinds: dict[str, Kind]
    units: dict[str, Unit]
    places: dict[str, Place]
    records: dict[str, Record]
    facts: dict[str, Fact]
    metrics: dict[str, Metric]
    parameters: dict[str, Parameter] = with_default(default_factory=dict)

    @cached_property
    def facts_by_label(self) -> dict[str, Fact]:
        """Facts by Chinese label."""
        return {fact.label.zh: fact for fact in self.facts.values()}

    @cached_property
    def metrics_by_label(self) -> dict[str, Metric]:
        """Metrics by Chinese label."""
        return {metric.label.zh: metric for metric in self.metrics.values()}

    @cached_property
    def unit_names(self) -> frozenset[str]:
        """What the parser takes for a unit."""
        return frozenset(self.units)

    @cached_property
    def odd_names(self) -> frozenset[str]:
        """Labels that hold more than letters and digits, so that the parser has to be told of them."""
        labels = [*self.facts_by_label, *self.metrics_by_label]
        labels += [entry.label.zh for record in self.records.values() for entry in record.fields]
        return frozenset(label for label in labels if not label.isidentifier())

    @cached_property
    def children(self) -> dict[str, tuple[Place, ...]]:
        """The registered places directly under a path (`` for the top)."""
        found: dict[str, list[Place]] = {}
        for place in self.places.values():
            found.setdefault(place.path.rpartition("/")[0], []).append(place)
        return {path: tuple(places) for path, places in found.items()}

    def fact(self, word: str) -> Fact | None:
        """The fact with that id or Chinese label."""
        return self.facts.get(word) or self.facts_by_label.get(word)

    def metric(self, word: str) -> Metric | None:
        """The metric with that id or Chinese label."""
        return self.metrics.get(word) or self.metrics_by_label.get(word)

    def members(self, path: str, kind: str, on: date) -> tuple[Place, ...] | None:
        """The registered members of that kind of a region on a day; None where no register is kept.

        A region's members are its registered descendants of the kind (the counties of a province through its cities).
        """
        prefix = path + "/"
        registered = [place for place in self.places.values() if place.kind == kind and place.path.startswith(prefix)]
        if not registered or not self._registers_whole(path, kind):
            return None
        return tuple(
            place
            for place in registered
            if (place.since is None or place.since <= on) and (place.until is None or on < place.until)
        )

    def _registers_whole(self, path: str, kind: str) -> bool:
        """Whether every branch under `path` is registered down to `kind` (not so where one city's counties lack)."""
        children = self.children.get(path, ())
        if not children:
            return False
        return all(child.kind == kind or self._registers_whole(child.path, kind) for child in children)
