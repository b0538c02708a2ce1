"""Each finding of the audit against a text, on a small policy of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from evaluator.audit.sources import Audit, audit_policy, audit_sources, coverage_table, without_text
from evaluator.diagnostics import RuleError

TEXT = """关于质量的通知
一、目标
到2025年,合格率达到95%以上,获奖企业超过20家。占比显著提升。
二、任务
(一)奖励。对获奖企业给予30万元奖励。聚焦“3+3”产业。
(二)制度。应建立责任制度。超过lOOO家参与。
(责任单位:市财政局)
"""
POLICY = """id: new
title: {zh: 通知, en: notice}
number: null
published: {date: 2023-01-01, basis: inferred}
in_force: {from: {date: 2023-01-01, basis: inferred}, until: open}
last_named: {date: 2025-12-31, basis: stated}
---
source: new.txt
defects:
  - {article: 二.(二), sentence: 3, printed: lOOO, reading: "1000", note: {zh: 误识, en: misread}}
programmatic:
  - {article: "0", sentences: [1], reason: heading}
  - {article: 二, sentences: [1], reason: heading}
  - {article: 二.(一), sentences: [1], reason: heading}
  - {article: 二.(一), sentences: [3], reason: direction, note: {zh: 方向, en: direction}}
  - {article: 二.(二), sentences: [1], reason: heading}
  - {article: 二.(二), sentences: [4], reason: reference}
waivers:
  - {article: 二.(一), sentence: 3, numeral: "3+3", reason: name, note: {zh: 名称, en: name}}
"""
RULES = """targets:
  - id: pass-rate
    title: {zh: 合格率, en: pass rate}
    cite: {article: 一, sentence: 1, figures: [95%]}
    metric: 合格率
    schedule:
      - {by: 2025, test: '>= 95%'}
  - id: winners
    title: {zh: 获奖企业数, en: winners}
    cite: {article: 一, sentence: 1, figures: [20家]}
    metric: 获奖企业数
    schedule:
      - {by: 2025, test: '> 20家'}
  - id: share
    title: {zh: 占比提升, en: share}
    cite: {article: 一, sentence: 2}
    metric: 占比
    schedule:
      - {by: 2025, vague: increase, base: 2022, fails_unless: '> 基期'}
  - id: participants
    title: {zh: 参与企业数, en: participants}
    cite: {article: 二.(二), sentence: 3, figures: [1000家]}
    metric: 参与企业数
    schedule:
      - {by: none, test: '> 1000家'}
incentives:
  - id: award
    title: {zh: 获奖企业奖励, en: award}
    cite: {article: 二.(一), sentence: 2, figures: [30万元]}
    amount: 30万元
obligations:
  - id: duty-system
    title: {zh: 建立责任制度, en: duty system}
    cite: {article: 二.(二), sentence: 2}
    responsible: [市财政局]
    requires: {attest: {zh: 责任制度是否建立？, en: Is it set up?}}
"""


def audit(folder: Path, *edits: tuple[str, str]) -> Audit:
    (folder / "new").mkdir(exist_ok=True)
    policy, rules = POLICY, RULES
    for old, new in edits:
        assert old in policy + rules
        policy, rules = policy.replace(old, new, 1), rules.replace(old, new, 1)
    (folder / "new" / "policy.yaml").write_text(policy, encoding="utf-8")
    (folder / "new" / "rules.yaml").write_text(rules, encoding="utf-8")
    (folder / "new.txt").write_text(TEXT, encoding="utf-8")
    return audit_policy(folder / "new", folder / "new.txt")


def test_rules_that_agree_have_no_finding(tmp_path: Path) -> None:
    result = audit(tmp_path)
    assert [item.render() for item in result.diagnostics] == []
    assert coverage_table([result])[1] == ("new", "6", "5", "11", "5", "6", "0", "6", "5", "1", "0")
    assert [item.policy for item in audit_sources(tmp_path, tmp_path)] == ["new"]


@pytest.mark.parametrize(
    ("old", "new", "codes"),
    [
        ("'>= 95%'", "'>= 94%'", "figure-not-cited figure-not-used"),
        ("figures: [95%]", "figures: [96%]", "figure-not-cited figure-not-printed figure-not-used numeral-open"),
        ("'> 20家'", "'>= 20家'", "boundary-differs"),
        ("'> 20家'", "'> 20个'", "figure-not-cited figure-not-used"),
        ("'>= 95%'", "'<= 95%'", "boundary-differs"),
        ("{by: 2025, test: '> 20家'", "{by: 2026, test: '> 20家'", "year-not-printed"),
        ("amount: 30万元", "amount: 3万元", "figure-not-cited figure-not-used"),
        ("{article: 二.(二), sentence: 2}", "{article: 二.(二), sentence: 9}", "no-such-sentence sentence-open"),
        ("{article: 二.(二), sentence: 2}", "{article: 二.(三), sentence: 2}", "no-such-article body-not-named"),
        ("{article: 二.(二), sentence: 2}", "{article: 二.(二), sentence: 1}", "disposed-twice sentence-open"),
        ("responsible: [市财政局]", "responsible: [市税务局]", "body-not-named"),
        ('"0", sentences: [1]', '"0", sentences: [2]', "no-such-sentence sentence-open"),
        ("reason: direction, note: {zh: 方向, en: direction}", "reason: direction", "note-needed"),
        ("reason: reference", "reason: references", "unknown-reason"),
        ('numeral: "3+3"', 'numeral: "3+4"', "numeral-not-printed numeral-open"),
        ('numeral: "3+3"', 'numeral: "聚焦“3+3”产业。"', ""),
        ("sentence: 3, printed: lOOO", "sentence: 2, printed: lOOO", "unmet-defect figure-not-printed"),
        ("title: {zh: 建立责任制度", "title: {zh: 举办文艺汇演", ""),
        ("    cite: {article: 二.(二), sentence: 2}\n", "", "no-citation sentence-open"),
    ],
)  # fmt: skip
def test_each_error_is_found(old: str, new: str, codes: str, tmp_path: Path) -> None:
    found = {item.code for item in audit(tmp_path, (old, new)).diagnostics}
    assert set(codes.split()) <= found if codes else not found


@pytest.mark.parametrize(("note", "codes"), [(", note: {zh: 方向, en: direction}", []), ("", ["note-needed"])])
def test_programmatic_sentence_with_a_duty_word_in_any_place_needs_a_note(
    note: str, codes: list[str], tmp_path: Path
) -> None:
    waiver = POLICY[POLICY.index("waivers:") :]
    audit(tmp_path, (waiver, ""), (", note: {zh: 方向, en: direction}", note))
    (tmp_path / "new.txt").write_text(TEXT.replace("聚焦“3+3”产业", "企业应对产品质量负责"), encoding="utf-8")
    assert [item.code for item in audit_policy(tmp_path / "new", tmp_path / "new.txt").diagnostics] == codes


def test_unlike_words_are_found_unless_the_question_is_like(tmp_path: Path) -> None:
    edits = (("建立责任制度", "举办文艺汇演"), ("责任制度是否建立", "文艺汇演是否举办"))
    assert [item.code for item in audit(tmp_path, *edits).diagnostics] == ["unlike-sentence"]


def test_repeated_and_blanket_waivers_are_found(tmp_path: Path) -> None:
    line = '  - {article: 二.(一), sentence: 3, numeral: "3+3", reason: name, note: {zh: 名称, en: name}}\n'
    assert [item.code for item in audit(tmp_path, (line, line * 2)).diagnostics] == ["waived-twice"]
    used = '  - {article: 一, sentence: 1, numeral: "95%", reason: name, note: {zh: 名称, en: name}}\n'
    assert [item.code for item in audit(tmp_path, (line, line + used)).diagnostics] == ["waiver-not-needed"]
    whole = '  - {article: 一, sentence: 1, numeral: "2025年,合格率达到95%以上,获奖企业超过20家", reason: name}\n'
    assert [item.code for item in audit(tmp_path, (line, line + whole)).diagnostics] == ["blanket-waiver"] * 1 + [
        "waiver-not-needed"
    ] * 2


def test_a_policy_whose_text_is_not_there_is_told(tmp_path: Path) -> None:
    audit(tmp_path)
    assert without_text(tmp_path, tmp_path) == ()
    audit(tmp_path, ("source: new.txt", "source: mistyped.txt"))
    (finding,) = without_text(tmp_path, tmp_path)
    assert (finding.code, finding.where) == ("no-text", str(tmp_path))
    assert "`mistyped.txt`, the text of `new`" in finding.message
    audit(tmp_path, ("source: new.txt\n", ""))
    assert [item.message for item in without_text(tmp_path, tmp_path)] == ["the register of `new` names no text"]


def test_findings_stand_in_the_rule_file_and_name_the_text(tmp_path: Path) -> None:
    (finding,) = audit(tmp_path, ("'> 20家'", "'>= 20家'")).diagnostics
    assert finding.span is not None
    assert finding.span.source.name.endswith("rules.yaml")
    assert finding.span.line == 13
    assert finding.help is not None
    assert "new.txt:3:1" in finding.help or "new.txt:2:3" in finding.help


def test_folder_without_a_policy_is_refused(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text("", encoding="utf-8")
    with pytest.raises(RuleError):
        audit_policy(tmp_path, tmp_path / "none.txt")
