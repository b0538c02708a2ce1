"""`evaluator sources`: the rulebook against the texts of its documents, sentence by sentence and numeral by numeral."""

from __future__ import annotations

from pathlib import Path

import click

from evaluator.cli.options import lang_option, policy_option, rules_option


@click.command()
@click.option(
    "--texts",
    required=True,
    type=click.Path(path_type=Path),
    help="文件原文所在文件夹 · Folder with the texts that the registers name.",
)
@policy_option
@rules_option
@lang_option
def command(texts: Path, policies: tuple[str, ...], rules: Path | None, lang: str) -> None:
    """核对规则与原文 · Check every citation, figure, sentence and numeral against the texts.

    Prints what of each document is covered, then every finding with its place in both files. Exit code 1 when
    something is unaccounted for, or a policy asked about has no text there (without `--policy`, all are asked about).
    """
    from evaluator.audit.sources import audit_sources, without_text
    from evaluator.diagnostics import Diagnostic, RuleError, did_you_mean
    from evaluator.report.sources_text import sources_text
    from evaluator.rulebook.shipped import rules_folder

    if not texts.is_dir():
        raise RuleError([Diagnostic("unreadable", "this is no folder of texts", where=str(texts))])
    folder = rules if rules is not None else rules_folder()
    audits = audit_sources(folder, texts)
    names = [audit.policy for audit in audits]
    for wanted in policies:
        if wanted not in names:
            hint = did_you_mean(wanted, names)
            raise RuleError([Diagnostic("unknown-policy", f"there is no text of `{wanted}`", help=hint)])
    chosen = [audit for audit in audits if not policies or audit.policy in policies]
    if not chosen:
        hint = "a register's `source` names the file that is looked for"
        message = "no text here belongs to a policy of the rulebook"
        raise RuleError([Diagnostic("no-text", message, where=str(texts), help=hint)])
    click.echo(sources_text(chosen, lang))
    unread = () if policies else without_text(folder, texts)
    for problem in unread:
        click.echo(problem.render(), err=True)
    if unread or any(audit.diagnostics for audit in chosen):
        raise SystemExit(1)
