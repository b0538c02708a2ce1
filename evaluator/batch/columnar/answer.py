"""What stands in the staging tables, asked: findings as Parquet files, totals as rows of the store.

The queries read tables under the names of `evaluator.engines.sql.layout`; here those are views over what was staged, of
the profiles of the groups that are asked together. A column that the table at hand does not have is NULL throughout.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Final

from evaluator.batch.columnar.groups import Groups, Prepared
from evaluator.batch.columnar.slices import AT
from evaluator.batch.columnar.stage import STAGED, Staged, Stager
from evaluator.batch.columnar.wording import Wording
from evaluator.batch.store import FINDINGS, KEPT, TABLES, Store
from evaluator.batch.tables import literal, quoted
from evaluator.batch.wide import FindingsLayout, in_order, long_of, with_columns
from evaluator.engines.sql.layout import MEMBERS_COMPLETE, PROFILES, Table
from evaluator.engines.sql.setup import Setup

ASKED: Final = "asked"
"""The schema of the views that a query reads."""
_KEYS: Final = {"profile": AT, "kind": "kind", "place": "place", "item": "item", "member": "member"}


class Answers:
    """Answers what a stager staged."""

    def __init__(self, store: Store, groups: Groups, stager: Stager, findings: FindingsLayout) -> None:
        self.store, self.groups, self.stager, self.findings = store, groups, stager, findings
        self._set_up: set[Setup] = set()
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
            read = f"read_parquet({literal(str(path))})"
            files[path] = read if self.findings == "long" else long_of(read, prepared.columns, self.stager.w)
        self._carry(unknown)
        return files, unknown

    def numbers(self, groups: Sequence[int]) -> list[int]:
        """The staged rows of these groups."""
        found = self.store.database.execute(f"SELECT {AT} FROM {STAGED} WHERE {of(groups)} ORDER BY {AT}").fetchall()
        return [at for (at,) in found]

    def _ask(self, prepared: Prepared, groups: Sequence[int], path: Path) -> None:
        database, w = self.store.database, self.stager.w
        for table in prepared.layout.tables:
            source = STAGED if table.name == PROFILES else table.name
            sources = [(f"main.{w.name(source)}", self.stager.columns(source))]
            view = view_of(w, table, groups, sources)
            database.execute(f"CREATE OR REPLACE VIEW {ASKED}.{w.name(table.name)} AS {view}")
        database.execute(f"SET schema = '{ASKED}'")
        try:
            if prepared.setup is not None and prepared.setup not in self._set_up:
                for statement, given in prepared.setup.statements():
                    database.execute(statement, given)
                self._set_up.add(prepared.setup)
            self.store.copy(asked_of(w, prepared, self.findings, self.columns), path)
            database.execute(f"INSERT INTO main.totals {prepared.totals}")
        finally:
            database.execute("SET schema = 'main'")

    def _carry(self, unknown: Sequence[int]) -> None:
        """What is carried along of the profiles that were answered."""
        kept = ", ".join(quoted(KEPT + heading) for heading in self.store.kept)
        name = "coalesce(replace(\"head:name\", chr(0), '\ufffd'), '')"
        columns = f'{AT}, {name}, "head:code", kind, place{", " + kept if kept else ""}'
        chosen = f" WHERE NOT ({of(unknown)})" if unknown else ""
        self.store.database.execute(f"INSERT INTO cases SELECT {columns} FROM {STAGED}{chosen}")


def asked_of(w: Wording, prepared: Prepared, findings: FindingsLayout, columns: Sequence[str]) -> str:
    """The findings of a query as files hold them; `columns` are all that wide ones have."""
    renamed = f"SELECT f.profile AS row, f.* FROM ({prepared.findings}) AS f"
    if findings == "wide":
        return with_columns(renamed, prepared.columns, columns, w)
    return f"SELECT {', '.join(name for name, _ in TABLES[FINDINGS])} FROM ({renamed}) AS r"


def view_of(w: Wording, table: Table, groups: Sequence[int], sources: Sequence[tuple[str, Collection[str]]]) -> str:
    """A table of the layout over what was staged of it: relations, each with its columns."""
    parts = []
    for source, known in sources:
        cells = []
        for column in table.columns:
            name = _KEYS.get(column.name, column.name)
            cell = w.name(name) if name in known else w.null(column.type)
            if column.name == MEMBERS_COMPLETE.name:  # of whom no members were given there are none
                cell = f"coalesce({cell}, TRUE)"
            cells.append(f"{cell} AS {w.name(column.name)}")
        chosen = f"{source} WHERE {of(groups)}" if known else "(SELECT 1) AS nothing WHERE FALSE"
        parts.append(f"SELECT {', '.join(cells)} FROM {chosen}")
    return " UNION ALL ".join(parts)


def of(groups: Sequence[int]) -> str:
    """Whether a row is of one of these groups."""
    return f"grp IN ({', '.join(map(str, groups))})" if groups else "FALSE"
