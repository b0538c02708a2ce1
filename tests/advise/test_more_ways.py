"""Ways to make a condition hold or fail: of each form of condition some proposal, laid over the profile, decides it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from evaluator.advise.goals import goals_of, ways_to
from evaluator.advise.sketch import FactSlot, FieldSlot, Sketch, lay_over
from evaluator.advise.ways import Ways, others
from evaluator.engines.decide import decide
from evaluator.engines.decision import Outcome
from evaluator.rulebook import ir, model
from evaluator.rulebook.profile import make_profile
from tests.agreement.small import enterprise, rulebook

AS_OF = date(2025, 6, 30)
PASSED = {"级别": "国际", "日期": "2024-05-01", "通过": True, "份数": 2}
FAILED = {"级别": "国家", "日期": "2024-05-01", "通过": False, "份数": 4}


def proposed(
    condition: str, want: bool, facts: Mapping[str, object], *, whole: bool = True
) -> tuple[list[Sketch], list[Outcome]]:
    """The sketches for a condition, and what is decided with each laid over the profile."""
    book = rulebook(f"supports:\n  - id: a\n    when: {condition}\n")
    rule = book.rules["test-2023/a"]
    assert isinstance(rule, model.Award)
    assert rule.when is not None
    profile = make_profile(enterprise(facts), book)
    sketches = list(Ways(profile, AS_OF, book, whole=whole).holds(rule.when, want))
    found = [decide(book, lay_over(profile, sketch), as_of=AS_OF, rules=[rule.id]).findings[0] for sketch in sketches]
    return sketches, [finding.outcome for finding in found]


FORMS: Mapping[str, tuple[str, Mapping[str, object]]] = {
    "a choice of two conditions": ("if 真 then 某数 >= 3 else 某数 <= 1", {"真": True, "某数": 2}),
    "a choice of two figures": ("(if 真 then 某数 else 三) >= 3", {"真": True, "某数": 2, "三": 1}),
    "a choice of two words": ('(if 真 then "红" else 颜色) = "红"', {"真": False, "颜色": "蓝"}),
    "as many of several": ("{at_least: {n: 2, of: [真, 假, 未知]}}", {"真": True, "假": False, "未知": False}),
    "two conditions alike": ("真 = 假", {"真": True, "假": False}),
    "a number that equals another": ("某数 = 4", {"某数": 3}),
    "a word that equals another": ('名称 = "甲"', {"名称": "乙"}),
    "a grade": ('等级 >= "中"', {"等级": "低"}),
    "a sum": ("某数 + 三 >= 12", {"某数": 2, "三": 3}),
    "a difference": ("任数 - 三 >= 12", {"任数": 2, "三": 3}),
    "a difference from a figure": ("20 - 任数 >= 12", {"任数": 9}),
    "a product": ("任数 * 三 >= 12", {"任数": 2, "三": 3}),
    "a quotient": ("任数 / 三 >= 12", {"任数": 2, "三": 3}),
    "a quotient by a figure": ("24 / 任数 >= 12", {"任数": 3}),
    "the opposite of a number": ("-(任数) >= 12", {"任数": 2}),
    "a rounded number": ("floor(任数) >= 12", {"任数": 2}),
    "the larger of two": ("max(任数, 三) >= 12", {"任数": 2, "三": 3}),
    "a date so many months later": ('成立日期 + duration("P1M") <= date("2024-03-01")', {"成立日期": "2024-05-01"}),
    "a date so many days later": ('成立日期 + duration("P30D") <= date("2024-03-01")', {"成立日期": "2024-05-01"}),
    "the year of a date": ("成立日期.year >= 2024", {"成立日期": "2020-05-01"}),
    "how many entries pass": ("count(项目[通过]) >= 2", {"项目": [PASSED, FAILED]}),
    "some entry": ("some x in 项目 satisfies x.份数 >= 9", {"项目": [PASSED]}),
    "some entry of those that pass": ("some x in 项目[通过] satisfies x.份数 >= 9", {"项目": [PASSED]}),
    "every entry": ("every x in 项目 satisfies x.通过", {"项目": [PASSED, FAILED]}),
    "every entry of those that pass": ("every x in 项目[通过] satisfies x.份数 <= 1", {"项目": [PASSED, FAILED]}),
    "none of the conditions": ("{not: {any: [真, 某数 >= 3]}}", {"真": True, "某数": 4}),
}

LISTS: Mapping[str, tuple[str, Mapping[str, object]]] = {
    "what entries come to": ("sum(项目.份数) >= 12", {"项目": [PASSED]}),
    "what entries that pass come to": ("sum(项目[通过].份数) >= 9", {"项目": [PASSED]}),
    "the largest of the entries": ("max(项目.份数) >= 9", {"项目": [PASSED]}),
}
"""What a further entry makes hold, and no proposal undoes: entries are added, never taken away."""


@pytest.mark.parametrize("name", [*FORMS, *LISTS])
def test_some_proposal_makes_a_condition_hold(name: str) -> None:
    condition, facts = {**FORMS, **LISTS}[name]
    _, outcomes = proposed(condition, True, facts)
    assert Outcome.SATISFIED in outcomes


@pytest.mark.parametrize("name", FORMS)
def test_what_holds_can_be_made_to_fail(name: str) -> None:
    """The opposite of each form, from the first profile under which it holds."""
    condition, facts = FORMS[name]
    sketches, outcomes = proposed(condition, True, facts)
    book = rulebook(f"supports:\n  - id: a\n    when: {condition}\n")
    rule = book.rules["test-2023/a"]
    assert isinstance(rule, model.Award)
    assert rule.when is not None
    met = lay_over(make_profile(enterprise(facts), book), sketches[outcomes.index(Outcome.SATISFIED)])
    back = [lay_over(met, sketch) for sketch in Ways(met, AS_OF, book).holds(rule.when, False)]
    assert Outcome.NOT_SATISFIED in [decide(book, one, as_of=AS_OF).findings[0].outcome for one in back]


def test_an_open_list_stays_open_where_it_is_not_closed() -> None:
    sketches, _ = proposed("some x in 项目 satisfies x.份数 >= 9", True, {}, whole=False)
    assert [sorted(type(slot).__name__ for slot in sketch) for sketch in sketches] == [["FieldSlot"], ["FieldSlot"]]


@pytest.mark.parametrize("condition", ['等级 > "高"', "count(项目) >= 9.5", "某数 >= 11"])
def test_what_no_value_reaches_has_no_proposal(condition: str) -> None:
    assert proposed(condition, True, {"等级": "高", "项目": [PASSED], "某数": 1}) == ([], [])


def test_fewer_entries_pass_by_failing_the_filter() -> None:
    sketches, outcomes = proposed("count(项目[通过]) <= 1", True, {"项目": [PASSED, PASSED, PASSED]})
    assert outcomes
    assert set(outcomes) == {Outcome.SATISFIED}
    assert {len(sketch) for sketch in sketches} == {2}


def test_further_entries_have_the_values_that_are_preset() -> None:
    book = rulebook("supports:\n  - id: a\n    when: count(项目) >= 3\n")
    rule = book.rules["test-2023/a"]
    assert isinstance(rule, model.Award)
    assert rule.when is not None
    profile = make_profile(enterprise({"项目": [PASSED]}), book)
    ways = Ways(profile, AS_OF, book, preset=lambda _: {"day": date(2024, 5, 1).toordinal()})
    (sketch,) = ways.holds(rule.when, True)
    assert [slot.entry for slot in sketch if isinstance(slot, FieldSlot)] == [-1, -2]
    assert decide(book, lay_over(profile, sketch), as_of=AS_OF).findings[0].outcome is Outcome.SATISFIED


def test_what_was_put_for_one_part_is_not_put_again_for_another() -> None:
    text = """
    incentives:
      - id: b
        when: {any: [{all: [真, 假]}, 未知]}
        amount: 2万元
      - id: a
        when: {all: [真, 'award("b") > 1万元']}
        amount: 1万元
    """
    book = rulebook(text)
    profile = make_profile(enterprise({"真": False, "假": False, "未知": False}), book)
    rule = book.rules["test-2023/a"]
    assert isinstance(rule, model.Award)
    assert rule.when is not None
    (sketch,) = Ways(profile, AS_OF, book).holds(rule.when, True)
    assert sorted(unit.fact.id for unit in sketch if isinstance(unit, FactSlot)) == ["maybe", "yes"]
    found = decide(book, lay_over(profile, sketch), as_of=AS_OF, rules=[rule.id]).findings[0]
    assert found.outcome is Outcome.SATISFIED


def test_a_number_has_no_truth_value() -> None:
    book = rulebook("supports:\n  - id: a\n    when: -(某数) >= 3\n")
    rule = book.rules["test-2023/a"]
    assert isinstance(rule, model.Award)
    assert isinstance(rule.when, ir.Compare)
    with pytest.raises(AssertionError, match="Negate has no truth value"):
        list(Ways(make_profile(enterprise({}), book), AS_OF, book).holds(rule.when.left, True))


def test_other_values_of_a_node_are_beside_the_one_given() -> None:
    book = rulebook("supports:\n  - id: a\n    when: 某数 >= 3\n")
    fact = book.vocabulary.facts["some"]
    assert others(3, ir.FactRef(type=fact.type, fact=fact), book.vocabulary) == [2, 4]


GROWTH = "targets:\n  - id: t\n    metric: 率\n    schedule: [{by: 2025, test: '%s', quantity: {growth: 2024}}]\n"


def grown(test: str, figures: Mapping[int, object], want: bool = True) -> list[Outcome]:
    """What a target of growth comes to under each proposal."""
    book = rulebook(GROWTH % test)
    data = {"kind": "city", "jurisdiction": "甲省/乙市", "metrics": {"率": dict(figures)}}
    profile = make_profile(data, book)
    (goal,) = goals_of(book.rules["test-2023/t"])
    ways = Ways(profile, date(2026, 6, 30), book, period=goal.period)
    found = ways_to(goal, ways) if want else ways.holds(goal.tests[0], False)
    profiles = [lay_over(profile, sketch) for sketch in found]
    return [decide(book, one, as_of=date(2026, 6, 30)).findings[0].outcome for one in profiles]


@pytest.mark.parametrize("test", [">= 10%", "> 10%", "= 10%"])
@pytest.mark.parametrize("figures", [{2024: 50, 2025: 51}, {2024: 50}])
def test_growth_is_reached_by_the_figure_that_the_base_asks_for(test: str, figures: Mapping[int, object]) -> None:
    outcomes = grown(test, figures)
    assert outcomes
    assert set(outcomes) == {Outcome.SATISFIED}


@pytest.mark.parametrize("test", [">= 10%", "<= 10%", "= 10%"])
def test_growth_is_missed_on_either_side_of_what_is_asked(test: str) -> None:
    outcomes = grown(test, {2024: 50, 2025: 55}, want=False)
    assert set(outcomes) == {Outcome.NOT_SATISFIED}
    assert len(outcomes) == (2 if test == "= 10%" else 1)


def test_growth_over_nothing_is_never_reached() -> None:
    assert grown(">= 10%", {2024: 0, 2025: 51}) == []
