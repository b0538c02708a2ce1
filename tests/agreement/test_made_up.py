"""Every engine says of the made-up measures what `decide` says, of whole profiles and of those that lack a fact."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from evaluator.diagnostics import RuleError
from evaluator.engines.compiled import compile
from evaluator.engines.decide import decide
from evaluator.engines.smt.unsupported import unsupported
from evaluator.engines.sql.query import compile_rules
from evaluator.rulebook import model
from evaluator.rulebook.profile import Profile
from tests.agreement.engines import answer_of, by_compiled
from tests.agreement.made_up import NAMES, MadeUp, made_up, partial
from tests.agreement.solver import Worlds
from tests.agreement.sql import disagreements


def asked(measures: MadeUp) -> dict[date, list[Profile]]:
    """Every profile of the cases with its parts, by the date of the question."""
    found: dict[date, list[Profile]] = {}
    for scenario in measures.scenarios:
        found.setdefault(scenario.as_of, []).extend(partial(scenario.profile))
    return found


@pytest.mark.parametrize("name", NAMES)
def test_the_compiled_engine_agrees(name: str) -> None:
    measures = made_up(name)
    for as_of, profiles in asked(measures).items():
        found = by_compiled(measures.rulebook, profiles, as_of)
        for profile, answer in zip(profiles, found, strict=True):
            expected = answer_of(decide(measures.rulebook, profile, as_of=as_of))
            assert set(answer.rows) == set(expected.rows), profile.given
            assert answer.stacked == expected.stacked, profile.given
            assert answer.totals == expected.totals, profile.given


@pytest.mark.parametrize("name", NAMES)
def test_the_compiled_engine_follows_choices(name: str) -> None:
    measures = made_up(name)
    chosen = [scenario for scenario in measures.scenarios if scenario.choices]
    assert chosen
    for scenario in chosen:
        decision = decide(measures.rulebook, scenario.profile, as_of=scenario.as_of, choices=scenario.choices)
        briefs = compile(measures.rulebook, as_of=scenario.as_of, choices=scenario.choices)(scenario.profile)
        assert {entry.stacking: (entry.guaranteed, entry.potential) for entry in briefs.stacked} == {
            entry.stacking.id: (entry.guaranteed, entry.potential) for entry in decision.stacked
        }
        assert briefs.totals.guaranteed == decision.totals.guaranteed


def _in_sql(rulebook: model.Rulebook, as_of: date) -> Iterator[model.AnyRule]:
    """The rules that SQL knows; what it does not know it refuses by name."""
    for rule in rulebook.rules.values():
        try:
            compile_rules(rulebook, as_of, [rule])
        except RuleError as error:
            assert {one.code for one in error.diagnostics} == {"sql-unsupported"}, rule.id
        else:
            yield rule


@pytest.mark.parametrize("name", NAMES)
def test_duckdb_agrees(name: str) -> None:
    measures = made_up(name)
    for as_of, profiles in asked(measures).items():
        rules = list(_in_sql(measures.rulebook, as_of))
        assert len(rules) > len(measures.rulebook.rules) // 3
        assert disagreements(measures.rulebook, profiles, as_of, rules, folding=True) == []


@pytest.mark.parametrize("name", NAMES)
def test_the_solver_agrees(name: str) -> None:
    measures = made_up(name)
    rules = measures.rulebook.rules
    known = [rule.id for rule in rules.values() if unsupported(rule, rules) is None]
    assert len(known) > len(rules) // 3
    worlds: dict[tuple[str, str], Worlds] = {}
    for as_of, profiles in asked(measures).items():
        for profile in profiles:
            wanted = [rule.id for rule in measures.rulebook.candidates(profile.place, profile.kind) if rule.id in known]
            if not wanted or profile.place.count("/") < 1:
                continue
            sort = (profile.kind, profile.place)
            world = worlds.setdefault(sort, Worlds(measures.rulebook, *sort, bound=6))
            decision = decide(measures.rulebook, profile, as_of=as_of, rules=wanted)
            assert list(world.differences(profile, decision)) == [], profile.given
