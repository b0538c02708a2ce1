"""`evaluator rules`: list the rules, or read a policy or one rule."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from evaluator.cli.options import format_option, lang_option, policy_option, rules_option

if TYPE_CHECKING:
    from evaluator.report.pages import PageForm
    from evaluator.report.phrases import Lang
    from evaluator.rulebook.model import AnyRule, Rulebook

KINDS = ("incentive", "support", "target", "obligation")


@click.group(name="rules")
def command() -> None:
    """列出和阅读规则 · List rules, or read one or a whole policy."""


@command.command(name="list", short_help="列出规则 · List the rules with their articles.")
@policy_option
@click.option("--kind", "kinds", type=click.Choice(KINDS), multiple=True, help="只列该类规则 · Only this kind of rule.")
@click.option(
    "--engine",
    type=click.Choice(["smt", "sql"]),
    help="列出该引擎尚不支持的规则 · List what this engine does not know yet, with the reason.",
)
@rules_option
@format_option("text", "json")
@lang_option
def list_(
    policies: tuple[str, ...],
    kinds: tuple[str, ...],
    engine: str | None,
    rules: Path | None,
    form: str,
    lang: Lang,
) -> None:
    """列出规则 · List the rules with their articles.

    As JSON with the figures and the facts that each reads, too.
    """
    from evaluator.cli.options import print_json, terminal_width
    from evaluator.report.rules_data import rule_data
    from evaluator.report.rules_text import listing

    rulebook = _load(rules, policies)
    chosen = [
        rule
        for rule in rulebook.rules.values()
        if (not policies or rule.policy.id in policies) and (not kinds or rule.kind in kinds)
    ]
    if engine is not None:
        _list_unknown(engine, rulebook, chosen, form)
        return
    if form == "json":
        print_json([rule_data(rule, rulebook.vocabulary.units) for rule in chosen])
    else:
        click.echo("\n".join(listing(chosen, rulebook, lang, terminal_width())))


@command.command(short_help="阅读一份文件或一条规则 · Read a policy, or one rule.")
@click.argument("name", metavar="POLICY|RULE")
@rules_option
@format_option("text", "md", "html", "json")
@lang_option
def show(name: str, rules: Path | None, form: PageForm | str, lang: Lang) -> None:
    """阅读一份文件或一条规则 · Read a policy article by article, or everything about one rule."""
    from evaluator.cli.options import print_json, terminal_width
    from evaluator.diagnostics import Diagnostic, RuleError, did_you_mean
    from evaluator.report.pages import render
    from evaluator.report.rules_data import rule_data, rule_detail
    from evaluator.report.rules_text import policy_page, rule_page

    rulebook = _load(rules, ())
    policy = rulebook.policies.get(name)
    named = [rule for rule in rulebook.rules.values() if name in (rule.id, rule.id.partition("/")[2])]
    if policy is None and len(named) != 1:
        ids = [rule.id for rule in named] or [*rulebook.policies, *rulebook.rules]
        shorts = {id.partition("/")[2]: id for id in rulebook.rules}
        message = f"several rules are called `{name}`" if named else f"there is no policy or rule `{name}`"
        help = did_you_mean(name, ids if named or "/" in name else [*rulebook.policies, *shorts])
        if named:
            help = "name one of " + ", ".join(f"`{id}`" for id in ids)
        raise RuleError([Diagnostic("unknown-rule", message, help=help)])
    if form == "json":
        if policy is not None:
            print_json(
                [
                    rule_data(rule, rulebook.vocabulary.units)
                    for rule in rulebook.rules.values()
                    if rule.policy.id == name
                ]
            )
        else:
            print_json(rule_detail(named[0], rulebook.vocabulary.units, rulebook.alternatives))
        return
    page = policy_page(rulebook, policy, lang) if policy is not None else rule_page(rulebook, named[0], lang)
    shape: PageForm = "md" if form == "md" else "html" if form == "html" else "text"
    click.echo(render(page, shape, lang, terminal_width()))


def _list_unknown(engine: str, rulebook: Rulebook, chosen: Sequence[AnyRule], form: str) -> None:
    """What an engine does not know of these rules and their stackings; nothing where it knows all."""
    from evaluator.cli.options import print_json
    from evaluator.engines.smt.unsupported import unsupported as by_solver
    from evaluator.engines.sql.query import unsupported as by_query

    found = by_solver(rulebook, chosen) if engine == "smt" else by_query(rulebook, chosen)
    if form == "json":
        print_json([{"code": problem.code, "message": problem.message, "at": str(problem.span)} for problem in found])
    else:
        for problem in found:
            click.echo(problem.render())


def _load(rules: Path | None, policies: tuple[str, ...]) -> Rulebook:
    from evaluator.cli.options import known_policies
    from evaluator.rulebook.load import load_rulebook
    from evaluator.rulebook.shipped import rules_folder

    folder = rules or rules_folder()
    known_policies(folder, policies)
    return load_rulebook(folder)
