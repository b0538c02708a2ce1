"""Targets: due dates to the day, quantities of every kind, members, vague words, figures without a date, gaps."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from textwrap import indent
from typing import Any

import pytest

from evaluator.engines.decision import Finding, Outcome
from tests.agreement.small import answer, finding, paths, rulebook

SATISFIED, NOT_SATISFIED, UNKNOWN = Outcome.SATISFIED, Outcome.NOT_SATISFIED, Outcome.UNKNOWN
INDETERMINATE, NOT_DUE, NOT_APPLICABLE = Outcome.INDETERMINATE, Outcome.NOT_DUE, Outcome.NOT_APPLICABLE
Years = Mapping[int, object]


def _target(
    entry: str,
    metrics: Mapping[str, Years],
    as_of: str = "2026-01-31",
    *,
    key: str = "2025",
    metric: str = "率",
    **more: object,
) -> Finding:
    """The finding of a target of one entry; `more` is added to the city's profile, `extra` to the rule."""
    rule = f"metric: {metric}\nschedule: [{{{entry}}}]\n{more.pop('extra', '')}"
    place = str(more.pop("place", "甲省/乙市"))
    book = rulebook("targets:\n  - id: t\n" + indent(rule, "    "), place=place)
    data = {"kind": "city", "jurisdiction": place, "metrics": metrics, **more}
    return finding(answer(book, data, as_of), f"t#{key}" if key else "t")


# ------------------------------------------------------------------ when


@pytest.mark.parametrize(
    ("as_of", "outcome"),
    [("2025-06-29", NOT_DUE), ("2025-06-30", SATISFIED), ("2025-07-01", SATISFIED), ("2022-12-31", NOT_APPLICABLE)],
)
def test_target_is_due_on_its_day(as_of: str, outcome: Outcome) -> None:
    found = _target("by: 2025-06-30, period: 2025, test: '>= 90%'", {"率": {2025: 90}}, as_of, key="2025-06-30")
    assert found.outcome is outcome


@pytest.mark.parametrize(("as_of", "outcome"), [("2025-12-30", NOT_DUE), ("2025-12-31", UNKNOWN)])
def test_year_is_due_on_its_last_day(as_of: str, outcome: Outcome) -> None:
    found = _target("by: 2025, test: '>= 90%'", {}, as_of)
    assert found.outcome is outcome
    assert paths(found) == (["率[2025]"] if outcome is UNKNOWN else [])
    assert found.so_far is None


@pytest.mark.parametrize(
    ("metrics", "period", "outcome", "gap"),
    [
        ({2023: 80}, 2023, NOT_SATISFIED, Fraction(1, 10)),
        ({2023: 80, 2024: 95}, 2024, SATISFIED, 0),
        ({2023: 80, 2026: 95}, 2023, NOT_SATISFIED, Fraction(1, 10)),
    ],
)
def test_so_far_reads_the_latest_period_given(metrics: Years, period: int, outcome: Outcome, gap: object) -> None:
    found = _target("by: 2025, test: '>= 90%'", {"率": metrics}, "2025-03-01")
    assert found.outcome is NOT_DUE
    assert found.so_far is not None
    assert (found.so_far.period, found.so_far.outcome, found.so_far.gap) == (period, outcome, gap)
    assert found.missing == ()
    assert not found.breach


def test_each_year_of_a_yearly_figure_is_a_finding() -> None:
    entry = "every: {from: 2023, to: 2025}, test: '>= 90%'"
    metrics = {"率": {2023: 90, 2024: "89.99"}}
    outcomes = {key: _target(entry, metrics, "2025-01-31", key=str(key)).outcome for key in (2023, 2024, 2025)}
    assert outcomes == {2023: SATISFIED, 2024: NOT_SATISFIED, 2025: NOT_DUE}


@pytest.mark.parametrize(
    ("metrics", "outcome", "missing"),
    [
        ({2024: 90}, SATISFIED, []),
        ({2023: 95, 2024: 10, 2025: 10}, SATISFIED, []),
        ({2023: 10, 2024: 10, 2025: 10}, INDETERMINATE, []),
        ({2025: 10}, UNKNOWN, ["率[2024]", "率[2023]"]),
        ({}, UNKNOWN, ["率[2025]", "率[2024]", "率[2023]"]),
        ({2026: 95}, UNKNOWN, ["率[2025]", "率[2024]", "率[2023]"]),
    ],
)
def test_figure_without_a_date_is_reached_once_or_not_yet(metrics: Years, outcome: Outcome, missing: list[str]) -> None:
    found = _target("by: none, test: '>= 90%'", {"率": metrics}, "2026-06-30", key="")
    assert found.outcome is outcome
    assert paths(found) == missing
    if outcome is INDETERMINATE:
        assert found.reason is not None
        assert found.reason.code == "no-deadline"


def test_year_closes_on_its_last_day_for_a_figure_without_a_date() -> None:
    for as_of, outcome in (("2024-12-30", UNKNOWN), ("2024-12-31", SATISFIED)):
        assert _target("by: none, test: '>= 90%'", {"率": {2024: 90}}, as_of, key="").outcome is outcome


def test_figure_of_one_year_without_a_date_is_judged_on_that_year_alone() -> None:
    entry = "by: none, period: 2024, test: '>= 90%'"
    for figure, outcome in ((90, SATISFIED), (89, INDETERMINATE), (None, UNKNOWN)):
        found = _target(entry, {"率": {2023: 95, 2024: figure}}, "2026-06-30", key="")
        assert found.outcome is outcome
        assert paths(found) == (["率[2024]"] if figure is None else [])


# ------------------------------------------------------------------ against what, how far


@pytest.mark.parametrize(
    ("test", "figure", "outcome", "gap"),
    [
        ("'>= 90%'", "89.99", NOT_SATISFIED, Fraction("0.0001")),
        ("'>= 90%'", 90, SATISFIED, 0),
        ("'> 90%'", 90, NOT_SATISFIED, 0),
        ("'> 90%'", "90.01", SATISFIED, 0),
        ("'<= 10%'", "10.01", NOT_SATISFIED, Fraction("0.0001")),
        ("'<= 10%'", 10, SATISFIED, 0),
        ("'< 10%'", 10, NOT_SATISFIED, 0),
        ("'[10%..20%]'", 9, NOT_SATISFIED, Fraction("0.01")),
        ("'[10%..20%]'", 21, NOT_SATISFIED, Fraction("0.01")),
        ("'[10%..20%]'", 20, SATISFIED, 0),
        ("'(10%..20%)'", 20, NOT_SATISFIED, 0),
        ("'= 10%'", 12, NOT_SATISFIED, Fraction("0.02")),
        ("'= 10%'", 10, SATISFIED, 0),
        ("'not(10%)'", 12, SATISFIED, None),
        ("'>= 90%'", None, UNKNOWN, None),
        ("'= 10%'", None, UNKNOWN, None),
    ],
)
def test_figure_decides_exactly_at_its_edge(test: str, figure: object, outcome: Outcome, gap: object) -> None:
    found = _target(f"by: 2025, test: {test}", {"率": {2025: figure}})
    assert (found.outcome, found.gap) == (outcome, gap)


def test_strict_comparison_with_another_metric_fails_when_equal() -> None:
    for other, outcome in ((90, NOT_SATISFIED), ("89.9", SATISFIED), (None, UNKNOWN)):
        found = _target("by: 2025, test: '> 全省率'", {"率": {2025: 90}, "全省率": {2025: other}})
        assert found.outcome is outcome
        assert found.measured == Fraction("0.9")
        assert paths(found) == (["全省率[2025]"] if other is None else [])


def test_ordered_choice_has_no_gap_and_a_bool_is_done_or_not() -> None:
    for given, outcome in (("低", NOT_SATISFIED), ("中", SATISFIED), ("高", SATISFIED), (None, UNKNOWN)):
        found = _target("by: 2025, test: '>= \"中\"'", {"等第": {2025: given}}, metric="等第")
        assert (found.outcome, found.gap) == (outcome, None)
        exact = _target("by: 2025, test: '= \"中\"'", {"等第": {2025: given}}, metric="等第")
        assert (exact.outcome, exact.gap) == (NOT_SATISFIED if given == "高" else outcome, None)
    for done, outcome in ((True, SATISFIED), (False, NOT_SATISFIED), (None, UNKNOWN)):
        found = _target("by: 2025, test: 'true'", {"达标": {2025: done}}, metric="达标")
        assert (found.outcome, found.gap) == (outcome, None)
        assert _target("by: 2025, test: 'false'", {"达标": {2025: done}}, metric="达标").outcome is (
            UNKNOWN if done is None else NOT_SATISFIED if done else SATISFIED
        )


@pytest.mark.parametrize(
    ("modality", "breach"), [("must", True), ("plan", True), ("strive", False), ("explore", False)]
)
def test_only_a_missed_must_or_plan_is_a_breach(modality: str, breach: bool) -> None:
    found = _target(f"by: 2025, test: '>= 90%', modality: {modality}", {"率": {2025: 1}})
    assert found.outcome is NOT_SATISFIED
    assert found.breach is breach


def test_previous_period_is_the_year_before() -> None:
    entry = "by: 2025, test: '> 上期'"
    assert _target(entry, {"率": {2024: 50, 2025: 51}}).outcome is SATISFIED
    assert _target(entry, {"率": {2024: 50, 2025: 50}}).outcome is NOT_SATISFIED
    assert paths(_target(entry, {"率": {2025: 51}})) == ["率[2024]"]


# ------------------------------------------------------------------ quantities


@pytest.mark.parametrize(
    ("years", "outcome", "missing"),
    [
        ({2023: 10, 2024: 10, 2025: 10}, SATISFIED, []),
        ({2023: 10, 2024: 10, 2025: 9}, NOT_SATISFIED, []),
        ({2023: 20, 2025: 10}, SATISFIED, []),  # what is missing cannot be below nothing
        ({2023: 10, 2025: 9}, UNKNOWN, ["新增[2024]"]),
        ({}, UNKNOWN, ["新增[2023]", "新增[2024]", "新增[2025]"]),
    ],
)
def test_cumulative_figure_adds_the_years_given(years: Years, outcome: Outcome, missing: list[str]) -> None:
    entry = "by: 2025, test: '>= 30个', quantity: {cumulative: 2023}"
    found = _target(entry, {"新增": years}, metric="新增")
    assert found.outcome is outcome
    assert paths(found) == missing


@pytest.mark.parametrize(
    ("base", "value", "outcome"),
    [
        (100, 110, SATISFIED),
        (100, 109, NOT_SATISFIED),
        (3, "3.3", SATISFIED),
        (3, "3.29999999999999999999", NOT_SATISFIED),
        (0, 5, INDETERMINATE),
        (0, None, INDETERMINATE),
        (None, 5, UNKNOWN),
        (100, None, UNKNOWN),
    ],
)
def test_growth_over_a_base_is_cross_multiplied(base: object, value: object, outcome: Outcome) -> None:
    entry = "by: 2025, test: '>= 10%', quantity: {growth: 2022}"
    found = _target(entry, {"存量": {2022: base, 2025: value}}, metric="存量")
    assert found.outcome is outcome
    if base == 0:
        assert found.gap is None
        assert found.reason is not None
        assert "zero" in found.reason.text.en


def test_growth_states_its_gap_in_the_metric() -> None:
    entry = "by: 2025, test: '>= 10%', quantity: {growth: previous}"
    found = _target(entry, {"存量": {2024: 100, 2025: 107}}, metric="存量")
    assert (found.outcome, found.gap) == (NOT_SATISFIED, 3)


@pytest.mark.parametrize(
    ("value", "outcome"), [("1331", SATISFIED), ("1330.99999999", NOT_SATISFIED), ("1331.00000001", SATISFIED)]
)
def test_average_growth_compounds_over_the_years_exactly(value: str, outcome: Outcome) -> None:
    entry = "by: 2025, test: '>= 10%', quantity: {average_growth: 2022}"
    assert _target(entry, {"存量": {2022: 1000, 2025: value}}, metric="存量").outcome is outcome


@pytest.mark.parametrize(("value", "outcome"), [("1331", SATISFIED), ("1331.1", NOT_SATISFIED)])
def test_growth_may_be_asked_to_be_exact(value: str, outcome: Outcome) -> None:
    entry = "by: 2025, test: '= 10%', quantity: {average_growth: 2022}"
    assert _target(entry, {"存量": {2022: 1000, 2025: value}}, metric="存量").outcome is outcome


def test_growth_over_a_base_below_zero_compares_with_the_base_grown() -> None:
    entry = "by: 2025, test: '>= 10%', quantity: {growth: 2022}"
    assert _target(entry, {"余额": {2022: -10, 2025: -11}}, metric="余额").outcome is SATISFIED
    assert _target(entry, {"余额": {2022: -10, 2025: -12}}, metric="余额").outcome is NOT_SATISFIED
    assert _target(entry, {"余额": {2025: -100}}, metric="余额").outcome is UNKNOWN


def test_fall_is_growth_below_zero() -> None:
    entry = "by: 2025, test: '<= -5%', quantity: {growth: 2022}"
    assert _target(entry, {"存量": {2022: 100, 2025: 95}}, metric="存量").outcome is SATISFIED
    assert _target(entry, {"存量": {2022: 100, 2025: 96}}, metric="存量").outcome is NOT_SATISFIED


# ------------------------------------------------------------------ vague words


@pytest.mark.parametrize(
    ("entry", "years", "outcome", "reason"),
    [
        ("vague: approx, value: 19.5%", {2025: 19}, INDETERMINATE, "approx"),
        ("vague: approx, value: 19.5%", {}, INDETERMINATE, "approx"),
        ("vague: increase, base: 2022, fails_unless: '> 基期'", {2022: 5, 2025: 5}, NOT_SATISFIED, None),
        ("vague: increase, base: 2022, fails_unless: '> 基期'", {2022: 5, 2025: 6}, INDETERMINATE, "vague"),
        ("vague: increase, base: 2022, fails_unless: '> 基期'", {2025: 6}, UNKNOWN, "missing"),
        ("vague: indefinite, fails_unless: '>= 1%', holds_if: '>= 9%'", {2025: 9}, SATISFIED, None),
        ("vague: indefinite, fails_unless: '>= 1%', holds_if: '>= 9%'", {2025: 5}, INDETERMINATE, "vague"),
        ("vague: indefinite, fails_unless: '>= 1%', holds_if: '>= 9%'", {2025: 0}, NOT_SATISFIED, None),
        ("vague: indefinite, fails_unless: '>= 1%', holds_if: '>= 9%'", {}, UNKNOWN, "missing"),
        ("vague: indefinite, holds_if: '>= 9%'", {2025: 5}, INDETERMINATE, "vague"),
    ],
)
def test_vague_figure_fails_or_holds_only_where_its_words_decide(
    entry: str, years: Years, outcome: Outcome, reason: str | None
) -> None:
    found = _target(f"by: 2025, {entry}", {"率": years})
    assert found.outcome is outcome
    assert (None if found.reason is None else found.reason.code) == reason
    assert (found.gap is not None) == (outcome in (NOT_SATISFIED, SATISFIED))


# ------------------------------------------------------------------ members

EACH = "by: {year}, test: '>= 1个', over: {{each: county}}"


def _members(figures: Mapping[str, object], year: int, **more: object) -> list[dict[str, object]]:
    return [{"name": name, "metrics": {"存量": {year: value}}, **more} for name, value in figures.items()]


@pytest.mark.parametrize(
    ("year", "figures", "outcome", "missing"),
    [
        (2023, {"丙县": 1, "丁县": 1}, SATISFIED, []),  # 戊县 was set up in 2024
        (2024, {"丙县": 1, "丁县": 1}, UNKNOWN, ["members[戊县].存量[2024]"]),
        (2024, {"丙县": 1, "丁县": 1, "戊县": 1}, SATISFIED, []),
        (2024, {"丙县": 1, "丁县": 0}, NOT_SATISFIED, []),
        (2024, {"丙县": None, "丁县": 1}, UNKNOWN, ["members[丙县].存量[2024]", "members[戊县].存量[2024]"]),
        (2023, {"丙县": 1, "丁县": 1, "戊县": 0}, SATISFIED, []),
    ],
)
def test_every_member_is_one_of_the_register_of_that_day(
    year: int, figures: Mapping[str, object], outcome: Outcome, missing: list[str]
) -> None:
    found = _target(EACH.format(year=year), {}, key=str(year), metric="存量", members=_members(figures, year))
    assert found.outcome is outcome
    assert paths(found) == missing


def test_members_without_a_register_are_those_given_unless_more_may_exist() -> None:
    def ask(members: object) -> Finding:
        more: dict[str, Any] = {} if members is None else {"members": members}
        return _target(EACH.format(year=2024), {}, key="2024", metric="存量", place="甲省/己市", **more)

    one = _members({"某县": 1}, 2024, kind="county")
    assert ask(one).outcome is SATISFIED
    assert ask({"complete": False, "items": one}).outcome is UNKNOWN
    assert paths(ask({"complete": False, "items": one})) == ["members"]
    assert ask({"complete": False, "items": _members({"某县": 0}, 2024, kind="county")}).outcome is NOT_SATISFIED
    assert paths(ask(None)) == ["members"]
    assert ask([]).outcome is SATISFIED


def test_member_asks_for_itself() -> None:
    rule = (
        f"targets:\n  - id: t\n    for: [city, county]\n    metric: 存量\n    schedule: [{{{EACH.format(year=2024)}}}]"
    )
    book = rulebook(rule)
    for value, outcome in ((1, SATISFIED), (0, NOT_SATISFIED), (None, UNKNOWN)):
        county = {"kind": "county", "jurisdiction": "甲省/乙市/丙县", "metrics": {"存量": {2024: value}}}
        found = finding(answer(book, county), "t#2024")
        assert found.outcome is outcome
        assert found.measured == value or value is None


def test_vague_figure_of_every_member_is_asked_of_a_member_by_its_own() -> None:
    entry = "by: 2024, vague: indefinite, fails_unless: '>= 1个', over: {each: county}"
    book = rulebook(f"targets:\n  - id: t\n    for: [city, county]\n    metric: 存量\n    schedule: [{{{entry}}}]")
    for value, outcome in ((1, INDETERMINATE), (0, NOT_SATISFIED), (None, UNKNOWN)):
        county = {"kind": "county", "jurisdiction": "甲省/乙市/丙县", "metrics": {"存量": {2024: value}}}
        assert finding(answer(book, county), "t#2024").outcome is outcome


@pytest.mark.parametrize(("members", "outcome"), [([], NOT_APPLICABLE), (None, UNKNOWN)])
def test_share_of_nobody_does_not_apply(members: object, outcome: Outcome) -> None:
    entry = "by: 2024, test: '>= 50%', over: {share: county, where: '>= 1个'}"
    more: dict[str, Any] = {} if members is None else {"members": members}
    found = _target(entry, {}, key="2024", metric="存量", place="甲省/己市", **more)
    assert found.outcome is outcome
    assert found.reason is not None
    assert found.reason.code == ("nobody" if members == [] else "missing")


def test_share_is_exact_at_its_edge() -> None:
    members = [
        {"name": name, "kind": "county", "metrics": {"率": {2024: rate}}}
        for name, rate in (("甲县", 10), ("乙县", 60), ("丙县", 60))
    ]
    for share, outcome in (("66.66%", SATISFIED), ("66.67%", NOT_SATISFIED)):
        entry = f"by: 2024, test: '>= {share}', over: {{share: county, where: '[50%..100%]'}}"
        found = _target(entry, {}, key="2024", place="甲省/己市", members=members)
        assert found.outcome is outcome
        assert found.measured == Fraction(2, 3)


def test_growth_of_a_member_over_nothing_leaves_the_share_indeterminate() -> None:
    entry = "by: 2024, test: '>= 50%', quantity: {growth: 2023}, over: {share: county, where: '>= 10%'}"
    figures = {"name": "甲县", "kind": "county", "metrics": {"存量": {2023: 0, 2024: 5}}}
    found = _target(entry, {}, key="2024", metric="存量", place="甲省/己市", members=[figures])
    assert found.outcome is INDETERMINATE
    assert found.missing == ()


def test_so_far_of_members_reads_the_latest_year_of_any() -> None:
    found = _target(EACH.format(year=2026), {}, key="2026", metric="存量", members=_members({"丙县": 0}, 2023))
    assert found.outcome is NOT_DUE
    assert found.so_far is not None
    assert (found.so_far.period, found.so_far.outcome) == (2023, NOT_SATISFIED)


def test_gate_of_a_target_comes_before_its_date() -> None:
    gate = "applies_when: 已设立"
    for given, outcome, reason in (
        (False, NOT_APPLICABLE, "applies-when"),
        (None, UNKNOWN, "missing"),
        (True, NOT_DUE, "not-due"),
    ):
        found = _target("by: 2030, test: '>= 1%'", {}, key="2030", extra=gate, facts={"已设立": given})
        assert found.outcome is outcome
        assert found.reason is not None
        assert found.reason.code == reason
        assert paths(found) == (["已设立"] if given is None else [])
