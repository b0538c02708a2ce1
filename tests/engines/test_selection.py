"""Which entries of a list are paid when not all are: bounds while entries are still to come."""

from __future__ import annotations

import pytest

from tests.agreement.small import answer, bounds, enterprise, finding, one, paths, rulebook

W = 10_000
TOP = """
each: 项目
judged_by: 日期
amount: {table: {by: 级别, rows: {国际: 30万元, 国家: 20万元, 行业: 5万元}}}
order: amount
limit: {count: '2', per: all}
"""


def _item(level: str | None, day: str = "2024-05-01") -> dict[str, object]:
    return {"级别": level, "日期": day}


@pytest.mark.parametrize(
    ("levels", "low", "high"),
    [
        (["行业"], 5, 60),
        (["国家"], 20, 60),
        (["行业", "国家"], 25, 60),
        (["国际", "国际"], 60, 60),
        (["国际", "国际", "行业"], 60, 60),
    ],
)
def test_list_not_complete_may_still_fill_the_limit(levels: list[str], low: int, high: int) -> None:
    items = [_item(level) for level in levels]
    found = one(TOP, {"项目": {"complete": False, "items": items}})
    assert bounds(found) == (low * W, high * W)
    assert paths(found) == (["项目"] if low != high else [])  # who gets it may be open, what comes of it is not
    complete = bounds(one(TOP, {"项目": items}))
    assert complete == (low * W, low * W)


@pytest.mark.parametrize("scope", ["entity", "item", "period"])
@pytest.mark.parametrize("more", [["国际"], ["国际", "国际"], []])
def test_extending_a_list_never_widens_what_a_stacking_leaves(scope: str, more: list[str]) -> None:
    rule = TOP.strip().replace("\n", "\n    ")
    book = rulebook(
        f"incentives:\n  - id: a\n    {rule}\nstacking:\n"
        f"  - id: tree\n    scope: {scope}\n    sum: {{of: [a], cap: 100万元}}\n"
    )
    open_ = answer(book, enterprise({"项目": {"complete": False, "items": [_item("国家")]}})).totals
    known = answer(book, enterprise({"项目": [_item("国家"), *(_item(level, "2025-02-01") for level in more)]})).totals
    assert open_.guaranteed <= known.guaranteed
    assert open_.potential is None or (known.potential is not None and known.potential <= open_.potential)


def test_years_of_an_open_list_add_up_to_its_bound() -> None:
    rule = TOP.strip().replace("\n", "\n    ")
    book = rulebook(f"incentives:\n  - id: a\n    {rule}\n")
    decision = answer(book, enterprise({"项目": {"complete": False, "items": [_item("国家")]}}))
    assert bounds(finding(decision, "a")) == (20 * W, 60 * W)
    assert decision.totals.by_period == {2024: (0, 20 * W), None: (0, 40 * W)}  # a larger one may take its place


GROUPED = """
each: 项目
judged_by: 日期
amount: 金额
order: listed
group: {group}
limit: {{count: '份数', per: group}}
"""


def test_group_that_pays_none_bounds_no_other_group() -> None:
    items = [{**_item("国际"), "份数": 0}, {**_item("国家"), "份数": 1, "金额": 4}]  # the first could pay any sum
    assert bounds(one(GROUPED.format(group="级别"), {"项目": items})) == (4 * W, 4 * W)


def test_entries_whose_group_is_undefined_may_be_of_any_group() -> None:
    items = [{**_item(None), "份数": 1, "金额": spent, "增减": change} for spent, change in ((4, 0), (3, 0), (2, 1))]
    low, high = bounds(one(GROUPED.format(group="1 / 增减"), {"项目": items}))
    assert (low, high) == (4 * W, 9 * W)  # no fact says whether the first two are of one group
