"""The texts of a query: one row per profile, or one per profile and finding, stacking trees and totals beside.

In: a `Model`. Out: one SELECT over the tables of `layout`, with the columns that `layout` names.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from evaluator.engines.decision import Outcome
from evaluator.engines.sql.awards import Found, any_of_outcomes
from evaluator.engines.sql.dialects import MONEY, Dialect, listed, literal, quoted, type_name
from evaluator.engines.sql.fold import ENTRY, RULE
from evaluator.engines.sql.layout import (
    CLAW_BACKS,
    FINDINGS,
    LATER,
    PROFILE,
    STACKINGS,
    TOTALS,
    WIDE_TOTALS,
    Column,
    sums_of,
    wide_finding,
    wide_stacking,
)
from evaluator.engines.sql.nodes import Sql
from evaluator.engines.sql.payments import Paid
from evaluator.engines.sql.query import Folded, Model
from evaluator.engines.sql.relation import Builder
from evaluator.engines.sql.render import Chain, Query
from evaluator.engines.sql.setup import Setup
from evaluator.engines.sql.simplify import where


def wide(compiled: Model, dialect: Dialect, setup: Setup | None = None, columns: Collection[str] | None = None) -> str:
    """The query with one row per profile; `columns`: beside the profile only those of these names, in their own order.

    The model must not be a folded one. Here and below: what is left to `setup`, if given, has to be made before the
    query is asked.
    """
    assert not compiled.folded
    query = Query(dialect, setup)
    outputs = [
        (column, _shown(column, node, compiled.env.builder, query))
        for column, node in _wide_outputs(compiled)
        if columns is None or column.name in columns
    ]
    last, chain = query.rows(compiled.scope, [node for _, node in outputs])
    cells = [_profile(dialect), *(_cell(column, node, chain, dialect) for column, node in outputs)]
    return query.written(f"SELECT {', '.join(cells)} FROM {last} s")


def wide_names(compiled: Model) -> list[str]:
    """The names of the columns of the wide result beside the profile, in their order."""
    return [column.name for column, _ in _wide_outputs(compiled)]


def _wide_outputs(compiled: Model) -> list[tuple[Column, Sql]]:
    """The columns of the wide result, in order, with their nodes; money in whole fen."""
    b = compiled.env.builder
    result: list[tuple[Column, Sql]] = []
    for found in compiled.findings:
        columns = wide_finding(found.id, amount=found.paid is not None)
        for column, part in zip(columns, _values(found, b), strict=False):
            result.append((column, b.case([(found.asked, where(b, found.asked, part))], b.null(part.kind))))
        result.extend(_sum(f"{found.id}:claw_back", found.owed, found.asked, b))
    for tree in compiled.stacked:
        for column, part in zip(wide_stacking(tree.stacking.id), (tree.paid.low, tree.paid.high), strict=True):
            result.append((column, b.case([(tree.present, where(b, tree.present, part))], b.null("int"))))
        result.extend(_sum(f"stacking:{tree.stacking.id}:later", tree.later, tree.present, b))
    result.extend(zip(WIDE_TOTALS, _total_values(compiled), strict=True))
    result.extend(_sum("total:later", compiled.totals.later, b.true, b))
    result.extend(_sum("total:claw_back", compiled.totals.owed, b.true, b))
    return result


def _sum(prefix: str, paid: Paid | None, there: Sql, b: Builder) -> list[tuple[Column, Sql]]:
    """The columns of a sum that not every query has; NULL where it is not `there`."""
    if paid is None:
        return []
    nodes = [b.case([(there, where(b, there, end))], b.null("int")) for end in (paid.low, paid.high)]
    return list(zip(sums_of(prefix), nodes, strict=True))


def _total_values(compiled: Model) -> list[Sql]:
    found = compiled.totals
    return [found.paid.low, found.paid.high, found.unstated, found.unstated_open]


def _values(found: Found, b: Builder) -> list[Sql]:
    """Outcome, breach, stated, guaranteed and potential of a finding."""
    if found.paid is None:
        return [found.outcome, found.breach, b.null("bool"), b.null("int"), b.null("int")]
    return [found.outcome, found.breach, b.boolean(found.stated), found.paid.low, found.paid.high]


def _profile(dialect: Dialect) -> str:
    return f"s.{quoted(PROFILE.name, dialect)}"


def _cell(column: Column, node: Sql, chain: Chain, dialect: Dialect) -> str:
    return f"{_typed(column, chain.text(node, chain.last, 's'), dialect, node)} AS {quoted(column.name, dialect)}"


def _shown(column: Column, node: Sql, b: Builder, query: Query) -> Sql:
    """A value as it is shown; money comes in whole fen, an outcome as a text."""
    if column.type == "DECIMAL(38,2)":
        return b.yuan(node)
    is_outcome = column.name == "outcome" or column.name.endswith(":outcome")
    return b.outcome(node) if is_outcome and query.setup is not None else node


def _typed(column: Column, text: str, dialect: Dialect, node: Sql) -> str:
    """The text of a shown value as its column's type, which some have already."""
    if node.kind in ("money", "outcome") and not node.is_literal:
        return text
    return f"CAST({text} AS {type_name(column.type, dialect)})"


# ------------------------------------------------------------------ one row per profile and finding


def findings(compiled: Model, dialect: Dialect, setup: Setup | None = None) -> str:
    """The query with one row per profile and finding."""
    query = Query(dialect, setup)
    parts = [_folded(entry, compiled.env.builder, query) for entry in compiled.folded]
    b = compiled.env.builder
    rows = [
        (found.asked, [b.text(found.rule.id), b.text(found.entry), *_values(found, b)]) for found in compiled.findings
    ]
    if rows or not parts:
        parts.append(_unpivoted(compiled, rows, FINDINGS[1:], query))
    return query.written("\nUNION ALL\n".join(parts))


def stackings(compiled: Model, dialect: Dialect) -> str:
    """The query with one row per profile and stacking tree."""
    query, b = Query(dialect), compiled.env.builder
    rows = [(tree.present, [b.text(tree.stacking.id), tree.paid.low, tree.paid.high]) for tree in compiled.stacked]
    return query.written(_unpivoted(compiled, rows, STACKINGS[1:], query))


def _folded(entry: Folded, b: Builder, query: Query) -> str:
    """The rows of a group of rules, of which each was joined to the profiles that it can concern."""
    dialect, scope = query.dialect, entry.scope
    names = [b.column(scope, name, "text", nullable=False) for name in (RULE, ENTRY)]
    values = [
        _shown(column, node, b, query)
        for column, node in zip(FINDINGS[1:], [*names, *_values(entry.found, b)], strict=True)
    ]
    last, chain = query.rows(scope, [entry.found.asked, *values])
    cells = [_profile(dialect)]
    cells += [_cell(column, node, chain, dialect) for column, node in zip(FINDINGS[1:], values, strict=True)]
    return f"SELECT {', '.join(cells)} FROM {last} s WHERE {chain.text(entry.found.asked, chain.last, 's')}"


def _unpivoted(
    compiled: Model, rows: Sequence[tuple[Sql, Sequence[Sql]]], columns: Sequence[Column], query: Query
) -> str:
    """A row for each of the rows of nodes whose condition holds, of every profile."""
    dialect, b = query.dialect, compiled.env.builder
    if not rows:
        rows = [(b.false, [b.null("int")] * len(columns))]
    rows = [
        (asked, [_shown(column, where(b, asked, node), b, query) for column, node in zip(columns, values, strict=True)])
        for asked, values in rows
    ]
    wanted = [node for asked, values in rows for node in (asked, *values)]
    last, chain = query.rows(compiled.scope, wanted)
    names = ["asked", *(column.name for column in columns)]
    made = []
    for asked, values in rows:
        cells = [chain.text(asked, chain.last, "s")]
        cells += [
            _typed(column, chain.text(node, chain.last, "s"), dialect, node)
            for column, node in zip(columns, values, strict=True)
        ]
        made.append(cells)
    shown = ", ".join(f"u.{quoted(column.name, dialect)}" for column in columns)
    source = listed(_profile(dialect), last, names, made, dialect)
    return f"SELECT u.{quoted(PROFILE.name, dialect)}, {shown} FROM {source} WHERE u.{quoted('asked', dialect)}"


def claw_backs(compiled: Model, dialect: Dialect) -> str:
    """The query with one row per profile and duty that asks for money back."""
    query, b = Query(dialect), compiled.env.builder
    rows = [
        (found.asked, [b.text(found.rule.id), b.text(found.entry), found.owed.low, found.owed.high])
        for found in compiled.findings
        if found.owed is not None
    ]
    return query.written(_unpivoted(compiled, rows, CLAW_BACKS[1:], query))


def later(compiled: Model, dialect: Dialect) -> str:
    """The query with one row per profile of what comes after the date of the question, and of what is owed back."""
    query, b = Query(dialect), compiled.env.builder
    none = Paid(low=b.zero, high=b.zero)
    sums = [compiled.totals.later or none, compiled.totals.owed or none]
    ends = [end for paid in sums for end in (paid.low, paid.high)]
    values = [_shown(column, end, b, query) for column, end in zip(LATER[1:], ends, strict=True)]
    last, chain = query.rows(compiled.scope, values)
    cells = [_profile(dialect)]
    cells += [_cell(column, node, chain, dialect) for column, node in zip(LATER[1:], values, strict=True)]
    return query.written(f"SELECT {', '.join(cells)} FROM {last} s")


def totals(compiled: Model, dialect: Dialect, setup: Setup | None = None) -> str:
    """The query with one row of totals per profile."""
    query, b = Query(dialect, setup), compiled.env.builder
    joined = [
        (_summed(entry, b, query), entry.found.stated) for entry in compiled.folded if entry.found.paid is not None
    ]
    values = _total_values(compiled)
    last, chain = query.rows(compiled.scope, values)
    low, high, unstated, unstated_open = (chain.text(node, chain.last, "s") for node in values)
    joins = []
    for number, (name, stated) in enumerate(joined):
        at = f"g{number}"
        key = quoted(PROFILE.name, dialect)
        joins.append(f" LEFT JOIN {name} {at} ON {at}.{key} = s.{key}")
        if stated:
            low = f"({low}) + coalesce({at}.low, 0)"
            high = f"CASE WHEN {at}.unbounded THEN NULL ELSE ({high}) + coalesce({at}.high, 0) END"
        else:
            unstated = f"({unstated}) + coalesce({at}.due, 0)"
            unstated_open = f"({unstated_open}) + coalesce({at}.undecided, 0)"
    cells = [_profile(dialect)]
    for column, text in zip(TOTALS[1:], (low, high, unstated, unstated_open), strict=True):
        cells.append(f"{_summed_up(column, text, dialect)} AS {quoted(column.name, dialect)}")
    return query.written(f"SELECT {', '.join(cells)} FROM {last} s{''.join(joins)}")


def _summed_up(column: Column, text: str, dialect: Dialect) -> str:
    """A total as its column's type, of whole fen or of a count."""
    if column.type == "DECIMAL(38,2)":
        return MONEY.text(dialect).format(f"({text})")
    return f"CAST({text} AS {type_name(column.type, dialect)})"


def _summed(entry: Folded, b: Builder, query: Query) -> str:
    """The sums over a group of rules, by profile."""
    found, dialect = entry.found, query.dialect
    assert found.paid is not None
    env = entry.env
    if found.stated:
        wanted = [found.paid.low, found.paid.high, found.asked]
    else:
        due = any_of_outcomes(found, (Outcome.SATISFIED,), env)
        wanted = [due, any_of_outcomes(found, (Outcome.UNKNOWN, Outcome.INDETERMINATE), env), found.asked]
    last, chain = query.rows(entry.scope, wanted)
    one, other, asked = (chain.text(node, chain.last, "s") for node in wanted)
    if found.stated:
        cells = f"sum({one}) AS low, sum({other}) AS high, bool_or(({other}) IS NULL) AS unbounded"
    else:
        count = f"sum(CASE WHEN {{}} THEN {literal(b.integer(1), dialect)} ELSE 0 END)"
        cells = f"{count.format(one)} AS due, {count.format(other)} AS undecided"
    key = _profile(dialect)
    return query.step(f"{entry.scope.name}_sum", f"SELECT {key}, {cells} FROM {last} s WHERE {asked} GROUP BY {key}")
