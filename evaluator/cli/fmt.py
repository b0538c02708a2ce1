"""`evaluator fmt`: rule files in their one canonical form."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from evaluator.cli.options import FOLDER

if TYPE_CHECKING:
    from evaluator.rulebook.spelling import Names


@click.command()
@click.argument("paths", type=FOLDER, nargs=-1, metavar="[PATH]...")
@click.option("--check", is_flag=True, help="只列出差异，有差异时退出码为 1 · Write nothing; print what would change.")
@click.option(
    "--names",
    type=click.Choice(["label", "id"]),
    default="label",
    show_default=True,
    help="名称写成中文名或 id · Names by their Chinese label or by id.",
)
def command(paths: tuple[Path, ...], check: bool, names: Names) -> None:
    """整理规则文件的写法 · Bring rule files into canonical form.

    PATH is a rulebook, a policy folder or a file (default: the current folder). What the rules say, comments and lines
    stay. Nothing is written when any of the files cannot be formatted.
    """
    from evaluator.cli.writing import replace_files
    from evaluator.rulebook.yamlfile import read_bytes

    changed = _changed(_files(paths or (Path(),)), names)
    if check:
        for path, text in changed.items():
            _show(path, read_bytes(path).decode("utf-8-sig"), text)
    else:
        replace_files(changed)
        for path in changed:
            click.echo(path)
    if check and changed:
        raise click.exceptions.Exit(1)


def _changed(files: list[Path], names: Names) -> dict[Path, str]:
    """The files that are not in canonical form, with their text in it. Raises RuleError with what is wrong in any."""
    from evaluator.diagnostics import Diagnostic, RuleError
    from evaluator.rulebook.formatting import form_of, format_source, words_of
    from evaluator.rulebook.vocabulary import Vocabulary
    from evaluator.rulebook.yamlfile import read_source

    words: dict[Path, Vocabulary | None] = {}
    problems: list[Diagnostic] = []
    changed: dict[Path, str] = {}
    for path in files:
        folder = path.resolve().parent.parent
        try:
            if folder not in words:
                words[folder] = None
                words[folder] = words_of(folder) if (folder / "vocabulary").is_dir() else None
            source = read_source(path)
            form = form_of(path.resolve())
            assert form is not None
            text = format_source(source, form, words[folder], names)
        except RuleError as error:
            problems += error.diagnostics
            continue
        if text != source.text:
            changed[path] = text
    if problems:
        raise RuleError(dict.fromkeys(problems))
    return changed


def _files(paths: tuple[Path, ...]) -> list[Path]:
    """The rule files that the paths stand for, each once. Raises RuleError for a path that stands for none."""
    from evaluator.diagnostics import Diagnostic, RuleError

    found: dict[Path, Path] = {}
    problems: list[Diagnostic] = []
    for path in paths:
        files = list(_under(path))
        if not files:
            message = "there is no rule file here" if path.exists() else "there is no such file or folder"
            hint = "name a rulebook, a policy folder (with its `policy.yaml`) or a file in one"
            problems.append(Diagnostic("no-rules", message, where=str(path), help=hint))
        for file in files:
            found.setdefault(file.resolve(), file)
    if problems:
        raise RuleError(problems)
    return list(found.values())


def _under(path: Path) -> Iterator[Path]:
    """The file itself, or the rule files of a folder and of the folders directly in it."""
    from evaluator.rulebook.formatting import form_of

    candidates = [path] if path.is_file() else [*sorted(path.glob("*.yaml")), *sorted(path.glob("*/*.yaml"))]
    for file in candidates:
        if form_of(file.resolve()) is not None:
            yield file


def _show(path: Path, old: str, new: str) -> None:
    """The lines that would change, as a unified diff."""
    from difflib import unified_diff

    before, after = old.splitlines(), new.splitlines()
    for line in unified_diff(before, after, str(path), str(path), lineterm=""):
        click.echo(line)
