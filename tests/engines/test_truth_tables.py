"""The truth tables of tests/agreement/truth_tables.yaml, on the reference engine."""

from __future__ import annotations

import pytest

from evaluator.engines.decision import Outcome
from evaluator.engines.truth import FALSE, INDETERMINATE, TRUE, UNKNOWN, Truth, all_of, any_of, at_least, negation
from tests.agreement.small import answer, enterprise, finding
from tests.agreement.tables import CASES, FACTS, SHARES, Case, Share, cases_rulebook, share_profile, share_rulebook

OUTCOME = {
    "t": Outcome.SATISFIED,
    "f": Outcome.NOT_SATISFIED,
    "u": Outcome.UNKNOWN,
    "i": Outcome.INDETERMINATE,
}
TRUTH = {"t": TRUE, "f": FALSE, "u": UNKNOWN, "i": INDETERMINATE}


@pytest.fixture(scope="module")
def outcomes() -> dict[str, tuple[Outcome, list[str]]]:
    decision = answer(cases_rulebook(), enterprise(FACTS))
    return {
        found.id.partition("/")[2]: (found.outcome, [entry.path for entry in found.missing])
        for found in decision.findings
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.text)
def test_condition_has_the_value_of_its_table(case: Case, outcomes: dict[str, tuple[Outcome, list[str]]]) -> None:
    outcome, missing = outcomes[case.id]
    assert outcome is OUTCOME[case.value]
    assert bool(missing) == (case.value == "u"), "only what is unknown lacks facts, and it always does"


@pytest.mark.parametrize("share", SHARES, ids=lambda share: share.members + ("+" if share.more else ""))
def test_share_of_members_has_the_value_of_its_table(share: Share) -> None:
    decision = answer(share_rulebook(), share_profile(share), "2026-01-31")
    assert finding(decision, "at-least#2025").outcome is OUTCOME[share.at_least]
    assert finding(decision, "above#2025").outcome is OUTCOME[share.above]


def _combined(case: Case) -> Truth | None:
    values = [TRUTH[letter] for letter in case.operands]
    match case.form:
        case "all":
            return all_of(values)
        case "any":
            return any_of(values)
        case "not":
            return negation(values[0])
        case "at_least":
            return at_least(case.n, values)
        case _:
            return None


@pytest.mark.parametrize("case", [case for case in CASES if case.operands], ids=lambda case: case.text)
def test_combination_of_truth_values_follows_the_table(case: Case) -> None:
    assert _combined(case) is TRUTH[case.value]
