"""The query of a rulebook: every rule lowered over the rows of profiles, and its text in a dialect.

In: a rulebook, the date of the question, and which rules are asked. Out: a `Model` whose texts are one SELECT each over
the tables of `layout`. Raises RuleError for what the engine does not know, all of it at once, each with its place.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import assert_never

from evaluator.diagnostics import Diagnostic, RuleError
from evaluator.engines.sql.awards import Found, asked_of, award
from evaluator.engines.sql.dialects import MONEY, Dialect, quoted
from evaluator.engines.sql.duties import obligations, targets, unfinished
from evaluator.engines.sql.layout import (
    PROFILE,
    WIDE_TOTALS,
    Column,
    Layout,
    layout,
    wide_finding,
    wide_stacking,
)
from evaluator.engines.sql.numbers import Numbers
from evaluator.engines.sql.relation import Builder, Scope, Sql
from evaluator.engines.sql.render import Query, profile_scope
from evaluator.engines.sql.scope import Env, Unsupported
from evaluator.engines.sql.totals import StackedSql, TotalsSql, stack, totals
from evaluator.record import record
from evaluator.rulebook import model


@record
class Model:
    """A rulebook in relational form: what is asked of each profile, and what comes of it."""

    layout: Layout
    env: Env
    scope: Scope
    findings: tuple[Found, ...]
    stacked: tuple[StackedSql, ...]
    totals: TotalsSql


def compile_rules(rulebook: model.Rulebook, as_of: date, rules: Iterable[model.AnyRule] | None = None) -> Model:
    """The rules (by default all) in relational form."""
    chosen = tuple(rulebook.rules.values() if rules is None else rules)
    tables = layout(rulebook, as_of, chosen)
    builder = Builder()
    scope = profile_scope()
    env = Env(
        builder=builder,
        numbers=Numbers(builder),
        layout=tables,
        vocabulary=rulebook.vocabulary,
        root=scope,
        person=scope,
        scope=scope,
        made={},
    )
    problems: list[Diagnostic] = []
    findings: list[Found] = []
    for rule in chosen:
        try:
            findings.extend(lowered(rule, env))
        except Unsupported as error:
            problems.append(refusal(rule, error))
    trees: list[StackedSql] = []
    for stacking in rulebook.stackings:
        try:
            trees.extend(stack((stacking,), findings, env))
        except Unsupported as error:
            message = f"the SQL engine does not know {error.what} (stacking `{stacking.id}`)"
            problems.append(Diagnostic("sql-unsupported", message, stacking.span))
    if problems:
        raise RuleError(problems)
    return Model(
        layout=tables,
        env=env,
        scope=scope,
        findings=tuple(findings),
        stacked=tuple(trees),
        totals=totals(findings, trees, env),
    )


def refusal(rule: model.AnyRule, error: Unsupported) -> Diagnostic:
    """What the engine does not know of a rule."""
    span = error.node.span if error.node is not None and error.node.span is not None else rule.span
    return Diagnostic("sql-unsupported", f"the SQL engine does not know {error.what} (rule `{rule.id}`)", span)


def lowered(rule: model.AnyRule, env: Env) -> Iterable[Found]:
    """The findings of one rule. Raises Unsupported."""
    asked = asked_of(rule, env)
    if rule.stub:
        return (unfinished(rule, env, asked),)
    match rule:
        case model.Award():
            return (award(rule, env, asked),)
        case model.Target():
            return tuple(targets(rule, env, asked))
        case model.Obligation():
            return tuple(obligations(rule, env, asked))
        case _:
            assert_never(rule)


def unsupported(rulebook: model.Rulebook, as_of: date) -> list[Diagnostic]:
    """What the engine does not know of a rulebook; empty where it can answer for all of it."""
    try:
        compile_rules(rulebook, as_of)
    except RuleError as error:
        return list(error.diagnostics)
    return []


# ------------------------------------------------------------------ one row per profile


def wide_outputs(compiled: Model) -> list[tuple[Column, Sql]]:
    """The columns of the wide result, in order, with their nodes; money in whole fen."""
    b = compiled.env.builder
    result: list[tuple[Column, Sql]] = []
    for found in compiled.findings:
        parts = [found.outcome, found.breach]
        if found.paid is not None:
            parts += [b.boolean(found.stated), found.paid.low, found.paid.high]
        columns = wide_finding(found.id, amount=found.paid is not None)
        for column, part in zip(columns, parts, strict=True):
            result.append((column, b.case([(found.asked, part)], b.null(part.kind))))
    for tree in compiled.stacked:
        for column, part in zip(wide_stacking(tree.stacking.id), (tree.paid.low, tree.paid.high), strict=True):
            result.append((column, b.case([(tree.present, part)], b.null("int"))))
    all_ = compiled.totals
    parts = [all_.paid.low, all_.paid.high, all_.unstated, all_.unstated_open]
    result.extend(zip(WIDE_TOTALS, parts, strict=True))
    return result


def wide(compiled: Model, dialect: Dialect) -> str:
    """The query with one row per profile."""
    outputs = wide_outputs(compiled)
    query = Query(dialect)
    last, chain = query.rows(compiled.scope, [node for _, node in outputs])
    parts = [f"s.{quoted(PROFILE.name, dialect)}"]
    parts += [f"{_cell(column, chain.text(node, chain.last, 's'), dialect)}" for column, node in outputs]
    return query.written(f"SELECT {', '.join(parts)} FROM {last} s")


def _cell(column: Column, text: str, dialect: Dialect) -> str:
    if column.type == "DECIMAL(38,2)":
        text = MONEY.text(dialect).format(f"({text})")
    elif column.type != "BOOLEAN":
        kind = {"VARCHAR": {"spark": "STRING", "postgres": "TEXT"}.get(dialect, "VARCHAR")}.get(
            column.type, column.type
        )
        text = f"CAST({text} AS {kind})"
    else:
        text = f"CAST({text} AS BOOLEAN)"
    return f"{text} AS {quoted(column.name, dialect)}"
