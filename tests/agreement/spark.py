"""Spark's answers to the same queries: one local session for all tests, for it is slow to start."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from evaluator.engines.sql.layout import Layout
from evaluator.engines.sql.query import Model
from evaluator.engines.sql.results import findings, wide
from evaluator.engines.sql.rows import rows
from evaluator.rulebook.profile import Profile
from tests.agreement.sql import filled

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

TYPES = {"BIGINT": "BIGINT", "INTEGER": "INT", "BOOLEAN": "BOOLEAN", "VARCHAR": "STRING", "DATE": "DATE"}


@cache
def session() -> SparkSession:
    """The session: on this machine alone, quiet, raising where a number overflows."""
    from pyspark.sql import SparkSession

    made = (
        SparkSession.builder.master("local[1]")
        .appName("agreement")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "1")
        .config("spark.sql.ansi.enabled", "true")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.codegen.wholeStage", "false")
        .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
        .getOrCreate()
    )
    made.sparkContext.setLogLevel("OFF")
    return made


def fill(tables: Layout, profiles: Sequence[Profile]) -> None:
    """The staging tables as views, holding these profiles under their places in the sequence."""
    found: dict[str, list[tuple[object, ...]]] = {table.name: [] for table in tables.tables}
    for name, row in rows(tables, enumerate(profiles)):
        found[name].append(row)
    for table in tables.tables:
        schema = ", ".join(f"`{column.name}` {TYPES[column.type]}" for column in table.columns)
        session().createDataFrame(found[table.name], schema).createOrReplaceTempView(f"`{table.name}`")


def answers(compiled: Model, profiles: Sequence[Profile]) -> list[dict[str, object]]:
    """Spark's wide rows, in the order of the profiles."""
    fill(compiled.layout, profiles)
    result = session().sql(wide(compiled, "spark"))
    names = result.columns
    found = {row[0]: dict(zip(names[1:], row[1:], strict=True)) for row in result.collect()}
    return [filled(compiled, found[key]) for key in range(len(profiles))]


def long_rows(compiled: Model, profiles: Sequence[Profile]) -> list[tuple[object, ...]]:
    """Spark's long rows, sorted."""
    fill(compiled.layout, profiles)
    return sorted(tuple(row) for row in session().sql(findings(compiled, "spark")).collect())
