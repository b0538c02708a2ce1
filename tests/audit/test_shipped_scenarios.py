"""The recorded cases of the shipped rulebook: all come out as they must, and together they let every rule speak."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

from evaluator.audit.coverage import coverage, repeated
from evaluator.audit.scenarios import Result, load_scenarios, run_scenarios
from evaluator.rulebook.load import load_rulebook
from evaluator.rulebook.model import Rulebook
from evaluator.rulebook.shipped import rules_folder, scenarios_folder

POLICIES = sorted(path.parent.name for path in rules_folder().glob("*/policy.yaml"))


@cache
def shipped() -> tuple[Rulebook, tuple[Result, ...]]:
    rulebook = load_rulebook(rules_folder())
    return rulebook, tuple(run_scenarios(load_scenarios(scenarios_folder(), rulebook), rulebook))


def test_every_recorded_case_comes_out_as_it_must() -> None:
    _, results = shipped()
    assert len(results) > 100
    assert [(result.scenario.id, result.differences) for result in results if result.differences] == []


@pytest.mark.parametrize("policy", POLICIES)
def test_every_rule_speaks_with_every_outcome_that_its_form_allows(policy: str) -> None:
    rulebook, results = shipped()
    found = coverage(rulebook, [result.scenario for result in results], policies=[policy])
    assert sum(row.outcomes for row in found.rows) > 200
    assert [(entry.finding, entry.outcome) for entry in found.open] == []


def test_no_case_only_repeats_another() -> None:
    _, results = shipped()
    assert [(entry.scenario.id, entry.like.id) for entry in repeated(results)] == []


def test_every_case_has_a_purpose_of_one_line_of_its_own() -> None:
    _, results = shipped()
    for lang in ("zh", "en"):
        purposes = [result.scenario.purpose.text(lang) for result in results]
        assert all(purpose.strip() and "\n" not in purpose for purpose in purposes)
    told = Counter((result.scenario.policy, result.scenario.purpose.zh) for result in results)
    assert [purpose for purpose, times in told.items() if times > 1] == []
