"""Each seeded fault is found under its own name, with a profile that replays; its sound twin raises no alarm."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from evaluator.advise import Limits, Report, Status, prove
from evaluator.engines.decide import decide
from evaluator.engines.smt.unsupported import unsupported
from evaluator.rulebook import model
from evaluator.rulebook.profile import make_profile
from tests.agreement.small import rulebook

LIMITS = Limits(bound=2, cliff=50_000)

FAULTS: Mapping[str, tuple[str, str, str]] = {
    "overlapping rows": (
        "table-overlap",
        """
        incentives:
          - id: a
            when: 真
            amount: {table: {by: [某数], rows: [{if: ['[0..3]'], then: 1万元}, {if: ['> 3'], then: 2万元}]}}
        """,
        "'> 3'|'> 2'",
    ),
    "a missing row": (
        "table-gap",
        """
        incentives:
          - id: a
            when: 真
            amount: {table: {by: 等级, rows: {低: 1万元, 中: 2万元, 高: 3万元}}}
        """,
        ", 高: 3万元|",
    ),
    "a row for nobody": (
        "idle",
        """
        incentives:
          - id: a
            when: 某数 <= 7
            amount: {table: {by: [某数], rows: [{if: ['[0..5]'], then: 1万元}, {if: ['> 5'], then: 2万元}]}}
        """,
        "某数 <= 7|某数 <= 5",
    ),
    "a condition that nobody meets": (
        "outcomes",
        """
        supports:
          - id: a
            when: {all: ['某数 > 5', '三 < 3']}
        """,
        "三 < 3|某数 < 3",
    ),
    "a clause that never matters": (
        "idle",
        """
        supports:
          - id: a
            when: {any: ['某数 > 5', '三 > 5']}
        """,
        "三 > 5|某数 > 7",
    ),
    "a clause inside a clause that never matters": (
        "idle",
        """
        supports:
          - id: a
            when: {all: ['颜色 = "红"', {any: [真, 假, '某数 > 3']}]}
        """,
        """某数 > 3|颜色 = "蓝\"""",
    ),
    "a duplicated award": (
        "same-matter",
        """
        incentives:
          - id: a
            each: 项目
            judged_by: 日期
            when: 级别 = "国际"
            amount: 1万元
          - id: b
            each: 项目
            judged_by: 日期
            when: 级别 = "国家"
            amount: 2万元
        """,
        '"国家"|"国际"',
    ),
    "an award inside another": (
        "same-matter",
        """
        incentives:
          - id: a
            when: 某数 > 5
            amount: 1万元
          - id: b
            when: 某数 <= 5
            amount: 2万元
        """,
        "某数 <= 5|某数 > 7",
    ),
    "more pays less": (
        "more-pays-more",
        """
        incentives:
          - id: a
            when: 真
            amount: 'if 投资额 > 100万元 then 4% * 投资额 else 4% * 投资额'
        """,
        "> 100万元 then 4%|> 100万元 then 3%",
    ),
    "an entry more pays less": (
        "more-pays-more",
        """
        incentives:
          - id: a
            when: 真
            amount: 'if count(项目) > 1 then 5万元 else count(项目) * 1万元'
        """,
        "then 5万元|then 0.5万元",
    ),
    "a cliff": (
        "cliff",
        """
        incentives:
          - id: a
            when: 真
            amount: 'if 投资额 >= 100万元 then 5万元 else 4万元'
        """,
        "then 5万元|then 50万元",
    ),
    "contradictory targets": (
        "targets-agree",
        """
        targets:
          - id: a
            metric: 率
            schedule: [{by: 2025, test: '>= 95%'}]
          - id: b
            metric: 率
            schedule: [{by: 2025, test: '<= 99%'}]
        """,
        "99%|90%",
    ),
    "a later target below an earlier one": (
        "later-targets",
        """
        targets:
          - id: a
            metric: 率
            schedule: [{by: 2024, test: '>= 92%'}, {by: 2026, test: '>= 94%'}]
        """,
        "94%|91%",
    ),
    "duties that exclude each other": (
        "duties-agree",
        """
        obligations:
          - id: a
            requires: 已设立
            due: 2025-01-01
          - id: b
            requires: 已设立
            due: 2025-01-01
        """,
        "- id: b\n            requires: 已设立|- id: b\n            requires: not(已设立)",
    ),
}


def proved(text: str) -> Report:
    return prove(rulebook(text), limits=LIMITS)


def failing(report: Report) -> set[str]:
    return {verdict.about for verdict in report.verdicts if verdict.status in (Status.FAILS, Status.UNDECIDED)}


def broken(text: str, change: str) -> str:
    for part in change.split("||"):
        old, _, new = part.partition("|")
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize("name", FAULTS)
def test_what_is_sound_raises_no_alarm(name: str) -> None:
    _, text, _ = FAULTS[name]
    assert failing(proved(text)) == set()


@pytest.mark.parametrize("name", FAULTS)
def test_a_seeded_fault_is_found(name: str) -> None:
    about, text, change = FAULTS[name]
    report = proved(broken(text, change))
    assert about in failing(report)
    assert report.refuted


@pytest.mark.parametrize("name", FAULTS)
def test_every_profile_shown_is_decided_as_shown(name: str) -> None:
    _, text, change = FAULTS[name]
    report = proved(broken(text, change))
    for verdict in report.verdicts:
        for case in verdict.cases:
            profile = make_profile(case.profile, report.rulebook)
            decision = decide(report.rulebook, profile, as_of=case.as_of, policies=["test-2023"])
            told = {finding.id: finding for finding in decision.findings}
            for shown in case.shown:
                found = told[shown.finding]
                assert found.outcome.value == shown.outcome
                if found.amount is not None and found.amount.stated:
                    assert (found.amount.guaranteed, found.amount.potential) == (shown.guaranteed, shown.potential)


def test_a_case_names_only_facts_that_matter() -> None:
    _, text, change = FAULTS["a duplicated award"]
    report = proved(broken(text, change))
    (verdict,) = [found for found in report.verdicts if found.about == "same-matter"]
    (case,) = verdict.cases
    facts = case.profile["facts"]
    assert isinstance(facts, dict)
    assert list(facts) == ["项目"]
    (item,) = facts["项目"]
    assert set(item) == {"级别", "日期"}
    assert date(2023, 1, 1) <= case.as_of


def test_a_combination_rule_settles_a_pair() -> None:
    _, text, change = FAULTS["a duplicated award"]
    stacked = broken(text, change) + "\nstacking:\n  - id: tree\n    scope: item\n    highest_of: [a, b]\n"
    assert "same-matter" not in failing(proved(_level(stacked)))


def _level(text: str) -> str:
    from textwrap import dedent

    head, _, tail = text.partition("\nstacking:")
    return dedent(head) + "\nstacking:" + tail


def test_a_time_limit_is_told_and_nothing_is_refuted_by_it() -> None:
    text = """
    supports:
      - id: a
        when: 任数 * 任数 * 任数 - 三 * 三 * 三 * 某数 = 114 and floor(任数) = 任数 and floor(三) = 三
    """
    report = prove(rulebook(text), properties=["outcomes"], limits=Limits(milliseconds=1))
    assert not report.refuted
    assert all(verdict.status is not Status.FAILS for verdict in report.verdicts)


FORMS = """
incentives:
  - id: a
    each: 项目
    judged_by: 日期
    amount: 1万元
    order: listed
    limit: {count: '2', per: all}
  - id: b
    when: 真
    amount: {match: {award: a, share: 50%}}
  - id: c
    when: 真
    amount: 1万元
"""


def _ordered(rule: model.AnyRule | model.Stacking) -> bool:
    return isinstance(rule, model.Award) and rule.id.endswith("/b")


def test_a_form_beyond_the_engine_is_told_at_its_place() -> None:
    book = rulebook(FORMS)
    assert unsupported(book, list(book.rules.values())) == ()
    (problem,) = unsupported(book, list(book.rules.values()), [(_ordered, "it is of such a form")])
    assert problem.code == "unsupported"
    assert "`test-2023/b`" in problem.message
    assert problem.span == book.rules["test-2023/b"].span


def test_every_form_is_proved() -> None:
    report = prove(rulebook(FORMS), properties=["outcomes", "refinement"])
    assert report.count("test-2023", "refinement", Status.HOLDS) == 3
    assert not report.refuted
