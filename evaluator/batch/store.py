"""One partition while it is worked on: four tables in DuckDB, their files, and a digest of their rows.

Rows come from Python through a CSV file that DuckDB reads back as text, so that numbers stay exact and no value is ever
part of a statement; an engine that answers in SQL writes the tables itself. Money is DECIMAL(38,2) in yuan.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from evaluator.batch.extras import connect
from evaluator.batch.tables import quoted
from evaluator.record import record, row

if TYPE_CHECKING:
    import duckdb

Cell: TypeAlias = str | int | None
KEPT: Final = "kept:"

TABLES: Final = {
    "cases": (
        ("row", "BIGINT"),
        ("name", "VARCHAR"),
        ("code", "VARCHAR"),
        ("kind", "VARCHAR"),
        ("place", "VARCHAR"),
    ),
    "findings": (
        ("row", "BIGINT"),
        ("rule", "VARCHAR"),
        ("entry", "VARCHAR"),
        ("outcome", "VARCHAR"),
        ("breach", "BOOLEAN"),
        ("stated", "BOOLEAN"),
        ("guaranteed", "DECIMAL(38,2)"),
        ("potential", "DECIMAL(38,2)"),
    ),
    "totals": (
        ("row", "BIGINT"),
        ("guaranteed", "DECIMAL(38,2)"),
        ("potential", "DECIMAL(38,2)"),
        ("unstated", "INTEGER"),
        ("unstated_open", "INTEGER"),
    ),
    "missing": (
        ("row", "BIGINT"),
        ("rule", "VARCHAR"),
        ("fact", "VARCHAR"),
        ("stated", "BOOLEAN"),
        ("open", "DECIMAL(38,2)"),
    ),
    "rejected": (
        ("table", "VARCHAR"),
        ("row", "BIGINT"),
        ("line", "BIGINT"),
        ("column", "VARCHAR"),
        ("code", "VARCHAR"),
        ("reason", "VARCHAR"),
        ("help", "VARCHAR"),
    ),
}
"""The tables of a partition. `cases`, the profiles answered, has a text `kept:HEADING` for each column carried along.

`potential` and `open` are NULL where nothing bounds them; `stated` and `guaranteed` are NULL for what pays no money.
"""

FILES: Final = {
    "profiles": "SELECT cases.*, totals.* EXCLUDE (row), entitled, undetermined "
    "FROM cases JOIN totals USING (row) "
    "LEFT JOIN (SELECT row, count(*) FILTER (outcome = 'satisfied') AS entitled, "
    "count(*) FILTER (outcome IN ('unknown', 'indeterminate')) AS undetermined "
    "FROM findings WHERE guaranteed IS NOT NULL GROUP BY row) AS awards USING (row) ORDER BY row",
    "findings": "SELECT * FROM findings",
    "missing": "SELECT * FROM missing",
    "rejected": "SELECT * FROM rejected",
}
"""The files of a partition and what they hold; `entitled` and `undetermined` count a profile's awards."""

_DIGESTED: Final = {
    "findings": ("row", "rule", "entry", "outcome", "breach", "stated", "guaranteed", "potential"),
    "totals": ("row", "guaranteed", "potential", "unstated", "unstated_open"),
    "rejected": ("table", "row", "column", "code", "reason"),
}
WORD: Final = 2**64
CSV_OPTIONS: Final = (
    "header = false, auto_detect = false, delim = ',', quote = '\"', escape = '\"', new_line = '\\n', nullstr = '', "
    "parallel = false, max_line_size = 67108864"
)
"""How CSV files that this package writes for itself are read back: nothing is guessed."""


@row
class Digest:
    """A digest of a multiset of rows: the order of rows and of partitions does not matter."""

    low: int = 0
    high: int = 0

    def plus(self, other: Digest) -> Digest:
        """The digest of the rows of both."""
        return Digest((self.low + other.low) % WORD, (self.high + other.high) % WORD)

    def text(self) -> str:
        """32 hexadecimal digits."""
        return f"{self.high:016x}{self.low:016x}"

    @staticmethod
    def of(text: str) -> Digest:
        """The digest that `text` spells."""
        return Digest(int(text[16:], 16), int(text[:16], 16))


@record
class Counts:
    """How many rows a partition read, answered and set aside, and how many findings that made."""

    read: int = 0
    answered: int = 0
    rejected: int = 0
    findings: int = 0


def literal(text: str) -> str:
    """A text as an SQL literal, whatever it holds."""
    return "'" + text.replace("'", "''") + "'"


def _read_back(name: str, type_: str) -> str:
    """A column of a CSV file, where an empty text and nothing look alike."""
    if name in _NEVER_NULL:
        return f"coalesce({quoted(name)}, '')"
    return f"CAST({quoted(name)} AS {type_})"


_NEVER_NULL: Final = frozenset({"name", "place", "entry", "table", "column"})


class Store:
    """The tables of the partition at hand, in a database of its own that may spill into `folder`."""

    def __init__(self, folder: Path, kept: Sequence[str], memory_limit: str) -> None:
        self.folder, self.kept = folder, tuple(kept)
        self.database: duckdb.DuckDBPyConnection = connect()
        self.database.execute("SET memory_limit = " + literal(memory_limit))
        self.database.execute("SET temp_directory = " + literal(str(folder / "spill")))
        self.database.execute("SET preserve_insertion_order = false")
        self.columns = {name: list(columns) for name, columns in TABLES.items()}
        self.columns["cases"] += [(KEPT + heading, "VARCHAR") for heading in kept]
        for name, columns in self.columns.items():
            self.database.execute(f"CREATE TABLE {name} ({', '.join(f'{quoted(c)} {t}' for c, t in columns)})")

    def close(self) -> None:
        """Forget everything."""
        self.database.close()

    def clear(self) -> None:
        """Begin another partition."""
        for name in self.columns:
            self.database.execute(f"DELETE FROM {name}")

    def add(self, table: str, rows: Iterable[Sequence[Cell]]) -> None:
        """Rows of texts and whole numbers, in the order of the table's columns; None is NULL."""
        self.load(table, self.columns[table], rows)

    def load(self, table: str, columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[Cell]]) -> None:
        """The same into any table of these columns (name and type); an empty text is NULL."""
        path = self.folder / "rows.csv"
        with path.open("w", encoding="utf-8", errors="replace", newline="") as handle:
            csv.writer(handle, lineterminator="\n").writerows(rows)
        names = "{" + ", ".join(f"{literal(name)}: 'VARCHAR'" for name, _ in columns) + "}"
        chosen = ", ".join(_read_back(name, type_) for name, type_ in columns)
        self.database.execute(
            f"INSERT INTO {quoted(table)} SELECT {chosen} FROM read_csv({literal(str(path))}, {CSV_OPTIONS}, "
            f"columns = {names})"
        )
        path.unlink()

    def count(self, table: str) -> int:
        """How many rows a table has."""
        return _whole(self.database.execute(f"SELECT count(*) FROM {table}"))

    def digest(self, table: str) -> Digest:
        """The digest of a table's rows: the sum of their MD5 sums, in two halves."""
        told = ", '|', ".join(
            f"CASE WHEN {quoted(name)} IS NULL THEN '' ELSE '=' || CAST({quoted(name)} AS VARCHAR) END"
            for name in _DIGESTED[table]
        )
        found = self.database.execute(
            f"SELECT coalesce(sum(md5_number_lower(t)), 0), coalesce(sum(md5_number_upper(t)), 0) "
            f"FROM (SELECT concat({literal(table)}, '|', {told}) AS t FROM {table})"
        ).fetchone()
        assert found is not None
        return Digest(int(found[0]) % WORD, int(found[1]) % WORD)

    def whole_digest(self) -> Digest:
        """The digest of everything that was decided or set aside."""
        found = Digest()
        for table in _DIGESTED:
            found = found.plus(self.digest(table))
        return found

    def write(self, file: str, path: Path) -> None:
        """One of FILES as Parquet, on the disk when this returns."""
        target = literal(str(path))
        self.database.execute(f"COPY ({FILES[file]}) TO {target} (FORMAT parquet, COMPRESSION zstd)")
        sync(path)


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _whole(result: duckdb.DuckDBPyConnection) -> int:
    found = result.fetchone()
    assert found is not None
    return int(found[0])


__all__ = ["FILES", "KEPT", "TABLES", "Counts", "Digest", "Store", "closing", "literal", "sync"]
