"""The law of refinement on targets and duties of every shape, for a city with and without a register of members."""

from __future__ import annotations

import random
from datetime import date, timedelta
from itertools import pairwise, product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluator.engines.decision import Outcome
from evaluator.rulebook.model import Rulebook
from evaluator.testing import Data, reveal
from tests.agreement.laws import assert_refines
from tests.agreement.small import answer, rulebook

EXAMPLES = settings(derandomize=True, deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
YEARS = range(2021, 2027)
OVERS = ("", ", over: {each: county}", ", over: {share: county, where: '>= 2个'}")
TIMES = ("by: 2024", "by: none, id: none", "every: {from: 2023, to: 2025}")
DUTIES = """
obligations:
  - id: o0
    requires: 已设立
    due: 2024-06-30
  - id: o1
    applies_when: 已设立
    requires: '存量 / 新增 > 1'
    every: {from: 2023, to: 2025}
  - id: o2
    requires: 已设立
    over: {each: county}
  - id: o3
    requires: {at_least: {n: 2, of: ['新增 > 1个', 已设立, '存量 / 新增 > 1']}}
    every: {from: 2023, to: 2025}
"""


def _rules() -> str:
    lines = ["targets:"]
    quantities = (
        "",
        ", quantity: {growth: 2022}",
        ", quantity: {growth: previous}",
        ", quantity: {average_growth: 2022}",
    )
    entries: list[tuple[str, str]] = []
    for time, over in product(TIMES, OVERS):
        tests = ("'>= 50%'", "'(20%..60%]'") if "share" in over else ("'>= 2个'", "'< 3个'", "'> 上期'", "'not(2个)'")
        entries += [("存量", f"{time}{over}, test: {test}") for test in tests]
        entries += [
            ("存量", f"{time}{over.replace('>= 2个', '>= 10%')}, test: {rate}{quantity}")
            for quantity in quantities[1:]
            for rate in (("'>= 50%'",) if "share" in over else ("'>= 10%'", "'<= -50%'", "'= 100%'"))
        ]
        entries.append(("新增", f"{time}{over}, test: {tests[0]}, quantity: {{cumulative: 2022}}"))
        if "share" not in over:
            vague = "vague: increase, base: 2022, fails_unless: '> 基期', holds_if: '>= 5个'"
            entries += [("存量", f"{time}{over}, {vague}"), ("存量", f"{time}{over}, vague: approx, value: 3个")]
    for index, (metric, entry) in enumerate(entries):
        lines += [f"  - id: t{index}", f"    metric: {metric}", f"    schedule: [{{{entry}}}]"]
    return "\n".join(lines) + DUTIES


@pytest.fixture(scope="module", params=["甲省/乙市", "甲省/己市"])
def book(request: pytest.FixtureRequest) -> Rulebook:
    return rulebook(_rules(), place=request.param)


def _body(choose: random.Random) -> Data:
    column = {year: choose.choice((0, 0, 1, 2, 3, 5)) for year in YEARS}
    added = {year: choose.choice((0, 1, 3)) for year in YEARS}
    return {"facts": {"已设立": choose.random() < 0.5}, "metrics": {"存量": column, "新增": added}}


@EXAMPLES
@given(seed=st.integers(0, 10**6), after=st.integers(0, 1500))
def test_learning_never_changes_what_a_region_was_told(book: Rulebook, seed: int, after: int) -> None:
    choose = random.Random(seed)
    place = next(iter(book.policies.values())).jurisdiction
    names = ["丙县", "丁县", "戊县"] if place.endswith("乙市") else ["一县", "二县"][: choose.randrange(3)]
    data: Data = {"kind": "city", "jurisdiction": place, **_body(choose)}
    data["members"] = [{"name": name, "kind": "county", **_body(choose)} for name in names]
    as_of = (date(2022, 12, 31) + timedelta(days=after)).isoformat()
    steps = [answer(book, reveal(data, seed, level), as_of) for level in (0.0, 0.4, 0.6, 0.8, 1.0)]
    for one, other in pairwise(steps):
        assert_refines(one, other)
    assert not [found.id for found in steps[-1].findings if found.outcome is Outcome.UNKNOWN]
