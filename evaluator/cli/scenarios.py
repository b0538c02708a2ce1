"""`evaluator scenarios generate`: cases for every branch and both sides of every figure, for a person to confirm."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from evaluator.cli.options import FOLDER, lang_option, policy_option, rules_option

if TYPE_CHECKING:
    from evaluator.report.phrases import Lang


@click.group()
def command() -> None:
    """案例文件 · Files of recorded cases."""


@command.command()
@click.option("--rule", "wanted", multiple=True, metavar="ID", help="只为此规则 · Only for this rule (repeatable).")
@click.option(
    "--out",
    type=FOLDER,
    metavar="DIR",
    help="写入新文件夹，每个文件一份 · Write a new folder, a file per policy and kind of rule (default: print).",
)
@policy_option
@rules_option
@lang_option
def generate(
    wanted: tuple[str, ...], out: Path | None, policies: tuple[str, ...], rules: Path | None, lang: Lang
) -> None:
    """生成案例草稿：触及每个分支、每个数字的两侧，一次只改一处，供人确认。

    Draft scenarios that reach every branch and both sides of every figure, one deviation at a time.
    """
    from evaluator.advise.boundaries import Case, cases
    from evaluator.cli.options import known_policies
    from evaluator.cli.writing import write_folder
    from evaluator.diagnostics import Diagnostic, RuleError, did_you_mean
    from evaluator.report.scenario_text import scenario_file
    from evaluator.rulebook.load import load_rulebook
    from evaluator.rulebook.shipped import rules_folder

    folder = rules or rules_folder()
    known_policies(folder, policies)
    rulebook = load_rulebook(folder)
    for word in wanted:
        if not any(word in (id, id.partition("/")[2]) for id in rulebook.rules):
            help = did_you_mean(word, rulebook.rules)
            raise RuleError([Diagnostic("unknown-rule", f"there is no rule `{word}`", where="--rule", help=help)])
    files: dict[str, list[Case]] = {}
    barren: list[str] = []
    for rule in rulebook.rules.values():
        named = not wanted or rule.id in wanted or rule.id.partition("/")[2] in wanted
        if not named or (policies and rule.policy.id not in policies):
            continue
        made = cases(rulebook, rule)
        files.setdefault(f"{rule.policy.id}/generated-{rule.kind}s.yaml", []).extend(made)
        if not made and not rule.stub:
            barren.append(rule.id)
    texts = {name: scenario_file(rulebook, found) for name, found in files.items() if found}
    if out is None:
        click.echo("---\n".join(texts.values()), nl=False)
    else:
        write_folder(out, texts)
        for name, found in files.items():
            click.echo(f"{out / name}  {len(found)}")
    if barren:
        said = "no case could be built for" if lang == "en" else "未能为下列规则生成案例"
        click.echo(f"{said}: {', '.join(barren)}", err=True)
