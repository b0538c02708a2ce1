"""Which outcomes no scenario asks for, and which scenarios show nothing new."""

from __future__ import annotations

from pathlib import Path

import pytest

from evaluator.audit.coverage import coverage, repeated
from evaluator.audit.scenarios import load_scenarios, run_scenarios
from evaluator.rulebook.model import Rulebook
from evaluator.rulebook.outcomes import outcomes_of
from tests.agreement.small import rulebook
from tests.audit.test_scenarios import CITY, LED, RULES, write


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return rulebook(RULES)


def test_without_scenarios_everything_is_open(book: Rulebook) -> None:
    covered = coverage(book, ())
    possible = [
        (id, outcome)
        for rule in book.rules.values()
        for id, found in outcomes_of(rule, book.vocabulary, book.rules).items()
        for outcome in found
    ]
    assert sorted((entry.finding, entry.outcome) for entry in covered.open) == sorted(possible)
    assert [(row.kind, row.rules, row.findings, row.asked) for row in covered.rows] == [
        ("incentive", 2, 2, 0),
        ("target", 1, 2, 0),
    ]


def test_an_outcome_asked_for_in_either_form_is_covered(tmp_path: Path, book: Rulebook) -> None:
    cases = (
        f"id: a\nprofile: {LED}\nexpect: {{outcomes: {{satisfied: [grant]}}}}",
        f"id: b\nprofile: {CITY}\nexpect: {{findings: {{goal#2025: {{outcome: not_satisfied, breach: true}}}}}}",
    )
    scenarios = load_scenarios(write(tmp_path, *cases), book)
    covered = coverage(book, scenarios)
    open_ = {(entry.finding, entry.outcome) for entry in covered.open}
    assert ("test-2023/grant", "satisfied") not in open_
    assert ("test-2023/goal#2025", "not_satisfied") not in open_
    assert ("test-2023/goal#2024", "not_satisfied") in open_
    assert sum(row.asked for row in covered.rows) == 2
    assert coverage(book, scenarios, policies=["other-2020"]).rows == ()


def again(tmp_path: Path, book: Rulebook, *cases: str) -> list[tuple[str, str]]:
    found = repeated(run_scenarios(load_scenarios(write(tmp_path, *cases), book), book))
    return [(pair.scenario.id, pair.like.id) for pair in found]


def case(id: str, facts: str, expect: str, as_of: str = "2026-01-31") -> str:
    profile = f"{{kind: enterprise, jurisdiction: 甲省/乙市, facts: {{{facts}}}}}"
    return f"id: {id}\nas_of: {as_of}\nprofile: {profile}\nexpect: {{{expect}}}"


ITEM = "项目: [{角色: 主持, 日期: 2024-02-01}]"
GRANT = "outcomes: {satisfied: [grant]}"


def test_a_scenario_that_differs_only_in_facts_not_read_is_repeated(tmp_path: Path, book: Rulebook) -> None:
    assert again(tmp_path, book, case("a", ITEM, GRANT), case("b", f"{ITEM}, 颜色: 红", GRANT)) == [("b", "a")]


def test_a_scenario_that_another_contains_is_repeated(tmp_path: Path, book: Rulebook) -> None:
    more = case("b", f"{ITEM}, 真: true", "outcomes: {satisfied: [grant, prize]}")
    assert again(tmp_path, book, case("a", ITEM, GRANT), more) == [("a", "b")]


@pytest.mark.parametrize(
    "other",
    [
        case("b", "项目: [{角色: 主持, 日期: 2024-02-02}]", GRANT),
        case("b", ITEM, GRANT, as_of="2026-02-01"),
        case("b", f"{ITEM}, 真: true", "outcomes: {satisfied: [prize]}"),
        case("b", f"{ITEM}, 真: false", "totals: {guaranteed: 100000}"),
    ],
)
def test_a_scenario_that_reads_or_shows_something_else_is_not_repeated(
    tmp_path: Path, book: Rulebook, other: str
) -> None:
    assert again(tmp_path, book, case("a", ITEM, GRANT), other) == []
