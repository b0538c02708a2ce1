"""Made-up populations: the same for the same seed, within the vocabulary, with the shares asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from evaluator.batch.marginals import Marginals, load_marginals, plain_marginals
from evaluator.batch.simulate import Plan, facts_asked, simulate
from evaluator.diagnostics import RuleError
from evaluator.rulebook.load import load_rulebook
from evaluator.rulebook.shipped import rules_folder
from tests.batch.batches import answered, counts, rulebook

SHARES = """\
kind: enterprise
places: {甲省/乙市: 3, 庚省/辛市: 1}
unknown: 10
columns: {规模: {大: 1, 小: 3}}
facts:
  规模以上: {unknown: 0, holds: 70}
  标准: {unknown: 20, none: 50, most: 2}
  营业收入: {low: 100, high: 200}
fields:
  角色: {unknown: 0, shares: {主持: 1}}
"""


def marginals(folder: Path, text: str = SHARES) -> Marginals:
    path = folder / "population.yaml"
    path.write_text(text, encoding="utf-8")
    return load_marginals(path, rulebook())


def plan(folder: Path, rows: int = 4_000, seed: int = 1) -> Plan:
    return Plan(rulebook=rulebook(), marginals=marginals(folder), rows=rows, seed=seed)


def fetch(path: Path, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        return connection.execute(query.format(f"'{path}'")).fetchall()


def test_the_same_seed_makes_the_same_rows_and_another_does_not(tmp_path: Path) -> None:
    for name, seed in (("a.csv", 1), ("b.csv", 1), ("c.csv", 2)):
        simulate(plan(tmp_path, 50, seed), tmp_path / name)
    a, b, c = ((tmp_path / name).read_bytes() for name in ("a.csv", "b.csv", "c.csv"))
    assert a == b
    assert a != c


def test_a_row_does_not_depend_on_how_many_there_are(tmp_path: Path) -> None:
    simulate(plan(tmp_path, 20), tmp_path / "few.csv")
    simulate(plan(tmp_path, 3_000), tmp_path / "many.csv")
    few = (tmp_path / "few.csv").read_text(encoding="utf-8").splitlines()
    assert (tmp_path / "many.csv").read_text(encoding="utf-8").splitlines()[: len(few)] == few


def test_rows_are_what_they_were(tmp_path: Path) -> None:
    """A benchmark of next year runs on the rows of this year."""
    simulate(plan(tmp_path, 3), tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_text(encoding="utf-8") == GOLDEN


def test_every_row_is_accepted_and_every_format_holds_the_same(tmp_path: Path) -> None:
    digests = set()
    for name in ("t.csv", "t.parquet", "t.jsonl", "t"):
        simulate(plan(tmp_path, 300), tmp_path / name)
        result = answered(tmp_path / name, tmp_path / f"out-{name}", wishes=wishes_for(tmp_path))
        assert counts(result)["answered"] == 300
        digests.add(str(result.manifest["digest"]))
    assert len(digests) == 1


def wishes_for(folder: Path) -> Any:
    from tests.batch.batches import wishes

    return wishes(by=["规模"])


def test_shares_are_those_asked_for(tmp_path: Path) -> None:
    simulate(plan(tmp_path), tmp_path / "t.parquet")
    ((yi, small, large, open_, none, most, low, high),) = fetch(
        tmp_path / "t.parquet",
        """SELECT count(*) FILTER (所在地 = '甲省/乙市'), count(*) FILTER (规模 = '小'), count(*) FILTER (规模以上),
        count(*) FILTER (标准 IS NULL), count(*) FILTER (len(标准) = 0), max(len(标准)),
        min(营业收入), max(营业收入) FROM {}""",
    )
    for found, percent in ((yi, 75), (small, 75), (large, 70), (open_, 20), (none, 40)):
        assert abs(found - 40 * percent) < 120, (found, percent)  # four times the spread of 4,000 draws
    assert most == 2
    assert 100 <= low < 110
    assert 190 < high <= 200
    assert fetch(tmp_path / "t.parquet", "SELECT DISTINCT unnest(标准).角色 FROM {}") == [("主持",)]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("规模以上:", "规模以内:", "the vocabulary has no fact `规模以内`"),
        ("甲省/乙市", "甲省/丙市", "the vocabulary has no place `甲省/丙市`"),
        ("enterprise", "company", "the vocabulary has no kind `company`"),
        ("主持: 1", "主编: 1", "`主编` is no choice of `角色`"),
        ("holds: 70", "holds: 170", "holds"),
        ("甲省/乙市: 3, 庚省/辛市: 1", "甲省/乙市: 0", "no place has a weight"),
        ("unknown: 10", "unknwon: 10", "unknown key `unknwon`"),
    ],
)
def test_wrong_shares_are_refused_at_their_place(tmp_path: Path, old: str, new: str, told: str) -> None:
    with pytest.raises(RuleError) as caught:
        marginals(tmp_path, SHARES.replace(old, new, 1))
    assert told in str(caught.value)
    assert "population.yaml:" in str(caught.value)


def test_the_shipped_shares_fit_the_shipped_rules() -> None:
    shipped = load_rulebook(rules_folder())
    shares = load_marginals(rules_folder() / "population.yaml", shipped)
    asked = facts_asked(Plan(rulebook=shipped, marginals=shares, rows=1, seed=1))
    assert {"标准", "荣誉", "企业规模"} <= {fact.label.zh for fact in asked}


def test_nothing_said_is_everywhere_alike(tmp_path: Path) -> None:
    made = Plan(rulebook=rulebook(), marginals=plain_marginals("association", rulebook()), rows=40, seed=1)
    simulate(made, tmp_path / "t.csv")
    assert {kind for (kind,) in fetch(tmp_path / "t.csv", "SELECT kind FROM {}")} == {"association"}


def test_what_is_there_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(RuleError, match="there is something here already"):
        simulate(plan(tmp_path, 1), tmp_path / "t.csv")
    with pytest.raises(RuleError, match="cannot be written"):
        simulate(plan(tmp_path, 1), tmp_path / "t.txt")


GOLDEN = """\
编号,名称,kind,所在地,规模,标准,规模以上,营业收入,other-2020/in-force
1,虚构主体1,enterprise,甲省/乙市,大,"[{""级别"":""国际标准"",""角色"":""主持"",""发布日期"":""2019-11-16"",""费用"":74,""页数"":887,""已采用"":false}]",false,108,true
2,虚构主体2,enterprise,甲省/乙市,小,[],true,145,false
3,虚构主体3,enterprise,庚省/辛市,小,"[{""级别"":""国际标准"",""角色"":""主持"",""发布日期"":""2018-05-17"",""费用"":402,""页数"":169,""已采用"":true}]",true,103,
"""
