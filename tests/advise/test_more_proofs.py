"""What is proved of amounts, trees, duties and targets of further forms; what is not solved is not claimed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import pytest

from evaluator.advise import Limits, Report, Status, amounts, pairs, prove, single, trees
from evaluator.advise.questions import SIZE, DisagreementError, Questions
from evaluator.advise.verdict import Verdict
from evaluator.engines.smt import Found, Reply, Unsure, World
from evaluator.engines.smt.intervals import Number
from evaluator.engines.smt.terms import Logic
from evaluator.engines.smt.walk import Env, number
from evaluator.rulebook import ir, model
from evaluator.rulebook.load import load_rulebook
from evaluator.rulebook.vocabulary import Name
from tests.agreement.small import POLICY, VOCABULARY, filled, rulebook

LIMITS = Limits(bound=2, cliff=50_000)
SHARED = """
facts:
  - {id: gain, label: {zh: 收益, en: gain}, of: [province, enterprise], type: number, unit: 万元}
  - {id: fit, label: {zh: 适格, en: fit}, of: [province, enterprise], type: bool}
  - {id: works, label: {zh: 工程, en: works}, of: [province, enterprise], type: list, record: project}
"""
"""Facts of a kind that is larger than the place of the policy as well: of it nothing is ever asked."""


def told(report: Report, status: Status = Status.FAILS) -> list[tuple[str, str]]:
    """What failed, of which rules."""
    found = [verdict for verdict in report.verdicts if verdict.status is status]
    return [(verdict.about, "+".join(rule.id.partition("/")[2] for rule in verdict.rules)) for verdict in found]


def proved(text: str, *properties: str) -> Report:
    return prove(rulebook(text, more=SHARED), properties=properties, limits=LIMITS)


def held(report: Report) -> dict[str, int]:
    return {about: number for (_, about), number in report.held.items()}


# ------------------------------------------------------------------ amounts


def test_tables_in_sums_and_below_limits_are_looked_at() -> None:
    table = "{table: {by: 等级, rows: {低: 1万元, 中: 2万元}}}"
    whole = table.replace("}}}", ", 高: 3万元}}}")
    text = f"""
    incentives:
      - id: a
        when: 真
        amount: {{sum: [{table}, 1万元]}}
      - id: b
        when: 真
        amount: {{of: {table}, cap: 3万元}}
      - id: c
        when: '等级 <= "中"'
        amount: {{sum: [{{of: {whole}, cap: 3万元}}, 1万元]}}
    """
    report = proved(text, "table-gap", "table-overlap", "idle")
    assert told(report) == [("table-gap", "b"), ("idle", "c")]  # beside another part a row need not speak of everyone
    assert held(report) == {"table-gap": 2, "table-overlap": 3, "idle": 2}


def test_what_is_paid_never_exceeds_the_cap_that_an_amount_names() -> None:
    text = """
    incentives:
      - id: a
        for: [province, enterprise]
        when: 适格
        amount: {brackets: {base: 收益, on: slice, cap: 5万元, rates: [{over: 0元, rate: 1%}, {over: 9万元, rate: 2%}]}}
      - id: b
        when: 真
        amount: 'min(投资额, 10万元)'
      - id: c
        when: 真
        amount: {between: [投资额, 10万元]}
      - id: d
        when: 真
        amount: {of: 投资额, cap: 5万元}
    """
    report = proved(text, "cap", "cliff")
    assert told(report) == []
    assert held(report) == {"cap": 4, "cliff": 4}


def test_a_cap_that_is_not_kept_to_is_told_with_a_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    """No rule can pay more than its cap; with the limit read as half of it, one does, and the replay shows what."""

    def half(node: ir.Expr, env: Env) -> Number:
        found = number(node, env)
        assert isinstance(found.low, int)
        return replace(found, low=found.low // 2, high=found.low // 2)

    monkeypatch.setattr(amounts, "number", half)
    monkeypatch.setattr(trees, "number", half)
    text = """
    incentives:
      - id: a
        when: 真
        amount: 'min(投资额, 10万元)'
      - id: b
        when: 真
        amount: 投资额
    stacking:
      - id: tree
        scope: entity
        sum: {of: [a, b], cap: 10万元}
    """
    report = proved(text, "cap")
    assert told(report) == [("cap", "a"), ("cap", "a+b")]
    alone, together = (verdict.cases[0].shown for verdict in report.verdicts)
    assert [shown.outcome for shown in alone] == ["satisfied"]
    assert sum(shown.guaranteed or 0 for shown in together) > 50_000


def test_a_fall_that_rounding_hides_is_none() -> None:
    amount = "{{of: 'if 投资额 >= 100万元 then 投资额 - {} else 投资额', round: {{to: 1万元, how: down}}}}"
    text = "incentives:\n  - id: a\n    when: 真\n    amount: " + amount
    assert told(proved(text.format("2万元"), "more-pays-more")) == [("more-pays-more", "a")]
    assert told(proved(text.format("0.1元"), "more-pays-more")) == []
    later = amount.replace("100万元", "100.5万元").format("0.1万元")
    assert told(proved(f"incentives:\n  - id: a\n    when: 真\n    amount: {later}", "more-pays-more")) == []


def test_a_step_that_rounding_hides_is_no_cliff() -> None:
    amount = "{of: 'if 投资额 >= 100万元 then 16万元 else 10万元', round: {to: %s, how: down}}"
    text = f"incentives:\n  - id: a\n    when: 真\n    amount: {amount}\n"
    assert told(proved(text % "1万元", "cliff")) == [("cliff", "a")]
    assert told(proved(text % "10万元", "cliff")) == []


TREE = """
incentives:
  - id: a
    for: [province, enterprise]
    when: {all: [适格, 收益 >= 0万元]}
    amount: {table: {by: [收益], rows: [{if: ['<= 9万元'], then: 1万元}, {if: ['> 9万元'], then: {up_to: 5万元}}]}}
  - id: b
    for: [province, enterprise]
    when: {all: [适格, 'count(工程) >= 1', 收益 > 5万元]}
    amount: {brackets: {base: 收益, on: slice, rates: [{over: 0万元, rate: 1%}, {over: 300万元, rate: 2%}], cap: 5万元}}
stacking:
  - id: tree
    scope: entity
    sum: {of: [a, b], cap: 6万元}
"""


def test_a_kind_larger_than_the_place_is_left_out_and_the_other_is_proved() -> None:
    report = proved(TREE)
    assert set(told(report)) == {("more-pays-more", "a"), ("more-pays-more", "b")}  # more than 9 may be paid nothing
    assert held(report)["cap"] == 2
    assert held(report)["idle"] == 3
    assert all(case.profile["kind"] == "enterprise" for verdict in report.verdicts for case in verdict.cases)


def test_a_tree_of_which_no_rule_is_asked_is_not_asked_either() -> None:
    text = TREE.replace("stacking:", "  - id: c\n    when: 真\n    amount: 1万元\nstacking:")
    report = prove(rulebook(text, more=SHARED), rules=["test-2023/c"], properties=["cap", "idle"], limits=LIMITS)
    assert held(report) == {"idle": 1}


@pytest.mark.parametrize(
    "tree", ["pool: {of: [a, b], budget: 500万元, exceeded: proportional}", "highest_of: [a, b]", "silent: [a, b]"]
)
@pytest.mark.parametrize("more", ["", "instalments: [{share: 40%}, {share: 60%, on: 成立日期}]"])
def test_what_a_tree_leaves_can_fall_by_more(tree: str, more: str) -> None:
    text = f"""
incentives:
  - id: a
    when: 真
    amount: 'if 投资额 > 100万元 then 1万元 else 2%% * 投资额'
    {more}
  - id: b
    when: 假
    amount: 1万元
stacking:
  - id: tree
    scope: entity
    {tree}
""".replace("%%", "%")
    report = proved(text, "more-pays-more")
    assert told(report) == [("more-pays-more", "a")]
    (verdict,) = report.verdicts
    assert "what “rule” leaves falls" in verdict.message.en
    assert len(verdict.cases) == 2


def test_a_reply_that_the_replay_contradicts_is_a_fault() -> None:
    book = rulebook("incentives:\n  - id: a\n    when: 真\n    amount: 投资额\n")
    rule = book.rules["test-2023/a"]
    assert isinstance(rule, model.Award)
    questions = Questions(book, LIMITS)
    worlds = trees.twins(rule, "enterprise", questions, rounded=True)
    assert worlds is not None
    pays = [trees.paid_in(rule, world, book) for world in worlds]
    reply = questions.ask("more-pays-more", pays[0].due, worlds)
    assert isinstance(reply, Found)
    notes = (Name(zh="前", en="before"), Name(zh="后", en="after"))
    with pytest.raises(DisagreementError, match="gives 0 and 0"):
        trees.both_sides(rule, worlds, reply, notes, questions, fall=True)


def test_learning_about_instalments_and_claw_backs_never_widens_what_was_decided() -> None:
    text = """
    incentives:
      - id: a
        for: [province, enterprise]
        when: 适格
        amount: {rate: 5%, base: 收益}
        instalments: [{share: 40%}, {share: 60%, on: 'date("2026-01-01")'}]
      - id: b
        each: 项目
        judged_by: 日期
        when: 通过
        amount: 2万元
        order: amount
        limit: {count: '1', per: all}
    obligations:
      - id: o
        requires: 已设立
        claw_back: 3万元
    stacking:
      - id: tree
        scope: item
        highest_of: [b]
    """
    report = proved(text, "refinement")
    assert told(report) == []
    assert held(report) == {"refinement": 4}


# ------------------------------------------------------------------ pairs


def two(local: str, above: str, folder: Path, places: tuple[str, str] = ("甲省/乙市", "甲省")) -> model.Rulebook:
    """A rulebook of two policies, `test-2023` of the first place and `over-2023` of the second."""
    (folder / "vocabulary").mkdir()
    (folder / "vocabulary" / "all.yaml").write_text(VOCABULARY, encoding="utf-8")
    until = "{date: 2027-12-31, basis: stated}"
    for id, place, rules in (("test-2023", places[0], local), ("over-2023", places[1], above)):
        (folder / id).mkdir()
        header = POLICY.format(place=place, published="2023-01-01", since="2023-01-01", until=until)
        (folder / id / "policy.yaml").write_text(header.replace("test-2023", id), encoding="utf-8")
        (folder / id / "rules.yaml").write_text(filled(dedent(rules)), encoding="utf-8")
    return load_rulebook(folder)


def target(test: str, kinds: str) -> str:
    return f"targets:\n  - id: t\n    for: [{kinds}]\n    metric: 率\n    schedule: [{{by: 2025, test: '{test}'}}]\n"


@pytest.mark.parametrize(
    ("local", "above", "kinds", "fails"),
    [
        (">= 90%", ">= 95%", ("city", "province"), True),
        (">= 95%", ">= 90%", ("city", "province"), False),
        (">= 90%", ">= 95%", ("city", "province, city"), True),
        (">= 95%", ">= 90%", ("city", "province, city"), False),
        (">= 95%", "[90%..99%]", ("city", "province"), False),  # no single figure on one side: not compared
    ],
)
def test_a_local_target_below_the_superior_one_is_told(
    local: str, above: str, kinds: tuple[str, str], fails: bool, tmp_path: Path
) -> None:
    report = prove(two(target(local, kinds[0]), target(above, kinds[1]), tmp_path), properties=["targets-agree"])
    assert told(report) == ([("targets-agree", "t+t")] if fails else [])
    for verdict in report.verdicts:
        assert [rule.policy.id for rule in verdict.rules] == ["test-2023", "over-2023"]
        assert verdict.cases[0].profile["metrics"] == {"率": {2025: 90}}


def test_targets_of_one_place_or_of_another_period_are_not_compared_as_levels(tmp_path: Path) -> None:
    same = prove(
        two(target(">= 90%", "city"), target(">= 95%", "city"), tmp_path, ("甲省/乙市", "甲省/乙市")),
        properties=["targets-agree"],
    )
    assert told(same) == []
    (tmp_path / "other").mkdir()
    later = target(">= 95%", "province").replace("2025", "2026")
    assert told(prove(two(target(">= 90%", "city"), later, tmp_path / "other"), properties=["targets-agree"])) == []


def test_two_entries_of_one_period_that_exclude_each_other_are_told() -> None:
    text = """
    targets:
      - id: a
        for: [province, city]
        metric: 率
        schedule: [{by: 2024, test: '>= 1%'}, {by: 2025, test: '> 95%'}, {by: 2025-12-31, period: 2025, test: '<= 9%'}]
      - id: b
        for: [province, city]
        metric: 存量
        schedule: [{by: 2025, test: '>= 95个'}, {by: 2025-12-31, period: 2025, test: '>= 90个'}]
      - id: c
        for: [province, city]
        metric: 余额
        schedule: [{by: 2025, test: '>= 9万元'}, {by: 2025-12-31, period: 2025, test: '< -100万元'}]
    """.replace("[province, city]\n        metric: 余额", "[city]\n        metric: 余额")
    report = proved(text, "targets-agree", "later-targets")
    assert told(report) == [("targets-agree", "a")]
    assert held(report) == {"targets-agree": 2, "later-targets": 3}


def test_duties_one_of_which_can_never_be_met_are_not_told_to_exclude_each_other() -> None:
    text = """
    obligations:
      - id: a
        for: [province, city]
        requires: '率 > 100%'
        every: {from: 2025, to: 2025}
      - id: b
        for: [province, city]
        requires: '率 >= 5%'
        every: {from: 2025, to: 2025}
    """
    report = proved(text, "duties-agree")
    assert told(report) == []
    assert held(report) == {"duties-agree": 2}


AWARDS = """
incentives:
  - id: a
    {each}
    when: {one}
    amount: 投资额
    {more}
  - id: b
    {each}
    when: {other}
    amount: 5% * 投资额
    {more}
"""


@pytest.mark.parametrize(
    ("one", "other", "fails"),
    [("真", "{all: [真, 某数 > 3]}", True), ("真", "假", False), ("真", "{not: 真}", False)],
)
def test_awards_of_one_profile_are_told_where_one_always_comes_with_the_other(
    one: str, other: str, fails: bool
) -> None:
    report = proved(AWARDS.format(each="for: [enterprise]", more="", one=one, other=other), "same-matter")
    assert told(report) == ([("same-matter", "a+b")] if fails else [])


def test_an_award_that_reads_the_other_says_itself_how_they_combine() -> None:
    text = """
    incentives:
      - id: a
        when: 真
        amount: 2万元
      - id: b
        when: 真
        amount: 'award("a") + 1万元'
    """
    assert told(proved(text, "same-matter")) == []


def test_awards_of_a_kind_larger_than_the_place_are_compared_for_the_other() -> None:
    text = """
    incentives:
      - id: a
        for: [province, enterprise]
        when: 适格
        amount: 2万元
      - id: b
        for: [province, enterprise]
        when: 适格
        amount: 1万元
    """
    report = proved(text, "same-matter", "outcomes", "idle", "refinement")
    assert told(report) == [("same-matter", "a+b")]
    assert report.verdicts[0].cases[0].profile["kind"] == "enterprise"


# ------------------------------------------------------------------ what the solver does not say


class Silent(Questions):
    """A solver that answers nothing."""

    def ask(self, about: str, goal: Logic, worlds: Iterable[World], *, shaped: bool = True, tidy: bool = True) -> Reply:
        return Unsure(SIZE)


EVERYTHING = """
incentives:
  - id: a
    when: {all: [真, 某数 > 1]}
    amount: {table: {by: [某数], rows: [{if: ['[0..3]'], then: 1万元}, {if: ['> 2'], then: 2万元}]}}
  - id: b
    when: 假
    amount: 'min(投资额, 10万元)'
  - id: c
    when: 某数 > 2
    amount: 'if 投资额 > 3万元 then 1万元 else 2万元'
  - id: d
    each: 项目
    judged_by: 日期
    when: 通过
    amount: 2万元
targets:
  - id: t
    metric: 率
    schedule: [{by: 2024, test: '>= 92%'}, {by: 2026, test: '>= 94%'}]
  - id: u
    metric: 率
    schedule: [{by: 2026, test: '>= 93%'}]
obligations:
  - id: o
    requires: 已设立
  - id: p
    requires: not(已设立)
stacking:
  - id: tree
    scope: entity
    sum: {of: [a, b], cap: 3万元}
"""


def unanswered() -> Mapping[str, list[Verdict]]:
    book = rulebook(EVERYTHING)
    questions = Silent(book, LIMITS)
    rules = list(book.rules.values())
    awards = [rule for rule in rules if isinstance(rule, model.Award)]
    goals = [rule for rule in rules if isinstance(rule, model.Target)]
    return {
        "single": [
            found for rule in rules for found in (*single.outcomes(rule, questions), *single.idle(rule, questions))
        ],
        "learning": [found for rule in rules for found in single.refinement(rule, questions)],
        "tables": [found for rule in awards for found in amounts.tables(rule, questions)],
        "caps": list(amounts.caps(awards[1], questions)),
        "more": [
            found for rule in awards[:3] for found in amounts.more(rule, questions) if found.status is not Status.HOLDS
        ],
        "trees": list(trees.trees(rules, questions)),
        "duties": list(pairs.duties(rules, questions)),
        "later": list(pairs.later(goals[0], questions)),
        "targets": list(pairs.targets(rules, questions)),
        "awards": [found for found in pairs.awards(rules, questions) if found.about == "same-matter"],
    }


def test_without_an_answer_nothing_is_claimed() -> None:
    found = unanswered()
    idle = {v.rules[0].id for v in found["single"] if v.about == "idle" and v.status is Status.UNDECIDED}
    assert idle == {"test-2023/a"}  # no other condition has a part that can be left out
    told = {name: {v.status for v in verdicts if v.about != "idle"} for name, verdicts in found.items()}
    assert told.pop("awards") == {Status.UNDECIDED, Status.HOLDS}  # one has nothing in common with the others
    assert set(map(frozenset, told.values())) == {frozenset({Status.UNDECIDED})}
    assert all(
        SIZE.en in verdict.message.en
        for verdicts in found.values()
        for verdict in verdicts
        if verdict.status is Status.UNDECIDED
    )


def test_without_an_answer_levels_of_targets_are_not_compared(tmp_path: Path) -> None:
    book = two(target(">= 90%", "city"), target(">= 95%", "province"), tmp_path)
    (verdict,) = pairs.targets(list(book.rules.values()), Silent(book, LIMITS))
    assert verdict.status is Status.UNDECIDED
