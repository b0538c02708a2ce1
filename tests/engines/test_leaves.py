"""Small things that people see: what a missing fact asks for, how a trace prints, dates of which little is known."""

from __future__ import annotations

import pytest

from evaluator.engines.decision import Outcome
from evaluator.engines.stacking import counted
from evaluator.engines.truth import FALSE, TRUE, truth
from tests.agreement.small import answer, enterprise, finding, one, paths, rulebook, supports


def test_missing_fact_brings_its_question_and_evidence_and_a_place_its_own_words() -> None:
    found = one("amount: '5% * 投资额'")
    assert [(entry.label.zh, entry.question, entry.evidence) for entry in found.missing] == [("投资额", None, None)]
    book = supports({"a": "真"})
    place = finding(answer(book, enterprise({"真": True}, place="甲省")), "a").missing[0]
    assert (place.path, place.label.en) == ("jurisdiction", "place (city and county)")
    assert place.question is not None
    assert place.question.zh == "请补充所在地（到市、县）。"
    assert place.evidence is None


def test_missing_members_are_asked_for_as_such() -> None:
    book = rulebook("obligations:\n  - id: a\n    requires: 已设立\n    over: {each: county}", place="甲省/己市")
    missing = finding(answer(book, {"kind": "city", "jurisdiction": "甲省/己市"}), "a").missing
    assert [(entry.path, entry.label.en) for entry in missing] == [("members", "the members and their figures")]


def test_a_rulebook_answers_every_question_as_if_it_were_the_first() -> None:
    rules = {"a": '等级 = "低"', "b": '名称 = "甲"', "c": 'not(等级 in ("中", "高"))'}
    asked: list[dict[str, object]] = [
        {"等级": "低", "名称": "甲"},
        {"等级": "高", "名称": "乙"},
        {},
        {"等级": "中"},
        {"等级": "低", "名称": "乙"},
    ]
    book = supports(rules)
    for facts in asked:
        again, first = (answer(each, enterprise(facts)).findings for each in (book, supports(rules)))
        assert [repr(found.trace) for found in again] == [repr(found.trace) for found in first]
        assert [(found.outcome, paths(found)) for found in again] == [(found.outcome, paths(found)) for found in first]


def test_fact_of_a_member_is_asked_of_it_after_a_question_about_the_member_alone() -> None:
    duty = "obligations:\n  - id: a\n    for: [city, county]\n    requires: 已设立\n    over: {each: county}"
    book = rulebook(duty, place="甲省/乙市")
    county, city = {"kind": "county", "jurisdiction": "甲省/乙市/丙县"}, {"kind": "city", "jurisdiction": "甲省/乙市"}
    asked = [paths(finding(answer(book, profile), "a"))[0] for profile in (county, city, county)]
    assert asked == ["已设立", "members[丙县].已设立", "已设立"]


def test_trace_prints_what_was_read() -> None:
    found = finding(answer(supports({"a": "真"}), enterprise({})), "a")
    assert "Step(FactRef, <Truth.UNKNOWN: 'unknown'>, '真', [])" in repr(found.trace)


def test_truth_of_a_known_value() -> None:
    assert (truth(True), truth(False)) == (TRUE, FALSE)


def test_stated_amount_enters_a_sum_as_it_is() -> None:
    found = one("amount: 30万元")
    assert counted(found) is found.amount


@pytest.mark.parametrize(
    ("condition", "facts", "outcome"),
    [
        ("-某数 <= 0", {}, Outcome.SATISFIED),
        ("成立日期.year >= 2023", {"成立日期": "2024-02"}, Outcome.SATISFIED),
        ("成立日期.year = 2024", {}, Outcome.UNKNOWN),
        ("成立日期.year = 2024", {"成立日期": "2024-12-31"}, Outcome.SATISFIED),
        ('成立日期 + duration("P1M") >= date("2024-01-01")', {}, Outcome.UNKNOWN),
        (
            '(if 1 / 零 > 1 then 成立日期 else date("2024-01-01")).year = 2024',
            {"零": 0, "成立日期": "2024-05"},
            Outcome.SATISFIED,
        ),
        ("sum(for x in 缺列 return 0 - x.份数) <= 0", {"缺列": {"complete": False, "items": []}}, Outcome.SATISFIED),
        ("sum(for x in 缺列 return 1 / x.增减) * 0 = 0", {"缺列": {"complete": False, "items": []}}, Outcome.UNKNOWN),
        (
            "max(for x in 缺列 return 1 / x.增减) >= 1",
            {"缺列": {"complete": False, "items": [{"增减": 1}]}},
            Outcome.UNKNOWN,
        ),
        (
            "max(for x in 项目[通过] return 1 / x.增减) >= 1",
            {"项目": [{"通过": True, "增减": 0}, {}]},
            Outcome.INDETERMINATE,
        ),
        ("max(项目[通过].份数) >= 1", {"项目": [{"通过": True, "份数": 1}, {"份数": 1}]}, Outcome.SATISFIED),
        ("max(项目[通过].份数) = 1", {"项目": [{"通过": True, "份数": 1}, {"份数": 1}]}, Outcome.SATISFIED),
        ("sum(项目[1 / 零 > 1].份数) <= 10", {"零": 0, "项目": [{}]}, Outcome.SATISFIED),
        ("sum(for x in 项目[1 / 零 > 1] return 1 / x.增减) < 10", {"零": 0, "项目": [{}]}, Outcome.UNKNOWN),
        (
            "sum(for x in 项目[1 / 零 > 1] return 1 / x.增减) < 10",
            {"零": 0, "项目": [{"增减": 0}]},
            Outcome.INDETERMINATE,
        ),
    ],
)
def test_little_known_leaves_exactly_that_much_open(condition: str, facts: dict[str, object], outcome: Outcome) -> None:
    found = finding(answer(supports({"a": "'" + condition + "'"}), enterprise(facts)), "a")
    assert found.outcome is outcome
    assert bool(paths(found)) == (outcome is Outcome.UNKNOWN)


def test_growth_over_a_base_that_no_fact_decides_is_indeterminate() -> None:
    book = rulebook(
        """
        targets:
          - id: range
            metric: 存量
            schedule: [{by: 2024, test: '(10%..20%]', quantity: {growth: 2023}}]
        """
    )
    for base, outcome, gap in ((0, Outcome.INDETERMINATE, None), (100, Outcome.NOT_SATISFIED, 0)):
        data = {"kind": "city", "jurisdiction": "甲省/乙市", "metrics": {"存量": {2023: base, 2024: 110}}}
        found = finding(answer(book, data), "range#2024")
        assert (found.outcome, found.gap) == (outcome, gap)
