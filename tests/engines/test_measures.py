"""Random measures of every construct: learning never changes what was decided nor widens an interval."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import cast

import pytest

from evaluator.engines.decide import decide
from evaluator.engines.decision import Decision, Outcome
from evaluator.rulebook.model import Rulebook
from evaluator.rulebook.outcomes import Outcomes, outcomes_of
from evaluator.rulebook.profile import make_profile
from tests.agreement.laws import assert_promises_refine, assert_refines, assert_totals_add_up
from tests.agreement.measures import AS_OF, book_of, choices, enterprise_of, shown
from tests.agreement.strategies import Data


def _city(seed: int) -> Data:
    choose = random.Random(f"city {seed}")
    members = [
        {"name": name, "kind": "county", "facts": {"已设立": choose.random() < 0.8}, "metrics": {}}
        for name in ("丙县", "丁县", "戊县")
    ]
    return {"kind": "city", "jurisdiction": "甲省/乙市", "facts": {}, "metrics": {}, "members": members}


def _steps(book: Rulebook, data: Data, seed: int) -> list[Decision]:
    return [
        decide(book, make_profile(given, book), as_of=AS_OF, choices=choices(seed)) for given in shown(book, data, seed)
    ]


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
        book = book_of(seed)
        if book is None:
            continue
        for data in (enterprise_of(seed), enterprise_of(seed + 10_000), _city(seed)):
            steps = _steps(book, data, seed)
            for before, after in pairwise(steps):
                assert_refines(before, after)
                assert_promises_refine(before, after)
            for decision in steps:
                assert_totals_add_up(decision)
                assert_foreseen(book, decision)
            assert not [found.id for found in steps[-1].findings if found.outcome is Outcome.UNKNOWN]
