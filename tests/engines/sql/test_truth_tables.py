"""The truth tables of rules on DuckDB, and what the long result says of the same."""

from __future__ import annotations

from datetime import date

import pytest

from evaluator.engines.sql.query import compile_rules
from tests.agreement.small import enterprise
from tests.agreement.sql import answers, disagreements, profiles_of
from tests.agreement.tables import CASES, FACTS, SHARES, cases_rulebook, share_profile, share_rulebook

AS_OF = date(2025, 6, 30)
LETTERS = {"satisfied": "t", "not_satisfied": "f", "unknown": "u", "indeterminate": "i", "not_applicable": "n"}


def test_every_case_has_its_value() -> None:
    book = cases_rulebook()
    [row] = answers(compile_rules(book, AS_OF), profiles_of(book, [enterprise(FACTS)]))
    found = {case.id: LETTERS[str(row[f"test-2023/{case.id}:outcome"])] for case in CASES}
    assert found == {case.id: case.value for case in CASES}


@pytest.mark.parametrize("folding", [False, True])
def test_every_case_is_what_the_reference_engine_says(folding: bool) -> None:
    book = cases_rulebook()
    assert disagreements(book, profiles_of(book, [enterprise(FACTS), enterprise({})]), AS_OF, folding=folding) == []


def test_every_share_has_its_value() -> None:
    book = share_rulebook()
    profiles = profiles_of(book, [share_profile(share) for share in SHARES])
    rows = answers(compile_rules(book, date(2026, 1, 31)), profiles)
    for share, row in zip(SHARES, rows, strict=True):
        assert LETTERS[str(row["test-2023/at-least#2025:outcome"])] == share.at_least
        assert LETTERS[str(row["test-2023/above#2025:outcome"])] == share.above
    assert disagreements(book, profiles, date(2026, 1, 31)) == []


def test_a_difference_would_be_seen() -> None:
    book = cases_rulebook()
    given, other = profiles_of(book, [enterprise(FACTS), enterprise({})])
    rows = answers(compile_rules(book, AS_OF), [given, other])
    assert rows[0] != rows[1]
