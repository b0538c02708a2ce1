"""The made-up measures, which use every construct, as people read them: their rules, and what is decided by them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from wcwidth import wcswidth

from evaluator.audit.scenarios import Scenario
from evaluator.engines.decide import decide
from evaluator.engines.decision import Decision
from evaluator.report.pages import render
from evaluator.report.phrases import Lang
from evaluator.report.rules_text import policy_page, rule_page
from evaluator.report.text import decision_text
from tests.agreement.made_up import made_up

GOLDEN = Path(__file__).parent / "golden"
CELLS = 100
TOLD = ("topped-half-later", "moved-away", "applied-too-late", "capped-and-pooled", "chosen", "best-taken", "paid-back")
"""Cases whose payments come in parts, by or to several, out of a budget, by choice, or are owed back."""
CASES = {scenario.id: scenario for scenario in made_up("fixtures").scenarios}


def decided(scenario: Scenario) -> Decision:
    return decide(
        made_up("fixtures").rulebook,
        scenario.profile,
        as_of=scenario.as_of,
        choices=scenario.choices,
        rules=scenario.rules,
    )


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("policy", sorted(made_up("fixtures").rulebook.policies))
def test_a_policy_of_every_construct_reads_as_recorded(
    golden: Callable[[Path, str], None], policy: str, lang: Lang
) -> None:
    rulebook = made_up("fixtures").rulebook
    page = policy_page(rulebook, rulebook.policies[policy], lang)
    golden(GOLDEN / f"made-up.{policy}.{lang}.txt", render(page, "text", lang, CELLS))


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("policy", sorted(made_up("fixtures").rulebook.policies))
def test_each_rule_of_every_construct_reads_as_recorded(
    golden: Callable[[Path, str], None], policy: str, lang: Lang
) -> None:
    rulebook = made_up("fixtures").rulebook
    pages = [rule_page(rulebook, rule, lang) for rule in rulebook.rules.values() if rule.policy.id == policy]
    text = "\n".join(render(page, "text", lang, CELLS) for page in pages)
    golden(GOLDEN / f"made-up.{policy}.rules.{lang}.txt", text)
    assert [line for line in text.splitlines() if wcswidth(line) > CELLS] == []


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("case", TOLD)
def test_a_decision_about_payments_reads_as_recorded(
    golden: Callable[[Path, str], None], case: str, lang: Lang
) -> None:
    text = decision_text(decided(CASES[case]), lang=lang, cells=CELLS, explained=True)
    golden(GOLDEN / f"made-up.{case}.{lang}.txt", text)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("case", CASES)
def test_no_line_of_a_made_up_case_is_wider_than_the_terminal(case: str, lang: Lang) -> None:
    text = decision_text(decided(CASES[case]), lang=lang, cells=80, everything=True, explained=True)
    assert [line for line in text.splitlines() if wcswidth(line) > 80] == []
