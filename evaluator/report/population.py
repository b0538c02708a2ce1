"""All reports of a batch into its folder: Parquet tables, text, spreadsheet, chart, and the rows set aside as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from evaluator.batch.extras import need
from evaluator.batch.population import FOLDER, Allotted, load_summary, summarise
from evaluator.batch.store import literal
from evaluator.report.phrases import Lang
from evaluator.report.population_chart import chart
from evaluator.report.population_sheet import MOST_REJECTED, REJECTED, Cell, write_rejected, write_workbook
from evaluator.report.population_text import report_lines
from evaluator.report.population_words import word

if TYPE_CHECKING:
    import duckdb

    from evaluator.batch.run import Job
    from evaluator.batch.workspace import Json

WIDTH: Final = 100


def write_report(
    folder: Path, database: duckdb.DuckDBPyConnection, manifest: Mapping[str, Json], job: Job,
    budgets: Mapping[str, Allotted], lang: Lang,
) -> None:  # fmt: skip
    """Write `report/` and `rejected.csv` of the batch in `folder`."""
    need("openpyxl")
    summarise(folder, database, job.wishes.by, budgets)
    summary = load_summary(folder)
    report = folder / FOLDER
    every = manifest["missing_of_every"]
    assert isinstance(every, int)
    lines = report_lines(summary, job.rulebook, every, lang, WIDTH)
    (report / "report.txt").write_text("\n".join(lines).lstrip("\n") + "\n", encoding="utf-8")
    (report / "report.svg").write_text(chart(summary, job.rulebook, lang), encoding="utf-8")
    write_rejected(folder / "rejected.csv", _rejected(folder, database))
    counts = manifest["counts"]
    assert isinstance(counts, dict)
    told: list[tuple[Cell, ...]] = [
        (word("as-of", lang).format(date=job.as_of.isoformat(), engine=manifest["engine"]), "")
    ]
    told.append((word("counts", lang).format(**counts), ""))
    told.append((word("digest", lang).format(digest=manifest["digest"]), ""))
    told.append((word("note", lang), ""))
    rejected = _rejected(folder, database, MOST_REJECTED)
    write_workbook(report / "report.xlsx", summary, rejected, told, job.rulebook, lang)


def _rejected(folder: Path, database: duckdb.DuckDBPyConnection, most: int | None = None) -> Iterator[tuple[Cell, ...]]:
    """The rows set aside, child tables last."""
    names = ", ".join(f'"{name}"' for name in REJECTED)
    files = literal(str(folder / "rejected" / "*.parquet"))
    limit = "" if most is None else f" LIMIT {most}"
    found = database.execute(
        f'SELECT {names} FROM read_parquet({files}) ORDER BY "table", "row", "column", code{limit}'
    )
    while chunk := found.fetchmany(5_000):
        yield from chunk
