"""A table opened for SQL: its slices, and how the relation of each is read."""

from __future__ import annotations

from pathlib import Path

from evaluator.batch.columnar.csv_slices import CsvSlices
from evaluator.batch.columnar.json_slices import JsonSlices
from evaluator.batch.columnar.plan import Given, TablePlan, plan_of
from evaluator.batch.columnar.slices import OWN, ParquetSlices, RowSlices, Slices
from evaluator.batch.columnar.wording import Wording
from evaluator.batch.rows import Rows
from evaluator.batch.store import Store
from evaluator.batch.tables import Table


def open_slices(store: Store, table: Table, folder: Path) -> Slices:
    """The slices of a table whose columns are named once, for all rows; pieces of it stand in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    if table.format == "csv":
        return CsvSlices(table, folder)
    if table.format == "parquet" and not OWN & {heading.casefold() for heading in table.headings}:
        return ParquetSlices(store.database, table)
    return RowSlices(table)


class TableReader:
    """Reads the profiles of one table in the database of a store; what SQL cannot read is left to `rows`."""

    def __init__(self, store: Store, table: Table, rows: Rows, folder: Path) -> None:
        self.rows, self.wording = rows, Wording("duckdb")
        self._planned: tuple[Given, TablePlan] | None = None
        self.slices: Slices
        if table.format == "json-lines":
            folder.mkdir(parents=True, exist_ok=True)
            self.slices = JsonSlices(store.database, table.path, rows.columns, self.wording, folder)
        else:
            self.slices = open_slices(store, table, folder)

    def close(self) -> None:
        """Nothing more is read."""
        self.slices.close()

    @property
    def given(self) -> Given | None:
        """How the relation of the slice taken last is given; None where it has none."""
        columns = self.rows.fixed
        match self.slices:
            case JsonSlices():
                return self.slices.given
            case CsvSlices():
                return Given(columns=columns, form="words", shapes=(None,) * len(columns))
            case ParquetSlices():
                return Given(columns=columns, form="typed", shapes=self.slices.shapes)
            case _:
                return None

    @property
    def plan(self) -> TablePlan | None:
        """How that relation is read."""
        given = self.given
        if given is None:
            return None
        if self._planned is None or self._planned[0] != given:
            self._planned = given, plan_of(self.wording, self.rows.rulebook, given, self.rows.kept)
        return self._planned[1]
