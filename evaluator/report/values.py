"""Values as engines hold them, printed as people give them: in the unit of their fact, percentages as 92.4.

In: an exact number, a date's ordinal, a choice id, a truth value or a bound, and its type. Out: text without a loss of
digits (a fraction whose decimals do not end is rounded to ten places).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from evaluator.engines.intervals import Undefined
from evaluator.engines.reasons import undefined
from evaluator.engines.truth import Truth
from evaluator.record import row
from evaluator.report.phrases import Lang, word
from evaluator.rulebook.convert import plain
from evaluator.rulebook.values import Interval, Item, ItemList
from evaluator.rulebook.vocabulary import (
    ChoiceType,
    DateType,
    Exact,
    NumberType,
    Type,
    Unit,
    Vocabulary,
    exact,
)


def decimal(value: Exact, type_: Type, units: Mapping[str, Unit]) -> str:
    """A number in the unit of its type, as decimal text without the unit; the ordinal of a date as an ISO date."""
    if isinstance(type_, DateType):
        return date.fromordinal(int(value)).isoformat()
    unit = units.get(type_.unit) if isinstance(type_, NumberType) else None
    return plain(value if unit is None else exact(Fraction(value) / unit.factor))


def yuan(value: Exact) -> str:
    """Money as decimal text in yuan."""
    return plain(value)


def money(value: Exact | None, lang: Lang) -> str:
    """Money for people: `30万元` in Chinese, `300,000 yuan` in English; None: nothing bounds it."""
    if value is None:
        return word("unbounded", lang)
    if lang == "en":
        return f"{_grouped(value)} yuan"
    for unit, size in (("亿元", 100_000_000), ("万元", 10_000)):
        if value >= size or -value >= size:
            scaled = plain(exact(Fraction(value) / size))
            if len(scaled.partition(".")[2]) <= 4:
                return scaled + unit
    return f"{plain(value)}元"


def _grouped(value: Exact) -> str:
    """A number for English text, its digits in threes."""
    whole, dot, rest = plain(value).partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    return f"{sign}{int(digits):,}{dot}{rest}"


@row
class Printer:
    """Prints values in one language with one vocabulary."""

    vocabulary: Vocabulary
    lang: Lang = "zh"

    def unit(self, type_: Type) -> str:
        """The unit of a number as people write it, empty when it has none."""
        return self._unit(type_.unit) if isinstance(type_, NumberType) else ""

    def _unit(self, id: str) -> str:
        unit = self.vocabulary.units.get(id)
        return unit.en if unit is not None and self.lang == "en" else id

    def number(self, value: Exact, type_: Type) -> str:
        """A number with its unit, or a date."""
        if isinstance(type_, NumberType):
            return self.quantity(value, type_.unit)
        return decimal(value, type_, self.vocabulary.units)

    def quantity(self, value: Exact, unit: str) -> str:
        """A number of base units in `unit` (an id of the vocabulary); in English as a whole count of base units."""
        known = self.vocabulary.units.get(unit)
        if known is None:
            return plain(value)
        if known.dimension == "money":
            return money(value, self.lang)
        if known.dimension == "ratio" or self.lang != "en":
            return f"{plain(exact(Fraction(value) / known.factor))}{self._unit(unit)}"
        base = self.vocabulary.units.get(known.dimension, known)
        name = "" if base.en == base.id else base.en  # a unit without an English name is left out
        return f"{_grouped(exact(Fraction(value) / base.factor))} {name}".rstrip()

    def value(self, value: object, type_: Type) -> str:
        """Any value that a step of a trace or a figure can have."""
        match value:
            case Truth():
                return word(f"truth.{value.value}", self.lang)
            case Undefined():
                return undefined(value.reason).text.text(self.lang)
            case bool():
                return word("truth.true" if value else "truth.false", self.lang)
            case int() | Fraction():
                return self.number(value, type_)
            case Interval():
                return self.interval(value, type_)
            case ItemList():
                key = "items" if value.complete else "items.open"
                return word(key, self.lang).format(n=len(value.items))
            case Item():
                return value.path
            case str():
                choice = type_.find(value) if isinstance(type_, ChoiceType) else None
                return value if choice is None else choice.label.text(self.lang)
            case _:
                return "" if value is None else str(value)

    def interval(self, value: Interval, type_: Type) -> str:
        """What is only known between bounds; nothing known: not given."""
        low, high = value.low, value.high
        if low is None and high is None:
            return word("not-given", self.lang)
        if low is None or high is None:
            bound = low if high is None else high
            assert bound is not None
            if low == 0:
                return word("not-given", self.lang)
            key = "at-least" if high is None else "at-most"
            return word(key, self.lang).format(value=self.number(bound, type_))
        between = word("between", self.lang)
        return between.format(low=self.number(low, type_), high=self.number(high, type_))
