"""Every engine gives the same rows, and the one that is used is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from evaluator.batch.engines import ENGINES as ONE_AFTER_ANOTHER
from evaluator.batch.engines import FEW, ONE_BY_ONE, choose
from evaluator.batch.marginals import load_marginals, plain_marginals
from evaluator.batch.rows import Defaults
from evaluator.batch.run import Job, run
from evaluator.batch.simulate import Plan, simulate
from evaluator.rulebook.load import load_rulebook
from evaluator.rulebook.shipped import rules_folder
from tests.batch.batches import AS_OF, HEADINGS, ROW, answered, counts, read, rulebook, wishes, write_csv

ENGINES = (*ONE_AFTER_ANOTHER, "duckdb")


def test_engines_agree_on_a_made_up_population(tmp_path: Path) -> None:
    made = Plan(rulebook=rulebook(), marginals=plain_marginals("enterprise", rulebook()), rows=400, seed=11)
    simulate(made, tmp_path / "t.parquet")
    told = {
        name: answered(tmp_path / "t.parquet", tmp_path / name, engine=name, partition_rows=150).manifest
        for name in ENGINES
    }
    assert {name: manifest["engine"] for name, manifest in told.items()} == {name: name for name in ENGINES}
    assert len({str(manifest["digest"]) for manifest in told.values()}) == 1
    rows = {name: read(tmp_path / name, "profiles") for name in ENGINES}
    assert all(found == rows["decide"] for found in rows.values())


def test_engines_agree_on_the_shipped_rules(tmp_path: Path) -> None:
    shipped = load_rulebook(rules_folder())
    shares = load_marginals(rules_folder() / "population.yaml", shipped)
    simulate(Plan(rulebook=shipped, marginals=shares, rows=120, seed=12), tmp_path / "t.jsonl")
    digests = set()
    for name in ENGINES:
        job = Job(
            input=tmp_path / "t.jsonl", out=tmp_path / name, rulebook=shipped, as_of=AS_OF,
            wishes=wishes(keep=["行业"]), defaults=Defaults(kind=None, place=None), engine=name,
        )  # fmt: skip
        digests.add(str(run(job, lambda folder, store, manifest: None, lambda done, total: None).manifest["digest"]))
    assert len(digests) == 1


@pytest.mark.parametrize("number", ["12345678901234567.1", "0.1234567890123"])
def test_a_number_that_no_table_holds_is_answered_all_the_same(tmp_path: Path, number: str) -> None:
    odd = [*ROW[:4], number, *ROW[5:]]
    table = write_csv(tmp_path / "t.csv", HEADINGS, [ROW, odd, ROW])
    result = answered(table, tmp_path / "duckdb", engine="duckdb")
    assert counts(result)["answered"] == 3
    reference = answered(table, tmp_path / "decide", engine="decide")
    assert result.manifest["digest"] == reference.manifest["digest"]


def test_few_profiles_are_answered_one_by_one_and_many_in_duckdb() -> None:
    assert choose("auto", FEW - 1) == ONE_BY_ONE
    assert choose("auto", FEW) == "duckdb"
    assert choose("decide", FEW) == "decide"
