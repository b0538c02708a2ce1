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


def test_a_fact_that_only_a_stacking_reads_is_used(rules: Path) -> None:
    before = warnings(rules)
    (rules / "vocabulary" / "more.yaml").write_text(
        "facts:\n"
        "  - {id: owed, label: {zh: 应退金额, en: owed}, of: [enterprise, association], type: number, unit: 万元}\n",
        encoding="utf-8",
    )
    assert new(rules, before) == ["unused-fact: no rule uses the fact `应退金额`"]
    path = rules / "lake-2024" / "rules.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("silent: [leading, upgrade]", "net: {of: [leading, upgrade], minus: 应退金额}"), "utf-8"
    )
    assert new(rules, before) == []


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


NEVER, ALWAYS = "can never hold", "always holds"


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("'true'", ALWAYS),
        ("'1 > 2'", NEVER),
        ("not: 1 > 2", NEVER),  # the innermost is told
        ("投资额 < 0万元", NEVER),
        ("投资额 >= 0万元", ALWAYS),
        ("投资额 = -1万元", NEVER),
        ("{any: [出口企业, 0万元 > 投资额]}", NEVER),
        ("{all: [投资额 > 200万元, 投资额 < 100万元]}", NEVER),
        ("'投资额 > 200万元 and 投资额 < 100万元'", NEVER),
        ("{all: [投资额 > 200万元, 出口企业, {not: 投资额 >= 200万元}]}", NEVER),
        ("{all: [投资额 >= 200万元, 200万元 > 投资额]}", NEVER),
        ("{all: [专利数 = 3个, 专利数 > 3个]}", NEVER),
        ("{all: [专利数 = 3个, 专利数 = 4个]}", NEVER),
        ("{any: [投资额 < 200万元, 投资额 >= 200万元]}", ALWAYS),
        ("{any: [投资额 <= 200万元, 投资额 > 100万元]}", ALWAYS),
        ('\'信用等级 in ("A级", "B级", "C级")\'', ALWAYS),
        ("{any: ['信用等级 = \"A级\"', '信用等级 != \"A级\"']}", ALWAYS),
        ("{all: ['信用等级 = \"A级\"', '信用等级 = \"B级\"']}", NEVER),
        ('{all: [\'信用等级 in ("A级", "B级")\', \'信用等级 = "C级"\']}', NEVER),
        ("{all: ['信用等级 >= \"B级\"', '信用等级 < \"B级\"']}", NEVER),
        ('\'count(标准[级别 in ("国际标准", "国家标准")]) >= 1\'', ALWAYS),
        ("'count(标准) >= 0'", ALWAYS),
        ("'if 投资额 < 0万元 then 出口企业 else 出口企业'", NEVER),
    ],
)
def test_a_condition_that_no_fact_can_change_is_told(rules: Path, condition: str, holds: str) -> None:
    assert when(rules, condition) == [
        f"constant-condition: a condition of `lake-2024/upgrade` {holds}, whatever the facts are"
    ]


@pytest.mark.parametrize(
    "condition",
    [
        "投资额 > 0万元",
        "投资额 = 0万元",
        "{all: [投资额 >= 100万元, 投资额 <= 100万元]}",
        "{all: [投资额 > 100万元, 专利数 < 3个]}",
        "{all: [专利数 = 3个, 专利数 >= 3个]}",
        "{any: [投资额 < 100万元, 投资额 > 100万元]}",
        "{any: [专利数 = 3个, 专利数 = 4个]}",
        "{any: [出口企业, {not: 出口企业}]}",  # beyond it
        '\'信用等级 in ("A级", "B级")\'',
        "'信用等级 >= \"B级\"'",
        "{all: ['信用等级 != \"A级\"', '信用等级 != \"B级\"']}",
        "{all: ['信用等级 >= \"B级\"', '信用等级 <= \"B级\"']}",
        '\'count(标准[级别 = "国际标准" and 角色 = "主持"]) >= 1\'',
        "'some x in 标准 satisfies x.发布日期 > date(\"2024-01-01\")'",
    ],
)
def test_a_condition_that_facts_decide_is_not_told(rules: Path, condition: str) -> None:
    assert when(rules, condition) == []


def test_a_duty_that_follows_a_payment_is_decided_by_the_facts(rules: Path) -> None:
    before = warnings(rules)
    (rules / "lake-2024" / "more.yaml").write_text(
        "obligations:\n"
        "  - id: stay\n"
        "    title: {zh: 留在本地, en: stay}\n"
        "    cite: {article: 三, sentence: 5}\n"
        "    for: [enterprise]\n"
        "    modality: must\n"
        "    follows: {award: leading, once: paid}\n"
        "    requires: {attest: {zh: 是否留在本地？, en: Has it stayed?}}\n",
        encoding="utf-8",
    )
    assert new(rules, before) == []


def test_a_target_beyond_the_bounds_of_its_metric_is_told(rules: Path) -> None:
    path, before = rules / "lake-2024" / "rules.yaml", warnings(rules)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("test: '>= 92%'", "test: '> 100%'"), encoding="utf-8")
    assert new(rules, before) == [
        "constant-condition: a condition of `lake-2024/pass-rate` can never hold, whatever the facts are"
    ]


def test_a_row_for_whatever_is_left_is_not_told(rules: Path) -> None:
    path, before = rules / "lake-2024" / "rules.yaml", warnings(rules)
    text = path.read_text(encoding="utf-8")
    rows = (
        "{by: [级别, 角色], hit: C<, rows: [{if: ['-', '-'], then: 1万元}, {if: ['\"国际标准\"', '-'], then: 2万元}]}"
    )
    old = "{by: 级别, rows: {国际标准: 30万元, 国家标准: 20万元}}"
    assert old in text
    path.write_text(text.replace(old, rows), encoding="utf-8")
    assert new(rules, before) == []


def when(folder: Path, condition: str) -> list[str]:
    """The warnings that a condition of the upgrade brings."""
    path, before = folder / "lake-2024" / "rules.yaml", warnings(folder)
    text = path.read_text(encoding="utf-8")
    written = f"\n      {condition}" if condition.startswith("not:") else f" {condition}"
    path.write_text(text.replace("    when: 投资额 >= 100万元", f"    when:{written}"), encoding="utf-8")
    return [text for text in new(folder, before) if not text.startswith("unused")]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            "facts: [{id: grade, label: {zh: 级别, en: a}, of: [enterprise], type: bool}]",
            "the field of 标准项目 `level` is labelled as the fact `grade` is: `级别`",
        ),
        (
            "facts: [{id: money, label: {zh: 投资 额, en: a}, of: [enterprise], type: bool}]",
            "the fact `money` is labelled as the fact `investment` is: `投资 额`",
        ),
        (
            "metrics: [{id: sum, label: {zh: 专利数（个）, en: a}, of: [city]}, "
            "{id: total, label: {zh: 专利数(个), en: a}, of: [city]}]",
            "the metric `total` is labelled as the metric `sum` is: `专利数(个)`",
        ),
        (
            "facts: [{id: pass, label: {zh: ＰＡＳＳ, en: a}, of: [enterprise], type: bool}]\n"
            "metrics: [{id: passing, label: {zh: pass, en: a}, of: [city]}]",
            "the metric `passing` is labelled as the fact `pass` is: `pass`",
        ),
        (
            "records: [{id: r, label: {zh: 事, en: a}, fields: ["
            "{id: x, label: {zh: 甲, en: a}, type: choice, choices: [{id: other, zh: 其他, en: a}]}, "
            "{id: y, label: {zh: 乙, en: a}, type: choice, choices: [{id: rest, zh: 其他, en: a}]}]}]",
            "the choices `other` and `rest` of `y` and `x` are both labelled `其他`",
        ),
        (
            "records: [{id: r, label: {zh: 事, en: a}, fields: ["
            "{id: x, label: {zh: 甲, en: a}, type: choice, "
            "choices: [{id: one, zh: 一 级, en: a}, {id: two, zh: 一级, en: a}]}]}]",
            "the choices `one` and `two` of `x` are both labelled `一级`",
        ),
    ],
)
def test_labels_that_people_take_for_each_other_are_told(rules: Path, words: str, told: str) -> None:
    before = warnings(rules)
    (rules / "vocabulary" / "more.yaml").write_text(f"{words}\n", encoding="utf-8")
    assert [text for text in new(rules, before) if not text.startswith("unused")] == [f"same-label: {told}"]


def test_one_choice_in_two_fields_and_one_field_in_two_records_are_not_told(rules: Path) -> None:
    before = warnings(rules)
    fields = (
        "[{id: level, label: {zh: 级别, en: a}, type: choice, choices: [{id: international, zh: 国际标准, en: a}]}]"
    )
    (rules / "vocabulary" / "more.yaml").write_text(
        f"records: [{{id: r, label: {{zh: 事, en: a}}, fields: {fields}}}]\n", encoding="utf-8"
    )
    assert new(rules, before) == []


def test_a_rule_that_no_scenario_names_is_told_where_there_are_scenarios(rules: Path) -> None:
    rulebook = load_rulebook(rules)
    named = set(rulebook.rules) - {"lake-2024/talks"}
    found = [one for one in suspicions(rulebook, DAY, named) if one.code == "unnamed-rule"]
    assert [one.message for one in found] == ["no scenario names the rule `lake-2024/talks`"]
    assert found[0].span is not None
    assert not [one for one in suspicions(rulebook, DAY) if one.code == "unnamed-rule"]


@pytest.mark.parametrize(
    ("amount", "told"),
    [
        (
            "{table: {by: 投资额, rows: {'[1万元..5万元]': 1万元, '>= 5万元': 2万元}}}",
            "table-overlap: the rows `[1万元..5万元]` and `>= 5万元` both apply to 5万元",
        ),
        (
            "{table: {by: [出口企业, 投资额], hit: U, "
            "rows: [{if: ['true', '-'], then: 1万元}, {if: ['-', '> 5万元'], then: 2万元}]}}",
            "table-overlap: the rows `true · -` and `- · > 5万元` both apply to true · 5.0001万元",
        ),
        (
            "{table: {by: 投资额, rows: {'< 5万元': 1万元, '> 5万元': 2万元}}}",
            "table-hole: no row applies to exactly 5万元",
        ),
        (
            "{table: {by: 投资额, rows: {'< 4万元': 1万元, '> 5万元': 2万元}}}",
            "table-hole: no row applies to what lies between 4万元 and 5万元",
        ),
        ("{up_to: 5万元, decided: 投资额}", "decided: `投资额` is no fact that somebody decides"),
        ("{rate: 500%, base: 投资额}", "rate: `500%` is more than the whole base"),
        ("{up_to: 5万元, cap: 3万元}", "cap-below-amount: the cap lies below an amount of 5万元 that it bounds"),
        (
            "{table: {by: 出口企业, rows: {'true': 8万元}}, cap: 3万元}",
            "cap-below-amount: the cap lies below an amount of 8万元 that it bounds",
        ),
        ("if 投资额 > 50元 then 1万元 else 2万元", "unit: `50元` is little for `投资额`, which is given in 万元"),
    ],
)  # fmt: skip
def test_figures_and_rows_that_are_probably_not_meant_are_told(rules: Path, amount: str, told: str) -> None:
    before = warnings(rules)
    assert new_of(rules, before, f"amount: {amount}") == [told]


@pytest.mark.parametrize(
    "amount",
    [
        "{table: {by: 投资额, rows: {'[1万元..5万元)': 1万元, '>= 5万元': 2万元}}}",
        "{table: {by: 投资额, rows: {'[1万元..5万元]': 1万元, '>= 5万元': 1万元}}}",  # both pay the same
        "{table: {by: [投资额, 投资额], hit: U, "
        "rows: [{if: ['> 1万元', '-'], then: 1万元}, {if: ['-', '> 5万元'], then: 2万元}]}}",
        "if 投资额 > 5000元 then 1万元 else 2万元",
        "{rate: 100%, base: 投资额, cap: 3万元}",
    ],
)  # fmt: skip
def test_figures_and_rows_that_are_well_are_not_told(rules: Path, amount: str) -> None:
    before = warnings(rules)
    assert new_of(rules, before, f"amount: {amount}") == []


def new_of(rules: Path, before: list[str], amount: str) -> list[str]:
    """What is told of one more award."""
    text = (
        "incentives:\n  - id: tried\n    title: {zh: 例, en: a}\n    cite: {article: 一, sentence: 1}\n"
        f"    for: enterprise\n    modality: must\n    {amount}\n"
    )
    (rules / "lake-2024" / "tried.yaml").write_text(text, encoding="utf-8")
    return new(rules, before)


@pytest.mark.parametrize(
    ("when", "told"),
    [("投资额 > 投资额", "can never hold"), ("投资额 = 投资额", "always holds"), ("投资额 >= 投资额", "always holds")],
)
def test_a_figure_compared_with_itself_is_told(rules: Path, when: str, told: str) -> None:
    before = warnings(rules)
    assert new_of(rules, before, f"when: {when}\n    amount: 1万元") == [
        f"constant-condition: a condition of `lake-2024/tried` {told}, whatever the facts are"
    ]


@pytest.mark.parametrize(
    ("tree", "told"),
    [
        ("scope: entity, highest_of: [tried]", "`tried` stands alone, so there is nothing to choose from"),
        ("scope: item, sum: {of: [tried], cap: 1万元}", "`tried` has no entries to be combined one by one"),
        (
            "scope: entity, sum: {of: [tried], cap: 1万元}",
            "what this tree leaves is not split among the payers of `lake-2024/tried`",
        ),
    ],
)
def test_trees_that_do_nothing_or_split_nothing_are_told(rules: Path, tree: str, told: str) -> None:
    before = warnings(rules)
    share = "" if "payers" not in told else "\n    payers: [{payer: {zh: 市, en: city}, share: 100%}]"
    stacking = f"\nstacking:\n  - {{id: tried-tree, title: {{zh: 例, en: a}}, {tree}}}"
    found = new_of(rules, before, f"amount: 2万元{share}{stacking}")
    assert [text.partition(": ")[2] for text in found] == [told]
