"""The law of refinement on random rules: learning never changes a decided outcome and never widens an amount."""

from __future__ import annotations

import random
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluator.diagnostics import RuleError
from evaluator.engines.decision import Decision, Outcome
from evaluator.testing import Data, World, reveal, value
from tests.agreement.laws import assert_refines, assert_totals_add_up
from tests.agreement.small import answer, enterprise, rulebook
from tests.agreement.typed_rules import rule_files

EXAMPLES = settings(
    derandomize=True,
    deadline=None,
    max_examples=250,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
DAYS = tuple(date(2023, 12, 1) + timedelta(days=31 * step) for step in range(9))
REFUSED = {"division-by-zero", "amount", "steps", "cap-below-floor", "unknown-award"}
FACTS = (
    "零",
    "三",
    "某数",
    "任数",
    "真",
    "假",
    "未知",
    "等级",
    "颜色",
    "成立日期",
    "投资额",
    "核定金额",
    "项目",
    "其他",
)


def _data(seed: int) -> Data:
    choose = random.Random(seed)
    vocabulary = rulebook("supports:\n  - id: a").vocabulary
    world = World(vocabulary, DAYS)
    facts: Data = {}
    for label in FACTS:
        fact = vocabulary.fact(label)
        assert fact is not None
        facts[label] = value(fact, choose, {}, world)
    for label in ("零", "三", "任数", "某数"):
        facts[label] = choose.choice((0, 0, 1, 2, 3, 5))
    for label in ("投资额", "核定金额"):
        facts[label] = choose.choice((0, 1, 4, 10, 300))
    for label in ("项目", "其他"):
        for item in facts[label]:  # type: ignore[attr-defined]  # a list of items, as `value` makes them
            item["份数"], item["增减"] = choose.choice((0, 1, 2, 5)), choose.choice((-1, 0, 1, 3))
    return {**enterprise(facts), "metrics": {}}


@EXAMPLES
@given(text=rule_files(), seed=st.integers(0, 10**6))
def test_learning_never_changes_what_was_decided(text: str, seed: int) -> None:
    try:
        book = rulebook(text)
    except RuleError as error:  # two constants that fold to a division by zero, or cross, are refused at load
        if not {found.code for found in error.diagnostics} <= REFUSED:
            raise
        return
    data = _data(seed)
    steps: list[Decision] = [answer(book, reveal(data, seed, level)) for level in (0.0, 0.3, 0.5, 0.7, 0.85, 1.0)]
    for before, after in pairwise(steps):
        assert_refines(before, after)
    for decision in steps:
        assert_totals_add_up(decision)
    assert not [found.id for found in steps[-1].findings if found.outcome is Outcome.UNKNOWN]


def test_the_law_is_not_kept_by_an_answer_that_guesses() -> None:
    book = rulebook("supports:\n  - id: a\n    when: 真")
    yes, no = (answer(book, enterprise({"真": given})) for given in (True, False))
    with pytest.raises(AssertionError):
        assert_refines(yes, no)
