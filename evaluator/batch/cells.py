"""One cell of a table to what a profile file would hold in its place; nothing is guessed and nothing is a float.

An empty cell is unknown (None). Texts of a CSV file mean what the same words mean unquoted in a profile file
(`evaluator.rulebook.yamlfile.plain_scalar`). A binary number of a spreadsheet or of Parquet becomes the shortest
decimal that stands for it: 0.1 is 0.1, not what lies nearest to it in binary.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from evaluator.rulebook.yamlfile import MAX_DEPTH, plain_scalar

BLANKS: Final = " \t\r\n"
EMPTY_LIST: Final = frozenset({"无", "none", "[]"})
"""What is written for a list that is known to be empty."""
OPEN_LIST: Final = frozenset({"不全", "incomplete"})
"""What is written beside a child table for a list that may hold more than is given."""


class CellProblem(Exception):  # noqa: N818 - a problem found, not a fault of the program
    """Why a cell cannot be read at all."""

    def __init__(self, code: str, message: str, help: str | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.help = code, message, help


def from_text(text: str, *, words: bool = False) -> object:
    """The text of a cell as a value of a profile; `words` keeps it a text (names, free text)."""
    stripped = text.strip(BLANKS)
    if not stripped:
        return None
    return stripped if words else plain_scalar(stripped)


PLAIN_TYPES: Final = frozenset({bool, int, Decimal, date, type(None)})
"""Types of which `from_typed` changes nothing."""


def from_typed(value: object) -> object:
    """A value of a typed file (spreadsheet, Parquet, JSON) as a value of a profile."""
    match value:
        case bool() | int() | Decimal() | None:
            return value
        case str():
            return value if value.strip(BLANKS) else None
        case float():  # a spreadsheet's or Parquet's own number: read by its shortest decimal, no float goes further
            return from_binary(value)
        case datetime():
            if (value.hour, value.minute, value.second, value.microsecond) != (0, 0, 0, 0):
                raise CellProblem("date", f"`{value.isoformat(' ')}` is a time of day, and a date is asked for")
            return value.date()
        case date():
            return value
        case Mapping():
            return {_key(str(key)): from_typed(part) for key, part in value.items()}
        case Sequence() if not isinstance(value, bytes | bytearray):
            return [from_typed(part) for part in value]
        case _:
            raise CellProblem("value", f"a cell holds a `{type(value).__name__}`, which no fact can hold")


def from_binary(value: object) -> int | Decimal:
    """A binary number as the shortest decimal that stands for it; a whole one as an int."""
    exact = Decimal(repr(value))
    if not exact.is_finite():
        raise CellProblem("value", f"`{value}` is no number", "leave the cell empty when it is unknown")
    if exact == exact.to_integral_value() and exact.adjusted() < MAX_WHOLE:
        return int(exact)
    return exact


MAX_WHOLE: Final = 40
"""Digits of a whole number that is read as an int; a longer one stays a Decimal and is refused with its reason."""


def from_json(text: str) -> object:
    """JSON with exact numbers. Raises CellProblem for what is no JSON, a key given twice, or too deep a nesting."""
    try:
        found: object = json.loads(
            text, parse_float=Decimal, parse_int=_whole, parse_constant=_refuse_constant, object_pairs_hook=_mapping
        )
    except CellProblem:
        raise
    except (ValueError, RecursionError) as error:
        raise CellProblem("json", "the text is no JSON", "check its brackets and quotes") from error
    if _depth(found) > MAX_DEPTH:
        raise CellProblem("too-deep", f"values are nested deeper than {MAX_DEPTH} levels")
    return found


def _whole(text: str) -> object:
    return int(text) if len(text) <= MAX_WHOLE + 1 else Decimal(text)


def _refuse_constant(word: str) -> object:
    raise CellProblem("value", f"`{word}` is no number", "write null when it is unknown")


def _mapping(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise CellProblem("duplicate-key", f"the key `{twice}` stands twice in one mapping")
    return {_key(key): value for key, value in pairs}


def _key(key: str) -> str:
    """A key of a mapping, which may not look like those that this package makes for itself."""
    if "\0" in key:
        raise CellProblem("key", "a key holds a sign that no name has")
    return key


def _depth(value: object) -> int:
    deepest, level = 0, [value]
    while level and deepest <= MAX_DEPTH:
        level = [part for found in level for part in _parts(found)]
        deepest += 1
    return deepest


def _parts(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def list_data(raw: object) -> object:
    """What a list fact's cell holds, as a profile file would: a text is a word for an empty list, or JSON."""
    if not isinstance(raw, str):
        return raw
    text = raw.strip(BLANKS)
    if text in EMPTY_LIST:
        return []
    if text[:1] in "[{":
        return from_json(text)
    return text
