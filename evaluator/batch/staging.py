"""A partition's profiles into the tables of the SQL engine, and its answer back as rows of findings.

Profiles whom the same rules concern are asked together, so a query never holds a rule that none of its profiles has.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from evaluator.batch.rows import Case
from evaluator.batch.store import Store
from evaluator.batch.tables import quoted
from evaluator.diagnostics import RuleError
from evaluator.engines.sql.dialects import Dialect
from evaluator.engines.sql.layout import PROFILES, Cell, Layout, Table, rows
from evaluator.engines.sql.query import compile_rules
from evaluator.engines.sql.results import findings, totals
from evaluator.record import record
from evaluator.rulebook.model import AnyRule, Rulebook

_TRUTH: Final = {True: "true", False: "false"}


@record
class Prepared:
    """What is made once for the profiles whom the same rules concern: their tables, and the queries that answer."""

    layout: Layout
    findings: str
    totals: str


class Queries:
    """The SQL engine of one rulebook at one date, compiled for each set of rules when a profile first needs it."""

    dialect: Dialect = "duckdb"

    def __init__(self, rulebook: Rulebook, as_of: date) -> None:
        self.rulebook, self.as_of = rulebook, as_of
        self._prepared: dict[tuple[str, ...], Prepared | None] = {}

    def answer(self, cases: Sequence[Case], store: Store) -> list[Case]:
        """Add the findings and totals of the profiles; returns those that the engine cannot answer.

        They have a number that its tables cannot hold, or a rule that it does not know.
        """
        groups: dict[tuple[str, ...], list[Case]] = {}
        for case in cases:
            rules = self.rulebook.candidates(case.profile.place, case.profile.kind)
            groups.setdefault(tuple(rule.id for rule in rules), []).append(case)
        left: list[Case] = []
        for ids, group in groups.items():
            left += self._answer(ids, group, store)
        return left

    def _prepare(self, ids: tuple[str, ...]) -> Prepared | None:
        try:
            return prepare(self.rulebook, self.as_of, [self.rulebook.rules[id] for id in ids], self.dialect)
        except RuleError:  # `evaluator rules list --engine sql` tells what it does not know
            return None

    def _answer(self, ids: tuple[str, ...], cases: Sequence[Case], store: Store) -> list[Case]:
        if ids not in self._prepared:
            self._prepared[ids] = self._prepare(ids)
        prepared = self._prepared[ids]
        if prepared is None:
            return list(cases)
        staged: dict[str, list[tuple[str | int | None, ...]]] = {table.name: [] for table in prepared.layout.tables}
        left: list[Case] = []
        for case in cases:
            try:
                written = list(rows(prepared.layout, [(case.row, case.profile)]))
            except RuleError:
                left.append(case)
                continue
            for name, row in written:
                staged[name].append(tuple(map(_cell, row)))
        for table in prepared.layout.tables:
            _fill(store, table, staged[table.name])
        if staged[PROFILES]:
            self.run(prepared, store)
        return left

    def run(self, prepared: Prepared, store: Store) -> None:
        """Answer what stands in the staging tables of the store."""
        for table, query in (("findings", prepared.findings), ("totals", prepared.totals)):
            store.database.execute(f"INSERT INTO {table} {query}")


def prepare(rulebook: Rulebook, as_of: date, rules: Iterable[AnyRule], dialect: Dialect) -> Prepared:
    """Tables and queries for these rules. Raises RuleError for what the engine does not know."""
    model = compile_rules(rulebook, as_of, rules, folding=True)
    return Prepared(
        layout=model.layout,
        findings=findings(model, dialect),
        totals=totals(model, dialect),
    )


def _cell(value: Cell) -> str | int | None:
    if isinstance(value, bool):
        return _TRUTH[value]
    return value.isoformat() if isinstance(value, date) else value


def _fill(store: Store, table: Table, found: list[tuple[str | int | None, ...]]) -> None:
    """One staging table with these rows."""
    columns = ", ".join(f"{quoted(column.name)} {column.type}" for column in table.columns)
    store.database.execute(f"CREATE OR REPLACE TABLE {quoted(table.name)} ({columns})")
    if found:
        store.load(table.name, [(column.name, column.type) for column in table.columns], found)
