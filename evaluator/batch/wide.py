"""The wide layout of findings: one row for each profile, and columns for each finding.

The columns of a finding are those of `evaluator.engines.sql.layout.wide_finding`, NULL where it is not asked. A
partition has columns for the findings of its profiles; when all are there, every file gets the columns of all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from evaluator.batch.columnar.wording import Wording
from evaluator.batch.store import FINDINGS, TABLES
from evaluator.batch.tables import literal, quoted
from evaluator.engines.sql.layout import wide_finding
from evaluator.rulebook.model import Rulebook

if TYPE_CHECKING:
    import duckdb

FindingsLayout: TypeAlias = Literal["long", "wide"]
_PARTS: Final = ("outcome", "breach", "stated", "guaranteed", "potential")
_TYPES: Final = dict(TABLES[FINDINGS])
DUCKDB: Final = Wording("duckdb")


def columns_of(ids: Mapping[str, bool]) -> list[str]:
    """The columns of these findings (`rule` or `rule#entry`); the value says whether one pays money."""
    return [column.name for id, pays in ids.items() for column in wide_finding(id, amount=pays)]


def pivoted(database: duckdb.DuckDBPyConnection) -> tuple[str, list[str]]:
    """The rows of the table `findings` as wide ones, and their columns."""
    found = database.execute(
        "SELECT CASE WHEN entry = '' THEN rule ELSE concat(rule, '#', entry) END AS id, "
        f"bool_or(stated IS NOT NULL) FROM {FINDINGS} GROUP BY id ORDER BY id"
    ).fetchall()
    columns = columns_of({str(id): bool(pays) for id, pays in found})
    cells = []
    for column in columns:
        id, _, part = column.rpartition(":")
        rule, _, entry = id.partition("#")
        own = f"rule = {literal(rule)} AND entry = {literal(entry)}"
        cells.append(f", any_value({part}) FILTER ({own}) AS {quoted(column)}")
    return f"SELECT row{''.join(cells)} FROM {FINDINGS} GROUP BY row", columns


def long_of(source: str, columns: Iterable[str], w: Wording) -> str:
    """The rows of `findings` that a relation of these columns holds."""
    known = set(columns)
    parts = []
    for column in columns:
        id, _, part = column.rpartition(":")
        if part != _PARTS[0]:
            continue
        rule, _, entry = id.partition("#")
        cells = [f"{w.literal(rule)} AS rule", f"{w.literal(entry)} AS entry"]
        for name in _PARTS:
            value = w.name(f"{id}:{name}") if f"{id}:{name}" in known else w.null(_TYPES[name])
            cells.append(f"{value} AS {name}")
        parts.append(f"SELECT row, {', '.join(cells)} FROM {source} WHERE {w.name(column)} IS NOT NULL")
    return "(" + " UNION ALL ".join(parts) + ")"


def with_columns(query: str, own: Sequence[str], columns: Sequence[str], w: Wording) -> str:
    """The rows of a query that has the columns `own`, with all of `columns`."""
    known = set(own)
    cells = [
        w.name(name) if name in known else f"{w.null(_TYPES[name.rpartition(':')[2]])} AS {w.name(name)}"
        for name in columns
    ]
    return f"SELECT {', '.join(['row', *cells])} FROM ({query})"


def in_order(columns: Iterable[str], rulebook: Rulebook) -> list[str]:
    """Columns by the order of rules, then of entries."""
    order = {id: number for number, id in enumerate(rulebook.rules)}

    def key(column: str) -> tuple[int, str, int]:
        id, _, part = column.rpartition(":")
        rule, _, entry = id.partition("#")
        return order[rule], entry, _PARTS.index(part)

    return sorted(set(columns), key=key)


def columns_in(database: duckdb.DuckDBPyConnection, path: Path) -> list[str]:
    """The columns of findings in a file."""
    found = database.execute(f"DESCRIBE SELECT * FROM read_parquet({literal(str(path))})").fetchall()
    return [str(name) for name, *_ in found if name != "row"]
