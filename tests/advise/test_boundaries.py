"""Generated cases: they reach every branch and both sides of every figure, so that no other rule passes them all."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from evaluator.advise.boundaries import cases
from evaluator.engines.decide import decide
from evaluator.engines.decision import Finding, Outcome
from evaluator.rulebook import model
from evaluator.testing import variants_of
from tests.agreement.shipped import shipped
from tests.agreement.small import rulebook

MANY = """
incentives:
  - id: brackets
    when: 真
    amount: {brackets: {on: slice, base: 投资额, rates: [{over: 0元, rate: 1%}, {over: 100万元, rate: 2%}], cap: 9万元}}
  - id: listed
    each: 项目
    judged_by: 日期
    when: {any: [通过, {all: ['级别 = "国际"', 份数 > 3]}]}
    amount: {table: {by: 级别, rows: {国际: 30万元, 国家: 20万元, 行业: 10万元}}}
  - id: counted
    applies_when: '等级 >= "中"'
    when: {at_least: {n: 2, of: ['count(项目[角色 = "主持"]) >= 2', 投资额 / 三 >= 10万元, 真]}}
    amount: 5% * 投资额
targets:
  - id: rate
    metric: 率
    schedule: [{by: 2024, test: '>= 90%'}, {by: 2025, test: '[90%..95%]'}]
  - id: grown
    metric: 存量
    quantity: {growth: 2023}
    schedule: [{by: 2025, test: '>= 12.5%'}]
"""


def shown(finding: Finding) -> tuple[object, ...]:
    amount = finding.amount
    return finding.outcome, None if amount is None else (amount.guaranteed, amount.potential)


def survivors(book: model.Rulebook, rule: model.AnyRule) -> list[model.AnyRule]:
    """The rules that differ from this one by one step and answer each of its cases alike."""
    found = cases(book, rule)
    alive = []
    for variant in variants_of(rule):
        other = replace(book, rules={variant.id: variant})
        for case in found:
            findings = decide(other, case.profile, as_of=case.as_of, rules=[variant.id]).findings
            if shown(next(one for one in findings if one.id == case.finding.id)) != shown(case.finding):
                break
        else:
            alive.append(variant)
    return alive


@pytest.fixture(scope="module")
def book() -> model.Rulebook:
    return rulebook(MANY)


@pytest.mark.parametrize("rule", ["brackets", "listed", "rate", "grown"])
def test_no_other_rule_passes_the_cases(book: model.Rulebook, rule: str) -> None:
    assert survivors(book, book.rules[f"test-2023/{rule}"]) == []


def test_of_a_rule_over_many_facts_few_others_pass(book: model.Rulebook) -> None:
    rule = book.rules["test-2023/counted"]
    assert len(survivors(book, rule)) <= len(list(variants_of(rule))) // 5


@pytest.mark.parametrize("policy", ["chengde-2023", "henan-2018"])
def test_no_other_shipped_award_or_dated_figure_passes_its_cases(policy: str) -> None:
    rules = [rule for rule in shipped().rules.values() if rule.policy.id == policy]
    tested = [
        rule
        for rule in rules
        if rule.kind == "incentive"
        or (isinstance(rule, model.Target) and all(e.test is not None and e.over is None for e in rule.entries))
    ]
    assert len(tested) > 10
    assert {rule.id: len(alive) for rule in tested if (alive := survivors(shipped(), rule))} == {}


def test_the_first_case_of_a_finding_is_granted_and_the_others_deviate(book: model.Rulebook) -> None:
    found = cases(book, book.rules["test-2023/brackets"])
    assert found[0].sort == "granted"
    assert found[0].finding.outcome is Outcome.SATISFIED
    assert Counter(case.based for case in found)[None] == 1
    assert {case.sort for case in found} >= {"fails", "figure", "missing", "before"}


def test_each_bound_of_an_amount_is_reached_from_both_sides(book: model.Rulebook) -> None:
    found = cases(book, book.rules["test-2023/brackets"])
    values = {case.profile.facts.get("invested") for case in found}
    assert {990_000, 1_000_000} <= values


def test_a_case_shows_something_that_no_earlier_one_shows(book: model.Rulebook) -> None:
    for rule in book.rules.values():
        profiles = [(case.finding.id, repr(case.profile), case.as_of) for case in cases(book, rule)]
        assert len(profiles) == len(set(profiles))
