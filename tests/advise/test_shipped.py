"""The shipped rulebook: all decided, nothing refuted; and copies of it with a fault, of which none escapes."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from evaluator.advise import Report, Status, prove
from evaluator.advise.properties import PROPERTIES
from evaluator.rulebook.load import load_rulebook
from tests.agreement.shipped import RULES, shipped

PILOT = """  - id: pilot-again
    title: {zh: 又一笔, en: once more}
    cite: {article: 二.(一).3, sentence: 3, figures: [2万元]}
    for: [enterprise]
    modality: must
    each: 标准化示范试点
    judged_by: 考核评估日期
    when: 通过考核评估
    amount: 2万元
"""
LOWER = """  - id: pass-rate-again
    title: {zh: 又一目标, en: once more}
    cite: {article: 一, sentence: 4}
    for: [city]
    modality: plan
    metric: 制造业产品质量合格率
    schedule: [{by: 2025, test: '<= 90%'}]
"""

FAULTS: Mapping[str, tuple[str, str, str, str]] = {
    "a condition that nobody meets": (
        "outcomes",
        "incentives.yaml",
        """when: {all: ['角色 = "主持"', '级别 in""",
        """when: {all: ['角色 = "主持"', '角色 = "参与"', '级别 in""",
    ),
    "a clause that never matters": (
        "idle",
        "incentives.yaml",
        """when: {all: ['角色 = "主持"', '级别 in""",
        """when: {all: ['角色 = "主持"', '角色 != "参与"', '级别 in""",
    ),
    "overlapping rows": (
        "table-overlap",
        "incentives.yaml",
        "{by: 级别, rows: {国际标准: 30万元, 国家标准: 20万元, 行业标准: 10万元}}",
        """{by: [级别, 角色], rows: [{if: ['"国际标准"', '-'], then: 30万元},"""
        """ {if: ['"国家标准", "国际标准"', '-'], then: 20万元}, {if: ['"行业标准"', '-'], then: 10万元}]}""",
    ),
    "a missing row": (
        "table-gap",
        "incentives.yaml",
        "{国际标准: 30万元, 国家标准: 20万元, 行业标准: 10万元}",
        "{国际标准: 30万元, 国家标准: 20万元}",
    ),
    "a duplicated award": ("same-matter", "incentives.yaml", "  - id: city-science-plan-funding\n", PILOT),
    "contradictory targets": ("targets-agree", "targets.yaml", "", LOWER),
    "a later target below an earlier one": ("later-targets", "targets.yaml", "", ""),
}


@cache
def report() -> Report:
    return prove(shipped(), processes=2)


def test_nothing_is_refuted_or_left_open() -> None:
    found = report()
    odd = [(verdict.about, verdict.status.value, verdict.rules[0].id) for verdict in found.verdicts]
    assert [entry for entry in odd if entry[1] not in ("not_comparable", "listed")] == []


def test_learning_is_proved_of_every_rule_and_tree() -> None:
    found = report()
    for policy in found.policies:
        rules = [rule for rule in shipped().rules.values() if rule.policy.id == policy.id]
        trees = [tree for tree in shipped().stackings if tree.id.startswith(f"{policy.id}/")]
        assert found.count(policy.id, "refinement", Status.HOLDS) == len(rules) + len(trees)
        assert found.count(policy.id, "outcomes", Status.HOLDS) == len(rules)


def test_what_cannot_be_compared_is_told_with_its_article() -> None:
    vague = [verdict for verdict in report().verdicts if verdict.status is Status.NOT_COMPARABLE]
    assert {verdict.about for verdict in vague} == {"decidable"}
    assert all(verdict.rules[0].cite for verdict in vague)


def broken(folder: Path, name: str) -> tuple[str, Path]:
    about, file, old, new = FAULTS[name]
    for part in ("vocabulary", "chengde-2023"):
        shutil.copytree(RULES / part, folder / part)
    path = folder / "chengde-2023" / file
    text = path.read_text(encoding="utf-8")
    if name == "a later target below an earlier one":
        assert text.count(">= 94%") >= 1
        text = text.replace("by: 2025, test: '>= 94%'", "by: 2025, test: '>= 91%'")
    elif not old:
        text += new
    else:
        assert text.count(old) == 1, old
        text = text.replace(old, new + old if name == "a duplicated award" else new)
    path.write_text(text, encoding="utf-8")
    return about, folder


@pytest.mark.parametrize("name", FAULTS)
def test_no_fault_escapes(tmp_path: Path, name: str) -> None:
    about, folder = broken(tmp_path, name)
    found = prove(load_rulebook(folder), properties=[about])
    failing = [verdict for verdict in found.verdicts if verdict.status is Status.FAILS]
    assert failing
    assert {verdict.about for verdict in failing} == {about}


def test_every_property_has_its_words() -> None:
    for one in PROPERTIES.values():
        assert one.name.zh
        assert one.name.en
        assert one.meaning.zh != one.meaning.en
