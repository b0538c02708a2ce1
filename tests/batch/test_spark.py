"""A batch on Spark, on this machine alone: the same rows as in DuckDB."""

from __future__ import annotations

from pathlib import Path

import pytest

from evaluator.batch.marginals import plain_marginals
from evaluator.batch.simulate import Plan, simulate
from evaluator.diagnostics import RuleError
from tests.batch.batches import answered, rulebook

pytest.importorskip("pyspark", reason="Spark is not installed: pip install 'evaluator[spark]'")
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")  # of pyspark itself


def test_spark_gives_the_same_rows(tmp_path: Path) -> None:
    made = Plan(rulebook=rulebook(), marginals=plain_marginals("enterprise", rulebook()), rows=60, seed=13)
    simulate(made, tmp_path / "t.parquet")
    there = answered(tmp_path / "t.parquet", tmp_path / "spark", engine="spark", master="local[1]").manifest
    here = answered(tmp_path / "t.parquet", tmp_path / "duckdb", engine="duckdb").manifest
    assert (there["engine"], there["digest"]) == ("spark", here["digest"])


def test_a_missing_library_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    made = Plan(rulebook=rulebook(), marginals=plain_marginals("enterprise", rulebook()), rows=1, seed=1)
    simulate(made, tmp_path / "t.parquet")
    with pytest.raises(RuleError, match="`pyspark` is not installed"):
        answered(tmp_path / "t.parquet", tmp_path / "out", engine="spark")
