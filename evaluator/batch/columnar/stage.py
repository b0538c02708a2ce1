"""A slice as staging tables: plain rows by SQL, the others through the reader of rows.

Out: `staged` (a row for each profile: `nr`, `kind`, `place`, `grp`, what its head says, what is carried along, and its
staging columns), a table `items_…` for each list and, where somebody has members, `members`; and the rows set aside.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from evaluator.batch.columnar.children import Children
from evaluator.batch.columnar.groups import Groups
from evaluator.batch.columnar.lists import ListCell
from evaluator.batch.columnar.plan import TablePlan
from evaluator.batch.columnar.slices import AT, Numbers, Slice
from evaluator.batch.rows import Case, Rejection, Rows
from evaluator.batch.store import KEPT, Cell, Store, clean, literal
from evaluator.batch.tables import Row, quoted
from evaluator.diagnostics import RuleError
from evaluator.engines.sql.layout import MEMBERS, PROFILES, Table, items_table
from evaluator.engines.sql.rows import rows
from evaluator.record import record

CHECKED, STAGED = "checked", "staged"
HEADS, LOADED = "heads", "loaded"
GIVEN: Final = ("head:kind", "head:jurisdiction")
TOGETHER: Final = 2_000
"""So many profiles are staged at once that were read by Python."""
_TRUTH: Final = {True: "true", False: "false"}


@record
class Staged:
    """What became of a slice: `sizes` counts the staged profiles by group, `rest` are those that no table can hold.

    `by_hand` counts the rows that went through Python.
    """

    sizes: Sequence[tuple[int, int]]
    rest: list[Case]
    rejections: list[Rejection]
    rejected: int
    by_hand: int


class Stager:
    """Stages slice after slice in the database of a store."""

    def __init__(self, store: Store, groups: Groups, reader: Rows, children: Children) -> None:
        self.store, self.groups, self.reader, self.children = store, groups, reader, children
        self.lists, self.w = children.lists, children.w
        self.database = store.database

    def stage(self, slice_: Slice, plan: TablePlan | None) -> Staged:
        """The tables of a slice; `plan` says how its relation is read."""
        self._clear()
        odd: list[int] = []
        if slice_.relation is not None and plan is not None:
            self._check(slice_, plan)
            self._place(slice_, plan)
            for cell in plan.lists:
                self._unnest(cell)
            self.children.own(slice_)
            odd = self._odd(slice_)
        else:
            self._load(STAGED, self._keys(), ())
        return self._by_hand(slice_, odd)

    def read(self, slice_: Slice, numbers: Numbers) -> Iterator[Case | list[Rejection]]:
        """Rows of a slice through the reader of rows, in the order of their numbers."""
        for row, entries in self.children.with_entries(_rows(slice_, sorted(numbers))):
            yield self.reader.read(row, entries)

    # ------------------------------------------------------------------ plain rows

    def _clear(self) -> None:
        for table in self._tables(f"(table_name = '{CHECKED}' OR {staging_table()})"):
            self.database.execute(f"DROP TABLE {quoted(table)}")

    def _check(self, slice_: Slice, plan: TablePlan) -> None:
        """The table `checked`: every row of the relation as staged values, and whether it is plain."""
        assert slice_.relation is not None
        self.database.execute(f"CREATE TABLE {CHECKED} AS {plan.checked(slice_.relation)}")
        found = self._count(CHECKED)
        if found != slice_.size:
            raise AssertionError(f"{slice_.size} rows were to be read, and {found} were")

    def _place(self, slice_: Slice, plan: TablePlan) -> None:
        """The table `staged`: the plain rows whose kind and place make a profile, and nothing that it cannot have."""
        kind, place = (f"coalesce({quoted(f'head:{name}')}, '')" for name in ("kind", "jurisdiction"))
        given = self.database.execute(f"SELECT DISTINCT {kind}, {place} FROM {CHECKED} WHERE plain").fetchall()
        heads = [head for entry in given if (head := self.groups.head(*entry)) is not None]
        self._load(
            HEADS,
            [
                ("given_kind", "VARCHAR"),
                ("given_place", "VARCHAR"),
                ("kind", "VARCHAR"),
                ("place", "VARCHAR"),
                ("grp", "INTEGER"),
            ],
            [(head.given_kind, head.given_place, head.kind, head.place, head.group) for head in heads],
        )
        handed_on = [name for name in plan.staged if not name.startswith("raw:") and name not in GIVEN]
        columns = ", ".join(f"c.{quoted(name)}" for name in handed_on)
        misfits = {kind: plan.misfit(kind) for kind in dict.fromkeys(head.kind for head in heads)}
        arms = " ".join(f"WHEN {literal(kind)} THEN {misfit}" for kind, misfit in misfits.items() if misfit != "FALSE")
        fits = f"NOT coalesce(CASE h.kind {arms} ELSE FALSE END, FALSE)" if arms else "TRUE"
        self.database.execute(
            f"CREATE TABLE {STAGED} AS SELECT {AT}, h.kind, h.place, h.grp, {columns} "
            f"FROM {CHECKED} c JOIN {HEADS} h ON {kind} = coalesce(h.given_kind, '') "
            f"AND {place} = coalesce(h.given_place, '') WHERE c.plain AND {fits}"
        )

    def _unnest(self, cell: ListCell) -> None:
        """The table of a list; profiles with an entry that is not plain are no longer staged."""
        fact = cell.fact.id
        table = quoted(f"items_{fact}")
        source = (
            f"(SELECT {AT}, grp, {quoted(f'raw:{fact}')} AS raw, s.{quoted(f'list:{fact}')} AS state "
            f"FROM {CHECKED} c JOIN {STAGED} s USING ({AT}))"
        )
        self.database.execute(f"CREATE TABLE {table} AS {self.lists.entries(cell, source, (AT, 'grp'))}")
        self.database.execute(f"DELETE FROM {STAGED} WHERE {AT} IN (SELECT {AT} FROM {table} WHERE NOT ok)")

    def _odd(self, slice_: Slice) -> list[int]:
        """The rows of the relation that are not staged; their entries are taken out too."""
        if self._count(STAGED) == slice_.size:
            return []
        for table in self._tables("starts_with(table_name, 'items_')"):
            self.database.execute(f"DELETE FROM {quoted(table)} WHERE {AT} NOT IN (SELECT {AT} FROM {STAGED})")
        found = self.database.execute(f"SELECT {AT} FROM {CHECKED} ANTI JOIN {STAGED} USING ({AT})").fetchall()
        return [at for (at,) in found]

    # ------------------------------------------------------------------ the other rows

    def _by_hand(self, slice_: Slice, odd: Numbers) -> Staged:
        """Stages what the reader of rows accepts of the rows left."""
        numbers = [*odd, *slice_.aside]
        rejections: list[Rejection] = []
        rejected = 0
        cases: list[Case] = []
        rest: list[Case] = []
        for found in self.read(slice_, numbers):
            if not isinstance(found, Case):
                rejected += 1
                rejections += found
                continue
            cases.append(found)
            if len(cases) == TOGETHER:
                rest += self.add(cases)
                cases = []
        rest += self.add(cases)
        sizes = self.database.execute(f"SELECT grp, count(*) FROM {STAGED} GROUP BY grp ORDER BY grp").fetchall()
        return Staged(sizes=sizes, rest=rest, rejections=rejections, rejected=rejected, by_hand=len(numbers))

    def add(self, cases: Sequence[Case]) -> list[Case]:
        """Stage profiles that were read by Python; returns those that no table can hold."""
        rest: list[Case] = []
        own: list[tuple[Case, int, dict[str, Cell]]] = []
        columns: dict[str, str] = {}
        below: dict[str, tuple[Table, list[tuple[Cell, ...]]]] = {}
        for case in cases:
            group = self.groups.group(case.profile.kind, case.profile.place)
            tables = self.groups.layout(group)
            by_name = {table.name: table for table in tables.tables}
            try:
                written = list(rows(tables, [(case.row, case.profile)]))
            except RuleError:
                written = []
            if not written or any("" in row[len(by_name[name].keys) :] for name, row in written):
                rest.append(case)  # it has a number that no table holds, or an empty text, which would be NULL
                continue
            for name, row in written:
                if name != PROFILES:
                    below.setdefault(name, (by_name[name], []))[1].append((*map(_cell, row), group))
                    continue
                staged = zip(by_name[name].columns[3:], row[3:], strict=True)
                given = {column: cell for column, cell in staged if cell is not None}
                columns |= {column.name: column.type for column in given}
                own.append((case, group, {column.name: _cell(cell) for column, cell in given.items()}))
        self._insert(STAGED, [*self._keys(), *columns.items()], [self._row(*entry, columns) for entry in own])
        for table, found in below.values():
            named = [(AT if column.name == "profile" else column.name, column.type) for column in table.columns]
            self._insert(table.name, [*named, ("grp", "INTEGER")], found)
        return rest

    def _row(self, case: Case, group: int, given: Mapping[str, Cell], columns: Mapping[str, str]) -> tuple[Cell, ...]:
        profile = case.profile
        head = (case.row, profile.kind, profile.place, group, profile.name, profile.code, *map(clean, case.kept))
        return (*head, *(given.get(name) for name in columns))

    def _keys(self) -> list[tuple[str, str]]:
        """The columns of `staged` that no rule reads."""
        keys = [(AT, "BIGINT"), ("kind", "VARCHAR"), ("place", "VARCHAR"), ("grp", "INTEGER")]
        keys += [("head:name", "VARCHAR"), ("head:code", "VARCHAR")]
        return [*keys, *((KEPT + heading, "VARCHAR") for heading in self.store.kept)]

    # ------------------------------------------------------------------ tables

    def _insert(self, table: str, columns: Sequence[tuple[str, str]], found: Sequence[Sequence[Cell]]) -> None:
        """Rows into a table by the names of its columns, which it gets where it has them not."""
        if not found:
            return
        self._load(LOADED, columns, found)
        if not self._tables(f"table_name = {literal(table)}"):
            self.database.execute(f"CREATE TABLE {quoted(table)} AS SELECT * FROM {LOADED} LIMIT 0")
        known = self.columns(table)
        for name, type_ in columns:
            if name not in known:
                self.database.execute(f"ALTER TABLE {quoted(table)} ADD COLUMN {quoted(name)} {type_}")
        self.database.execute(f"INSERT INTO {quoted(table)} BY NAME SELECT * FROM {LOADED}")

    def columns(self, table: str) -> set[str]:
        """The names of a table's columns; none where there is no such table."""
        found = self.database.execute(
            f"SELECT column_name FROM duckdb_columns() WHERE schema_name = 'main' AND table_name = {literal(table)}"
        ).fetchall()
        return {str(name) for (name,) in found}

    def _load(self, table: str, columns: Sequence[tuple[str, str]], found: Sequence[Sequence[Cell]]) -> None:
        """A table of these rows."""
        names = ", ".join(f"{quoted(name)} {type_}" for name, type_ in columns)
        self.database.execute(f"CREATE OR REPLACE TABLE {quoted(table)} ({names})")
        if found:
            self.store.load(table, columns, found)

    def _tables(self, condition: str) -> list[str]:
        found = self.database.execute(
            f"SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main' AND {condition}"
        ).fetchall()
        return [str(name) for (name,) in found]

    def _count(self, table: str) -> int:
        found = self.database.execute(f"SELECT count(*) FROM {table}").fetchone()
        assert found is not None
        return int(found[0])


def staging_table() -> str:
    """Whether `table_name` is that of a table that is staged."""
    prefixes = " OR ".join(f"starts_with(table_name, '{prefix}')" for prefix in (items_table(""), "member_items_"))
    return f"(table_name IN ('{STAGED}', '{MEMBERS}') OR {prefixes})"


def _rows(slice_: Slice, numbers: Numbers) -> Iterator[Row]:
    """Rows of a slice by their numbers, in order."""
    others = slice_.rows([number for number in numbers if number not in slice_.aside])
    for number in numbers:
        found = slice_.aside.get(number)
        yield next(others) if found is None else found


def _cell(value: bool | int | str | date | None) -> Cell:
    if isinstance(value, bool):
        return _TRUTH[value]
    return value.isoformat() if isinstance(value, date) else value
