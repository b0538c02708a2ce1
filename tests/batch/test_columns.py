"""Headings to what they name."""

from __future__ import annotations

from typing import Any

import pytest

from evaluator.batch.columns import Columns
from evaluator.diagnostics import RuleError
from tests.batch.batches import rulebook, wishes


def roles(*headings: str, **given: Any) -> list[str]:
    return [column.role for column in Columns(rulebook(), wishes(**given)).of_table(headings, "t.csv")]


def problems(*headings: str, **given: Any) -> str:
    with pytest.raises(RuleError) as caught:
        roles(*headings, **given)
    return str(caught.value)


def test_a_fact_is_named_by_id_or_label() -> None:
    columns = Columns(rulebook(), wishes()).of_table(("revenue", "规模以上", "标准"), "t.csv")
    assert [column.fact.id for column in columns if column.fact] == ["revenue", "large", "standards"]
    assert [column.role for column in columns] == ["fact", "fact", "list"]


@pytest.mark.parametrize("heading", ["合格率[2025]", "合格率［2025］", "pass-rate@2025", "合格率 [2025]"])
def test_a_figure_names_its_year(heading: str) -> None:
    (column,) = Columns(rulebook(), wishes()).of_table((heading,), "t.csv")
    assert (column.role, column.year) == ("figure", 2025)
    assert column.metric is not None
    assert column.metric.id == "pass-rate"


def test_who_and_where_in_both_languages() -> None:
    assert roles("kind", "名称", "所在地", "code") == ["kind", "name", "jurisdiction", "code"]


def test_a_duty_attested_by_the_year_is_a_figure() -> None:
    assert roles("tiny-2023/report[2024]", "tiny-2023/plan") == ["figure", "fact"]


def test_a_misspelt_heading_is_refused_with_a_suggestion() -> None:
    told = problems("营业收人", "规模以上")
    assert "there is no fact `营业收人`" in told
    assert "did you mean `营业收入`? else carry it along with `--keep 营业收人`" in told


def test_a_metric_without_a_year_is_refused() -> None:
    assert "name its year, such as `合格率[2025]`" in problems("合格率")


def test_two_headings_for_one_thing_are_refused() -> None:
    assert "`revenue` and `营业收入` name the same" in problems("revenue", "营业收入")


def test_columns_can_be_mapped_kept_ignored_and_grouped_by() -> None:
    found = roles("收入", "甲", "乙", "编号", named={"收入": "营业收入"}, by=["甲"], ignore=["乙"])
    assert found == ["fact", "kept", "ignored", "kept"]


def test_a_wish_for_a_column_that_is_not_there_is_refused() -> None:
    assert "there is no column `行叶`" in problems("行业", by=["行叶"])


def test_a_blank_heading_names_nothing() -> None:
    assert roles("", "行业") == ["blank", "fact"]
