"""One partition while it is worked on: its tables in DuckDB, their files, and a digest of their rows.

Rows come from Python through a CSV file that DuckDB reads back as text, so that numbers stay exact and no value is ever
part of a statement; an engine that answers in SQL writes the files of findings itself, for there may be more of them
than fit into memory. Money is DECIMAL(38,2) in yuan.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from evaluator.batch.columnar.wording import Wording
from evaluator.batch.extras import connect
from evaluator.batch.tables import literal, quoted
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
    "FROM cases JOIN totals USING (row) LEFT JOIN awards USING (row) ORDER BY row",
    "outcomes": "SELECT * EXCLUDE (low, high) FROM outcomes ORDER BY rule, entry, outcome, guaranteed, potential",
    "missing": "SELECT * FROM missing",
    "rejected": "SELECT * FROM rejected",
}
"""The files of a partition beside its findings; `entitled` and `undetermined` count a profile's awards.

`outcomes` says how many profiles have each finding, so that a report need not read all of them.
"""
FINDINGS: Final = "findings"
FOLDERS: Final = (FINDINGS, *FILES)

ANSWER: Final = ("rule", "entry", "outcome", "breach", "stated", "guaranteed", "potential")
_TOTALS: Final = ("guaranteed", "potential", "unstated", "unstated_open")
_REJECTED: Final = ("table", "column", "code", "reason")
_DUCKDB: Final = Wording("duckdb")
WORD: Final = 2**64
CSV_OPTIONS: Final = (
    "header = false, auto_detect = false, delim = ',', quote = '\"', escape = '\"', new_line = '\\r\\n', nullstr = '', "
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
    """How many rows a partition read, answered and set aside, and how many findings that made.

    `by_hand`: those that were read one by one.
    """

    read: int = 0
    answered: int = 0
    rejected: int = 0
    findings: int = 0
    by_hand: int = 0


def clean(text: str | None) -> str | None:
    """A text without the sign that ends texts in many programs."""
    return None if text is None else text.replace("\0", "\ufffd")


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
            csv.writer(handle, lineterminator="\r\n").writerows(rows)
        names = "{" + ", ".join(f"{literal(name)}: 'VARCHAR'" for name, _ in columns) + "}"
        chosen = ", ".join(_read_back(name, type_) for name, type_ in columns)
        self.database.execute(
            f"INSERT INTO {quoted(table)} SELECT {chosen} FROM read_csv({literal(str(path))}, {CSV_OPTIONS}, "
            f"columns = {names})"
        )
        path.unlink()

    def count(self, table: str) -> int:
        """How many rows a table, or any relation, has."""
        return _whole(self.database.execute(f"SELECT count(*) FROM {table}"))

    def sum_up(self, found: str, elsewhere: Elsewhere | None = None) -> tuple[Digest, int]:
        """Make the tables `outcomes` and `awards` of findings; the digest of everything decided or set aside, and how
        many findings there are.

        `found` is a relation with the columns of `findings`. A digest is the sum over all different rows, without their
        number, of the MD5 sum of each times the sum of what their numbers are mixed to: it does not depend on the order
        of rows, and hardly on how many there are.
        """
        self.database.execute(f"CREATE OR REPLACE TABLE outcomes AS {outcomes_of(found, _DUCKDB)}")
        self.database.execute(f"CREATE OR REPLACE TABLE awards AS {awards_of(found)}")
        summed = {"totals": f"({totals_of('totals', _DUCKDB)})"}
        if elsewhere is not None:
            self.database.execute(f"INSERT INTO outcomes BY NAME SELECT * FROM {elsewhere.outcomes}")
            summed["totals"] = f"({totals_of('totals', _DUCKDB)} UNION ALL BY NAME SELECT * FROM {elsewhere.totals})"
        names = ", ".join(map(quoted, _REJECTED))
        summed["rejected"] = f"(SELECT {names}, {_mixed(_DUCKDB)} FROM rejected GROUP BY {names})"
        digest = self._digest(FINDINGS, ANSWER, "outcomes")
        digest = digest.plus(self._digest("totals", _TOTALS, summed["totals"]))
        digest = digest.plus(self._digest("rejected", _REJECTED, summed["rejected"]))
        return digest, _whole(self.database.execute("SELECT coalesce(sum(profiles), 0) FROM outcomes"))

    def _digest(self, table: str, columns: Sequence[str], relation: str) -> Digest:
        """The digest of rows of which `relation` has each once, with the sums `low` and `high`."""
        told = ", '|', ".join(
            f"CASE WHEN {quoted(name)} IS NULL THEN '' ELSE '=' || CAST({quoted(name)} AS VARCHAR) END"
            for name in columns
        )
        halves = ", ".join(
            f"coalesce(sum(CAST(CAST(md5_number_{half}(t) AS UHUGEINT) * CAST({sum_} AS UHUGEINT) "
            f"% CAST('{WORD}' AS UHUGEINT) AS HUGEINT)), 0)"
            for half, sum_ in (("lower", "low"), ("upper", "high"))
        )
        found = self.database.execute(
            f"SELECT {halves} FROM (SELECT low, high, concat({literal(table)}, '|', {told}) AS t FROM {relation})"
        ).fetchone()
        assert found is not None
        return Digest(int(found[0]) % WORD, int(found[1]) % WORD)

    def copy(self, query: str, path: Path) -> None:
        """The rows of a query as a Parquet file."""
        self.database.execute(f"COPY ({query}) TO {literal(str(path))} (FORMAT parquet, COMPRESSION zstd)")


def outcomes_of(found: str, w: Wording) -> str:
    """Every different finding, with how many profiles have it and the sums of their mixed numbers (`low`, `high`)."""
    columns = ", ".join(ANSWER)
    return f"SELECT {columns}, count(*) AS profiles, {_mixed(w)} FROM {found} GROUP BY {columns}"


def totals_of(relation: str, w: Wording) -> str:
    """The same of totals."""
    columns = ", ".join(_TOTALS)
    return f"SELECT {columns}, count(*) AS profiles, {_mixed(w)} FROM {relation} GROUP BY {columns}"


def awards_of(found: str) -> str:
    """How many awards each profile is entitled to, and of how many that is open."""
    return (
        "SELECT row, count(*) FILTER (WHERE outcome = 'satisfied') AS entitled, "
        "count(*) FILTER (WHERE outcome IN ('unknown', 'indeterminate')) AS undetermined "
        f"FROM {found} WHERE guaranteed IS NOT NULL GROUP BY row"
    )


@record
class Elsewhere:
    """What of a partition was answered outside the store: relations like those of `outcomes_of` and `totals_of`.

    `profiles` are the files of its profiles, `answered` how many there are.
    """

    outcomes: str
    totals: str
    profiles: tuple[Path, ...]
    answered: int


_HALF: Final = 2**32 - 1
_FACTORS: Final = (("low", (73244475, 2654435)), ("high", (40503999, 19349663)))
"""By what the numbers of rows are multiplied while they are mixed, for either half of a digest."""


def _mixed(w: Wording) -> str:
    """The sums over some rows of their numbers, each mixed to 32 bits, so that no sums but equal ones are alike."""
    sums = []
    for name, factors in _FACTORS:
        number = w.xor(f"row & {_HALF}", w.shifted("row", 32))
        for factor in factors:
            number = f"(({w.xor(number, w.shifted(number, 16))} * {factor}) & {_HALF})"
        sums.append(f"CAST(sum({w.xor(number, w.shifted(number, 16))}) AS DECIMAL(38,0)) AS {name}")
    return ", ".join(sums)


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


__all__ = ["FILES", "FINDINGS", "FOLDERS", "KEPT", "TABLES", "Counts", "Digest", "Store", "literal", "sync"]
