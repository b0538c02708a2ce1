"""`evaluator pool`: what many profiles get out of a budget that they share."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from evaluator.cli.options import FOLDER, day_option, format_option, lang_option, rules_option

if TYPE_CHECKING:
    from evaluator.report.phrases import Lang


@click.command()
@click.argument("profiles", type=FOLDER, nargs=-1, required=True)
@day_option
@click.option(
    "--choose", "chosen", multiple=True, metavar="合并规则=奖补", help="择一项目的选择 · Choose one of several awards."
)
@rules_option
@format_option("text", "json")
@lang_option
def command(
    profiles: tuple[Path, ...], as_of: date | None, chosen: tuple[str, ...], rules: Path | None, form: str, lang: Lang
) -> None:
    """多个主体共用预算时各得多少 · What each of PROFILES (files, or folders of them) gets of the budgets they share."""
    from evaluator.audit.pools import share_out
    from evaluator.cli.decide import read_choice_texts
    from evaluator.cli.options import print_json, terminal_width
    from evaluator.report.pools_text import pools_data, pools_text
    from evaluator.rulebook.choices import read_choices
    from evaluator.rulebook.load import load_rulebook
    from evaluator.rulebook.profile import load_profiles
    from evaluator.rulebook.shipped import rules_folder

    rulebook = load_rulebook(rules or rules_folder())
    found = load_profiles(profiles, rulebook)
    choices = read_choices(rulebook, read_choice_texts(chosen))
    shared = share_out(rulebook, found, as_of=as_of or date.today(), choices=choices)
    if form == "json":
        print_json(pools_data(shared))
    else:
        click.echo("\n".join(pools_text(shared, lang, terminal_width())))
