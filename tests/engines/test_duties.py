"""Obligations: attested or tested, once, on a day or every year, by the region itself or by each of its members."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from evaluator.diagnostics import RuleError
from evaluator.engines.decision import Outcome
from evaluator.rulebook.model import Rulebook
from tests.agreement.small import answer, enterprise, finding, paths, rulebook

RULES = """
obligations:
  - id: attested
    requires: {attest: {zh: 做了吗？, en: Done?}}
  - id: dated
    requires: 已设立
    due: 2024-06-30
  - id: yearly
    requires: {attest: {zh: 每年做了吗？, en: Done each year?}}
    every: {from: 2023, to: 2025}
  - id: figure
    requires: '率 >= 90%'
    every: {from: 2023, to: 2025}
  - id: every-county
    for: [city, county]
    requires: 已设立
    over: {each: county}
  - id: gated
    applies_when: 已设立
    requires: {attest: {zh: 做了吗？, en: Done?}}
    modality: strive
  - id: impossible
    requires: '1 / 率 > 1'
    every: {from: 2023, to: 2023}
"""


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return rulebook(RULES)


def _city(facts: Mapping[str, object], **more: object) -> dict[str, object]:
    return {"kind": "city", "jurisdiction": "甲省/乙市", "facts": facts, **more}


@pytest.mark.parametrize(
    ("done", "outcome", "breach"),
    [
        (True, Outcome.SATISFIED, False),
        (False, Outcome.NOT_SATISFIED, True),
        (None, Outcome.UNKNOWN, False),
    ],
)
def test_attested_duty_is_due_from_publication(book: Rulebook, done: object, outcome: Outcome, breach: bool) -> None:
    found = finding(answer(book, _city({"test-2023/attested": done}), "2023-01-01"), "attested")
    assert (found.outcome, found.breach) == (outcome, breach)
    assert paths(found) == (["test-2023/attested"] if done is None else [])


@pytest.mark.parametrize(
    ("as_of", "outcome"),
    [("2024-06-29", Outcome.NOT_DUE), ("2024-06-30", Outcome.NOT_SATISFIED), ("2024-07-01", Outcome.NOT_SATISFIED)],
)
def test_dated_duty_is_judged_from_its_day_on(book: Rulebook, as_of: str, outcome: Outcome) -> None:
    found = finding(answer(book, _city({"已设立": False}), as_of), "dated")
    assert found.outcome is outcome
    assert (None if found.so_far is None else found.so_far.outcome) == (
        Outcome.NOT_SATISFIED if outcome is Outcome.NOT_DUE else None
    )


def test_duty_of_the_period_is_judged_after_its_end_too(book: Rulebook) -> None:
    assert finding(answer(book, _city({"已设立": True}), "2030-01-01"), "dated").outcome is Outcome.SATISFIED


def test_yearly_duty_is_asked_for_each_year(book: Rulebook) -> None:
    facts = {"test-2023/yearly": {2023: True, 2024: False}}
    decision = answer(book, _city(facts, metrics={"率": {2023: 90, 2024: 89}}), "2025-12-31")
    for rule in ("yearly", "figure"):
        outcomes = [finding(decision, f"{rule}#{year}").outcome for year in (2023, 2024, 2025)]
        assert outcomes == [Outcome.SATISFIED, Outcome.NOT_SATISFIED, Outcome.UNKNOWN]
    assert paths(finding(decision, "yearly#2025")) == ["test-2023/yearly[2025]"]
    assert paths(finding(decision, "figure#2025")) == ["率[2025]"]
    assert finding(answer(book, _city({}), "2025-12-30"), "yearly#2025").outcome is Outcome.NOT_DUE


def test_duty_of_every_member_asks_those_of_the_register(book: Rulebook) -> None:
    members = [{"name": name, "facts": {"已设立": True}} for name in ("丙县", "丁县")]
    decision = answer(book, _city({}, members=members), "2024-06-30")
    assert finding(decision, "every-county").outcome is Outcome.SATISFIED
    decision = answer(book, _city({}, members=members), "2024-07-01")
    assert paths(finding(decision, "every-county")) == ["members[戊县].已设立"]


def test_member_is_asked_for_itself(book: Rulebook) -> None:
    county = {"kind": "county", "jurisdiction": "甲省/乙市/丙县", "facts": {"已设立": False}}
    assert finding(answer(book, county), "every-county").outcome is Outcome.NOT_SATISFIED


def test_missed_duty_that_was_only_striven_for_is_no_breach(book: Rulebook) -> None:
    found = finding(answer(book, _city({"已设立": True, "test-2023/gated": False})), "gated")
    assert (found.outcome, found.breach) == (Outcome.NOT_SATISFIED, False)
    found = finding(answer(book, _city({"已设立": False})), "gated")
    assert found.outcome is Outcome.NOT_APPLICABLE
    assert paths(finding(answer(book, _city({})), "gated")) == ["已设立"]


def test_condition_without_value_is_indeterminate_and_no_breach(book: Rulebook) -> None:
    found = finding(answer(book, _city({}, metrics={"率": {2023: 0}})), "impossible#2023")
    assert (found.outcome, found.breach) == (Outcome.INDETERMINATE, False)
    assert found.reason is not None
    assert found.reason.text.en == "it cannot be computed: division by zero"


def test_gate_has_no_period_to_read_a_figure_of() -> None:
    for rule in (
        "targets:\n  - id: t\n    metric: 率\n    applies_when: '率 > 1%'\n    schedule: [{by: 2024, test: '>= 1%'}]",
        "obligations:\n  - id: o\n    applies_when: '率 > 1%'\n    requires: 已设立\n    every: {from: 2023, to: 2024}",
    ):
        with pytest.raises(RuleError) as caught:
            rulebook(rule)
        assert [found.code for found in caught.value.diagnostics] == ["metric-without-period"]


@pytest.mark.parametrize(("as_of", "outcome"), [("2023-06-30", Outcome.NOT_DUE), ("2023-07-01", Outcome.SATISFIED)])
def test_duty_without_a_date_is_due_once_its_rule_is_in_force(as_of: str, outcome: Outcome) -> None:
    book = rulebook("obligations:\n  - id: o\n    requires: 已设立", since="2023-07-01")
    assert finding(answer(book, _city({"已设立": True}), as_of), "o").outcome is outcome


@pytest.mark.parametrize(
    ("when", "day"),
    [
        ("due: 2022-12-31", "2022-12-31"),
        ("due: 2028-01-01", "2028-01-01"),
        ("every: {from: 2026, to: 2028}", "2028-12-31"),
    ],
)
def test_duty_due_when_its_rule_is_not_in_force_is_refused(when: str, day: str) -> None:
    rules = f"obligations:\n  - id: o\n    requires: 已设立\n    {when}"
    with pytest.raises(RuleError, match=f"the duty falls due on {day}, when its rule is not in force"):
        rulebook(rules)
    rulebook(rules, since="2022-12-31", until=None)


@pytest.mark.parametrize("day", ["2023-01-01", "2027-12-31"])
def test_both_ends_of_the_period_in_force_belong_to_it(day: str) -> None:
    assert rulebook(f"obligations:\n  - id: o\n    requires: 已设立\n    due: {day}").rules


OWED = """
obligations:
  - id: stay
    for: [enterprise]
    applies_when: 真
    requires: 假
    due: 2024-12-31
    claw_back: 4万元
"""


@pytest.mark.parametrize(
    ("facts", "as_of", "owed"),
    [
        ({"真": True, "假": False}, "2025-06-30", (40_000, 40_000)),
        ({"真": True, "假": True}, "2025-06-30", (0, 0)),
        ({"真": True}, "2025-06-30", (0, 40_000)),
        ({"假": False}, "2025-06-30", (0, 40_000)),  # whether the duty applies is open
        ({}, "2025-06-30", (0, 40_000)),
        ({"真": False}, "2025-06-30", (0, 0)),
        ({"真": True, "假": False}, "2024-12-30", (0, 0)),
        ({}, "2024-12-30", (0, 0)),
    ],
)
def test_what_is_owed_back_is_open_as_long_as_the_duty_is(
    facts: dict[str, object], as_of: str, owed: tuple[int, int]
) -> None:
    decision = answer(rulebook(OWED), enterprise(facts), as_of)
    claw_back = finding(decision, "stay").claw_back
    assert claw_back is not None
    assert (claw_back.guaranteed, claw_back.potential) == owed
    assert decision.totals.claw_back == owed
