"""`evaluator batch`: many profiles at once, from a table to a folder of findings and reports."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from evaluator.cli.options import day_option, lang_option, rules_option

if TYPE_CHECKING:
    from evaluator.batch.run import Progress
    from evaluator.batch.wide import FindingsLayout
    from evaluator.report.phrases import Lang
    from evaluator.rulebook.model import Rulebook

_SIZE = re.compile(r"\d{1,6}(?:\.\d{1,3})? ?(?:MB|MiB|GB|GiB)", re.IGNORECASE)


def _size(ctx: click.Context, param: click.Parameter, value: str) -> str:
    if not _SIZE.fullmatch(value):
        raise click.BadParameter(f"`{value}` is no size; write it as 2GB or 500MB")
    return value


def _pairs(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """`COLUMN=NAME` texts as a mapping."""
    found: dict[str, str] = {}
    for value in values:
        left, sign, right = value.partition("=")
        if not sign or not left.strip() or not right.strip():
            raise click.BadParameter(f"`{value}` should be two names with `=` between them")
        found[left.strip()] = right.strip()
    return found


@click.command()
@click.argument("table", type=click.Path(path_type=Path))
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, metavar="DIR", help="结果文件夹 · Output folder."
)
@day_option
@click.option("--kind", metavar="KIND", help="未写类别的行 · Kind of rows that do not say theirs.")
@click.option("--place", metavar="PLACE", help="未写所在地的行 · Place of rows that do not say theirs.")
@click.option(
    "--map", "named", multiple=True, callback=_pairs, metavar="列=事实", help="列的含义 · A column's fact (repeatable)."
)
@click.option("--by", multiple=True, metavar="列", help="按此列汇总 · Report by this column too (repeatable).")
@click.option("--keep", multiple=True, metavar="列", help="原样带到结果 · Carry a column along (repeatable).")
@click.option("--ignore", multiple=True, metavar="列", help="不看此列 · Leave a column out (repeatable).")
@click.option("--key", metavar="列", help="子表的关联列 · Column that ties the tables of a folder.")
@click.option("--sheet", metavar="NAME", help="工作表 · Sheet of a spreadsheet (default: the first).")
@click.option(
    "--budget", "budgets", multiple=True, callback=_pairs, metavar="规则=金额",
    help="预算，如 …=500万元 · Money set aside for a rule or policy (repeatable).",
)  # fmt: skip
@click.option(
    "--engine",
    type=click.Choice(["auto", "compiled", "duckdb", "spark", "decide"]),
    default="auto",
    show_default=True,
    help="引擎 · Engine.",
)
@click.option(
    "--layout", "findings", type=click.Choice(["long", "wide"]), default="long", show_default=True,
    help="每项结果一行或每个主体一行 · A row for each finding, or for each profile.",
)  # fmt: skip
@click.option("--master", metavar="URL", default="local[*]", show_default=True, help="Spark 集群 · Spark cluster.")
@click.option("--memory-limit", callback=_size, default="1GB", show_default=True, help="内存上限 · Memory of DuckDB.")
@click.option(
    "--partition-rows", type=click.IntRange(1, 10_000_000),
    help="每个分区的行数 · Rows worked on together (default: as many as suit the engine).",
)  # fmt: skip
@rules_option
@lang_option
def command(
    table: Path,
    out: Path,
    as_of: date | None,
    kind: str | None,
    place: str | None,
    named: Mapping[str, str],
    by: tuple[str, ...],
    keep: tuple[str, ...],
    ignore: tuple[str, ...],
    key: str | None,
    sheet: str | None,
    budgets: Mapping[str, str],
    engine: str,
    master: str,
    memory_limit: str,
    partition_rows: int | None,
    findings: FindingsLayout,
    rules: Path | None,
    lang: Lang,
) -> None:
    """成批回答一张表里的主体，并给出汇总报告。

    Answer every profile of TABLE (CSV, spreadsheet, Parquet, JSON lines, or a folder with a table for each list), and
    report on all of them together. Exit code 1 when rows were set aside.
    """
    from evaluator.batch.columns import Wishes
    from evaluator.batch.population import read_budgets
    from evaluator.batch.rows import Defaults
    from evaluator.batch.run import Job, run
    from evaluator.cli.options import terminal_width
    from evaluator.report.population import write_report
    from evaluator.report.population_text import batch_text
    from evaluator.rulebook.shipped import rules_folder

    rulebook = whole_rulebook(rules or rules_folder())
    money = read_budgets(budgets, rulebook)
    job = Job(
        input=table,
        out=out,
        rulebook=rulebook,
        as_of=as_of or date.today(),
        wishes=Wishes(named=named, by=by, keep=keep, ignore=ignore, key=key),
        defaults=Defaults(kind=kind, place=place),
        sheet=sheet,
        engine=engine,
        master=master,
        memory_limit=memory_limit,
        partition_rows=partition_rows,
        findings=findings,
    )
    with _progress(lang) as progress:
        result = run(
            job,
            lambda folder, store, manifest: write_report(folder, store.database, manifest, job, money, lang),
            progress,
        )
    click.echo(batch_text(result, rulebook, lang, terminal_width()), nl=False)
    if result.rejected:
        click.get_current_context().exit(1)


def whole_rulebook(folder: Path) -> Rulebook:
    """The rulebook in a folder, from the cache where it is there."""
    from evaluator.rulebook.cache import load_cached
    from evaluator.rulebook.load import load_rulebook

    return load_cached(folder, place=None, also=(), load=lambda: load_rulebook(folder))


@contextmanager
def _progress(lang: Lang) -> Iterator[Progress]:
    """A bar with rate and time left on a terminal's standard error, else nothing."""
    import sys
    from importlib.util import find_spec

    if not sys.stderr.isatty() or find_spec("rich") is None:
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    text = "回答主体" if lang == "zh" else "profiles"
    rate = TextColumn("{task.fields[rate]}")
    with Progress(
        TextColumn(text), BarColumn(), MofNCompleteColumn(), rate, TimeRemainingColumn(), console=Console(stderr=True)
    ) as bar:
        task = bar.add_task(text, total=None, rate="")

        def progress(done: int, total: int) -> None:
            speed = bar.tasks[0].finished_speed or bar.tasks[0].speed
            told = "" if speed is None else f"{int(speed):,}/s"
            bar.update(task, completed=done, total=total, rate=told)

        yield progress
