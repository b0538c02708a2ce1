"""The query of a rulebook: every rule lowered over the rows of profiles, and its text in a dialect.

In: a rulebook, the date of the question, and which rules are asked. Out: a `Model` whose texts are one SELECT each over
the tables of `layout`. Raises RuleError for what the engine does not know, all of it at once, each with its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import assert_never

from evaluator.diagnostics import Diagnostic, RuleError
from evaluator.engines.sql.awards import Found, asked_of, award
from evaluator.engines.sql.duties import obligations, targets, unfinished
from evaluator.engines.sql.fold import FoldScope, Group, fold, parameters
from evaluator.engines.sql.layout import (
    Layout,
    layout,
)
from evaluator.engines.sql.nodes import Scope
from evaluator.engines.sql.numbers import Numbers
from evaluator.engines.sql.relation import Builder
from evaluator.engines.sql.render import profile_scope
from evaluator.engines.sql.scope import Env, Unsupported
from evaluator.engines.sql.totals import StackedSql, TotalsSql, stack, totals
from evaluator.record import record
from evaluator.rulebook import model
from evaluator.rulebook.stacking import leaves


@record
class Folded:
    """Rules of one shape: what comes of the first of them, over the rows of profiles and parameters."""

    group: Group
    scope: FoldScope
    env: Env
    found: Found


@record
class Model:
    """A rulebook in relational form: what is asked of each profile, and what comes of it.

    `findings` are those of rules asked one by one; `folded` holds the others.
    """

    layout: Layout
    env: Env
    scope: Scope
    findings: tuple[Found, ...]
    folded: tuple[Folded, ...]
    stacked: tuple[StackedSql, ...]
    totals: TotalsSql


def compile_rules(
    rulebook: model.Rulebook,
    as_of: date,
    rules: Iterable[model.AnyRule] | None = None,
    *,
    folding: bool = False,
    choices: Mapping[str, str] | None = None,
) -> Model:
    """The rules (by default all) in relational form; `folding`: those of one shape as one, for the long result.

    `choices` maps stackings in which the applicant chooses to the awards chosen, by their global ids; not given, the
    best is taken.
    """
    chosen = list(rulebook.rules.values() if rules is None else rules)
    tables = layout(rulebook, as_of, chosen)
    env = _env(rulebook, tables)
    problems: list[Diagnostic] = []
    groups: list[Group] = []
    single = chosen
    if folding:
        alone = frozenset(id for stacking in rulebook.stackings for id in leaves(stacking.tree))
        single, groups = fold(chosen, alone, as_of)
    findings: list[Found] = []
    for rule in single:
        try:
            findings.extend(lowered(rule, env))
        except Unsupported as error:
            problems.append(refusal(rule, error))
    folded: list[Folded] = []
    for number, group in enumerate(groups):
        try:
            folded.append(_folded(f"f{number}", group, env))
        except Unsupported as error:
            problems.extend(refusal(unit.rule, error) for unit in group.units)
    trees: list[StackedSql] = []
    for stacking in rulebook.stackings:
        try:
            trees.extend(stack((stacking,), findings, env, choices or {}))
        except Unsupported as error:
            message = f"the SQL engine does not know {error.what} (stacking `{stacking.id}`)"
            problems.append(Diagnostic("sql-unsupported", message, stacking.span))
    if problems:
        raise RuleError(problems)
    return Model(
        layout=tables,
        env=env,
        scope=env.root,
        findings=tuple(findings),
        folded=tuple(folded),
        stacked=tuple(trees),
        totals=totals(findings, trees, env),
    )


def _env(rulebook: model.Rulebook, tables: Layout) -> Env:
    builder, scope = Builder(), profile_scope()
    return Env(
        builder=builder,
        numbers=Numbers(builder),
        layout=tables,
        vocabulary=rulebook.vocabulary,
        root=scope,
        person=scope,
        scope=scope,
        rules=rulebook.rules,
        made={},
        awards={},
    )


def _folded(name: str, group: Group, env: Env) -> Folded:
    """The finding of the first unit of a group, its constants being columns."""
    scope = FoldScope(name, env.root.source, group)
    first = group.units[0]
    own = replace(
        env,
        root=scope,
        person=scope,
        scope=scope,
        made={},
        awards={},
        constants=parameters(group, scope, env.builder),
        folded=first.rule.policy.jurisdiction,
    )
    key = "" if first.part is None else first.part.key
    found = next(found for found in lowered(first.rule, own) if found.entry == key)
    return Folded(group=group, scope=scope, env=own, found=found)


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


def unsupported(rulebook: model.Rulebook, rules: Iterable[model.AnyRule] | None = None) -> list[Diagnostic]:
    """What the engine does not know of these rules (by default all); empty where it can answer for all of them."""
    asked = max((policy.last_named.date for policy in rulebook.policies.values()), default=date.min)  # all are due
    try:
        compile_rules(rulebook, asked, rules)
    except RuleError as error:
        return list(error.diagnostics)
    return []
