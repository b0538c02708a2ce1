"""`evaluator simulate`: a made-up population, to try `evaluator batch` on and to measure it."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

import click

from evaluator.cli.options import FOLDER, lang_option, rules_option

if TYPE_CHECKING:
    from evaluator.report.phrases import Lang


@click.command()
@click.option("--rows", type=click.IntRange(1, 1_000_000_000), default=10_000, show_default=True, help="行数 · Rows.")
@click.option(
    "--seed", type=click.IntRange(0), default=1, show_default=True, help="种子 · Seed; the same gives the same."
)
@click.option(
    "--out", type=FOLDER, required=True, metavar="PATH", help=".csv .parquet .jsonl 或文件夹 · File or folder."
)
@click.option("--marginals", type=FOLDER, metavar="FILE", help="各项比例 · YAML file of shares.")
@click.option("--kind", metavar="KIND", help="主体类别 · Kind, where there is no such file (default: enterprise).")
@rules_option
@lang_option
def command(
    rows: int, seed: int, out: Path, marginals: Path | None, kind: str | None, rules: Path | None, lang: Lang
) -> None:
    """造一批虚构主体 · Make up a population: the same rows for the same seed, rules and shares.

    The shares are those of `population.yaml` in the rulebook, unless `--marginals` names another file.
    """
    from evaluator.batch.marginals import NAME, load_marginals, plain_marginals
    from evaluator.batch.simulate import Plan, simulate
    from evaluator.cli.batch import whole_rulebook
    from evaluator.rulebook.shipped import rules_folder

    folder = rules or rules_folder()
    rulebook = whole_rulebook(folder)
    path = marginals or folder / NAME
    if marginals is None and (kind is not None or not path.is_file()):
        shares = plain_marginals(kind or "enterprise", rulebook)
    else:
        shares = load_marginals(path, rulebook)
    columns = simulate(Plan(rulebook=rulebook, marginals=shares, rows=rows, seed=seed), out)
    by = "".join(f" --by {quote(name)}" for name in shares.columns)
    then = f"evaluator batch {quote(str(out))} --out {'answer' if lang == 'en' else '结果'}{by}"
    if lang == "en":
        click.echo(f"{rows:,} made-up profiles with {len(columns)} columns in {out} (seed {seed})\nnext: {then}")
    else:
        click.echo(f"{out}：{rows} 个虚构主体，{len(columns)} 列（种子 {seed}）\n试用：{then}")
