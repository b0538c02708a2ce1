"""The solver's formulas say of every profile what the reference engine decides."""

from __future__ import annotations

import random
from datetime import date

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from evaluator.diagnostics import RuleError
from evaluator.engines.decide import decide
from evaluator.rulebook.profile import make_profile
from tests.agreement.shipped import shipped
from tests.agreement.small import answer, enterprise, rulebook
from tests.agreement.solver import Worlds
from tests.agreement.strategies import Asked, asked, profiles, reveal
from tests.agreement.tables import FACTS, SHARES, Share, cases_rulebook, share_profile, share_rulebook
from tests.agreement.typed_rules import rule_files
from tests.engines.test_refinement import EXAMPLES, REFUSED, _data

ASKED = asked(shipped())
LEVELS = (0.0, 0.3, 0.5, 0.7, 0.85, 1.0)


def test_truth_tables() -> None:
    decision = answer(cases_rulebook(), enterprise(FACTS))
    worlds = Worlds(cases_rulebook(), "enterprise", "甲省/乙市")
    assert list(worlds.differences(decision.profile, decision)) == []


@pytest.mark.parametrize("share", SHARES, ids=lambda share: share.members + ("+" if share.more else ""))
def test_shares_of_members(share: Share) -> None:
    decision = answer(share_rulebook(), share_profile(share), "2026-01-31")
    worlds = Worlds(share_rulebook(), "city", "甲省/己市", bound=8)
    assert list(worlds.differences(decision.profile, decision)) == []


@settings(EXAMPLES, max_examples=120, phases=[Phase.generate])
@given(text=rule_files(), seed=st.integers(0, 10**6))
def test_random_rules(text: str, seed: int) -> None:
    try:
        book = rulebook(text)
    except RuleError as error:
        if not {found.code for found in error.diagnostics} <= REFUSED:
            raise
        return
    worlds = Worlds(book, "enterprise", "甲省/乙市")
    data = _data(seed)
    for level in LEVELS:
        decision = answer(book, reveal(data, seed, level))
        assert list(worlds.differences(decision.profile, decision)) == []


@pytest.mark.parametrize("what", ASKED, ids=str)
@settings(EXAMPLES, max_examples=3, phases=[Phase.generate])
@given(data=st.data(), seed=st.integers(0, 2**20))
def test_shipped_rules(what: Asked, data: st.DataObject, seed: int) -> None:
    book = shipped()
    whole = data.draw(profiles(what, book.vocabulary))
    choose = random.Random(seed)
    worlds = Worlds(book, what.kind, what.place, bound=20)
    for level in (0.0, 0.6, 1.0):
        as_of: date = choose.choice(what.days)
        profile = make_profile(reveal(whole, seed, level), book)
        decision = decide(book, profile, as_of=as_of, policies=[what.policy.id])
        assert list(worlds.differences(profile, decision)) == []
