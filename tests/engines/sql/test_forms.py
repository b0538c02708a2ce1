"""Forms of amounts and stackings, one by one, on DuckDB."""

from __future__ import annotations

import pytest

from evaluator.engines.sql.query import unsupported
from tests.agreement.near import AS_OF, shown, whole_profiles
from tests.agreement.shipped import shipped
from tests.agreement.small import rulebook
from tests.agreement.sql import disagreements

RATES = "rates: [{over: 0万元, rate: 1%}, {over: 1万元, rate: 3%}, {over: 4万元, rate: 2%}]"
AWARDS = f"""
incentives:
  - id: a
    judged_by: 成立日期
    when: 任数 >= 1
    amount: {{brackets: {{base: 投资额, {RATES}, on: whole, edge: lower}}}}
  - id: b
    judged_by: 成立日期
    amount: {{brackets: {{base: 任数 * 1万元, {RATES}, on: whole, edge: upper}}}}
  - id: c
    each: 项目
    judged_by: 日期
    when: 角色 = "主持"
    amount: {{brackets: {{base: 金额, {RATES}, on: whole, edge: upper}}}}
  - id: d
    judged_by: 成立日期
    amount: {{sum: [1万元, {{of: 33.3% * 投资额, round: {{to: 1千元, how: up}}, cap: 9万元}}]}}
  - id: e
    each: 项目
    judged_by: 日期
    amount: {{of: 7.7% * 金额, round: {{to: 1千元, how: half-up}}, floor: 0.2万元}}
  - id: f
    amount: unstated
"""
TREES = (
    "choose_one: [a, b]",
    "first_of: [a, b, c]",
    "first_of: [{highest_of: [c, b]}, a]",
    "net: {of: [a, b], minus: 2万元}",
    "pool: {of: [a, b, d], budget: 10万元, exceeded: proportional}",
    "highest_of: [a, f]",
    "silent: [c, e]",
    "sum: {of: [c, e, {first_of: [a, b]}], cap: 3万元}",
)


WITHIN = (
    ("entity", "highest_of: [{within: {scope: period, of: [{sum: {of: [c, e], cap: 2万元}}]}}, a]"),
    ("entity", "sum: {of: [{within: {scope: item, of: [{highest_of: [c, e]}]}}, b], cap: 投资额 / 3}"),
    (
        "entity",
        "net: {of: [{within: {scope: period, of: [{within: {scope: item, of: [{silent: [c, e]}]}}, a]}}], "
        "minus: 任数 * 1万元 / 7}",
    ),
    ("period", "first_of: [{within: {scope: item, of: [{highest_of: [c, e]}, {sum: {of: [a], cap: 1万元}}]}}, b]"),
    ("period", "choose_one: [{net: {of: [c, a], minus: 0.3万元}}, e]"),
)  # fmt: skip


def _agree(rules: str, *, folding: bool = False, **choices: str) -> None:
    book = rulebook(rules.replace("1千元", "0.1万元"))
    profiles = shown(whole_profiles(60, len(rules)), book, len(rules))
    chosen = {f"test-2023/{tree}": f"test-2023/{award}" for tree, award in choices.items()}
    assert disagreements(book, profiles, AS_OF, choices=chosen) == []
    if folding:
        assert disagreements(book, profiles, AS_OF, folding=True, choices=chosen) == []


SCOPES = ("entity", "item", "period")


@pytest.mark.parametrize(
    ("scope", "tree"),
    [*((scope, tree) for tree in TREES for scope in SCOPES if scope == "entity" or "pool" not in tree), *WITHIN],
)
def test_trees_agree(tree: str, scope: str) -> None:
    _agree(f"{AWARDS}stacking:\n  - id: tree\n    scope: {scope}\n    {tree}\n", folding="first_of" in tree)


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("award", ["a", "c", "e"])
def test_what_the_applicant_chooses_is_taken(scope: str, award: str) -> None:
    _agree(
        f"{AWARDS}stacking:\n  - id: tree\n    scope: {scope}\n    choose_one: [a, {{highest_of: [c, b]}}]\n",
        tree=award,
    )


QUOTIENTS = (
    "sum(for x in 项目 return x.金额 / x.增减)",
    "sum(for x in 项目[通过] return 1 / (x.增减 + x.份数)) * 1万元",
    "max(for x in 项目 return x.份数 / x.增减) * 1万元",
    "min(for x in 项目[份数 > 0 or 通过] return x.金额 / x.份数)",
    "sum(for x in 项目 return 1 / count(其他[y.份数 > 1])) * 1万元".replace("y.", ""),
    "count(项目[sum(for y in 其他 return 1 / y.份数) > 1]) * 1万元",
)


@pytest.mark.parametrize("amount", QUOTIENTS)
def test_sums_and_extremes_of_quotients_agree(amount: str) -> None:
    _agree(
        f"incentives:\n  - id: a\n    amount: '{amount}'\n  - id: b\n    when: '{amount} > 1万元'\n    amount: 1元\n"
    )


ORDERS = ("listed", "amount", "{by: 金额, first: least}", "{by: 1 / 增减, first: greatest}", "{by: 级别, first: least}",
          "{by: 日期, first: greatest}", "{by: 通过, first: least}")  # fmt: skip
LIMITS = (
    "",
    "limit: {count: '1', per: all}",
    "limit: {count: 某数, per: all}",
    "group: 级别\n    limit: {count: '1', per: group}",
    "group: 1 / 增减\n    limit: {count: 份数, per: group}",
    "group: 通过\n    limit: {count: 'if 真 then 2 else 1', per: group}",
    "group: 日期\n    limit: {count: '2', per: group}",
)


@pytest.mark.parametrize("order", ORDERS)
def test_selections_agree(order: str) -> None:
    """With every kind of group and limit, and an amount that goes by the place where the order allows it."""
    placed = "金额" if order == "amount" else "'if 序号 <= 1 then 金额 else 1万元'"
    head = f'each: 项目\n    judged_by: 日期\n    when: 角色 = "主持" or 1 / 增减 > 0\n    order: {order}'
    rules = [f"{head}\n    {limit}\n    amount: {amount}" for limit in LIMITS for amount in (placed, "金额 * 份数 / 3")]
    _agree("incentives:\n" + "".join(f"  - id: a{at}\n    {rule}\n" for at, rule in enumerate(rules)))


PAID = f"""
{AWARDS}  - id: g
    judged_by: 成立日期
    amount: 投资额
    instalments: [{{share: 1 / 3, on: '成立日期 + duration("P1Y")', when: 真}}, {{share: 2 / 3, when: '1 / 任数 > 0'}}]
  - id: h
    each: 项目
    judged_by: 日期
    order: amount
    limit: {{count: '2', per: all}}
    amount: 金额
    instalments: [{{share: 110%}}, {{share: -10%, on: 日期}}]
    payers: [{{payer: {{zh: 甲, en: A}}, share: 某数 / 10}}, {{payer: {{zh: 乙, en: B}}, share: 1 - 某数 / 10}}]
  - id: i
    each: 项目
    judged_by: 日期
    amount: 'award("h") * 50% + award("g") / 3'
  - id: j
    judged_by: 成立日期
    when: 真
    amount: {{up_to: 8万元}}
    instalments: [{{share: 40%}}, {{share: 60%, on: '成立日期 + duration("P1Y")'}}]
obligations:
  - id: back
    for: [enterprise]
    follows: {{award: h, once: entitled}}
    due: '成立日期 + duration("P1M")'
    requires: 真
    claw_back: 'award("g") + award("i")'
  - id: ahead
    for: [enterprise]
    due: 2025-12-31
    requires: 假
    claw_back: 1万元
"""


@pytest.mark.parametrize(
    ("scope", "tree"),
    [
        ("entity", "highest_of: [g, h, a]"),
        ("entity", "sum: {of: [g, {within: {scope: period, of: [{sum: {of: [h, i], cap: 6万元}}]}}], cap: 30万元}"),
        ("entity", "first_of: [{net: {of: [h], minus: 投资额 / 9}}, g]"),
        ("entity", "pool: {of: [g, {silent: [h, f]}], budget: 10万元, exceeded: proportional}"),
        ("entity", "sum: {of: [g, {net: {of: [j], minus: 4万元}}], cap: 30万元}"),
        ("item", "sum: {of: [{net: {of: [j], minus: 10万元}}, h], cap: 30万元}"),
        ("item", "highest_of: [h, i]"),
        ("period", "highest_of: [{within: {scope: item, of: [{sum: {of: [h, i], cap: 3万元}}]}}, g]"),
        ("period", "first_of: [h, {silent: [g, i]}]"),
    ],
)
def test_instalments_and_what_is_owed_back_agree(scope: str, tree: str) -> None:
    lines = PAID.replace("obligations:", f"stacking:\n  - id: tree\n    scope: {scope}\n    {tree}\nobligations:")
    _agree(lines, folding=True)


def test_shipped_rules_are_all_known() -> None:
    assert unsupported(shipped()) == []
