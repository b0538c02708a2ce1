"""Decisions over the made-up rulebook of this folder, for the tests of reports."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from evaluator.engines.decide import decide
from evaluator.engines.decision import Decision
from evaluator.rulebook.assume import parse_assumption
from evaluator.rulebook.load import load_rulebook
from evaluator.rulebook.model import Rulebook
from evaluator.rulebook.overrides import parse_override
from evaluator.rulebook.profile import bind
from evaluator.rulebook.yamlfile import parse
from evaluator.source import Source

RULES = Path(__file__).parent / "rulebook"

ENTERPRISE = """\
kind: enterprise
name: 湖口某某机械有限公司
jurisdiction: 云泽省/湖口市
facts:
  标准:
    - {级别: 国际标准, 角色: 主持, 发布日期: 2024-05-01}
    - {级别: 国家标准, 发布日期: 2024}
  投资额: 120.5
  专利数: 3
  信用等级: A级
"""

CITY = """\
kind: city
name: 湖口市
jurisdiction: 云泽省/湖口市
metrics:
  产品合格率: {2024: 92.4, 2025: 93.99}
  高新产业占比: {2025: 19.6}
  研发投入: {2023: 1000, 2024: 1080, 2025: 1200}
  新增标准数: {2024: 5}
  绿色水平: {2025: 先进}
  建成平台: {2024: false}
members:
  - {name: 东县, facts: {服务窗口数: 1}, metrics: {绿色水平: {2025: 先进}, 窗口数: {2025: 3}}}
  - {name: 西县, facts: {服务窗口数: 0}, metrics: {绿色水平: {2025: 一般}, 窗口数: {2025: 5}}}
"""

ASSOCIATION = """\
kind: association
name: 湖口市标准化协会
jurisdiction: 云泽省/湖口市
facts: {标准: []}
"""

PROVINCE_ONLY = """\
kind: enterprise
jurisdiction: 云泽省
facts: {标准: [{级别: 国际标准, 角色: 主持, 发布日期: 2024-05-01}], 投资额: 80, 出口企业: true}
"""


@cache
def rulebook() -> Rulebook:
    """The made-up rulebook."""
    return load_rulebook(RULES)


def ask(
    profile: str,
    as_of: str = "2026-01-31",
    *,
    policies: tuple[str, ...] = (),
    rules: tuple[str, ...] = (),
    assume: tuple[str, ...] = (),
    change: tuple[str, ...] = (),
) -> Decision:
    """The decision about a profile written as YAML."""
    changes = [parse_override(text) for text in change]
    rules_read = load_rulebook(RULES, overrides=changes) if changes else rulebook()
    assumptions = dict(parse_assumption(text) for text in assume)
    bound = bind(parse(Source("<profile>", profile))[0], rules_read, assumptions)
    return decide(
        rules_read,
        bound,
        as_of=date.fromisoformat(as_of),
        policies=policies,
        rules=rules,
        assumptions=assumptions,
        changes=changes,
    )
