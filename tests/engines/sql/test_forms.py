"""Forms of amounts and stackings that random rules do not draw, on DuckDB; and what is refused, by name."""

from __future__ import annotations

import pytest

from evaluator.diagnostics import RuleError
from evaluator.engines.sql.query import compile_rules, unsupported
from tests.agreement.shipped import shipped
from tests.agreement.small import rulebook
from tests.agreement.sql import disagreements
from tests.agreement.volume import AS_OF, shown, whole_profiles

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


@pytest.mark.parametrize(
    ("tree", "scope"),
    [(tree, scope) for tree in TREES for scope in ("entity", "item") if scope == "entity" or "pool" not in tree],
)
def test_forms_agree(tree: str, scope: str) -> None:
    book = rulebook(f"{AWARDS}stacking:\n  - id: tree\n    scope: {scope}\n    {tree}\n".replace("1千元", "0.1万元"))
    profiles = shown(whole_profiles(60, len(tree)), book, len(tree))
    assert disagreements(book, profiles, AS_OF) == []
    assert disagreements(book, profiles, AS_OF, folding=True) == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "incentives:\n  - id: a\n    amount: max(for x in 项目 return 1 / x.增减) * 1万元",
            "quotients over the entries",
        ),
        (
            f"{AWARDS}stacking:\n  - id: t\n    scope: entity\n    sum: {{of: [a], cap: 5% * 投资额}}",
            "finer than a fen",
        ),
        (
            f"{AWARDS}stacking:\n  - id: t\n    scope: entity\n    "
            "sum: {of: [{within: {scope: item, of: [c]}}], cap: 1万元}",
            "a scope within a scope",
        ),
    ],
)
def test_what_is_not_known_is_refused_by_name(text: str, reason: str) -> None:
    book = rulebook(text.replace("1千元", "0.1万元"))
    with pytest.raises(RuleError, match=reason) as raised:
        compile_rules(book, AS_OF)
    assert all(found.code == "sql-unsupported" and found.span is not None for found in raised.value.diagnostics)
    assert [found.message for found in unsupported(book)] == [found.message for found in raised.value.diagnostics]


def test_shipped_rules_are_all_known() -> None:
    assert unsupported(shipped()) == []
