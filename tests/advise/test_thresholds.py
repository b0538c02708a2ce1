"""How far each line is: the nearest on either side, with whether it is met."""

from __future__ import annotations

from datetime import date

from evaluator.advise.asking import Asker
from evaluator.advise.thresholds import Measured, thresholds
from evaluator.rulebook import ir
from evaluator.rulebook.profile import make_profile
from tests.advise.world import asker
from tests.agreement.small import rulebook


def of(found: tuple[Measured, ...], fact: str) -> Measured:
    return next(one for one in found if isinstance(one.node, ir.FactRef) and one.node.fact.id == fact)


def test_a_figure_exactly_met_lies_at_distance_zero_below() -> None:
    one = of(thresholds(asker({"投资额": 100})), "invested")
    assert [(line.figure, line.distance, line.holds) for line in one.below] == [(1_000_000, 0, True)]
    assert one.above == ()


def test_a_figure_not_met_lies_above() -> None:
    one = of(thresholds(asker({"投资额": 99})), "invested")
    assert one.below == ()
    assert [(line.figure, line.distance, line.holds) for line in one.above] == [(1_000_000, -10_000, False)]


def test_a_line_that_must_not_be_passed_is_met_from_below() -> None:
    one = of(thresholds(asker({"某数": 1})), "some")
    assert [(line.op, line.figure, line.holds) for line in one.above] == [("<=", 3, True)]


def test_what_is_not_given_has_no_distance() -> None:
    assert [one for one in thresholds(asker({})) if isinstance(one.node, ir.FactRef)] == []


def test_targets_are_measured_in_their_own_years() -> None:
    book = rulebook(
        """
        targets:
          - id: rate
            metric: 率
            schedule: [{by: 2024, test: '>= 90%'}, {by: 2025, test: '>= 95%'}]
        """
    )
    data = {"kind": "city", "jurisdiction": "甲省/乙市", "metrics": {"率": {2024: 91, 2025: 93}}}
    found = thresholds(Asker(book, make_profile(data, book), date(2026, 1, 31)))
    lines = {one.period: [line.rule.partition("#")[2] for line in (*one.below, *one.above)] for one in found}
    assert lines == {2024: ["2024"], 2025: ["2025"]}
