"""The best legal choice: proved against every other, and equal to what the stacking comes to."""

from __future__ import annotations

from hypothesis import given, settings

from evaluator.advise.choice import choices
from tests.advise.test_paths import profiles
from tests.advise.world import asker

PASSED = {"级别": "国际", "日期": "2024-05-01", "通过": True}
PAID = {"投资额": 200, "真": True, "项目": [PASSED, PASSED]}


@settings(derandomize=True, deadline=None, max_examples=150)
@given(facts=profiles())
def test_the_best_choice_is_what_the_stacking_guarantees(facts: dict[str, object]) -> None:
    asked = asker(facts)
    for choice in choices(asked):
        stacked = next(one for one in asked.decision.stacked if one.stacking is choice.stacking)
        assert choice.proved
        assert choice.best.guaranteed == stacked.guaranteed
        assert all(other.guaranteed <= choice.best.guaranteed for other in choice.others)


def test_the_cap_counts_and_the_others_are_named_with_what_they_lack() -> None:
    (choice,) = choices(asker(PAID))
    assert choice.best.rules == ("test-2023/listed", "test-2023/two-projects")
    assert choice.best.guaranteed == 250_000
    assert {other.rules: other.guaranteed for other in choice.others} == {
        ("test-2023/invested",): 100_000,
        ("test-2023/either",): 30_000,
    }


def test_a_choice_that_missing_facts_could_turn_is_named() -> None:
    (choice,) = choices(asker({"真": True, "投资额": None, "项目": []}))
    assert choice.best.rules == ("test-2023/either",)
    assert [other.rules for other in choice.turned] == [("test-2023/invested",)]
