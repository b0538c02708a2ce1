"""The solver's formulas say of every profile what the reference engine decides."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from evaluator.diagnostics import RuleError
from evaluator.engines.decide import decide
from evaluator.rulebook.profile import Profile, make_profile
from evaluator.rulebook.values import ItemList
from tests.agreement.batches import SEEDS, random_batch
from tests.agreement.shipped import shipped
from tests.agreement.small import answer, enterprise, rulebook
from tests.agreement.solver import Worlds
from tests.agreement.strategies import Asked, asked, profiles, reveal
from tests.agreement.tables import FACTS, SHARES, Share, cases_rulebook, share_profile, share_rulebook
from tests.agreement.typed_rules import rule_files
from tests.engines.test_refinement import EXAMPLES, REFUSED, _data

ASKED = asked(shipped())
ALL = os.environ.get("ALL_PARTS") == "1"
ASKED_SEEDS = SEEDS if ALL else SEEDS[::3]
EVERY = 10
"""Of so many profiles of a batch one is asked."""
NO_COVER = pytest.mark.no_cover
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


@pytest.mark.parametrize("seed", [ASKED_SEEDS[0], *(pytest.param(seed, marks=NO_COVER) for seed in ASKED_SEEDS[1:])])
def test_the_random_rules_that_sql_is_asked(seed: int) -> None:
    """With `ALL_PARTS=1` every batch and profile, else some; the first counts for coverage."""
    every = 1 if ALL else EVERY
    batch, _ = random_batch(seed)
    book = batch.rulebook
    worlds: dict[tuple[str, str], Worlds] = {}
    bound = max(len(value.items) for profile in batch.profiles for value in _lists(profile))
    for profile in batch.profiles[seed % every :: every]:
        sort = (profile.kind, profile.place)
        if sort not in worlds:
            worlds[sort] = Worlds(book, *sort, bound=bound)
        decision = decide(book, profile, as_of=batch.as_of)
        assert list(worlds[sort].differences(profile, decision)) == [], profile.given


def _lists(profile: Profile) -> Iterator[ItemList]:
    for body in (profile, *profile.members):
        yield from (value for value in body.facts.values() if isinstance(value, ItemList))


NESTED = """
incentives:
  - id: base
    judged_by: 成立日期
    when: 真
    amount: {of: {brackets: {base: 投资额, on: whole, edge: upper, rates: [{over: 0万元, rate: 1%}, {over: 4万元, rate: 3%}, {over: 10万元, rate: 2%}]}}, round: {to: 1000元, how: down}, floor: 0.1万元, cap: 核定金额}
  - id: lower
    when: 未知
    amount: {brackets: {base: 投资额, on: whole, edge: lower, rates: [{over: 0元, rate: 0%}, {over: 1万元, rate: 5%}, {over: 4万元, rate: 0%}, {over: 10万元, rate: 2%}]}}
  - id: half
    when: 某数 > 1
    amount: {match: {award: base, share: 50%}, cap: 2万元}
  - id: rest
    amount: 'max(award("lower") - award("base"), award("items") / 2)'
  - id: items
    each: 项目
    judged_by: 日期
    when: 角色 = "主持"
    amount: {sum: [{table: {by: 级别, rows: {国际: 3万元, 国家: {rate: 10%, base: 金额, cap: 2万元}}}}, {steps: {base: 份数, every: '2', amount: 1万元, count: whole}}]}
  - id: of-item
    each: 项目
    judged_by: 日期
    when: 通过
    amount: {match: {award: items, share: 50%}}
  - id: unstated
    when: 假
    amount: unstated
  - id: beyond
    when: 颜色 = "红"
    amount: 'award("unstated") + 1万元'
supports:
  - id: due
    when: 'award("base") > 500元'
"""  # noqa: E501 - one rule, one line


@settings(EXAMPLES, max_examples=60, phases=[Phase.generate])
@given(seed=st.integers(0, 10**6))
def test_amounts_that_nest_and_read_each_other(seed: int) -> None:
    book = rulebook(NESTED)
    worlds = Worlds(book, "enterprise", "甲省/乙市")
    data = _data(seed)
    for level in LEVELS:
        decision = answer(book, reveal(data, seed, level))
        assert list(worlds.differences(decision.profile, decision)) == []


DUTIES = """
obligations:
  - id: a
    for: [enterprise]
    requires: 真
    due: 成立日期 + duration("P6M")
  - id: b
    for: [enterprise]
    requires: 某数 > 3
    due: 'if 假 then date("2025-01-01") else 成立日期'
"""


@settings(EXAMPLES, max_examples=30, phases=[Phase.generate])
@given(seed=st.integers(0, 10**6))
def test_duties_whose_date_a_fact_gives(seed: int) -> None:
    book = rulebook(DUTIES)
    worlds = Worlds(book, "enterprise", "甲省/乙市")
    data = _data(seed)
    for level in LEVELS:
        for as_of in ("2023-12-31", "2024-06-30", "2025-06-30"):
            decision = answer(book, reveal(data, seed, level), as_of)
            assert list(worlds.differences(decision.profile, decision)) == []
