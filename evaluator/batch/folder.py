"""The input as a whole: one table of profiles, or a folder of it with a table for each list.

In a folder `profiles.csv` (or `主体.csv`, of any readable format) holds the profiles and `标准.csv` the entries of
the list `标准` (its label or id), tied by a column that both have. A list without an entry there is unknown, unless the
cell of that list in the profiles says 无 (known to be empty); 不全 says that there may be more entries than those.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, Final, TypeAlias

from evaluator.batch.cells import BLANKS, from_text
from evaluator.batch.columns import KEYS, Wishes
from evaluator.batch.extras import connect
from evaluator.batch.rows import Items, Rejection
from evaluator.batch.store import CSV_OPTIONS, literal
from evaluator.batch.tables import CSV, LINES, PARQUET, SUFFIXES, Row, Table, open_table
from evaluator.diagnostics import Diagnostic, RuleError, did_you_mean
from evaluator.record import record
from evaluator.rulebook.model import Rulebook
from evaluator.rulebook.vocabulary import Fact, Field, ListType, TextType

if TYPE_CHECKING:
    import duckdb

MAIN: Final = ("profiles", "主体")
GROUP: Final = 5_000
"""Profiles whose entries are looked up together."""
PROBLEM: Final = "\0problem"
_DECIMAL, _DATE = "\0decimal", "\0date"
Told: TypeAlias = "str | int"


@record
class Child:
    """A table of list entries: what each of its columns is a field of; None is the key or nothing."""

    fact: Fact
    table: Table
    fields: tuple[Field | None, ...]
    key: int


class Population:
    """The tables of one input, with what identifies them."""

    def __init__(self, table: Table, children: Sequence[Child], key: str | None) -> None:
        self.table, self.children, self.key = table, tuple(children), key
        self.tables = (table, *(child.table for child in children))
        self._seen = {entry.path: _status(entry.path) for entry in self.tables}
        self.files: dict[str, Mapping[str, Told]] = {}
        lines = 0
        for entry in self.tables:
            told, ends = _scan(entry.path)
            self.files[entry.path.name] = told
            lines = ends if entry is table else lines
        self.estimate = _estimate(table, lines)

    def refuse_change(self) -> None:
        """Raises RuleError when a file is no longer what it was at the beginning."""
        for path, seen in self._seen.items():
            if _status(path) != seen:
                message = "the file changed while it was read"
                raise RuleError([Diagnostic("changed", message, where=str(path), help="run the batch again")])

    @contextmanager
    def opened(self, folder: Path, memory_limit: str) -> Iterator[Reading]:
        """The rows with their entries; entries are sorted in a database under `folder`, gone afterwards."""
        if not self.children:
            yield Reading(self, None)
            return
        spill = folder / "spill" / "children"
        rmtree(spill, ignore_errors=True)
        spill.mkdir(parents=True)
        connection = connect(spill / "children.duckdb")
        try:
            connection.execute("SET memory_limit = " + literal(memory_limit))
            connection.execute("SET temp_directory = " + literal(str(spill / "temp")))
            _stage(self, connection, spill)
            yield Reading(self, connection)
        finally:
            connection.close()
            rmtree(spill, ignore_errors=True)

    def key_of(self, row: Row) -> str:
        """The key of a row of profiles, empty when it has none."""
        assert self.key is not None
        if isinstance(row.cells, Mapping):
            return _key_text(row.cells.get(self.key))
        index = self.table.headings.index(self.key)
        return _key_text(row.cells[index]) if index < len(row.cells) else ""


class Reading:
    """What child tables give: the entries of each row by the id of their list, and those that no profile owns."""

    def __init__(self, population: Population, connection: duckdb.DuckDBPyConnection | None) -> None:
        self.population, self.connection = population, connection

    @property
    def orphans(self) -> list[Rejection]:
        """Entries that no profile owns."""
        if self.connection is None:
            return []
        found = self.connection.execute(
            "SELECT list, seq, line, key FROM entries ANTI JOIN keys USING (key) ORDER BY list, seq"
        )
        facts = {child.fact.id: child for child in self.population.children}
        return [self._orphan(facts[id].table.path.name, seq, line, key) for id, seq, line, key in found.fetchall()]

    def _orphan(self, table: str, row: int, line: int, key: str) -> Rejection:
        reason = f"no profile has the key `{key[:60]}`" if key else "the row has no key"
        help = "every entry names its profile"
        return Rejection(table, row, line, self.population.key or "", "unknown-key", reason, help)

    def with_entries(self, rows: Iterable[Row]) -> Iterator[tuple[Row, Mapping[str, Items]]]:
        """Rows, in their order, each with its entries; a key that two profiles share makes both unreadable."""
        if self.connection is None:
            for row in rows:
                yield row, {}
            return
        taken = iter(rows)
        while group := list(islice(taken, GROUP)):
            children, twice = _lookup(self.connection, [row.number for row in group])
            for row in group:
                found = children.get(row.number, {})
                yield (_unreadable(row, found, row.number in twice)), found


def open_population(path: Path, rulebook: Rulebook, wishes: Wishes, *, sheet: str | None = None) -> Population:
    """The population of a file or folder. Raises RuleError with what is wrong with its shape."""
    if not path.is_dir():
        return Population(open_table(path, sheet=sheet, ignore=wishes.ignore), (), None)
    found = sorted(entry for entry in path.iterdir() if entry.suffix.lower() in SUFFIXES and entry.is_file())
    mains = [entry for entry in found if entry.stem in MAIN]
    if len(mains) != 1:
        message = f"the folder has {len(mains) or 'no'} table{'s' if len(mains) != 1 else ''} of profiles"
        raise RuleError([Diagnostic("folder", message, where=str(path), help="name it `profiles.csv` or `主体.csv`")])
    table = open_table(mains[0], sheet=sheet, ignore=wishes.ignore)
    key = _find_key(table, wishes)
    children = [_child(entry, rulebook, wishes, key) for entry in found if entry != mains[0]]
    return Population(table, children, key if children else None)


def _find_key(table: Table, wishes: Wishes) -> str:
    if wishes.key is not None or not table.headings:
        return wishes.key or KEYS[0]
    key = next((word for word in KEYS if word in table.headings), None)
    if key is None:
        help = "name it `编号`, or tell it with `--key`"
        message = "no column ties the tables together"
        raise RuleError([Diagnostic("key", message, where=str(table.path), help=help)])
    return key


def _child(path: Path, rulebook: Rulebook, wishes: Wishes, key: str) -> Child:
    where = str(path)
    lists = [fact for fact in rulebook.facts.values() if isinstance(fact.type, ListType)]
    fact = next((fact for fact in lists if path.stem in (fact.id, fact.label.zh)), None)
    if fact is None or not isinstance(fact.type, ListType):
        help = did_you_mean(path.stem, [fact.label.zh for fact in lists])
        raise RuleError([Diagnostic("unknown-fact", f"there is no list `{path.stem}`", None, help, where=where)])
    table = open_table(path, ignore=wishes.ignore)
    if not table.headings:
        raise RuleError([Diagnostic("format", "a child table names its columns", where=where, help="save it as CSV")])
    entry = rulebook.vocabulary.records[fact.type.record]
    problems: list[Diagnostic] = []
    fields: list[Field | None] = []
    for heading in table.headings:
        field = None if heading == key else entry.find(wishes.named.get(heading, heading))
        if field is None and heading and heading != key and heading not in wishes.ignore:
            help = did_you_mean(heading, [known.label.zh for known in entry.fields])
            message = f"`{entry.label.zh}` has no field `{heading}`"
            problems.append(Diagnostic("unknown-field", message, None, help, where=where))
        if field is not None and any(known is not None and known.id == field.id for known in fields):
            message = f"two columns name `{field.label.zh}`"
            problems.append(Diagnostic("duplicate-column", message, where=where))
        fields.append(field)
    if key not in table.headings:
        message = f"the table has no column `{key}`"
        problems.append(Diagnostic("key", message, None, "it ties each entry to its profile", where=where))
    if problems:
        raise RuleError(problems)
    return Child(fact=fact, table=table, fields=tuple(fields), key=table.headings.index(key))


def _scan(path: Path) -> tuple[dict[str, Told], int]:
    """What identifies a file, and how many line ends it has."""
    told, lines, size = hashlib.sha256(), 0, 0
    with path.open("rb") as handle:
        while chunk := handle.read(1024 * 1024):
            told.update(chunk)
            lines += chunk.count(b"\n")
            size += len(chunk)
    return {"bytes": size, "sha256": told.hexdigest()}, lines


def _status(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns


def _estimate(table: Table, lines: int) -> int:
    """About how many profiles there are."""
    suffix = table.path.suffix.lower()
    if suffix in CSV:
        return max(lines - 1, 0)
    if suffix in LINES:
        return lines
    if suffix in PARQUET:
        with connect() as connection:
            found = connection.execute("SELECT count(*) FROM read_parquet(?)", [str(table.path)]).fetchone()
        return int(found[0]) if found is not None else 0
    return sum(1 for _ in table.rows())


def _key_text(raw: object) -> str:
    return "" if raw is None else str(raw).strip(BLANKS).replace("\0", "\ufffd")


# ------------------------------------------------------------------ entries in a database


def _stage(population: Population, connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Tables `keys` (row, key), `entries` (list, seq, line, key, cells) and `owned`, the entries by row."""
    keys, entries = folder / "keys.csv", folder / "entries.csv"
    with keys.open("w", encoding="utf-8", errors="replace", newline="") as handle:
        csv.writer(handle, lineterminator="\r\n").writerows(
            (row.number, population.key_of(row)) for row in population.table.rows()
        )
    with entries.open("w", encoding="utf-8", errors="replace", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\r\n")
        for child in population.children:
            for row in child.table.rows():
                key, cells = _entry(child, row)
                writer.writerow((child.fact.id, row.number, row.line, key, cells))
    keys_read = _read_csv(keys, "'row': 'BIGINT', 'key': 'VARCHAR'")
    types = "'list': 'VARCHAR', 'seq': 'BIGINT', 'line': 'BIGINT', 'key': 'VARCHAR', 'cells': 'VARCHAR'"
    entries_read = _read_csv(entries, types)
    connection.execute(f"CREATE TABLE keys AS SELECT * FROM {keys_read} WHERE key IS NOT NULL")
    connection.execute(f"CREATE TABLE entries AS SELECT * REPLACE (coalesce(key, '') AS key) FROM {entries_read}")
    keys.unlink()
    entries.unlink()
    connection.execute(
        "CREATE TABLE owned AS SELECT row, list, seq, cells FROM entries JOIN keys USING (key) ORDER BY row, list, seq"
    )
    connection.execute(
        "CREATE TABLE twice AS SELECT row FROM keys WHERE key IN "
        "(SELECT key FROM keys GROUP BY key HAVING count(*) > 1) ORDER BY row"
    )


def _read_csv(path: Path, types: str) -> str:
    return f"read_csv({literal(str(path))}, {CSV_OPTIONS}, columns = {{{types}}})"


def _entry(child: Child, row: Row) -> tuple[str, str]:
    """Key and fields of a row of a child table, as text for the database."""
    cells = row.cells
    assert not isinstance(cells, Mapping)
    if row.problem is not None and len(cells) <= child.key:
        where = f"{child.table.path}:{row.line}"
        raise RuleError([Diagnostic(row.problem.code, str(row.problem), where=where, help=row.problem.help)])
    key = _key_text(cells[child.key])
    if row.problem is not None:
        message = f"{child.table.path.name}, line {row.line}: {row.problem}"
        return key, json.dumps({PROBLEM: [row.problem.code, message]}, ensure_ascii=False)
    values: dict[str, object] = {}
    for field, raw in zip(child.fields, cells, strict=True):
        if field is None or raw is None:
            continue
        value = raw
        if child.table.texts and isinstance(raw, str):
            value = from_text(raw, words=isinstance(field.type, TextType))
        if value is not None:
            values[field.label.zh] = value
    return key, json.dumps(values, ensure_ascii=False, default=_packed)


def _packed(value: object) -> object:
    if isinstance(value, Decimal):
        return {_DECIMAL: str(value)}
    if isinstance(value, date):
        return {_DATE: value.isoformat()}
    raise TypeError(type(value).__name__)


def _unpacked(found: dict[str, object]) -> object:
    if _DECIMAL in found:
        return Decimal(str(found[_DECIMAL]))
    if _DATE in found:
        return date.fromisoformat(str(found[_DATE]))
    return found


def _lookup(
    connection: duckdb.DuckDBPyConnection, numbers: Sequence[int]
) -> tuple[dict[int, dict[str, list[Mapping[str, object]]]], set[int]]:
    """The entries of the profiles of these rows, and which of these share their key."""
    chosen = f"row BETWEEN {numbers[0]} AND {numbers[-1]}"
    if numbers[-1] - numbers[0] >= len(numbers):
        chosen += f" AND row IN ({', '.join(map(str, numbers))})"
    found = connection.execute(f"SELECT row, list, cells FROM owned WHERE {chosen} ORDER BY row, list, seq").fetchall()
    children: dict[int, dict[str, list[Mapping[str, object]]]] = {}
    for (row, id), group in groupby(found, itemgetter(0, 1)):
        children.setdefault(row, {})[id] = [json.loads(cells, object_hook=_unpacked) for _, _, cells in group]
    shared = connection.execute(f"SELECT row FROM twice WHERE {chosen}").fetchall()
    return children, {row for (row,) in shared}


def _unreadable(row: Row, children: Mapping[str, Items], shared: bool) -> Row:
    """The row, with what keeps it from being read with its entries."""
    from evaluator.batch.cells import CellProblem

    problem = row.problem
    if problem is None and shared:
        problem = CellProblem("duplicate-key", "another profile has the same key", "give each profile a key of its own")
    for entries in children.values():
        bad = next((entry[PROBLEM] for entry in entries if PROBLEM in entry), None)
        if problem is None and isinstance(bad, list):
            problem = CellProblem(str(bad[0]), str(bad[1]))
    return row if problem is row.problem else Row(number=row.number, line=row.line, cells=row.cells, problem=problem)
