"""Child tables of a folder: their entries in a database, each with the row of the profile that owns it.

Entries are read by SQL as cells are, and kept beside the profiles' keys in a file under the output while a batch runs.
`own` stages those of a slice; for a row that Python reads, `with_entries` gives them as a profile file would hold them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from shutil import rmtree
from typing import Final, TypeAlias

from evaluator.batch.cells import CellProblem
from evaluator.batch.columnar.lists import Lists
from evaluator.batch.columnar.reader import TableReader, open_slices
from evaluator.batch.columnar.scalars import Cell, Form, Place, Scalars
from evaluator.batch.columnar.shapes import Shape
from evaluator.batch.columnar.slices import AT, Numbers, ParquetSlices, Slice, Slices
from evaluator.batch.columnar.wording import NULL, Wording, every
from evaluator.batch.folder import PROBLEM, Child, Population, child_entry, key_of, packed, unpacked
from evaluator.batch.rows import MAX_ITEMS, Items, Rejection, Rows
from evaluator.batch.store import Cell as Loaded
from evaluator.batch.store import Store
from evaluator.batch.tables import Row, literal, quoted
from evaluator.engines.sql.layout import items_table, list_column, read_of
from evaluator.rulebook.vocabulary import ListType

GROUP: Final = 5_000
"""Profiles whose entries are looked up together."""
TOGETHER: Final = 100_000
"""Rows of a table read at a time."""
BELOW: Final = "below"
ENTRY: Final = (("seq", "BIGINT"), ("line", "BIGINT"), ("key", "VARCHAR"), ("cells", "VARCHAR"))
Owned: TypeAlias = dict[int, dict[str, list[Mapping[str, object]]]]


class Children:
    """The entries of all child tables of a population; nothing at all where it has none."""

    def __init__(self, store: Store, population: Population, rows: Rows, folder: Path) -> None:
        self.store, self.population, self.rows, self.folder = store, population, rows, folder
        self.database, self.w = store.database, Wording("duckdb")
        self.lists = Lists(Scalars(self.w, rows.rulebook.vocabulary.units), rows.rulebook)
        self.typed: dict[int, ParquetSlices] = {}
        if not population.children:
            return
        rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self.database.execute(f"ATTACH {literal(str(folder / 'children.duckdb'))} AS {BELOW}")
        self.database.execute(f"CREATE TABLE {BELOW}.keys (row BIGINT, key VARCHAR)")
        self._keys()
        for number, child in enumerate(population.children):
            self._entries(number, child)
        self.database.execute(
            f"CREATE TABLE {BELOW}.twice AS SELECT row FROM {BELOW}.keys WHERE key IN "
            f"(SELECT key FROM {BELOW}.keys GROUP BY key HAVING count(*) > 1) ORDER BY row"
        )

    def close(self) -> None:
        """Forget everything."""
        if self.population.children:
            self.database.execute(f"DETACH {BELOW}")
            rmtree(self.folder, ignore_errors=True)

    @property
    def orphans(self) -> list[Rejection]:
        """Entries that no profile owns."""
        found: list[Rejection] = []
        for number, child in sorted(enumerate(self.population.children), key=lambda entry: entry[1].fact.id):
            for seq, line, key in self.database.execute(
                f"SELECT seq, line, key FROM {BELOW}.e{number} ANTI JOIN {BELOW}.keys USING (key) ORDER BY seq"
            ).fetchall():
                reason = f"no profile has the key `{key[:60]}`" if key else "the row has no key"
                help = "every entry names its profile"
                name = child.table.path.name
                found.append(Rejection(name, seq, line, self.population.key or "", "unknown-key", reason, help))
        return found

    # ------------------------------------------------------------------ reading them

    def _keys(self) -> None:
        """The table `keys`: which row has which key; an empty one is none."""
        key = self.population.key
        assert key is not None
        reader = TableReader(self.store, self.population.table, self.rows, self.folder / "keys")
        try:
            while (slice_ := reader.slices.take(TOGETHER)) is not None:
                odd: list[int] = []
                given = reader.given
                if slice_.relation is not None and given is not None:
                    headings = [column.heading for column in given.columns]
                    place = (
                        self._place(headings.index(key), given.form, given.shapes[headings.index(key)])
                        if key in headings
                        else Place(raw="CAST(NULL AS VARCHAR)", form="json")
                    )
                    cell = self.lists.scalars.carried(place)
                    plain = every([given.test, f"({cell.values[0]} IS NOT NULL OR {cell.blank})"])
                    self.database.execute(
                        f"CREATE OR REPLACE TABLE read AS SELECT {AT}, {_key(cell)} AS key, "
                        f"coalesce({plain}, FALSE) AS plain FROM ({slice_.relation})"
                    )
                    self.database.execute(
                        f"INSERT INTO {BELOW}.keys SELECT {AT}, key FROM read WHERE plain AND key <> ''"
                    )
                    odd = self._numbers("SELECT nr FROM read WHERE NOT plain ORDER BY nr")
                others = [*slice_.aside.values(), *slice_.rows(odd)]
                told = [(row.number, key_of(self.population, row)) for row in others]
                self._load(
                    f"{BELOW}.keys", [("row", "BIGINT"), ("key", "VARCHAR")], [entry for entry in told if entry[1]]
                )
        finally:
            reader.close()

    def _entries(self, number: int, child: Child) -> None:
        """The tables `e…`, the entries of a child table, and `o…`, those that a profile owns, by row."""
        columns = self._columns(child)
        own = "".join(f", {quoted(name)} {type_}" for name, type_ in columns)
        head = ", ".join(f"{name} {type_}" for name, type_ in ENTRY)
        self.database.execute(f"CREATE TABLE {BELOW}.e{number} ({head}, raw VARCHAR[], ok BOOLEAN{own})")
        slices = open_slices(self.store, child.table, self.folder)
        try:
            while (slice_ := slices.take(TOGETHER)) is not None:
                odd: list[int] = []
                if slice_.relation is not None:
                    odd = self._read(number, child, slice_, slices)
                told = [self._by_hand(child, row) for row in (*slice_.aside.values(), *slice_.rows(odd))]
                self._load(f"{BELOW}.e{number}", ENTRY, told)
        finally:
            slices.close()
        if isinstance(slices, ParquetSlices):
            self.typed[number] = slices
        self.database.execute(
            f"CREATE TABLE {BELOW}.o{number} AS SELECT k.row AS {AT}, "
            f"row_number() OVER (PARTITION BY k.row ORDER BY seq) AS item, e.* EXCLUDE (key) "
            f"FROM {BELOW}.e{number} e JOIN {BELOW}.keys k USING (key) ORDER BY {AT}, item"
        )

    def _read(self, number: int, child: Child, slice_: Slice, slices: Slices) -> list[int]:
        """Add the rows of a slice that SQL reads; returns the others, whose key it does not make out."""
        form: Form = "typed" if isinstance(slices, ParquetSlices) else "words"
        shapes: Sequence[Shape | None] = (
            slices.shapes if isinstance(slices, ParquetSlices) else [None] * len(child.fields)
        )
        scalars = self.lists.scalars
        places = [self._place(index, form, shape) for index, shape in enumerate(shapes)]
        key = scalars.carried(places[child.key])
        cells, tests = [], []
        fields = {field.id: place for field, place in zip(child.fields, places, strict=True) if field is not None}
        assert isinstance(child.fact.type, ListType)
        record = self.lists.record(child.fact)
        for field in record.fields:
            if isinstance(field.type, ListType):
                tests += [f"{fields[field.id].raw} IS NULL"] if field.id in fields else []
                continue
            columns = read_of(field).columns
            read = self.lists.field(record, field, fields[field.id]) if field.id in fields else None
            for column, value in zip(columns, (NULL,) * len(columns) if read is None else read.values, strict=True):
                cells.append(f", {self.w.typed(value, column.type)} AS {quoted(column.name)}")
            if read is not None:
                tests.append(f"({read.values[0]} IS NOT NULL OR {read.blank})")
        tests += [scalars.harmless(place) for place in places]
        raw = f"[{', '.join(place.raw for place in places)}]" if form == "words" else "CAST(NULL AS VARCHAR[])"
        self.database.execute(
            f"CREATE OR REPLACE TABLE read AS SELECT {AT} AS seq, line, {_key(key)} AS key, "
            f"CAST(NULL AS VARCHAR) AS cells, {raw} AS raw, coalesce({every(tests)}, FALSE) AS ok{''.join(cells)}, "
            f"({key.values[0]} IS NOT NULL OR {key.blank}) AS named FROM ({slice_.relation})"
        )
        self.database.execute(f"INSERT INTO {BELOW}.e{number} BY NAME SELECT * EXCLUDE (named) FROM read WHERE named")
        return self._numbers("SELECT seq FROM read WHERE NOT coalesce(named, FALSE) ORDER BY seq")

    def _place(self, index: int, form: Form, shape: Shape | None) -> Place:
        raw = f"r{index}"
        text = form == "words" or (shape is not None and shape.name == "text")
        return Place(raw=raw, form=form, shape=shape, cut=self.w.trimmed(raw) if text else NULL)

    def _columns(self, child: Child) -> list[tuple[str, str]]:
        """The columns of the fields of an entry."""
        fields = [field for field in self.lists.record(child.fact).fields if not isinstance(field.type, ListType)]
        return [(column.name, column.type) for field in fields for column in read_of(field).columns]

    def _by_hand(self, child: Child, row: Row) -> tuple[Loaded, ...]:
        """An entry as Python reads it; what it holds is told as JSON."""
        key, values = child_entry(child, row)
        return row.number, row.line, key, json.dumps(values, ensure_ascii=False, default=packed)

    def _load(self, table: str, columns: Sequence[tuple[str, str]], found: Sequence[Sequence[Loaded]]) -> None:
        if not found:
            return
        names = ", ".join(f"{name} {type_}" for name, type_ in columns)
        self.database.execute(f"CREATE OR REPLACE TABLE loaded ({names})")
        self.store.load("loaded", columns, found)
        coalesced = ", coalesce(key, '') AS key" if len(columns) > 2 else ", key"
        self.database.execute(f"INSERT INTO {table} BY NAME SELECT * EXCLUDE (key){coalesced} FROM loaded")

    def _numbers(self, query: str) -> list[int]:
        return [number for (number,) in self.database.execute(query).fetchall()]

    # ------------------------------------------------------------------ giving them

    def own(self, slice_: Slice) -> None:
        """Stage the entries of the staged profiles; of which not all are plain, that profile is no longer staged."""
        if not self.population.children:
            return
        inside = f"BETWEEN {slice_.first} AND {slice_.first + slice_.count - 1}"
        self.database.execute(f"DELETE FROM staged WHERE {AT} IN (SELECT row FROM {BELOW}.twice WHERE row {inside})")
        for number, child in enumerate(self.population.children):
            self._own(number, child, inside)

    def _own(self, number: int, child: Child, inside: str) -> None:
        owned = f"(SELECT * FROM {BELOW}.o{number} WHERE {AT} {inside})"
        state = quoted(list_column(child.fact.id).name)
        items = items_table(child.fact.id)
        self.database.execute(f"ALTER TABLE staged ADD COLUMN IF NOT EXISTS {state} BOOLEAN")
        self.database.execute(
            f"CREATE OR REPLACE TABLE owners AS SELECT {AT}, count(*) AS n, bool_and(coalesce(ok, FALSE)) AS ok "
            f"FROM {owned} GROUP BY {AT}"
        )
        kinds = ", ".join(map(literal, child.fact.of))
        self.database.execute(  # a cell may say that there is more, and nothing else
            f"DELETE FROM staged USING owners AS h WHERE staged.{AT} = h.{AT} "
            f"AND (NOT h.ok OR h.n > {MAX_ITEMS} OR coalesce(staged.{state}, FALSE) OR staged.kind NOT IN ({kinds}))"
        )
        self.database.execute(
            f"UPDATE staged SET {state} = ({state} IS NULL) FROM owners AS h WHERE staged.{AT} = h.{AT}"
        )
        columns = "".join(f", o.{quoted(name)}" for name, _ in self._columns(child))
        query = f"SELECT s.{AT}, s.grp, o.item{columns}, TRUE AS ok FROM {owned} o JOIN staged s USING ({AT})"
        self.database.execute(f"CREATE TABLE IF NOT EXISTS {quoted(items)} AS {query} LIMIT 0")
        self.database.execute(f"INSERT INTO {quoted(items)} BY NAME {query}")

    def with_entries(self, rows: Iterable[Row]) -> Iterator[tuple[Row, Mapping[str, Items]]]:
        """Rows, in their order, each with its entries; a key that two profiles share makes both unreadable."""
        if not self.population.children:
            for row in rows:
                yield row, {}
            return
        taken = iter(rows)
        while group := list(islice(taken, GROUP)):
            children, twice = self._lookup([row.number for row in group])
            for row in group:
                found = children.get(row.number, {})
                yield (_unreadable(row, found, row.number in twice)), found

    def _lookup(self, numbers: Numbers) -> tuple[Owned, set[int]]:
        """The entries of the profiles of these rows, and which of these share their key."""
        listed = f"BETWEEN {numbers[0]} AND {numbers[-1]}"
        if numbers[-1] - numbers[0] >= len(numbers):
            listed += f" AND {{}} IN ({', '.join(map(str, numbers))})"
        owned: Owned = {}
        for number, child in sorted(enumerate(self.population.children), key=lambda entry: entry[1].fact.id):
            found = self.database.execute(
                f"SELECT {AT}, seq, line, cells, raw FROM {BELOW}.o{number} "
                f"WHERE {AT} {listed.format(AT)} ORDER BY {AT}, item"
            ).fetchall()
            typed = self._typed(
                number, sorted({seq for _, seq, _, cells, raw in found if cells is None and raw is None})
            )
            for at, seq, line, cells, raw in found:
                if cells is not None:
                    entry: Mapping[str, object] = json.loads(cells, object_hook=unpacked)
                else:
                    row = typed[seq] if raw is None else Row(number=seq, line=line, cells=raw)
                    entry = child_entry(child, row)[1]
                owned.setdefault(at, {}).setdefault(child.fact.id, []).append(entry)
        shared = self._numbers(f"SELECT row FROM {BELOW}.twice WHERE row {listed.format('row')}")
        return owned, set(shared)

    def _typed(self, number: int, seqs: Numbers) -> dict[int, Row]:
        """Rows of a child table in Parquet."""
        return {row.number: row for row in self.typed[number].rows(seqs)} if seqs else {}


def _key(cell: Cell) -> str:
    return f"coalesce(replace({cell.values[0]}, chr(0), '\ufffd'), '')"


def _unreadable(row: Row, children: Mapping[str, Items], shared: bool) -> Row:
    """The row, with what keeps it from being read with its entries."""
    problem = row.problem
    if problem is None and shared:
        problem = CellProblem("duplicate-key", "another profile has the same key", "give each profile a key of its own")
    for entries in children.values():
        bad = next((entry[PROBLEM] for entry in entries if PROBLEM in entry), None)
        if problem is None and isinstance(bad, list):
            problem = CellProblem(str(bad[0]), str(bad[1]))
    return row if problem is row.problem else Row(number=row.number, line=row.line, cells=row.cells, problem=problem)
