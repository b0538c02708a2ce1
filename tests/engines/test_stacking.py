"""How awards combine: by entity, by item and by year; the highest, a capped sum, and where a text is silent."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from evaluator.engines.decide import decide
from evaluator.rulebook.profile import make_profile
from tests.agreement.small import answer, bounds, enterprise, finding, rulebook

W = 10_000
PAIR = """
incentives:
  - id: a
    each: 项目
    judged_by: 日期
    when: '级别 = "国际"'
    amount: '金额'
  - id: b
    each: 项目
    judged_by: 日期
    when: 通过
    amount: 20万元
  - id: c
    when: 真
    amount: 5万元
stacking:
  - id: tree
    scope: {scope}
    {tree}
"""
TREES = {
    "highest": "highest_of: [a, b]",
    "sum": "sum: {of: [a, b], cap: 30万元}",
    "silent": "silent: [a, b]",
    "nested": "highest_of: [{sum: {of: [a], cap: 10万元}}, {silent: [b]}]",
}


def _total(tree: str, scope: str, items: object, **facts: object) -> tuple[object, object]:
    book = rulebook(PAIR.format(scope=scope, tree=TREES[tree]))
    totals = answer(book, enterprise({"项目": items, "真": False, **facts})).totals
    by_period = list(totals.by_period.values())
    assert sum(part[0] for part in by_period) == totals.guaranteed
    highs = [part[1] for part in by_period]
    assert totals.potential == (None if None in highs else sum(high for high in highs if high is not None))
    return totals.guaranteed, totals.potential


def _item(level: str | None, spent: int | None, passed: bool | None, day: object = "2024-05-01") -> dict[str, object]:
    return {"级别": level, "金额": spent, "通过": passed, "日期": day}


BOTH = _item("国际", 30, True)  # a: 30, b: 20
SMALL = _item("国际", 5, True)  # a: 5, b: 20


@pytest.mark.parametrize(
    ("tree", "scope", "expected"),
    [
        ("highest", "entity", (40, 40)),  # a: 35 against b: 40
        ("highest", "item", (50, 50)),  # 30 and 20
        ("highest", "period", (40, 40)),
        ("sum", "entity", (30, 30)),
        ("sum", "item", (55, 55)),  # 50 capped, and 25
        ("sum", "period", (30, 30)),
        ("silent", "entity", (40, 75)),
        ("silent", "item", (50, 75)),
        ("silent", "period", (40, 75)),
        ("nested", "entity", (40, 40)),
        ("nested", "item", (40, 40)),  # b each time, a being capped at 10
    ],
)
def test_two_items_combine_within_the_scope(tree: str, scope: str, expected: tuple[int, int]) -> None:
    assert _total(tree, scope, [BOTH, SMALL]) == (expected[0] * W, expected[1] * W)


@pytest.mark.parametrize(
    ("tree", "expected"), [("highest", (40, 40)), ("sum", (50, 50)), ("silent", (40, 60)), ("nested", (40, 40))]
)
def test_years_are_combined_each_for_itself(tree: str, expected: tuple[int, int]) -> None:
    items = [_item("国际", 20, True, "2023-05-01"), _item("国家", 1, True)]  # 2023: a 20 and b 20; 2024: b 20
    assert _total(tree, "period", items) == (expected[0] * W, expected[1] * W)


def test_award_in_no_tree_is_added_to_the_trees() -> None:
    assert _total("highest", "entity", [BOTH], 真=True) == (35 * W, 35 * W)
    assert _total("highest", "entity", [BOTH], 真=None) == (30 * W, 35 * W)


@pytest.mark.parametrize("scope", ["entity", "item", "period"])
@pytest.mark.parametrize("tree", ["highest", "silent"])
def test_open_list_leaves_the_highest_without_bound(tree: str, scope: str) -> None:
    low, high = _total(tree, scope, {"complete": False, "items": [BOTH]})
    assert (low, high) == (30 * W, None)
    assert _total(tree, scope, None) == (0, None)


def test_cap_bounds_an_open_list_only_over_the_whole_entity() -> None:
    open_ = {"complete": False, "items": [_item("国际", None, False)]}
    assert _total("sum", "entity", open_) == (0, 30 * W)
    assert _total("sum", "item", open_) == (0, None)
    assert _total("sum", "period", open_) == (0, None)
    assert _total("sum", "item", [_item("国际", None, False)]) == (0, 30 * W)


@pytest.mark.parametrize("tree", TREES)
@pytest.mark.parametrize("day", ["2023-05-01", "2024-05-01", "2023", "2024"])
def test_learning_the_year_of_an_item_never_widens_the_total(tree: str, day: str) -> None:
    others = [_item("国际", 25, True, "2023-06-01"), _item("国际", 8, True, "2024-06-01")]
    low, high = _total(tree, "period", [*others, _item("国际", 30, True, None)])
    known_low, known_high = _total(tree, "period", [*others, _item("国际", 30, True, day)])
    assert isinstance(low, int)
    assert isinstance(high, int)
    assert isinstance(known_low, int)
    assert isinstance(known_high, int)
    assert low <= known_low <= known_high <= high


def test_undated_item_counts_at_least_what_it_brings_alone() -> None:
    book = rulebook(
        """
        incentives:
          - id: a
            each: 项目
            judged_by: as_of
            amount: 30万元
          - id: b
            judged_by: 成立日期
            amount: 50万元
        stacking:
          - id: tree
            scope: period
            highest_of: [{sum: {of: [a], cap: 10万元}}, b]
        """
    )
    totals = answer(book, enterprise({"项目": [{}], "成立日期": None})).totals
    assert (totals.guaranteed, totals.potential) == (10 * W, 60 * W)
    totals = answer(book, enterprise({"项目": [], "成立日期": "2023"})).totals
    assert (totals.guaranteed, totals.potential) == (50 * W, 50 * W)
    assert totals.by_period == {2023: (50 * W, 50 * W)}


UNSTATED = """
incentives:
  - id: a
    when: 真
    amount: unstated
  - id: b
    amount: 20万元
stacking:
  - id: tree
    scope: {scope}
    highest_of: [a, b]
"""


@pytest.mark.parametrize("scope", ["entity", "item", "period"])
@pytest.mark.parametrize(
    ("due", "high", "counts"), [(True, None, (1, 0)), (None, None, (0, 1)), (False, 20 * W, (0, 0))]
)
def test_highest_of_a_stated_and_an_unstated_amount_has_no_upper_end(
    scope: str, due: bool | None, high: int | None, counts: tuple[int, int]
) -> None:
    totals = answer(rulebook(UNSTATED.format(scope=scope)), enterprise({"真": due})).totals
    assert (totals.guaranteed, totals.potential) == (20 * W, high)
    assert (totals.unstated, totals.unstated_open) == counts


def test_tree_without_a_member_among_the_findings_is_left_out() -> None:
    book = rulebook(PAIR.format(scope="entity", tree=TREES["highest"]))
    decision = answer(book, {"kind": "city", "jurisdiction": "甲省/乙市"})
    assert decision.stacked == ()
    assert (decision.totals.guaranteed, decision.totals.potential) == (0, 0)
    profile = make_profile(enterprise({"真": True}), book)
    alone = decide(book, profile, as_of=date(2025, 6, 30), rules=["test-2023/c"])
    assert alone.stacked == ()
    assert (alone.totals.guaranteed, alone.totals.potential) == (5 * W, 5 * W)


def test_year_of_a_tree_is_open_when_its_awards_fall_in_several() -> None:
    book = rulebook(PAIR.format(scope="entity", tree=TREES["sum"]))
    items = [_item("国际", 5, False, "2023"), _item("国际", None, False, "2024")]
    totals = answer(book, enterprise({"项目": items, "真": False})).totals
    assert totals.by_period == {None: (5 * W, 30 * W)}


def test_finding_keeps_its_own_amount_whatever_the_tree_leaves() -> None:
    book = rulebook(PAIR.format(scope="entity", tree=TREES["highest"]))
    decision = answer(book, enterprise({"项目": [BOTH], "真": False}))
    assert bounds(finding(decision, "a")) == (30 * W, 30 * W)
    assert bounds(finding(decision, "b")) == (20 * W, 20 * W)
    assert [(entry.stacking.id, entry.members) for entry in decision.stacked] == [
        ("test-2023/tree", ("test-2023/a", "test-2023/b"))
    ]


SPLIT = """
incentives:
  - id: a
    amount: 5万元
  - id: b
    amount: '某数 * 1万元'
    instalments: [{share: 100%, on: 成立日期}]
stacking:
  - id: tree
    scope: entity
    TREE
"""


@pytest.mark.parametrize("tree", ["highest_of: [a, b]", "sum: {of: [a, b], cap: 6万元}", "first_of: [b, a]"])
@pytest.mark.parametrize("figure", [0, 4, 10])
@pytest.mark.parametrize("day", ["2024-05-01", "2026-05-01"])
def test_learning_about_an_instalment_never_widens_what_a_tree_leaves(tree: str, figure: int, day: str) -> None:
    book = rulebook(SPLIT.replace("TREE", tree))
    known = answer(book, enterprise({"某数": figure, "成立日期": day})).totals
    for facts in ({"某数": figure}, {"成立日期": day}, {}):
        open_ = answer(book, enterprise(facts)).totals
        for wide, narrow in (
            ((open_.guaranteed, open_.potential), (known.guaranteed, known.potential)),
            (open_.later, known.later),
        ):
            assert wide[0] <= narrow[0]
            assert wide[1] is None or (narrow[1] is not None and narrow[1] <= wide[1])


def test_highest_that_may_come_later_leaves_nothing_certain_now() -> None:
    book = rulebook(SPLIT.replace("TREE", "highest_of: [a, b]"))
    totals = answer(book, enterprise({})).totals  # b may be the higher, and come only later
    assert (totals.guaranteed, totals.potential) == (0, 10 * W)
    known = answer(book, enterprise({"某数": 10, "成立日期": "2026-05-01"})).totals
    assert (known.guaranteed, known.potential, known.later) == (0, 0, (10 * W, 10 * W))


def test_cap_cuts_what_has_accrued_in_proportion() -> None:
    book = rulebook(SPLIT.replace("TREE", "sum: {of: [a, b], cap: 6万元}"))
    totals = answer(book, enterprise({"某数": 10, "成立日期": "2026-05-01"})).totals
    assert (totals.guaranteed, totals.potential) == (2 * W, 2 * W)  # 50,000 of 150,000, cut to 60,000
    assert totals.later == (4 * W, 4 * W)


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        ("sum: {of: [a], cap: 投资额 / 3}", Fraction(333333, 100)),
        ("sum: {of: [a], cap: 投资额 / 6}", Fraction(166667, 100)),
        ("net: {of: [a], minus: 投资额 / 3}", Fraction(9666667, 100)),
    ],
)
def test_caps_and_deductions_are_taken_to_the_fen(tree: str, expected: Fraction) -> None:
    book = rulebook(
        f"incentives:\n  - id: a\n    amount: 10万元\nstacking:\n  - id: t\n    scope: entity\n    {tree}\n"
    )
    totals = answer(book, enterprise({"投资额": 1})).totals
    assert (totals.guaranteed, totals.potential) == (expected, expected)
