"""The next question: the one whose answer settles most money comes first."""

from __future__ import annotations

from evaluator.advise.next_questions import questions
from evaluator.advise.sketch import ListSlot
from tests.advise.world import asker

KNOWN = {"真": False, "等级": "低", "某数": 9, "颜色": "红", "未知": True, "项目": [], "投资额": 0}


def test_the_questions_are_in_the_order_of_the_money_they_settle() -> None:
    item = {"级别": "国际", "日期": "2024-05-01"}
    asked = asker({**KNOWN, "项目": [item, {"级别": "国家", "日期": "2024-05-01"}], "颜色": None})
    found = questions(asked)
    assert [entry.mean for entry in found] == sorted((entry.mean for entry in found), reverse=True)
    assert found[0].missing.path == "项目[1].通过"
    assert found[0].mean > 0


def test_a_fact_that_no_open_award_lacks_is_not_asked() -> None:
    assert questions(asker(KNOWN)) == ()


def test_a_list_not_given_is_asked_with_none_and_with_an_entry_that_counts() -> None:
    found = {entry.missing.path: entry for entry in questions(asker({**KNOWN, "项目": None}))}
    answers = [sketch for sketch, _ in found["项目"].answers]
    assert {len(sketch) > 1 for sketch in answers} == {False, True}
    assert all(
        next(value for slot, value in sketch.items() if isinstance(slot, ListSlot)) is True for sketch in answers
    )


def test_both_sides_of_a_figure_are_answers() -> None:
    found = {entry.missing.path: entry for entry in questions(asker({**KNOWN, "真": True, "投资额": None}))}
    values = {value for sketch, _ in found["投资额"].answers for value in sketch.values()}
    assert {1_000_000, 990_000} <= values


def test_what_an_answer_settles_is_what_is_no_longer_open() -> None:
    asked = asker({**KNOWN, "颜色": None})
    (entry,) = questions(asked)
    assert entry.missing.path == "颜色"
    before = asked.worth(asked.decision.findings).open
    assert entry.least == min(before - after.open for _, after in entry.answers)
    assert entry.least == 40_000  # 10,000 for red or nothing, and 20,000 for red or 50,000 for blue
