"""`evaluator check`: read a rulebook whole and print every problem with its place."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from evaluator.cli.options import FOLDER, lang_option, rules_option

if TYPE_CHECKING:
    from evaluator.report.phrases import Lang


@click.command()
@click.argument("path", type=FOLDER, required=False)
@click.option(
    "--scenarios",
    type=FOLDER,
    metavar="DIR",
    help="提示没有案例的规则 · Warn of rules that no scenario names (default: shipped scenarios for shipped rules).",
)
@rules_option
@lang_option
def command(path: Path | None, scenarios: Path | None, rules: Path | None, lang: Lang) -> None:
    """检查规则库 · Validate the rulebook in PATH (default: the shipped one).

    PATH may also be a policy folder or a file: the rulebook that it belongs to is read whole. What is legal but suspect
    is printed as warnings, which leave the exit code at 0.
    """
    from evaluator.audit.coverage import named_rules
    from evaluator.audit.scenarios import load_scenarios
    from evaluator.cli.options import terminal_width
    from evaluator.diagnostics import RuleError
    from evaluator.report.rules_text import summary
    from evaluator.rulebook.load import load_rulebook
    from evaluator.rulebook.register_documents import check_registers
    from evaluator.rulebook.shipped import rules_folder, scenarios_folder
    from evaluator.rulebook.suspect import suspicions

    folder = _rulebook_of(path or rules or rules_folder())
    problems = check_registers(folder)
    try:
        rulebook = load_rulebook(folder)
    except RuleError as error:
        raise RuleError([*error.diagnostics, *problems]) from None
    if problems:
        raise RuleError(problems)
    if scenarios is None and folder.resolve() == rules_folder().resolve():
        scenarios = scenarios_folder()
    named = None if scenarios is None else named_rules(load_scenarios(scenarios, rulebook))
    click.echo("\n".join(summary(rulebook, lang, terminal_width())))
    for warning in suspicions(rulebook, date.today(), named):
        click.echo(warning.render())


def _rulebook_of(path: Path) -> Path:
    """The rulebook folder itself, or the nearest one above a policy folder or file."""
    for folder in (path, *path.parents):
        if (folder / "vocabulary").is_dir():
            return folder
    return path
