"""Learning never widens what trees of every scope leave; a fault in that is caught. Small parts of advice beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from evaluator.advise import Limits, Status, prove, single, trees
from evaluator.advise.declared import declared
from evaluator.advise.figures import just_past
from evaluator.advise.goals import goals_of
from evaluator.advise.meaning import changes
from evaluator.advise.paths import may_change
from evaluator.advise.questions import SIZE, Questions, days_of
from evaluator.advise.sketch import FactSlot, FigureSlot, Unit, unit_of
from evaluator.advise.texts import edits
from evaluator.engines.smt import Reply, Unsure, World
from evaluator.engines.smt.terms import Logic
from evaluator.rulebook import ir
from evaluator.rulebook.declared import Declared
from evaluator.rulebook.vocabulary import Name
from tests.advise.world import world
from tests.agreement.small import rulebook

LIMITS = Limits(bound=2, cliff=50_000)
AWARDS = """
incentives:
  - id: a
    each: 项目
    judged_by: 日期
    when: 通过
    amount: 2万元
  - id: b
    when: 真
    amount: 1万元
    {more}
  - id: c
    each: 项目
    judged_by: 日期
    when: 份数 >= 2
    amount: unstated
stacking:
  - id: tree
    scope: {scope}
    {tree}
"""


PARTS = "instalments: [{share: 40%}, {share: 60%, when: 假}]"


@pytest.mark.parametrize(
    ("scope", "tree", "more"),
    [
        ("period", "sum: {of: [a, b, c], cap: 3万元}", ""),
        ("entity", "highest_of: [b, {within: {scope: item, of: [a, c]}}]", ""),
        ("entity", "highest_of: [b, {within: {scope: item, of: [a, c]}}]", PARTS),
    ],
)
def test_learning_never_widens_what_a_tree_leaves(scope: str, tree: str, more: str) -> None:
    text = AWARDS.format(scope=scope, tree=tree, more=more)
    report = prove(rulebook(text), properties=["refinement"], limits=Limits(bound=1))
    assert [verdict for verdict in report.verdicts if verdict.status is Status.FAILS] == []
    assert report.count("test-2023", "refinement", Status.HOLDS) == 4


TREE = """
incentives:
  - id: a
    when: 真
    amount: 2万元
  - id: b
    when: 假
    amount: 1万元
stacking:
  - id: tree
    scope: entity
    highest_of: [a, b]
"""


def answers(*values: bool) -> Iterator[bool]:
    """What a test that went wrong says, one time after another; the last for ever."""
    yield from values
    while True:
        yield values[-1]


@pytest.mark.parametrize(
    ("said", "failing"),
    [((True,), ["a", "b", "a+b"]), ((False,), [])],
)
def test_learning_that_undoes_a_decision_is_told_with_both_profiles(
    said: tuple[bool, ...], failing: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No rule can be written that unlearns; with the comparison made to say so, it is told as it would be."""
    monkeypatch.setattr(single, "_learned_wrong", lambda *_: said[0])
    monkeypatch.setattr(trees, "_wider", lambda *_: said[0])
    report = prove(rulebook(TREE), properties=["refinement"], limits=LIMITS)
    told = ["+".join(rule.id.partition("/")[2] for rule in verdict.rules) for verdict in report.verdicts]
    assert sorted(told, key=len) == failing
    for verdict in report.verdicts:
        assert verdict.status is Status.FAILS
        assert [case.note.en for case in verdict.cases if case.note is not None] == ["knowing less", "knowing more"]


def test_what_no_file_can_write_is_undecided_and_what_only_numbers_allow_is_asked_of_facts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rule, tree = answers(True, False), answers(True, False)
    monkeypatch.setattr(single, "_learned_wrong", lambda *_: next(rule))
    monkeypatch.setattr(trees, "_wider", lambda *_: next(tree))
    report = prove(rulebook(TREE), properties=["refinement"], limits=LIMITS)
    assert [(verdict.rules[0].id, verdict.status) for verdict in report.verdicts] == [("test-2023/a", Status.UNDECIDED)]
    assert report.count("test-2023", "refinement", Status.HOLDS) == 2


class Silent(Questions):
    """A solver that answers nothing."""

    def ask(self, about: str, goal: Logic, worlds: Iterable[World], *, shaped: bool = True, tidy: bool = True) -> Reply:
        return Unsure(SIZE)


def test_a_declaration_is_proved_of_the_kinds_that_can_stand_there_and_never_without_an_answer() -> None:
    text = "supports:\n  - id: a\n    for: [province, enterprise]\n    when: 适格\n"
    fact = "facts:\n  - {id: fit, label: {zh: 适格, en: fit}, of: [province, enterprise], type: bool}\n"
    book = rulebook(text, more=fact)
    rule = book.rules["test-2023/a"]
    (goal,) = goals_of(rule)
    one = Declared(
        id="d",
        title=Name(zh="声明", en="declared"),
        rule=rule,
        when=goal.tests[0],
        outcome="satisfied",
        at_most=None,
        fact=None,
    )
    assert [found.status for found in declared([one], Questions(book, LIMITS))] == [Status.HOLDS]
    assert [found.status for found in declared([one], Silent(book, LIMITS))] == [Status.UNDECIDED]
    wrong = replace(one, outcome="not_satisfied")
    (found,) = declared([wrong], Questions(book, LIMITS))
    assert found.status is Status.FAILS
    assert found.cases[0].profile["kind"] == "enterprise"


@pytest.mark.parametrize(("shift", "days"), [("P30D", 30), ("P2M", 62), ("-P30D", 0)])
def test_days_reach_as_far_as_what_follows_from_a_date(shift: str, days: int) -> None:
    moved = f'成立日期 - duration("{shift[1:]}")' if shift.startswith("-") else f'成立日期 + duration("{shift}")'
    parts = f"    instalments: [{{share: 40%}}, {{share: 60%, on: '{moved}'}}]\n"
    plain = "incentives:\n  - id: a\n    when: 真\n    amount: 1万元\n"
    ends = [days_of([rulebook(text).rules["test-2023/a"]])[1] for text in (plain, plain + parts)]
    assert ends[1] - ends[0] == days


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("{at_least: {n: 1, of: [真, 假]}}", "{any: [真, 假]}"),
        ("{at_least: {n: 2, of: [真, 假]}}", "{all: [假, 真]}"),
        (
            "{not: 'some x in 项目 satisfies x.通过 and x.份数 > 3'}",
            "{not: 'some x in 项目 satisfies x.份数 > 3 and x.通过'}",
        ),
        (
            "{not: 'every x in 项目 satisfies x.通过 and x.份数 > 3'}",
            "{not: 'every x in 项目 satisfies x.份数 > 3 and x.通过'}",
        ),
    ],
)
def test_conditions_written_otherwise_have_one_meaning(one: str, other: str) -> None:
    books = [rulebook(f"supports:\n  - id: a\n    when: {text}\n") for text in (one, other)]
    assert [change.verdict for change in changes(books[0], books[1], None)] in ([], ["equivalent"])


def test_nobody_moves_a_word_or_an_unordered_choice_up() -> None:
    facts = world().vocabulary.facts
    up = facts["grade"].changeable
    assert up is not None
    assert may_change(FactSlot(facts["grade"]), "low", "mid")
    assert not may_change(FactSlot(replace(facts["hue"], changeable=up)), "red", "blue")
    assert not may_change(FactSlot(replace(facts["word"], changeable=up)), "甲", "乙")


def test_small_parts_say_what_they_are_of() -> None:
    book = rulebook("supports:\n  - id: a\n    when: 真\n")
    rate, word = book.vocabulary.metrics["rate"], book.vocabulary.facts["word"]
    assert unit_of(FigureSlot(rate, 2024)) == Unit(rate, 2024)
    assert just_past(">", "甲", ir.FactRef(type=word.type, fact=word), book.vocabulary) == []


def test_files_are_compared_value_by_value(tmp_path: Path) -> None:
    texts = ("a: [1, {id: x, on: true}]\nb: null\nc: 1.50\n", "a: [1, {id: x, on: false}]\nb: 甲\nc: 1.5\n")
    for side, text in zip(("old", "new"), texts, strict=True):
        (tmp_path / side / "p").mkdir(parents=True)
        (tmp_path / side / "p" / "rules.yaml").write_text(text, encoding="utf-8")
    found = {(edit.entry, edit.key): (edit.before, edit.after) for edit in edits(tmp_path / "old", tmp_path / "new")}
    assert found == {("a x", "on"): ("true", "false"), ("", "b"): ("null", "甲")}
