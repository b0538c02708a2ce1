"""`evaluator draft`: from the text of a new document to the skeleton of a policy folder, for a person to finish."""

from __future__ import annotations

from pathlib import Path

import click

from evaluator.cli.options import rules_option


@click.command()
@click.argument("text", type=click.Path(path_type=Path))
@click.option("--id", "policy_id", metavar="ID", help="政策编号，如 chengde-2023 · The policy's id.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="写入的文件夹，不得已存在 · Folder to write, which must not exist yet. Default: the id.",
)
@rules_option
def command(text: Path, policy_id: str | None, out: Path | None, rules: Path | None) -> None:
    """由文件原文起草规则骨架 · Draft a policy folder from a new document's text.

    It holds the register of the text, and a stub for every sentence with an amount, a figure or a duty. Everything
    drafted is marked `stub: true` and is to be read and finished by a person.
    """
    from evaluator.audit.draft import draft
    from evaluator.audit.encoding import read_text
    from evaluator.cli.writing import write_folder
    from evaluator.diagnostics import Diagnostic, RuleError
    from evaluator.rulebook.load import load_vocabulary
    from evaluator.rulebook.shipped import rules_folder

    name = policy_id or text.stem
    if not name or name.strip("abcdefghijklmnopqrstuvwxyz0123456789-") or name[0] == "-" or name[-1] == "-":
        hint = "give one with `--id`, such as `--id chengde-2023`"
        message = f"`{name}` is no id of small letters, digits and hyphens"
        raise RuleError([Diagnostic("policy-id", message, where=str(text), help=hint)])
    content, encoding = read_text(text)
    if not content.strip():
        raise RuleError([Diagnostic("no-text", "the file is empty", where=str(text), help="name the document's text")])
    places = load_vocabulary(rules if rules is not None else rules_folder()).places
    files = draft(content, name, tuple(places))
    folder = out if out is not None else Path(name)
    write_folder(folder, files)
    stubs = sum(part.count("  stub: true") for part in files.values())
    click.echo(f"{folder}: {len(files)} 个文件，{stubs} 条待完成的规则（原文编码 {encoding}）")
    click.echo(f"{folder}: {len(files)} files with {stubs} stubs to finish (the text is {encoding})")
