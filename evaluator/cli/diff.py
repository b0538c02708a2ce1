"""`evaluator diff`: two versions of a rulebook, what text changed, what it means, whom it moves and what it costs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from evaluator.cli.options import FOLDER, day_option, format_option, lang_option

if TYPE_CHECKING:
    from evaluator.report.pages import PageForm
    from evaluator.report.phrases import Lang


@click.command()
@click.argument("old")
@click.argument("new")
@click.option(
    "--population",
    type=FOLDER,
    metavar="DATA",
    help="主体资料：文件、文件夹或表格 · Profiles: a file, a folder, a table.",
)
@click.option(
    "--by", multiple=True, metavar="事实", help="按此事实或列分组 · Group by this fact or column (repeatable)."
)
@click.option(
    "--ignore", multiple=True, metavar="列", help="不看表格的此列 · Leave a column of the table out (repeatable)."
)
@click.option("--scenarios", type=FOLDER, metavar="DIR", help="案例文件夹 · Recorded cases to run under both.")
@day_option
@click.option(
    "--at",
    default="rules",
    show_default=True,
    metavar="PATH",
    help="修订版内规则库的位置 · Where a revision keeps them.",
)
@format_option("text", "md", "html", "json")
@lang_option
def command(
    old: str,
    new: str,
    population: Path | None,
    by: tuple[str, ...],
    ignore: tuple[str, ...],
    scenarios: Path | None,
    as_of: date | None,
    at: str,
    form: PageForm,
    lang: Lang,
) -> None:
    """比较两版规则：改了哪些文字，含义如何变化，谁受益谁受损。

    Compare OLD with NEW: each a folder that holds a rulebook, or a git revision of this repository.
    """
    from evaluator.advise.compare import compare
    from evaluator.advise.solved import Solved, installed
    from evaluator.cli.options import print_json, terminal_width
    from evaluator.report.changes import change_blocks, change_data
    from evaluator.report.pages import render

    with rulebook_folder(old, at) as before, rulebook_folder(new, at) as after:
        found = compare(
            before,
            after,
            names=(old, new),
            as_of=as_of or date.today(),
            population=population,
            by=by,
            ignore=ignore,
            scenarios=scenarios,
            solver=Solved() if installed() else None,
        )
        if str(form) == "json":
            print_json(change_data(found))
        else:
            click.echo(render(change_blocks(found, lang), form, lang, terminal_width()))


@contextmanager
def rulebook_folder(name: str, at: str) -> Iterator[Path]:
    """The folder of that name, or that of a git revision, unpacked for as long as it is needed. Raises RuleError."""
    import subprocess
    import tarfile
    from io import BytesIO
    from tempfile import TemporaryDirectory

    from evaluator.diagnostics import Diagnostic, RuleError

    if Path(name).is_dir():
        yield Path(name)
        return
    help = "name a folder that holds a rulebook, or a revision of the git repository that you are in"
    missing = RuleError([Diagnostic("revision", f"`{name}` is no folder and no git revision", where=name, help=help)])
    if name.startswith("-"):
        raise missing
    try:
        done = subprocess.run(["git", "archive", "--format=tar", name, at], capture_output=True, check=False)
    except OSError:
        raise missing from None
    if done.returncode:
        raise missing
    with TemporaryDirectory() as folder:
        with tarfile.open(fileobj=BytesIO(done.stdout)) as archive:
            archive.extractall(folder, filter="data")
        yield Path(folder) / at
