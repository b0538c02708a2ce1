"""A table piece by piece: what of it SQL can read, and the other rows one by one, under the same numbers.

A `Slice` is some consecutive rows. Those of its `relation` are read by SQL, the ones `aside` only by the reader of
rows, which can ask for any of the others too. A table that SQL cannot read at all has slices without a relation.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

from evaluator.batch.columnar.shapes import Shape, of_duckdb
from evaluator.batch.parquet import cell, source, typed_row
from evaluator.batch.tables import Row, Table, literal
from evaluator.record import record

if TYPE_CHECKING:
    import duckdb

Numbers: TypeAlias = Sequence[int]
AT: Final = "nr"
ASKED, FETCHED = 1_000, 200
"""Rows asked for, and rows fetched, at a time."""
MOST_FILES: Final = 200
"""Files of a slice; more make no query faster."""
OWN: Final = frozenset({"file_row_number", "file_index", "filename"})
"""Columns that DuckDB adds to those of a file; a file with one of that name is read row by row."""


@record
class ParquetPart:
    """One file of a table in Parquet: how many rows stand before it, and how many in it."""

    path: Path
    before: int
    rows: int


@record
class Slice:
    """Rows `first` to `first + count - 1` of a table.

    `relation` is a SELECT with the number of the row (`nr`), its `line` and a column for each heading (`r0`, `r1`, …);
    `size` rows stand in it. Any of them can be read by Python too: `rows`, given their numbers in order. `parts` are
    the files that hold them, where these are Parquet.
    """

    first: int
    count: int
    relation: str | None
    size: int
    aside: Mapping[int, Row]
    rows: Callable[[Numbers], Iterator[Row]]
    parts: tuple[ParquetPart, ...] = ()


class Slices(Protocol):
    """A table that is taken slice by slice."""

    def take(self, size: int) -> Slice | None:
        """The next rows, about `size` of them; None at the end."""

    def skip(self, read: int, place: Sequence[int]) -> None:
        """Go on after rows that were read before; `place` is what `where` said then."""

    def where(self) -> tuple[int, ...]:
        """Where the next slice begins."""

    def close(self) -> None:
        """Nothing more is taken."""


class RowSlices:
    """A table of which SQL reads nothing."""

    def __init__(self, table: Table) -> None:
        self._rows, self._next = _iterated(table), 1

    def take(self, size: int) -> Slice | None:
        """As the protocol says."""
        aside = {row.number: row for row in islice(self._rows, size)}
        if not aside:
            return None
        first, self._next = self._next, self._next + len(aside)
        return Slice(
            first=first,
            count=len(aside),
            relation=None,
            size=0,
            aside=aside,
            rows=lambda numbers: iter(()),
        )

    def skip(self, read: int, place: Sequence[int]) -> None:
        """As the protocol says."""
        for _ in islice(self._rows, read):
            pass
        self._next += read

    def where(self) -> tuple[int, ...]:
        """As the protocol says."""
        return (self._next,)

    def close(self) -> None:
        """As the protocol says."""
        self._rows.close()


def _iterated(table: Table) -> Generator[Row]:
    yield from table.rows()


# ------------------------------------------------------------------ Parquet


class ParquetSlices:
    """Parquet, one file or several, of which any row can be asked for."""

    def __init__(self, database: duckdb.DuckDBPyConnection, table: Table) -> None:
        self.database = database
        self.parts: list[ParquetPart] = []
        before = 0
        for path in table.files:
            rows = _count(database, path)
            self.parts.append(ParquetPart(path=path, before=before, rows=rows))
            before += rows
        self.total = before
        self._next = 0
        described = database.sql(f"SELECT * FROM {_read(self.parts[:1])} LIMIT 0")
        types = [(str(name), str(type_)) for name, type_ in zip(described.columns, described.types, strict=True)]
        self.cells = [cell(name, type_, table.ignored) for name, type_ in types]
        self.shapes = [
            Shape(name="text") if type_ == "FLOAT" else of_duckdb(found)
            for (_, type_), found in zip(types, described.types, strict=True)
        ]

    def take(self, size: int) -> Slice | None:
        """As the protocol says; a slice holds whole files, or a part of one."""
        if self._next >= self.total:
            return None
        chosen, last = self._parts(size)
        first, self._next = self._next, last
        return Slice(
            first=first + 1,
            count=last - first,
            relation=self._relation(chosen, first, last),
            size=last - first,
            aside={},
            rows=lambda numbers: self._rows(chosen, numbers),
            parts=tuple(chosen),
        )

    def rows(self, numbers: Numbers) -> Iterator[Row]:
        """Any rows, given their numbers in order."""
        return self._rows(self.parts, numbers)

    def _parts(self, size: int) -> tuple[list[ParquetPart], int]:
        """The files of the next slice, and the row before which it ends."""
        rest = [part for part in self.parts if part.before + part.rows > self._next]
        if rest[0].before + rest[0].rows - self._next >= size:
            return rest[:1], self._next + size
        chosen: list[ParquetPart] = []
        last = self._next
        for part in rest:
            if chosen and (part.before + part.rows - self._next > size or len(chosen) == MOST_FILES):
                break
            chosen.append(part)
            last = part.before + part.rows
        return chosen, last

    def _relation(self, parts: Sequence[ParquetPart], first: int, last: int) -> str:
        """Rows from `first` (counted from 0) to `last`, that one left out."""
        cells = "".join(f", {read} AS r{index}" for index, read in enumerate(self.cells))
        numbers = f"{_number(parts)} + 1 AS {AT}, {_number(parts)} + 1 AS line"
        return f"SELECT {numbers}{cells} FROM {_read(parts)} WHERE {_between(parts, first, last)}"

    def _rows(self, parts: Sequence[ParquetPart], numbers: Numbers) -> Iterator[Row]:
        """Rows by their number, as Python objects."""
        cells = "".join(f", {read}" for read in self.cells)
        number = _number(parts)
        cursor = self.database.cursor()
        for start in range(0, len(numbers), ASKED):
            wanted = [number - 1 for number in numbers[start : start + ASKED]]
            inside = _between(parts, min(wanted), max(wanted) + 1)
            found = cursor.execute(
                f"SELECT {number} + 1 AS {AT}{cells} FROM {_read(parts)} "
                f"WHERE {inside} AND {number} IN ({', '.join(map(str, wanted))}) ORDER BY {AT}"
            )
            while entries := found.fetchmany(FETCHED):
                for at, *values in entries:
                    yield typed_row(at, values)

    def skip(self, read: int, place: Sequence[int]) -> None:
        """As the protocol says."""
        self._next += read

    def where(self) -> tuple[int, ...]:
        """As the protocol says."""
        return (self._next,)

    def close(self) -> None:
        """As the protocol says."""


def _count(database: duckdb.DuckDBPyConnection, path: Path) -> int:
    found = database.execute(f"SELECT count(*) FROM read_parquet({literal(str(path))})").fetchone()
    assert found is not None
    return int(found[0])


def _read(parts: Sequence[ParquetPart]) -> str:
    return source([part.path for part in parts])


def _number(parts: Sequence[ParquetPart]) -> str:
    """The number of a row, counted from 0 through the whole table."""
    if len(parts) == 1:
        return f"(file_row_number + {parts[0].before})"
    before = ", ".join(str(part.before) for part in parts)
    return f"(file_row_number + [{before}][CAST(file_index AS BIGINT) + 1])"


def _between(parts: Sequence[ParquetPart], first: int, last: int) -> str:
    """Which rows; of one file told in a way by which whole groups of rows are passed over."""
    if len(parts) == 1:
        before = parts[0].before
        return f"file_row_number BETWEEN {first - before} AND {last - before - 1}"
    return f"{_number(parts)} BETWEEN {first} AND {last - 1}"
