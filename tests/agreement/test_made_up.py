"""Every engine says of the made-up measures what `decide` says, of whole profiles and of those that lack a fact."""

from __future__ import annotations

import os
from datetime import date

import pytest

from evaluator.engines.compiled import compile
from evaluator.engines.decide import decide
from evaluator.engines.smt.unsupported import unsupported
from evaluator.engines.sql.query import unsupported as unsupported_in_sql
from evaluator.rulebook.profile import Profile
from tests.agreement.engines import answer_of, by_compiled
from tests.agreement.made_up import NAMES, MadeUp, made_up, partial
from tests.agreement.solver import Worlds
from tests.agreement.sql import disagreements

FEW = 10
"""Of so few profiles the long result is asked for too."""


def asked(measures: MadeUp) -> dict[date, list[Profile]]:
    """Every profile of the cases with its parts, by the date of the question."""
    found: dict[date, list[Profile]] = {}
    for scenario in measures.scenarios:
        found.setdefault(scenario.as_of, []).extend(partial(scenario.profile))
    return found


def drawn(measures: MadeUp) -> dict[date, list[Profile]]:
    """One profile of each case: as it is, without its first fact, its second, ... in turn; all with `ALL_PARTS=1`."""
    if os.environ.get("ALL_PARTS") == "1":
        return asked(measures)
    found: dict[date, list[Profile]] = {}
    for number, scenario in enumerate(measures.scenarios):
        parts = list(partial(scenario.profile))
        found.setdefault(scenario.as_of, []).append(parts[number % len(parts)])
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


@pytest.mark.parametrize("name", NAMES)
def test_duckdb_agrees(name: str) -> None:
    measures = made_up(name)
    assert unsupported_in_sql(measures.rulebook) == []
    for as_of, profiles in asked(measures).items():
        assert disagreements(measures.rulebook, profiles, as_of, folding=len(profiles) < FEW, short=True) == []


@pytest.mark.parametrize("name", NAMES)
def test_duckdb_follows_choices(name: str) -> None:
    measures = made_up(name)
    chosen = [scenario for scenario in measures.scenarios if scenario.choices]
    assert chosen
    for scenario in chosen:
        own = [scenario.profile]
        assert disagreements(measures.rulebook, own, scenario.as_of, choices=scenario.choices, short=True) == []


@pytest.mark.parametrize("name", NAMES)
def test_the_solver_agrees(name: str) -> None:
    measures = made_up(name)
    rules = measures.rulebook.rules
    known = [rule.id for rule in rules.values() if not unsupported(measures.rulebook, (rule,))]
    assert len(known) > len(rules) // 3
    worlds: dict[tuple[str, str], Worlds] = {}
    for as_of, profiles in drawn(measures).items():
        for profile in profiles:
            wanted = [rule.id for rule in measures.rulebook.candidates(profile.place, profile.kind) if rule.id in known]
            if not wanted or profile.place.count("/") < 1:
                continue
            sort = (profile.kind, profile.place)
            world = worlds.setdefault(sort, Worlds(measures.rulebook, *sort, bound=6))
            decision = decide(measures.rulebook, profile, as_of=as_of, rules=wanted)
            assert list(world.differences(profile, decision)) == [], profile.given
