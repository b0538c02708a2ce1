"""What drafters write and loading turns into the nodes there are: every engine says the same of it."""

from __future__ import annotations

from functools import cache

import pytest

from evaluator.engines.compiled import compile
from evaluator.engines.decide import decide
from evaluator.engines.decision import Decision
from evaluator.engines.smt.unsupported import unsupported
from evaluator.rulebook.model import Rulebook
from evaluator.rulebook.profile import Profile
from tests.agreement import sql
from tests.agreement.engines import answer_of, by_compiled
from tests.agreement.near import AS_OF, shown, whole_profiles
from tests.agreement.small import rulebook
from tests.agreement.solver import Worlds

TERMS = """
terms:
  - {id: good, label: {zh: 合格, en: good}, is: {all: [真], unless: ['某数 > 8']}}
  - {id: band, label: {zh: 档率, en: band}, is: {table: {by: 等级, rows: {低: 5%, 中: 8%, 高: 10%}}}}
  - {id: first, label: {zh: 首日, en: first}, is: min(项目.日期)}
  - id: own
    label: {zh: 项值, en: own}
    each: 项目
    is: {rate: 10%, base: 金额, times: if 角色 = "主持" then 100% else 档率 * 500%, cap: 1万元}
"""
FORMS = {
    "dates, kinds and entries of one list": """
incentives:
  - id: a
    when: 'max(项目.日期) >= date("2024-06-01")'
    amount: 5万元
  - id: b
    when: 'min(项目[通过].日期) + duration("P1Y") <= max(成立日期, date("2024-06-01"))'
    amount: 5万元
  - id: c
    each: 项目
    judged_by: 日期
    when: 'some x in 项目 satisfies x.级别 = 级别 and x.日期 < 日期'
    amount: 2万元
  - id: d
    each: 项目
    judged_by: 日期
    when: 'count(其他[级别 = 本项.级别 and 日期 <= 本项.日期]) >= 1'
    amount: 2万元
  - id: e
    for: [enterprise, association]
    amount: 'if 主体类型 = "企业" then 3万元 else 5万元'
  - id: f
    each: 项目
    judged_by: 日期
    amount: min(sum(for x in 项目[级别 = 本项.级别 and 日期 <= 本项.日期] return x.金额 * 10%), 2万元)
""",
    "tables": """
incentives:
  - id: a
    each: 项目
    judged_by: 日期
    amount:
      table:
        by: [级别, 角色]
        hit: U
        rows:
          - {if: ['"国际"', '"主持"'], then: 30万元}
          - {if: ['"国家"', '"主持"'], then: 20万元}
          - {if: ['"国际"', '"参与"'], then: 15万元}
          - {if: ['"国家"', '"参与"'], then: 10万元}
  - id: b
    amount:
      table:
        by: [等级, 某数]
        hit: C>
        rows:
          - {if: ['"低"', '< 5'], then: 3万元}
          - {if: ['-', '[5..7)'], then: 2万元}
          - {if: ['"中", "高"', '>= 7'], then: {up_to: 4万元}}
  - id: c
    amount: {table: {by: sum(项目.份数), rows: {'[2..5)': 1万元, '[5..9]': 2万元, '> 9': 3万元}}}
  - id: d
    amount: {table: {by: 成立日期, rows: {'< date("2024-06-01")': 1万元, '>= date("2024-06-01")': 2万元}}}
  - id: e
    amount:
      table:
        by: [真, 颜色]
        hit: U
        rows:
          - {if: ['true', '"红"'], then: 1万元}
          - {if: ['false', '-'], then: 2万元}
          - {if: ['true', '"蓝"'], then: 3万元}
""",
    "factors, deductions and sums": """
incentives:
  - id: a
    amount:
      brackets: {base: 投资额, on: slice, rates: [{over: 0万元, rate: 3%}, {over: 2万元, rate: 4%}]}
      times: if 真 then 120% else 100%
      cap: 4万元
      minus: 0.1万元 * 某数
      nothing_below: 0.01万元
  - id: b
    amount:
      brackets: {base: 投资额, on: whole, edge: lower, rates: [{over: 0万元, rate: 3%}, {over: 2万元, rate: 4%}]}
      times: 某数 * 10%
  - id: c
    each: 项目
    judged_by: 日期
    amount:
      table: {by: 级别, rows: {国际: 30万元, 国家: {up_to: 20万元}, 行业: {rate: 5%, base: 金额}}}
      times: if 角色 = "主持" then 100% else 50%
      minus: 金额
  - id: d
    amount:
      sum:
        - 1万元
        - 投资额 - 3万元
        - table:
            by: [真, 某数]
            hit: C+
            rows: [{if: ['true', '-'], then: 投资额 - 4万元}, {if: ['-', '> 2'], then: 0.5万元}]
      round: {to: 0.1万元, how: up}
      nothing_below: 2万元
  - id: e
    amount:
      of:
        steps: {base: 投资额, over: 1万元, every: 2万元, amount: 0.3万元, count: whole, cap: 1万元}
        round: {to: 0.2万元, how: down}
      times: if 真 then 150% else 50%
      minus: 任数 * 0.1万元
  - id: f
    amount: {brackets: {base: 某数, on: slice, per: 1, rates: [{over: 0, rate: 100元}, {over: 2, rate: 50元}]}}
  - id: g
    amount:
      brackets: {base: 某数, on: whole, edge: upper, per: 2, rates: [{over: 0, rate: 100元}, {over: 2, rate: 50元}]}
      nothing_below: 60元
""",
    "windows": """
incentives:
  - id: a
    window: {from: 03-01, until: 06-30, applied: 成立日期}
    amount: 1万元
  - id: b
    window: {from: 11-01, until: 02-29, applied: 成立日期}
    amount: 1万元
  - id: c
    each: 项目
    judged_by: 日期
    window: {from: 日期, until: 日期 + duration("P60D"), applied: 成立日期}
    amount: 1万元
""",
    "terms and trees of trees": f"""{TERMS}
incentives:
  - id: a
    when: 合格
    amount: {{rate: 档率, base: 投资额, cap: 4万元}}
  - id: b
    each: 项目
    judged_by: 日期
    when: {{all: [合格, 日期 >= 首日]}}
    amount: 项值 + 项值
  - id: c
    amount: 'sum(项目.项值) + sum(for x in 项目[通过] return x.项值 * 2)'
  - id: d
    when: 'some x in 项目 satisfies x.项值 > 0.5万元'
    amount: 'min(max(项目.项值), 0.7万元)'
stacking:
  - id: inner
    scope: entity
    sum: {{of: [a, c], cap: if 合格 then 5万元 else 1万元}}
  - id: outer
    scope: entity
    highest_of: [inner, d]
    payers: [{{payer: {{zh: 市, en: city}}, share: 40%}}, {{payer: {{zh: 县, en: county}}, share: 60%}}]
""",
}


@cache
def asked(name: str) -> tuple[Rulebook, list[Profile], list[Decision]]:
    """The rules, profiles as far as they are given, and what the reference engine says of each."""
    book = rulebook(FORMS[name])
    profiles = shown(whole_profiles(60, len(name)), book, len(name))
    return book, profiles, [decide(book, profile, as_of=AS_OF) for profile in profiles]


@pytest.mark.parametrize("name", FORMS)
def test_something_is_open_and_something_decided(name: str) -> None:
    amounts = [found.amount for decision in asked(name)[2] for found in decision.findings]
    ranges = [amount for amount in amounts if amount is not None and amount.guaranteed != amount.potential]
    paid = [amount for amount in amounts if amount is not None and amount.guaranteed > 0]
    assert len(ranges) >= 10
    assert len(paid) >= 10


@pytest.mark.parametrize("name", FORMS)
def test_the_compiled_engine_agrees(name: str) -> None:
    book, profiles, decisions = asked(name)
    for decision, answer in zip(decisions, by_compiled(book, profiles, AS_OF), strict=True):
        assert answer == answer_of(decision), decision.profile.given
    briefs = compile(book, as_of=AS_OF)(profiles[0])
    assert [entry.stacking for entry in briefs.stacked] == [entry.stacking.id for entry in decisions[0].stacked]


@pytest.mark.parametrize("name", FORMS)
def test_duckdb_agrees(name: str) -> None:
    book, profiles, _ = asked(name)
    assert sql.disagreements(book, profiles, AS_OF) == []
    assert sql.disagreements(book, profiles, AS_OF, folding=True) == []


@pytest.mark.parametrize("name", FORMS)
def test_the_solver_agrees(name: str) -> None:
    book, profiles, decisions = asked(name)
    assert unsupported(book, tuple(book.rules.values())) == ()
    world = Worlds(book, "enterprise", "甲省/乙市")
    for profile, decision in zip(profiles[:25], decisions, strict=False):
        assert list(world.differences(profile, decision)) == []
