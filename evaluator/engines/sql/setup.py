"""What queries need in a database of our own before they are asked: made once, where a query is asked many times.

Without it the text of a query holds everything, which is what a reader wants and what an engine reads anew each time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final, TypeAlias

from evaluator.engines.decision import Outcome
from evaluator.engines.sql.dialects import OUTCOME, parameter_type, quoted, text_literal
from evaluator.record import row

Cell: TypeAlias = "int | str | date"
Statement: TypeAlias = tuple[str, list[list[int | str]]]
"""Text in the dialect of DuckDB, and what is bound to its parameters."""

_NAMES: Final = ", ".join(text_literal(outcome.value, "duckdb") for outcome in Outcome)


@row
class _Table:
    names: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


class Setup:
    """The type of outcomes, and the tables of constants that queries note as they are written, named with `prefix`."""

    def __init__(self, prefix: str = "") -> None:
        self.prefix = prefix
        self._tables: dict[str, _Table] = {}

    def table(self, name: str, names: Sequence[str], rows: Sequence[tuple[Cell, ...]]) -> str:
        """Notes a table of constants, once for all queries; the name under which it is read."""
        full = self.prefix + name
        self._tables.setdefault(full, _Table(tuple(names), tuple(rows)))
        return full

    def statements(self) -> Iterator[Statement]:
        """What makes all this in the current schema, where none of it need be new."""
        yield f"CREATE TYPE IF NOT EXISTS {OUTCOME} AS ENUM ({_NAMES})", []
        for name, table in self._tables.items():
            columns = list(zip(*table.rows, strict=True))
            cells = [
                f"CAST(unnest(${at}) AS {parameter_type(column, 'duckdb')}) AS {quoted(own, 'duckdb')}"
                for at, (own, column) in enumerate(zip(table.names, columns, strict=True), start=1)
            ]
            made = f"CREATE OR REPLACE TABLE {quoted(name, 'duckdb')} AS SELECT {', '.join(cells)}"
            yield made, [_bound(column) for column in columns]


def _bound(column: Sequence[Cell]) -> list[int | str]:
    """A column of constants as it is bound; days, and numbers of more than 64 bits, as texts that are cast."""
    if isinstance(column[0], int) and parameter_type(column, "duckdb") == "BIGINT":
        return [int(str(cell)) for cell in column]
    return [cell.isoformat() if isinstance(cell, date) else str(cell) for cell in column]
