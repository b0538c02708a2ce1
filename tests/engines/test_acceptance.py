"""What must hold on the shipped rules of Chengde 2023 and Henan 2018, line by line of the acceptance table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

import pytest

from evaluator.engines.decide import decide
from evaluator.engines.decision import Decision, Finding, Outcome
from evaluator.rulebook.profile import make_profile
from tests.agreement.shipped import shipped

CHENGDE, HENAN = "河北省/承德市", "河南省/郑州市"
LEADING = "chengde-2023/standards-leading"
AWARDS = ("china-quality-award", "china-quality-award-nomination", "governors-quality-award")


def _ask(data: Mapping[str, object], as_of: str, *, policies: tuple[str, ...] = ()) -> Decision:
    book = shipped()
    return decide(book, make_profile(data, book), as_of=date.fromisoformat(as_of), policies=policies)


def _finding(decision: Decision, id: str) -> Finding:
    return next(found for found in decision.findings if found.id == id)


def _bounds(found: Finding) -> tuple[object, object]:
    assert found.amount is not None
    return found.amount.guaranteed, found.amount.potential


def _paths(found: Finding) -> list[str]:
    return [entry.path for entry in found.missing]


def _standard(level: str, role: str | None, published: object = "2024") -> dict[str, object]:
    return {"级别": level, "发布日期": published} | ({} if role is None else {"角色": role})


ROW_1 = [
    _standard("国际标准", "主持"),
    _standard("国家标准", "主持"),
    _standard("国家标准", "主持"),
    _standard("行业标准", "参与"),
]
ROW_2 = [*ROW_1, _standard("国际标准", None)]


def _enterprise(facts: Mapping[str, object], place: str = CHENGDE, kind: str = "enterprise") -> dict[str, object]:
    return {"kind": kind, "jurisdiction": place, "facts": dict(facts)}


def _leading(standards: object, **changes: str) -> Finding:
    facts = {} if standards is None else {"标准": standards}
    return _finding(_ask(_enterprise(facts, **changes), "2025-06-30"), LEADING)


def test_three_standards_led_are_worth_700000_with_the_article() -> None:
    found = _leading(ROW_1)
    assert found.outcome is Outcome.SATISFIED
    assert _bounds(found) == (700_000, 700_000)
    assert found.missing == ()
    assert found.cite[0].article == "二.(一).1"


def test_total_is_unbounded_until_the_other_lists_are_given_as_empty() -> None:
    totals = _ask(_enterprise({"标准": ROW_1}), "2025-06-30").totals
    assert (totals.guaranteed, totals.potential) == (700_000, None)
    totals = _ask(_enterprise({"标准": ROW_1, "标准化示范试点": [], "荣誉": []}), "2025-06-30").totals
    assert (totals.guaranteed, totals.potential) == (700_000, 700_000)
    assert totals.by_period == {2024: (700_000, 700_000)}


def test_role_not_given_opens_the_amount_and_is_what_is_missing() -> None:
    found = _leading(ROW_2)
    assert found.outcome is Outcome.SATISFIED
    assert _bounds(found) == (700_000, 1_000_000)
    assert _paths(found) == ["标准[5].角色"]
    assert found.missing[0].label.zh == "角色"


def test_role_not_given_is_the_only_open_part_of_the_total() -> None:
    totals = _ask(_enterprise({"标准": ROW_2, "标准化示范试点": []}), "2025-06-30").totals
    assert (totals.guaranteed, totals.potential) == (700_000, 1_000_000)


def test_incomplete_list_leaves_the_amount_without_upper_bound() -> None:
    found = _leading({"complete": False, "items": ROW_1})
    assert found.outcome is Outcome.SATISFIED
    assert _bounds(found) == (700_000, None)
    assert _paths(found) == ["标准"]


def test_list_not_given_guarantees_nothing_and_is_missing() -> None:
    found = _leading(None)
    assert found.outcome is Outcome.UNKNOWN
    assert _bounds(found) == (0, None)
    assert _paths(found) == ["标准"]
    assert found.missing[0].question is not None


def test_association_leading_an_industry_standard_is_paid_100000() -> None:
    found = _leading([_standard("行业标准", "主持")], kind="association")
    assert found.outcome is Outcome.SATISFIED
    assert _bounds(found) == (100_000, 100_000)


def test_public_institution_is_not_paid_and_the_reading_says_why() -> None:
    found = _leading([_standard("行业标准", "主持")], kind="public-institution")
    assert found.outcome is Outcome.NOT_APPLICABLE
    assert found.reason is not None
    assert found.reason.code == "kind"
    assert _bounds(found) == (0, 0)
    assert any(reading.question == "recipient" for reading in found.rule.readings)


@pytest.mark.parametrize(
    ("passed", "outcome", "amount", "missing"),
    [
        (True, Outcome.SATISFIED, (20_000, 20_000), []),
        (False, Outcome.NOT_SATISFIED, (0, 0), []),
        (None, Outcome.UNKNOWN, (0, 20_000), ["标准化示范试点[1].通过考核评估"]),
    ],
)
def test_demonstration_pilot_is_paid_when_its_evaluation_is_passed(
    passed: bool | None, outcome: Outcome, amount: tuple[int, int], missing: list[str]
) -> None:
    pilot = {"试点级别": "市级", "考核评估日期": "2024-03", "通过考核评估": passed}
    decision = _ask(_enterprise({"标准化示范试点": [pilot]}), "2025-06-30")
    found = _finding(decision, "chengde-2023/standardisation-pilot-passed")
    assert found.outcome is outcome
    assert _bounds(found) == amount
    assert _paths(found) == missing


def test_science_plan_support_is_satisfied_without_a_stated_amount() -> None:
    decision = _ask(_enterprise({"列入市科技计划": True, "标准": [], "标准化示范试点": []}), "2025-06-30")
    found = _finding(decision, "chengde-2023/city-science-plan-funding")
    assert found.outcome is Outcome.SATISFIED
    assert found.amount is not None
    assert not found.amount.stated
    assert (decision.totals.unstated, decision.totals.unstated_open) == (1, 0)
    assert (decision.totals.guaranteed, decision.totals.potential) == (0, 0)


def test_science_plan_not_given_is_an_open_decision() -> None:
    decision = _ask(_enterprise({}), "2025-06-30")
    found = _finding(decision, "chengde-2023/city-science-plan-funding")
    assert found.outcome is Outcome.UNKNOWN
    assert [entry.path for entry in found.decisions] == ["列入市科技计划"]
    assert decision.totals.unstated_open == 1


# ------------------------------------------------------------------ Henan's quality awards


def _prize(name: str, awarded: str, as_of: str, **facts: object) -> Decision:
    given = {"荣誉": [{"奖项": name, "获奖日期": awarded}], "首台套装备投保": []}
    return _ask(_enterprise({**given, **facts}, HENAN), as_of)


@pytest.mark.parametrize(
    ("prize", "awarded", "rule", "amount"),
    [
        ("中国质量奖", "2019", AWARDS[0], 5_000_000),
        ("中国质量奖提名奖", "2019", AWARDS[1], 2_000_000),
        ("省长质量奖", "2019", AWARDS[2], 1_000_000),
        ("中国质量奖", "2017", AWARDS[0], 0),
        ("中国质量奖", "2018-01-01", AWARDS[0], 5_000_000),
        ("中国质量奖", "2017-12-31", AWARDS[0], 0),
    ],
)
def test_each_quality_award_of_henan_is_paid_its_amount_from_2018_on(
    prize: str, awarded: str, rule: str, amount: int
) -> None:
    decision = _prize(prize, awarded, "2019-12-31")
    found = _finding(decision, f"henan-2018/{rule}")
    assert _bounds(found) == (amount, amount)
    assert found.outcome is (Outcome.SATISFIED if amount else Outcome.NOT_SATISFIED)
    assert (decision.totals.guaranteed, decision.totals.potential) == (amount, amount)


def test_several_awards_of_henan_lie_between_the_largest_and_their_sum() -> None:
    honours = [{"奖项": "中国质量奖", "获奖日期": "2019"}, {"奖项": "省长质量奖", "获奖日期": "2018"}]
    decision = _ask(_enterprise({"荣誉": honours}, HENAN), "2019-12-31")
    assert (decision.totals.guaranteed, decision.totals.potential) == (5_000_000, 6_000_000)


def test_prize_after_the_last_date_of_an_open_ended_text_waits_for_its_validity() -> None:
    found = _finding(_prize("中国质量奖", "2029", "2030-01-31"), f"henan-2018/{AWARDS[0]}")
    assert found.outcome is Outcome.UNKNOWN
    assert _bounds(found) == (0, 5_000_000)
    assert _paths(found) == ["henan-2018/in-force"]


@pytest.mark.parametrize(("confirmed", "amount"), [(True, 5_000_000), (False, 0)])
def test_confirmed_validity_settles_the_late_prize(confirmed: bool, amount: int) -> None:
    facts = {"henan-2018/in-force": confirmed}
    found = _finding(_prize("中国质量奖", "2029", "2030-01-31", **facts), f"henan-2018/{AWARDS[0]}")
    assert _bounds(found) == (amount, amount)
    assert found.missing == ()


# ------------------------------------------------------------------ where and when


def test_enterprise_known_only_to_be_in_hebei_lacks_its_city() -> None:
    found = _leading(ROW_1, place="河北省")
    assert found.outcome is Outcome.UNKNOWN
    assert _bounds(found) == (0, 700_000)
    assert _paths(found) == ["jurisdiction"]


def test_enterprise_elsewhere_is_told_that_the_place_is_outside_when_it_names_the_policy() -> None:
    profile = _enterprise({"标准": ROW_1}, "河北省/张家口市")
    found = _finding(_ask(profile, "2025-06-30", policies=("chengde-2023",)), LEADING)
    assert found.outcome is Outcome.NOT_APPLICABLE
    assert found.reason is not None
    assert found.reason.code == "place"
    assert not [entry for entry in _ask(profile, "2025-06-30").findings if entry.rule.policy.id == "chengde-2023"]


def test_question_before_publication_does_not_apply() -> None:
    found = _finding(_ask(_enterprise({"标准": ROW_1}), "2022-01-01"), LEADING)
    assert found.outcome is Outcome.NOT_APPLICABLE
    assert found.reason is not None
    assert found.reason.code == "published"


# ------------------------------------------------------------------ targets of the city


def _city(metrics: Mapping[str, Mapping[int, object]], as_of: str, **more: object) -> Decision:
    return _ask({"kind": "city", "jurisdiction": CHENGDE, "metrics": metrics, **more}, as_of)


RATE = "制造业产品质量合格率"


@pytest.mark.parametrize(
    ("figure", "outcome", "gap"),
    [
        (94, Outcome.SATISFIED, 0),
        ("93.99", Outcome.NOT_SATISFIED, Fraction("0.0001")),
        (None, Outcome.UNKNOWN, None),
    ],
)
def test_pass_rate_of_2025_is_judged_to_the_hundredth(
    figure: object, outcome: Outcome, gap: Fraction | int | None
) -> None:
    found = _finding(_city({RATE: {2025: figure}}, "2026-01-31"), "chengde-2023/manufacturing-pass-rate#2025")
    assert found.outcome is outcome
    assert found.gap == gap  # as a ratio: 0.01 per cent
    assert found.breach is (outcome is Outcome.NOT_SATISFIED)
    assert _paths(found) == ([f"{RATE}[2025]"] if figure is None else [])


@pytest.mark.parametrize(("figure", "outcome"), [(94, Outcome.SATISFIED), (93, Outcome.NOT_SATISFIED)])
def test_pass_rate_is_not_due_before_the_end_of_2025_and_shows_the_test_so_far(figure: int, outcome: Outcome) -> None:
    found = _finding(_city({RATE: {2023: figure}}, "2024-06-30"), "chengde-2023/manufacturing-pass-rate#2025")
    assert found.outcome is Outcome.NOT_DUE
    assert not found.breach
    assert found.so_far is not None
    assert (found.so_far.outcome, found.so_far.period) == (outcome, 2023)
    assert found.so_far.gap == (0 if figure == 94 else Fraction("0.01"))


@pytest.mark.parametrize(
    ("province", "outcome", "gap", "missing"),
    [
        (95, Outcome.NOT_SATISFIED, 0, []),
        ("94.9", Outcome.SATISFIED, 0, []),
        (None, Outcome.UNKNOWN, None, ["全省制造业产品质量合格率[2027]"]),
    ],
)
def test_pass_rate_of_2027_must_lie_above_the_province(
    province: object, outcome: Outcome, gap: int | None, missing: list[str]
) -> None:
    metrics: dict[str, dict[int, object]] = {RATE: {2027: 95}, "全省制造业产品质量合格率": {2027: province}}
    found = _finding(_city(metrics, "2028-01-31"), "chengde-2023/manufacturing-pass-rate#2027")
    assert found.outcome is outcome
    assert found.gap == gap
    assert _paths(found) == missing


@pytest.mark.parametrize("figure", [None, 19, "19.5", 30])
def test_figure_of_about_has_no_tolerance_to_judge_by(figure: object) -> None:
    metrics = {"高新技术产业增加值占规模以上工业增加值比重": {2025: figure}}
    found = _finding(_city(metrics, "2026-01-31"), "chengde-2023/high-tech-share#2025")
    assert found.outcome is Outcome.INDETERMINATE
    assert found.reason is not None
    assert found.reason.code == "approx"
    assert found.missing == ()


@pytest.mark.parametrize(
    ("figure", "outcome"), [(20, Outcome.INDETERMINATE), ("19.5", Outcome.NOT_SATISFIED), (None, Outcome.UNKNOWN)]
)
def test_marked_rise_is_at_least_a_rise(figure: object, outcome: Outcome) -> None:
    metrics = {"高新技术产业增加值占规模以上工业增加值比重": {2025: "19.5", 2027: figure}}
    assert _finding(_city(metrics, "2028-01-31"), "chengde-2023/high-tech-share#2027").outcome is outcome


COUNTIES = [path.rpartition("/")[2] for path in shipped().vocabulary.places if path.startswith(f"{CHENGDE}/")]
WINDOWS = "质量基础设施一站式服务平台或窗口数"
IN_EVERY_COUNTY = "chengde-2023/one-stop-platforms"


def _counties(figures: list[int]) -> Finding:
    """The rule that every county has a window, when the first counties have these numbers of them."""
    members = [{"name": name, "facts": {WINDOWS: value}} for name, value in zip(COUNTIES, figures, strict=False)]
    return _finding(_city({}, "2026-01-31", members=members), IN_EVERY_COUNTY)


def test_city_has_eleven_counties_of_which_those_not_given_are_missing() -> None:
    assert len(COUNTIES) == 11
    found = _counties([1] * 8)
    assert found.outcome is Outcome.UNKNOWN
    assert {path.partition("]")[0] for path in _paths(found)} == {f"members[{name}" for name in COUNTIES[8:]}


def test_one_county_without_a_window_settles_it() -> None:
    found = _counties([1] * 7 + [0])
    assert found.outcome is Outcome.NOT_SATISFIED
    assert found.missing == ()


def test_every_county_with_a_window_satisfies() -> None:
    assert _counties([1] * 11).outcome is Outcome.SATISFIED
