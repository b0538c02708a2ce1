"""`evaluator run`: decide recorded cases, show what differs, and tell which outcomes no case asks for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from evaluator.cli.options import FOLDER, format_option, lang_option, policy_option, rules_option

if TYPE_CHECKING:
    from evaluator.report.phrases import Lang


@click.command()
@click.argument("scenarios", type=FOLDER, required=False)
@click.option("--coverage", is_flag=True, help="列出没有案例的结果 · Also show which outcomes no scenario asks for.")
@policy_option
@rules_option
@format_option("text", "json")
@lang_option
def command(
    scenarios: Path | None, coverage: bool, policies: tuple[str, ...], rules: Path | None, form: str, lang: Lang
) -> None:
    """运行案例，比对结果 · Run recorded cases (a file or folder, by default the shipped ones) and compare.

    Exit code 1 when something differs from what a case expects.
    """
    from evaluator.audit import coverage as covering
    from evaluator.audit.scenarios import load_scenarios, run_scenarios
    from evaluator.cli.options import known_policies, print_json, terminal_width
    from evaluator.report import diff
    from evaluator.rulebook.load import load_rulebook
    from evaluator.rulebook.shipped import rules_folder, scenarios_folder

    folder = rules or rules_folder()
    known_policies(folder, policies)
    rulebook = load_rulebook(folder)
    cases = load_scenarios(scenarios or scenarios_folder(), rulebook, policies=policies)
    results = list(run_scenarios(cases, rulebook))
    covered = covering.coverage(rulebook, cases, policies=policies) if coverage else None
    again = covering.repeated(results) if coverage else ()
    if form == "json":
        data = diff.run_data(results)
        if covered is not None:
            data["coverage"] = diff.coverage_data(covered, again)
        print_json(data)
    else:
        lines = diff.run_text(results, lang, terminal_width())
        if covered is not None:
            lines += ["", *diff.coverage_text(covered, again, lang, terminal_width())]
        click.echo("\n".join(lines))
    if any(result.differences for result in results):
        click.get_current_context().exit(1)
