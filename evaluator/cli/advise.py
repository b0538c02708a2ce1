"""`evaluator advise`: what is certain, what to ask next, what to change, which awards to take, how far each line is."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from evaluator.cli.options import day_option, format_option, lang_option, policy_option, rules_option

if TYPE_CHECKING:
    from evaluator.report.pages import PageForm
    from evaluator.report.phrases import Lang


@click.command()
@click.argument("profile")
@day_option
@click.option("--rule", "wanted", multiple=True, metavar="ID", help="只问此规则 · Ask this rule (repeatable).")
@click.option("--assume", "assumed", multiple=True, metavar="事实=值", help="假设某事实 · Suppose a fact (repeatable).")
@click.option("--exact", is_flag=True, help="用求解器求未定金额的确切范围 · Exact ranges of open amounts, by solver.")
@click.option("--all", "everything", is_flag=True, help="全部列出 · List what is otherwise counted.")
@policy_option
@rules_option
@format_option("text", "md", "html", "json")
@lang_option
def command(
    profile: str,
    as_of: date | None,
    wanted: tuple[str, ...],
    assumed: tuple[str, ...],
    exact: bool,
    everything: bool,
    policies: tuple[str, ...],
    rules: Path | None,
    form: PageForm,
    lang: Lang,
) -> None:
    """已确定多少、先补哪项事实、怎样再得一项、择一时取哪项、离各条线多远。

    Advise the enterprise of PROFILE: what is certain, the next question, the shortest paths to further awards.
    """
    from evaluator.advise.advice import advise
    from evaluator.cli.decide import answer
    from evaluator.cli.options import print_json, terminal_width
    from evaluator.report.advice import advice_blocks, advice_data
    from evaluator.report.pages import render

    decision = answer(profile, as_of or date.today(), policies, wanted, assumed, (), rules)
    asked = [finding.rule.id for finding in decision.findings] if wanted else []
    solver = None
    if exact:
        from evaluator.advise.solved import Solved
        from evaluator.engines.smt import require

        require()
        solver = Solved()
    advice = advise(
        decision.rulebook, decision.profile, as_of=decision.as_of, policies=policies, rules=asked, solver=solver
    )
    if str(form) == "json":
        print_json(advice_data(advice))
    else:
        click.echo(render(advice_blocks(advice, lang, everything=everything), form, lang, terminal_width()))
