"""Random measures of every construct: learning never changes what was decided nor widens an interval."""

from __future__ import annotations

import random
from datetime import date
from itertools import pairwise
from typing import cast

import pytest

from evaluator.diagnostics import RuleError
from evaluator.engines.decide import decide
from evaluator.engines.decision import Decision, Outcome
from evaluator.rulebook.model import Rulebook
from evaluator.rulebook.outcomes import Outcomes, outcomes_of
from evaluator.rulebook.profile import make_profile
from tests.agreement.laws import assert_promises_refine, assert_refines, assert_totals_add_up
from tests.agreement.measures import Measures, choices
from tests.agreement.small import rulebook
from tests.agreement.strategies import Data, reveal

REFUSED = {"division-by-zero", "amount", "steps", "cap-below-floor", "unknown-award"}
LEVELS = (0.0, 0.3, 0.5, 0.65, 0.8, 0.9, 1.0)
AS_OF = date(2025, 1, 31)


def _book(seed: int) -> Rulebook | None:
    try:
        return rulebook(Measures(seed).text())
    except RuleError as error:  # constants that fold to a division by zero, or cross, are refused at load
        if not {found.code for found in error.diagnostics} <= REFUSED:
            raise
        return None


def _enterprise(seed: int) -> Data:
    choose = random.Random(f"profile {seed}")
    days = ("2022-12-31", "2023-05-31", "2023-06-01", "2024-01-31", "2024-03-01", "2024-08-01", "2025-01-31")
    items = [
        {
            "级别": choose.choice(("国际", "国家", "行业")),
            "角色": choose.choice(("主持", "参与")),
            "日期": choose.choice(days),
            "金额": choose.choice((0, 1, "3.33", 4, 10, 100)),
            "份数": choose.choice((0, 1, 2, 2, 3)),
            "增减": choose.choice((-1, 0, 1, 2)),
            "通过": choose.random() < 0.7,
        }
        for _ in range(choose.choice((0, 1, 2, 3, 4)))
    ]
    payments = [
        {
            "奖补": f"test-2023/x{choose.randrange(5)}",
            "到账日期": choose.choice(days),
            "到账金额": choose.choice((0, 1, 5)),
        }
        for _ in range(choose.choice((0, 1, 2)))
    ]
    facts: Data = {
        "真": choose.random() < 0.8,
        "假": choose.random() < 0.5,
        "未知": choose.random() < 0.5,
        "零": choose.choice((0, 1)),
        "某数": choose.choice((0, 1, 2, 3, 10)),
        "颜色": choose.choice(("红", "蓝")),
        "等级": choose.choice(("低", "中", "高")),
        "成立日期": choose.choice(days),
        "投资额": choose.choice((0, 1, "3.333", 4, 10, 300)),
        "核定金额": choose.choice((0, 1, 4, 300)),
        "基准率": choose.choice((3, 5)),
        "项目": items,
        "已获奖补": payments,
        "test-2023/t0": choose.choice((0, 50, 100)),
        "test-2023/t1": choose.choice((0, 50, 100)),
    }
    return {"kind": "enterprise", "jurisdiction": "甲省/乙市", "facts": facts, "metrics": {}}


def _city(seed: int) -> Data:
    choose = random.Random(f"city {seed}")
    members = [
        {"name": name, "kind": "county", "facts": {"已设立": choose.random() < 0.8}, "metrics": {}}
        for name in ("丙县", "丁县", "戊县")
    ]
    return {"kind": "city", "jurisdiction": "甲省/乙市", "facts": {}, "metrics": {}, "members": members}


def _steps(book: Rulebook, data: Data, seed: int) -> list[Decision]:
    found: list[Decision] = []
    for level in LEVELS:
        shown = reveal(data, seed, level, in_order=True)
        facts = shown["facts"]
        assert isinstance(facts, dict)
        shown["facts"] = {word: given for word, given in facts.items() if _known(book, word)}
        found.append(decide(book, make_profile(shown, book), as_of=AS_OF, choices=choices(seed)))
    return found


def _known(book: Rulebook, word: str) -> bool:
    return word in book.facts or book.vocabulary.fact(word) is not None


def assert_foreseen(book: Rulebook, decision: Decision) -> None:
    """Each outcome is one that the form of its rule allows."""
    for found in decision.findings:
        allowed = foreseen(book)[found.id]
        assert found.outcome.value in allowed, (found.id, found.outcome)


def foreseen(book: Rulebook) -> dict[str, Outcomes]:
    known = book.memo.get("foreseen")
    if known is None:
        known = book.memo["foreseen"] = {
            id: found
            for rule in book.rules.values()
            for id, found in outcomes_of(rule, book.vocabulary, book.rules).items()
        }
    return cast("dict[str, Outcomes]", known)


@pytest.mark.parametrize("block", range(12))
def test_learning_never_changes_what_measures_come_to(block: int) -> None:
    for seed in range(block * 25, block * 25 + 25):
        book = _book(seed)
        if book is None:
            continue
        for data in (_enterprise(seed), _enterprise(seed + 10_000), _city(seed)):
            steps = _steps(book, data, seed)
            for before, after in pairwise(steps):
                assert_refines(before, after)
                assert_promises_refine(before, after)
            for decision in steps:
                assert_totals_add_up(decision)
                assert_foreseen(book, decision)
            assert not [found.id for found in steps[-1].findings if found.outcome is Outcome.UNKNOWN]
