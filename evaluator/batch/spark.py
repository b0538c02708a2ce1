"""The SQL engine on a Spark cluster: a partition's tables as Parquet to the cluster, its answer as Parquet back.

The folder of the batch has to be one that driver and workers share. Answers are those of DuckDB, with the same digest.
"""

from __future__ import annotations

from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, Final

from evaluator.batch.staging import Prepared, Queries
from evaluator.batch.store import Store, literal
from evaluator.batch.tables import quoted
from evaluator.diagnostics import Diagnostic, RuleError

if TYPE_CHECKING:
    from datetime import date

    from pyspark.sql import SparkSession

    from evaluator.engines.sql.dialects import Dialect
    from evaluator.rulebook.model import Rulebook

_SETTINGS: Final = {
    "spark.ui.enabled": "false",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.showConsoleProgress": "false",
}


class SparkQueries(Queries):
    """The same queries, asked of the cluster at `master`."""

    dialect: Dialect = "spark"

    def __init__(self, rulebook: Rulebook, as_of: date, master: str) -> None:
        super().__init__(rulebook, as_of)
        self.session = _session(master)

    def run(self, prepared: Prepared, store: Store) -> None:
        """Answer what stands in the staging tables of the store."""
        folder = store.folder / "spill" / "spark"
        rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for number, table in enumerate(prepared.layout.tables):
            path = folder / f"{number}.parquet"
            store.database.execute(f"COPY {quoted(table.name)} TO {literal(str(path))} (FORMAT parquet)")
            self.session.read.parquet(str(path.resolve())).createOrReplaceTempView(f"`{table.name}`")
        for name, query in (("findings", prepared.findings), ("totals", prepared.totals)):
            self._answer_into(store, name, query, folder / name)
        rmtree(folder, ignore_errors=True)

    def _answer_into(self, store: Store, table: str, query: str, folder: Path) -> None:
        self.session.sql(query).write.parquet(str(folder.resolve()))
        files = literal(str(folder / "*.parquet"))
        columns = ", ".join("profile" if name == "row" else quoted(name) for name, _ in store.columns[table])
        store.database.execute(f"INSERT INTO {table} SELECT {columns} FROM read_parquet({files})")


def _session(master: str) -> SparkSession:
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        help = "install it with `pip install 'evaluator[spark]'`"
        message = "`pyspark` is not installed, and `--engine spark` needs it"
        raise RuleError([Diagnostic("not-installed", message, help=help)]) from error
    builder = SparkSession.builder.master(master).appName("evaluator batch")
    for name, value in _SETTINGS.items():
        builder = builder.config(name, value)
    try:
        session = builder.getOrCreate()
    except Exception as error:  # whatever the cluster or its Java runtime says
        reason = str(error).split("\n", 1)[0]
        raise RuleError(
            [Diagnostic("spark", f"there is no Spark at `{master}`: {reason}", where="--master")]
        ) from error
    session.sparkContext.setLogLevel("ERROR")
    return session
