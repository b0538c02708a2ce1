"""Parquet as a table: one file, or a folder of parts that are read in the order of their names.

Whole numbers and decimals are exact; a binary number of single precision is read as its own shortest decimal, for as a
double it would have other digits. Columns that are to be ignored are not read at all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from evaluator.batch.cells import PLAIN_TYPES, CellProblem, from_typed
from evaluator.batch.extras import connect, need
from evaluator.batch.tables import PARQUET, Row, Table, headings_of, literal, quoted, refused

if TYPE_CHECKING:
    import duckdb

FETCHED: Final = 2_048
"""Rows fetched at a time."""


def open_parquet(path: Path, ignore: Collection[str] = ()) -> Table:
    """The table of a file, or of all files in a folder and the folders in it. Raises RuleError when it is none."""
    need("duckdb")
    import duckdb

    parts = parts_of(path) if path.is_dir() else (path,)
    try:
        with connect() as connection:
            described = connection.execute(f"DESCRIBE SELECT * FROM {source(parts)}").fetchall()
    except duckdb.Error as error:
        raise refused(path, "format", "the file is no Parquet", str(error).split("\n", 1)[0]) from error
    headings = headings_of(path, [entry[0] for entry in described])
    cells = ", ".join(cell(str(name), str(type_), ignore) for name, type_, *_ in described)

    def rows() -> Iterator[Row]:
        with connect() as connection:
            connection.execute("SET threads = 1")
            yield from _rows(connection, f"SELECT {cells} FROM {source(parts)}")

    return Table(
        path=path, headings=headings, texts=False, format="parquet", encoding=None, rows=rows, parts=parts,
        ignored=frozenset(ignore),
    )  # fmt: skip


def parts_of(folder: Path) -> tuple[Path, ...]:
    """The files of a table in parts, in the order of their names; hidden ones are none."""
    found = [path for path in folder.rglob("*") if path.suffix.lower() in PARQUET and path.is_file()]
    return tuple(sorted(path for path in found if not any(part[0] in "._" for part in path.relative_to(folder).parts)))


def source(parts: Sequence[Path]) -> str:
    """The rows of these files, as a table function of DuckDB."""
    return f"read_parquet([{', '.join(literal(str(part)) for part in parts)}], hive_partitioning = false)"


def cell(name: str, type_: str, ignore: Collection[str]) -> str:
    """A column as it is read."""
    if name in ignore:
        return "NULL"
    return f"CAST({quoted(name)} AS VARCHAR)" if type_ == "FLOAT" else quoted(name)


def typed_row(number: int, values: Sequence[object]) -> Row:
    """The values of a row of Parquet as a row."""
    try:
        cells = [value if value.__class__ in PLAIN_TYPES else from_typed(value) for value in values]
    except CellProblem as problem:
        return Row(number=number, line=number, cells=values, problem=problem)
    return Row(number=number, line=number, cells=cells)


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> Iterator[Row]:
    found = connection.execute(query)
    number = 0
    while chunk := found.fetchmany(FETCHED):
        for entry in chunk:
            number += 1
            yield typed_row(number, entry)
