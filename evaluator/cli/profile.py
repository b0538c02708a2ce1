"""`evaluator profile new`: a profile to fill in, with the questions that matter."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from evaluator.cli.options import lang_option, policy_option, rules_option

if TYPE_CHECKING:
    from evaluator.report.phrases import Lang


@click.group(name="profile")
def command() -> None:
    """生成待填写的主体资料 · Start a profile."""


@command.command()
@click.option("--kind", required=True, metavar="KIND", help="主体类别，如 enterprise、city · Kind of profile.")
@click.option("--for", "place", required=True, metavar="PLACE", help="所在地，如 河北省/承德市 · Its place.")
@policy_option
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="写入文件 · Write to FILE.")
@rules_option
@lang_option
def new(kind: str, place: str, policies: tuple[str, ...], out: Path | None, rules: Path | None, lang: Lang) -> None:
    """写出一份待填写的 YAML · Write a YAML file of the questions that matter there, all left unknown.

    `evaluator decide` accepts it as it is.
    """
    from evaluator.cli.options import known_policies
    from evaluator.diagnostics import Diagnostic, RuleError, did_you_mean
    from evaluator.report.blank_profile import blank_profile
    from evaluator.rulebook.load import load_rulebook
    from evaluator.rulebook.shipped import rules_folder

    folder = rules or rules_folder()
    known_policies(folder, policies)
    rulebook = load_rulebook(folder)
    kinds = rulebook.vocabulary.kinds
    known = kinds.get(kind) or next((entry for entry in kinds.values() if entry.label.zh == kind), None)
    if known is None:
        help = did_you_mean(kind, kinds)
        raise RuleError([Diagnostic("unknown-kind", f"`{kind}` is no kind of profile", None, help, where="--kind")])
    text = blank_profile(rulebook, known, place, date.today(), lang, policies)
    if out is None:
        click.echo(text, nl=False)
        return
    try:
        with out.open("x", encoding="utf-8") as handle:
            handle.write(text)
    except FileExistsError:
        raise click.UsageError(f"{out} exists already") from None
    except OSError as error:
        reason = (error.strerror or "not writable").lower()
        raise RuleError([Diagnostic("unwritable", f"cannot write the file: {reason}", where=str(out))]) from error
    click.echo(str(out))
