"""A session on a Spark cluster.

The cluster needs Java alone: what it is asked is SQL, and no Python runs on its workers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from evaluator.diagnostics import Diagnostic, RuleError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_SETTINGS: Final = {
    "spark.ui.enabled": "false",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.showConsoleProgress": "false",
}


def session(master: str) -> SparkSession:
    """A session at `master`. Raises RuleError where there is no Spark."""
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        help = "install it with `pip install 'evaluator[spark]'`"
        message = "`pyspark` is not installed, and `--engine spark` needs it"
        raise RuleError([Diagnostic("not-installed", message, help=help)]) from error
    builder = SparkSession.builder.master(master).appName("evaluator batch")
    local = {"spark.sql.shuffle.partitions": "4"} if master.startswith("local") else {}
    for name, value in {**_SETTINGS, **local}.items():
        builder = builder.config(name, value)
    try:
        made = builder.getOrCreate()
    except Exception as error:  # whatever the cluster or its Java runtime says
        reason = str(error).split("\n", 1)[0]
        raise RuleError(
            [Diagnostic("spark", f"there is no Spark at `{master}`: {reason}", where="--master")]
        ) from error
    made.sparkContext.setLogLevel("ERROR")
    return made
