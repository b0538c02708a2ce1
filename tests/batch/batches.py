"""Batches over the tiny rulebook, and their files read back."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from evaluator.batch.columns import Wishes
from evaluator.batch.rows import Defaults
from evaluator.batch.run import Job, Result, run
from evaluator.report.population import write_report
from evaluator.rulebook.load import load_rulebook
from evaluator.rulebook.model import Rulebook
from tests.rulebook.tiny import HERE

RULES = HERE / "good" / "tiny"
AS_OF = date(2025, 6, 30)
HEADINGS = ["kind", "name", "jurisdiction", "规模以上", "营业收入", "信用等级", "成立日期"]
ROW = ["enterprise", "某企业", "甲省/乙市", "是", "120.5", "甲等", "2020-01-02"]


@cache
def rulebook() -> Rulebook:
    return load_rulebook(RULES)


def wishes(**given: Any) -> Wishes:
    return Wishes(named=given.pop("named", {}), **given)


def write_csv(path: Path, headings: Sequence[str], rows: Sequence[Sequence[str]], encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as handle:
        csv.writer(handle).writerows([headings, *rows])
    return path


def write_lines(path: Path, rows: Sequence[Mapping[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def answered(table: Path, out: Path, **given: Any) -> Result:
    """The table answered, with all reports."""
    job = Job(
        input=table,
        out=out,
        rulebook=rulebook(),
        as_of=AS_OF,
        wishes=given.pop("wishes", wishes()),
        defaults=given.pop("defaults", Defaults(kind="enterprise", place=None)),
        **given,
    )
    return run(
        job,
        lambda folder, store, manifest: write_report(folder, store.database, manifest, job, {}, "zh"),
        lambda done, total: None,
    )


def read(folder: Path, name: str, columns: str = "*", order: str = "ALL") -> list[tuple[Any, ...]]:
    """The rows of one of the output's tables."""
    with duckdb.connect() as connection:
        query = f"SELECT {columns} FROM read_parquet('{folder}/{name}/*.parquet') ORDER BY {order}"
        return connection.execute(query).fetchall()


def reasons(folder: Path) -> list[tuple[int, str, str]]:
    """Row, column and code of every rejection."""
    return read(folder, "rejected", 'row, "column", code')


def counts(result: Result) -> dict[str, int]:
    found = result.manifest["counts"]
    assert isinstance(found, dict)
    return {name: value for name, value in found.items() if isinstance(value, int)}
