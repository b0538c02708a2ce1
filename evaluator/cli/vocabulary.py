"""`evaluator vocabulary`: every fact, field, metric and attested question that rules may name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from evaluator.cli.options import format_option, lang_option, rules_option

if TYPE_CHECKING:
    from evaluator.report.phrases import Lang


@click.command()
@rules_option
@format_option("text", "json")
@lang_option
def command(rules: Path | None, form: str, lang: Lang) -> None:
    """列出事实、指标和问题 · List the facts, metrics and questions that rules may name."""
    from evaluator.cli.options import print_json, terminal_width
    from evaluator.report.rules_data import vocabulary_data
    from evaluator.report.vocabulary_text import vocabulary_text
    from evaluator.rulebook.load import load_rulebook
    from evaluator.rulebook.shipped import rules_folder

    rulebook = load_rulebook(rules or rules_folder())
    if form == "json":
        print_json(vocabulary_data(rulebook))
    else:
        click.echo("\n".join(vocabulary_text(rulebook, lang, terminal_width())))
