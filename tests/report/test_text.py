from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from wcwidth import wcswidth

from evaluator.report.phrases import Lang
from evaluator.report.text import decision_text
from tests.report.asked import ASSOCIATION, CITY, ENTERPRISE, PROVINCE_ONLY, ask

GOLDEN = Path(__file__).parent / "golden"
PROFILES = {"enterprise": ENTERPRISE, "city": CITY, "association": ASSOCIATION, "province-only": PROVINCE_ONLY}


@pytest.mark.parametrize("cells", [80, 120])
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("who", PROFILES)
def test_report_reads_as_recorded(golden: Callable[[Path, str], None], who: str, lang: Lang, cells: int) -> None:
    golden(GOLDEN / f"{who}.{lang}.{cells}.txt", decision_text(ask(PROFILES[who]), lang=lang, cells=cells))


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("who", ["enterprise", "city"])
def test_explained_report_reads_as_recorded(golden: Callable[[Path, str], None], who: str, lang: Lang) -> None:
    decision = ask(
        PROFILES[who],
        assume=("标准[2].角色=主持",) if who == "enterprise" else ("lake-2024/leaders-scheme=true",),
        change=("lake-2024/leading.amount.table.rows.国际标准=40万元",) if who == "enterprise" else (),
    )
    text = decision_text(decision, lang=lang, cells=100, everything=True, explained=True)
    golden(GOLDEN / f"{who}.{lang}.explained.txt", text)


@pytest.mark.parametrize("cells", [60, 72, 80, 100, 120])
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("who", PROFILES)
def test_no_line_is_wider_than_the_terminal(who: str, lang: Lang, cells: int) -> None:
    text = decision_text(ask(PROFILES[who]), lang=lang, cells=cells, everything=True, explained=True)
    assert [line for line in text.splitlines() if wcswidth(line) > cells] == []


def test_every_award_is_printed_with_its_article() -> None:
    decision = ask(ENTERPRISE)
    text = decision_text(decision, cells=120)
    for finding in decision.findings:
        if finding.rule.kind == "incentive" and finding.outcome.value != "not_applicable":
            line = next(line for line in text.splitlines() if finding.rule.title.zh in line)
            assert line.rstrip().endswith(finding.cite[-1].article)


def test_several_documents_are_numbered_and_a_single_one_is_not() -> None:
    assert "[2] " in decision_text(ask(ENTERPRISE), cells=120)
    assert "[1]" not in decision_text(ask(ASSOCIATION, policies=("port-2024",)), cells=120)


def test_a_place_without_rules_says_so() -> None:
    nobody = "kind: association\njurisdiction: 海东省\n"
    elsewhere = ask(nobody.replace("jurisdiction: 海东省\n", "jurisdiction: 云泽省/临港市\n"), rules=("no/such",))
    assert "没有与该主体有关的规则" in decision_text(elsewhere)


def test_a_missing_choice_names_what_can_be_filled_in() -> None:
    text = decision_text(ask(ENTERPRISE), cells=120)
    assert "标准[2].角色——可填：主持、参与" in text


def test_long_lists_of_open_duties_are_cut_and_listed_whole_on_request() -> None:
    decision = ask("kind: city\nname: 湖口市\njurisdiction: 云泽省/湖口市\n")
    whole = decision_text(decision, everything=True)
    assert "用 --all" not in whole
    assert "年度质量报告#2024" in whole


def test_assumptions_and_changes_stand_apart_with_before_and_after() -> None:
    decision = ask(
        ENTERPRISE,
        assume=("标准[2].角色=主持",),
        change=("lake-2024/leading.amount.table.rows.国际标准=40万元",),
    )
    text = decision_text(decision, cells=120)
    assert "标准[2].角色 = 主持" in text
    assert "lake-2024/leading.amount.table.rows.国际标准：30万元 → 40万元" in text


def test_every_report_says_that_it_is_no_official_decision() -> None:
    assert "不是主管部门的正式决定" in decision_text(ask(CITY))
    assert "no official decision" in decision_text(ask(CITY), lang="en", cells=120)


def test_what_cannot_be_computed_says_why_and_is_no_refusal() -> None:
    text = decision_text(ask(ENTERPRISE.replace("专利数: 3", "专利数: 0"), rules=("port-2024/ratio",)), explained=True)
    assert "人均补助（第六条 第1句）：无法判定" in text
    assert "原因：无法计算：除数为零" in text
    assert "~ 投资额 ÷ 专利数：无法计算：除数为零" in text


def test_a_granted_award_without_an_amount_is_counted_apart() -> None:
    text = decision_text(ask(ENTERPRISE + "  出口企业: true\n"), cells=120)
    assert "另有 1 项可享受、文件未写金额，不计入合计" in text
    assert "第三条" in text


def test_papers_of_the_facts_that_were_read_are_asked_for() -> None:
    text = decision_text(ask(ENTERPRISE, rules=("port-2024/patents",)), cells=120)
    assert "证明材料：信用报告；专利证书" in text


def test_awards_that_do_not_hold_stand_in_the_table_without_details() -> None:
    text = decision_text(ask(ENTERPRISE, rules=("port-2024/share-of-investment",)), cells=120)
    assert "不符合" in text
    assert "逐项说明" not in text


def test_an_award_before_its_policy_names_the_reason_and_its_article() -> None:
    text = decision_text(ask(ENTERPRISE, "2023-01-01", rules=("lake-2024/leading",)), cells=120)
    assert "不适用 1 项：所问之日该文件尚未发布——主持标准资助（二.(一).1）" in text


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        ("lake-2024/talks.amount=7万元", "unstated → 7万元"),
        ("lake-2024/upgrade.amount={up_to: 60万元}", "{up_to: 50万元, decided: 核定金额} → {up_to: 60万元}"),
        ("lake-2024/report-yearly.every.to=2027", "2026 → 2027"),
    ],
)
def test_changes_of_any_shape_are_shown_as_a_file_writes_them(change: str, shown: str) -> None:
    assert shown in decision_text(ask(ENTERPRISE, change=(change,)), cells=120)


def test_assumptions_show_values_as_people_write_them() -> None:
    decision = ask(ENTERPRISE, assume=("出口企业=true", "核定金额=12.50"))
    text = decision_text(decision, cells=120)
    assert "出口企业 = true" in text
    assert "核定金额 = 12.50" in text


def test_members_without_a_register_are_named_as_given() -> None:
    port = """\
kind: city
name: 临港市
jurisdiction: 云泽省/临港市
members: {complete: true, items: [{name: 甲县, kind: county, metrics: {窗口数: {2025: 3}}}]}
"""
    text = decision_text(ask(port, rules=("port-2024/counters-each",)), explained=True)
    assert "甲县：" in text
    assert "1/1" in text


def test_more_open_questions_than_ten_are_cut() -> None:
    bare = ask("kind: enterprise\njurisdiction: 云泽省/湖口市\nfacts: {标准: [" + "{级别: 国际标准}, " * 8 + "]}\n")
    assert "……还有 6 项，用 --all 全部列出" in decision_text(bare, cells=120)
    assert "用 --all" not in decision_text(bare, cells=120, everything=True)
