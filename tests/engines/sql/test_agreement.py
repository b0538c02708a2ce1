"""DuckDB against the reference engine, outcome by outcome and yuan by yuan."""

from __future__ import annotations

import random
from datetime import date

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from evaluator.diagnostics import RuleError
from evaluator.engines.decide import decide
from evaluator.engines.sql.query import compile_rules
from evaluator.rulebook import model
from tests.agreement.shipped import shipped
from tests.agreement.small import rulebook
from tests.agreement.sql import answers, differences, disagreements, profiles_of
from tests.agreement.strategies import Asked, asked, reveal, whole
from tests.agreement.typed_rules import rule_files
from tests.agreement.volume import AS_OF, Volume, essence, shown, whole_profiles

ASKED = asked(shipped())
LEVELS = (0.0, 0.3, 0.5, 0.7, 0.9, 1.0)
REFUSED = {"division-by-zero", "amount", "steps", "cap-below-floor", "unknown-award"}
RULEBOOKS, RULES, PROFILES, SEED = 3_000, 2_050, 104, 20250630


def _loaded(text: str) -> model.Rulebook | None:
    """The rulebook; None where two constants fold to a division by zero, or cross, which is refused at load."""
    try:
        return rulebook(text)
    except RuleError as error:
        if not {found.code for found in error.diagnostics} <= REFUSED:
            raise
        return None


def _is_known(book: model.Rulebook, rule: model.AnyRule) -> bool:
    """Whether the engine can answer for a rule; it says by name where it cannot."""
    try:
        compile_rules(book, AS_OF, [rule])
    except RuleError as error:
        if {found.code for found in error.diagnostics} != {"sql-unsupported"}:
            raise
        return False
    return True


def test_stacking_by_year_is_refused_by_name() -> None:
    book = rulebook(
        """
        incentives:
          - id: a
            judged_by: 成立日期
            amount: 10万元
        stacking:
          - id: tree
            scope: period
            highest_of: [a]
        """
    )
    with pytest.raises(RuleError, match="does not know stacking by year"):
        compile_rules(book, AS_OF)


def _own(what: Asked) -> list[model.AnyRule]:
    return [rule for rule in shipped().rules.values() if rule.policy.id == what.policy.id and what.kind in rule.kinds]


@pytest.mark.parametrize("what", ASKED, ids=str)
def test_shipped_rules_agree_on_profiles_near_their_figures(what: Asked) -> None:
    book, choose = shipped(), random.Random(str(what))
    data = [reveal(whole(what, book.vocabulary, seed), seed, LEVELS[seed % len(LEVELS)]) for seed in range(12)]
    profiles = profiles_of(book, data)
    assert disagreements(book, profiles, date(2025, 6, 30), _own(what)) == []
    assert disagreements(book, profiles, choose.choice(what.days), _own(what), folding=True) == []


@pytest.mark.no_cover  # what it covers the others do; counting lines would double its time
def test_random_rules_agree() -> None:
    """At least 200,000 pairs of 2,000 rules; a third open, a tenth at a figure, every construct in 50."""
    volume = Volume()
    pool = whole_profiles(PROFILES, SEED)

    @settings(
        derandomize=True,
        deadline=None,
        max_examples=RULEBOOKS,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(text=rule_files(), seed=st.integers(0, 10**6))
    def compare(text: str, seed: int) -> None:
        if len(volume.rules) >= RULES:
            return
        book = _loaded(text.replace("scope: period", "scope: entity"))  # by year is declared as not known
        rules = [] if book is None else [rule for rule in book.rules.values() if essence(rule) not in volume.rules]
        if book is None or len(rules) < 3:
            return
        profiles = shown(pool, book, seed)
        known = [rule for rule in rules if _is_known(book, rule)]
        volume.refused["quotients over items"] += len(rules) - len(known)
        rules = known
        try:
            rows = answers(compile_rules(book, AS_OF, rules), profiles)
        except duckdb.OutOfRangeException:  # loudly, and never by another figure
            volume.refused["more than 38 digits"] += 1
            return
        decisions = [decide(book, profile, as_of=AS_OF, rules=[rule.id for rule in rules]) for profile in profiles]
        volume.take(book, decisions)
        for decision, row in zip(decisions, rows, strict=True):
            volume.differ += differences(decision, row)

    compare()
    print(f"seed {SEED}: {volume}")
    assert volume.differ == []
    assert volume.pairs >= 200_000
    assert len(volume.rules) >= 2_000
    assert volume.open >= 0.3 * volume.pairs
    assert volume.edge >= 0.1 * volume.pairs
    assert min(volume.constructs.values()) >= 50
    assert volume.refused["more than 38 digits"] <= len(volume.rules) // 50
    assert volume.refused["quotients over items"] <= len(volume.rules) // 20
