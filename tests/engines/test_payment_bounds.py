"""What is certain and at most possible where lists are open, days unknown and places contested."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent

import pytest

from evaluator.engines.decision import Decision, Outcome
from tests.agreement.small import answer, bounds, enterprise, finding, paths, rulebook


def _ask(rules: str, facts: Mapping[str, object]) -> Decision:
    return answer(rulebook(dedent(rules)), enterprise(facts))


def _items(*items: Mapping[str, object], complete: bool = True) -> dict[str, object]:
    return {"complete": complete, "items": [{"日期": "2024-01-01", **item} for item in items]}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, (0, 60_000)),
        ({"项目": _items({}, complete=False)}, (30_000, 60_000)),
        ({"项目": _items({})}, (30_000,) * 2),
    ],
)
def test_open_list_pays_at_most_the_limit(facts: dict[str, object], expected: tuple[int, int]) -> None:
    decision = _ask(
        """
        incentives:
          - id: a
            each: 项目
            judged_by: 日期
            order: {by: 日期, first: least}
            limit: {count: '2', per: all}
            amount: 3万元
        """,
        facts,
    )
    assert bounds(finding(decision, "a")) == expected
    assert decision.totals.potential == expected[1]


def test_open_list_with_the_limit_filled_by_those_listed_first_lacks_nothing() -> None:
    found = finding(
        _ask(
            """
            incentives:
              - id: a
                each: 项目
                judged_by: 日期
                order: listed
                limit: {count: '1', per: all}
                amount: 3万元
            """,
            {"项目": _items({}, complete=False)},
        ),
        "a",
    )
    assert bounds(found) == (30_000, 30_000)
    assert found.outcome is Outcome.SATISFIED
    assert paths(found) == []


def test_entry_not_listed_may_match_any_amount() -> None:
    decision = _ask(
        """
        incentives:
          - id: b
            each: 项目
            judged_by: 日期
            amount: 3万元
          - id: a
            each: 项目
            judged_by: 日期
            order: {by: 日期, first: least}
            limit: {count: '2', per: all}
            amount: {match: {award: b, share: 50%}}
        """,
        {"项目": _items({}, complete=False)},
    )
    assert bounds(finding(decision, "a")) == (0, None)


def test_entry_of_unknown_group_with_a_smaller_limit_may_take_a_place_and_leave_it_unpaid() -> None:
    rules = """
        incentives:
          - id: a
            each: 项目
            judged_by: 日期
            order: {by: 份数, first: least}
            group: 级别
            limit: {count: 'if 通过 then 2 else 1', per: group}
            amount: 金额
        """
    first, second = (
        {"级别": "国际", "通过": True, "份数": 1, "金额": 1},
        {"级别": "国际", "通过": True, "份数": 3, "金额": 2},
    )
    loose = {"通过": False, "份数": 2, "金额": 0}
    before = bounds(finding(_ask(rules, {"项目": _items(first, second, loose)}), "a"))
    after = bounds(finding(_ask(rules, {"项目": _items(first, second, {**loose, "级别": "国际"})}), "a"))
    assert after == (10_000, 10_000)
    assert before == (10_000, 30_000)


def test_keys_that_touch_leave_no_doubt_when_the_tie_is_decided_by_the_list() -> None:
    rules = """
        incentives:
          - id: a
            each: 项目
            judged_by: as_of
            order: {by: 日期, first: least}
            limit: {count: '1', per: all}
            amount: 金额
        """
    items = [{"日期": "2024-01", "金额": 1}, {"日期": "2024-01-31", "金额": 2}]
    assert bounds(finding(_ask(rules, {"项目": items}), "a")) == (10_000, 10_000)


def test_unstated_amounts_in_order_of_amount_are_due_all_the_same() -> None:
    rules = """
        incentives:
          - id: a
            each: 项目
            judged_by: 日期
            order: amount
            limit: {count: '1', per: all}
            amount: unstated
        """
    assert finding(_ask(rules, {"项目": _items({}, {})}), "a").outcome is Outcome.SATISFIED


def test_no_fact_can_settle_a_reading_of_what_no_fact_settles() -> None:
    rules = """
        incentives:
          - id: b
            when: '1 / 零 > 0'
            amount: 3万元
          - id: a
            when: 'award("b") > 1万元'
            amount: 1万元
        """
    found = finding(_ask(rules, {"零": 0}), "a")
    assert found.outcome is Outcome.INDETERMINATE
    assert paths(found) == []


def test_first_share_of_an_open_sum_may_be_less_for_more() -> None:
    parts = ", ".join(f"{{payer: {{zh: 方{n}, en: party {n}}}, share: '1 / 3'}}" for n in range(3))
    rules = f"""
        incentives:
          - id: a
            amount: {{between: [0.02元, 0.03元], decided: 核定金额}}
            payers: [{parts}]
        """
    amount = finding(_ask(rules, {}), "a").amount
    assert amount is not None
    assert all(line.potential is not None and line.guaranteed <= line.potential for line in amount.lines)
    for decided in ("0.000002", "0.000003"):
        known = finding(_ask(rules, {"核定金额": decided}), "a").amount
        assert known is not None
        for line, before in zip(known.lines, amount.lines, strict=True):
            assert before.potential is not None
            assert before.guaranteed <= line.guaranteed <= before.potential


# ------------------------------------------------------------------ trees


def _tree(tree: str, awards: str, facts: dict[str, object]) -> tuple[object, object, object]:
    text = f"incentives:\n{awards}\nstacking:\n  - id: t\n    {tree}"
    (entry,) = answer(rulebook(text), enterprise(facts)).stacked
    return entry.guaranteed, entry.potential, entry.later


def _award(id: str, amount: str, more: str = "", fact: str = "项目") -> str:
    return f"  - id: {id}\n    each: {fact}\n    judged_by: as_of\n    amount: {amount}\n{more}"


def test_part_of_an_unknown_year_may_take_the_place_of_another() -> None:
    awards = f"  - id: b\n    judged_by: 成立日期\n    amount: 1万元\n{_award('a', '5万元').replace('as_of', '日期')}"
    tree = "scope: period\n    first_of: [b, a]"
    facts: dict[str, object] = {"成立日期": "2024-01-01", "项目": [{"日期": None}]}
    low, _, _ = _tree(tree, awards, facts)
    known = {**facts, "项目": [{"日期": "2024-05-01"}]}
    assert _tree(tree, awards, known)[0] == 10_000
    assert isinstance(low, int)
    assert low <= 10_000


def test_what_is_set_off_is_used_up_once_by_parts_of_one_year() -> None:
    awards = f"  - id: b\n    judged_by: 成立日期\n    amount: 2万元\n{_award('a', '2万元').replace('as_of', '日期')}"
    tree = "scope: period\n    net: {of: [b, a], minus: 2万元}"
    _, high, _ = _tree(tree, awards, {"成立日期": "2024-01-01", "项目": [{"日期": "2023-01"}, {"日期": "2024-01-01"}]})
    _, open_high, _ = _tree(tree, awards, {"成立日期": "2024", "项目": [{}, {"日期": "2024-01-01"}]})
    known = _tree(tree, awards, {"成立日期": "2024-01-01", "项目": [{"日期": "2024-03-01"}, {"日期": "2024-01-01"}]})
    assert high is not None
    assert known[0] == known[1] == 40_000
    assert open_high is None or (isinstance(open_high, int) and open_high >= 40_000)


def test_open_list_may_take_the_place_of_what_is_certain_in_a_year() -> None:
    awards = f"{_award('a', '1万元').replace('as_of', '日期')}  - id: b\n    judged_by: 成立日期\n    amount: 5万元"
    tree = "scope: period\n    first_of: [a, b]"
    low, _, _ = _tree(tree, awards, {"成立日期": "2024-01-01", "项目": {"complete": False, "items": []}})
    assert low == 0
    assert _tree(tree, awards, {"成立日期": "2024-01-01", "项目": [{"日期": "2024-02-01"}]})[0] == 10_000


def test_cap_on_a_sum_of_which_a_part_may_come_later_leaves_less_certain_today() -> None:
    later = "    instalments: [{share: 100%, on: '成立日期 + duration(\"P1Y\")'}]\n"
    awards = f"  - id: b\n    amount: 5万元\n  - id: a\n    when: 真\n    amount: 5万元\n{later}"
    tree = "scope: entity\n    sum: {of: [b, a], cap: 6万元}"
    before = _tree(tree, awards, {})
    after = _tree(tree, awards, {"真": True, "成立日期": "2025-01-01"})
    assert after == (30_000, 30_000, (30_000, 30_000))
    assert before == (0, 60_000, (0, 60_000))


# ------------------------------------------------------------------ duties


def test_duty_that_may_apply_may_have_to_pay_back() -> None:
    rules = """
        obligations:
          - id: d
            for: [enterprise]
            applies_when: 真
            requires: 假
            claw_back: 3万元
        """
    owed = [_ask(rules, facts).totals.claw_back for facts in ({"假": False}, {"假": False, "真": True}, {"真": False})]
    assert owed == [(0, 30_000), (30_000, 30_000), (0, 0)]
