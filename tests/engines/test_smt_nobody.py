"""Shares of members whose test cannot always be computed: the solver says of them what `decide` says."""

from __future__ import annotations

from itertools import product

import pytest

from evaluator.engines.decision import Outcome
from tests.agreement.small import answer, finding, rulebook
from tests.agreement.solver import Worlds

TARGET = """
targets:
  - id: t
    metric: 存量
    quantity: {quantity}
    over: {{share: county, where: '{where}'}}
    schedule: [{{by: 2024, test: '>= 50%'}}]
"""
FIGURES: tuple[dict[int, object], ...] = ({2023: 0, 2024: 5}, {2023: 4, 2024: 5}, {2023: 4, 2024: 4}, {2023: 4}, {})


@pytest.mark.parametrize("where", [">= 10%", "[10%..100%]", "< -10%, >= 10%"])
def test_growth_of_members(where: str) -> None:
    book = rulebook(TARGET.format(quantity="{growth: 2023}", where=where), place="甲省/己市")
    worlds = Worlds(book, "city", "甲省/己市", bound=2)
    seen: set[Outcome] = set()
    for number, more in product(range(3), (False, True)):
        for figures in product(FIGURES, repeat=number):
            items = [
                {"name": f"县{index}", "kind": "county", "metrics": {"存量": given}}
                for index, given in enumerate(figures)
            ]
            members = {"complete": not more, "items": items}
            decision = answer(book, {"kind": "city", "jurisdiction": "甲省/己市", "members": members})
            seen.add(finding(decision, "t#2024").outcome)
            assert list(worlds.differences(decision.profile, decision)) == [], members
    assert {Outcome.NOT_APPLICABLE, Outcome.INDETERMINATE, Outcome.UNKNOWN, Outcome.SATISFIED} <= seen
