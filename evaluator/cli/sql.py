"""`evaluator sql`: the query by which a database answers for a table of profiles.

In: a policy, a date and a dialect. Out: one SELECT over the tables of `evaluator/engines/sql/layout.py`, or those
tables, on standard output.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from evaluator.cli.options import day_option, rules_option

if TYPE_CHECKING:
    from evaluator.engines.sql.dialects import Dialect
    from evaluator.engines.sql.layout import Layout
    from evaluator.rulebook.model import AnyRule, Rulebook

RESULTS = ("findings", "stackings", "totals", "wide", "tables")


@click.command()
@click.argument("policy")
@click.option(
    "--dialect",
    type=click.Choice(["duckdb", "spark", "postgres"]),
    default="duckdb",
    show_default=True,
    help="数据库 · The database that it is for.",
)
@day_option
@click.option(
    "--kind", "kinds", multiple=True, metavar="ID", help="只问该类主体 · Only rules for this kind of profile."
)
@click.option("--rule", "chosen", multiple=True, metavar="ID", help="只问此规则 · Only this rule (repeatable).")
@click.option(
    "--result",
    type=click.Choice(RESULTS),
    default="findings",
    show_default=True,
    help="逐条、合并、合计、每户一行，或所读各表 · A row per finding, per stacking tree, of totals, one wide row per "
    "profile, or the tables that are read.",
)
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="PATTERN",
    help="每户一行时只取这些列，如 '*:guaranteed' · Of a wide row only the columns of such names (repeatable).",
)
@rules_option
def command(
    policy: str,
    dialect: Dialect,
    as_of: date | None,
    kinds: tuple[str, ...],
    chosen: tuple[str, ...],
    result: str,
    columns: tuple[str, ...],
    rules: Path | None,
) -> None:
    """输出查询语句 · Print the query of a policy, for a reader or a database."""
    from evaluator.cli.options import known_policies
    from evaluator.engines.sql import results
    from evaluator.engines.sql.query import compile_rules
    from evaluator.rulebook.load import load_rulebook
    from evaluator.rulebook.shipped import rules_folder

    if columns and result != "wide":
        raise click.UsageError("--column 只用于 --result wide · --column goes with --result wide")
    folder = rules or rules_folder()
    known_policies(folder, (policy,))
    rulebook = load_rulebook(folder)
    asked = _asked(rulebook, policy, kinds, chosen)
    compiled = compile_rules(rulebook, as_of or date.today(), asked, folding=result not in ("wide", "tables"))
    if result == "tables":
        click.echo(tables_text(compiled.layout, dialect))
        return
    if result == "wide":
        only = _named(results.wide_names(compiled), columns) if columns else None
        click.echo(results.wide(compiled, dialect, columns=only))
        return
    write = {"findings": results.findings, "stackings": results.stackings, "totals": results.totals}[result]
    click.echo(write(compiled, dialect))


def _named(names: Sequence[str], patterns: Sequence[str]) -> set[str]:
    """The names that fit some pattern, `*` standing for anything. Raises RuleError for patterns that fit none."""
    from fnmatch import fnmatchcase

    from evaluator.diagnostics import Diagnostic, RuleError, did_you_mean

    found = {pattern: {name for name in names if name == pattern or fnmatchcase(name, pattern)} for pattern in patterns}
    problems = [
        Diagnostic(
            "unknown-column",
            f"the wide result has no column `{pattern}`",
            where="--column",
            help=did_you_mean(pattern, names),
        )
        for pattern, fitting in found.items()
        if not fitting
    ]
    if problems:
        raise RuleError(problems)
    return set().union(*found.values())


def _asked(rulebook: Rulebook, policy: str, kinds: tuple[str, ...], chosen: tuple[str, ...]) -> list[AnyRule]:
    """The rules of the policy that are asked for. Raises RuleError where there are none."""
    from evaluator.diagnostics import Diagnostic, RuleError, did_you_mean

    own = [rule for rule in rulebook.rules.values() if rule.policy.id == policy]
    known = {word for rule in own for word in (rule.id, rule.id.partition("/")[2])}
    problems = [
        Diagnostic("unknown-rule", f"`{policy}` has no rule `{word}`", where="--rule", help=did_you_mean(word, known))
        for word in chosen
        if word not in known
    ]
    problems += [
        Diagnostic(
            "unknown-kind",
            f"there is no kind of profile `{kind}`",
            where="--kind",
            help=did_you_mean(kind, rulebook.vocabulary.kinds),
        )
        for kind in kinds
        if kind not in rulebook.vocabulary.kinds
    ]
    if problems:
        raise RuleError(problems)
    return [
        rule
        for rule in own
        if (not kinds or set(kinds) & set(rule.kinds))
        and (not chosen or rule.id in chosen or rule.id.partition("/")[2] in chosen)
    ]


def tables_text(layout: Layout, dialect: Dialect) -> str:
    """The tables that a query reads, as CREATE TABLE statements."""
    from evaluator.engines.sql.dialects import quoted, type_name

    parts = []
    for table in layout.tables:
        columns = [
            f"  {quoted(column.name, dialect)} {type_name(column.type, dialect)}" + (" NOT NULL" * column.required)
            for column in table.columns
        ]
        parts.append(f"CREATE TABLE {quoted(table.name, dialect)} (\n" + ",\n".join(columns) + "\n);")
    return "\n".join(parts)
