"""Incentives and supports: gates in their order, items one by one, the date that counts, and what is missing."""

from __future__ import annotations

from datetime import date

import pytest

from evaluator.engines.decide import decide
from evaluator.engines.decision import Outcome
from evaluator.rulebook.model import Rulebook
from evaluator.rulebook.profile import make_profile
from tests.agreement.small import answer, bounds, enterprise, finding, one, paths, rulebook, supports

W = 10_000
EACH = "each: 项目\njudged_by: 日期\nwhen: 通过\namount: 1万元"


def _item(day: object = "2024-05-01", passed: bool | None = True, **more: object) -> dict[str, object]:
    return {"日期": day, "通过": passed, **more}


# ------------------------------------------------------------------ gates

GATED = """
incentives:
  - id: a
    applies_when: 真
    amount: 1万元
  - id: kinds
    for: [association]
    amount: 1万元
"""


@pytest.fixture(scope="module")
def gated() -> Rulebook:
    return rulebook(GATED)


@pytest.mark.parametrize(
    ("facts", "place", "as_of", "outcome", "reason", "missing"),
    [
        ({"真": True}, "甲省/乙市", "2025-06-30", Outcome.SATISFIED, None, []),
        ({"真": False}, "甲省/乙市", "2025-06-30", Outcome.NOT_APPLICABLE, "applies-when", []),
        ({}, "甲省/乙市", "2025-06-30", Outcome.UNKNOWN, "missing", ["真"]),
        ({"真": True}, "甲省/乙市", "2022-12-31", Outcome.NOT_APPLICABLE, "published", []),
        ({"真": True}, "甲省/乙市", "2023-01-01", Outcome.SATISFIED, None, []),
        ({"真": True}, "甲省/乙市", "2027-12-31", Outcome.SATISFIED, None, []),
        ({"真": True}, "甲省/乙市", "2028-01-01", Outcome.NOT_APPLICABLE, "period", []),
        ({"真": True}, "甲省", "2025-06-30", Outcome.UNKNOWN, "missing", ["jurisdiction"]),
        ({"真": False}, "甲省", "2025-06-30", Outcome.NOT_APPLICABLE, "applies-when", []),
        ({}, "", "2025-06-30", Outcome.UNKNOWN, "missing", ["jurisdiction", "真"]),
        ({"真": True}, "甲省/乙市/丙县", "2025-06-30", Outcome.SATISFIED, None, []),
    ],
)
def test_false_gate_comes_before_an_unknown_one(
    gated: Rulebook,
    facts: dict[str, object],
    place: str,
    as_of: str,
    outcome: Outcome,
    reason: str | None,
    missing: list[str],
) -> None:
    found = finding(answer(gated, enterprise(facts, place=place), as_of), "a")
    assert found.outcome is outcome
    assert (None if found.reason is None else found.reason.code) == reason
    assert paths(found) == missing
    certain = 1 * W if outcome is Outcome.SATISFIED else 0
    assert bounds(found) == (certain, 0 if outcome is Outcome.NOT_APPLICABLE else 1 * W)


def test_rule_for_another_kind_of_organisation_does_not_apply(gated: Rulebook) -> None:
    found = finding(answer(gated, enterprise({"真": True})), "kinds")
    assert found.outcome is Outcome.NOT_APPLICABLE
    assert found.reason is not None
    assert found.reason.code == "kind"


def test_gate_that_no_fact_decides_is_indeterminate_with_the_amount_open() -> None:
    found = one("applies_when: '1 / 零 > 1'\namount: 1万元", {"零": 0})
    assert found.outcome is Outcome.INDETERMINATE
    assert bounds(found) == (0, 1 * W)
    assert found.missing == ()
    assert found.reason is not None
    assert found.reason.code == "undefined"


def test_rules_of_elsewhere_are_answered_only_when_named(gated: Rulebook) -> None:
    profile = make_profile(enterprise({"真": True}, place="庚省/辛市"), gated)
    assert answer(gated, profile).findings == ()
    for policies, rules in ((["test-2023"], []), ([], ["test-2023/a"])):
        named = decide(gated, profile, as_of=date(2025, 6, 30), policies=policies, rules=rules)
        reason = finding(named, "a").reason
        assert reason is not None
        assert reason.code == "place"


# ------------------------------------------------------------------ items


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2022-12-31", (0, 0)),
        ("2023-01-01", (1 * W, 1 * W)),
        ("2025-06-30", (1 * W, 1 * W)),
        ("2025-07-01", (0, 0)),  # has not happened yet
        ("2022", (0, 0)),
        ("2023", (1 * W, 1 * W)),
        ("2025-06", (1 * W, 1 * W)),
        ("2025-07", (0, 0)),
        ("2025", (0, 1 * W)),  # before or after the question
        (None, (0, 1 * W)),
    ],
)
def test_item_counts_within_the_period_and_up_to_the_question(day: object, expected: tuple[int, int]) -> None:
    found = one(EACH, {"项目": [_item(day)]})
    assert bounds(found) == expected
    assert paths(found) == (["项目[1].日期"] if expected == (0, 1 * W) else [])


def test_item_after_the_end_of_the_policy_does_not_count() -> None:
    found = one(EACH, {"项目": [_item("2027-12-31"), _item("2028-01-01")]}, "2028-06-30")
    assert bounds(found) == (1 * W, 1 * W)


def test_partial_date_across_the_first_day_is_open() -> None:
    book = rulebook("incentives:\n  - id: a\n    " + EACH.replace("\n", "\n    "), since="2023-07-01")
    for day, expected in (("2023", (0, 1 * W)), ("2023-06", (0, 0)), ("2023-07", (1 * W, 1 * W))):
        assert bounds(finding(answer(book, enterprise({"项目": [_item(day)]})), "a")) == expected


def test_every_item_adds_its_line_and_a_failing_one_adds_none() -> None:
    found = one(EACH, {"项目": [_item(), _item(passed=False), _item("2023"), _item(passed=None)]})
    assert found.outcome is Outcome.SATISFIED
    assert bounds(found) == (2 * W, 3 * W)
    assert found.amount is not None
    assert [(line.item, line.period, line.guaranteed, line.potential) for line in found.amount.lines] == [
        ("项目[1]", 2024, 1 * W, 1 * W),
        ("项目[3]", 2023, 1 * W, 1 * W),
        ("项目[4]", 2024, 0, 1 * W),
    ]
    assert paths(found) == ["项目[4].通过"]


def test_no_item_left_is_not_satisfied_and_nothing() -> None:
    for items in ([], [_item(passed=False)], [_item("2020")]):
        found = one(EACH, {"项目": items})
        assert found.outcome is Outcome.NOT_SATISFIED
        assert bounds(found) == (0, 0)
        assert found.missing == ()


def test_item_that_cannot_be_decided_is_paid_perhaps() -> None:
    rule = "each: 项目\njudged_by: 日期\nwhen: '1 / 增减 > 0'\namount: 1万元"
    found = one(rule, {"项目": [_item(增减=0)]})
    assert found.outcome is Outcome.INDETERMINATE
    assert bounds(found) == (0, 1 * W)
    assert found.missing == ()
    assert one(rule, {"项目": [_item(增减=0), _item(增减=1)]}).outcome is Outcome.SATISFIED
    assert one(rule, {"项目": [_item(增减=0), _item()]}).outcome is Outcome.UNKNOWN


def test_open_list_counts_what_it_holds_and_may_hold_more() -> None:
    found = one(EACH, {"项目": {"complete": False, "items": [_item()]}})
    assert (found.outcome, bounds(found)) == (Outcome.SATISFIED, (1 * W, None))
    assert paths(found) == ["项目"]
    found = one(EACH, {"项目": {"complete": False, "items": [_item(passed=False)]}})
    assert (found.outcome, bounds(found)) == (Outcome.UNKNOWN, (0, None))


def test_decided_support_lacks_nothing_though_an_item_is_open() -> None:
    book = rulebook("supports:\n  - id: a\n    each: 项目\n    judged_by: 日期\n    when: 通过")
    found = finding(answer(book, enterprise({"项目": [_item(), _item(passed=None)]})), "a")
    assert found.outcome is Outcome.SATISFIED
    assert found.amount is None
    assert found.missing == ()
    open_ = {"项目": {"complete": False, "items": [_item()]}}
    assert finding(answer(book, enterprise(open_)), "a").missing == ()


def test_unstated_award_that_is_due_lacks_nothing_though_an_item_is_open() -> None:
    rule = "each: 项目\njudged_by: 日期\nwhen: 通过\namount: unstated"
    assert one(rule, {"项目": [_item(), _item(passed=None)]}).missing == ()
    assert paths(one(rule, {"项目": [_item(passed=None)]})) == ["项目[1].通过"]


def test_item_worth_nothing_leaves_no_fact_to_ask_for() -> None:
    rule = "each: 项目\njudged_by: 日期\nwhen: 通过\namount: {table: {by: 级别, rows: {国际: 1万元}}}"
    found = one(rule, {"项目": [_item(级别="国际"), _item(passed=None, 级别="国家")]})
    assert bounds(found) == (1 * W, 1 * W)
    assert found.missing == ()


def test_item_may_be_compared_with_the_whole_list() -> None:
    rule = "each: 项目\njudged_by: 日期\nwhen: 'count(项目[通过]) >= 2 and 通过'\namount: 1万元"
    assert bounds(one(rule, {"项目": [_item(), _item()]})) == (2 * W, 2 * W)
    assert bounds(one(rule, {"项目": [_item(), _item(passed=None)]})) == (0, 2 * W)


# ------------------------------------------------------------------ the date that counts


@pytest.mark.parametrize(
    ("founded", "expected", "period"),
    [
        ("2022-12-31", (0, 0), None),
        ("2023-01-01", (1 * W, 1 * W), 2023),
        ("2024", (1 * W, 1 * W), 2024),
        (None, (0, 1 * W), None),
    ],
)
def test_date_of_the_profile_may_count(founded: object, expected: tuple[int, int], period: int | None) -> None:
    found = one("judged_by: 成立日期\namount: 1万元", {"成立日期": founded})
    assert bounds(found) == expected
    if expected != (0, 0):
        assert found.amount is not None
        assert [line.period for line in found.amount.lines] == [period]


def test_partial_date_over_two_years_has_no_period() -> None:
    found = one("each: 项目\njudged_by: as_of\namount: 1万元", {"项目": [_item(None)]})
    assert found.amount is not None
    assert [line.period for line in found.amount.lines] == [2025]


OPEN_END = (
    "incentives:\n  - id: a\n    each: 项目\n    judged_by: 日期\n    amount: 1万元\n  - id: b\n    amount: 1万元"
)


def test_open_end_is_doubtful_after_the_last_date_named() -> None:
    book = rulebook(OPEN_END, until=None)
    items = {"项目": [_item("2027-12-31"), _item("2028-01-01")]}
    decision = answer(book, enterprise(items), "2028-06-30")
    assert bounds(finding(decision, "a")) == (1 * W, 2 * W)
    assert paths(finding(decision, "a")) == ["test-2023/in-force"]
    assert finding(decision, "b").outcome is Outcome.UNKNOWN
    assert bounds(finding(decision, "b")) == (0, 1 * W)
    confirmed = answer(book, enterprise({**items, "test-2023/in-force": True}), "2028-06-30")
    assert bounds(finding(confirmed, "a")) == (2 * W, 2 * W)
    refuted = answer(book, enterprise({**items, "test-2023/in-force": False}), "2028-06-30")
    assert bounds(finding(refuted, "a")) == (1 * W, 1 * W)
    assert finding(refuted, "b").outcome is Outcome.NOT_APPLICABLE
    assert finding(answer(book, enterprise(items), "2027-12-31"), "b").outcome is Outcome.SATISFIED


# ------------------------------------------------------------------ looking back


@pytest.mark.parametrize(
    ("as_of", "founded", "outcome"),
    [
        ("2026-02-28", "2023-02-28", Outcome.NOT_SATISFIED),
        ("2026-02-28", "2023-03-01", Outcome.SATISFIED),
        ("2027-02-28", "2024-02-29", Outcome.SATISFIED),  # three years before: 2024-02-28
        ("2027-02-28", "2024-02-28", Outcome.NOT_SATISFIED),
        ("2026-02-28", "2023-02", Outcome.NOT_SATISFIED),
        ("2026-02-28", "2023", Outcome.UNKNOWN),
        ("2026-02-27", "2023-02", Outcome.UNKNOWN),
    ],
)
def test_three_years_back_begin_on_the_day_after(as_of: str, founded: str, outcome: Outcome) -> None:
    book = supports({"a": "'成立日期 > 询问日 - duration(\"P3Y\")'"})
    assert finding(answer(book, enterprise({"成立日期": founded}), as_of), "a").outcome is outcome


@pytest.mark.parametrize(
    ("founded", "months", "limit", "outcome"),
    [
        ("2024-01-31", "P1M", "2024-02-29", Outcome.SATISFIED),
        ("2023-01-31", "P1M", "2023-02-28", Outcome.SATISFIED),
        ("2024-03-31", "-P1M", "2024-02-29", Outcome.SATISFIED),
        ("2024-01", "P1M", "2024-02-29", Outcome.UNKNOWN),
        ("2024-02-29", "P1Y", "2025-02-28", Outcome.SATISFIED),
        ("2024-01-31", "P30D", "2024-03-01", Outcome.SATISFIED),
        ("9999-12-31", "P30D", "9999-12-31", Outcome.SATISFIED),  # the calendar ends
        ("9999-12-31", "P1M", "9999-12-31", Outcome.SATISFIED),
    ],
)
def test_months_end_with_the_month(founded: str, months: str, limit: str, outcome: Outcome) -> None:
    sign, duration = ("-", months[1:]) if months.startswith("-") else ("+", months)
    book = supports({"a": f'\'成立日期 {sign} duration("{duration}") = date("{limit}")\''})
    assert finding(answer(book, enterprise({"成立日期": founded})), "a").outcome is outcome


# ------------------------------------------------------------------ what is missing


@pytest.mark.parametrize(
    ("condition", "facts", "missing"),
    [
        ("{all: [真, 假]}", {"真": True}, ["假"]),
        ("{all: [真, 假]}", {}, ["真", "假"]),
        ("{all: [真, 假]}", {"真": False}, []),
        ("{any: [真, 假]}", {"真": False}, ["假"]),
        ("{any: [真, 假]}", {"真": True}, []),
        ("{any: [真], unless: [假]}", {"真": True}, ["假"]),
        ("'if 真 then 假 else 假'", {"假": True}, []),
        ("'if 真 then 假 else 未知'", {"假": True}, ["真", "未知"]),
        ("'某数 + 三 > 5'", {"三": 9}, []),
        ("'某数 + 三 > 5'", {"三": 1}, ["某数"]),
        ("'count(项目[级别 = \"国际\"]) >= 1'", {"项目": [{}]}, ["项目[1].级别"]),
        ("'count(项目[级别 = \"国际\"]) >= 1'", {"项目": {"complete": False, "items": [{}]}}, ["项目", "项目[1].级别"]),
        ("'max(项目[通过].份数) > 4'", {"项目": [{"通过": True, "份数": 3}, {"份数": 9}]}, ["项目[2].通过"]),
        ("'sum(项目[通过].份数) > 4'", {"项目": [{"通过": True, "份数": 3}, {"份数": 9}]}, ["项目[2].通过"]),
        ("'sum(项目[通过].份数) > 4'", {"项目": [{"通过": True}, {"通过": False}]}, ["项目[1].份数"]),
        ("'名称 = \"甲\"'", {}, ["名称"]),
        ("'成立日期 > date(\"2024-06-01\")'", {"成立日期": "2024"}, ["成立日期"]),
    ],
)
def test_missing_are_the_unknown_leaves_that_undecided_nodes_read(
    condition: str, facts: dict[str, object], missing: list[str]
) -> None:
    found = finding(answer(supports({"a": condition}), enterprise(facts)), "a")
    assert paths(found) == missing
    assert (found.outcome is Outcome.UNKNOWN) == bool(missing)


def test_choice_without_value_is_indeterminate_not_unknown() -> None:
    for condition in ('(if 1 / 零 > 1 then "红" else 颜色) = "红"', '"红" = (if 1 / 零 > 1 then 颜色 else "红")'):
        book = supports({"a": "'" + condition + "'"})
        assert finding(answer(book, enterprise({"零": 0, "颜色": "蓝"})), "a").outcome is Outcome.INDETERMINATE
        assert finding(answer(book, enterprise({"零": 0, "颜色": "红"})), "a").outcome is Outcome.SATISFIED
        assert finding(answer(book, enterprise({"零": 0})), "a").outcome is Outcome.UNKNOWN


def test_rank_of_a_choice_without_value_lies_anywhere_and_stays_so() -> None:
    book = supports(
        {"a": '\'(if 1 / 零 > 1 then 等级 else "高") >= "低"\'', "b": '\'(if 1 / 零 > 1 then 等级 else "高") >= "中"\''}
    )
    for facts in ({"等级": "低"}, {"等级": "低", "零": 0}):
        decision = answer(book, enterprise(facts))
        assert finding(decision, "a").outcome is Outcome.SATISFIED
    assert finding(decision, "b").outcome is Outcome.INDETERMINATE


ONE_OF_TWO = """
incentives:
  - id: largest
    each: 项目
    judged_by: 日期
    order: {by: 金额, first: greatest}
    limit: {count: '1', per: all}
    amount: 3万元
  - id: share
    each: 项目
    judged_by: 日期
    amount: 'award("largest") * 10%'
supports:
  - id: paid
    when: 'award("share") > 3000元'
"""


def test_an_award_may_be_known_where_it_is_open_which_entry_it_is_paid_for() -> None:
    """What reads the entries of it is open, then, and says which fact would tell."""
    book = rulebook(ONE_OF_TWO)
    items: list[dict[str, object]] = [{"日期": "2024-05-01", "金额": 5}, {"日期": "2024-06-01"}]
    decision = decide(book, make_profile(enterprise({"项目": items}), book), as_of=date(2025, 6, 30))
    largest, share, paid = decision.findings
    assert largest.amount is not None
    assert (largest.amount.guaranteed, largest.amount.potential, largest.missing) == (30_000, 30_000, ())
    assert share.amount is not None
    assert (share.amount.guaranteed, share.amount.potential) == (0, 6_000)
    assert [missing.path for missing in share.missing] == ["项目[2].金额"]
    assert paid.outcome is Outcome.UNKNOWN
    assert [missing.path for missing in paid.missing] == ["项目[2].金额"]
