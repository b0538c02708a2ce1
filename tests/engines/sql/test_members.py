"""What members of a region have: lists of their own and awards of their own, on DuckDB."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from evaluator.diagnostics import RuleError
from evaluator.engines.sql.query import compile_rules, unsupported
from evaluator.rulebook import ir, model
from evaluator.rulebook.model import Rulebook
from evaluator.rulebook.profile import Profile, make_profile
from tests.agreement.small import rulebook
from tests.agreement.sql import disagreements

AS_OF = date(2025, 6, 30)
LISTS = """
facts:
  - {id: yards, label: {zh: 园区, en: yards}, of: [city, county], type: list, record: project}
"""
RULES = """
incentives:
  - id: yard
    for: [county]
    each: 园区
    judged_by: 日期
    when: 通过
    order: {by: 金额, first: greatest}
    limit: {count: '2', per: all}
    amount: '金额 * 10%'
    instalments: [{share: 50%}, {share: 50%, on: '日期 + duration("P1Y")'}]
  - id: match
    for: [county]
    each: 园区
    judged_by: 日期
    amount: 'award("yard") * 50% + 1万元'
obligations:
  - id: some
    over: {each: county}
    requires: 'count(园区[通过]) >= 1'
  - id: sums
    for: [city, county]
    over: {each: county}
    requires: 'sum(for x in 园区 return 1 / x.份数) > 1 / 2'
  - id: best
    over: {each: county}
    requires: 'max(for x in 园区 return 1 / x.增减) >= 0.5'
  - id: paid
    over: {each: county}
    requires: 'award("yard") >= 2万元'
  - id: both
    for: [city, county]
    over: {each: county}
    requires: 'award("match") > award("yard") and 已设立'
  - id: own
    requires: 'count(园区) > 1'
    claw_back: 2万元
"""


@pytest.fixture(scope="module", params=["甲省/乙市", "甲省/己市"])
def book(request: pytest.FixtureRequest) -> Rulebook:
    """With a register of counties, and without."""
    return rulebook(RULES, place=request.param, more=LISTS)


def _yards(choose: random.Random) -> object:
    items = [
        {
            "日期": choose.choice(("2023-05-01", "2024", "2024-08-01", "2025-06-30")),
            "金额": choose.choice((0, 10, "33.33", 40)),
            "份数": choose.choice((0, 1, 2, 3, 5)),
            "增减": choose.choice((-1, 0, 1, 2, 3)),
            "通过": choose.random() < 0.7,
        }
        for _ in range(choose.choice((0, 1, 2, 3)))
    ]
    kept = [{word: value for word, value in item.items() if choose.random() < 0.85} for item in items]
    return kept if choose.random() < 0.8 else {"complete": False, "items": kept}


def _facts(choose: random.Random) -> dict[str, object]:
    facts: dict[str, object] = {"已设立": choose.random() < 0.8, "园区": _yards(choose)}
    return {word: value for word, value in facts.items() if choose.random() < 0.9}


def _profiles(book: Rulebook, number: int) -> Iterator[Profile]:
    place = next(iter(book.policies.values())).jurisdiction
    for seed in range(number):
        choose = random.Random(seed)
        names = [name for name in ("丙县", "丁县", "戊县") if choose.random() < 0.9]
        members = [{"name": name, "kind": "county", "facts": _facts(choose)} for name in names]
        given: dict[str, object] = {"kind": "city", "jurisdiction": place, "facts": _facts(choose)}
        given["members"] = members if choose.random() < 0.8 else {"complete": False, "items": members}
        if seed % 4 == 0:
            given = {"kind": "county", "jurisdiction": f"{place}/丙县", "facts": _facts(choose)}
        yield make_profile(given, book)


@pytest.mark.parametrize("folding", [False, True])
def test_lists_and_awards_of_members_agree(book: Rulebook, folding: bool) -> None:
    assert disagreements(book, list(_profiles(book, 60)), AS_OF, folding=folding) == []


def test_members_of_members_are_refused_by_name() -> None:
    """No file can name them, for the members of a profile have none; only the typed rules could."""
    book = rulebook(RULES, more=LISTS)
    rule = book.rules["test-2023/some"]
    assert isinstance(rule, model.Obligation)
    assert isinstance(rule.requires, ir.EachMember)
    nested = replace(rule, requires=replace(rule.requires, that=rule.requires))
    with pytest.raises(RuleError, match=r"does not know members of a member \(rule `test-2023/some`\)") as raised:
        compile_rules(book, AS_OF, [nested])
    assert [found.code for found in raised.value.diagnostics] == ["sql-unsupported"]
    assert [found.message for found in unsupported(book, [nested])] == [raised.value.diagnostics[0].message]
