"""What stands in the staging tables, asked: findings as Parquet files, totals as rows of the store.

The queries read tables under the names of `evaluator.engines.sql.layout`; here those are views over what was staged, of
the profiles of the groups that are asked together. A column that the table at hand does not have is NULL throughout.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from evaluator.batch.columnar.groups import Groups, Prepared
from evaluator.batch.columnar.slices import AT
from evaluator.batch.columnar.stage import STAGED, Staged, Stager
from evaluator.batch.store import KEPT, Store, literal
from evaluator.batch.tables import quoted
from evaluator.batch.wide import FindingsLayout, in_order, long_of, with_columns
from evaluator.engines.sql.layout import MEMBERS_COMPLETE, PROFILES, Table

ASKED: Final = "asked"
"""The schema of the views that a query reads."""
_KEYS: Final = {"profile": AT, "kind": "kind", "place": "place", "item": "item", "member": "member"}


class Answers:
    """Answers what a stager staged."""

    def __init__(self, store: Store, groups: Groups, stager: Stager, findings: FindingsLayout) -> None:
        self.store, self.groups, self.stager, self.findings = store, groups, stager, findings
        self.columns: list[str] = []
        """The columns of all findings that were asked by now, for the wide form."""
        store.database.execute(f"CREATE SCHEMA IF NOT EXISTS {ASKED}")

    def answer(self, staged: Staged, file: Callable[[int], Path]) -> tuple[dict[Path, str], tuple[int, ...]]:
        """Write the findings of each query into a file of its own, and add the totals to the store.

        Returns the files, each with a relation of its rows in the long form, and the groups of which the SQL engine
        does not know a rule.
        """
        asked = [(groups, self.groups.prepared(groups)) for groups in self.groups.together(staged.sizes)]
        known = [(groups, prepared) for groups, prepared in asked if prepared is not None]
        unknown = tuple(group for groups, prepared in asked if prepared is None for group in groups)
        new = {column for _, prepared in known for column in prepared.columns}
        self.columns = in_order({*self.columns, *new}, self.groups.rulebook)
        files: dict[Path, str] = {}
        for nth, (groups, prepared) in enumerate(known, start=1):
            path = file(nth)
            self._ask(prepared, groups, path)
            files[path] = (
                f"read_parquet({literal(str(path))})" if self.findings == "long" else long_of(path, prepared.columns)
            )
        self._carry(unknown)
        return files, unknown

    def numbers(self, groups: Sequence[int]) -> list[int]:
        """The staged rows of these groups."""
        found = self.store.database.execute(f"SELECT {AT} FROM {STAGED} WHERE {_of(groups)} ORDER BY {AT}").fetchall()
        return [at for (at,) in found]

    def _ask(self, prepared: Prepared, groups: Sequence[int], path: Path) -> None:
        database = self.store.database
        for table in prepared.layout.tables:
            database.execute(f"CREATE OR REPLACE VIEW {ASKED}.{quoted(table.name)} AS {self._view(table, groups)}")
        database.execute(f"SET schema = '{ASKED}'")
        try:
            query = f"SELECT profile AS row, * EXCLUDE (profile) FROM ({prepared.findings})"
            if self.findings == "wide":
                query = with_columns(query, prepared.columns, self.columns)
            self.store.copy(query, path)
            database.execute(f"INSERT INTO main.totals {prepared.totals}")
        finally:
            database.execute("SET schema = 'main'")

    def _view(self, table: Table, groups: Sequence[int]) -> str:
        """A table of the layout over what was staged of it."""
        source = STAGED if table.name == PROFILES else table.name
        known = self.stager.columns(source)
        cells = []
        for column in table.columns:
            name = _KEYS.get(column.name, column.name)
            cell = quoted(name) if name in known else f"CAST(NULL AS {column.type})"
            if column.name == MEMBERS_COMPLETE.name:  # of whom no members were given there are none
                cell = f"coalesce({cell}, TRUE)"
            cells.append(f"{cell} AS {quoted(column.name)}")
        chosen = f"main.{quoted(source)} WHERE {_of(groups)}" if known else "(SELECT 1) WHERE FALSE"
        return f"SELECT {', '.join(cells)} FROM {chosen}"

    def _carry(self, unknown: Sequence[int]) -> None:
        """What is carried along of the profiles that were answered."""
        kept = ", ".join(quoted(KEPT + heading) for heading in self.store.kept)
        name = "coalesce(replace(\"head:name\", chr(0), '\ufffd'), '')"
        columns = f'{AT}, {name}, "head:code", kind, place{", " + kept if kept else ""}'
        chosen = f" WHERE NOT ({_of(unknown)})" if unknown else ""
        self.store.database.execute(f"INSERT INTO cases SELECT {columns} FROM {STAGED}{chosen}")


def _of(groups: Sequence[int]) -> str:
    return f"grp IN ({', '.join(map(str, groups))})" if groups else "FALSE"
