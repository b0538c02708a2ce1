"""One cell that holds no list, in SQL: the values of its staging columns, and whether nothing stands there.

The contract of a `Cell`: where its first value is not NULL, the reader of rows accepts the cell and gives just these
values; where it is NULL and the cell is blank, the reader takes it for unknown. Of every other cell nothing is said:
its row is read by that reader. Words (choices, yes and no) are tried on that reader when the expression is made, so
their meaning stands in one place.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from math import ceil, floor
from typing import Final, Literal, TypeAlias, assert_never

from evaluator.batch.columnar.shapes import Shape
from evaluator.batch.columnar.wording import FALSE, NULL, TRUE, Wording, either
from evaluator.engines.sql.layout import LIMIT, read_of
from evaluator.record import record
from evaluator.rulebook.convert import ValueProblem, read_value
from evaluator.rulebook.values import Scalar
from evaluator.rulebook.vocabulary import (
    BoolType,
    ChoiceType,
    DateType,
    Field,
    ListType,
    NumberType,
    TextType,
    Unit,
)
from evaluator.rulebook.yamlfile import plain_scalar

Form: TypeAlias = Literal["words", "json", "typed"]
"""How cells are given: as words still to be read (CSV), as JSON texts, or as values that have types."""

YES_NO: Final = ("true", "false", "是", "否", "yes", "no", "True", "False", "TRUE", "FALSE")
NOTHING: Final = ("~", "null", "Null", "NULL")
"""Words that stand for nothing in a profile file, and so in a cell of a CSV file."""

WHOLE_DIGITS, PLACES = 15, 7
NUMBER: Final = rf"[-+]?[0-9]{{1,{WHOLE_DIGITS}}}(?:\.[0-9]{{1,{PLACES}}}0{{0,20}})?"
"""Numbers that SQL reads; longer ones are left to the reader of rows, which is exact with any."""
_MOST_FACTOR: Final = 10**15
WHOLE: Final = "0|-?[1-9][0-9]{0,16}"
DAY, MONTH, YEAR = "[0-9]{4}-[0-9]{2}-[0-9]{2}", "[0-9]{4}-[0-9]{2}", "[0-9]{4}"
FIRST_DAY, FIRST_YEAR, LAST_DAY = "0001-01-01", "1000", "9999-12-31"


@record
class Cell:
    """How a cell is read: a value for each staging column, and whether nothing stands there."""

    values: tuple[str, ...]
    blank: str


@record
class Place:
    """Where a cell stands: an expression for it, how it is given, and of a typed one what it holds.

    `cut` is its text without the blanks around it, where it is one; `entry`: it is a field of an entry of a list, where
    an empty text is a value, and a wrong one.
    """

    raw: str
    form: Form
    shape: Shape | None = None
    cut: str = NULL
    entry: bool = False


class Scalars:
    """Reads cells of facts, figures and fields."""

    def __init__(self, wording: Wording, units: Mapping[str, Unit]) -> None:
        self.w, self.units = wording, units

    def cell(self, field: Field, place: Place, among: Iterable[str] | None = None) -> Cell:
        """A cell of `field`; `among`: of a text, the only ones that are plain."""
        columns = len(read_of(field).columns)
        values = self._values(field, place, among)
        return Cell(values=values or (NULL,) * columns, blank=self.blank(field, place))

    def blank(self, field: Field, place: Place) -> str:
        """Whether a cell says nothing about `field`."""
        raw, shape = place.raw, place.shape
        if place.form == "words":
            if isinstance(field.type, TextType):
                return self.w.is_blank(raw)
            return either([self.w.is_blank(raw), self.w.among(place.cut, NOTHING)])
        if place.form == "json":
            return f"{raw} IS NULL" if place.entry else f"({raw} IS NULL OR {raw} = '\"\"')"
        return self.w.is_blank(raw) if shape is not None and shape.name == "text" else f"{raw} IS NULL"

    def _values(self, field: Field, place: Place, among: Iterable[str] | None) -> tuple[str, ...]:
        match field.type:
            case BoolType():
                return self._bool(field, place)
            case ChoiceType():
                return self._choice(field, field.type, place)
            case NumberType():
                return self._number(field, field.type, place)
            case DateType():
                return self._date(place)
            case TextType():
                return self._text(place, among)
            case ListType():
                raise AssertionError(f"{field.id} is a list")
            case _:
                assert_never(field.type)

    # ------------------------------------------------------------------ words

    def _meanings(self, field: Field, words: Iterable[str], given: Callable[[str], object]) -> dict[Scalar, list[str]]:
        """The words that the reader of rows accepts, by what they mean; `given`: as what it gets them."""
        found: dict[Scalar, list[str]] = {}
        for word in dict.fromkeys(words):
            raw = given(word)
            if raw is None:
                continue
            try:
                found.setdefault(read_value(field, raw, self.units), []).append(word)
            except ValueProblem:
                continue
        return found

    def _bool(self, field: Field, place: Place) -> tuple[str, ...]:
        raw = place.raw
        if place.form == "typed":
            if place.shape is not None and place.shape.name == "bool":
                return (raw,)
            return self._worded(raw, self._meanings(field, YES_NO, str)) if _is_text(place) else ()
        if place.form == "json":
            meanings: dict[Scalar, list[str]] = {True: ["true"], False: ["false"]}
            for value, words in self._meanings(field, YES_NO, str).items():
                meanings[value] += [json.dumps(word, ensure_ascii=False) for word in words]
            return self._worded(raw, meanings)
        meanings = self._meanings(field, YES_NO, plain_scalar)
        arms = [(f"{raw} IS NULL", NULL)]  # few words are many of the cells, and comparing with one is cheap
        arms += [(self.w.among(raw, words[:1]), _truth(value)) for value, words in meanings.items()]
        arms += [(self.w.among(raw, words[1:2]), _truth(value)) for value, words in meanings.items()]
        arms += [(self.w.among(place.cut, words), _truth(value)) for value, words in meanings.items()]
        return (self.w.case(arms),)

    def _choice(self, field: Field, type_: ChoiceType, place: Place) -> tuple[str, ...]:
        words = [word for choice in type_.choices for word in (choice.label.zh, choice.id, choice.label.en)]
        whole = [word for word in words if word.isascii() and word.isdecimal() and str(int(word)) == word]
        match place.form:
            case "words":
                return self._worded(place.cut, self._meanings(field, words, plain_scalar))
            case "json":
                meanings: dict[Scalar, list[str]] = {}
                for value, found in self._meanings(field, words, str).items():
                    meanings[value] = [json.dumps(word, ensure_ascii=False) for word in found]
                for value, found in self._meanings(field, whole, int).items():
                    meanings.setdefault(value, []).extend(found)
                return self._worded(place.raw, meanings)
            case "typed":
                if _is_text(place):
                    return self._worded(place.raw, self._meanings(field, words, str))
                if place.shape is not None and place.shape.name == "int":
                    return self._worded(self.w.as_text(place.raw), self._meanings(field, whole, int))
                return ()

    def _worded(self, text: str, meanings: Mapping[Scalar, list[str]]) -> tuple[str, ...]:
        pairs = []
        for value, words in meanings.items():
            shown = _truth(value) if isinstance(value, bool) else self.w.literal(str(value))
            pairs.append((self.w.among(text, words), shown))
        return (self.w.case(pairs),)

    # ------------------------------------------------------------------ numbers

    def _number(self, field: Field, type_: NumberType, place: Place) -> tuple[str, ...]:
        text = self._bare(place, ("int", "decimal", "binary"))
        scale = read_of(field).columns[0].scale
        assert scale is not None
        if text is None:
            return ()
        own = self.units.get(type_.unit)
        arms = [(self.w.matches(text, NUMBER), self._scaled(text, Fraction(1 if own is None else own.factor), scale))]
        if place.form != "typed" or _is_text(place):
            for unit in self._units(field):
                number = self.w.trimmed(f"substr({text}, 1, length({text}) - {len(unit.id)})")
                pattern = f"{NUMBER} *{_exactly(unit.id)}"
                arms.append((self.w.matches(text, pattern), self._scaled(number, Fraction(unit.factor), scale)))
        low, high = _bounds(field, scale)
        value = self.w.case(arms)
        return (f"CASE WHEN {value} BETWEEN {low} AND {high} THEN {value} END",)

    def _units(self, field: Field) -> Iterator[Unit]:
        """The units in which the reader of rows accepts a number of that field."""
        free = replace(field, low=None, high=None)
        for unit in self.units.values():
            try:
                read_value(free, f"1{unit.id}", self.units)
            except ValueProblem:
                continue
            yield unit

    def _bare(self, place: Place, shapes: tuple[str, ...]) -> str | None:
        """A number or date as the text it is written in; None where a cell of this kind is never one."""
        raw = place.raw
        match place.form:
            case "words":
                return place.cut
            case "json":
                return f"(CASE WHEN {raw} LIKE '\"%' THEN substr({raw}, 2, length({raw}) - 2) ELSE {raw} END)"
            case "typed":
                if _is_text(place):
                    return raw
                if place.shape is None or place.shape.name not in shapes:
                    return None
                return self.w.shortest(raw) if place.shape.name == "binary" else self.w.as_text(raw)

    def _scaled(self, text: str, factor: Fraction, scale: int) -> str:
        """A text that is a number of NUMBER, in units of 10^-scale of the base unit; NULL unless it is a whole one."""
        times = factor * 10**scale
        if times.numerator >= _MOST_FACTOR:
            return self.w.null("BIGINT")
        digits = len(str(times.numerator))
        number = f"CAST({text} AS DECIMAL({WHOLE_DIGITS + PLACES},{PLACES}))"
        product = f"{number} * CAST({times.numerator} AS DECIMAL({digits},0))"
        whole = self.w.whole(f"({product})")
        if times.denominator == 1:
            return f"CASE WHEN {whole} = {product} THEN {whole} END"
        divides = f"{whole} = {product} AND {whole} % {times.denominator} = 0"
        return f"CASE WHEN {divides} THEN {self.w.quotient(whole, times.denominator)} END"

    # ------------------------------------------------------------------ dates and texts

    def _date(self, place: Place) -> tuple[str, ...]:
        raw = place.raw
        name = None if place.shape is None else place.shape.name
        if name == "date":
            inside = f"CASE WHEN {self._in_calendar(raw)} THEN {raw} END"
            return inside, inside
        if name == "moment":
            day = f"CAST({raw} AS DATE)"
            inside = f"CASE WHEN {raw} = {self.w.midnight(day)} AND {self._in_calendar(day)} THEN {day} END"
            return inside, inside
        text = self._bare(place, ("int",))
        if text is None:
            return ()
        day = self.w.matches(text, DAY) + f" AND {text} >= '{FIRST_DAY}'"
        month = self.w.matches(text, MONTH) + f" AND {text} >= '{FIRST_DAY[:7]}'"
        year = self.w.matches(text, YEAR) + f" AND {text} >= '{FIRST_YEAR}'"
        if name == "int":
            day = month = FALSE
        named, first = self.w.day(text), self.w.day(f"concat({text}, '-01')")
        low = [(day, named), (month, first), (year, self.w.day(f"concat({text}, '-01-01')"))]
        high = [(day, named), (month, f"last_day({first})"), (year, self.w.day(f"concat({text}, '-12-31')"))]
        return self.w.case(low), self.w.case(high)

    def _in_calendar(self, day: str) -> str:
        return f"{day} BETWEEN DATE '{FIRST_DAY}' AND DATE '{LAST_DAY}'"

    def _text(self, place: Place, among: Iterable[str] | None) -> tuple[str, ...]:
        raw = place.raw
        match place.form:
            case "words":
                text = f"nullif({place.cut}, '')"
            case "json":
                text = self.json_text(raw)
            case "typed":
                if _is_text(place):
                    text = f"CASE WHEN NOT {self.w.is_blank(raw)} THEN {raw} END"
                elif place.shape is not None and place.shape.name == "int":
                    text = self.w.as_text(raw)
                else:
                    return ()
        if among is not None:
            text = f"CASE WHEN {self.w.among(text, among)} THEN {text} END"
        return (text,)

    def json_text(self, raw: str) -> str:
        """A JSON text or whole number as text; NULL of everything else."""
        content = f"json_extract_string({raw}, '$')"
        text = rf"CASE WHEN {raw} NOT LIKE '%\u0000%' THEN {content} END"
        return self.w.case([(f"{raw} LIKE '\"%'", text), (self.w.matches(raw, WHOLE), raw)])

    # ------------------------------------------------------------------ what is only carried along

    def carried(self, place: Place) -> Cell:
        """The text of a column to keep or to group by, as the reader of rows carries it along."""
        raw, shape = place.raw, place.shape
        if place.form == "words":
            return Cell(values=(f"nullif({place.cut}, '')",), blank=self.w.is_blank(raw))
        if place.form == "json":
            words = {"True": ["true"], "False": ["false"]}
            text = self.w.case([(self.w.among(raw, found), self.w.literal(word)) for word, found in words.items()])
            text = f"coalesce({text}, nullif({self.w.trimmed(self.json_text(raw))}, ''))"
            empty = f"({raw} LIKE '\"%' AND {self.w.is_blank(self.json_text(raw))})"
            return Cell(values=(text,), blank=either([f"{raw} IS NULL", empty]))
        assert shape is not None
        blank = f"{raw} IS NULL"
        match shape.name:
            case "text":
                return Cell(values=(f"nullif({place.cut}, '')",), blank=self.w.is_blank(raw))
            case "bool":
                return Cell(values=(self.w.case([(raw, "'True'"), (f"NOT {raw}", "'False'")]),), blank=blank)
            case "int":
                return Cell(values=(self.w.as_text(raw),), blank=blank)
            case "decimal" if shape.scale <= 6:  # beyond, Python writes some zeros with an exponent
                return Cell(values=(self.w.as_text(raw),), blank=blank)
            case "date":
                return Cell(values=(f"CASE WHEN {self._in_calendar(raw)} THEN {self.w.as_text(raw)} END",), blank=blank)
            case "binary":
                text = self.w.as_text(raw)
                short = rf"-?[1-9][0-9]{{0,{WHOLE_DIGITS - 1}}}\.[0-9]{{1,{PLACES}}}"
                cut = f"CASE WHEN {text} LIKE '%.0' THEN substr({text}, 1, length({text}) - 2) ELSE {text} END"
                return Cell(values=(f"CASE WHEN {self.w.matches(text, short)} THEN {cut} END",), blank=blank)
            case _:
                return Cell(values=(self.w.null("VARCHAR"),), blank=blank)

    def harmless(self, place: Place) -> str:
        """Whether the reader of rows takes no offence at a cell that it does not look at."""
        raw, shape = place.raw, place.shape
        if place.form == "words":
            return TRUE
        if place.form == "json":
            return f"({raw} IS NULL OR NOT {self.w.among(f'left({raw}, 1)', '[{')})"
        assert shape is not None
        if _is_harmless(shape):
            return TRUE
        match shape.name:
            case "date":
                return f"({raw} IS NULL OR {self._in_calendar(raw)})"
            case "moment":
                return f"({raw} IS NULL OR {self._date(place)[0]} IS NOT NULL)"
            case "binary":
                return f"({raw} IS NULL OR {self.w.matches(self.w.as_text(raw), '[-+.0-9eE]+')})"
            case _:
                return f"{raw} IS NULL"


def _is_harmless(shape: Shape) -> bool:
    if shape.name in ("list", "struct"):
        return all(_is_harmless(part) for _, part in shape.parts)
    return shape.name in ("bool", "int", "decimal", "text")


def _is_text(place: Place) -> bool:
    return place.shape is not None and place.shape.name == "text"


def _truth(value: Scalar) -> str:
    return TRUE if value is True else FALSE


def _exactly(text: str) -> str:
    """A pattern for this text alone."""
    return "".join(sign if sign.isalnum() else f"\\{sign}" for sign in text)


def _bounds(field: Field, scale: int) -> tuple[int, int]:
    """The least and the greatest number that a staging column may hold for `field`."""
    low = 1 - LIMIT if field.low is None else max(ceil(field.low * 10**scale), 1 - LIMIT)
    high = LIMIT - 1 if field.high is None else min(floor(field.high * 10**scale), LIMIT - 1)
    return low, high


__all__ = ["Cell", "Form", "Place", "Scalars"]
