"""Every form of amount: its value when all is known, its bounds when something is not, and what is missing then."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import pytest

from evaluator.engines.decision import Outcome
from tests.agreement.small import bounds, one, paths

W = 10_000  # 万元 in yuan
Facts = Mapping[str, object]


def _amount(form: str, facts: Facts | None = None) -> tuple[object, object]:
    return bounds(one(f"amount: {form}", facts))


@pytest.mark.parametrize(
    ("form", "facts", "expected"),
    [
        ("30万元", {}, (30 * W, 30 * W)),
        ("'5% * 投资额'", {"投资额": 100}, (5 * W, 5 * W)),
        ("'5% * 投资额'", {}, (0, None)),
        ("'投资额 - 30万元'", {"投资额": 10}, (0, 0)),  # never below nothing
        ("'30万元 - 投资额'", {}, (0, 30 * W)),  # what is subtracted swaps its ends
        ("'某数 * 1万元'", {}, (0, 10 * W)),
        ("'max(某数 * 1万元, 3万元)'", {}, (3 * W, 10 * W)),
        ("'if 未知 then 20万元 else 10万元'", {}, (10 * W, 20 * W)),
        ("'if 未知 then 20万元 else 10万元'", {"未知": True}, (20 * W, 20 * W)),
        ("'1元 / 3'", {}, (Fraction("0.33"), Fraction("0.33"))),
        ("'2元 / 3'", {}, (Fraction("0.67"), Fraction("0.67"))),
        ("'0.125元'", {}, (Fraction("0.13"), Fraction("0.13"))),  # half up to the fen
    ],
)
def test_expression(form: str, facts: Facts, expected: tuple[object, object]) -> None:
    assert _amount(form, facts) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"投资额": 100}, (5 * W, 5 * W)),
        ({"投资额": 10}, (1 * W, 1 * W)),  # floor
        ({"投资额": 4000}, (50 * W, 50 * W)),  # cap
        ({}, (1 * W, 50 * W)),
    ],
)
def test_rate_of_a_base_stays_between_floor_and_cap(facts: Facts, expected: tuple[object, object]) -> None:
    assert _amount("{rate: 5%, base: 投资额, cap: 50万元, floor: 1万元}", facts) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"投资额": 100}, (1 * W, 1 * W)),
        ({"投资额": 150}, (2 * W, 2 * W)),
        ({"投资额": 10000}, (5 * W, 5 * W)),
        ({"投资额": 0}, (0, 0)),
        ({}, (0, 5 * W)),
    ],
)
def test_brackets_pay_each_slice_at_its_rate(facts: Facts, expected: tuple[object, object]) -> None:
    form = (
        "{brackets: {base: 投资额, on: slice, rates: [{over: 0万元, rate: 1%}, {over: 100万元, rate: 2%}], cap: 5万元}}"
    )
    assert _amount(form, facts) == expected


def test_brackets_without_cap_have_no_upper_end_and_never_fall_below_nothing() -> None:
    form = "{brackets: {base: '投资额 - 核定金额', on: slice, rates: [{over: 0万元, rate: 1%}]}}"
    assert _amount(form) == (0, None)
    assert _amount(form, {"投资额": 100}) == (0, 1 * W)
    assert _amount(form, {"投资额": 100, "核定金额": 100}) == (0, 0)
    quotient = "{brackets: {base: '投资额 / 任数', on: slice, rates: [{over: 0万元, rate: 1%}], cap: 5万元}}"
    assert _amount(quotient, {"投资额": 100}) == (0, None)
    assert _amount(quotient, {"投资额": 100, "任数": 0}) == (0, None)
    assert _amount(quotient, {"投资额": 100, "任数": 1}) == (1 * W, 1 * W)


@pytest.mark.parametrize(
    ("count", "facts", "expected"),
    [
        ("whole", {"投资额": 350}, (2 * W, 2 * W)),
        ("pro-rata", {"投资额": 350}, (25_000, 25_000)),
        ("whole", {"投资额": 99}, (0, 0)),
        ("whole", {"投资额": 10000}, (4 * W, 4 * W)),
        ("whole", {}, (0, 4 * W)),
    ],
)
def test_steps_pay_for_every_full_unit_above_the_start(
    count: str, facts: Facts, expected: tuple[object, object]
) -> None:
    form = f"{{steps: {{base: 投资额, over: 100万元, every: 100万元, amount: 1万元, count: {count}, cap: 4万元}}}}"
    assert _amount(form, facts) == expected


@pytest.mark.parametrize(
    ("size", "expected"), [(4, (2 * W, 2 * W)), (10, (1 * W, 1 * W)), (0, (0, None)), (None, (0, None))]
)
def test_steps_of_a_size_that_is_a_fact_have_no_value_for_none(
    size: int | None, expected: tuple[object, object]
) -> None:
    found = one("amount: {steps: {base: '10', every: 某数, amount: 1万元, count: whole}}", {"某数": size})
    assert bounds(found) == expected
    assert found.outcome is Outcome.SATISFIED
    assert (found.reason is None) == (size != 0)
    assert paths(found) == (["某数"] if size is None else [])


def test_steps_over_an_unknown_base_and_size_are_bounded_where_both_are() -> None:
    form = "{steps: {base: 某数, every: '某数 + 1', amount: 1万元, count: pro-rata}}"
    assert _amount(form) == (0, 10 * W)
    negative = "{steps: {base: '某数 - 10', every: '某数 + 1', amount: 1万元, count: pro-rata}}"
    assert _amount(negative) == (0, 0)
    undefined = "{steps: {base: '某数', every: '1 / 零', amount: 1万元, count: whole}}"
    assert _amount(undefined, {"零": 0}) == (0, None)
    maybe = "{steps: {base: '1 / 任数', every: '某数 + 1', amount: 1万元, count: whole}}"
    assert _amount(maybe) == (0, None)


# ------------------------------------------------------------------ ceilings, ranges and later decisions


@pytest.mark.parametrize(
    ("decided", "expected"), [(None, (0, 50 * W)), (20, (20 * W, 20 * W)), (80, (50 * W, 50 * W)), (0, (0, 0))]
)
def test_ceiling_is_open_until_the_decision_and_never_exceeded(
    decided: int | None, expected: tuple[object, object]
) -> None:
    found = one("amount: {up_to: 50万元, decided: 核定金额}", {"核定金额": decided})
    assert bounds(found) == expected
    assert found.outcome is Outcome.SATISFIED
    assert [entry.path for entry in found.decisions] == (["核定金额"] if decided is None else [])
    assert found.missing == ()


def test_ceiling_without_a_decision_to_ask_for_lacks_no_fact() -> None:
    found = one("amount: {up_to: 50万元}")
    assert bounds(found) == (0, 50 * W)
    assert found.missing == found.decisions == ()
    assert found.reason is None


@pytest.mark.parametrize(
    ("facts", "expected", "missing", "decisions"),
    [
        ({}, (0, None), ["投资额"], ["核定金额"]),
        ({"投资额": 100}, (5 * W, 20 * W), [], ["核定金额"]),
        ({"投资额": 100, "核定金额": 30}, (20 * W, 20 * W), [], []),
        ({"投资额": 100, "核定金额": 1}, (5 * W, 5 * W), [], []),
        ({"核定金额": 30}, (0, None), ["投资额"], []),
    ],
)
def test_range_depends_on_its_base_and_the_decision(
    facts: Facts, expected: tuple[object, object], missing: list[str], decisions: list[str]
) -> None:
    found = one("amount: {between: ['5% * 投资额', '20% * 投资额'], decided: 核定金额}", facts)
    assert bounds(found) == expected
    assert paths(found) == missing
    assert [entry.path for entry in found.decisions] == decisions


def test_range_without_decision_still_lacks_its_base() -> None:
    found = one("amount: {between: ['5% * 投资额', '20% * 投资额']}")
    assert bounds(found) == (0, None)
    assert paths(found) == ["投资额"]


def test_range_whose_ends_cross_is_its_upper_end() -> None:
    assert _amount("{between: ['5% * 投资额', 10万元]}", {"投资额": 1000}) == (10 * W, 10 * W)
    assert _amount("{between: ['5% * 投资额', 10万元]}") == (0, 10 * W)


def test_decision_that_an_expression_cannot_give_leaves_the_range() -> None:
    form = "{up_to: 50万元, decided: '核定金额 / 某数'}"
    assert _amount(form) == (0, 50 * W)
    assert _amount(form, {"核定金额": 100, "某数": 10}) == (10 * W, 10 * W)


def test_bound_without_value_leaves_the_amount_without_one() -> None:
    found = one("amount: {between: [10万元, '投资额 / 零']}", {"投资额": 1, "零": 0})
    assert bounds(found) == (0, None)
    assert found.reason is not None
    assert found.reason.code == "undefined"


# ------------------------------------------------------------------ tables

BY_HUE = "{table: {by: 颜色, rows: {红: 30万元, 蓝: 10万元}}}"
OVERLAP = "{{table: {{by: [颜色, 某数], hit: {hit}, rows: [{{if: ['\"红\"', '-'], then: 30万元}}, {{if: ['-', '> 5'], then: 20万元}}]}}}}"  # noqa: E501


@pytest.mark.parametrize(("hue", "amount"), [("红", 30 * W), ("蓝", 10 * W)])
def test_table_pays_the_row_of_the_choice(hue: str, amount: int) -> None:
    assert _amount(BY_HUE, {"颜色": hue}) == (amount, amount)


def test_table_without_row_pays_nothing() -> None:
    assert _amount("{table: {by: 颜色, rows: {红: 30万元}}}", {"颜色": "蓝"}) == (0, 0)
    assert _amount("{table: {by: 颜色, rows: {红: 30万元}}}") == (0, 30 * W)


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (BY_HUE, (10 * W, 30 * W)),
        ("{table: {by: 颜色, hit: C>, rows: {红: 30万元, 蓝: 10万元}}}", (10 * W, 30 * W)),
        ('{table: {by: 颜色, hit: A, rows: [{if: [\'"红", "蓝"\'], then: 30万元}]}}', (30 * W, 30 * W)),
        ("{table: {by: 未知, rows: {'true': 30万元, 'false': 10万元}}}", (10 * W, 30 * W)),
        ("{table: {by: 未知, rows: {'true': 30万元}}}", (0, 30 * W)),
        ("{table: {by: 等级, rows: {低: 1万元, 高: 3万元}}}", (0, 3 * W)),
        ("{table: {by: 某数, rows: {'3': 3万元}}}", (0, 3 * W)),
        ("{table: {by: 某数, rows: {'<= 5': 1万元, '> 5': 3万元}}}", (1 * W, 3 * W)),
        ("{table: {by: 某数, rows: {'< 5': 1万元, '> 5': 3万元}}}", (0, 3 * W)),
        (
            "{table: {by: [颜色, 等级], rows: [{if: ['\"红\"', '-'], then: 3万元}, {if: ['-', '\"高\"'], then: 1万元}]}}",  # noqa: E501
            (0, 3 * W),
        ),
        ("{table: {by: [颜色, 等级], rows: [{if: ['\"红\"', '\"高\"'], then: 3万元}]}}", (0, 3 * W)),
        ('{table: {by: 等级, rows: [{if: [\'"低", >= "中"\'], then: 3万元}]}}', (3 * W, 3 * W)),
        ("{table: {by: 等级, rows: [{if: ['>= \"中\"'], then: 3万元}]}}", (0, 3 * W)),
    ],
)
def test_table_that_names_every_value_pays_at_least_its_least_row(form: str, expected: tuple[object, object]) -> None:
    assert _amount(form) == expected


def test_row_may_be_a_test_of_a_number() -> None:
    form = "{table: {by: 某数, rows: {'[0..5]': 1万元, '> 5': 2万元}}}"
    assert _amount(form, {"某数": 5}) == (1 * W, 1 * W)
    assert _amount(form, {"某数": 6}) == (2 * W, 2 * W)


@pytest.mark.parametrize(
    ("hit", "red_and_six", "red", "nothing_known"),
    [
        ("U", (20 * W, 30 * W), (20 * W, 30 * W), (0, 30 * W)),
        ("A", (20 * W, 30 * W), (20 * W, 30 * W), (0, 30 * W)),
        ("C+", (50 * W, 50 * W), (30 * W, 50 * W), (0, 50 * W)),
        ("C<", (20 * W, 20 * W), (20 * W, 30 * W), (0, 30 * W)),
        ("C>", (30 * W, 30 * W), (30 * W, 30 * W), (0, 30 * W)),
    ],
)
def test_rows_that_may_apply_together_follow_the_hit_policy(
    hit: str, red_and_six: tuple[int, int], red: tuple[int, int], nothing_known: tuple[int, int]
) -> None:
    form = OVERLAP.format(hit=hit)
    assert _amount(form, {"颜色": "红", "某数": 6}) == red_and_six
    assert _amount(form, {"颜色": "红"}) == red
    assert _amount(form) == nothing_known
    assert _amount(form, {"颜色": "蓝", "某数": 5}) == (0, 0)


def test_overlap_of_rows_that_exclude_each_other_is_told_and_lacks_no_fact() -> None:
    found = one(f"amount: {OVERLAP.format(hit='U')}", {"颜色": "红", "某数": 6})
    assert found.outcome is Outcome.SATISFIED
    assert found.missing == ()
    assert found.reason is not None
    assert found.reason.text.en.endswith("two rows of the table apply")


def test_rows_of_hit_policy_any_that_agree_are_one_amount() -> None:
    form = "{table: {by: [颜色, 某数], hit: A, rows: [{if: ['\"红\"', '-'], then: 30万元}, {if: ['-', '> 5'], then: 30万元}]}}"  # noqa: E501
    assert _amount(form, {"颜色": "红"}) == (30 * W, 30 * W)
    assert _amount(form, {"颜色": "红", "某数": 6}) == (30 * W, 30 * W)


def test_row_that_holds_and_pays_an_open_amount_lacks_what_the_amount_reads() -> None:
    found = one("amount: {table: {by: 颜色, rows: {红: '5% * 投资额'}}}", {"颜色": "红"})
    assert bounds(found) == (0, None)
    assert paths(found) == ["投资额"]


@pytest.mark.parametrize("hit", ["U", "A", "C+", "C<", "C>"])
def test_row_that_no_fact_decides_is_paid_perhaps(hit: str) -> None:
    form = f"{{table: {{by: '1 / 零', hit: {hit}, rows: [{{if: ['> 5'], then: 30万元}}]}}}}"
    found = one(f"amount: {form}", {"零": 0})
    assert bounds(found) == (0, 30 * W)
    assert found.missing == ()
    assert found.reason is not None
    assert found.reason.text.en.endswith("division by zero")


def test_learning_that_a_row_cannot_be_decided_does_not_widen_the_amount() -> None:
    form = "{table: {by: '1 / 任数', rows: {'> 5': 30万元}}}"
    assert _amount(form) == (0, 30 * W)
    assert _amount(form, {"任数": 0}) == (0, 30 * W)
    assert _amount(form, {"任数": 1}) == (0, 0)


# ------------------------------------------------------------------ no amount, no value


def test_unstated_amount_is_not_nothing() -> None:
    found = one("amount: unstated")
    assert found.outcome is Outcome.SATISFIED
    assert found.amount is not None
    assert not found.amount.stated
    assert bounds(found) == (0, None)
    assert found.missing == ()


def test_amount_without_value_leaves_the_entitlement_and_says_why() -> None:
    found = one("amount: '投资额 / 零'", {"投资额": 1, "零": 0})
    assert found.outcome is Outcome.SATISFIED
    assert bounds(found) == (0, None)
    assert found.reason is not None
    assert found.reason.text.zh == "无法计算：除数为零"
    assert found.missing == ()


def test_amount_that_may_turn_out_without_value_is_open() -> None:
    found = one("amount: 'min(投资额 / 零, 10万元)'", {"投资额": 100})
    assert found.outcome is Outcome.SATISFIED
    assert bounds(found) == (0, None)
    assert paths(found) == ["零"]


def test_undecided_condition_of_an_amount_is_the_hull_of_its_branches() -> None:
    form = "'if 1 / 任数 > 5 then 20万元 else 10万元'"
    assert _amount(form) == (10 * W, 20 * W)
    assert _amount(form, {"任数": 0}) == (10 * W, 20 * W)
    assert _amount(form, {"任数": 1}) == (10 * W, 10 * W)
