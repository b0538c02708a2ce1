"""Snippets of SQL in which reading a cell is written, in the dialects of the engines that read tables.

Only what means the same in both is used; a test holds each snippet to its meaning on each engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Literal, TypeAlias

from evaluator.batch.cells import BLANKS
from evaluator.engines.sql.dialects import quoted, text_literal

Flavour: TypeAlias = Literal["duckdb", "spark"]

_TEXT: Final[dict[Flavour, str]] = {"duckdb": "VARCHAR", "spark": "STRING"}
NULL: Final = "NULL"
TRUE: Final = "TRUE"
FALSE: Final = "FALSE"


class Wording:
    """One dialect. Every method takes and gives SQL texts, unless it says otherwise."""

    def __init__(self, flavour: Flavour) -> None:
        self.flavour: Flavour = flavour
        self.text_type = _TEXT[flavour]

    def name(self, name: str) -> str:
        """The name `name` of a column or table."""
        return quoted(name, self.flavour)

    def literal(self, text: str) -> str:
        """The text `text`."""
        return text_literal(text, self.flavour)

    def null(self, type_: str) -> str:
        """Nothing, as a value of a type of `layout`."""
        return self.typed(NULL, type_)

    def typed(self, value: str, type_: str) -> str:
        """A value that may be nothing throughout, as one of a type of `layout`."""
        return f"CAST({value} AS {self.type(type_)})"

    def type(self, name: str) -> str:
        """A type of `layout`."""
        return self.text_type if name == "VARCHAR" else name

    def as_text(self, value: str) -> str:
        """A number, date or text as text."""
        return f"CAST({value} AS {self.text_type})"

    def trimmed(self, value: str) -> str:
        """A text without the blanks around it. Most texts have none, and that is seen much faster than they are cut."""
        has = " OR ".join(self._ends(value, self.literal(blank)) for blank in BLANKS)
        return f"CASE WHEN {value} >= '!' AND NOT ({has}) THEN {value} ELSE {self._cut(value)} END"

    def is_blank(self, value: str) -> str:
        """Whether a text holds nothing, or nothing but blanks, all of which come before `!`."""
        return f"({value} IS NULL OR CASE WHEN {value} >= '!' THEN FALSE ELSE {self._cut(value)} = '' END)"

    def _ends(self, value: str, end: str) -> str:
        return f"suffix({value}, {end})" if self.flavour == "duckdb" else f"endswith({value}, {end})"

    def _cut(self, value: str) -> str:
        blanks = self.literal(BLANKS)
        return f"trim({value}, {blanks})" if self.flavour == "duckdb" else f"trim(BOTH {blanks} FROM {value})"

    def matches(self, value: str, pattern: str) -> str:
        """Whether the whole text is as the pattern `pattern` says."""
        if self.flavour == "duckdb":
            return f"regexp_full_match({value}, {self.literal(pattern)})"
        return f"({value} RLIKE {self.literal(f'^(?:{pattern})' + chr(92) + 'z')})"

    def holds(self, value: str, pattern: str) -> str:
        """Whether some part of the text is as the pattern `pattern` says."""
        if self.flavour == "duckdb":
            return f"regexp_matches({value}, {self.literal(pattern)})"
        return f"({value} RLIKE {self.literal(pattern)})"

    def among(self, value: str, words: Iterable[str]) -> str:
        """Whether the text is one of these words; never of none."""
        listed = ", ".join(map(self.literal, words))
        return f"{value} IN ({listed})" if listed else FALSE

    def day(self, text: str) -> str:
        """The date that a text of the form 2024-02-29 names, NULL where the calendar has none."""
        return f"TRY_CAST({text} AS DATE)"

    def midnight(self, day: str) -> str:
        """The beginning of a date, as a time without a zone."""
        return f"CAST({day} AS {'TIMESTAMP' if self.flavour == 'duckdb' else 'TIMESTAMP_NTZ'})"

    def shortest(self, binary: str) -> str:
        """The shortest decimal that stands for a binary number of double precision; anything else where it is long."""
        if self.flavour == "duckdb":
            return self.as_text(binary)
        # of decimals of 15 digits at most one stands for a binary number, and it is the shortest
        arms = []
        for places in (0, 4, 7):
            decimal = f"TRY_CAST({binary} AS DECIMAL(15,{places}))"
            arms.append((f"CAST({decimal} AS DOUBLE) = {binary}", self.as_text(decimal)))
        return self.case(arms, self.as_text(binary))

    def whole(self, number: str) -> str:
        """A decimal as 64 bits, NULL where it needs more; what it does about a fraction is left open."""
        return f"TRY_CAST({number} AS BIGINT)"

    def quotient(self, number: str, by: int) -> str:
        """A whole number divided by a positive one that divides it."""
        return f"({number} // {by})" if self.flavour == "duckdb" else f"({number} div {by})"

    def xor(self, left: str, right: str) -> str:
        """The bits in which two whole numbers differ."""
        return f"xor({left}, {right})" if self.flavour == "duckdb" else f"(({left}) ^ ({right}))"

    def shifted(self, number: str, bits: int) -> str:
        """A whole number that is not negative, without its last bits."""
        return f"(({number}) >> {bits})" if self.flavour == "duckdb" else f"shiftright({number}, {bits})"

    def position(self, text: str, letter: str) -> str:
        """Where a letter first stands in a text, from 1; 0 where it does not."""
        return f"instr({text}, {letter})"

    def case(self, pairs: Sequence[tuple[str, str]], otherwise: str = NULL) -> str:
        """The value beside the first condition that is true."""
        if not pairs:
            return otherwise
        arms = " ".join(f"WHEN {condition} THEN {value}" for condition, value in pairs)
        return f"CASE {arms} ELSE {otherwise} END"


def every(conditions: Iterable[str]) -> str:
    """Whether all of these hold, each said once."""
    said = list(dict.fromkeys(condition for condition in conditions if condition != TRUE))
    return " AND ".join(said) if said else TRUE


def either(conditions: Iterable[str]) -> str:
    """Whether one of these holds."""
    said = list(dict.fromkeys(condition for condition in conditions if condition != FALSE))
    return "(" + " OR ".join(said) + ")" if said else FALSE
