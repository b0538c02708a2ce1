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


class TableReader:
    """Reads one table in the database of a store; what SQL cannot read is left to `rows`."""

    def __init__(self, store: Store, table: Table, rows: Rows, folder: Path) -> None:
        self.rows, self.wording = rows, Wording("duckdb")
        folder.mkdir(parents=True, exist_ok=True)
        self._given: Given | None = None
        self._plan: TablePlan | None = None
        self.slices = self._open(store, table, folder)

    def _open(self, store: Store, table: Table, folder: Path) -> Slices:
        match table.format:
            case "csv":
                self._given = Given(columns=self.rows.fixed, form="words", shapes=(None,) * len(self.rows.fixed))
                return CsvSlices(table, folder)
            case "json-lines":
                return JsonSlices(store.database, table.path, self.rows.columns, self.wording, folder)
            case "parquet" if not OWN & {heading.casefold() for heading in table.headings}:
                typed = ParquetSlices(store.database, table)
                self._given = Given(columns=self.rows.fixed, form="typed", shapes=typed.shapes)
                return typed
            case _:
                pass
        return RowSlices(table)

    def close(self) -> None:
        """Nothing more is read."""
        self.slices.close()

    @property
    def plan(self) -> TablePlan | None:
        """How the relation of the slice taken last is read; None where it has none."""
        given = self.slices.given if isinstance(self.slices, JsonSlices) else self._given
        if given is None:
            return None
        if self._plan is None or given is not self._given:
            self._given = given
            self._plan = plan_of(self.wording, self.rows.rulebook, given, self.rows.kept)
        return self._plan
