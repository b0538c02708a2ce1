"""What `check` warns of."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from evaluator.rulebook.load import load_rulebook
from evaluator.rulebook.suspect import suspicions
from tests.report.asked import RULES

DAY = date(2025, 6, 30)


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return Path(shutil.copytree(RULES, tmp_path / "rules"))


def new(folder: Path, before: list[str]) -> list[str]:
    """The warnings that were not there before, without places."""
    return [text for text in warnings(folder) if text not in before]


def warnings(folder: Path, day: date = DAY) -> list[str]:
    found = suspicions(load_rulebook(folder), day)
    assert all(one.severity == "warning" for one in found)
    return [f"{one.code}: {one.message}" for one in found]


def test_a_fact_and_a_metric_that_no_rule_uses_are_told(rules: Path) -> None:
    before = warnings(rules)
    (rules / "vocabulary" / "more.yaml").write_text(
        "facts: [{id: idle, label: {zh: 闲置事实, en: idle}, of: [enterprise], type: bool}]\n"
        "metrics: [{id: idle, label: {zh: 闲置指标, en: idle}, of: [city]}]\n",
        encoding="utf-8",
    )
    assert new(rules, before) == [
        "unused-fact: no rule uses the fact `闲置事实`",
        "unused-metric: no rule uses the metric `闲置指标`",
    ]
    assert not [text for text in before if "投资额" in text or "`标准`" in text or "产品合格率" in text]


@pytest.mark.parametrize(
    "condition",
    [
        "{all: [出口企业, 投资额 > 3万元, 出口企业]}",
        "{any: [投资额 > 3万元, 投资额 > 30000元]}",
        "{at_least: {n: 1, of: [出口企业, exporter]}}",
    ],
)
def test_a_condition_written_twice_is_told(rules: Path, condition: str) -> None:
    path = rules / "lake-2024" / "rules.yaml"
    before = warnings(rules)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("when: 投资额 >= 100万元", f"when: {condition}"), encoding="utf-8")
    assert new(rules, before) == ["condition-twice: a condition of `lake-2024/upgrade` stands twice in one combination"]


def test_conditions_that_differ_are_not_told(rules: Path) -> None:
    path = rules / "lake-2024" / "rules.yaml"
    before = warnings(rules)
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("投资额 >= 100万元", "'{any: [投资额 > 3万元, 投资额 > 4万元]}'"[1:-1]), encoding="utf-8"
    )
    assert new(rules, before) == []


def test_a_document_is_expired_after_its_last_day(rules: Path) -> None:
    policy = load_rulebook(rules).policies["lake-2024"]
    assert policy.in_force.until is not None
    last = policy.in_force.until.date
    assert "expired" not in {text.split(":")[0] for text in warnings(rules, last)}
    after = date.fromordinal(last.toordinal() + 1)
    assert f"expired: `lake-2024` was last in force on {last}" in warnings(rules, after)
