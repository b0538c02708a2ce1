"""A small rulebook with awards that can be reached, for tests of advice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from textwrap import dedent

from evaluator.advise.asking import Asker
from evaluator.rulebook.load import load_rulebook
from evaluator.rulebook.model import Rulebook
from evaluator.rulebook.profile import make_profile
from tests.agreement import small

CHANGEABLE = {
    "yes": "{direction: up, months: 3}",
    "maybe": "{direction: any, months: 1}",
    "invested": "{direction: up, months: 6}",
    "some": "{direction: down}",
    "grade": "{direction: up, months: 12}",
    "projects": "{direction: up, months: 9}",
    "passed": "{direction: up, months: 2}",
}
"""What an applicant can change in the vocabulary of `small`."""


def rulebook(rules: str, folder: Path) -> Rulebook:
    """The rulebook of `rules` over the vocabulary of `small`, in which some facts can be changed."""
    lines = []
    for line in small.VOCABULARY.splitlines():
        for id, how in CHANGEABLE.items():
            line = line.replace(f"{{id: {id},", f"{{id: {id}, changeable: {how},")
        lines.append(line)
    for sub in ("vocabulary", "test-2023"):
        (folder / sub).mkdir(parents=True, exist_ok=True)
    (folder / "vocabulary" / "all.yaml").write_text("\n".join(lines), encoding="utf-8")
    until = "{date: 2027-12-31, basis: stated}"
    header = small.POLICY.format(place="甲省/乙市", published="2023-01-01", since="2023-01-01", until=until)
    (folder / "test-2023" / "policy.yaml").write_text(header, encoding="utf-8")
    (folder / "test-2023" / "rules.yaml").write_text(small.filled(dedent(rules)), encoding="utf-8")
    return load_rulebook(folder)


@cache
def world() -> Rulebook:
    """Awards by fact, figure, list and group."""
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as name:
        return rulebook(RULES, Path(name))


RULES = """
incentives:
  - id: invested
    when: {all: [投资额 >= 100万元, 真]}
    amount: 5% * 投资额
  - id: either
    when: {any: ['等级 >= "中"', 真, '某数 <= 3']}
    amount: 3万元
  - id: listed
    each: 项目
    judged_by: 日期
    when: {all: [通过, '级别 in ("国际", "国家")']}
    amount: {table: {by: 级别, rows: {国际: 30万元, 国家: 20万元, 行业: 10万元}}}
  - id: two-projects
    when: count(项目[通过]) >= 2
    amount: 8万元
  - id: fixed
    when: '颜色 = "红"'
    amount: 1万元
  - id: either-way
    when: {any: [未知, {not: 未知}]}
    amount: {table: {by: 颜色, rows: {红: 2万元, 蓝: 5万元}}}
supports:
  - id: help
    applies_when: 未知
    when: {not: {all: [真, 未知]}}
stacking:
  - id: highest
    scope: entity
    highest_of: [invested, either, {sum: {of: [listed, two-projects], cap: 25万元}}]
"""


def asker(facts: Mapping[str, object], as_of: str = "2025-06-30") -> Asker:
    """Questions about an enterprise with these facts."""
    data = small.enterprise(facts)
    return Asker(world(), make_profile(data, world()), date.fromisoformat(as_of))
