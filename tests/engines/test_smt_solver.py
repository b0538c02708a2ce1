"""The solver's answers: a profile that is found replays, and what is never found never happens."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import Phase, given, settings

from evaluator.diagnostics import RuleError
from evaluator.engines.smt import OUTCOMES, Found, Never, Unsure, World, answers, ask, profile_of
from evaluator.engines.smt.terms import at_most, below, both, floor, over, same, times, variable
from tests.agreement.small import answer, rulebook
from tests.agreement.typed_rules import rule_files
from tests.engines.test_refinement import EXAMPLES, REFUSED

DAYS = (date(2023, 1, 1).toordinal(), date(2026, 12, 31).toordinal())


def test_an_exact_number_is_found() -> None:
    x = variable("x", "real")
    assert ask(same(times(x, 3), 1)) == Found({"x": Fraction(1, 3)})


def test_a_whole_number_in_its_unit_is_preferred() -> None:
    x = variable("x", "real")
    reply = ask(both(below(12345, x), below(x, 29999)), tidy=[(x, 10000)])
    assert reply == Found({"x": 20000})


def test_what_cannot_be_is_never() -> None:
    x = variable("x", "real")
    assert ask(both(below(x, 1), below(2, x))) == Never()
    assert ask(same(floor(x), x), [below(0, x), below(x, 1)]) == Never()


def test_a_division_by_zero_is_nothing_the_solver_may_choose() -> None:
    x = variable("x", "real")
    assert ask(same(over(1, x), 5), [same(x, 0)]) == Never()


def test_the_time_limit_is_told() -> None:
    x, y, z = (variable(name, "int") for name in "xyz")
    cubes = same(times(times(x, x), x), times(times(y, y), times(z, y)))
    hard = both(cubes, at_most(10**6, x), at_most(10**6, y), below(times(x, y), times(z, times(z, times(x, z)))))
    reply = ask(both(hard, same(times(x, times(z, y)), 10**29 + 7)), milliseconds=1)
    assert isinstance(reply, Unsure)
    assert reply.reason.en


@pytest.mark.parametrize("partial", [False, True], ids=["complete", "partial"])
@settings(EXAMPLES, max_examples=15, phases=[Phase.generate])
@given(text=rule_files(1))
def test_every_profile_that_is_found_replays(partial: bool, text: str) -> None:
    try:
        book = rulebook(text)
    except RuleError as error:
        if not {found.code for found in error.diagnostics} <= REFUSED:
            raise
        return
    units = {unit.id: unit.factor for unit in book.vocabulary.units.values()}
    for rule in book.rules.values():
        world = World(book.vocabulary, "enterprise", "甲省/乙市", DAYS, partial=partial, bound=2)
        (found,) = answers(rule, world)
        for name in OUTCOMES:
            reply = ask(found.outcomes[name], [*world.constraints(), *world.shaped()], milliseconds=500)
            if not isinstance(reply, Found):
                continue
            as_of = date.fromordinal(int(reply.values.get("as_of", DAYS[0]))).isoformat()
            decision = answer(book, profile_of(world, reply.values, units), as_of)
            told = {entry.id: entry.outcome.value for entry in decision.findings}
            assert told[rule.id] == name
