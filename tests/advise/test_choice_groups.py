"""The best choice in each item and in each year, and the page that tells it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from evaluator.advise.advice import advise
from evaluator.advise.asking import Asker
from evaluator.advise.choice import choices
from evaluator.report.advice import advice_blocks, advice_data
from evaluator.report.pages import render
from evaluator.rulebook.model import Rulebook
from evaluator.rulebook.profile import make_profile
from tests.agreement.small import enterprise, rulebook

RULES = """
incentives:
  - id: by-level
    each: 项目
    judged_by: 日期
    when: 通过
    amount: {table: {by: 级别, rows: {国际: 30万元, 国家: 20万元, 行业: 10万元}}}
  - id: by-sum
    each: 项目
    judged_by: 日期
    amount: {rate: 10%, base: 金额}
  - id: unstated
    judged_by: 成立日期
    when: 真
    amount: unstated
stacking:
  - id: tree
    scope: SCOPE
    highest_of: [by-level, by-sum]
"""
PROJECTS = [
    {"级别": "国际", "日期": "2024-05-01", "通过": True, "金额": 100},
    {"级别": "行业", "日期": "2024-06-01", "通过": True, "金额": 400},
    {"级别": "国家", "日期": "2023-06-01", "通过": True, "金额": 100},
]
FACTS: Mapping[str, object] = {"项目": PROJECTS, "真": True, "成立日期": "2024-01-01"}


def book(scope: str) -> Rulebook:
    return rulebook(RULES.replace("SCOPE", scope))


def made(scope: str, facts: Mapping[str, object]) -> Asker:
    rules = book(scope)
    return Asker(rules, make_profile(enterprise(facts), rules), date(2025, 6, 30))


@pytest.mark.parametrize(
    ("scope", "best"),
    [
        (
            "item",
            {
                "项目[1]": ("test-2023/by-level", 300_000),
                "项目[2]": ("test-2023/by-sum", 400_000),
                "项目[3]": ("test-2023/by-level", 200_000),
            },
        ),
        ("period", {2024: ("test-2023/by-sum", 500_000), 2023: ("test-2023/by-level", 200_000)}),
    ],
)
def test_each_group_has_its_own_best(scope: str, best: Mapping[object, tuple[str, int]]) -> None:
    found = choices(made(scope, FACTS))
    assert {choice.group: (*choice.best.rules, choice.best.guaranteed) for choice in found} == best
    assert all(choice.proved and len(choice.others) == 1 for choice in found)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_tells_each_group_and_what_could_turn_it(lang: str) -> None:
    rules = book("item")
    projects = [*PROJECTS[:1], {**PROJECTS[1], "通过": None}, {**PROJECTS[2], "金额": None}]
    profile = make_profile(enterprise({**FACTS, "项目": projects}), rules)
    found = advise(rules, profile, as_of=date(2025, 6, 30))
    blocks = advice_blocks(found, "zh" if lang == "zh" else "en")
    page = "".join(line.strip() for line in render(blocks, "text", lang, 200).splitlines())
    assert ("（项目[1]）" if lang == "zh" else "(项目[1])") in page
    assert ("补充事实后可能反超" if lang == "zh" else "missing facts could turn it") in page
    assert ("文件未写金额" if lang == "zh" else "no amount stated") in page
    data = advice_data(found)
    assert isinstance(data["choices"], list)
    assert [entry["group"] for entry in data["choices"]] == [choice.group for choice in found.choices]


def test_one_award_alone_is_no_choice() -> None:
    assert choices(made("item", {"项目": [{**PROJECTS[0], "金额": 0}]})) == ()
    assert choices(made("item", {"项目": []})) == ()


def test_nothing_to_advise_is_said() -> None:
    rules = book("entity")
    profile = make_profile({"kind": "association", "jurisdiction": "庚省/辛市"}, rules)
    page = render(advice_blocks(advise(rules, profile, as_of=date(2025, 6, 30)), "zh"), "text", "zh")
    assert page.count("没有。") == 3
