"""DuckDB's answers and the reference engine's, held against each other column by column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TypeAlias

import duckdb

from evaluator.engines.decide import decide
from evaluator.engines.decision import Decision
from evaluator.engines.sql.layout import Layout
from evaluator.engines.sql.query import Model, compile_rules
from evaluator.engines.sql.results import claw_backs, findings, later, stackings, totals, wide
from evaluator.engines.sql.rows import rows
from evaluator.rulebook import model
from evaluator.rulebook.profile import Profile, make_profile
from evaluator.rulebook.vocabulary import Exact

Answers: TypeAlias = Mapping[str, object]


def money(value: Exact | None) -> Decimal | None:
    """Yuan as SQL gives them."""
    return None if value is None else Decimal(int(value * 100)) / 100


def expected(decision: Decision) -> dict[str, object]:
    """The wide row of a decision; what was not asked is left out."""
    row: dict[str, object] = {}
    for found in decision.findings:
        row[f"{found.id}:outcome"] = found.outcome.value
        row[f"{found.id}:breach"] = found.breach
        if found.amount is not None:
            row[f"{found.id}:stated"] = found.amount.stated
            row[f"{found.id}:guaranteed"] = money(found.amount.guaranteed)
            row[f"{found.id}:potential"] = money(found.amount.potential)
        if found.claw_back is not None:
            row |= _ends(f"{found.id}:claw_back", (found.claw_back.guaranteed, found.claw_back.potential))
    for entry in decision.stacked:
        row[f"stacking:{entry.stacking.id}:guaranteed"] = money(entry.guaranteed)
        row[f"stacking:{entry.stacking.id}:potential"] = money(entry.potential)
        row |= _ends(f"stacking:{entry.stacking.id}:later", entry.later)
    row["total:guaranteed"] = money(decision.totals.guaranteed)
    row["total:potential"] = money(decision.totals.potential)
    row["total:unstated"] = decision.totals.unstated
    row["total:unstated_open"] = decision.totals.unstated_open
    row |= _ends("total:later", decision.totals.later) | _ends("total:claw_back", decision.totals.claw_back)
    return row


def _ends(name: str, ends: tuple[Exact, Exact | None]) -> dict[str, object]:
    return {f"{name}:guaranteed": money(ends[0]), f"{name}:potential": money(ends[1])}


def fill(connection: duckdb.DuckDBPyConnection, tables: Layout, profiles: Sequence[Profile]) -> None:
    """The staging tables in DuckDB, holding these profiles under their places in the sequence."""
    found: dict[str, list[tuple[object, ...]]] = {table.name: [] for table in tables.tables}
    for name, row in rows(tables, enumerate(profiles)):
        found[name].append(row)
    for table in tables.tables:
        columns = ", ".join(f'"{column.name}" {column.type}' for column in table.columns)
        connection.execute(f'CREATE OR REPLACE TABLE "{table.name}" ({columns})')
        marks = "(" + ", ".join("?" for _ in table.columns) + ")"
        for start in range(0, len(found[table.name]), 200):
            part = found[table.name][start : start + 200]
            cells = [cell for row in part for cell in row]
            connection.execute(f'INSERT INTO "{table.name}" VALUES {", ".join([marks] * len(part))}', cells)


SHORT = "SET disabled_optimizers = 'projection_placement,projection_pullup'"
"""Leaves out two passes of DuckDB's planner, in which it spends half of its time on queries of a hundred rules."""


def answers(compiled: Model, profiles: Sequence[Profile], *, short: bool = False) -> list[dict[str, object]]:
    """DuckDB's wide rows, in the order of the profiles; `short`: planned with two passes less."""
    with duckdb.connect() as connection:
        if short:
            connection.execute(SHORT)
        fill(connection, compiled.layout, profiles)
        result = connection.execute(wide(compiled, "duckdb"))
        names = [column[0] for column in result.description]
        found = {row[0]: dict(zip(names[1:], row[1:], strict=True)) for row in result.fetchall()}
    return [filled(compiled, found[key]) for key in range(len(profiles))]


def filled(compiled: Model, row: dict[str, object]) -> dict[str, object]:
    """A wide row with nothing for what no rule of the query can have: money that comes later, or is owed back."""
    trees = [f"stacking:{tree.stacking.id}" for tree in compiled.stacked if tree.later is None]
    present = [f"{name}:later" for name in trees if row[f"{name}:guaranteed"] is not None]
    absent = [name for name in ("total:later", "total:claw_back") if f"{name}:guaranteed" not in row]
    for name in (*present, *absent):
        row |= _ends(name, (0, 0))
    return row


def long_answers(compiled: Model, profiles: Sequence[Profile]) -> list[dict[str, object]]:
    """DuckDB's long rows, stackings and totals as wide rows, in the order of the profiles."""
    found: list[dict[str, object]] = [{} for _ in profiles]
    with duckdb.connect() as connection:
        fill(connection, compiled.layout, profiles)
        for row in connection.execute(findings(compiled, "duckdb")).fetchall():
            key, rule, entry, outcome, breach, stated, low, high = row
            id = f"{rule}#{entry}" if entry else rule
            assert f"{id}:outcome" not in found[key]
            found[key] |= {f"{id}:outcome": outcome, f"{id}:breach": breach}
            if stated is not None:
                found[key] |= {f"{id}:stated": stated, f"{id}:guaranteed": low, f"{id}:potential": high}
        for key, id, low, high in connection.execute(stackings(compiled, "duckdb")).fetchall():
            found[key] |= {f"stacking:{id}:guaranteed": low, f"stacking:{id}:potential": high}
        for key, rule, entry, low, high in connection.execute(claw_backs(compiled, "duckdb")).fetchall():
            id = f"{rule}#{entry}" if entry else rule
            found[key] |= {f"{id}:claw_back:guaranteed": low, f"{id}:claw_back:potential": high}
        for query in (totals(compiled, "duckdb"), later(compiled, "duckdb")):
            result = connection.execute(query)
            names = [column[0] for column in result.description][1:]
            for key, *values in result.fetchall():
                found[key] |= {f"total:{name}": value for name, value in zip(names, values, strict=True)}
    return found


def disagreements(
    book: model.Rulebook,
    profiles: Sequence[Profile],
    as_of: date,
    rules: Sequence[model.AnyRule] | None = None,
    *,
    folding: bool = False,
    short: bool = False,
    choices: Mapping[str, str] | None = None,
) -> list[str]:
    """Every cell in which DuckDB and the reference engine differ, in words; `folding`: of the long result."""
    compiled = compile_rules(book, as_of, rules, folding=folding, choices=choices)
    chosen = tuple(book.rules) if rules is None else tuple(rule.id for rule in rules)
    found: list[str] = []
    rows_ = long_answers(compiled, profiles) if folding else answers(compiled, profiles, short=short)
    for profile, row in zip(profiles, rows_, strict=True):
        asked = [rule.id for rule in book.candidates(profile.place, profile.kind) if rule.id in chosen]
        decision = decide(book, profile, as_of=as_of, rules=asked or ["-"], choices=choices)
        found.extend(differences(decision, row, whole=folding))
    return found


def differences(decision: Decision, row: Answers, *, whole: bool = False) -> list[str]:
    """Every cell in which a row differs from a decision; `whole`: cells that are not asked are not in the row."""
    want = expected(decision)
    if whole:  # the long result has what comes later of all trees together
        want = {name: value for name, value in want.items() if ":later:" not in name or name.startswith("total:")}
    return [
        f"{name}: decide {want.get(name)!r}, duckdb {row.get(name)!r} on {decision.profile.given}"
        for name in row.keys() | want.keys()
        if want.get(name) != row.get(name) or (whole and (name in want) != (name in row))
    ]


def profiles_of(book: model.Rulebook, data: Sequence[Mapping[str, object]]) -> list[Profile]:
    """Checked profiles."""
    return [make_profile(entry, book) for entry in data]


def long_rows(compiled: Model, profiles: Sequence[Profile]) -> list[tuple[object, ...]]:
    """DuckDB's long rows, sorted."""
    with duckdb.connect() as connection:
        fill(connection, compiled.layout, profiles)
        return sorted(connection.execute(findings(compiled, "duckdb")).fetchall())
